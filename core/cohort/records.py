"""From rows of cells to named columns: which rows are blank, short or too long, and what a column is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.guards import MAX_COLUMNS
from core.cohort.header import find_header, width, without_notes
from core.cohort.issues import IssueLog, counted
from core.errors import ReadError

Record = tuple[int, list[str]]


def as_records(cells: Sequence[Sequence[str]], *, name: str, log: IssueLog) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Records under named columns, every cell text or None, and the spreadsheet row of each.

    Parameters
    ----------
    cells : rows of cells
        From row 1 of the file, blank rows included; lengths may differ.
    name : str
        File name, for messages.
    log : IssueLog
        Blank, repeated and missing names, titles, blank, short and long rows are reported here.

    Raises
    ------
    ReadError
        If there is nothing, nothing under the header, or more than ``MAX_COLUMNS`` columns.
    """
    stripped = [[cell.strip() for cell in row] for row in cells]
    found = find_header(stripped, log)
    if found is None:
        raise ReadError(f"'{name}' is empty.", hint="Load a file whose first row names the columns.")
    body = list(enumerate(stripped[found.last + 1 :], start=found.last + 2))
    records = [(number, row) for number, row in body if any(row)]
    if not records:
        raise ReadError(f"'{name}' has column names but no rows.", hint="Load a file with one row per patient.")
    records = without_notes(records, log)
    blank = [number for number, row in body if not any(row) and number < records[-1][0]]
    if blank:
        log.add("blank-rows", "info", f"{counted(len(blank), 'blank row')} left out.", rows=blank)
    header, header_at = found.names, found.first
    if _has_row_names(header, records):
        header = ["", *header]
    names = _names(header, records, header_row=header_at + 1, log=log)
    if len(names) > MAX_COLUMNS:
        raise ReadError(
            f"'{name}' has {len(names)} columns; at most {MAX_COLUMNS} are read.",
            hint="One row per patient and one column per variable is expected; is the table turned on its side?",
        )
    _report_ragged(records, n_named=len(header), n_columns=len(names), log=log)
    _report_header_of_numbers(header, header_row=header_at + 1, log=log)
    frame = _frame(names, records)
    unnamed = [name for name, given in zip(names, header, strict=False) if not given and frame[name].isna().all()]
    if unnamed and len(unnamed) < len(names):
        frame = frame.drop(columns=unnamed)  # a table that begins in column B, or leaves one between its parts
        log.found = [issue for issue in log.found if issue.column not in unnamed]
    return frame, tuple(number for number, _ in records)


def _has_row_names(header: list[str], records: list[Record]) -> bool:
    """Whether every row begins with one cell more than the header names (R's write.table)."""
    return len(records) > 1 and all(len(row) == len(header) + 1 and row[0] for _, row in records) and any(
        row[-1] for _, row in records
    )  # fmt: skip


def _names(header: list[str], records: list[Record], *, header_row: int, log: IssueLog) -> list[str]:
    """One name per column: blank ones numbered, repeated ones counted; what has no name and no content is none."""
    filled = {i for _, row in records for i in range(len(header), len(row)) if row[i]}
    given = header + [""] * (max(filled, default=len(header) - 1) + 1 - len(header))
    written = [" ".join(name.split()) for name in given]
    taken = {name for name in written if name}
    seen: Counter[str] = Counter()
    names: list[str] = []
    for position, name in enumerate(written, start=1):
        seen[name] += 1
        if not name:
            called = _free(f"Column {position}", taken)
            message = f"Column {position} has no name; it is called '{called}'."
            log.add("blank-header", "info", message, column=called, rows=(header_row,))
        elif seen[name] > 1:
            called = _free(f"{name} ({seen[name]})", taken)
            message = f"More than one column is called '{name}'; column {position} is called '{called}' here."
            remedy = "Give every column its own name."
            log.add("duplicate-header", "warning", message, column=called, rows=(header_row,), remedy=remedy)
        else:
            called = name
        taken.add(called)
        names.append(called)
    return names


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    return name


def _report_ragged(records: list[Record], *, n_named: int, n_columns: int, log: IssueLog) -> None:
    """Rows with fewer cells than the others, or with content beyond the named columns."""
    usual = Counter(len(row) for _, row in records).most_common(1)[0][0]
    short = [number for number, row in records if len(row) < min(usual, n_columns)]
    if short:
        cells = "cell; it ends" if len(short) == 1 else "cells; they end"
        log.add(
            "short-rows", "warning",
            f"{counted(len(short), 'row')} {'has' if len(short) == 1 else 'have'} too few {cells} with missing values.",
            rows=short, remedy="Check that no delimiter is missing in these rows.",
        )  # fmt: skip
    long = [number for number, row in records if len(row) > n_named and width(row) > n_named]
    if long:
        log.add(
            "long-rows", "warning",
            f"{counted(len(long), 'row')} with content beyond the last named column; the cells may be shifted.",
            rows=long, remedy="Put quotation marks around text that holds the delimiter, or name the column.",
        )  # fmt: skip


def _report_header_of_numbers(header: list[str], *, header_row: int, log: IssueLog) -> None:
    """A header of numbers is a first patient that was taken for names."""
    if sum(cell.replace(".", "", 1).replace(",", "", 1).isdigit() for cell in header) > 0.5 * len(header):
        log.add(
            "header-of-numbers", "warning", f"Row {header_row} was taken as column names, but it looks like data.",
            rows=(header_row,), remedy="Add a first row that names the columns.",
        )  # fmt: skip


def _frame(names: list[str], records: list[Record]) -> pd.DataFrame:
    width = len(names)
    padded = [row[:width] if len(row) >= width else row + [""] * (width - len(row)) for _, row in records]
    columns: dict[str, npt.NDArray[Any]] = {}
    for name, cells in zip(names, zip(*padded, strict=True), strict=True):
        shared: dict[str, str | None] = {"": None}  # one object per distinct text keeps large files small
        column = np.empty(len(records), dtype=object)
        column[:] = [shared.setdefault(cell, cell) for cell in cells]
        columns[name] = column
    return pd.DataFrame(columns, columns=names)
