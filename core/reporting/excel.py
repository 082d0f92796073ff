"""Tables as an Excel workbook: one sheet as printed, one with the numbers behind it; never a formula."""

from __future__ import annotations

import datetime as dt
import io
import math
import numbers
import re
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from core.reporting.format import MINUS
from core.reporting.labels import ENDPOINTS
from core.reporting.table_layout import HeadCell, head_rows, is_wide, printable
from core.reporting.tables import Cell, ReportTable

_SHEET_NAME = 31  # Excel's limit
_WIDEST = 60
_NUMBERS = " numbers"
_CREATED = dt.datetime(1980, 1, 1)  # the same tables give the same bytes, whenever written
_TITLE_ROWS = 2
_LONGEST = _SHEET_NAME - len(_NUMBERS)
_LINKS = ("at", "between", "by", "in", "of", "to")  # a name does not end with one of these
_PRINTED_NUMBER = re.compile(rf"{MINUS}?\d{{1,3}}((?:,\d{{3}})+|\d*)(?:\.(\d+))?( %)?")
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def excel_bytes(tables: ReportTable | Sequence[ReportTable]) -> bytes:
    """One table, or several, as a workbook.

    Each table has a sheet as printed, with title and footnotes, and a sheet with its unrounded numbers, one per
    column, each with the format it is printed in. A printed cell that is one number is a number there too.

    Returns
    -------
    bytes
        The ``.xlsx`` file.
    """
    tables = (tables,) if isinstance(tables, ReportTable) else tuple(tables)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as workbook:
        workbook.set_properties({"created": _CREATED})
        styles = _Styles(workbook)
        for table, name in zip(tables, _sheet_names([_short(table.title) for table in tables]), strict=True):
            _write_printed(workbook.add_worksheet(name), table, styles)
            _write_numbers(workbook.add_worksheet(name + _NUMBERS), table, styles)
    return out.getvalue()


class _Styles:
    """Cell formats, each made once: a workbook holds a limited number of them."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_name": "Arial", "font_size": 10, **properties})
        return self._made[key]


def _write_printed(sheet: Any, table: ReportTable, styles: _Styles) -> None:
    heads = head_rows(table)
    first = _TITLE_ROWS + len(heads)
    sheet.write_string(0, 0, printable(table.title), styles(bold=True))
    for i, head in enumerate(heads, start=_TITLE_ROWS):
        for one in head:
            _write_head(sheet, i, one, styles, top=i == _TITLE_ROWS)
    for j, column in enumerate(table.columns):
        texts = [row.cells[j].text for row in table.rows]
        sheet.set_column(j, j, _width([(column.under or column.label).split("\n")[0], *texts], first=j == 0))
    for i, row in enumerate(table.rows, start=first):
        look: dict[str, Any] = {"bottom": 2} if i == first + len(table.rows) - 1 else {}
        for j, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
            bold = {"bold": True} if row.is_bold(j) else {}
            indent = {"indent": row.indent} if j == 0 and row.indent else {}
            _write_cell(sheet, (i, j), cell, {**look, **bold, **indent, "align": column.align}, styles)
    for i, note in enumerate(table.footnotes, start=first + 1 + len(table.rows)):
        sheet.write_string(i, 0, printable(note), styles(italic=True, font_color="#555555"))
    sheet.freeze_panes(first, 1)
    _set_page(sheet, table, last_head=first - 1)


def _set_page(sheet: Any, table: ReportTable, *, last_head: int) -> None:
    """On paper: as wide as a page, and the head again on each."""
    sheet.repeat_rows(_TITLE_ROWS, last_head)
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if is_wide(table):
        sheet.set_landscape()


def _write_head(sheet: Any, i: int, cell: HeadCell, styles: _Styles, *, top: bool) -> None:
    """A heading, over several columns or rows where it stands above others."""
    rule = {"top": 2} if top else {}
    look = styles(bold=True, bottom=1, align=cell.align, valign="bottom", text_wrap=True, **rule)
    last = (i + cell.rows - 1, cell.first + cell.columns - 1)
    if last == (i, cell.first):
        sheet.write_string(i, cell.first, printable(cell.text), look)
    else:
        sheet.merge_range(i, cell.first, *last, "", look)
        sheet.write_string(i, cell.first, printable(cell.text), look)


def _write_cell(sheet: Any, at: tuple[int, int], cell: Cell, look: dict[str, Any], styles: _Styles) -> None:
    value = cell.values[0] if len(cell.values) == 1 else None
    printed = _PRINTED_NUMBER.fullmatch(cell.text)
    if printed and _is_number(value):
        whole = "#,##0" if "," in printed[1] else "0"
        decimals = "." + "0" * len(printed[2]) if printed[2] else ""
        sheet.write_number(*at, value, styles(num_format=whole + decimals + (r"\ %" if printed[3] else ""), **look))
    else:
        sheet.write_string(*at, printable(cell.text), styles(**look))


def _write_numbers(sheet: Any, table: ReportTable, styles: _Styles) -> None:
    frame = table.values_frame()
    formats = [part.number_format for column in table.columns for part in column.parts]
    for j, (label, number_format) in enumerate(zip(frame.columns, formats, strict=True)):
        sheet.write_string(0, j, printable(label), styles(bold=True, bottom=1))
        sheet.set_column(j, j, _width([label], first=j == 0))
        for i, value in enumerate(frame.iloc[:, j], start=1):
            if isinstance(value, str):
                sheet.write_string(i, j, printable(value), styles())
            elif _is_number(value):
                sheet.write_number(i, j, value, styles(num_format=number_format))
    sheet.freeze_panes(1, 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _width(texts: Sequence[str], *, first: bool) -> float:
    return min(max(map(len, texts)) + (3 if first else 2), _WIDEST)


def _short(title: str) -> str:
    """A title as the name of a sheet: what it is, then the endpoint by its letters, whole words only."""
    what, _, of = title.partition(", ")
    letters = {name: letters for letters, name in ENDPOINTS.items()}
    if not of:
        start, _, end = title.rpartition(" of ")
        what, of = (start, end) if end in letters else (title, "")
    for name in (f"{what} {letters.get(of, of)}".strip(), what):
        if len(name) <= _LONGEST:
            return name
    words = what.split()
    while len(words) > 1 and (len(" ".join(words)) > _LONGEST or words[-1] in _LINKS):
        words.pop()
    return " ".join(words)


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Names Excel accepts, all different, with room for the numbers sheet's suffix."""
    names: list[str] = []
    for title in titles:
        name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:_LONGEST].strip() or "Table"
        start, k = name, 2
        while name.casefold() in {other.casefold() for other in names}:
            name = f"{start[: _LONGEST - len(str(k)) - 1]} {k}"
            k += 1
        names.append(name)
    return names
