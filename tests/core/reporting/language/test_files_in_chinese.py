"""Files in Chinese: the words are there, the letters are embedded, a user's own words are as they were."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from fontTools.ttLib import TTFont
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from core.reporting.language import typefaces
from core.reporting.language.translate import Translator
from core.reporting.language.writing import html_language, said, saying, written_in
from core.reporting.report.html import report_html_bytes
from core.reporting.report.pdf import report_pdf_bytes
from core.reporting.report.slides import report_slides_bytes
from core.reporting.report.value import Report, ReportBlock
from core.reporting.report.word import report_word_bytes
from core.reporting.table_files import table_bytes
from core.reporting.tables import Cell, Part, ReportTable, TableColumn, TableRow

CHINESE = Translator("zh", {"HIFU"})
MONTHS, SHOWN = "12.5 months", "12.5个月"


@pytest.fixture
def table() -> ReportTable:
    return ReportTable(
        title="Patients",
        columns=(
            TableColumn(key="a", label="months", parts=(Part(label="months"),), align="left"),
            TableColumn(key="b", label="HIFU", parts=(Part(label="HIFU"),)),
        ),
        rows=(TableRow(cells=(Cell("days", ("days",)), Cell(MONTHS, (12.5,)))),),
        footnotes=("years",),
    )


@pytest.fixture
def report(table: ReportTable) -> Report:
    block = ReportBlock(title="HIFU", sentences=(MONTHS,), tables=(table,), notes=("3 days",))
    return Report(title="HIFU", about=(), blocks=(block,))


def test_outside_of_it_nothing_changes() -> None:
    with written_in(CHINESE):
        assert said(MONTHS) == SHOWN
        assert html_language() == "zh-CN"
    assert said(MONTHS) == MONTHS
    assert html_language() == "en"


def test_a_file_made_later_is_in_its_language(report: Report) -> None:
    made = saying(CHINESE, lambda: report_html_bytes(report))
    assert SHOWN in made().decode()
    assert SHOWN not in report_html_bytes(report).decode()


def test_word_and_powerpoint_hold_the_words(report: Report) -> None:
    with written_in(CHINESE):
        word, slides = report_word_bytes(report), report_slides_bytes(report)
    text = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    assert SHOWN in text
    assert "HIFU" in text
    deck = zipfile.ZipFile(io.BytesIO(slides))
    assert any(SHOWN in deck.read(name).decode() for name in deck.namelist() if name.startswith("ppt/slides/slide"))
    styles = zipfile.ZipFile(io.BytesIO(word)).read("word/styles.xml").decode()
    assert "w:eastAsia=" in styles


@pytest.mark.parametrize("ending", ["html", "csv", "tex"])
def test_tables_hold_the_words(table: ReportTable, ending: str) -> None:
    with written_in(CHINESE):
        assert SHOWN in table_bytes([table], ending).decode()


def test_a_pdf_carries_chinese_letters(report: Report) -> None:
    with written_in(CHINESE):
        pdf = report_pdf_bytes(report)
        assert report_pdf_bytes(report) == pdf
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    assert SHOWN in page.extract_text()
    [chinese] = [font for font in fonts(page) if "Chinese" in font["/BaseFont"]]
    letters = chinese["/FontDescriptor"].get_object()["/FontFile2"].get_object().get_data()
    drawn = TTFont(io.BytesIO(letters))["glyf"]
    assert sum(drawn[name].numberOfContours > 0 for name in drawn.keys()) > len(set("个月患者"))  # noqa: SIM118


def test_the_typeface_is_that_of_its_makers() -> None:
    assert hashlib.sha256(typefaces.file().read_bytes()).hexdigest().startswith("faa6c9df652116dde789d351359f3d7e")


def fonts(page: PageObject) -> list[DictionaryObject]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]
