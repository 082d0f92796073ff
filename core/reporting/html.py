"""Tables as an HTML page that stands by itself: no script, nothing loaded, three lines as journals print them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from core.reporting.language.writing import html_language
from core.reporting.table_layout import HeadCell, head_rows, printable
from core.reporting.tables import ReportTable, TableRow

STYLE = """
body { font: 10pt Arial, Helvetica, "Noto Sans CJK SC", sans-serif; color: #000; background: #fff; margin: 2em; }
table { border-collapse: collapse; border-top: 1.5pt solid #000; border-bottom: 1.5pt solid #000; margin: 0 0 0.5em; }
caption { text-align: left; font-weight: bold; padding-bottom: 0.4em; }
th, td { padding: 0.2em 0.8em 0.2em 0; text-align: right; vertical-align: bottom; font-variant-numeric: tabular-nums; }
.l { text-align: left; }
.s { text-align: center; border-bottom: 0.5pt solid #000; }
thead { border-bottom: 0.75pt solid #000; }
tbody th { font-weight: normal; }
.heading > th, .total > * { font-weight: bold; }
tr { break-inside: avoid; }
.note { margin: 0.1em 0; font-size: 85%; }
section { margin-bottom: 2em; }
@media print { @page { size: auto; } }
"""


def html_bytes(tables: ReportTable | Sequence[ReportTable]) -> bytes:
    """One table, or several, as one HTML page.

    Every table has its title as caption, a head that is repeated on each printed page, the name of its row as heading
    of the row, and its footnotes below. A cohort's own text is escaped wherever it stands.

    Returns
    -------
    bytes
        UTF-8.
    """
    tables = (tables,) if isinstance(tables, ReportTable) else tuple(tables)
    title = escaped(tables[0].title) if len(tables) == 1 else "Tables"
    body = "\n".join(line for number, table in enumerate(tables, start=1) for line in table_lines(table, number))
    return page_bytes(title, body, STYLE)


def page_bytes(title: str, body: str, style: str) -> bytes:
    """A page that stands by itself; ``title`` and ``body`` are escaped already."""
    page = (
        f'<!DOCTYPE html>\n<html lang="{html_language()}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return page.encode()


def table_lines(table: ReportTable, number: int) -> Iterator[str]:
    """A table with its number, title and footnotes as lines of HTML."""
    yield "<section>"
    yield f"<table>\n<caption>{escaped(f'Table {number}. {table.title}')}</caption>\n<thead>"
    for head in head_rows(table):
        yield f"<tr>{''.join(map(_head, head))}</tr>"
    yield "</thead>\n<tbody>"
    for row in table.rows:
        yield _row(row, table)
    yield "</tbody>\n</table>"
    for note in table.footnotes:
        yield f'<p class="note">{escaped(note)}</p>'
    yield "</section>"


def _head(cell: HeadCell) -> str:
    look = {"left": ' class="l"', "center": ' class="s"', "right": ""}[cell.align]
    columns = f' colspan="{cell.columns}" scope="colgroup"' if cell.columns > 1 else ' scope="col"'
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return f"<th{look}{columns}{rows}>{escaped(cell.text)}</th>"


def _row(row: TableRow, table: ReportTable) -> str:
    indent = f' style="padding-left:{1.2 * row.indent:g}em"' if row.indent else ""
    cells = [f'<th scope="row" class="l"{indent}>{escaped(row.cells[0].text)}</th>']
    for cell, column in zip(row.cells[1:], table.columns[1:], strict=True):
        look = ' class="l"' if column.align == "left" else ""
        cells.append(f"<td{look}>{escaped(cell.text)}</td>")
    kind = f' class="{row.kind}"' if row.kind != "body" else ""
    return f"<tr{kind}>{''.join(cells)}</tr>"


def escaped(text: str) -> str:
    """Anybody's text, harmless in a page."""
    return escape(printable(text)).replace("\n", "<br>")
