"""What can be done about a finding without opening the file again: count cells as missing, type the right value, keep
the first of rows entered twice. Nothing is done here: each remedy is a change of the specification, and can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from core.cohort.cohort import Cohort, DataIssue
from core.cohort.persons import ROW
from core.cohort.rows import row_array
from core.spec import CorrectionSpec

Remedy: TypeAlias = Literal["missing", "type", "keep-first"]
MOST_CELLS = 50  # to type one by one
MOST_AT_ONCE = 500  # more are a code of the column, which 'clean' empties
# Findings whose cells hold a value that may be wrong; those whose cells one must know better.
_VALUES = frozenset(("implausible-age", "impossible-value", "impossible-date", "sentinel-value", "outlier"))
_UNREAD = frozenset(
    ("text-in-number", "text-in-date", "partial-date", "event-without-date", "error-cell", "negative-time",
     "missing-time", "date-after-death")
)  # fmt: skip
_TWICE = frozenset(("duplicate-patient", "duplicate-row"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCell:
    """A cell that a finding names: where it stands, and what the file holds there.

    Attributes
    ----------
    column : str
    row : int
    patient : str
        '' where no column names the patients.
    text : str
        '' where the cell is empty.
    """

    column: str
    row: int
    patient: str
    text: str

    def becomes(self, text: str | None) -> CorrectionSpec:
        """The correction to a text, or to missing."""
        return CorrectionSpec(column=self.column, row=self.row, was=self.text, becomes=text)


def remedies(cohort: Cohort, issue: DataIssue) -> tuple[Remedy, ...]:
    """The remedies for a finding, the usual one first; none where the file itself must be looked at."""
    raw = cohort.patients.raw
    if raw is None or issue.table != "patients":
        return ()
    if issue.code in _TWICE:
        return ("keep-first",) if repeated_rows(cohort) else ()
    if issue.column not in raw.columns or not issue.rows:
        return ()
    typed: tuple[Remedy, ...] = ("type",) if len(issue.rows) <= MOST_CELLS else ()
    if issue.code in _VALUES and len(issue.rows) <= MOST_AT_ONCE:
        return ("missing", *typed)
    return typed if issue.code in _UNREAD else ()


def named_cells(cohort: Cohort, issue: DataIssue) -> tuple[NamedCell, ...]:
    """The cells of a finding's column in its rows, as the file writes them."""
    raw, column = cohort.patients.raw, issue.column
    if raw is None or column is None or column not in raw.columns:
        return ()
    numbers = row_array(raw.row_numbers)
    there = np.flatnonzero(np.isin(numbers, np.asarray(issue.rows, dtype=np.int64)))
    cells = raw.cells_of(column)[there]
    name = cohort.patients.with_role("patient_id")
    is_named = name is not None and name != ROW and name in raw.columns
    hidden = any(one.code == "patients-numbered" for one in cohort.issues)
    names = raw.cells_of(str(name))[there] if is_named and not hidden else np.full(there.size, None, dtype=object)
    return tuple(
        NamedCell(column=column, row=row, patient=who or "", text=text or "")
        for row, who, text in zip(numbers[there].tolist(), names, cells, strict=True)
    )


def repeated_rows(cohort: Cohort) -> tuple[int, ...]:
    """Rows of the patients' table with the same content as an earlier one."""
    raw, cache = cohort.patients.raw, cohort.patients.cache
    if raw is None:
        return ()
    if "repeated_rows" not in cache:
        again = raw.repeated(keep="first", without=(ROW,))
        cache["repeated_rows"] = tuple(row_array(raw.row_numbers)[again].tolist())
    rows: tuple[int, ...] = cache["repeated_rows"]
    return rows


def with_corrections(before: Sequence[CorrectionSpec], more: Iterable[CorrectionSpec]) -> tuple[CorrectionSpec, ...]:
    """Corrections with others added; of a cell that was corrected before, what the file holds stays known."""
    made = {one.cell: one for one in before}
    for one in more:
        known = made.get(one.cell)
        made[one.cell] = one if known is None else one.model_copy(update={"was": known.was})
    return tuple(made.values())


def without_corrections(
    before: Sequence[CorrectionSpec], cells: Iterable[tuple[str, int]]
) -> tuple[CorrectionSpec, ...]:
    """Corrections without those of some cells: the file's own values are read again."""
    gone = set(cells)
    return tuple(one for one in before if one.cell not in gone)
