"""The table model and its files: CSV and Excel."""

import csv
import io
import zipfile

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from core.reporting.delimited import csv_bytes, harmless
from core.reporting.excel import excel_bytes
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    blank,
    count_column,
    heading,
    interval_column,
    number_column,
    text_column,
    words,
)

NAN = float("nan")
COLUMNS = (
    text_column("group", "Group"),
    number_column("n", "Patients"),
    interval_column("median", "Median (95 % CI), months", name="Median", number_format="0.0"),
    number_column("p", "P", "0.000"),
)


def row(group, n, median, p, **changes):
    return TableRow(cells=(words(group), Cell(str(n), (n,)), median, p), **changes)


@pytest.fixture
def table():
    return ReportTable(
        title="Overall survival",
        columns=COLUMNS,
        rows=(
            heading("HIFU", COLUMNS),
            row("No", 66, Cell("10.7 (8.9–12.4)", (10.7182, 8.9, 12.4)), Cell("0.042", (0.0419,)), indent=1),
            row("Yes", np.int64(28), Cell("19.6 (12.1–NR)", (19.6, 12.1, NAN)), blank(COLUMNS[3]), indent=1),
            row("=cmd|'/c calc'!A1", 1, Cell("NR", (NAN, NAN, NAN)), Cell("<0.001", (1e-9,)), kind="total"),
        ),
        footnotes=("NR: not reached.", "Synthetic data."),
    )


class TestModel:
    def test_printed(self, table):
        frame = table.to_frame()
        assert list(frame.columns) == ["Group", "Patients", "Median (95 % CI), months", "P"]
        assert frame.iloc[1].tolist() == ["\u2003No", "66", "10.7 (8.9–12.4)", "0.042"]
        assert frame.iloc[0].tolist() == ["HIFU", "", "", ""]

    def test_numbers_are_not_rounded_and_headings_left_out(self, table):
        frame = table.values_frame()
        assert list(frame.columns) == [
            "Group",
            "Patients",
            "Median",
            "Median, 95 % CI low",
            "Median, 95 % CI high",
            "P",
        ]
        assert len(frame) == 3
        assert frame["Median"].tolist()[0] == 10.7182
        assert frame["P"].tolist()[0] == 0.0419
        assert frame["P"].tolist()[1] is None

    def test_rows_must_fit_the_columns(self):
        with pytest.raises(ValueError, match="1 cells for 4 columns"):
            ReportTable(title="", columns=COLUMNS, rows=(TableRow(cells=(words("a"),)),))

    def test_cells_must_fit_their_column(self):
        with pytest.raises(ValueError, match=r"'Median .*' has 3 parts, a cell 1"):
            ReportTable(title="", columns=COLUMNS, rows=(row("a", 1, Cell("1", (1,)), Cell("")),))

    def test_labels_that_are_the_same_are_told_apart(self):
        columns = (text_column("a", "Patients"), number_column("n", "Patients"), number_column("m", "Patients"))
        table = ReportTable(title="T", columns=columns, rows=())
        assert list(table.to_frame().columns) == ["Patients", "Patients (2)", "Patients (3)"]

    def test_footnotes_are_said_once(self, table):
        assert table.with_footnotes("", "Synthetic data.", "New.").footnotes == (
            "NR: not reached.",
            "Synthetic data.",
            "New.",
        )

    def test_count_column_has_a_count_and_a_share(self):
        assert [part.label for part in count_column("any", "Any, n (%)", name="Any").parts] == ["Any, n", "Any, share"]


class TestCsv:
    def read(self, data):
        assert data.startswith(b"\xef\xbb\xbf"), "Excel needs the byte order mark"
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))

    def test_as_printed(self, table):
        rows = self.read(csv_bytes(table))
        assert rows[0] == ["Group", "Patients", "Median (95 % CI), months", "P"]
        assert rows[2] == ["\u2003No", "66", "10.7 (8.9–12.4)", "0.042"]
        assert rows[5:] == [[], ["Overall survival"], ["NR: not reached."], ["Synthetic data."]]

    def test_numbers(self, table):
        rows = self.read(csv_bytes(table, values=True, footnotes=False))
        assert rows[1] == ["No", "66", "10.7182", "8.9", "12.4", "0.0419"]
        assert rows[2] == ["Yes", "28", "19.6", "12.1", "", ""]
        assert len(rows) == 4

    def test_no_cell_starts_a_formula(self, table):
        for values in (False, True):
            cells = [cell for line in self.read(csv_bytes(table, values=values)) for cell in line]
            assert "'=cmd|'/c calc'!A1" in cells
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("=1+1", "'=1+1"),
            ("+31 6", "'+31 6"),
            ("-1+cmd()", "'-1+cmd()"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            (" =1", "' =1"),
            ("\u2003=1", "'\u2003=1"),
            ("-0.25", "-0.25"),
            ("−0.25", "-0.25"),  # as a number, not as text with a typographic minus
            ("+1e-5", "+1e-5"),
            ("−0.1 (−0.3 to 0.1)", "−0.1 (−0.3 to 0.1)"),
            ("a=b", "a=b"),
            ("", ""),
        ],
    )
    def test_harmless(self, text, written):
        assert harmless(text) == written

    def test_text_with_separators_and_line_ends(self):
        columns = (text_column("a", "A"),)
        rows = tuple(TableRow(cells=(words(text),)) for text in ("a,b", 'say "x"', "two\nlines"))
        read = self.read(csv_bytes(ReportTable(title="T", columns=columns, rows=rows), footnotes=False))
        assert read == [["A"], ["a,b"], ['say "x"'], ["two\nlines"]]


class TestExcel:
    def sheets(self, data):
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

    def test_as_printed_and_as_numbers(self, table):
        sheets = self.sheets(excel_bytes(table))
        assert list(sheets) == ["Overall survival", "Overall survival numbers"]
        printed = sheets["Overall survival"]
        assert printed[0][0] == "Overall survival"
        assert printed[4] == ["No", 66, "10.7 (8.9–12.4)", 0.0419]  # the cell shows 0.042, and holds the number
        assert printed[6][3] == "<0.001"
        assert printed[-1][0] == "Synthetic data."
        numbers = sheets["Overall survival numbers"]
        assert numbers[1] == ["No", 66, 10.7182, 8.9, 12.4, 0.0419]
        assert numbers[2] == ["Yes", 28, 19.6, 12.1, "", ""]

    def test_there_is_no_formula(self, table):
        with zipfile.ZipFile(io.BytesIO(excel_bytes(table))) as book:
            for name in book.namelist():
                if name.startswith("xl/worksheets/"):
                    assert b"<f>" not in book.read(name)
        assert self.sheets(excel_bytes(table))["Overall survival"][6][0] == "=cmd|'/c calc'!A1"

    def test_several_tables_with_awkward_titles(self, table):
        titles = ["A/B: [x]*?", "A/B: [x]*?", "", "x" * 60, "x" * 60]
        tables = [ReportTable(title=title, columns=table.columns, rows=table.rows) for title in titles]
        names = list(self.sheets(excel_bytes(tables)))
        assert len(names) == len({name.casefold() for name in names}) == 10
        assert max(map(len, names)) <= 31

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("Numbers at risk, overall survival", "Numbers at risk OS"),
            ("Overall survival", "Overall survival"),
            ("Quantiles of progression-free survival", "Quantiles PFS"),
            ("Two-group ratios by convention, recurrence-free survival", "Two-group ratios"),
            ("Cox regression, time to local tumour progression", "Cox regression LTP"),
            ("Differences, time to surgery", "Differences"),
            ("Test between groups, overall survival", "Test between groups OS"),
        ],
    )
    def test_sheets_have_short_names_of_whole_words(self, table, title, name):
        named = ReportTable(title=title, columns=table.columns, rows=table.rows)
        assert list(self.sheets(excel_bytes(named))) == [name, f"{name} numbers"]

    def test_thousands_are_numbers_too(self):
        rows = (
            TableRow(cells=(words("All"), Cell("5,000", (5000,)))),
            TableRow(cells=(words("Sum"), Cell("12", (12,)))),
        )
        counts = ReportTable(title="Counts", columns=(text_column("a", "A"), number_column("n", "N")), rows=rows)
        sheets = self.sheets(excel_bytes(counts))
        assert [row[1] for row in sheets["Counts"][3:5]] == [5000, 12]

    def test_a_table_without_rows(self):
        sheets = self.sheets(excel_bytes(ReportTable(title="None", columns=COLUMNS, rows=())))
        assert sheets["None numbers"][0][0] == "Group"
