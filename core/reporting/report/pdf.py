"""A report as PDF: letters embedded, tables that go on over pages with their head again.

Letters are DejaVu Sans, which lifelines' own plotting library brings along: every sign of a result is in it. Chinese is
set in Noto Sans SC, which the packages bring along too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from itertools import count
from typing import Any

from core.reporting.report.value import Picture, Report, ReportBlock
from core.reporting.report.vector_pdf import vector_drawing
from core.reporting.table_layout import head_rows, is_wide, printable, widths
from core.reporting.tables import ReportTable

_SIGNS, _BOLD, _CHINESE = "DejaVuSans", "DejaVuSans-Bold", "Chinese"
_EAST_ASIAN = re.compile("([\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+)")
_MARGIN_MM = 20.0
_ROOM_MM = (210 - 2 * _MARGIN_MM, 297 - 2 * _MARGIN_MM)  # of an upright page
_MM = 72 / 25.4  # points
_MOST_ABOVE = 200.0  # points of words that go to the next page with their figure
_BEGINS_MM = 45.0
_IN_POINTS = "(This figure is a picture in points: a part of it cannot be drawn as vectors.)"
_CELL, _NOTE, _BODY = 7.0, 7.0, 9.5


def report_pdf_bytes(report: Report) -> bytes:
    """The report as a PDF file; the same report gives the same bytes, and no person is named in it."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.units import mm
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    _letters()
    out = io.BytesIO()
    margin = _MARGIN_MM * mm
    document = BaseDocTemplate(
        out, title=printable(report.title), author="", creator="Cohortscope", subject="", invariant=1, pagesize=A4
    )
    pages = []
    for name, (width, height) in (("upright", A4), ("across", landscape(A4))):
        frame = Frame(margin, margin, width - 2 * margin, height - 2 * margin, leftPadding=0, rightPadding=0)
        pages.append(PageTemplate(id=name, frames=[frame], pagesize=(width, height), onPage=_page_number))
    document.addPageTemplates(pages)
    document.build(_story(report))
    return out.getvalue()


@lru_cache(maxsize=1)
def _letters() -> None:
    """Make the typefaces known."""
    from importlib.util import find_spec
    from pathlib import Path

    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    library = find_spec("matplotlib")  # where its files are, without loading it
    assert library is not None
    assert library.origin is not None
    folder = Path(library.origin).parent / "mpl-data" / "fonts" / "ttf"
    for name in (_SIGNS, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


@lru_cache(maxsize=1)
def _chinese() -> str:
    """Make the typeface of Chinese letters known, which takes half a second; its name."""
    from reportlab.pdfbase import pdfmetrics

    from core.reporting.report.chinese_letters import typeface

    pdfmetrics.registerFont(typeface(_CHINESE))
    return _CHINESE


def _page_number(canvas: Any, document: Any) -> None:
    canvas.setFont(_SIGNS, _NOTE)
    canvas.drawRightString(canvas._pagesize[0] - 57, 34, str(document.page))


def _story(report: Report) -> list[Any]:
    from reportlab.platypus import CondPageBreak, NextPageTemplate, PageBreak

    figures, tables = count(1), count(1)
    story: list[Any] = [_paragraph(report.title, 18, bold=True, after=6)]
    story += [_paragraph(line, _NOTE) for line in report.about]
    across = False
    for block in report.blocks:
        begins_wide = not block.pictures and bool(block.tables) and is_wide(block.tables[0])
        if begins_wide != across:  # no page for a title alone
            story += [NextPageTemplate("across" if begins_wide else "upright"), PageBreak()]
            across = begins_wide
        words = _words(block)
        if block.pictures and _high(words) < _MOST_ABOVE:
            story.append(_figure(block.pictures[0], next(figures), above=words))
            rest = block.pictures[1:]
        else:
            if block.tables and not block.pictures:
                story.append(CondPageBreak(_high(words) + (_BEGINS_MM + 10) * _MM))  # no title alone under a page
            story += words
            rest = block.pictures
        story += [_figure(picture, next(figures)) for picture in rest]
        for table in block.tables:
            if is_wide(table) != across:
                across = not across
                story += [NextPageTemplate("across" if across else "upright"), PageBreak()]
            story += _table(table, next(tables), across=across)
    return story


def _words(block: ReportBlock) -> list[Any]:
    """Title, sentences and notes of a block."""
    return [
        _paragraph(block.title, 13, bold=True, before=14, after=4, with_next=True),
        *(_paragraph(text, _BODY, after=4) for text in block.sentences),
        *(_paragraph(f"\u2022 {note}", _BODY, after=2) for note in block.notes),
    ]


def _high(words: list[Any]) -> float:
    """Points that paragraphs take on an upright page."""
    return float(sum(part.wrap(_ROOM_MM[0] * _MM, 0)[1] for part in words))


def _paragraph(
    text: str,
    size: float,
    *,
    bold: bool = False,
    before: float = 0,
    after: float = 2,
    with_next: bool = False,
    align: str = "left",
) -> Any:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "text",
        fontName=_BOLD if bold else _SIGNS,
        fontSize=size,
        leading=1.3 * size,
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=with_next,
        alignment={"left": 0, "center": 1, "right": 2}[align],
    )
    return Paragraph(_marked(text), style)


def _marked(text: str) -> str:
    """Anybody's text, harmless in a paragraph, Chinese in a typeface that has it."""
    safe = escape(printable(text), quote=False).replace("\n", "<br/>")
    return _EAST_ASIAN.sub(lambda found: f'<font name="{_chinese()}">{found[1]}</font>', safe)


def _figure(picture: Picture, number: int, *, above: Sequence[Any] = ()) -> Any:
    """The figure as vectors, or else as its picture in points, with its caption and what stands above it."""
    from reportlab.platypus import Image

    from core.reporting.report.pdf_figure import FittingFigure

    scale = min(1.0, _ROOM_MM[0] / picture.width_mm, (_ROOM_MM[1] - 45) / picture.height_mm) * _MM
    width, height = picture.width_mm * scale, picture.height_mm * scale
    drawn = vector_drawing(picture.svg, width=width, height=height, typeface=_typeface)
    words = f"Figure {number}. {picture.title}. {' '.join(picture.caption)}"
    if drawn is None:
        drawn, words = Image(io.BytesIO(picture.png), width, height), f"{words} {_IN_POINTS}"
    return FittingFigure(drawn, (width, height), above=above, below=[_paragraph(words, _NOTE, before=3, after=8)])


def _typeface(text: str, bold: bool) -> str:
    """The typeface that has the letters of a text."""
    return _chinese() if _EAST_ASIAN.search(text) else _BOLD if bold else _SIGNS


def _table(table: ReportTable, number: int, *, across: bool) -> list[Any]:
    from reportlab.lib.units import mm
    from reportlab.platypus import CondPageBreak, LongTable

    heads = head_rows(table)
    cells: list[list[Any]] = [["" for _ in table.columns] for _ in heads]
    for r, head in enumerate(heads):
        for cell in head:
            cells[r][cell.first] = _paragraph(cell.text, _CELL, bold=True, align=cell.align)
    for row in table.rows:
        shown = ["\u2003" * row.indent + row.cells[0].text, *(cell.text for cell in row.cells[1:])]
        aligned = ["left", *(column.align for column in table.columns[1:])]
        cells.append(
            [
                _paragraph(text, _CELL, bold=row.is_bold(c), align=align)
                for c, (text, align) in enumerate(zip(shown, aligned, strict=True))
            ]
        )
    room = ((297 if across else 210) - 2 * _MARGIN_MM) * mm
    shares = widths(table)
    columns = [min(1.0, sum(shares) / 88) * room * share / sum(shares) for share in shares]
    made = LongTable(cells, colWidths=columns, repeatRows=len(heads), hAlign="LEFT", style=_rules(table))
    title = _paragraph(f"Table {number}. {table.title}", _BODY, bold=True, before=8, after=3)
    begins = CondPageBreak(_BEGINS_MM * mm)  # its title, head and first rows stay together; the rest may go on
    notes = [_paragraph(note, _NOTE, after=1) for note in table.footnotes]
    return [begins, title, made, *notes, _paragraph("", 4, after=6)]


def _rules(table: ReportTable) -> Any:
    """Three lines as journals print them, and one under a heading that several columns share."""
    from reportlab.lib import colors
    from reportlab.platypus import TableStyle

    heads = head_rows(table)
    last = len(heads) - 1
    commands: list[tuple[Any, ...]] = [
        ("LINEABOVE", (0, 0), (-1, 0), 1.0, colors.black),
        ("LINEBELOW", (0, last), (-1, last), 0.6, colors.black),
        ("LINEBELOW", (0, -1), (-1, -1), 1.0, colors.black),
        ("VALIGN", (0, 0), (-1, last), "BOTTOM"),
        ("VALIGN", (0, last + 1), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.2),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ]
    for r, head in enumerate(heads):
        for cell in head:
            if cell.columns > 1 or cell.rows > 1:
                corner = (cell.first + cell.columns - 1, r + cell.rows - 1)
                commands.append(("SPAN", (cell.first, r), corner))
            if cell.columns > 1:
                commands.append(("LINEBELOW", (cell.first, r), (cell.first + cell.columns - 1, r), 0.4, colors.black))
    return TableStyle(commands)
