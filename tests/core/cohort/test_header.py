"""Names of columns over two rows, under titles, with a row of units; notes and totals under the table."""

import pytest

from core.cohort.header import find_header, without_notes
from core.cohort.issues import IssueLog
from core.cohort.read import read_table
from tests.core.cohort.tables import codes, issue
from tests.core.cohort.workbooks import xlsx

BODY = [["P1", 61, "M", 12.5, 1], ["P2", 70, "F", 3, 0], ["P3", 55, "M", 8, 1]]


def columns(*header, body=BODY):
    raw = read_table(xlsx({"S": [*header, *body]}), name="x")
    return list(raw.frame.columns), raw


class TestNamesOverTwoRows:
    def test_merged_cells_above_names(self):
        names, raw = columns([None, "Baseline", None, "Follow-up", None], ["id", "age", "sex", "OS (months)", "death"])
        assert names == ["id", "age", "sex", "OS (months)", "death"]
        assert (issue(raw, "header-rows").rows, raw.row_numbers) == ((1, 2), (3, 4, 5))

    def test_names_that_say_too_little_carry_the_one_above(self):
        names, _ = columns(["id", "age", "sex", "Survival", None], [None, None, None, "months", "status"])
        assert names == ["id", "age", "sex", "Survival months", "Survival status"]

    def test_names_that_repeat_carry_the_one_above(self):
        names, _ = columns(["id", "Before", None, "After", None], [None, "AFP", "sex", "AFP", "CEA"])
        assert names == ["id", "Before AFP", "sex", "After AFP", "CEA"]

    def test_in_chinese(self):
        names, _ = columns(["编号", "基线", None, "总生存期", None], [None, "年龄", "性别", "月", "状态"])
        assert names == ["编号", "年龄", "性别", "总生存期 月", "总生存期 状态"]

    def test_a_row_of_units(self):
        names, raw = columns(["id", "age", "sex", "OS", "death"], [None, "years", None, "months", None])
        assert names == ["id", "age (years)", "sex", "OS (months)", "death"]
        assert raw.row_numbers == (3, 4, 5)

    def test_under_a_title(self):
        names, raw = columns(["Table 1"], [None, "Baseline", None, "End", None], ["id", "age", "sex", "OS", "death"])
        assert names == ["id", "age", "sex", "OS", "death"]
        assert codes(raw) == ["title-row", "header-rows"]

    @pytest.mark.parametrize(
        "first",
        [["P1", "unknown", "M", "lost", "no"], [None, "young", "M", "long", "dead"], ["id2", 61, "M", 12, 1]],
    )
    def test_a_first_patient_is_no_name(self, first):
        names, raw = columns(["id", "age", "sex", "OS", "death"], first)
        assert (names, raw.row_numbers[0]) == (["id", "age", "sex", "OS", "death"], 2)

    def test_a_table_of_words(self):
        rows = [["id", "sex", None], ["a", "m", "x"], ["b", "f", "y"], ["c", "m", "z"]]
        assert read_table(xlsx({"S": rows}), name="x").row_numbers == (2, 3, 4)


class TestUnderTheTable:
    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ([[], ["OS, overall survival"]], "note-row"),
            ([["* lost to follow-up"]], "note-row"),
            ([["注：截止日期2024年"]], "note-row"),
            ([["Data exported from the registry on 2 May"]], "note-row"),
            ([["Mean", 62, None, 7.8, None]], "total-row"),
            ([["合计", None, None, None, 2]], "total-row"),
        ],
    )
    def test_notes_and_totals_are_left_out_and_said(self, rows, code):
        _, raw = columns(["id", "age", "sex", "OS", "death"], body=[*BODY, *rows])
        assert raw.row_numbers == (2, 3, 4)
        assert issue(raw, code).rows[0] > 4

    def test_totals_above_notes(self):
        _, raw = columns(
            ["id", "age", "sex", "OS", "death"], body=[*BODY, ["Total", 3, None, None, 2], [], ["Note: x"]]
        )
        assert codes(raw) == ["note-row", "total-row"]

    def test_a_patient_of_whom_little_is_known_stays(self):
        _, raw = columns(["id", "age", "sex", "OS", "death"], body=[*BODY, ["P4"]])
        assert raw.row_numbers == (2, 3, 4, 5)

    def test_a_level_called_mean_stays(self):
        records = [(i, ["mean", "1", "2"]) for i in range(2, 5)]
        assert without_notes(records, IssueLog("patients")) == records


def test_nothing_has_no_header():
    assert find_header([["", ""], []], IssueLog("patients")) is None


def test_a_table_that_begins_in_column_b():
    names, raw = columns([None, "id", "OS"], body=[[None, "P1", 3], [None, "P2", 4]])
    assert (names, codes(raw)) == (["id", "OS"], [])


def test_a_patient_with_one_cell_after_a_blank_row_is_kept():
    for cell, column in (("P12", 0), ("0", 2), ("17", 0), ("dead", 1)):
        row = ["", "", ""]
        row[column] = cell
        text = "id,os_months,os_event\nP1,4,1\nP2,6,0\n,,\n" + ",".join(row) + "\n"
        raw = read_table(text.encode(), name="x.csv")
        assert raw.frame.shape[0] == 3, cell
        assert raw.row_numbers == (2, 3, 5)
    noted = read_table(b"id,os_months,os_event\nP1,4,1\nP2,6,0\n,,\nMeasured from the first session,,\n", name="x.csv")
    assert noted.frame.shape[0] == 2
    assert [issue.rows for issue in noted.issues if issue.code == "note-row"] == [(5,)]
