"""Reading a file as a table of text: what kind of file it is, where the header stands, what was odd.

Nothing is typed here and nothing is lost: what cannot stand in a table is refused, what was put right is reported.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from core.cohort.cohort import DataIssue, RawTable
from core.cohort.decode import decode
from core.cohort.delimited import Rows, cut_rows
from core.cohort.file_kind import is_workbook, refuse_other_kinds
from core.cohort.workbook import workbook_rows
from core.errors import ReadError

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "RawTable", "read_table"]

MAX_BYTES = 100 * 1024 * 1024
MAX_COLUMNS = 2000
_MANY = 50  # a table with one more cell in every row than its header names has row names (R) or a trailing delimiter


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
        or more than ``MAX_COLUMNS`` columns.
    """
    content = _content(source, name)
    refuse_other_kinds(content, name=name)
    issues = _Issues(table)
    used_encoding = used_sheet = None
    if is_workbook(content):
        rows, used_sheet, others = workbook_rows(content, name=name, sheet=sheet)
        if others and sheet is None:
            issues.add(
                "other-sheets", "info", f"Sheet '{used_sheet}' was read; the workbook also has: {', '.join(others)}."
            )
    else:
        text, used_encoding = decode(content, name=name, encoding=encoding)
        issues.encoding(text, used_encoding)
        rows = cut_rows(text, name=name)
    frame, row_numbers = _as_frame(rows, name=name, issues=issues)
    return RawTable(
        name=name,
        frame=frame,
        row_numbers=row_numbers,
        issues=tuple(issues.found),
        sha256=hashlib.sha256(content).hexdigest(),
        delimiter=rows.delimiter,
        encoding=used_encoding,
        sheet=used_sheet,
    )


class _Issues:
    """Findings while reading, for one table."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.found: list[DataIssue] = []

    def add(
        self,
        code: str,
        severity: str,
        message: str,
        *,
        column: str | None = None,
        rows: tuple[int, ...] = (),
        remedy: str = "",
    ) -> None:
        self.found.append(
            DataIssue(
                code=code,
                severity=severity,
                column=column,
                rows=rows,
                message=message,
                remedy=remedy,
                table=self.table,  # type: ignore[arg-type]
            )
        )

    def encoding(self, text: str, encoding: str) -> None:
        """Say which encoding was taken where it was a guess, and what could not be decoded."""
        if "\ufffd" in text:
            rows = tuple(i for i, line in enumerate(text.splitlines(), start=1) if "\ufffd" in line)
            self.add(
                "damaged-letters", "warning", f"{text.count(chr(0xFFFD))} letters cannot be decoded and are shown as '\ufffd'.",
                rows=rows, remedy="Save the file again as UTF-8 CSV or as .xlsx.",
            )  # fmt: skip
        elif encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
            shown = next((line.strip() for line in text.splitlines() if not line.isascii()), "")[:60]
            self.add(
                "encoding", "info", f"The file is not UTF-8; it was read as {encoding} (for example: {shown}).",
                remedy="If names look wrong, save the file again as UTF-8 CSV or as .xlsx.",
            )  # fmt: skip


def _content(source: Path | bytes, name: str) -> bytes:
    """The bytes, refused by size before they are read."""
    if isinstance(source, bytes):
        size = len(source)
    else:
        try:
            size = source.stat().st_size
        except OSError:
            raise ReadError(
                f"The file '{name}' is not there.", hint="Check the path; it is relative to the specification."
            ) from None
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


def _as_frame(rows: Rows, *, name: str, issues: _Issues) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Records under named columns, and the row of each."""
    cells = [[cell.strip() for cell in row] for row in rows.cells]
    header_at = _header(cells)
    if header_at is None:
        raise ReadError(f"'{name}' is empty.", hint="Load a file whose first row names the columns.")
    for skipped in range(header_at):
        if any(cells[skipped]):
            shown = " ".join(cell for cell in cells[skipped] if cell)[:80]
            issues.add(
                "title-row",
                "info",
                f"Row {skipped + 1} was taken as a title and left out: {shown}",
                rows=(skipped + 1,),
            )
    body = [(number, row) for number, row in enumerate(cells[header_at + 1 :], start=header_at + 2)]
    records = [(number, row) for number, row in body if any(row)]
    if not records:
        raise ReadError(f"'{name}' has column names but no rows.", hint="Load a file with one row per patient.")
    _report_blank(body, last=records[-1][0], issues=issues)
    names = _names(cells[header_at], records, header_row=header_at + 1, issues=issues)
    if len(names) > MAX_COLUMNS:
        raise ReadError(
            f"'{name}' has {len(names)} columns; at most {MAX_COLUMNS} are read.",
            hint="One row per patient and one column per variable is expected; is the table turned on its side?",
        )
    if rows.broken_quote is not None:
        issues.add(
            "broken-quote", "warning", f"A quotation mark opens in row {rows.broken_quote} and never closes; quotation marks were read as letters.",
            rows=(rows.broken_quote,), remedy="Close or remove the quotation mark.",
        )  # fmt: skip
    _report_ragged(records, width=_width(cells[header_at]), names=names, issues=issues)
    return _frame(names, records), tuple(number for number, _ in records)


def _header(cells: list[list[str]]) -> int | None:
    """Position of the header: the first row with content, or the one under a title of one cell."""
    filled = [i for i, row in enumerate(cells[:30]) if any(row)]
    if not filled:
        return next((i for i, row in enumerate(cells) if any(row)), None)
    usual = Counter(sum(map(bool, row)) for row in cells[:200] if any(row)).most_common(1)[0][0]
    for i in filled[:5]:
        if sum(map(bool, cells[i])) > 1 or usual < 2:
            return i
    return filled[0]


def _width(row: list[str]) -> int:
    """Number of cells up to the last one with content."""
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _names(header: list[str], records: list[tuple[int, list[str]]], *, header_row: int, issues: _Issues) -> list[str]:
    """One name per column: blank ones numbered, repeated ones counted."""
    header = header[: _width(header)]
    widths = Counter(_width(row) for _, row in records)
    if set(widths) == {len(header) + 1} and (len(records) >= 2):
        header = ["", *header]  # R's write.table names no column for the row names
    width = max(len(header), max(widths))
    given = header + [""] * (width - len(header))
    names: list[str] = []
    taken = {" ".join(name.split()) for name in given if name}
    seen: Counter[str] = Counter()
    for position, written in enumerate(given, start=1):
        name = " ".join(written.split())
        if not name:
            name = _free(f"Column {position}", taken)
            issues.add(
                "blank-header",
                "info",
                f"Column {position} has no name; it is called '{name}'.",
                column=name,
                rows=(header_row,),
            )
        seen[name] += 1
        if seen[name] > 1:
            first, name = name, _free(f"{name} ({seen[name]})", taken)
            issues.add(
                "duplicate-header", "warning", f"The name '{first}' stands over more than one column; column {position} is called '{name}'.",
                column=name, rows=(header_row,), remedy="Give every column its own name.",
            )  # fmt: skip
        taken.add(name)
        names.append(name)
    return names


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _report_blank(body: list[tuple[int, list[str]]], *, last: int, issues: _Issues) -> None:
    blank = tuple(number for number, row in body if not any(row) and number < last)
    if blank:
        issues.add("blank-rows", "info", f"{len(blank)} blank rows were left out.", rows=blank)


def _report_ragged(records: list[tuple[int, list[str]]], *, width: int, names: list[str], issues: _Issues) -> None:
    """Rows with fewer cells than the others (delimited text only) or with content beyond the named columns."""
    full = Counter(len(row) for _, row in records).most_common(1)[0][0]
    expected = min(full, len(names))
    short = tuple(number for number, row in records if len(row) < expected)
    if short:
        issues.add(
            "short-rows", "warning", f"{len(short)} rows have fewer cells than the others; the cells at their end are missing.",
            rows=short, remedy="Check that no delimiter is missing in these rows.",
        )  # fmt: skip
    if len(names) > width and names[0] != "Column 1":
        long = tuple(number for number, row in records if _width(row) > width)
        if len(long) < max(_MANY, len(records)):
            issues.add(
                "long-rows", "warning", f"{len(long)} rows have content beyond the last named column; their cells may be shifted.",
                rows=long, remedy="Put quotation marks around text that holds the delimiter.",
            )  # fmt: skip


def _frame(names: list[str], records: list[tuple[int, list[str]]]) -> pd.DataFrame:
    columns: dict[str, np.ndarray] = {}
    for position, name in enumerate(names):
        column = np.empty(len(records), dtype=object)
        shared: dict[str, str] = {}  # one object per distinct text keeps large files small
        for i, (_, row) in enumerate(records):
            cell = row[position] if position < len(row) else ""
            column[i] = shared.setdefault(cell, cell) if cell else None
        columns[name] = column
    return pd.DataFrame(columns, columns=names)
