"""A report as PowerPoint slides: tables that can be edited, figures as vectors with a picture for older programs.

One slide for each figure and each table; a long table goes on over several, with its head again on each.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.reporting.report.slide_room import height_of, lines_shared_out, row_heights, shared_out
from core.reporting.report.value import Picture, Report, ReportBlock
from core.reporting.report.vector import with_vector
from core.reporting.table_layout import head_rows, printable, widths
from core.reporting.tables import ReportTable, TableRow

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_WIDTH, _HEIGHT, _MARGIN = 33.867, 19.05, 1.5  # cm, 16:9
_TOP, _TITLE_SIZE, _TEXT_SIZE, _CELL_SIZE, _NOTE_SIZE = 3.4, 28, 18, 10.5, 10
_TABLE_TOP, _FREE_BELOW = 2.6, 0.5
_WITH_FIGURE = 2  # sentences above a figure: the finding, and what must be known beside it
_LONG_TITLE = 55  # letters, from which on a title is set smaller
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLANK_WITH_TITLE = 5  # of the built-in layouts


def report_slides_bytes(report: Report) -> bytes:
    """The report as a ``.pptx`` file; the same report gives the same bytes, and no person is named in it."""
    import pptx
    from pptx.util import Cm

    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Cm(_WIDTH), Cm(_HEIGHT)
    _words(deck, report.title, report.about)
    for block in report.blocks:
        _block(deck, block)
    return _finished(deck, report.title)


def _block(deck: Presentation, block: ReportBlock) -> None:
    lines = [*block.sentences, *block.notes]
    beside = block.sentences[:_WITH_FIGURE] if block.pictures else ()
    for i, picture in enumerate(block.pictures):
        _figure(deck, block.title, picture, beside if i == 0 else ())
    _words(deck, block.title, lines[len(beside) :])
    for table in block.tables:
        _table(deck, table)


def _slide(deck: Presentation, title: str, part: str = "") -> Any:
    from pptx.util import Cm, Pt

    slide = deck.slides.add_slide(deck.slide_layouts[_BLANK_WITH_TITLE])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = Cm(_MARGIN), Cm(0.7), Cm(_WIDTH - 2 * _MARGIN), Cm(1.6)
    text = shape.text_frame.text = f"{printable(title)}{part}"
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = 1
    long = len(text) > _LONG_TITLE
    paragraph.font.size, paragraph.font.bold = Pt(_TITLE_SIZE * 0.72 if long else _TITLE_SIZE), True
    return slide


def _text(slide: Any, lines: Sequence[str], *, top: float, height: float, size: float) -> None:
    """Lines in the language of the file, as they are measured."""
    from pptx.util import Cm, Pt

    box = slide.shapes.add_textbox(Cm(_MARGIN), Cm(top), Cm(_WIDTH - 2 * _MARGIN), Cm(height))
    box.text_frame.word_wrap = True
    for i, line in enumerate(lines):
        paragraph = box.text_frame.paragraphs[0] if i == 0 else box.text_frame.add_paragraph()
        paragraph.text = line
        paragraph.font.size = Pt(size)
        paragraph.space_after = Pt(size / 2)


def _words(deck: Presentation, title: str, lines: Sequence[str]) -> None:
    """Sentences on as many slides as they need."""
    height = _HEIGHT - _TOP - 0.4
    said = [printable(line) for line in lines]
    for part in lines_shared_out(said, _TEXT_SIZE, width=_WIDTH - 2 * _MARGIN, room=height):
        _text(_slide(deck, title), part, top=_TOP - 0.6, height=height, size=_TEXT_SIZE)


def _figure(deck: Presentation, title: str, picture: Picture, sentences: Sequence[str]) -> None:
    from pptx.util import Cm

    slide = _slide(deck, title)
    top = 2.4
    room_wide = _WIDTH - 2 * _MARGIN
    if sentences:
        said = [printable(sentence) for sentence in sentences]
        high = height_of(said, 16, room_wide)
        _text(slide, said, top=top, height=high, size=16)
        top += high + 0.3
    caption = printable(" ".join(picture.caption))
    below = height_of([caption], _NOTE_SIZE, room_wide) + 0.3
    room_high = _HEIGHT - top - below - 0.3
    scale = min(room_wide / picture.width_mm, room_high / picture.height_mm)
    width, height = picture.width_mm * scale, picture.height_mm * scale
    shape = slide.shapes.add_picture(io.BytesIO(picture.png), Cm((_WIDTH - width) / 2), Cm(top), Cm(width), Cm(height))
    shape._element.nvPicPr.cNvPr.set("descr", printable(picture.alt))
    shape.name = printable(picture.title)
    with_vector(slide.part, shape._element.blipFill.blip, picture.svg)
    _text(slide, [caption], top=_HEIGHT - below - 0.1, height=below, size=_NOTE_SIZE)


def _table(deck: Presentation, table: ReportTable) -> None:
    wide = _WIDTH - 2 * _MARGIN
    texts = [[printable(cell.text) for cell in row.cells] for row in table.rows]
    heights = row_heights(table, texts, width=wide, size=_CELL_SIZE)
    heads = _head_heights(table, wide)
    footnotes = [printable(line) for line in table.footnotes]
    notes = height_of(footnotes, _NOTE_SIZE - 2, wide)
    room = _HEIGHT - _TABLE_TOP - sum(heads) - _FREE_BELOW
    pages = list(shared_out(table.rows, heights, room, below=notes))
    for number, (start, end) in enumerate(pages, start=1):
        slide = _slide(deck, table.title, f" ({number}/{len(pages)})" if len(pages) > 1 else "")
        below = _grid(slide, table, table.rows[start:end], [*heads, *heights[start:end]])
        if number == len(pages):
            _text(slide, footnotes, top=below, height=notes, size=_NOTE_SIZE - 2)


def _head_heights(table: ReportTable, wide: float) -> list[float]:
    """Heights of the rows of the head; a cell over several columns has all of their room."""
    texts = [["" for _ in table.columns] for _ in head_rows(table)]
    for line, head in zip(texts, head_rows(table), strict=True):
        for cell in head:
            if cell.columns == 1:
                line[cell.first] = printable(cell.text)
    return row_heights(table, texts, width=wide, size=_CELL_SIZE)


def _grid(slide: Any, table: ReportTable, rows: Sequence[TableRow], heights: Sequence[float]) -> float:
    """The table on the slide; where it ends, in cm."""
    from pptx.util import Cm

    heads = head_rows(table)
    n_rows, n_columns = len(heads) + len(rows), len(table.columns)
    height, wide = sum(heights), _WIDTH - 2 * _MARGIN
    frame = slide.shapes.add_table(n_rows, n_columns, Cm(_MARGIN), Cm(_TABLE_TOP), Cm(wide), Cm(height))
    frame.name = printable(table.title)
    grid = frame.table
    grid.horz_banding = False
    for high, row_of_grid in zip(heights, grid.rows, strict=True):
        row_of_grid.height = Cm(high)
    shares = widths(table)
    for share, column in zip(shares, grid.columns, strict=True):
        column.width = Cm(wide * share / sum(shares))
    for r, head in enumerate(heads):
        for cell in head:
            at = grid.cell(r, cell.first)
            if cell.columns > 1 or cell.rows > 1:
                at.merge(grid.cell(r + cell.rows - 1, cell.first + cell.columns - 1))
            _write(at, cell.text, align=cell.align, bold=True)
    for r, row in enumerate(rows, start=len(heads)):
        for c, (value, column) in enumerate(zip(row.cells, table.columns, strict=True)):
            text = "\u2003" * row.indent + value.text if c == 0 else value.text
            _write(grid.cell(r, c), text, align=column.align if c else "left", bold=row.is_bold(c))
    return _TABLE_TOP + height + 0.2


def _write(cell: Any, text: str, *, align: str, bold: bool) -> None:
    from pptx.util import Cm, Pt

    cell.margin_top = cell.margin_bottom = Cm(0.05)
    cell.margin_left = cell.margin_right = Cm(0.1)
    cell.text = printable(text)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = {"left": 1, "center": 2, "right": 3}[align]
        paragraph.font.size, paragraph.font.bold = Pt(_CELL_SIZE), bold


def _finished(deck: Presentation, title: str) -> bytes:
    known = deck.core_properties
    for child in list(known._element):
        known._element.remove(child)
    known.title = printable(title)[:255]
    made, out = io.BytesIO(), io.BytesIO()
    deck.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
