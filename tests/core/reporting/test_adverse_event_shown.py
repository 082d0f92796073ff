"""Which terms are shown and drawn, what is said of the others, and the numbers behind the pictures."""

import numpy as np
import pandas as pd
import pytest

from core.errors import SpecError
from core.reporting.adverse_event_pictures import risks_report
from core.reporting.adverse_event_shown import shown_events
from core.safety.adverse_events import adverse_event_table
from core.spec import AdverseEventsShow

CODES = [0] * 10 + [1] * 10 + [2] * 10
# Term i is had by the first of B, i of them, and by one of C: differences to A grow with i
EVENTS = [(10 + k, f"Term {i}", 1 + k % 5) for i in range(1, 6) for k in range(i)] + [
    (20, "Term 3", 2),
    (0, "Term 1", 1),
]


def table(levels=("A", "B", "C"), codes=CODES):
    frame = pd.DataFrame(EVENTS, columns=["patient", "term", "grade"])
    return adverse_event_table(frame, np.arange(30), codes, levels, "A")


def names(one):
    return [row.term for row in one.rows]


def test_all_terms_where_they_are_few():
    found = shown_events(table(), AdverseEventsShow())
    assert names(found.table) == names(found.drawn)
    assert names(found.drawn) == ["Term 5", "Term 4", "Term 3", "Term 1", "Term 2"]
    assert found.said == ""


def test_a_picture_draws_the_first_and_says_so():
    found = shown_events(table(), AdverseEventsShow(sort="difference", most_terms=2))
    assert names(found.drawn) == ["Term 5", "Term 4"]
    assert len(found.table.rows) == 5
    assert found.said == "Drawn: the first 2 of 5 terms; the table has them all."


def test_by_name_the_most_frequent_are_drawn():
    found = shown_events(table(), AdverseEventsShow(sort="name", most_terms=3))
    assert names(found.drawn) == ["Term 3", "Term 4", "Term 5"]
    assert found.said == "Drawn: the 3 most frequent of 5 terms; the table has them all."


def test_by_p_the_smallest_first():
    rows = shown_events(table(), AdverseEventsShow(sort="p")).table.rows
    assert [row.p_any for row in rows] == sorted(row.p_any for row in rows)


def test_what_is_pruned_is_counted():
    found = shown_events(table(), AdverseEventsShow(min_percent=30, search="4"))
    assert names(found.table) == ["Term 4"]
    assert found.table.notes[-2:] == (
        "Not shown: terms in fewer than 30 % of every group (2).",
        "Not shown: terms without '4' in their name (2).",
    )


def test_pairs_have_the_same_terms_in_the_same_order():
    found = shown_events(table(), AdverseEventsShow(sort="name", min_percent=20))
    assert all(names(pair) == names(found.table) for pair in found.pairs)
    assert found.pair("C").levels == ("A", "C")
    assert found.pair(None).levels == ("A", "B")
    with pytest.raises(SpecError, match="'c' is no group to compare") as error:
        found.pair("c")
    assert "Did you mean 'C'" in error.value.hint


def test_one_group_has_no_pairs():
    found = shown_events(single(), AdverseEventsShow())
    assert found.pairs == ()
    assert found.pair(None) is None


def single():
    frame = pd.DataFrame(EVENTS, columns=["patient", "term", "grade"])
    return adverse_event_table(frame, np.arange(30), [0] * 30, ("all",), "all")


def test_the_numbers_behind_dots_and_volcano():
    report = risks_report(shown_events(table(), AdverseEventsShow(sort="name")), "any")
    frame = report.values_frame()
    assert list(frame.columns[:7]) == ["Adverse event", "A, n", "A, share", "B, n", "B, share", "C, n", "C, share"]
    assert frame.iloc[2, :7].tolist() == ["Term 3", 0, 0.0, 3, 0.3, 1, 0.1]
    assert frame["B minus A"].tolist() == pytest.approx([0.0, 0.2, 0.3, 0.4, 0.5])
    assert any("neither P nor q is adjusted" in note for note in report.footnotes)


def test_a_term_that_nobody_of_a_pair_had_is_not_tested():
    report = risks_report(shown_events(table(), AdverseEventsShow(sort="name")), "any")
    term_2 = report.rows[1]
    assert [cell.text for cell in term_2.cells][-2:] == ["–", "–"]
