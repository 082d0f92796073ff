"""Counting: times, events and groups reduced to counts at distinct times.

Every estimate and test of this package reads an ``EventTable`` and nothing else, so a cohort is sorted once. Belongs
here: counting. Does not belong here: estimating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.errors import InvalidTimeToEventError, TooFewEventsError
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times

Counts: TypeAlias = npt.NDArray[Any]  # whole numbers, or sums of case weights


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

    def __post_init__(self) -> None:
        for array in (self.time, self.n_at_risk, self.n_events, self.n_censored, self.n_subjects):
            array.setflags(write=False)

    @property
    def weighted(self) -> bool:
        """Whether counts are sums of case weights."""
        return self.n_events.dtype.kind == "f"

    def reversed(self) -> EventTable:
        """Censoring as the event: the table of the reverse Kaplan-Meier estimate."""
        return EventTable(
            levels=self.levels,
            time=self.time,
            n_at_risk=self.n_at_risk,
            n_events=self.n_censored,
            n_censored=self.n_events,
            n_subjects=self.n_subjects,
            unit=self.unit,
            delayed=self.delayed,
        )

    def pooled(self) -> EventTable:
        """All groups as the single group ``all``."""
        return EventTable(
            levels=("all",),
            time=self.time,
            n_at_risk=self.n_at_risk.sum(axis=0, keepdims=True),
            n_events=self.n_events.sum(axis=0, keepdims=True),
            n_censored=self.n_censored.sum(axis=0, keepdims=True),
            n_subjects=self.n_subjects.sum(keepdims=True),
            unit=self.unit,
            delayed=self.delayed,
        )

    def select(self, groups: list[int]) -> EventTable:
        """Some of the groups, on the same times."""
        return EventTable(
            levels=tuple(self.levels[group] for group in groups),
            time=self.time,
            n_at_risk=self.n_at_risk[groups],
            n_events=self.n_events[groups],
            n_censored=self.n_censored[groups],
            n_subjects=self.n_subjects[groups],
            unit=self.unit,
            delayed=self.delayed,
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
    codes = _checked_codes(data, codes, levels)
    if codes.size and int(codes.min()) < 0:
        inside = codes >= 0
        data, codes = data.subset(inside), codes[inside]
    n = data.n
    both = data.time if data.entry is None else np.concatenate((data.time, data.entry))
    time, position = distinct_times(both)
    end = position[:n]
    shape = (len(levels), time.size)
    events, censored = _count_ends(codes, end, data.event, weights=data.weights, shape=shape)
    at_risk = _reverse_cumulative(events + censored)
    if data.entry is not None:
        start = position[n:]
        if (start >= end).any():
            raise InvalidTimeToEventError(
                "For some subjects entry and time are the same within 1e-9.", hint="Leave these subjects out."
            )
        entered = _count(codes * time.size + start, data.weights, shape)
        at_risk = _without_residue(at_risk - _reverse_cumulative(entered), events + censored)
    return EventTable(
        levels=tuple(levels),
        time=time,
        n_at_risk=at_risk,
        n_events=events,
        n_censored=censored,
        n_subjects=np.bincount(codes, minlength=len(levels)),
        unit=data.unit,
        delayed=data.entry is not None,
    )


def _checked_codes(data: TimeToEvent, codes: IntArray | None, levels: tuple[str, ...]) -> IntArray:
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


def _count(cell: IntArray, weights: FloatArray | None, shape: tuple[int, int]) -> Counts:
    """Subjects, or their weights, per cell of a (g, k) table."""
    return np.bincount(cell, weights=weights, minlength=shape[0] * shape[1]).reshape(shape)


def _count_ends(
    codes: IntArray, end: IntArray, event: BoolArray, *, weights: FloatArray | None, shape: tuple[int, int]
) -> tuple[Counts, Counts]:
    """Events and censorings, each (g, k), in one pass over the subjects."""
    cell = codes * shape[1] + end
    size = shape[0] * shape[1]
    both = np.bincount(np.where(event, cell, cell + size), weights=weights, minlength=2 * size).reshape(2, *shape)
    return both[0], both[1]


def _reverse_cumulative(counts: Counts) -> Counts:
    """Sum from each time to the last one."""
    return np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]


def _without_residue(at_risk: Counts, leaving: Counts) -> Counts:
    """Weights that cancel leave 1e-16 behind: where all at risk leave, the two numbers must be the same."""
    if at_risk.dtype.kind != "f":
        return at_risk
    empty = np.abs(at_risk - leaving) <= 1e-12 * at_risk.max(initial=1.0)
    return np.where(empty, leaving, at_risk)
