"""Tables as a Word document: real tables with real styles, so that the reader can restyle them.

Belongs here: the document, its styles and its pages. Does not belong here: the rows of a table (``word_table``).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.reporting.table_layout import is_wide, printable
from core.reporting.tables import ReportTable
from core.reporting.word_table import CELL, HEAD, SMALL, STYLE, caption, table_xml

if TYPE_CHECKING:
    from docx.document import Document

NOTE = "Table note"
_FONT, _EAST_ASIAN = "Arial", "SimSun"
_LONG, _SHORT, _MARGIN = 29.7, 21.0, 2.5  # cm, A4
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold


def word_bytes(tables: ReportTable | Sequence[ReportTable]) -> bytes:
    """One table, or several, as a Word document.

    Each has its number and title above (style Caption, a field, so that numbers follow when tables are moved), three
    rules, its head again on every page, rows that are not divided, and its footnotes below; wide ones stand on pages
    across. Letters and rules are in the styles ``Journal table``, ``Table text``, ``Table heading`` and ``Table note``.

    Returns
    -------
    bytes
        The ``.docx`` file, without names of persons, the same for the same tables.
    """
    tables = (tables,) if isinstance(tables, ReportTable) else tuple(tables)
    document = new_document(across=bool(tables) and is_wide(tables[0]))
    for number, table in enumerate(tables, start=1):
        if number > 1 and is_wide(table) != is_wide(tables[number - 2]):
            turn_page(document, across=is_wide(table))
        add_table(document, table, number=number)
    return finished_document(document, tables[0].title if len(tables) == 1 else "Tables")


def new_document(*, across: bool) -> Document:
    """An empty document with the styles of tables, its first page across or upright."""
    import docx

    document = docx.Document()
    _define_styles(document)
    _page(document.sections[0], across=across)
    return document


def turn_page(document: Document, *, across: bool) -> None:
    """What follows stands on pages across, or upright."""
    _page(document.add_section(), across=across)


def finished_document(document: Document, title: str) -> bytes:
    """The document as a file with that title, without names of persons or times."""
    _describe(document, title)
    return _same_bytes(document)


def add_table(document: Document, table: ReportTable, *, number: int) -> None:
    """Title, table and footnotes at the end of a document that has the styles."""
    from docx.oxml import parse_xml

    above = document.add_paragraph(style="Caption")
    for element in caption(number, table.title):
        above._p.append(parse_xml(element))
    body: Any = document.element.body
    body.insert_element_before(parse_xml(table_xml(table)), "w:sectPr")
    notes = [document.add_paragraph(printable(note), style=NOTE) for note in table.footnotes or ("",)]
    for note in notes[:-1]:
        note.paragraph_format.keep_with_next = True
    notes[-1].paragraph_format.space_after = _points(18)


def _page(section: Any, *, across: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Cm(side) for side in ((_LONG, _SHORT) if across else (_SHORT, _LONG)))
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _define_styles(document: Any) -> None:
    from docx.oxml import parse_xml

    normal = document.styles["Normal"]
    _letters(normal, 11)
    above = document.styles["Caption"]
    _letters(above, 10, bold=True)
    above.font.color.rgb = None
    above.paragraph_format.keep_with_next = True
    above.paragraph_format.space_after = _points(4)
    for name, size, bold in ((CELL, 9, False), (HEAD, 9, True), (SMALL, 7, False), (NOTE, 8, False)):
        _letters(_paragraph_style(document, name), size, bold=bold)
    document.styles.element.append(parse_xml(STYLE))


def _paragraph_style(document: Any, name: str) -> Any:
    from docx.enum.style import WD_STYLE_TYPE

    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style, style.quick_style = document.styles["Normal"], True
    style.paragraph_format.space_before = style.paragraph_format.space_after = _points(1)
    style.paragraph_format.line_spacing = 1.0
    return style


def _letters(style: Any, size: float, *, bold: bool = False) -> None:
    from docx.oxml.ns import qn

    style.font.name, style.font.size, style.font.bold = _FONT, _points(size), bold
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), _EAST_ASIAN)


def _describe(document: Any, title: str) -> None:
    """Title only: no author, no times."""
    known = document.core_properties
    for child in list(known._element):
        known._element.remove(child)
    known.title = printable(title)[:255]


def _same_bytes(document: Any) -> bytes:
    """The file with a fixed date in its zip, so that the same tables give the same bytes."""
    made, out = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _EPOCH), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
