"""A table in the XML of Word.

Belongs here: caption, table style, rows and cells. Does not belong here: the document around them (``word``). The XML
is written as text: python-docx goes through all cells for each one, which takes minutes for thousands of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from core.reporting.table_layout import HeadCell, head_rows, is_very_wide, is_wide, printable, share_of_page, widths
from core.reporting.tables import ReportTable, TableRow

CELL, HEAD, SMALL = "Table text", "Table heading", "Table text small"
_SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_ACROSS, _UPRIGHT = 14_003, 9_071  # twentieths of a point between the margins, A4
_INDENT = 200
_TOGETHER = 25  # a table of so many rows stays on one page
_STYLE_ID = "JournalTable"
_RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="auto"/>'
_THICK, _THIN = 12, 6  # eighths of a point

STYLE = (
    f'<w:style {_SPACE} w:type="table" w:customStyle="1" w:styleId="{_STYLE_ID}"><w:name w:val="Journal table"/>'
    '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/>'
    f"<w:tblPr><w:tblBorders>{_RULE.format(side='top', size=_THICK)}{_RULE.format(side='bottom', size=_THICK)}"
    '</w:tblBorders><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar>'
    f'</w:tblPr><w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>{_RULE.format(side="bottom", size=_THIN)}'
    "</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
)


def caption(number: int, title: str) -> tuple[str, ...]:
    """What stands in the paragraph above a table: "Table 1. " with the number as a field, and the title."""
    before, _, after = printable(f"Table {number}. {title}").partition(str(number))
    field = f'<w:fldSimple {_SPACE} w:instr=" SEQ Table \\* ARABIC "><w:r><w:t>{number}</w:t></w:r></w:fldSimple>'
    return _run(before, declared=True), field, _run(after, declared=True)


def table_xml(table: ReportTable) -> str:
    """The element ``w:tbl`` of a table."""
    page = _ACROSS if is_wide(table) else _UPRIGHT
    wide = widths(table)
    sizes = [round(page * share_of_page(table) * width / sum(wide)) for width in wide]
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    heads = "".join(_head_row(table, k, sizes) for k in range(len(head_rows(table))))
    style = SMALL if is_very_wide(table) else CELL
    together = len(table.rows) <= _TOGETHER
    last = len(table.rows) - 1
    rows = "".join(
        _row(row, table, sizes, style=style, keep=together or i == last or row.kind == "heading")
        for i, row in enumerate(table.rows)
    )
    return (
        f'<w:tbl {_SPACE}><w:tblPr><w:tblStyle w:val="{_STYLE_ID}"/><w:tblW w:w="{sum(sizes)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={_attribute(table.title)}/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{heads}{rows}</w:tbl>"
    )


def _head_row(table: ReportTable, k: int, sizes: list[int]) -> str:
    rows = head_rows(table)
    # A cell over two rows is there in both: opened in the first, carried on in the second.
    carried = [cell for above in rows[:k] for cell in above if cell.rows > 1]
    standing = sorted([*rows[k], *carried], key=lambda cell: cell.first)
    style = SMALL if is_very_wide(table) else HEAD
    last = k == len(rows) - 1
    cells = "".join(_head_cell(cell, sizes, style=style, carried=cell in carried, last=last) for cell in standing)
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{cells}</w:tr>"


def _head_cell(cell: HeadCell, sizes: list[int], *, style: str, carried: bool, last: bool) -> str:
    span = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
    merged = "" if cell.rows == 1 else "<w:vMerge/>" if carried else '<w:vMerge w:val="restart"/>'
    # Rules of the head stand in its cells: the style's first row is only the upper of two.
    size = _THIN if last or cell.rows > 1 else 4 if cell.align == "center" else 0
    rule = f"<w:tcBorders>{_RULE.format(side='bottom', size=size)}</w:tcBorders>" if size else ""
    if not last and cell.align != "center":
        rule = '<w:tcBorders><w:bottom w:val="nil"/></w:tcBorders>'
    width = sum(sizes[cell.first : cell.first + cell.columns])
    text = "" if carried else cell.text
    look = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merged}{rule}<w:vAlign w:val="bottom"/></w:tcPr>'
    return f"<w:tc>{look}{_paragraph(text, style=style, align=cell.align, keep=True, bold=style == SMALL)}</w:tc>"


def _row(row: TableRow, table: ReportTable, sizes: list[int], *, style: str, keep: bool) -> str:
    cells = "".join(_cells(row, table, sizes, style=style, keep=keep))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _cells(row: TableRow, table: ReportTable, sizes: list[int], *, style: str, keep: bool) -> Iterator[str]:
    for j, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
        paragraph = _paragraph(
            printable(cell.text),
            style=style,
            align=column.align,
            keep=keep,
            bold=row.is_bold(j),
            indent=0 if j else row.indent,
        )
        yield f'<w:tc><w:tcPr><w:tcW w:w="{sizes[j]}" w:type="dxa"/></w:tcPr>{paragraph}</w:tc>'


def _paragraph(text: str, *, style: str, align: str, keep: bool, bold: bool = False, indent: int = 0) -> str:
    look = f'<w:pStyle w:val="{style.replace(" ", "")}"/>'
    look += "<w:keepNext/>" if keep else ""
    look += f'<w:ind w:left="{_INDENT * indent}"/>' if indent else ""
    look += "" if align == "left" else f'<w:jc w:val="{align}"/>'
    return f"<w:p><w:pPr>{look}</w:pPr>{_run(text, bold=bold) if text else ''}</w:p>"


def _run(text: str, *, bold: bool = False, declared: bool = False) -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return f"<w:r{f' {_SPACE}' if declared else ''}>{'<w:rPr><w:b/></w:rPr>' if bold else ''}{lines}</w:r>"


def _attribute(text: str) -> str:
    return '"' + escape(printable(text), {'"': "&quot;", "\n": " "}) + '"'
