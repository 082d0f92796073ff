"""Missing cells, distributions and rows with problems are counted as one would by hand."""

import numpy as np
import pytest

from core.cohort.load import cohort_from_files
from core.cohort.quality import MOST_BINS, problem_rows, table_quality
from core.reporting.quality_tables import empty_dates_note
from core.spec import CohortSpec

SHEET = b"""id,age,grade,seen,note,nothing,os_months,os_event
1,40,G1,2020-01-05,,,5,1
2,55,G2,,free text here,,,1
3,61,,2020-03-01,,,7,0
4,,G1,2020-04-01,,,-2,1
"""


@pytest.fixture(scope="module")
def cohort():
    return cohort_from_files({"sheet.csv": SHEET}, name="sheet")


@pytest.fixture(scope="module")
def quality(cohort):
    return table_quality(cohort.patients)


def test_missing_cells_by_hand(quality):
    missing = {column.name: column.missing.tolist() for column in quality.columns}
    assert missing["age"] == [False, False, False, True]
    assert missing["grade"] == [False, False, True, False]
    assert missing["seen"] == [False, True, False, False]
    assert missing["nothing"] == [True] * 4
    assert {column.name: column.n_missing for column in quality.columns}["note"] == 3
    assert quality.filled == pytest.approx(1 - (1 + 1 + 1 + 3 + 4 + 1) / 32)


def test_distributions_by_hand(quality):
    by_name = {column.name: column for column in quality.columns}
    assert by_name["age"].spread.median == 55
    assert (by_name["age"].spread.q1, by_name["age"].spread.q3) == (47.5, 58)
    assert by_name["grade"].levels == (("G1", 2), ("G2", 1))
    assert by_name["seen"].spread.counts.sum() == 3
    assert by_name["nothing"].spread is None


@pytest.mark.parametrize(
    "numbers", [[3.0], [2, 2, 2], [0, 1, 1, 5], [0.1, 0.5, 99.0], list(range(999)), [-5, -1.5, 1e9]]
)
def test_every_number_is_in_one_bin(numbers):
    sheet = "id,x,os_months,os_event\n" + "".join(f"{i},{x},1,1\n" for i, x in enumerate(numbers))
    said = CohortSpec(patients="s.csv", kinds={"x": "number"})
    made = table_quality(cohort_from_files({"s.csv": sheet.encode()}, name="s", spec=said).patients)
    spread = next(column for column in made.columns if column.name == "x").spread
    assert spread.counts.sum() == len(numbers)
    assert len(spread.counts) <= MOST_BINS + 2
    assert np.diff(spread.edges).min() > 0
    by_hand = [
        sum(low <= x < high or (x == high and high == spread.edges[-1]) for x in numbers)
        for low, high in zip(spread.edges, spread.edges[1:], strict=False)
    ]
    assert spread.counts.tolist() == by_hand


def test_rows_with_problems_name_row_cell_and_remedy(cohort):
    rows = list(problem_rows(cohort))
    negative = next(row for row in rows if row.issue.code == "negative-time")
    assert (negative.row, negative.column, negative.value) == (5, "os_months", "-2.0")
    assert negative.issue.remedy
    severities = [row.issue.severity for row in rows]
    assert severities == sorted(severities, key=("error", "warning", "info").index)
    assert len(rows) == sum(len(issue.rows) for issue in cohort.issues)


def test_dates_of_what_happens_to_some_only_are_no_gaps():
    """Half of the dates of death are empty: these patients lived. Of 4 x 4 other cells one is empty."""
    sheet = b"""id,first dose,death date,last seen,hifu date,sex
1,2020-01-05,2021-01-05,2021-01-05,,M
2,2020-01-05,,2021-03-05,,
3,2020-02-05,2020-09-05,2020-09-05,2020-03-05,F
4,2020-03-05,,2021-05-05,,F
"""
    made = table_quality(cohort_from_files({"s.csv": sheet}, name="s").patients)
    assert {column.name for column in made.columns if column.may_be_empty} == {"death date", "hifu date"}
    assert made.filled == pytest.approx(15 / 16)
    assert empty_dates_note(made).endswith("did not happen: Death date and HIFU date.")
