"""Counting ends of follow-up into cells of group, distinct time and event.

Three ways to the same counts. A histogram, for large cohorts whose times lie on a grid (whole days, tenths of months,
days / 30.4375), needs no sorting and no memory. Sorting numbers in which time, group and event are packed together
needs one sort and no positions. Sorting with positions always works. Belongs here: the counting loops. Does not belong
here: numbers at risk (``event_table``).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray, TimeToEvent, grid_widths

Counts: TypeAlias = npt.NDArray[Any]  # whole numbers, or sums of case weights
_Keys: TypeAlias = npt.NDArray[np.uint64]

CHUNK = 1 << 16  # rows; temporaries stay in the processor's cache
KEY_BITS = 64
FEW_TIES_FROM = 1 << 17  # subjects
FEW_GROUPS = 4


def count_cells(cell: IntArray, weights: FloatArray | None, shape: tuple[int, ...]) -> Counts:
    """Subjects, or sums of their weights, per cell of a table."""
    return np.bincount(cell, weights=weights, minlength=int(np.prod(shape))).reshape(shape)


def count_on_grid(data: TimeToEvent, codes: IntArray, n_groups: int) -> tuple[FloatArray, Counts] | None:
    """Distinct times (k,) and counts (2, g, k) of events and censorings, or None where the times are on no grid.

    The test is exact: every time must be a whole number divided by the scale, to the last bit.
    """
    if data.entry is not None or data.weights is not None:
        return None
    for scale, width in grid_widths(data.time):
        counts = _histogram(data, codes, scale=scale, shape=(2, n_groups, width))
        if counts is not None:
            occupied = np.flatnonzero(counts.any(axis=(0, 1)))
            return occupied / scale, counts[:, :, occupied]
    return None


def count_by_sorting(data: TimeToEvent, codes: IntArray, n_groups: int) -> tuple[FloatArray, Counts] | None:
    """Distinct times (k,) and counts (2, g, k) of events and censorings by one sort, or None where it does not fit.

    The bits of numbers that are not negative are in the order of the numbers, so times less the smallest one leave
    bits free for group and event below them. They do not fit where times span too many powers of two, for so many
    groups, and entries and weights have no place.
    """
    if not data.n or data.entry is not None or data.weights is not None:
        return None
    bits = data.time.view(np.uint64)
    base, top = int(bits.min()), int(bits.max())
    if top >> 63:  # minus zero
        bits = (data.time + 0.0).view(np.uint64)
        base, top = int(bits.min()), int(bits.max())
    zeros = base == 0 < top
    if zeros:  # lies far below all others: one step under the next time is enough
        base = int(bits[bits > 0].min()) - 1
        bits = np.maximum(bits, np.uint64(base))
    group_bits = (n_groups - 1).bit_length()
    if (top - base).bit_length() + 1 + group_bits > KEY_BITS:
        return None
    keys = bits - np.uint64(base)
    keys <<= np.uint64(group_bits + 1)
    low = ~data.event * np.uint64(1 << group_bits)
    if n_groups > 1:
        low |= codes.view(np.uint64)
    keys |= low
    keys.sort()
    return _from_sorted(keys, base, group_bits=group_bits, n_groups=n_groups, zeros=zeros)


def _from_sorted(keys: _Keys, base: int, *, group_bits: int, n_groups: int, zeros: bool) -> tuple[FloatArray, Counts]:
    """Distinct times and counts from sorted keys; near ties are one time, as in ``distinct_times``."""
    low = (keys & np.uint64((2 << group_bits) - 1)).astype(np.int16)
    keys >>= np.uint64(group_bits + 1)
    keys += np.uint64(base)
    time = keys.view(np.float64)
    if zeros:
        time[: int(np.searchsorted(keys, np.uint64(base), side="right"))] = 0.0
    is_new = np.empty(time.size, dtype=np.bool_)
    is_new[0] = True
    np.greater(time[1:] - time[:-1], TIE_TOLERANCE * time[1:], out=is_new[1:])
    first = is_new.nonzero()[0]
    if keys.size >= FEW_TIES_FROM and first.size > 0.9 * keys.size and n_groups <= FEW_GROUPS:
        return time[first], _counts_of_few_ties(low, is_new, first, n_groups=n_groups)
    shape = (2, 1 << group_bits, first.size)
    cell = low * np.int64(first.size)
    cell += np.add.accumulate(is_new, dtype=np.int64)
    cell -= 1
    counts = np.bincount(cell, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)
    return time[first], counts if shape[1] == n_groups else np.ascontiguousarray(counts[:, :n_groups])


def _counts_of_few_ties(
    low: npt.NDArray[np.int16], is_new: npt.NDArray[np.bool_], first: IntArray, *, n_groups: int
) -> Counts:
    """The same counts where nearly everybody leaves alone: small numbers, a pass for each group, ties added after.

    New pages of memory cost more than the passes.
    """
    counts = np.empty((2, n_groups, first.size), dtype=np.int32)
    tied = np.flatnonzero(~is_new)
    place = np.searchsorted(first, tied, side="right") - 1
    group_bits = (n_groups - 1).bit_length()
    for kind in range(2):
        for group in range(n_groups):
            code = (kind << group_bits) + group
            counts[kind, group] = (low == code)[first]
            np.add.at(counts[kind, group], place, low[tied] == code)
    return counts


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
