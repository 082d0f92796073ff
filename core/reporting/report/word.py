"""A report as a Word document: headings, real tables, figures with their captions and words for who cannot see them.

The writer of tables is ``core.reporting.word``; here stand the order of a report, its figures and its text.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from core.reporting.report.value import Picture, Report, ReportBlock
from core.reporting.report.vector import with_vector
from core.reporting.table_layout import is_wide, printable
from core.reporting.word import NOTE, add_table, finished_document, new_document, turn_page

if TYPE_CHECKING:
    from docx.document import Document

TEXT_WIDTH_MM = 160.0  # of an upright page
MOST_HIGH_MM = 165.0  # of a figure: title, sentences and caption stand on its page


def report_word_bytes(report: Report) -> bytes:
    """The report as a ``.docx`` file; the same report gives the same bytes, and no person is named in it."""
    document = new_document(across=False)
    document.add_paragraph(printable(report.title), style="Title")
    for line in report.about:
        document.add_paragraph(printable(line), style=NOTE)
    figures, tables = count(1), count(1)
    across = False
    for block in report.blocks:
        # a title alone on a page says nothing: it stands where what it is over stands
        across = _turned(
            document, across, wanted=not block.pictures and bool(block.tables) and is_wide(block.tables[0])
        )
        document.add_heading(printable(block.title), level=1)
        _text(document, block)
        for picture in block.pictures:
            _figure(document, picture, next(figures))
        for table in block.tables:
            across = _turned(document, across, wanted=is_wide(table))
            add_table(document, table, number=next(tables))
    return finished_document(document, report.title)


def _turned(document: Document, across: bool, *, wanted: bool) -> bool:
    if across != wanted:
        turn_page(document, across=wanted)
    return wanted


def _text(document: Document, block: ReportBlock) -> None:
    said = [document.add_paragraph(printable(sentence)) for sentence in block.sentences]
    said += [document.add_paragraph(printable(note), style="List Bullet") for note in block.notes]
    for paragraph in said:
        paragraph.paragraph_format.keep_with_next = bool(block.pictures or block.tables)


def _figure(document: Document, picture: Picture, number: int) -> None:
    from docx.shared import Mm

    width = min(picture.width_mm, TEXT_WIDTH_MM, picture.width_mm * MOST_HIGH_MM / picture.height_mm)
    shape = document.add_picture(io.BytesIO(picture.png), width=Mm(width))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    with_vector(document.part, shape._inline.graphic.graphicData.pic.blipFill.blip, picture.svg)
    described: Any = shape._inline.docPr
    described.set("descr", printable(picture.alt))
    described.set("name", f"Figure {number}")
    caption = document.add_paragraph(style="Caption")
    caption.paragraph_format.keep_with_next = False
    caption.paragraph_format.keep_together = True
    caption.add_run(printable(f"Figure {number}. {picture.title}. "))
    plain = caption.add_run(printable(_sentences(picture.caption)))
    plain.bold = False


def _sentences(lines: Iterable[str]) -> str:
    return " ".join(line for line in lines if line)
