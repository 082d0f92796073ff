"""Patients who stand in more than one row of the table of patients, and the column that tells these rows apart.

Belongs here: counting them among the rows analysed. Does not belong here: the finding with its remedy (``validate``),
what is said of it (``core.reporting.repeated_sentence``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Table
from core.cohort.values import codes_of
from core.timetoevent import IntArray

_MOST_LEVELS = 6  # kinds of rows that a patient may have: recurrence and death, visits

_OUTCOME = ("time", "event")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Patients in more than one row.

    Attributes
    ----------
    n_patients : int
        Who stand in more than one of the rows.
    n_rows : int
        All rows looked at.
    apart : str or None
        A column of few values of which each patient has every value once at most: the kind of row.
    """

    n_patients: int
    n_rows: int
    apart: str | None


def repeated_patients(table: Table, positions: IntArray) -> Repeated | None:
    """Who stands in several of the rows at ``positions``; None where nobody does or nothing names the patients."""
    identifier = table.with_role("patient_id")
    if identifier is None or not positions.size:
        return None
    codes = codes_of(table, identifier)[0][positions]
    named = positions[codes >= 0]
    codes = codes[codes >= 0]
    times = np.bincount(codes) if codes.size else np.zeros(1, dtype=np.int64)
    n = int(np.count_nonzero(times > 1))
    if not n:
        return None
    return Repeated(n_patients=n, n_rows=int(positions.size), apart=_apart(table, named, codes, identifier))


def _apart(table: Table, rows: IntArray, codes: IntArray, identifier: str) -> str | None:
    """The first column whose value differs in all rows of each patient."""
    for column in table.columns:
        if column.name == identifier or column.kind != "category" or column.role in _OUTCOME:
            continue
        values, levels = codes_of(table, column.name)
        if not 2 <= len(levels) <= _MOST_LEVELS or (values[rows] < 0).any():
            continue
        pairs = codes * len(levels) + values[rows]
        if np.unique(pairs).size == rows.size:
            return column.name
    return None
