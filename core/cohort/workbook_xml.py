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

from core.cohort.guards import refuse_cells, refuse_entities
from core.errors import ReadError

MAX_UNPACKED = 1024**3
MAX_PARTS = 10_000
_CHUNK = 1024**2
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, KeyError)
_CELL = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(rb'<(?:x:)?c r="([A-Z]{1,3}\d{1,7})"[^>]*\bt="e"[^>]*>.*?<(?:x:)?v>([^<]*)</', re.DOTALL)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_REPEATED_CELL = re.compile(
    rb'<table:table-cell\b[^>]*\boffice:value[^>]*\btable:number-columns-repeated="(\d{1,12})"'
    rb'|<table:table-cell\b[^>]*\btable:number-columns-repeated="(\d{1,12})"[^>]*\boffice:value'
)
_REPEATED_ROW = re.compile(
    rb'<table:table-row\b[^>]*\btable:number-rows-repeated="(\d{1,12})"[^>]*>(.*?)</table:table-row>', re.DOTALL
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def is_binary(content: bytes) -> bool:
    """Whether a workbook is written in records (XLS, XLSB), not in XML (XLSX, ODS)."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return True
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "xl/workbook.bin" in package.namelist()


def refuse_stretched(content: bytes, *, name: str) -> None:
    """Raise ReadError where a sheet would unfold to more cells, or the file to more bytes, than memory should hold."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
            raise ReadError(
                f"'{name}' unfolds to more than 1 GB.", hint="Save the sheet as CSV and keep the columns needed."
            )
        if len(package.namelist()) > MAX_PARTS:
            raise ReadError(f"'{name}' holds more than {MAX_PARTS:,} parts.", hint="Save the sheet as CSV.")
        for part in package.namelist():
            _refuse_part(package, part, name=name)


def _refuse_part(package: zipfile.ZipFile, part: str, *, name: str) -> None:
    """Unpack one part as far as it says it goes: one that is longer, or damaged, raises here and not in the reader."""
    if _SHEET.fullmatch(part):
        _refuse_wide(package.read(part), name=name)
    elif part in ("content.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        sheet = package.read(part)
        refuse_entities(sheet, name=name)
        _refuse_repeated(sheet, name=name)
    elif part.endswith((".xml", ".bin")):
        with package.open(part) as stream:
            while stream.read(_CHUNK):
                pass


def _refuse_repeated(sheet: bytes, *, name: str) -> None:
    """OpenDocument writes a repeated cell or row once, with how often: filled ones repeated far out are stray."""
    rows = columns = 1
    for match in _REPEATED_CELL.finditer(sheet):
        columns = max(columns, int(match.group(1) or match.group(2)))
    for match in _REPEATED_ROW.finditer(sheet):
        if b"office:value" in match.group(2):
            rows = max(rows, int(match.group(1)))
    refuse_cells(rows, columns, name=name)


def _refuse_wide(sheet: bytes, *, name: str) -> None:
    rows = columns = 0
    last = b""
    for match in _CELL.finditer(sheet):
        row, column = int(match.group(2)), _column_number(match.group(1))
        if row > rows or column > columns:
            last = match.group(1) + match.group(2)
        rows, columns = max(rows, row), max(columns, column)
    refuse_cells(rows, columns, name=name, at=last.decode())


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
