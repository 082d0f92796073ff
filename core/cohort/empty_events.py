"""Columns that mark an event and leave the cell empty where there was none: 'x' or nothing, 'dead' or nothing.

Belongs here: noticing such a column, and which of its cells are empty. Does not belong here: what a written value means
(``event_values``). Reading the empty cells as unknown would leave the patients with the event alone in the analysis.
"""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import DataIssue, Table
from core.cohort.distinct import distinct_levels
from core.cohort.event_values import EventCoding
from core.cohort.issues import counted, listed
from core.cohort.rows import row_array
from core.cohort.values import as_number, match_levels
from core.cohort.written import carried
from core.timetoevent import BoolArray

_DASHES = frozenset(("-", "--", "–", "—"))
_FEWEST = 2  # one empty cell among many patients is a value that is missing


def empty_cells(table: Table, column: str) -> BoolArray:
    """Rows whose cell holds nothing or a dash, shape (n,); a word such as 'unknown' is no empty cell."""
    missing: BoolArray = distinct_levels(table, column).codes < 0
    if table.raw is None or column not in table.raw.columns or len(table.raw.row_numbers) != table.n:
        return missing
    codes, texts = table.raw.codes_of(column)
    nothing = np.array([*(text.strip() in _DASHES or not text.strip() for text in texts), True], dtype=np.bool_)
    result: BoolArray = missing & carried(nothing, codes)
    return result


def empty_means_none(table: Table, column: str, coding: EventCoding) -> bool:
    """Whether every written value means the event, so that only the empty cells can be those without it."""
    levels = distinct_levels(table, column).levels
    if not levels or coding.competing or not match_levels(levels, coding.event_is).all():
        return False
    if {as_number(level) for level in levels} - {None, 1.0}:  # a 2 alone may be half of 1 and 2
        return False
    return int(empty_cells(table, column).sum()) >= _FEWEST


def said_of_empty(table: Table, column: str, coding: EventCoding, *, endpoint: str) -> DataIssue:
    """The question put to the user: whether an empty cell means that the event did not happen."""
    rows = row_array(table.row_numbers)[empty_cells(table, column)]
    return DataIssue(
        code="confirm-empty-event", severity="warning", column=column, rows=tuple(rows.tolist()),
        message=f"'{column}' holds {listed(coding.event_is)} or nothing: an empty cell was taken to mean no {endpoint} "
        f"event ({counted(rows.size, 'patient')}).",
        remedy="Confirm that empty means no event, not unknown.",
    )  # fmt: skip
