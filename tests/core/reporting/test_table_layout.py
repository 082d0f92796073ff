"""How a table stands on paper."""

import dataclasses

import pytest

from core.reporting.table_layout import head_rows, is_very_wide, is_wide, printable, share_of_page, widths
from core.reporting.tables import ReportTable, TableRow, heading, number_column, spanned, text_column, words
from tests.core.reporting.paper_tables import nasty_table


class TestHead:
    def test_one_row_where_no_columns_share_a_heading(self):
        table = ReportTable(title="T", columns=(text_column("a", "A"), number_column("b", "B")), rows=())
        (row,) = head_rows(table)
        assert [(cell.text, cell.first, cell.columns, cell.rows, cell.align) for cell in row] == [
            ("A", 0, 1, 1, "left"),
            ("B", 1, 1, 1, "right"),
        ]

    def test_shared_headings_stand_above_their_columns(self):
        upper, lower = head_rows(nasty_table(wide=2))
        assert [(cell.text, cell.first, cell.columns, cell.rows) for cell in upper] == [
            ("Name of_the row & <more>", 0, 1, 2),
            ("Group 0 & co.", 1, 2, 1),
            ("Group 1 & co.", 3, 2, 1),
            ("Note", 5, 1, 2),
            ("Hazard ratio (95\u00a0%\u00a0CI)", 6, 1, 2),
        ]
        assert [(cell.text, cell.first) for cell in lower] == [
            ("n", 1),
            ("n\u00a0(%)", 2),
            ("n", 3),
            ("n\u00a0(%)", 4),
        ]

    def test_every_column_has_exactly_one_heading_of_its_own(self):
        table = nasty_table(wide=3)
        rows = head_rows(table)
        for j in range(len(table.columns)):
            covered = sum(cell.rows for row in rows for cell in row if cell.first <= j < cell.first + cell.columns)
            assert covered == 2

    def test_screens_and_csv_keep_the_whole_label(self):
        columns = (text_column("a", "A"), spanned(number_column("b", "HIFU, n"), "HIFU", "n"))
        assert list(ReportTable(title="T", columns=columns, rows=()).to_frame().columns) == ["A", "HIFU, n"]


class TestWidth:
    def table(self, *texts, n=1):
        columns = tuple(text_column(f"c{j}", f"C{j}") for j in range(n))
        return ReportTable(title="T", columns=columns, rows=tuple(TableRow(cells=(words(text),) * n) for text in texts))

    def test_longer_texts_need_more(self):
        assert widths(self.table("a" * 8)) < widths(self.table("a" * 20)) < widths(self.table("中" * 20))

    def test_long_texts_are_broken(self):
        assert widths(self.table("a" * 400)) == widths(self.table("a" * 4000))

    def test_indented_names_need_more(self):
        plain = self.table("a" * 10)
        moved = dataclasses.replace(plain, rows=(dataclasses.replace(plain.rows[0], indent=2),))
        assert widths(moved) > widths(plain)

    def test_a_name_alone_in_its_row_does_not_make_its_column_wide(self):
        columns = (text_column("a", "A"), number_column("b", "B"))
        rows = (heading("a heading over several rows", columns), TableRow(cells=(words("short"), words("1"))))
        without = ReportTable(title="T", columns=columns, rows=rows[1:])
        assert widths(ReportTable(title="T", columns=columns, rows=rows)) == widths(without)

    def test_wide_tables_stand_across(self):
        assert [is_wide(self.table("a" * 10, n=n)) for n in (3, 12)] == [False, True]
        assert [is_very_wide(self.table("a" * 10, n=n)) for n in (3, 12, 24)] == [False, False, True]

    @pytest.mark.parametrize("n", [1, 3, 12, 24])
    def test_no_table_is_wider_than_its_page(self, n):
        assert 0 < share_of_page(self.table("a" * 10, n=n)) <= 1

    def test_a_table_without_rows(self):
        empty = ReportTable(title="T", columns=(text_column("a", "A"),), rows=())
        assert widths(empty)[0] > 0
        assert not is_wide(empty)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\x00b\x07\x1f", "a\ufffdb\ufffd\ufffd"),
        ("half \ud800", "half \ufffd"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
        ("a\r\nb\rc\n\td", "a\nb\nc\n\td"),
        ("Müller 中文 😀 ≥", "Müller 中文 😀 ≥"),
    ],
)
def test_text_that_cannot_be_printed_is_replaced(text, printed):
    assert printable(text) == printed
