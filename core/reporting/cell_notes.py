"""What an analysis says of cells it rests on: values that cannot be and are used all the same, cells put right, codes
of events whose meaning was guessed.

Belongs here: which findings a reader of a result must know. Does not belong here: finding them
(``core.cohort.validate``), which columns an analysis uses (``core.run``).
"""

from __future__ import annotations

from collections.abc import Collection

from core.cohort.cohort import Cohort, DataIssue
from core.cohort.corrections import CORRECTED, EMPTIED, NOT_MADE, rows_left_out
from core.cohort.issues import listed
from core.reporting import format as fmt

IMPOSSIBLE = frozenset(("implausible-age", "impossible-value", "impossible-date", "sentinel-value", "date-after-death"))
_GUESSED = "confirm-event"
_BY_HAND = frozenset((EMPTIED, CORRECTED, NOT_MADE))
_NOTED = IMPOSSIBLE | _BY_HAND | {_GUESSED}


def noted_columns(cohort: Cohort) -> set[str]:
    """Columns of the patients' table of which an analysis that uses them has something to say."""
    return {str(issue.column) for issue in cohort.issues if _is_noted(issue)}


def cell_notes(cohort: Cohort, used: Collection[str]) -> tuple[str, ...]:
    """One note for each finding about single cells of the columns used, and one for rows left out as entered twice."""
    found = [issue for issue in cohort.issues if issue.column in used and _is_noted(issue)]
    notes = [_said(issue) for issue in found]
    twice = rows_left_out(cohort.issues)
    if len(twice) == 1:
        notes.append(f"1 row of the file repeats an earlier one and is left out ({fmt.row_list(twice)}).")
    elif twice:
        notes.append(f"{len(twice)} rows of the file repeat an earlier one and are left out ({fmt.row_list(twice)}).")
    return tuple(notes)


def impossible_sentence(cohort: Cohort, notes: Collection[str]) -> str:
    """Which columns of a result hold values that cannot be, as its notes say; '' where none does."""
    found = [issue for issue in cohort.issues if issue.code in IMPOSSIBLE and _impossible(issue) in notes]
    columns = list(dict.fromkeys(str(issue.column) for issue in found))
    if not columns:
        return ""
    if len(columns) == 1:
        rows = fmt.row_list(sorted({row for issue in found for row in issue.rows}))
        return f"Values of '{columns[0]}' that cannot be ({rows}) are used as they stand until they are put right."
    return f"Values of {listed(columns)} that cannot be are used as they stand until they are put right."


def _is_noted(issue: DataIssue) -> bool:
    return issue.table == "patients" and issue.column is not None and issue.code in _NOTED


def _said(issue: DataIssue) -> str:
    if issue.code == _GUESSED:
        return issue.message
    return _impossible(issue) if issue.code in IMPOSSIBLE else _by_hand(issue)


def _impossible(issue: DataIssue) -> str:
    return f"{issue.message} It is used as it stands until it is put right ({fmt.row_list(issue.rows)})."


def _by_hand(issue: DataIssue) -> str:
    return f"{issue.message} Changed by hand on loading: {fmt.row_list(issue.rows)}."
