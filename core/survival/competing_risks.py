"""Competing risks: which of several events came first, and the counts of each.

Belongs here: the data and their counting. Does not belong here: estimates (``cumulative_incidence``), the test between
groups (``gray``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidTimeToEventError, SpecError
from core.survival.counting import Counts
from core.survival.event_table import EventTable, checked_codes, event_table
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompetingRisks:
    """Follow-up of ``n`` subjects to the first of several events.

    Attributes
    ----------
    data : TimeToEvent
        Event means any of the causes.
    cause : int array, shape (n,)
        0 where censored, else the position of the cause in ``causes`` counted from 1.
    causes : tuple of str, length c
        The event of interest first.

    Raises
    ------
    InvalidTimeToEventError
        If causes do not fit the data.
    """

    data: TimeToEvent
    cause: IntArray
    causes: tuple[str, ...]

    def __post_init__(self) -> None:
        cause = np.array(self.cause, dtype=np.int64)
        if cause.shape != self.data.time.shape:
            raise InvalidTimeToEventError(f"Causes have {cause.size} values, time has {self.data.n}.")
        if cause.size and not 0 <= int(cause.min()) <= int(cause.max()) <= len(self.causes):
            raise InvalidTimeToEventError(f"A cause is not one of 0 (censored) to {len(self.causes)}.")
        if not np.array_equal(cause > 0, self.data.event):
            raise InvalidTimeToEventError(
                "Causes and events do not agree.", hint="Give a cause to every event and 0 to everybody censored."
            )
        cause.setflags(write=False)
        object.__setattr__(self, "cause", cause)

    def subset(self, mask: BoolArray | IntArray) -> CompetingRisks:
        """The subjects that ``mask`` (flags or positions) picks."""
        return CompetingRisks(data=self.data.subset(mask), cause=self.cause[mask], causes=self.causes)


def competing_risks(data: TimeToEvent, event: str, competing: Mapping[str, BoolArray]) -> CompetingRisks:
    """Put an endpoint and its competing events together.

    Parameters
    ----------
    data : TimeToEvent
        The endpoint, competing events censored.
    event : str
        What its event is called.
    competing : mapping of event name to bool array, shape (n,)
        Who had each competing event, at ``data.time``.

    Returns
    -------
    CompetingRisks

    Raises
    ------
    SpecError
        If a subject has two events, or two events have one name.
    InvalidTimeToEventError
        If the flags do not fit the data.
    """
    if event in competing:
        raise SpecError(f"Two events are called '{event}'.", hint="Give the competing event another name.")
    cause = data.event.astype(np.int64)
    for code, (name, flags) in enumerate(competing.items(), start=2):
        flags = np.asarray(flags, dtype=np.bool_)
        if flags.shape != cause.shape:
            raise InvalidTimeToEventError(f"'{name}' has {flags.size} values, time has {data.n}.")
        if (cause[flags] > 0).any():
            raise SpecError(f"A patient with '{name}' has another event as well.", hint="Count the first event only.")
        cause[flags] = code
    whole = TimeToEvent(time=data.time, event=cause > 0, entry=data.entry, weights=data.weights, unit=data.unit)
    return CompetingRisks(data=whole, cause=cause, causes=(event, *competing))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CauseTable:
    """Counts of each cause at the distinct times of all groups together.

    Attributes
    ----------
    causes : tuple of str, length c
    whole : EventTable
        Any cause as the event: times, numbers at risk, censorings, subjects of the g groups.
    n_events : array, shape (c, g, k)
        Events of each cause.
    squared_events : array, shape (c, g, k), optional
        Sums of squared case weights, only where ``whole`` has them.
    """

    causes: tuple[str, ...]
    whole: EventTable
    n_events: Counts
    squared_events: FloatArray | None = None

    def __post_init__(self) -> None:
        self.n_events.setflags(write=False)
        if self.squared_events is not None:
            self.squared_events.setflags(write=False)

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the groups."""
        return self.whole.levels

    def select(self, groups: list[int]) -> CauseTable:
        """Some of the groups, on the same times."""
        return CauseTable(
            causes=self.causes,
            whole=self.whole.select(groups),
            n_events=self.n_events[:, groups],
            squared_events=None if self.squared_events is None else self.squared_events[:, groups],
        )


def cause_table(risks: CompetingRisks, codes: IntArray | None = None, levels: tuple[str, ...] = ("all",)) -> CauseTable:
    """Count subjects at risk, events of each cause and censorings at each distinct time, by group.

    Parameters
    ----------
    risks : CompetingRisks
        Entry and case weights are honoured.
    codes : int array, shape (n,), optional
        Group of each subject as a position in ``levels``; negative is left out. Without it all are in the first level.
    levels : tuple of str

    Returns
    -------
    CauseTable

    Raises
    ------
    TooFewEventsError
        If no level is given.
    InvalidTimeToEventError
        If codes do not fit the data.
    """
    n_kinds, n_groups = len(risks.causes) + 1, len(levels)
    codes = checked_codes(risks.data, codes, levels)
    # Each pair of group and cause is counted as a group of its own: one pass, and the same rules for ties.
    cells = event_table(
        risks.data,
        np.where(codes < 0, -1, codes * n_kinds + risks.cause),
        tuple(f"{level} {kind}" for level in levels for kind in range(n_kinds)),
    )
    shape = (n_groups, n_kinds, cells.time.size)
    events = cells.n_events.reshape(shape)
    squares, censored_squares = cells.squared_events, cells.squared_censored
    whole = EventTable(
        levels=tuple(levels),
        time=cells.time,
        n_at_risk=cells.n_at_risk.reshape(shape).sum(axis=1),
        n_events=events.sum(axis=1),
        n_censored=cells.n_censored.reshape(shape)[:, 0].copy(),
        n_subjects=cells.n_subjects.reshape(shape[:2]).sum(axis=1),
        unit=cells.unit,
        delayed=cells.delayed,
        squared_events=None if squares is None else squares.reshape(shape).sum(axis=1),
        squared_censored=None if censored_squares is None else censored_squares.reshape(shape)[:, 0].copy(),
    )
    return CauseTable(
        causes=risks.causes,
        whole=whole,
        n_events=np.ascontiguousarray(events[:, 1:].swapaxes(0, 1)),
        squared_events=None if squares is None else np.ascontiguousarray(squares.reshape(shape)[:, 1:].swapaxes(0, 1)),
    )
