"""The information of the partial likelihood in one sweep back in time, by blocks of rows.

Belongs here: summing without ever holding more than a block of what is as large as the design matrix. Does not belong
here: what is summed and why (``likelihood``), risk sets that are not plain (``risk``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.regression.risk_sets import RiskSets
from core.timetoevent import FloatArray, IntArray

BLOCK = 1 << 12  # rows; with ten covariates a block and what is made of it stay in the processor's cache
FEW_PER_SLOT = 4  # rows


def information_by_blocks(
    X: FloatArray,
    risk: FloatArray,
    risk_sets: RiskSets,
    *,
    expected: FloatArray,
    square: FloatArray,
    own_squares: tuple[FloatArray, FloatArray] | None,
) -> FloatArray:
    """X' diag(expected) X - sum over layers of u (S1 - f E1)(S1 - f E1)' / D^2, shape (p, p), of plain risk sets.

    Parameters
    ----------
    X : array, shape (p, m)
    risk, expected : arrays, shape (m,)
    risk_sets : RiskSets
        ``is_plain``.
    square : array, shape (k,)
        Per slot the sum of u / D^2 over its layers.
    own_squares : pair of arrays, shape (k,), or None
        The same times f and f^2 where ties are corrected for.
    """
    p = X.shape[0]
    information, later = np.zeros((p, p)), np.zeros(p)
    for rows, slots in _blocks(risk_sets.starts, X.shape[1]):
        block = X[:, rows]
        weighted = block * risk[rows]
        at_risk = _still_at_risk(weighted, risk_sets.starts[slots] - rows.start, later)
        later = at_risk[:, -1].copy()
        backwards = slice(None, None, -1)
        information -= (at_risk * square[slots][backwards]) @ at_risk.T
        if own_squares is not None:
            own = _event_sums(weighted, risk_sets, rows, slots)[:, backwards]
            once, twice = (squares[slots][backwards] for squares in own_squares)
            cross = (at_risk * once) @ own.T
            information += cross + cross.T - (own * twice) @ own.T
        np.multiply(block, expected[rows], out=weighted)
        information += weighted @ block.T
    return information


def _still_at_risk(weighted: FloatArray, starts: IntArray, later: FloatArray) -> FloatArray:
    """Sums from each slot of a block on, (p, slots) from the last slot to the first, given those after the block."""
    if starts.size * FEW_PER_SLOT < weighted.shape[1]:
        at_risk = np.add.reduceat(weighted, starts, axis=1)
        at_risk[:, -1] += later
        return at_risk[:, ::-1].cumsum(axis=1)
    # where slots are short, sums over every row cost less than sums per slot
    backwards = weighted[:, ::-1].cumsum(axis=1)
    backwards += later[:, None]
    return np.asarray(backwards.take(weighted.shape[1] - 1 - starts[::-1], axis=1), dtype=np.float64)


def _blocks(starts: IntArray, m: int) -> Iterator[tuple[slice, slice]]:
    """Rows and slots of each block, the last block first; no slot is divided."""
    stop, last = m, starts.size
    while last:
        first = int(np.searchsorted(starts[:last], stop - BLOCK))
        first = min(first, last - 1)
        start = int(starts[first])
        yield slice(start, stop), slice(first, last)
        stop, last = start, first


def _event_sums(weighted: FloatArray, risk_sets: RiskSets, rows: slice, slots: slice) -> FloatArray:
    """Sums over the events of each slot of a block, which come first among the rows of the slot."""
    starts = risk_sets.starts[slots] - rows.start
    first = risk_sets.event_starts[slots.start : slots.stop + 1]
    n_rows = np.diff(first if first.size > starts.size else np.append(first, risk_sets.event_rows.size))
    ends = starts + n_rows
    padded = np.concatenate((weighted, np.zeros((weighted.shape[0], 1))), axis=1)
    return np.add.reduceat(padded, np.column_stack((starts, ends)).ravel(), axis=1)[:, ::2]
