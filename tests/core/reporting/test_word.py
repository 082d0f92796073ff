"""Word files: opened again, every cell is the table's, and the look is in styles."""

import io
import zipfile

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from core.reporting.table_layout import head_rows, printable
from core.reporting.tables import ReportTable, TableRow, number_column, text_column, words
from core.reporting.word import word_bytes
from tests.core.reporting.paper_tables import nasty_table, small_table


def opened(*tables):
    return docx.Document(io.BytesIO(word_bytes(tables)))


def cells_of(row):
    return [
        "\n".join("".join(one.text or "\n" for one in p.iter(qn("w:t"), qn("w:br"))) for p in cell.iter(qn("w:p")))
        for cell in row._tr.tc_lst
    ]


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.fixture(scope="module")
def document():
    return opened(nasty_table())


class TestContent:
    def test_every_cell(self, document):
        table = nasty_table()
        (made,) = document.tables
        body = made.rows[2:]
        assert len(body) == len(table.rows)
        for row, expected in zip(body, table.rows, strict=True):
            assert cells_of(row) == [printable(cell.text) for cell in expected.cells]

    def test_headings_stand_over_their_columns(self, document):
        (made,) = document.tables
        shown = [[plain(cell.text) for cell in row.cells] for row in made.rows[:2]]
        assert shown[0][1:3] == ["Group 0 & co."] * 2  # one cell over two columns
        assert shown[1] == [shown[0][0], "n", "n (%)", "Note", "Hazard ratio (95 % CI)"]
        grid = made._tbl.tblGrid.gridCol_lst
        for row in made.rows:
            assert sum(cell.grid_span for cell in row._tr.tc_lst) == len(grid)

    def test_title_and_footnotes(self, document):
        table = nasty_table()
        above, *notes = document.paragraphs
        text = "".join(one.text for one in above._p.iter(qn("w:t")))
        assert text == f"Table 1. {printable(table.title)}"
        assert [note.text for note in notes] == list(table.footnotes)

    def test_several_tables_are_numbered_by_fields(self):
        made = opened(nasty_table(), nasty_table())
        fields = [one.get(qn("w:instr")) for one in made.element.iter(qn("w:fldSimple"))]
        assert fields == [" SEQ Table \\* ARABIC "] * 2
        captions = [p for p in made.paragraphs if p.style.name == "Caption"]
        assert ["".join(one.text for one in p._p.iter(qn("w:t")))[:8] for p in captions] == ["Table 1.", "Table 2."]

    def test_a_table_without_rows_or_footnotes(self):
        made = opened(ReportTable(title="T", columns=(text_column("a", "A"), number_column("b", "B")), rows=()))
        assert [cell.text for cell in made.tables[0].rows[0].cells] == ["A", "B"]


class TestLook:
    def test_styles_are_there_to_be_changed(self, document):
        (made,) = document.tables
        assert made.style.name == "Journal table"
        used = {p.style.name for row in made.rows for cell in row.cells for p in cell.paragraphs}
        assert used == {"Table text", "Table heading"}
        assert [p.style.name for p in document.paragraphs] == ["Caption", *["Table note"] * 3]

    def test_three_rules(self, document):
        (made,) = document.tables
        borders = made.style.element.find(qn("w:tblPr")).find(qn("w:tblBorders"))
        assert [side.tag for side in borders] == [qn("w:top"), qn("w:bottom")]
        under = [row._tr.tc_lst[1].find(".//" + qn("w:tcBorders")) for row in made.rows[1:3]]
        assert under[0].find(qn("w:bottom")).get(qn("w:val")) == "single"
        assert under[1] is None

    def test_the_head_is_repeated_and_rows_are_not_divided(self, document):
        rows = document.tables[0].rows
        assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, True, *[False] * 12]
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)

    def test_numbers_to_the_right_and_levels_moved_in(self, document):
        row = document.tables[0].rows[5]  # the third level of a nasty name
        first, number, *_ = (cell.paragraphs[0] for cell in row.cells)
        assert first.paragraph_format.left_indent.pt == 20
        assert number.alignment == 2
        assert first.alignment is None

    def test_wide_tables_on_pages_across(self):
        made = opened(small_table(), nasty_table(wide=6), nasty_table(wide=6), small_table())
        assert [section.orientation for section in made.sections] == [
            WD_ORIENT.PORTRAIT,
            WD_ORIENT.LANDSCAPE,
            WD_ORIENT.PORTRAIT,
        ]
        for section, table in zip(made.sections, made.tables[:2], strict=False):
            text_width = section.page_width - section.left_margin - section.right_margin
            assert sum(column.width for column in table.columns) <= text_width * 1.001

    def test_very_wide_tables_have_smaller_letters(self):
        (table,) = opened(nasty_table(wide=14)).tables
        assert {p.style.name for cell in table.rows[4].cells for p in cell.paragraphs} == {"Table text small"}

    def test_headings_are_bold_in_their_name_only_and_totals_throughout(self, document):
        rows = document.tables[0].rows
        bold = [[any(run.bold for run in cell.paragraphs[0].runs) for cell in rows[i].cells] for i in (2, -1)]
        assert bold[0] == [True, False, False, False, False]
        assert bold[1][:3] == [True, True, True]


class TestFile:
    def test_the_same_tables_give_the_same_bytes(self):
        data = word_bytes(nasty_table())
        assert data == word_bytes(nasty_table())
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_no_names_and_no_times(self, document):
        known = document.core_properties
        assert (known.author, known.last_modified_by, known.comments, known.created) == ("", "", "", None)
        assert known.title.startswith("Title with")

    def test_thousands_of_rows_in_no_time(self):
        columns = (text_column("a", "A"), number_column("b", "B"))
        rows = tuple(TableRow(cells=(words(f"r{i}"), words(str(i)))) for i in range(5000))
        made = opened(ReportTable(title="T", columns=columns, rows=rows))
        assert len(made.tables[0]._tbl.tr_lst) == 5001

    def test_heads_agree_with_the_layout(self):
        table = nasty_table(wide=2)
        (made,) = opened(table).tables
        for row, head in zip(made.rows, head_rows(table), strict=False):
            shown = {cell.text for cell in row.cells}
            assert {cell.text for cell in head} <= shown
