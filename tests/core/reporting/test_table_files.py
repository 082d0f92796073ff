"""Tables as files of every kind, and every table of the sample in each."""

import io
import json
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from core.cohort.load import load_cohort
from core.errors import SpecError
from core.reporting.all_tables import all_tables
from core.reporting.table_files import TABLE_FILES, checked_ending, file_word, table_bytes
from core.reporting.tables import INDENT
from core.run import run
from core.spec import AnalysisSpec
from tests.core.reporting.paper_tables import nasty_table, small_table

SAMPLE = Path(__file__).parents[3] / "sample_data" / "hifu_ici"
MORE = [
    {"id": "uni", "kind": "cox", "endpoint": "OS", "mode": "univariable-then-multivariable",
     "covariates": ["hifu", "sex"]},
    {"id": "sub", "kind": "subgroups", "endpoint": "OS", "factors": ["sex"]},
    {"id": "ph", "kind": "proportional_hazards", "endpoint": "OS", "covariates": ["hifu"]},
    {"id": "cif", "kind": "cumulative_incidence", "endpoint": "OS", "times": [6, 12]},
    {"id": "flow", "kind": "flow", "endpoint": "OS"},
    {"id": "one", "kind": "patient_profile", "patient": "H010", "endpoint": "OS"},
]  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    asked = json.loads((SAMPLE / "spec.json").read_text())
    asked["analyses"] += MORE
    spec = AnalysisSpec.model_validate(asked)
    return all_tables(run(spec, load_cohort(spec.cohort, base=SAMPLE)).values())


def test_no_cell_of_the_sample_says_none(sample):
    assert len(sample) > 20
    said = {cell.text for table in sample for row in table.rows for cell in row.cells}
    assert not said & {"None", "nan", "NaN", "inf", "<NA>"}
    assert not [text for text in said if "_" in text]


def test_every_cell_of_the_sample_in_word(sample):
    made = docx.Document(io.BytesIO(table_bytes(sample, "docx"))).tables
    for table, seen in zip(sample, made, strict=True):
        rows = list(seen._tbl.tr_lst)[-len(table.rows) :]
        read = [["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.tc_lst] for row in rows]
        assert read == [[cell.text for cell in row.cells] for row in table.rows]


def test_every_cell_of_the_sample_in_excel(sample):
    book = CalamineWorkbook.from_filelike(io.BytesIO(table_bytes(sample, "xlsx")))
    for table, name in zip(sample, book.sheet_names[::2], strict=True):
        heads = 2 if any(column.spanner for column in table.columns) else 1
        rows = book.get_sheet_by_name(name).to_python()[2 + heads :][: len(table.rows)]
        for read, row in zip(rows, table.rows, strict=True):
            for value, cell in zip(read, row.cells, strict=True):
                expected = cell.text if isinstance(value, str) else pytest.approx(cell.values[0], rel=1e-15)
                assert value == expected


class TestKinds:
    @pytest.mark.parametrize("kind", TABLE_FILES, ids=lambda kind: kind.ending)
    def test_one_table_and_several(self, kind):
        one = table_bytes([small_table()], kind.ending)
        several = table_bytes([small_table(), nasty_table()], kind.several)
        assert one
        assert several == table_bytes([small_table(), nasty_table()], kind.several)

    def test_several_csv_files_are_a_zip(self):
        with zipfile.ZipFile(io.BytesIO(table_bytes([small_table(), small_table()], "zip"))) as archive:
            assert archive.namelist() == ["01_patients.csv", "02_patients.csv"]
            assert archive.read("01_patients.csv").decode("utf-8-sig").splitlines()[1] == "HIFU,28"

    def test_a_csv_file_holds_one(self):
        with pytest.raises(SpecError, match="holds one table, and there are 2"):
            table_bytes([small_table(), small_table()], "csv")

    def test_nothing_is_not_written(self):
        with pytest.raises(SpecError, match="no table"):
            table_bytes([], "docx")

    def test_unknown_endings_name_the_known(self):
        with pytest.raises(SpecError, match=r"'\.pdf'.*\.docx"):
            checked_ending(".pdf")
        assert checked_ending(".DOCX") == "docx"

    @pytest.mark.parametrize(("title", "word"), [("P, trend", "p_trend"), ("中文", ""), ("../etc", "etc")])
    def test_titles_as_names_of_files(self, title, word):
        assert file_word(title) == word


def test_excel_holds_every_text_as_text_and_its_headings_above_headings():
    book = CalamineWorkbook.from_filelike(io.BytesIO(table_bytes([nasty_table(wide=2)], "xlsx")))
    sheet = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    assert [cell for cell in sheet[2] if cell] == [
        "Name of_the row & <more>", "Group 0 & co.", "Group 1 & co.", "Note", "Hazard ratio (95\u00a0%\u00a0CI)"
    ]  # fmt: skip
    assert sheet[3][1:5] == ["n", "n\u00a0(%)"] * 2
    assert sheet[5][0] == "=cmd|'/c calc'!A1"
    assert sheet[12][0].startswith("bell\ufffd")
    assert not [cell for row in sheet for cell in row if isinstance(cell, str) and cell.startswith(INDENT)]
