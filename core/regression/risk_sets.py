"""Who is at risk at each event time, laid out so that every sum over a risk set is one cumulative sum.

Belongs here: ordering rows, strata, delayed entry and tied events. Does not belong here: coefficients
(``likelihood``). A *slot* is one distinct event time of one stratum; slots are numbered by stratum, then time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.regression.row_blocks import RowBlock, row_blocks
from core.regression.spans import Spans, spans
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times

LAYERS = 1 << 13


class PartRows(Protocol):
    """Rows at risk for a part of the time (``spans``) or to a part (``fading``)."""

    @property
    def rows(self) -> IntArray:
        """Positions among all rows, shape (r,)."""

    def sums(self, values: FloatArray) -> FloatArray:
        """Per slot the sum over the rows at risk, (..., m) to (..., k)."""

    def within(self, per_slot: FloatArray) -> FloatArray:
        """Per row the sum over its slots at risk, (..., k) to (..., r)."""

    def presence(self) -> FloatArray:
        """How much of each row is at risk at each slot, shape (k, r)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TiedLayers:
    """Efron's layers: one per event, ``fraction`` of the tied events' own risk taken out."""

    slot: IntArray  # (n_events,)
    fraction: FloatArray  # (n_events,) 0, 1/d, ..., (d - 1)/d within each slot
    starts: IntArray  # (k,)

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """Slots and their layers, as many at once as stay in the processor's cache; no slot is divided."""
        first, n_layers = 0, self.fraction.size
        while first < self.starts.size:
            last = int(np.searchsorted(self.starts, self.starts[first] + LAYERS))
            last = max(last - 1, first + 1) if last < self.starts.size else self.starts.size
            stop = int(self.starts[last]) if last < self.starts.size else n_layers
            yield slice(first, last), slice(int(self.starts[first]), stop)
            first = last


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskSets:
    """The rows ever at risk at an event time (m of n), sorted by their last slot.

    Attributes
    ----------
    n : int
        Rows in all.
    order : int array, shape (m,)
        Position among the n rows.
    slot, first_slot : int arrays, shape (m,)
        Last and first slot at risk.
    starts : int array, shape (k,)
        Where the rows with each last slot begin.
    weight : array, shape (m,)
        Case weight, or the number of rows that this one stands for.
    is_event : bool array, shape (m,)
    event_weights : array, shape (m,)
        ``weight`` where ``is_event``, else 0.
    event_rows, event_starts : int arrays, shape (n_events,), (k,)
        Rows with the event, and where each slot's begin among them.
    n_tied : int array, shape (k,)
        Events per slot; more than rows where a row stands for several.
    event_weight : array, shape (k,)
        Sum of their weights.
    stratum_starts : int array, shape (s + 1,)
        First slot of each stratum that has any; the last entry is k.
    late : PartRows or None
        Sums over the rows that are not at risk, or not whole, from the first event time of their stratum on.
    layers : TiedLayers or None
        None when no events are tied.
    blocks : tuple of RowBlock
        Of all rows, for sums over them.
    """

    n: int
    order: IntArray
    slot: IntArray
    first_slot: IntArray
    starts: IntArray
    weight: FloatArray
    is_event: BoolArray
    event_weights: FloatArray
    event_rows: IntArray
    event_starts: IntArray
    n_tied: IntArray
    event_weight: FloatArray
    stratum_starts: IntArray
    late: PartRows | None
    layers: TiedLayers | None
    blocks: tuple[RowBlock, ...]

    @property
    def is_plain(self) -> bool:
        """Whether everybody is at risk from the first slot on: one stratum, nobody late."""
        return self.late is None and self.stratum_starts.size == 2

    @property
    def slot_of_events(self) -> IntArray:
        """Slot of each row with the event, shape (n_events,)."""
        return self.slot[self.event_rows]

    @property
    def n_slots(self) -> int:
        """Number of slots, k."""
        return int(self.starts.size)

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums over each risk set of ``values``, shape (..., m), as (..., k)."""
        if self.late is None:
            return self._backwards(np.add.reduceat(values, self.starts, axis=-1))
        early = values.copy()
        early[..., self.late.rows] = 0.0
        return self._backwards(np.add.reduceat(early, self.starts, axis=-1)) + self.late.sums(values)

    def _backwards(self, ending: FloatArray) -> FloatArray:
        """Cumulative sums from the last slot of each stratum to its first."""
        if self.stratum_starts.size == 2:
            return ending[..., ::-1].cumsum(axis=-1)[..., ::-1]
        for first, stop in zip(self.stratum_starts[:-1], self.stratum_starts[1:], strict=True):
            ending[..., first:stop] = ending[..., first:stop][..., ::-1].cumsum(axis=-1)[..., ::-1]
        return ending

    def presence(self) -> FloatArray:
        """How much of each row is at risk at each slot, shape (k, m)."""
        slot = np.arange(self.n_slots)[:, None]
        present = ((self.first_slot <= slot) & (slot <= self.slot)).astype(np.float64)
        if self.late is not None:
            present[:, self.late.rows] = self.late.presence()
        return present

    def event_sums(self, values: FloatArray) -> FloatArray:
        """Sums over the events of each slot of ``values``, shape (..., m), as (..., k)."""
        return np.add.reduceat(values[..., self.event_rows], self.event_starts, axis=-1)

    def while_at_risk(self, per_slot: FloatArray) -> FloatArray:
        """Sums over the slots each row is at risk in of ``per_slot``, shape (..., k), as (..., m)."""
        if self.stratum_starts.size == 2:
            total = per_slot.cumsum(axis=-1)
        else:
            total = np.empty_like(per_slot)
            for first, stop in zip(self.stratum_starts[:-1], self.stratum_starts[1:], strict=True):
                np.cumsum(per_slot[..., first:stop], axis=-1, out=total[..., first:stop])
        through = total[..., self.slot]
        if self.late is not None:
            through[..., self.late.rows] = self.late.within(per_slot)
        return through


def risk_sets(data: TimeToEvent, strata: IntArray | None = None, *, counted: bool = False) -> RiskSets:
    """Lay out the risk sets of ``data``, at least one event; ``strata`` are codes, shape (n,).

    At risk at an event time t of its stratum: ``entry < t <= time``; times within ``TIE_TOLERANCE`` are equal. With
    ``counted`` the weights are numbers of subjects that a row stands for, each with an event of its own.
    """
    leave, enter, n_times = _time_positions(data)
    offset = None if strata is None else strata * n_times
    keys = leave if offset is None else offset + leave
    # an entry within the tie tolerance of the event leaves nothing to be at risk for
    usable = data.event if enter is None else data.event & (leave > enter)
    slot_keys, last = _last_slots(keys, usable, n_times if strata is None else n_times * (int(strata.max()) + 1))
    if enter is None and offset is None:
        first = np.zeros(data.n, dtype=np.int64)
    else:
        from_start = np.zeros(data.n, dtype=np.int64) if offset is None else offset
        first = np.searchsorted(slot_keys, from_start if enter is None else from_start + enter + 1, side="left")
    rows = _by_slot(last, last >= first, event=data.event)
    slot, first_slot, event = last[rows], first[rows], data.event[rows]
    event_rows = np.flatnonzero(event)
    event_starts = _starts(slot[event_rows], slot_keys.size)
    weight = np.ones(rows.size) if data.weights is None else data.weights[rows]
    event_weight = np.add.reduceat(weight[event_rows], event_starts)
    n_event_rows = np.diff(np.append(event_starts, event_rows.size))
    n_tied = event_weight.astype(np.int64) if counted else n_event_rows
    starts = _starts(slot, slot_keys.size)
    is_tied = n_tied.max(initial=0) > 1
    stratum_starts = np.flatnonzero(np.diff(slot_keys // n_times, prepend=-1, append=-1))
    return RiskSets(
        n=data.n,
        order=rows,
        slot=slot,
        first_slot=first_slot,
        starts=starts,
        weight=weight,
        is_event=event,
        event_weights=np.where(event, weight, 0.0),
        event_rows=event_rows,
        event_starts=event_starts,
        n_tied=n_tied,
        event_weight=event_weight,
        stratum_starts=stratum_starts,
        late=None if enter is None else _late(first_slot, slot, stratum_starts, slot_keys.size),
        layers=_layers(n_tied) if is_tied else None,
        blocks=row_blocks(starts, rows.size, n_event_rows=n_event_rows if is_tied else None),
    )


def _starts(slot: IntArray, n_slots: int) -> IntArray:
    """Where each slot begins among sorted ones."""
    size = np.bincount(slot, minlength=n_slots)
    return np.asarray(np.cumsum(size) - size, dtype=np.int64)


def _last_slots(keys: IntArray, usable: BoolArray, n_keys: int) -> tuple[IntArray, IntArray]:
    """Distinct keys (stratum and time) of the usable events, and per row how many are not after its own, less one."""
    if n_keys > 4 * keys.size:
        slot_keys = np.unique(keys[usable])
        return slot_keys, np.searchsorted(slot_keys, keys, side="right") - 1
    is_slot = np.zeros(n_keys, dtype=np.bool_)
    is_slot[keys[usable]] = True
    return np.flatnonzero(is_slot), (np.cumsum(is_slot) - 1)[keys]


def _by_slot(last: IntArray, is_at_risk: BoolArray, *, event: BoolArray) -> IntArray:
    """Rows at risk in the order of their last slot, in each slot those with the event first."""
    rows = np.arange(last.size) if is_at_risk.all() else np.flatnonzero(is_at_risk)
    key = 2 * last[rows] + ~event[rows]
    if key.max(initial=0) < 1 << 16:  # small numbers are sorted by radix
        key = key.astype(np.uint16)
    return rows[np.argsort(key, kind="stable")]


def _time_positions(data: TimeToEvent) -> tuple[IntArray, IntArray | None, int]:
    """Position of each time and entry among the distinct ones, and how many there are."""
    if data.entry is None:
        distinct, position = distinct_times(data.time)
        return position, None, int(distinct.size)
    distinct, position = distinct_times(np.concatenate((data.time, data.entry)))
    return position[: data.n], position[data.n :], int(distinct.size)


def _late(first_slot: IntArray, slot: IntArray, stratum_starts: IntArray, n_slots: int) -> Spans | None:
    rows = np.flatnonzero(~np.isin(first_slot, stratum_starts))
    return spans(rows, first_slot[rows], slot[rows], n_slots) if rows.size else None


def _layers(n_tied: IntArray) -> TiedLayers:
    starts = np.cumsum(n_tied) - n_tied
    fraction = np.arange(int(n_tied.sum()), dtype=np.float64)
    fraction -= np.repeat(starts, n_tied)
    fraction /= np.repeat(n_tied, n_tied)
    return TiedLayers(slot=np.repeat(np.arange(n_tied.size), n_tied), fraction=fraction, starts=starts)
