"""Tables that hospital systems save as .xls though they are HTML, and Excel's own XML of 2003, to rows of cells.

No script, picture or address in such a file is followed or run: only the texts of its cells are taken.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.parsers import expat

from core.cohort.decode import decode
from core.cohort.guards import MAX_CELLS, refuse_cells, refuse_entities
from core.errors import ReadError

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_EXCEL = b"urn:schemas-microsoft-com:office:spreadsheet"
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?")
_WIDEST, _TALLEST = 1000, 100_000
Rows = list[list[str]]


def markup_rows(content: bytes, *, name: str) -> Rows:
    """Rows of the largest table of a web page, or of the first sheet of an Excel 2003 XML file.

    Parameters
    ----------
    content : bytes
    name : str
        File name, for messages.

    Raises
    ------
    ReadError
        If there is no table, or it is more than is read.
    """
    if _EXCEL in content[:4000]:
        refuse_entities(content, name=name)
        return _sheet(content, name=name)
    reader = _Page(name)
    reader.feed(_text(content, name=name))
    reader.close()
    found = max(reader.tables, key=lambda rows: sum(map(len, rows)), default=[])
    if not any(any(cell.strip() for cell in row) for row in found):
        raise _no_table(name)
    return found


def _text(content: bytes, *, name: str) -> str:
    """The page in the encoding that it names, else in the one that is found."""
    named = _CHARSET.search(content[:4000])
    if named is not None:
        encoding = named[1].decode("ascii").lower()
        encoding = "gb18030" if encoding in ("gb2312", "gbk") else encoding
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(content, name=name)[0]


class _Page(HTMLParser):
    """Collects the cells of every table; a cell over several rows or columns stands in each of the rows."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Rows] = []
        self._name = name
        self._open: list[Rows] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._below: dict[int, tuple[int, str]] = {}
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._finish_cell(tag)
        if tag == "table":
            self._open.append([])
            self.tables.append(self._open[-1])
            self._below = {}
        elif tag == "tr" and self._open:
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open and self._open[-1]:
            given = dict(attrs)
            self._span = (_span(given.get("colspan"), _WIDEST), _span(given.get("rowspan"), _TALLEST))
            self._fill_from_above()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._finish_cell(tag)
        if tag == "tr" and self._open and self._open[-1]:
            self._fill_from_above()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _finish_cell(self, tag: str) -> None:
        """A cell ends with its own end, or where the next cell, row or table begins."""
        if self._cell is None or tag not in ("td", "th", "tr", "table", "tbody", "thead", "tfoot"):
            return
        text, row = " ".join("".join(self._cell).split()), self._open[-1][-1]
        self._cell = None
        across, down = self._span
        if down > 1:
            self._below[len(row)] = (down - 1, text)
        row.extend([text, *[""] * (across - 1)])
        self._cells += across
        if self._cells > MAX_CELLS:
            refuse_cells(self._cells, 1, name=self._name)

    def _fill_from_above(self) -> None:
        row = self._open[-1][-1]
        while (above := self._below.get(len(row))) is not None:
            left, text = above
            self._below.pop(len(row))
            if left > 1:
                self._below[len(row)] = (left - 1, text)
            row.append(text)


def _span(text: str | None, most: int) -> int:
    return min(int(text), most) if text is not None and text.strip().isdigit() and int(text) > 0 else 1


def _sheet(content: bytes, *, name: str) -> Rows:
    """Rows of the first sheet with content of an Excel 2003 XML file."""
    reader = _Workbook(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)
    except ReadError:
        raise
    except (expat.ExpatError, LookupError, ValueError):
        raise ReadError(
            f"'{name}' looks like a workbook, but cannot be opened.",
            hint="Open it in Excel, save it again as .xlsx, and load that file.",
        ) from None
    found = next((rows for rows in reader.sheets if any(any(row) for row in rows)), None)
    if found is None:
        raise _no_table(name)
    return found


class _Workbook:
    """Collects the cells of every sheet; a row or cell may say at which position it stands."""

    def __init__(self, name: str) -> None:
        self.sheets: list[Rows] = []
        self._name = name
        self._data: list[str] | None = None
        self._cells = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        at = next((value for key, value in attributes.items() if key.endswith(" Index")), None)
        if local == "Worksheet":
            self.sheets.append([])
        elif local == "Row" and self.sheets:
            self.sheets[-1].extend([] for _ in range(self._gap(len(self.sheets[-1]), at) + 1))
        elif local == "Cell" and self.sheets and self.sheets[-1]:
            row = self.sheets[-1][-1]
            row.extend([""] * (self._gap(len(row), at) + 1))
        elif local == "Data":
            self._data = []

    def end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] != "Data" or self._data is None:
            return
        text, self._data = "".join(self._data).strip(), None
        if self.sheets and self.sheets[-1] and self.sheets[-1][-1]:
            moment = _MIDNIGHT.fullmatch(text)
            self.sheets[-1][-1][-1] = text if moment is None else moment[1]

    def text(self, data: str) -> None:
        if self._data is not None:
            self._data.append(data)

    def _gap(self, n: int, at: str | None) -> int:
        """How many cells or rows are left out before the position that is named."""
        gap = max(0, int(at) - 1 - n) if at is not None and at.isdigit() else 0
        self._cells += 1 + gap
        if self._cells > MAX_CELLS:
            refuse_cells(self._cells, 1, name=self._name)
        return gap


def _no_table(name: str) -> ReadError:
    return ReadError(
        f"'{name}' is not a table: it is a web page or XML document without one.",
        hint="Save the sheet as CSV or Excel (.xlsx) and load that file.",
    )
