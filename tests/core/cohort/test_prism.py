"""GraphPad Prism files: a survival table becomes one row per patient; entities and damage are refused."""

import pytest

from core.cohort.load import cohort_from_files
from core.cohort.read import read_table, read_tables, sheets_in
from core.cohort.select import analysis_set
from core.errors import ReadError
from tests.core.cohort.statistics_samples import pzfx

TIMES = [3, 5.5, 8, 12, 12, 20]
ARMS = {"HIFU": [1, None, 0, 1, None, 0], "No HIFU": [None, 1, 1, None, 0, None]}
STUDY = pzfx({"Survival of two arms": ("Months", TIMES, ARMS)})


def test_one_row_per_patient():
    raw = read_table(STUDY, name="s.pzfx")
    assert list(raw.frame.columns) == ["Months", "event", "group"]
    assert raw.frame.to_numpy().tolist() == [
        ["3", "1", "HIFU"], ["8", "0", "HIFU"], ["12", "1", "HIFU"], ["20", "0", "HIFU"],
        ["5.5", "1", "No HIFU"], ["8", "1", "No HIFU"], ["12", "0", "No HIFU"],
    ]  # fmt: skip
    assert raw.sheet == "Survival of two arms"


def test_it_becomes_a_cohort_with_a_group():
    cohort = cohort_from_files({"s.pzfx": STUDY}, name="s")
    data = analysis_set(cohort, endpoint="OS")
    assert (data.n, int(data.data.event.sum())) == (7, 4)
    assert cohort.patients.with_role("group") == "group"
    assert cohort.spec.patients == "s.pzfx"


def test_each_table_can_be_chosen():
    content = pzfx({"OS": ("Months", TIMES, ARMS), "PFS": ("Months", [1, 2], {"HIFU": [1, 0]})})
    assert [(sheet.name, sheet.rows) for sheet in sheets_in(content, name="s")] == [("OS", 7), ("PFS", 2)]
    assert len(read_table(content, name="s", sheet="PFS").frame) == 2
    assert [raw.sheet for raw in read_tables(content, name="s")[0]] == ["OS", "PFS"]
    with pytest.raises(ReadError, match=r"no table 'PFX'.*Did you mean 'PFS'"):
        read_table(content, name="s", sheet="PFX")


def test_values_excluded_in_prism_are_left_out_and_said():
    content = STUDY.replace(b"<d>1</d>", b'<d Excluded="1">1</d>', 1)
    raw = read_table(content, name="s")
    assert len(raw.frame) == 6
    assert [issue.code for issue in raw.issues] == ["excluded-in-prism"]


def test_a_table_of_another_kind_stands_as_it_is():
    raw = read_table(pzfx({"T": ("Day", [1, 2], {"AFP": [5, 6], "CEA": [7, None]})}, kind="XY"), name="s")
    assert raw.frame.to_dict("list") == {"Day": ["1", "2"], "AFP": ["5", "6"], "CEA": ["7", None]}


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (STUDY.replace(b"?>", b"?>" + BOMB, 1), "declares XML entities"),
        (STUDY[:-40], "a damaged Prism file"),
        (pzfx({}), "no data table with content"),
        (pzfx({"T": ("X", [], {})}), "no data table with content"),
    ],
    ids=["entities", "cut off", "no table", "empty table"],
)
def test_refused(content, said):
    with pytest.raises(ReadError, match=said):
        read_table(content, name="s.pzfx")
