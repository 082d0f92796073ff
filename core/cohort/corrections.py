"""Cells of the patients' table put right by hand and rows entered twice left out, as asked; every change is said.

It works on the text of the file, before anything else. Belongs here: making the changes. Does not belong here: which
change a finding calls for (``remedies``), spellings of a whole column (``cleaning``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.cohort.cohort import DataIssue, RawTable
from core.cohort.dates import parse_dates
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.persons import ROW
from core.cohort.rows import row_array
from core.cohort.values import as_number
from core.errors import MissingColumnError
from core.spec import CohortSpec, CorrectionSpec

EMPTIED, CORRECTED, NOT_MADE, REPEATED = "cell-emptied", "cell-corrected", "correction-not-made", "repeated-rows"


def put_right(raw: RawTable, spec: CohortSpec | None) -> tuple[RawTable, tuple[DataIssue, ...]]:
    """The patients' table with what a specification corrects and without the rows it leaves out, and what was changed.

    Parameters
    ----------
    raw : RawTable
        As it was filed.
    spec : CohortSpec or None

    Returns
    -------
    RawTable
        ``filed`` is the table as it was where anything was asked for.
    tuple of DataIssue
        Codes: ``cell-emptied``, ``cell-corrected``, ``correction-not-made``, ``repeated-rows``.

    Raises
    ------
    MissingColumnError
        If a column is not in the table.
    """
    filed = raw.as_filed
    if spec is None or not (spec.corrections or spec.repeated_rows):
        return filed, ()
    log = IssueLog("patients")
    made = filed
    if spec.corrections:
        made = _corrected(filed, spec.corrections, log)
    if spec.repeated_rows is not None:
        made = _once_each(made, log)
    return replace(made, filed=filed), tuple(log.found)


def rows_left_out(issues: Iterable[DataIssue]) -> tuple[int, ...]:
    """Rows of the file that were left out because they repeat an earlier one, as the findings say."""
    return tuple(row for issue in issues if issue.code == REPEATED for row in issue.rows)


def same_text(text: str | None, was: str) -> bool:
    """Whether a cell holds what a correction says it held: the same text, or the same number."""
    written = "" if text is None else text.strip()
    number = as_number(written)
    return written == was.strip() or (number is not None and number == as_number(was))


def _corrected(raw: RawTable, asked: Sequence[CorrectionSpec], log: IssueLog) -> RawTable:
    frame = raw.frame.copy(deep=False)
    position = {int(row): i for i, row in enumerate(row_array(raw.row_numbers).tolist())}
    by_column: dict[str, dict[int, CorrectionSpec]] = {}
    for one in asked:  # the last word on a cell holds
        by_column.setdefault(one.column, {})[one.row] = one
    for column, of_rows in by_column.items():
        if column not in raw.columns:
            raise MissingColumnError.from_available(column, raw.columns, needed_for="'corrections'")
        cells = raw.cells_of(column).copy()
        done: list[CorrectionSpec] = []
        for row, one in of_rows.items():
            at = position.get(row)
            if at is not None and same_text(cells[at], one.was):
                cells[at] = one.becomes
                done.append(one)
        frame[column] = cells
        _say(column, done, log)
        _say_not_made(column, [row for row, one in of_rows.items() if one not in done], log)
    return replace(raw, cells=frame)


def _say(column: str, done: Sequence[CorrectionSpec], log: IssueLog) -> None:
    """What was changed in a column; dates are not quoted, as they may be shifted afterwards."""
    emptied = [one for one in done if one.becomes is None]
    if emptied:
        held, cells = _quoted({one.was: None for one in emptied}), counted(len(emptied), "cell")
        message = f"'{column}': {cells} counted as missing by hand: {held}."
        log.add(
            EMPTIED, "info", message if held else f"'{column}': {cells} counted as missing by hand.", column=column,
            rows=sorted(one.row for one in emptied), remedy="Undo it where the value is true.",
        )  # fmt: skip
    typed = [one for one in done if one.becomes is not None]
    if typed:
        held, now = _quoted({one.was: None for one in typed}), _quoted({str(one.becomes): None for one in typed})
        cells = counted(len(typed), "cell")
        message = f"'{column}': {cells} corrected by hand: {held} to {now}."
        log.add(
            CORRECTED, "info", message if held and now else f"'{column}': {cells} corrected by hand.", column=column,
            rows=sorted(one.row for one in typed), remedy="Correct the file as well.",
        )  # fmt: skip


def _quoted(texts: Mapping[str, None]) -> str:
    """The texts in quotes; '' where one is a date."""
    if not np.isnat(parse_dates(list(texts), compact=True).value).all():
        return ""
    return listed([text or "(empty)" for text in texts])


def _say_not_made(column: str, rows: Sequence[int], log: IssueLog) -> None:
    if rows:
        log.add(
            NOT_MADE, "warning",
            f"'{column}': {counted(len(rows), 'correction')} by hand was not made, because the file holds something "
            "else there now.",
            column=column, rows=sorted(rows), remedy="Look at these cells and correct them again.",
        )  # fmt: skip


def _once_each(raw: RawTable, log: IssueLog) -> RawTable:
    again = raw.repeated(keep="first", without=(ROW,))
    if not again.any():
        return raw
    numbers = row_array(raw.row_numbers)
    rows = numbers[again].tolist()
    log.add(
        REPEATED, "info", f"{counted(len(rows), 'row')} with the same content as an earlier row left out.", rows=rows,
        remedy="Delete rows that were entered twice.",
    )  # fmt: skip
    kept = raw.frame.loc[~again].reset_index(drop=True)
    return replace(raw, cells=kept, row_numbers=tuple(numbers[~again].tolist()))
