"""Web pages and Excel 2003 XML under the name of a workbook: their cells, and nothing else, are read."""

import time

import pytest

from core.cohort.markup import markup_rows
from core.cohort.read import read_table
from core.errors import ReadError
from tests.intake.corpus import excel_2003


def page(body, head=""):
    return f"<html><head>{head}</head><body>{body}</body></html>".encode()


def test_the_largest_table_is_taken_and_cells_may_be_left_open():
    found = markup_rows(
        page("<table><tr><td>menu</table><table><tr><th>id<th>age<tr><td>p1<td>4<b>0</b></table>"), name="a"
    )
    assert found == [["id", "age"], ["p1", "40"]]


def test_cells_over_rows_and_columns():
    body = "<table><tr><td rowspan=3>A<td colspan=2>x</tr><tr><td>y<td>z</tr><tr><td>v</tr></table>"
    assert markup_rows(page(body), name="a") == [["A", "x", ""], ["A", "y", "z"], ["A", "v"]]


def test_marks_entities_and_scripts():
    body = "<table><tr><td>&lt;0.5&nbsp;ng<br>ml</td><td>A&amp;B</td></tr></table>"
    body += "<script>document.write('<table>')</script>"
    assert markup_rows(page(body), name="a") == [["<0.5 ng ml", "A&B"]]


@pytest.mark.parametrize("named", ["gb2312", "GBK", "nonsense", "utf-8"])
def test_chinese_pages_whatever_they_say_of_their_encoding(named):
    text = f"<html><meta charset={named}><table><tr><td>患者编号</td><td>年龄</td></tr><tr><td>一</td><td>4</table>"
    assert markup_rows(text.encode("gb18030"), name="a")[0] == ["患者编号", "年龄"]


def test_positions_in_excel_2003():
    name = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    rows = (
        "<Row><Cell><Data>id</Data></Cell><Cell ss:Index='3'><Data>seen</Data></Cell></Row>"
        "<Row ss:Index='4'><Cell><Data>p1</Data></Cell><Cell/><Cell><Data>2021-03-05T00:00:00.000</Data></Cell></Row>"
    )
    content = f"<?xml version='1.0'?><Workbook {name}><Worksheet><Table>{rows}</Table></Worksheet></Workbook>".encode()
    assert markup_rows(content, name="a") == [["id", "", "seen"], [], [], ["p1", "", "2021-03-05"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (page("<p>nothing</p><table></table>"), "without one"),
        (excel_2003([["id", "os"], ["p1", 3]])[:-40], "cannot be opened"),
        (excel_2003([["id", "os"], ["p1", 3]]).replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1), "XML entities"),
        (excel_2003([["id"]]).replace(b'ss:Index="1"', b'ss:Index="999999999"'), "1,000,000,000 rows"),
    ],
    ids=["no table", "cut", "entities", "far away"],
)
def test_refused_in_words(content, words):
    with pytest.raises(ReadError) as caught:
        read_table(content, name="a.xls")
    assert words in caught.value.message


def test_a_page_that_spans_without_end_is_soon_refused():
    start = time.process_time()
    with pytest.raises(ReadError):
        read_table(
            page("<table>" + "<tr>" + "<td colspan=1000 rowspan=99999>x</td>" * 30_000 + "</table>"), name="a.xls"
        )
    assert time.process_time() - start < 20
