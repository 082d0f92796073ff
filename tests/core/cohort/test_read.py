"""Reading: every kind of text file and workbook, and everything that is no table."""

import csv
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.cohort import read
from core.cohort.read import read_table, read_tables
from core.errors import ReadError
from tests.core.cohort.workbooks import ods, xls, xlsx

HEADER = ["id", "sex", "os_months"]
ROWS = [["1", "male", "12.5"], ["2", "female", "3"], ["3", "male", "40.25"]]


def text_of(delimiter=",", end="\n", rows=ROWS, header=HEADER):
    return end.join(delimiter.join(row) for row in [header, *rows]) + end


def codes(raw):
    return [issue.code for issue in raw.issues]


def package(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return buffer.getvalue()


class TestDelimitedText:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "], ids=["comma", "semicolon", "tab", "bar", "blank"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
    def test_delimiters_and_line_ends(self, delimiter, end):
        raw = read_table(text_of(delimiter, end).encode(), name="x.csv")
        assert raw.delimiter == delimiter
        assert list(raw.frame.columns) == HEADER
        assert raw.frame.to_numpy().tolist() == ROWS
        assert raw.row_numbers == (2, 3, 4)
        assert raw.issues == ()

    def test_decimal_commas_do_not_make_the_comma_the_delimiter(self):
        raw = read_table(b"id;age;os\n1;61,5;12,25\n2;70,0;3,5\n", name="x.csv")
        assert raw.delimiter == ";"
        assert raw.frame["os"].tolist() == ["12,25", "3,5"]

    def test_the_delimiter_inside_quotes_is_text(self):
        raw = read_table(b'id,site,"os, months"\n1,"lung; left, upper",3\n2,"a ""b"" c",4\n', name="x.csv")
        assert list(raw.frame.columns) == ["id", "site", "os, months"]
        assert raw.frame["site"].tolist() == ["lung; left, upper", 'a "b" c']

    def test_a_line_break_inside_quotes_is_one_spreadsheet_row(self):
        raw = read_table(b'id,note\n1,"two\nlines"\n2,x\n', name="x.csv")
        assert raw.frame["note"].tolist() == ["two\nlines", "x"]
        assert raw.row_numbers == (2, 3)

    def test_excels_declared_delimiter(self):
        raw = read_table(b"sep=;\nid;x\n1;2\n", name="x.csv")
        assert raw.delimiter == ";"
        assert raw.row_numbers == (2,)

    def test_a_trailing_delimiter_makes_no_column(self):
        raw = read_table(b"id,x,\n1,2,\n3,4,\n", name="x.csv")
        assert list(raw.frame.columns) == ["id", "x"]
        assert raw.issues == ()

    def test_row_names_of_r(self):
        raw = read_table(b'"age" "sex"\n"1" 63 "male"\n"2" 70 "female"\n', name="x.txt")
        assert list(raw.frame.columns) == ["Column 1", "age", "sex"]
        assert raw.frame["age"].tolist() == ["63", "70"]

    def test_none_is_a_value_and_only_blank_is_missing(self):
        raw = read_table(b"id,therapy\n1,None\n2,NA\n3,\n4,  \n", name="x.csv")
        assert raw.frame["therapy"].tolist() == ["None", "NA", None, None]

    def test_the_digest_is_of_the_bytes(self):
        import hashlib

        content = text_of().encode()
        assert read_table(content, name="x").sha256 == hashlib.sha256(content).hexdigest()


class TestOddRows:
    def test_blank_rows_are_counted_and_row_numbers_stay(self):
        raw = read_table(b"id,x\n1,2\n\n , \n3,4\n\n\n", name="x.csv")
        assert raw.row_numbers == (2, 5)
        (issue,) = raw.issues
        assert (issue.code, issue.severity, issue.rows) == ("blank-rows", "info", (3, 4))
        assert "2 blank rows" in issue.message

    def test_blank_rows_after_the_last_record_are_no_finding(self):
        raw = read_table(b"id,x\n1,2\n,\n,\n", name="x.csv")
        assert (raw.row_numbers, raw.issues) == ((2,), ())

    def test_short_rows(self):
        raw = read_table(b"id,x,y\n1,2,3\n2,3\n4,5,6\n", name="x.csv")
        (issue,) = raw.issues
        assert (issue.code, issue.severity, issue.rows) == ("short-rows", "warning", (3,))
        assert raw.frame["y"].tolist() == ["3", None, "6"]

    def test_long_rows_lose_nothing(self):
        raw = read_table(b"id,x,y\n1,2,3\n2,3,4,5\n4,5,6\n", name="x.csv")
        assert raw.frame["Column 4"].tolist() == [None, "5", None]
        long = next(issue for issue in raw.issues if issue.code == "long-rows")
        assert (long.severity, long.rows) == ("warning", (3,))

    def test_duplicate_headers(self):
        raw = read_table(b"id,age,age,age\n1,2,3,4\n", name="x.csv")
        assert list(raw.frame.columns) == ["id", "age", "age (2)", "age (3)"]
        assert codes(raw) == ["duplicate-header", "duplicate-header"]
        assert raw.issues[0].column == "age (2)"
        assert raw.issues[0].rows == (1,)

    def test_a_duplicate_never_takes_the_name_of_another_column(self):
        raw = read_table(b"age,age,age (2)\n1,2,3\n", name="x.csv")
        assert list(raw.frame.columns) == ["age", "age (2)'", "age (2)"]

    def test_blank_headers(self):
        raw = read_table(b"id,,x\n1,2,3\n", name="x.csv")
        assert list(raw.frame.columns) == ["id", "Column 2", "x"]
        assert codes(raw) == ["blank-header"]

    def test_a_title_above_the_header(self):
        raw = read_table(b"Table of patients 2024,,\n,,\nid,sex,age\n1,m,3\n2,f,4\n", name="x.csv")
        assert list(raw.frame.columns) == ["id", "sex", "age"]
        assert raw.row_numbers == (4, 5)
        assert codes(raw) == ["title-row"]
        assert "Table of patients 2024" in raw.issues[0].message

    def test_a_quote_that_never_closes(self):
        raw = read_table(b'id,note\n1,fine\n2,"never closed\n3,x\n4,y\n', name="x.csv")
        assert len(raw.frame) == 4
        (issue,) = [issue for issue in raw.issues if issue.code == "broken-quote"]
        assert issue.rows == (3,)

    def test_a_header_of_numbers_is_said(self):
        assert "header-of-numbers" in codes(read_table(b"1,61,12.5\n2,70,3\n3,55,9\n", name="x.csv"))

    def test_line_breaks_in_headers_become_blanks(self):
        raw = read_table(b'id,"OS\n(months)"\n1,2\n', name="x.csv")
        assert list(raw.frame.columns) == ["id", "OS (months)"]


CHINESE = "编号,性别,总生存期\n1,男性,12.5\n2,女性,死亡\n"
WESTERN = "name;stadt\nMüller;Köln\nJosé;Málaga\n"


class TestEncodings:
    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            (CHINESE, "utf-8"),
            (CHINESE, "utf-8-sig"),
            (CHINESE, "utf-16"),
            (CHINESE, "utf-32"),
            (CHINESE, "gb18030"),
            (CHINESE, "gbk"),
            (CHINESE, "gb2312"),
            (WESTERN, "utf-8"),
            (WESTERN, "latin-1"),
            (WESTERN, "cp1252"),
            (text_of(), "utf-16-le"),
            (text_of(), "utf-16-be"),
            ("id,group\n1,≥50\n2,<50\n", "utf-8"),
        ],
        ids=lambda value: value if value.isascii() and len(value) < 12 else "",
    )
    def test_text_comes_back(self, text, encoding):
        raw = read_table(text.encode(encoding), name="x.csv")
        wanted = [row for row in csv.reader(io.StringIO(text), delimiter=raw.delimiter)]
        assert list(raw.frame.columns) == wanted[0]
        assert raw.frame.to_numpy().tolist() == wanted[1:]

    @pytest.mark.parametrize("names", ["张", "姓名", "李四,王五"], ids=len)
    def test_a_few_chinese_letters_among_ascii(self, names):
        text = (
            "id,sex,age,os_months,os_event,name\n"
            + "\n".join(f"{i},male,60,12.5,1,x" for i in range(50))
            + f"\n51,f,1,2,0,{names}\n"
        )
        raw = read_table(text.encode("gbk"), name="x.csv")
        assert raw.encoding == "gb18030"
        assert raw.frame["name"].iloc[-1] == names.split(",")[0]

    def test_a_guess_is_said_with_an_example(self):
        (issue,) = read_table(CHINESE.encode("gbk"), name="x.csv").issues
        assert (issue.code, issue.severity) == ("encoding", "info")
        assert "gb18030" in issue.message
        assert "编号" in issue.message

    def test_damaged_utf8_is_read_and_said_with_rows(self):
        content = ("id,name\n" + "".join(f"{i},病人甲乙丙丁\n" for i in range(20))).encode() + b"20,\xff\xfe\n"
        raw = read_table(content, name="x.csv")
        assert raw.frame["name"].iloc[0] == "病人甲乙丙丁"
        (issue,) = raw.issues
        assert (issue.code, issue.rows) == ("damaged-letters", (22,))

    def test_the_encoding_can_be_named(self):
        raw = read_table("id,x\n1,Привет\n".encode("cp1251"), name="x.csv", encoding="cp1251")
        assert raw.frame["x"].tolist() == ["Привет"]
        with pytest.raises(ReadError, match="cannot be read as ascii"):
            read_table("id,x\n1,é\n".encode(), name="x.csv", encoding="ascii")


BAD = {
    "empty": (b"", "'f' is empty"),
    "blanks": (b" \r\n\n\t ", "'f' is empty"),
    "only delimiters": (b",,,\n,,,\n", "is empty|not a table"),
    "header only": (b"id,age,sex\n", "column names but no rows"),
    "header and blank rows": (b"id,age,sex\n,,\n\n", "column names but no rows"),
    "prose": (b"Dear colleague,\nplease find the patients attached\nbest wishes\n", "not a table"),
    "one column": (b"id\n1\n2\n", "not a table"),
    "pdf": (b"%PDF-1.7\n1 0 obj\n", "a PDF document"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(50), r"a picture \(PNG\)"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(50), r"a picture \(JPEG\)"),
    "docx": (package("[Content_Types].xml", "word/document.xml"), "a Word document"),
    "pptx": (package("ppt/presentation.xml"), "a PowerPoint file"),
    "zip": (package("a.csv"), r"a compressed file \(zip\); unpack it"),
    "gzip": (b"\x1f\x8b\x08" + bytes(40), "gzip"),
    "spss": (b"$FL2@(#) IBM SPSS", "a file of SPSS, but cannot be read"),
    "portable spss": (b"ASCII SPSS PORT FILE" * 5, r"a portable SPSS file \(.por\)"),
    "new prism": (package("document.json", "data/1.csv"), r"a newer Prism file \(.prism\)"),
    "html": (b"<!DOCTYPE html><html><body>", "a web page"),
    "json": (b'{"a": [1, 2], "b": 3}', "a JSON file"),
    "damaged zip": (b"PK\x03\x04" + bytes(range(200)), "damaged workbook"),
    "xlsx without sheets": (package("xl/workbook.xml"), "cannot be opened"),
    "random bytes": (bytes((i * 73 + 41) % 256 for i in range(5000)), "not a table"),
    "zeros": (bytes(5000), "is empty"),
    "protected": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600),
        "protected by a password",
    ),
    "old word": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600),
        "a Word document",
    ),
    "broken xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a file of Excel, but cannot be read"),
    "xls with a short directory": (xls({"A": [HEADER, *ROWS]})[:1064], "a file of Excel, but cannot be read"),
    "empty workbook": (xlsx({"A": [], "B": []}), "no sheet with data"),
    "workbook with a header only": (xlsx({"A": [["id", "age"]]}), "column names but no rows"),
}


WORKBOOK = xlsx({"A": [HEADER, *ROWS]})


class TestRefused:
    @pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD.keys())
    def test_what_is_no_table_is_refused_by_name(self, content, said):
        with pytest.raises(ReadError, match=said) as caught:
            read_table(content, name="f")
        assert "'f'" in caught.value.message
        assert caught.value.hint

    def test_a_large_file_is_refused_before_it_is_read(self, tmp_path, monkeypatch):
        monkeypatch.setattr(read, "MAX_BYTES", 1024**2)
        path = tmp_path / "big.csv"
        with path.open("wb") as file:
            file.truncate(2 * 1024**2 + 1)
        with pytest.raises(ReadError, match=r"'big\.csv' has 2 MB; at most 1 MB are read"):
            read_table(path, name="big.csv")
        with pytest.raises(ReadError, match="at most 1 MB"):
            read_table(b"x" * (1024**2 + 1), name="big.csv")

    def test_600_mb_are_more_than_is_read(self, tmp_path):
        path = tmp_path / "huge.csv"
        with path.open("wb") as file:
            file.truncate(600 * 1000 * 1000)  # sparse: takes no room
        with pytest.raises(ReadError, match=r"'huge\.csv' has 572 MB; at most 500 MB are read"):
            read_table(path, name="huge.csv")

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(ReadError, match=r"'no\.csv' is not there"):
            read_table(tmp_path / "no.csv", name="no.csv")

    def test_a_folder(self, tmp_path):
        with pytest.raises(ReadError, match="cannot be read"):
            read_table(tmp_path, name="folder")

    def test_a_table_on_its_side(self):
        header = ",".join(f"p{i}" for i in range(2500))
        with pytest.raises(ReadError, match="2500 columns; at most 2000"):
            read_table(f"{header}\n{header}\n".encode(), name="f")

    def test_a_stray_cell_at_the_horizon(self):
        with pytest.raises(ReadError, match="as far out as cell XFD1048576"):
            read_table(workbook_with_stray_cell(), name="f")

    @settings(max_examples=150, deadline=None)
    @given(st.binary(min_size=1, max_size=400))
    def test_any_bytes_give_a_table_or_a_read_error(self, content):
        try:
            raw = read_table(content, name="f")
        except ReadError:
            return
        assert len(raw.frame) == len(raw.row_numbers) > 0

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_a_damaged_workbook_gives_a_table_or_a_read_error(self, data):
        content = bytearray(WORKBOOK)
        for _ in range(data.draw(st.integers(1, 8))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        try:
            raw = read_table(bytes(content[: data.draw(st.integers(1, len(content)))]), name="f")
        except ReadError:
            return
        assert len(raw.frame) == len(raw.row_numbers)


def workbook_with_stray_cell():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("A")
    sheet.write(0, 0, "id")
    sheet.write(1_048_575, 16_383, 1)
    book.close()
    return buffer.getvalue()


class TestWorkbooks:
    def test_values_of_every_kind(self):
        import datetime as dt

        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        sheet = book.add_worksheet("Data")
        day, percent = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0%"})
        sheet.write_row(0, 0, ["id", "whole", "fraction", "date", "moment", "percent", "flag", "text", "formula"])
        sheet.write_row(1, 0, ["p1", 12, 12.5])
        sheet.write_datetime(1, 3, dt.datetime(2020, 5, 4), day)
        sheet.write_datetime(1, 4, dt.datetime(2020, 5, 4, 13, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
        sheet.write(1, 5, 0.25, percent)
        sheet.write(1, 6, True)
        sheet.write_string(1, 7, "007")
        sheet.write_formula(1, 8, "=1+1", None, 2)
        book.close()
        raw = read_table(buffer.getvalue(), name="x.xlsx")
        assert raw.frame.iloc[0].tolist() == [
            "p1", "12", "12.5", "2020-05-04", "2020-05-04 13:30:00", "0.25", "TRUE", "007", "2",
        ]  # fmt: skip
        assert raw.sheet == "Data"

    def test_the_first_sheet_with_data_and_the_others_said(self):
        raw = read_table(xlsx({"Cover": [], "P": [HEADER, *ROWS], "AE": [["a", "b"], [1, 2]]}), name="x.xlsx")
        assert raw.sheet == "P"
        (issue,) = raw.issues
        assert issue.code == "other-sheets"
        assert "AE" in issue.message

    def test_a_sheet_by_name(self):
        content = xlsx({"P": [HEADER, *ROWS], "AE": [["a", "b"], [1, 2]]})
        assert list(read_table(content, name="x", sheet="AE").frame.columns) == ["a", "b"]
        with pytest.raises(ReadError, match=r"no sheet 'AEs'.*Did you mean 'AE'"):
            read_table(content, name="x", sheet="AEs")

    def test_rows_count_from_the_top_of_the_sheet(self):
        raw = read_table(xlsx({"A": [[], [], [None, "id", "x"], [None, 1, 2], [], [None, 3, 4]]}), name="x")
        assert list(raw.frame.columns)[-2:] == ["id", "x"]
        assert raw.row_numbers == (4, 6)
        assert raw.frame["id"].tolist() == ["1", "3"]

    def test_cells_with_errors_are_missing_and_said(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["id", "ratio"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write(2, 0, 2)
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        book.close()
        raw = read_table(buffer.getvalue(), name="x.xlsx")
        assert raw.frame["ratio"].tolist() == ["2", None]
        (issue,) = raw.issues
        assert (issue.code, issue.rows) == ("error-cell", (3,))
        assert "B3 (#DIV/0!)" in issue.message

    def test_an_old_workbook(self):
        raw = read_table(xls({"P": [HEADER, [1, "male", 12.5], [2, "female", 3], [3, "male", 40.25]]}), name="x.xls")
        assert raw.frame.to_numpy().tolist() == ROWS
        assert raw.sheet == "P"

    def test_a_text_file_has_no_sheets(self):
        with pytest.raises(ReadError, match=r"'p\.csv' is no workbook and has no sheet 'A'"):
            read_table(text_of().encode(), name="p.csv", sheet="A")

    def test_opendocument(self):
        raw = read_table(ods({"S": [HEADER, *ROWS]}), name="x.ods")
        assert raw.frame.to_numpy().tolist() == ROWS

    def test_hidden_sheets_come_last(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        hidden = book.add_worksheet("Hidden")
        hidden.write_row(0, 0, ["a", "b"])
        hidden.write_row(1, 0, [1, 2])
        shown = book.add_worksheet("Shown")
        shown.write_row(0, 0, ["id", "x"])
        shown.write_row(1, 0, [1, 2])
        shown.activate()
        hidden.hide()
        book.close()
        assert read_table(buffer.getvalue(), name="x").sheet == "Shown"


SHEETS = {"Cover": [["A study"]], "P": [HEADER, *ROWS], "Blank": [], "AE": [["id", "term"], ["1", "Fever"]]}


class TestEverySheet:
    @pytest.mark.parametrize("made", [xlsx, xls, ods], ids=["xlsx", "xls", "ods"])
    def test_one_table_a_sheet_and_the_others_with_the_reason(self, made):
        tables, unused = read_tables(made(SHEETS), name="x")
        assert {raw.sheet: raw.frame.to_numpy().tolist() for raw in tables} == {"P": ROWS, "AE": [["1", "Fever"]]}
        assert unused == {"Cover": "one row only", "Blank": "empty"}
        assert len({raw.sha256 for raw in tables}) == 1

    def test_a_text_file_is_one_table(self):
        ((raw,), unused) = read_tables(text_of().encode(), name="x.csv")
        assert (raw.frame.to_numpy().tolist(), raw.sheet, unused) == (ROWS, None, {})

    def test_hidden_sheets_are_left_out(self):
        ((raw,), unused) = read_tables(xlsx({"Old": [HEADER, *ROWS], "P": [HEADER, *ROWS]}, hidden=["Old"]), name="x")
        assert (raw.sheet, unused) == ("P", {"Old": "hidden"})

    def test_a_hidden_sheet_is_read_where_nothing_else_is_there(self):
        ((raw,), unused) = read_tables(xlsx({"Cover": [], "P": [HEADER, *ROWS]}, hidden=["P"]), name="x")
        assert (raw.sheet, unused) == ("P", {})

    def test_a_sheet_too_wide_is_no_table(self):
        wide = [[f"c{i}" for i in range(2500)], [1, 2, 3], [1, 2, 3]]
        ((raw,), unused) = read_tables(xlsx({"Wide": wide, "P": [HEADER, *ROWS]}), name="x")
        assert (raw.sheet, unused) == ("P", {"Wide": "no table"})

    def test_charts_are_no_sheets(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        sheet = book.add_worksheet("P")
        sheet.write_row(0, 0, ["id", "x"])
        sheet.write_row(1, 0, [1, 2])
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=P!$B$2:$B$2"})
        book.add_chartsheet("Chart").set_chart(chart)
        book.close()
        ((raw,), unused) = read_tables(buffer.getvalue(), name="x")
        assert (raw.sheet, unused) == ("P", {})

    def test_cells_with_errors_belong_to_their_sheet(self):
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True})
        for name in ("P", "AE"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", "x"])
            sheet.write_row(1, 0, [1, 2])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write(2, 0, 2)
        book.close()
        tables, _ = read_tables(buffer.getvalue(), name="x")
        assert {raw.sheet: codes(raw) for raw in tables} == {"P": [], "AE": ["error-cell"]}

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (xlsx({"A": [], "B": []}), "no sheet with data"),
            (xlsx({"A": [["id", "age"]], "B": []}), "column names but no rows"),
            (b"%PDF-1.7", "a PDF document"),
            (b"PK\x03\x04" + bytes(range(200)), "damaged workbook"),
        ],
        ids=["empty", "names only", "pdf", "damaged"],
    )
    def test_nothing_to_read(self, content, said):
        with pytest.raises(ReadError, match=said):
            read_tables(content, name="f")


def is_utf8(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


CELL = st.text(st.sampled_from('abcXYZ019 .,;\t|"\n病人男女肝癌éüß≥-'), max_size=8)


class TestRoundTrip:
    @settings(max_examples=120, deadline=None)
    @example(  # words over numbers are no second row of names
        cells=[[";", "X", "Y", "Z", ","], ["", "", "", "", "0"], ["", "", "", "0", ""]],
        delimiter=",",
        encoding="utf-8",
        end="\n",
    )
    @given(
        cells=st.integers(2, 5).flatmap(
            lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=3, max_size=8)
        ),
        delimiter=st.sampled_from([",", ";", "\t", "|"]),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        end=st.sampled_from(["\n", "\r\n"]),
    )
    def test_any_cells_come_back(self, cells, delimiter, encoding, end):
        header = [f"column{i}" for i in range(len(cells[0]))]
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([header, *cells])
        wanted = [[cell.strip() or None for cell in row] for row in cells]
        wanted = [row for row in wanted if any(row)]
        try:
            raw = read_table(buffer.getvalue().encode(encoding), name="x.csv")
        except ReadError:
            assert not wanted
            return
        assert raw.delimiter == delimiter
        assert list(raw.frame.columns) == header
        notes = sum(len(issue.rows) for issue in raw.issues if issue.code == "note-row")  # said
        assert raw.frame.to_numpy().tolist() == wanted[: len(wanted) - notes]

    @settings(max_examples=60, deadline=None)
    @given(
        names=st.lists(
            st.text(st.sampled_from("病人男女性肝癌转移治疗编号生存死亡"), min_size=1, max_size=4),
            min_size=1,
            max_size=9,
        )
    )
    def test_common_chinese_in_gbk(self, names):
        content = ("id,name\n" + "".join(f"{i},{name}\n" for i, name in enumerate(names))).encode("gbk")
        assume(not is_utf8(content))  # a lone letter may be both
        assert read_table(content, name="x").frame["name"].tolist() == names

    @settings(max_examples=60, deadline=None)
    @given(words=st.lists(st.from_regex(r"[A-Z][a-z]{1,4}[äöüéèñ][a-z]{1,4}", fullmatch=True), min_size=1, max_size=9))
    def test_western_words_in_latin_1(self, words):
        text = "id;name\n" + "".join(f"{i};{word}\n" for i, word in enumerate(words))
        assert read_table(text.encode("latin-1"), name="x").frame["name"].tolist() == words


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\t\t\n", "\x1a"])
def test_empty_cells_at_the_end_of_the_last_row_are_cells(end):
    raw = read_table(f"id\tage\tarm\np1\t40\tA\np2\t\t{end}".encode(), name="a.tsv")
    assert raw.frame.iloc[-1].tolist() == ["p2", None, None]
    assert len(raw.frame) == 2
    assert not raw.issues


def test_a_file_of_nothing_but_its_mark_is_refused():
    with pytest.raises(ReadError):
        read_table(b"\xef\xbb\xbf", name="a.csv")
