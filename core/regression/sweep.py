"""The information of the partial likelihood in one sweep back in time, by blocks of rows.

Belongs here: summing without ever holding more than a block of what is as large as the design matrix. Does not belong
here: what is summed and why (``likelihood``), risk sets that are not plain (``risk``).
"""

from __future__ import annotations

import numpy as np

from core.regression.risk_sets import RiskSets
from core.regression.row_blocks import RowBlock
from core.timetoevent import FloatArray, IntArray

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
    widest = max((block.rows.stop - block.rows.start for block in risk_sets.blocks), default=0)
    buffer = np.empty((p, widest + 1))  # a column more, where the last slot's other rows begin if it has none
    for block in risk_sets.blocks:
        rows, slots = block.rows, block.slots
        covariates, weighted = X[:, rows], buffer[:, : rows.stop - rows.start]
        np.multiply(covariates, risk[rows], out=weighted)
        own = rest = None
        if own_squares is not None:
            own, rest = _event_sums(buffer, block)
        at_risk = _still_at_risk(weighted, risk_sets.starts[slots] - rows.start, later, own=own, rest=rest)
        later = at_risk[:, -1].copy()
        backwards = slice(None, None, -1)
        information -= (at_risk * square[slots][backwards]) @ at_risk.T
        if own_squares is not None and own is not None:
            own = own[:, backwards]
            once, twice = (squares[slots][backwards] for squares in own_squares)
            cross = (at_risk * once) @ own.T
            information += cross + cross.T - (own * twice) @ own.T
        np.multiply(covariates, expected[rows], out=weighted)
        information += weighted @ covariates.T
    return information


def _event_sums(buffer: FloatArray, block: RowBlock) -> tuple[FloatArray, FloatArray]:
    """Sums over the events of each slot of a block, which come first among its rows, and over its other rows."""
    assert block.cuts is not None
    assert block.has_rest is not None
    width = block.rows.stop - block.rows.start
    buffer[:, width] = 0.0
    sums = np.add.reduceat(buffer[:, : width + 1], block.cuts, axis=1)
    # where a slot ends with its events the sum is of something else
    return sums[:, ::2], sums[:, 1::2] * block.has_rest


def _still_at_risk(
    weighted: FloatArray, starts: IntArray, later: FloatArray, *, own: FloatArray | None, rest: FloatArray | None
) -> FloatArray:
    """Sums from each slot of a block on, (p, slots) from the last slot to the first, given those after the block."""
    if starts.size * FEW_PER_SLOT < weighted.shape[1]:
        at_risk = np.add.reduceat(weighted, starts, axis=1) if own is None or rest is None else own + rest
        at_risk[:, -1] += later
        return at_risk[:, ::-1].cumsum(axis=1)
    # where slots are short, sums over every row cost less than sums per slot
    backwards = weighted[:, ::-1].cumsum(axis=1)
    backwards += later[:, None]
    return np.asarray(backwards.take(weighted.shape[1] - 1 - starts[::-1], axis=1), dtype=np.float64)
