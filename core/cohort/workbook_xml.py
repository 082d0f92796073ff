"""What a reader of workbooks does not say: cells that hold an error, and stray cells that stretch a sheet.

Looks into the XML of XLSX files only; other workbooks are bounded by their format.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from xml.etree import ElementTree

from core.errors import ReadError

MAX_CELLS = 20_000_000
MAX_UNPACKED = 1024**3
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, KeyError)
_CELL = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"[^>]*>.*?<(?:x:)?v>([^<]*)</', re.DOTALL)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def refuse_stretched(content: bytes, *, name: str) -> None:
    """Raise ReadError where a sheet would unfold to more cells, or the file to more bytes, than memory should hold."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
            raise ReadError(
                f"'{name}' unfolds to more than 1 GB.", hint="Save the sheet as CSV and keep the columns needed."
            )
        for part in package.namelist():
            if _SHEET.fullmatch(part):
                _refuse_wide(package.read(part), name=name)


def _refuse_wide(sheet: bytes, *, name: str) -> None:
    rows = columns = 0
    last = b""
    for match in _CELL.finditer(sheet):
        row, column = int(match.group(2)), _column_number(match.group(1))
        if row > rows or column > columns:
            last = match.group(1) + match.group(2)
        rows, columns = max(rows, row), max(columns, column)
    if rows * columns > MAX_CELLS:
        raise ReadError(
            f"'{name}' has content as far out as cell {last.decode()}: {rows} rows by {columns} columns.",
            hint="Delete stray cells below and beside the table, or save the sheet as CSV.",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def errors_in(content: bytes, sheet: str) -> list[tuple[str, str]]:
    """Cells of a sheet that hold an error, with the error: [('C5', '#DIV/0!')]."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            part = _part_of(package, sheet)
            found = [] if part is None else _ERROR.findall(package.read(part))
    except UNREADABLE:
        return []
    return [(cell.decode(), error.decode()) for cell, error in found]


def _part_of(package: zipfile.ZipFile, sheet: str) -> str | None:
    """Name of the XML part that holds a sheet."""
    try:
        book = ElementTree.fromstring(package.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return None
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for entry in book.iter(f"{_MAIN}sheet"):
        if entry.get("name") == sheet:
            part = posixpath.normpath(posixpath.join("xl", targets.get(entry.get(_RELATION), "")))
            part = part if part.startswith("xl/") else part.lstrip("/")
            return part if part in package.namelist() else None
    return None
