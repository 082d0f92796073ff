"""Counting ends of follow-up into cells of group, distinct time and event.

Two ways to the same counts: sorting, which always works, and for large cohorts whose times lie on a grid (whole days,
tenths of months, days / 30.4375) a histogram, which needs no sorting and no memory. Belongs here: the counting loops.
Does not belong here: numbers at risk (``event_table``).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.timetoevent import DAYS_PER, FloatArray, IntArray, TimeToEvent

Counts: TypeAlias = npt.NDArray[Any]  # whole numbers, or sums of case weights

GRID_FROM = 2_000  # below, sorting is as fast
GRID_CELLS = 1 << 16
CHUNK = 1 << 16  # rows; temporaries stay in the processor's cache
SCALES = (1.0, 10.0, 100.0, *(days for days in DAYS_PER.values() if days != 1.0))


def count_cells(cell: IntArray, weights: FloatArray | None, shape: tuple[int, ...]) -> Counts:
    """Subjects, or sums of their weights, per cell of a table."""
    return np.bincount(cell, weights=weights, minlength=int(np.prod(shape))).reshape(shape)


def count_on_grid(data: TimeToEvent, codes: IntArray, n_groups: int) -> tuple[FloatArray, Counts] | None:
    """Distinct times (k,) and counts (2, g, k) of events and censorings, or None where the times are on no grid.

    The test is exact: every time must be a whole number divided by the scale, to the last bit.
    """
    if data.n < GRID_FROM or data.entry is not None or data.weights is not None:
        return None
    longest = float(data.time.max())
    for scale in SCALES:
        width = round(longest * scale) + 1
        if width <= GRID_CELLS and _on_grid(data.time[:1024], scale):
            counts = _histogram(data, codes, scale=scale, shape=(2, n_groups, width))
            if counts is not None:
                occupied = np.flatnonzero(counts.any(axis=(0, 1)))
                return occupied / scale, counts[:, :, occupied]
    return None


def _on_grid(time: FloatArray, scale: float) -> bool:
    return bool(np.array_equal(np.rint(time * scale) / scale, time))


def _histogram(data: TimeToEvent, codes: IntArray, *, scale: float, shape: tuple[int, int, int]) -> Counts | None:
    """Counts (2, g, width) of events and censorings, or None at the first time that is off the grid."""
    _, n_groups, width = shape
    counts = np.zeros(n_groups * width * 2, dtype=np.int64)
    for start in range(0, data.n, CHUNK):
        rows = slice(start, start + CHUNK)
        time = data.time[rows]
        cell = np.rint(time * scale)
        if not np.array_equal(cell / scale, time):
            return None
        place = cell.astype(np.int64) + width * codes[rows]
        place += (n_groups * width) * ~data.event[rows]
        counts += np.bincount(place, minlength=counts.size)
    return counts.reshape(shape)
