"""Reading a file as a table of text: what kind of file it is, how it is decoded and cut, what was odd.

Nothing is typed here and nothing is lost: what cannot stand in a table is refused, what was put right is reported.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from core.cohort.cohort import RawTable
from core.cohort.decode import decode
from core.cohort.delimited import Rows, cut_rows
from core.cohort.file_kind import is_workbook, refuse_other_kinds
from core.cohort.issues import IssueLog, counted
from core.cohort.records import MAX_COLUMNS, as_records
from core.cohort.workbook import report_errors, workbook_rows, workbook_sheets
from core.errors import ReadError

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "RawTable", "read_table", "read_tables"]

MAX_BYTES = 50 * 1024 * 1024  # a megabyte of text takes about 25 of memory while it is read


def read_table(
    source: Path | bytes, *, name: str, sheet: str | None = None, encoding: str | None = None, table: str = "patients"
) -> RawTable:
    """Read a CSV, TSV, semicolon or blank separated file, or a workbook (XLSX, XLS, ODS), as text.

    Parameters
    ----------
    source : Path or bytes
    name : str
        File name, for messages.
    sheet : str, optional
        Sheet of a workbook; the first one with data unless named.
    encoding : str, optional
        Encoding of a text file; found unless named.
    table : str
        Which table the issues are said of.

    Returns
    -------
    RawTable
        Every cell as text, without outer blanks; empty is None. Row numbers are the spreadsheet's (header = row 1).

    Raises
    ------
    ReadError
        If the file is missing, empty, larger than ``MAX_BYTES``, protected, not a table, has no row under its header
        or more than ``MAX_COLUMNS`` columns, or has no such sheet.
    """
    content = _content(source, name)
    refuse_other_kinds(content, name=name)
    log = IssueLog(table)
    used_encoding = used_sheet = None
    if is_workbook(content):
        rows, used_sheet = workbook_rows(content, name=name, sheet=sheet, log=log)
    elif sheet is not None:
        raise ReadError(f"'{name}' is no workbook and has no sheet '{sheet}'.", hint=f"Name the file alone: {name}.")
    else:
        text, used_encoding = decode(content, name=name, encoding=encoding)
        _report_encoding(text, used_encoding, log)
        rows = cut_rows(text, name=name)
        _report_quote(rows, log)
    frame, row_numbers = as_records(rows.cells, name=name, log=log)
    return RawTable(
        name=name,
        frame=frame,
        row_numbers=row_numbers,
        issues=tuple(log.found),
        sha256=hashlib.sha256(content).hexdigest(),
        delimiter=rows.delimiter,
        encoding=used_encoding,
        sheet=used_sheet,
    )


def read_tables(source: Path | bytes, *, name: str) -> tuple[tuple[RawTable, ...], dict[str, str]]:
    """Read everything in a file that stands like a table: the one table of a text file, or each sheet of a workbook.

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
    content = _content(source, name)
    refuse_other_kinds(content, name=name)
    if not is_workbook(content):
        return (read_table(content, name=name),), {}
    digest = hashlib.sha256(content).hexdigest()
    tables: list[RawTable] = []
    unused: dict[str, str] = {}
    for sheet, rows in workbook_sheets(content, name=name):
        log = IssueLog("patients")
        try:
            cells = [] if rows is None else rows.cells
            frame, row_numbers = as_records(cells, name=name, log=log)
        except ReadError:
            n_rows = sum(any(cell.strip() for cell in row) for row in cells)
            unused[sheet] = "hidden" if rows is None else {0: "empty", 1: "one row only"}.get(n_rows, "no table")
            continue
        report_errors(content, sheet, log)
        tables.append(
            RawTable(
                name=name, frame=frame, row_numbers=row_numbers, issues=tuple(log.found), sha256=digest, sheet=sheet
            )
        )
    if not tables:
        return (read_table(content, name=name),), {}
    return tuple(tables), unused


def _content(source: Path | bytes, name: str) -> bytes:
    """The bytes, refused by size before they are read."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
    except OSError:
        hint = "Check the path; it is relative to the specification."
        raise ReadError(f"The file '{name}' is not there.", hint=hint) from None
    if size > MAX_BYTES:
        raise ReadError(
            f"'{name}' has {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB are read.",
            hint="Keep the columns that are analysed, or split the file.",
        )
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise ReadError(f"The file '{name}' cannot be read ({error.strerror}).") from None
    if not content.strip(b"\0 \r\n\t"):
        raise ReadError(f"'{name}' is empty.", hint="Load a file whose first row names the columns.")
    return content


def _report_encoding(text: str, encoding: str, log: IssueLog) -> None:
    """Say which encoding was taken where it was a guess, and what could not be decoded."""
    if "\ufffd" in text:
        rows = tuple(i for i, line in enumerate(text.splitlines(), start=1) if "\ufffd" in line)
        lost = counted(text.count("\ufffd"), "letter")
        log.add(
            "damaged-letters", "warning", f"{lost} could not be decoded and stand as '\ufffd'.",
            rows=rows, remedy="Save the file again as UTF-8 CSV or as .xlsx.",
        )  # fmt: skip
    elif encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        shown = next((line.strip() for line in text.splitlines() if not line.isascii()), "")[:60]
        log.add(
            "encoding", "info", f"The file is not UTF-8; it was read as {encoding} (for example: {shown}).",
            remedy="If names look wrong, save the file again as UTF-8 CSV or as .xlsx.",
        )  # fmt: skip


def _report_quote(rows: Rows, log: IssueLog) -> None:
    if rows.broken_quote is not None:
        log.add(
            "broken-quote", "warning",
            f"A quotation mark in row {rows.broken_quote} never closes; quotation marks were read as letters.",
            rows=(rows.broken_quote,), remedy="Close or remove the quotation mark.",
        )  # fmt: skip
