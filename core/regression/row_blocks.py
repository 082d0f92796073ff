"""Where rows sorted by their last slot are cut into blocks that stay in the processor's cache.

Belongs here: positions, laid out once and used at every evaluation. Does not belong here: summing (``sweep``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.timetoevent import FloatArray, IntArray

BLOCK = 1 << 12  # rows; with ten covariates a block and what is made of it stay in the processor's cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RowBlock:
    """Some rows and the slots that end among them; no slot is divided.

    Attributes
    ----------
    rows, slots : slice
    cuts : int array, shape (2 s,), or None
        Per slot where its events begin and where its other rows do, counted from the block's first row; None where no
        events are tied.
    has_rest : array, shape (s,), or None
        1 where the slot has rows without the event, else 0.
    """

    rows: slice
    slots: slice
    cuts: IntArray | None = None
    has_rest: FloatArray | None = None


def row_blocks(starts: IntArray, m: int, *, n_event_rows: IntArray | None) -> tuple[RowBlock, ...]:
    """Blocks of ``m`` rows, the last one first.

    Parameters
    ----------
    starts : int array, shape (k,)
        Where the rows of each slot begin, those with the event first.
    n_event_rows : int array, shape (k,), or None
        How many have the event; None where no events are tied.
    """
    blocks = []
    stop, last = m, starts.size
    while last:
        first = int(np.searchsorted(starts[:last], stop - BLOCK))
        first = min(first, last - 1)
        start = int(starts[first])
        rows, slots = slice(start, stop), slice(first, last)
        if n_event_rows is None:
            blocks.append(RowBlock(rows=rows, slots=slots))
        else:
            cuts = np.empty((last - first, 2), dtype=np.int64)
            np.subtract(starts[slots], start, out=cuts[:, 0])
            np.add(cuts[:, 0], n_event_rows[slots], out=cuts[:, 1])
            ends = np.append(cuts[1:, 0], stop - start)
            has_rest = (cuts[:, 1] < ends).astype(np.float64)
            blocks.append(RowBlock(rows=rows, slots=slots, cuts=cuts.ravel(), has_rest=has_rest))
        stop, last = start, first
    return tuple(blocks)
