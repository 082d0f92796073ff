"""Counting: times, events and groups reduced to counts at distinct times.

Every estimate and test of this package reads an ``EventTable`` and nothing else, so a cohort is sorted once. Belongs
here: counting. Does not belong here: estimating.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.errors import InvalidTimeToEventError, TooFewEventsError
from core.survival.counting import Counts, count_by_sorting, count_cells, count_on_grid
from core.timetoevent import FloatArray, IntArray, TimeToEvent, distinct_times


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventTable:
    """Counts at the distinct times of all groups together.

    Attributes
    ----------
    levels : tuple of str, length g
        Names of the groups.
    time : array, shape (k,)
        Distinct times, ascending, in ``unit``: ends of follow-up, and entries where there is delayed entry.
    n_at_risk : array, shape (g, k)
        At risk just before each time: entered before it and not yet gone.
    n_events, n_censored : array, shape (g, k)
        Events and censorings at each time.
    n_subjects : int array, shape (g,)
        Rows counted, never weighted.
    unit : str
        Unit of ``time``.
    delayed : bool
        Whether subjects enter after time zero.
    squared_events, squared_censored : array, shape (g, k), optional
        Sums of squared case weights, for robust standard errors; only where weights are not whole numbers and nobody
        enters late.

    Notes
    -----
    Counts are whole numbers, or sums of case weights where the data have weights. Tables of different hospitals over
    the same times add up.
    """

    levels: tuple[str, ...]
    time: FloatArray
    n_at_risk: Counts
    n_events: Counts
    n_censored: Counts
    n_subjects: IntArray
    unit: str
    delayed: bool = False
    squared_events: FloatArray | None = None
    squared_censored: FloatArray | None = None

    def __post_init__(self) -> None:
        for array in (self.time, self.n_at_risk, self.n_events, self.n_censored, self.n_subjects):
            array.setflags(write=False)
        for squares in (self.squared_events, self.squared_censored):
            if squares is not None:
                squares.setflags(write=False)

    @property
    def weighted(self) -> bool:
        """Whether counts are sums of case weights."""
        return self.n_events.dtype.kind == "f"

    def reversed(self) -> EventTable:
        """Censoring as the event: the table of the reverse Kaplan-Meier estimate."""
        return replace(
            self,
            n_events=self.n_censored,
            n_censored=self.n_events,
            squared_events=self.squared_censored,
            squared_censored=self.squared_events,
        )

    def pooled(self) -> EventTable:
        """All groups as the single group ``all``."""
        return self._with_groups(("all",), lambda counts: counts.sum(axis=0, keepdims=True))

    def select(self, groups: list[int]) -> EventTable:
        """Some of the groups, on the same times."""
        return self._with_groups(tuple(self.levels[group] for group in groups), lambda counts: counts[groups])

    def _with_groups(self, levels: tuple[str, ...], change: Callable[[Counts], Counts]) -> EventTable:
        return replace(
            self,
            levels=levels,
            n_at_risk=change(self.n_at_risk),
            n_events=change(self.n_events),
            n_censored=change(self.n_censored),
            n_subjects=change(self.n_subjects),
            squared_events=None if self.squared_events is None else change(self.squared_events),
            squared_censored=None if self.squared_censored is None else change(self.squared_censored),
        )


def event_table(data: TimeToEvent, codes: IntArray | None = None, levels: tuple[str, ...] = ("all",)) -> EventTable:
    """Count subjects at risk, events and censorings at each distinct time, by group.

    Parameters
    ----------
    data : TimeToEvent
        Follow-up of n subjects; entry and case weights are honoured.
    codes : int array, shape (n,), optional
        Group of each subject as a position in ``levels``; negative means in no group and is left out. Without it all
        subjects are in the first level.
    levels : tuple of str
        Names of the groups; a group without subjects is kept, with zeros.

    Returns
    -------
    EventTable

    Raises
    ------
    TooFewEventsError
        If no level is given.
    InvalidTimeToEventError
        If codes do not fit the data or the levels, or entry and time are the same within the tie tolerance.

    Notes
    -----
    Subjects censored at an event time are at risk for that event; a subject entering at an event time is not. Times
    closer than 1e-9 relative are one time. Same counts as ``survival::survfit(Surv(entry, time, event) ~ group)``.
    """
    codes = checked_codes(data, codes, levels)
    if codes.size and codes.min() < 0:
        inside = codes >= 0
        data, codes = data.subset(inside), codes[inside]
    counted = count_on_grid(data, codes, len(levels)) or count_by_sorting(data, codes, len(levels))
    if counted is not None:
        time, ends = counted
        return _table(data, codes, levels, time=time, ends=ends)
    both = data.time if data.entry is None else np.concatenate((data.time, data.entry))
    time, position = distinct_times(both)
    end, start = position[: data.n], position[data.n :]
    if data.entry is not None and (start >= end).any():
        raise InvalidTimeToEventError(
            "For some subjects entry and time are the same within 1e-9.", hint="Leave these subjects out."
        )
    shape = (len(levels), time.size)
    cell = codes * time.size + end
    cell_of_kind = np.where(data.event, cell, cell + shape[0] * shape[1])
    entered = None if data.entry is None else count_cells(codes * time.size + start, data.weights, shape)
    squares = None
    if data.weights is not None and data.entry is None and not _whole(data.weights):
        squares = count_cells(cell_of_kind, data.weights**2, (2, *shape))
    ends = count_cells(cell_of_kind, data.weights, (2, *shape))
    return _table(data, codes, levels, time=time, ends=ends, entered=entered, squares=squares)


def _table(
    data: TimeToEvent,
    codes: IntArray,
    levels: tuple[str, ...],
    *,
    time: FloatArray,
    ends: Counts,
    entered: Counts | None = None,
    squares: Counts | None = None,
) -> EventTable:
    """Event table from ends (2, g, k), entries (g, k) and squared weights (2, g, k)."""
    leaving = ends[0] + ends[1]
    at_risk = _reverse_cumulative(leaving) if leaving.dtype.kind == "f" else _still_there(leaving)
    if entered is not None:
        at_risk = _without_residue(at_risk - _reverse_cumulative(entered), leaving)
    return EventTable(
        levels=tuple(levels),
        time=time,
        n_at_risk=at_risk,
        n_events=ends[0],
        n_censored=ends[1],
        n_subjects=leaving.sum(axis=1) if data.weights is None else np.bincount(codes, minlength=len(levels)),
        unit=data.unit,
        delayed=entered is not None,
        squared_events=None if squares is None else squares[0],
        squared_censored=None if squares is None else squares[1],
    )


def checked_codes(data: TimeToEvent, codes: IntArray | None, levels: tuple[str, ...]) -> IntArray:
    """Group of each subject, shape (n,); all in the first level without codes. Raises where they do not fit."""
    if not levels:
        raise TooFewEventsError("There is no group to count.", hint="Give at least one level.")
    if codes is None:
        return np.zeros(data.n, dtype=np.int64)
    codes = np.asarray(codes, dtype=np.int64)
    if codes.shape != data.time.shape:
        raise InvalidTimeToEventError(f"Groups have {codes.size} values, time has {data.n}.")
    if codes.size and int(codes.max()) >= len(levels):
        raise InvalidTimeToEventError(f"A subject is in group {int(codes.max()) + 1} of only {len(levels)} levels.")
    return codes


def _whole(weights: FloatArray) -> bool:
    return bool((weights == np.rint(weights)).all())


def _reverse_cumulative(counts: Counts) -> Counts:
    """Sum from each time to the last one."""
    return np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]


def _still_there(leaving: Counts) -> Counts:
    """The same for whole numbers, which lose nothing by counting down; contiguous, and so faster to read."""
    at_risk = np.add.accumulate(leaving, axis=1, dtype=leaving.dtype)
    np.subtract(at_risk[:, -1:].copy(), at_risk, out=at_risk)
    at_risk += leaving
    return at_risk


def _without_residue(at_risk: Counts, leaving: Counts) -> Counts:
    """Weights that cancel leave 1e-16 behind: where all at risk leave, the two numbers must be the same."""
    if at_risk.dtype.kind != "f":
        return at_risk
    empty = np.abs(at_risk - leaving) <= 1e-12 * at_risk.max(initial=1.0)
    return np.where(empty, leaving, at_risk)
