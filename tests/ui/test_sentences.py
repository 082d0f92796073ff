"""Titles of pages."""

import pytest

from core.cohort.select import Grouping
from core.spec import GroupSpec
from ui.selection import Selection
from ui.sentences import between


def grouping(levels, column="hifu"):
    return Grouping(codes=None, levels=levels, reference=levels[0], column=column)


@pytest.mark.parametrize(
    ("levels", "group", "said"),
    [
        (("No HIFU", "HIFU"), {"column": "hifu"}, "between HIFU and No HIFU"),
        (("No", "Yes"), {"column": "hifu"}, "between HIFU and no HIFU"),
        (("<=65", ">65"), {"column": "age_years", "cut": [65]}, "between age (years) >65 and <=65"),
        (("G1", "G2", "G3"), {"column": "grade"}, "by grade"),
    ],
)
def test_groups_in_a_title(levels, group, said):
    selection = Selection(cohort="x", endpoint="OS", group=GroupSpec(**group))
    assert between(selection, grouping(levels, group["column"])) == said


def test_every_title_prints_names_as_they_are():
    """A level or column written like a picture or a link is neither."""
    from ui import sentences

    questions = [value for name, value in vars(sentences).items() if name.endswith("_question")]
    assert len(questions) > 10
    assert all(hasattr(one, "__wrapped__") for one in questions)
