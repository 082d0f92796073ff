"""Reading a file as a table of text: what kind of file it is, and which reader reads that kind.

Nothing is typed here and nothing is lost: what cannot stand in a table is refused, what was put right is reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from core.cohort.cohort import RawTable
from core.cohort.decode import decode, is_ascii_text, is_unicode, report_encoding
from core.cohort.delimited import Rows, cut_rows
from core.cohort.file_kind import FileKind, kind_of
from core.cohort.guards import MAX_BYTES, MAX_COLUMNS, refuse_bytes, refuse_letters, refuse_size
from core.cohort.issues import IssueLog
from core.cohort.markup import markup_rows
from core.cohort.parquet import read_parquet
from core.cohort.prism import prism_tables, report_excluded
from core.cohort.records import as_records
from core.cohort.regular_text import regular_file, regular_table
from core.cohort.sas import read_sas, read_transport
from core.cohort.spss import read_spss
from core.cohort.stata import read_stata
from core.cohort.statistics_files import LabelledTable
from core.cohort.workbook import report_errors, report_merged, workbook_rows, workbook_sheets
from core.cohort.written import WrittenColumns
from core.errors import ReadError, nearest

__all__ = ["MAX_COLUMNS", "RawTable", "Sheet", "read_table", "read_tables", "sheets_in"]

_LABELLED: dict[FileKind, Callable[..., LabelledTable]] = {
    "spss": read_spss,
    "stata": read_stata,
    "sas": read_sas,
    "xpt": read_transport,
    "parquet": read_parquet,
}


_BLANK = b"\0 \r\n\t"
_START = 1000


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """One table as its reader hands it over, and how it was read (fields of ``RawTable``)."""

    cells: pd.DataFrame | WrittenColumns
    row_numbers: Sequence[int]
    how: dict[str, Any] = field(default_factory=dict)

    @property
    def n_columns(self) -> int:
        return len(self.cells.names if isinstance(self.cells, WrittenColumns) else self.cells.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook, or table of a Prism file, to choose from.

    Attributes
    ----------
    name : str
    rows, columns : int
        Of the table on it; 0 where there is none.
    why_not : str
        Why it is no table: ``empty``, ``one row only``, ``hidden``, ``no table``; '' where it is one.
    """

    name: str
    rows: int
    columns: int
    why_not: str = ""


def read_table(
    source: Path | bytes, *, name: str, sheet: str | None = None, encoding: str | None = None, table: str = "patients"
) -> RawTable:
    """Read one table: delimited text, a workbook, an SPSS, Stata, SAS, Parquet or GraphPad Prism file, as text.

    Parameters
    ----------
    source : Path or bytes
    name : str
        File name, for messages.
    sheet : str, optional
        Sheet of a workbook or table of a Prism file; the first one with data unless named.
    encoding : str, optional
        Encoding of a text file; found unless named.
    table : str
        Which table the issues are said of.

    Returns
    -------
    RawTable
        Every cell as text, without outer blanks; empty is None. Row numbers are the spreadsheet's (header = row 1), or
        those of the cases where the kind of file has no row of names.

    Raises
    ------
    ReadError
        If the file is missing, empty, too large (``guards``), protected, not a table, has no row under its header or
        more than ``MAX_COLUMNS`` columns, or has no such sheet.
    """
    if isinstance(source, Path) and sheet is None and encoding is None and (large := _large(source, name)) is not None:
        return large
    content, kind = _opened(source, name)
    log = IssueLog(table)
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(_digest, content)
        made = _read(content, kind, name=name, sheet=sheet, encoding=encoding, log=log)
    return _raw(made, log, name=name, digest=digest.result())


def _large(path: Path, name: str) -> RawTable | None:
    """A large and regular text file, which memory need not hold; None where its bytes must be looked at as a whole."""
    regular = regular_file(path, name=name)
    if regular is None:
        return None
    columns, how, digest = regular
    return _raw(_regular(columns, how), IssueLog("patients"), name=name, digest=digest)


def _regular(columns: WrittenColumns, how: dict[str, str]) -> _Reading:
    return _Reading(columns, range(2, len(columns) + 2), how=how)


def _read(
    content: bytes, kind: FileKind, *, name: str, sheet: str | None, encoding: str | None, log: IssueLog
) -> _Reading:
    """One table, by the reader of its kind of file."""
    if kind in _LABELLED or kind in ("text", "markup"):
        if sheet is not None:
            hint = f"Name the file alone: {name}."
            raise ReadError(f"'{name}' is no workbook and has no sheet '{sheet}'.", hint=hint)
        if kind == "markup":
            return _Reading(*as_records(markup_rows(content, name=name), name=name, log=log))
        return _text(content, name, encoding, log) if kind == "text" else _labelled(content, kind, name, log)
    if kind == "prism":
        return _prism(content, name, sheet, log)
    rows, used = workbook_rows(content, name=name, sheet=sheet, log=log)
    return _Reading(*as_records(rows.cells, name=name, log=log), how={"sheet": used})


def read_tables(
    source: Path | bytes, *, name: str, encoding: str | None = None
) -> tuple[tuple[RawTable, ...], dict[str, str]]:
    """Read everything in a file that stands like a table: one table, or each sheet of a workbook or Prism file.

    Parameters
    ----------
    encoding : str, optional
        For a text file that is not Unicode.

    Returns
    -------
    tables : tuple of RawTable
        At least one; hidden sheets are read only where nothing else is there.
    unused : dict of sheet to text
        The other sheets, each with the reason: ``empty``, ``one row only``, ``hidden``, ``no table``.

    Raises
    ------
    ReadError
        As ``read_table``, where no sheet is a table.
    """
    if isinstance(source, Path) and encoding is None and (large := _large(source, name)) is not None:
        return (large,), {}
    content, kind = _opened(source, name)
    if kind not in ("workbook", "prism"):
        asked = None if encoding is None or is_unicode(content) else encoding
        return (read_table(content, name=name, encoding=asked),), {}
    tables: list[RawTable] = []
    unused: dict[str, str] = {}
    digest = _digest(content)
    for sheet, rows in _sheets(content, kind, name):
        log = IssueLog("patients")
        made = _table_on(rows, name=name, log=log)
        if made is None or rows is None:
            unused[sheet] = _why_not(rows)
            continue
        if kind == "workbook":
            report_errors(content, sheet, log)
            report_merged(rows, log)
        tables.append(_raw(replace(made, how={"sheet": sheet}), log, name=name, digest=digest))
    if not tables or (kind == "prism" and len(tables) == 1):
        return (read_table(content, name=name),), unused if tables else {}
    return tuple(tables), unused


def sheets_in(source: Path | bytes, *, name: str) -> tuple[Sheet, ...]:
    """The sheets of a workbook, or tables of a Prism file, to choose from; none for other kinds of file.

    Raises
    ------
    ReadError
        If the file cannot be opened.
    """
    content, kind = _opened(source, name)
    found: list[Sheet] = []
    for sheet, rows in _sheets(content, kind, name) if kind in ("workbook", "prism") else ():
        made = _table_on(rows, name=name, log=IssueLog("patients"))
        if made is None:
            found.append(Sheet(name=sheet, rows=0, columns=0, why_not=_why_not(rows)))
        else:
            found.append(Sheet(name=sheet, rows=len(made.cells), columns=made.n_columns))
    return tuple(found)


def _sheets(content: bytes, kind: FileKind, name: str) -> Iterator[tuple[str, Rows | None]]:
    """Name and rows of each sheet; None instead of a hidden one's rows."""
    if kind == "prism":
        for table in prism_tables(content, name=name):
            yield table.title, Rows(cells=table.cells)
    else:
        yield from workbook_sheets(content, name=name)


def _table_on(rows: Rows | None, *, name: str, log: IssueLog) -> _Reading | None:
    try:
        return _Reading(*as_records([] if rows is None else rows.cells, name=name, log=log))
    except ReadError:
        return None


def _why_not(rows: Rows | None) -> str:
    if rows is None:
        return "hidden"
    n_rows = sum(any(cell.strip() for cell in row) for row in rows.cells)
    return {0: "empty", 1: "one row only"}.get(n_rows, "no table")


def _text(content: bytes, name: str, encoding: str | None, log: IssueLog) -> _Reading:
    text: str | None = None  # not decoded where every byte is a letter
    used = "utf-8"
    if encoding is not None or not is_ascii_text(content):
        text, used = decode(content, name=name, encoding=encoding)
    if encoding is None and text is not None:
        report_encoding(text, used, log)
    regular = regular_table(content if text is None else text, name=name)
    if regular is not None:
        return _regular(regular[0], {"encoding": used, "delimiter": regular[1]})
    text = content.decode("ascii") if text is None else text
    refuse_letters(len(text), name=name)
    rows = cut_rows(text, name=name)
    _report_quote(rows, log)
    return _Reading(*as_records(rows.cells, name=name, log=log), how={"encoding": used, "delimiter": rows.delimiter})


def _labelled(content: bytes, kind: FileKind, name: str, log: IssueLog) -> _Reading:
    made = _LABELLED[kind](content, name=name, log=log)
    return _Reading(made.frame, tuple(range(1, len(made.frame) + 1)), how={"labels": made.labels})


def _prism(content: bytes, name: str, sheet: str | None, log: IssueLog) -> _Reading:
    tables = {table.title: table for table in prism_tables(content, name=name)}
    if sheet is not None and sheet not in tables:
        near = nearest(sheet, tables)
        hint = f"Did you mean '{near}'?" if near else f"Tables: {', '.join(tables)}."
        raise ReadError(f"'{name}' has no table '{sheet}'.", hint=hint)
    chosen = tables[sheet] if sheet is not None else next(t for t in tables.values() if len(t.cells) > 1)
    report_excluded(chosen, log)
    return _Reading(*as_records(chosen.cells, name=name, log=log), how={"sheet": chosen.title})


def _raw(made: _Reading, log: IssueLog, *, name: str, digest: str) -> RawTable:
    return RawTable(
        name=name,
        cells=made.cells,
        row_numbers=made.row_numbers,
        issues=tuple(log.found),
        sha256=digest,
        **made.how,
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _opened(source: Path | bytes, name: str) -> tuple[bytes, FileKind]:
    """The bytes and what kind of file they are."""
    content = _content(source, name)
    kind = kind_of(content, name=name)
    if kind != "text":
        refuse_bytes(len(content), name=name)
    return content, kind


def _content(source: Path | bytes, name: str) -> bytes:
    """The bytes, refused by size before they are read."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
    except OSError:
        hint = "Check the path; it is relative to the specification."
        raise ReadError(f"The file '{name}' is not there.", hint=hint) from None
    refuse_size(size, MAX_BYTES, name=name)
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise ReadError(f"The file '{name}' cannot be read ({error.strerror}).") from None
    if not content[:_START].strip(_BLANK) and not content.strip(_BLANK):
        raise ReadError(f"'{name}' is empty.", hint="Load a file whose first row names the columns.")
    return content


def _report_quote(rows: Rows, log: IssueLog) -> None:
    if rows.broken_quote is not None:
        log.add(
            "broken-quote", "warning",
            f"A quotation mark in row {rows.broken_quote} never closes; quotation marks were read as letters.",
            rows=(rows.broken_quote,), remedy="Close or remove the quotation mark.",
        )  # fmt: skip
