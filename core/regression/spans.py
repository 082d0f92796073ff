"""Sums over spans of slots that begin anywhere, without a single subtraction.

Belongs here: rows with delayed entry, at risk from their first slot to their last. Does not belong here: rows at risk
from the beginning (``risk_sets`` sums them cumulatively).

Taking late rows out of a cumulative sum by subtraction loses every digit when a few early subjects weigh much less than
the many who enter later. Instead every span is cut once, at the multiple of the largest power of two inside it: the
part before the cut ends a block of that size, the part after begins one. Cumulative sums within blocks only add.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spans:
    """Spans of slots, one per row, each as the end of one block and the beginning of the next.

    Attributes
    ----------
    rows : int array, shape (r,)
        Positions of the rows among all rows.
    n_slots, n_padded, n_levels : int
        Slots, the power of two that holds them, and block sizes (1, 2, 4, ...).
    first, last : int arrays, shape (r,)
        First and last slot of each span.
    before, after : int arrays, shape (r,)
        Nodes (level * n_padded + slot) where the part before and the part after the cut begin and end; a span of one
        slot has only the part after, and -1 before.
    """

    rows: IntArray
    n_slots: int
    n_padded: int
    n_levels: int
    first: IntArray
    last: IntArray
    before: IntArray
    after: IntArray

    def sums(self, values: FloatArray) -> FloatArray:
        """Per slot the sum over the rows whose span holds it of ``values``, shape (..., m), as (..., k)."""
        own = values[..., self.rows]
        two_parts = self.before >= 0
        before = self._by_node(own[..., two_parts], self.before[two_parts])
        after = self._by_node(own, self.after)
        total = np.zeros((*values.shape[:-1], self.n_padded))
        for level in range(self.n_levels):
            shape = (*values.shape[:-1], self.n_padded >> level, 1 << level)
            ending = np.cumsum(before[..., level, :].reshape(shape), axis=-1)
            beginning = np.cumsum(after[..., level, :].reshape(shape)[..., ::-1], axis=-1)[..., ::-1]
            total += (ending + beginning).reshape(total.shape)
        return np.asarray(total[..., : self.n_slots], dtype=np.float64)

    def within(self, per_slot: FloatArray) -> FloatArray:
        """Per row the sum over its span of ``per_slot``, shape (..., k), as (..., r)."""
        lead = per_slot.shape[:-1]
        padded = np.zeros((*lead, self.n_padded))
        padded[..., : self.n_slots] = per_slot
        to_end = np.empty((*lead, self.n_levels, self.n_padded))
        from_start = np.empty_like(to_end)
        for level in range(self.n_levels):
            blocks = padded.reshape(*lead, self.n_padded >> level, 1 << level)
            to_end[..., level, :] = np.cumsum(blocks[..., ::-1], axis=-1)[..., ::-1].reshape(padded.shape)
            from_start[..., level, :] = np.cumsum(blocks, axis=-1).reshape(padded.shape)
        n_nodes = self.n_levels * self.n_padded
        two_parts = self.before >= 0
        total: FloatArray = from_start.reshape(*lead, n_nodes)[..., self.after]
        total[..., two_parts] += to_end.reshape(*lead, n_nodes)[..., self.before[two_parts]]
        return total

    def presence(self) -> FloatArray:
        """1 at the slots of each span, else 0, shape (k, r)."""
        slot = np.arange(self.n_slots)[:, None]
        return ((self.first <= slot) & (slot <= self.last)).astype(np.float64)

    def _by_node(self, values: FloatArray, nodes: IntArray) -> FloatArray:
        lead = values.shape[:-1]
        n_nodes = self.n_levels * self.n_padded
        summed = np.zeros((*lead, n_nodes))
        for place in np.ndindex(*lead):
            summed[place] = np.bincount(nodes, weights=values[place], minlength=n_nodes)
        return summed.reshape(*lead, self.n_levels, self.n_padded)


def spans(rows: IntArray, first: IntArray, last: IntArray, n_slots: int) -> Spans:
    """Cut the spans from slot ``first`` to slot ``last`` (inclusive) of the given rows."""
    n_levels = max(int(n_slots - 1).bit_length(), 1)
    n_padded = 1 << n_levels
    # frexp's exponent is the number of bits: the highest in which first and last differ says where they part
    level = np.maximum(np.frexp((first ^ last).astype(np.float64))[1].astype(np.int64) - 1, 0)
    is_one = first == last
    return Spans(
        rows=rows,
        n_slots=n_slots,
        n_padded=n_padded,
        n_levels=n_levels,
        first=first,
        last=last,
        before=np.where(is_one, -1, level * n_padded + first),
        after=level * n_padded + last,
    )
