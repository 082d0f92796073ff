"""The page of subgroups: forest, interaction, the number of comparisons, and two groups or a word about them."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/survival/subgroups.py"
Open = Callable[..., AppTest]


def test_forest_sentence_and_number_of_comparisons(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert (
        app.title[0].value
        == "Is the difference between HIFU and No HIFU in overall survival the same in every subgroup?"
    )
    assert "Hazard ratio of HIFU over No HIFU: 0.57" in said
    assert "subgroups are compared and 5 interactions tested" in said
    assert len(app.get("vega_lite_chart")) == 1
    table = app.table[-1].value
    assert table.iloc[0, 0] == "All patients"
    assert table.iloc[0]["Patients"] == "94"


def test_other_factors_can_be_chosen(open_app: Open) -> None:
    app = open_app(PAGE)
    app.multiselect[0].set_value(["sex"])
    no_traceback(app.run())
    assert [text for text in app.table[-1].value.iloc[:, 0] if text.startswith("**")] == ["**Sex**"]
    app.multiselect[0].set_value([])
    assert "Choose at least one factor" in text_of(no_traceback(app.run()))


def test_without_two_groups_the_page_says_what_it_needs(open_app: Open) -> None:
    for query in ({"cohort": "hifu_ici", "endpoint": "OS"}, {"cohort": "ablation_tace_net", "group": "who_grade"}):
        app = open_app(PAGE, **query)
        assert "This page compares two groups, and " in text_of(app)
        assert not app.error


def test_groups_that_began_late_are_said_wherever_they_are_compared(open_app: Open) -> None:
    for page in (PAGE, "pages/survival/hazards.py", "pages/survival/adjusted.py", "pages/survival/kaplan_meier.py"):
        assert "HIFU started after time zero in 26 of 28 patients" in text_of(open_app(page)), page


def test_notes_name_columns_in_words(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "Histology Other: no patients with HIFU" in text_of(app)
    assert "histology Other" not in text_of(app)
