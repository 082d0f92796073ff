"""Patients who are alike counted once: the rows of a fit whose covariates are flags and whose times lie on a grid.

Belongs here: counting subjects with equal covariates, times and fates. Does not belong here: what is then fitted
(``problem``). The partial likelihood only sums over subjects, so a row may stand for as many of them as there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.survival.counting import count_on_grid
from core.timetoevent import FloatArray, IntArray, TimeToEvent

MOST_FLAGS = 8
WORTH = 2  # times fewer rows than patients
CHUNK = 1 << 15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alike:
    """Rows that each stand for several patients.

    Attributes
    ----------
    data : TimeToEvent, m rows
        ``weights`` are numbers of patients.
    matrix : array, shape (m, p)
        Their covariates.
    strata : int array, shape (m,), or None
    """

    data: TimeToEvent
    matrix: FloatArray
    strata: IntArray | None


def alike(data: TimeToEvent, matrix: FloatArray, strata: IntArray | None) -> Alike | None:
    """Count patients who are alike; None where few are, or where entry or weights tell them apart.

    Parameters
    ----------
    data : TimeToEvent, n subjects
    matrix : array, shape (n, p)
        Covariates.
    strata : int array, shape (n,), optional
        Dense codes.
    """
    p = matrix.shape[1]
    if data.entry is not None or data.weights is not None or p > MOST_FLAGS:
        return None
    n_strata = 1 if strata is None else int(strata.max(initial=0)) + 1
    if n_strata << p > data.n // 100:
        return None
    bits = flags(matrix)
    if bits is None:
        return None
    kinds = bits if strata is None else bits + (strata << p)
    counted = count_on_grid(data, kinds, n_strata << p)
    if counted is None:
        return None
    time, counts = counted
    censored, kind, position = np.nonzero(counts)
    if WORTH * kind.size > data.n:
        return None
    return Alike(
        data=TimeToEvent(
            time=time[position],
            event=censored == 0,
            weights=counts[censored, kind, position].astype(np.float64),
            unit=data.unit,
        ),
        matrix=(kind[:, None] >> np.arange(p) & 1).astype(np.float64),
        strata=None if strata is None else kind >> p,
    )


def flags(matrix: FloatArray) -> IntArray | None:
    """The columns of each row as the bits of one number, shape (n,), or None where a value is not 0 or 1."""
    n, p = matrix.shape
    bits = np.empty(n, dtype=np.int64)
    for start in range(0, n, CHUNK):
        rows = matrix[start : start + CHUNK]
        if not np.array_equal(rows * rows, rows):
            return None
        bits[start : start + CHUNK] = rows[:, 0] if p == 1 else rows @ 2.0 ** np.arange(p)
    return bits
