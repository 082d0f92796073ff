"""Rows that are no patients, and tables that are no list of them."""

import pytest

from core.cohort.load import cohort_from_files
from tests.core.cohort.tables import codes, delimited, issue
from tests.core.cohort.workbooks import xlsx
from tests.intake.corpus import english, merged_groups

EN = english()


def loaded(rows, name="s.csv"):
    return cohort_from_files({name: delimited(rows)}, name="s")


def test_names_in_a_second_language():
    cohort = loaded([EN[0], ["编号", "性别", "年龄", "组别", "生存月", "死亡"], *EN[1:]])
    assert (cohort.n, issue(cohort, "header-rows").rows) == (12, (1, 2))
    assert list(cohort.patients.frame.columns) == EN[0]


@pytest.mark.parametrize(
    "row",
    [
        ["P00", "male", "unk", "HIFU", "unknown", "na"],
        ["P00", "male", "", "HIFU", "lost", "open"],
        ["Xavier", "male", "forty", "HIFU", "3", "no"],
        ["P00", "male", "-", "HIFU", "?", "alive"],
    ],
)
def test_a_first_patient_of_whom_little_is_known_is_a_patient(row):
    assert loaded([EN[0], row, *EN[1:]]).n == 13


def test_totals_between_patients():
    rows = [*EN[:5], ["Subtotal", "", 50, "", 999, 3], *EN[5:]]
    cohort = loaded(rows)
    assert cohort.n == 12
    assert issue(cohort, "total-row").rows == (6,)
    assert "between the patients" in issue(cohort, "total-row").message


def test_words_of_totals_that_are_values_stay():
    rows = [["resection", "os_months", "os_event"], *([("total", "partial")[i % 2], i + 1, i % 2] for i in range(24))]
    assert loaded(rows).n == 24
    rows = [
        ["resection", "os_months", "os_event"],
        *([("total" if i == 3 else "partial"), i + 1, i % 2] for i in range(24)),
    ]
    assert loaded(rows).n == 24


def test_a_merged_group_is_the_group_of_all_its_rows():
    blocks = sorted([row[3], *row[:3], *row[4:]] for row in EN[1:])
    content = merged_groups([[EN[0][3], *EN[0][:3], *EN[0][4:]], *blocks])
    cohort = cohort_from_files({"s.xlsx": content}, name="s")
    assert cohort.patients.frame["arm"].value_counts().to_dict() == {"HIFU": 6, "No HIFU": 6}
    assert issue(cohort, "merged-cells").rows == (3, 4, 5, 6, 7, 9, 10, 11, 12, 13)


def test_a_table_on_its_side_and_a_pivot_table_are_said():
    turned = issue(loaded(list(map(list, zip(*EN, strict=True)))), "turned-table")
    assert (turned.severity, turned.column) == ("error", "patient_id")
    assert "'os_months', 'os_event'" in turned.message
    pivot = xlsx({"P": [["Row Labels", "Count of Patient", "Average of OS"], ["HIFU", 18, 14.2], ["ICI", 18, 11.0]]})
    assert issue(cohort_from_files({"s.xlsx": pivot}, name="s"), "pivot-table").severity == "error"
    assert not {"turned-table", "pivot-table"} & set(codes(loaded(EN)))


def test_lesions_in_columns_without_a_time_are_said():
    names = [f"lesion{i}_{what}_mm" for i in (1, 2) for what in ("length", "width")]
    wide = [[*EN[0], *names], *([*row, 20, 18, 11, 10 + i] for i, row in enumerate(EN[1:]))]
    found = issue(loaded(wide), "wide-lesions")
    assert (found.severity, "4 columns" in found.message) == ("info", True)
    assert "wide-lesions" not in codes(loaded(EN))
