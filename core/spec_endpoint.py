"""How one endpoint is read: from a time and an event column, from dates, or from counts of days to each event.

Belongs here: the keys and which combinations make sense. Does not belong here: reading the columns
(``core.cohort.endpoints``).
"""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from core.spec_part import OneOrMore, Part, Scalar, Unit, as_columns

_WAYS = "'time' and 'event', or 'start', 'event_date' and 'censor_date'"
_UNSAID = frozenset(("also", "competing_date", "data_cut", "until", "empty_is_none"))


class PairSpec(Part):
    """A further time and event column: the earlier event of the pairs counts.

    Attributes
    ----------
    time, event : str
    event_is : tuple of values, optional
    unit : str, optional
        What ``time`` is in; the endpoint's unit unless given.
    """

    time: str
    event: str
    event_is: tuple[Scalar, ...] | None = None
    unit: Unit | None = None


class EndpointSpec(Part):
    """How one endpoint is read: a time and an event column, or dates.

    Attributes
    ----------
    time, event : str, optional
        Columns. ``event_is`` lists the values of ``event`` that mean it occurred; any other is censored. Without
        ``event_is`` the values are recognised.
    competing : dict of name to values
        Values of ``event`` that mean a competing event.
    empty_is_none : bool
        Whether an empty cell of ``event`` means that it did not happen; else it is unknown and the patient is left out.
    also : tuple of PairSpec
        Further times and events; the earliest event counts (progression and death, for PFS).
    entry : str, optional
        Column with the time of delayed entry.
    start, event_date, censor_date : str, optional
        Date columns: origin, event (empty = none) and last seen. ``event_date`` may be several columns: the earliest
        date among them counts (progression and death, for PFS).
    competing_date : dict of name to column or columns
        Dates of competing events; the first of all dates counts, the event's own on the same day.
    data_cut : str, optional
        A day (2024-06-30) or a column of dates: what happened later is censored there, and patients who began later are
        left out. Beside ``time`` it needs ``start``, the date of time zero.
    until : float, optional
        A time: what happened later is censored there.
    unit : str
        What ``time`` is in, or what dates are turned into.

    Notes
    -----
    Dates and a status: beside the dates ``event`` (with ``event_is``) may say whether the event occurred, and the dates
    only when. Where the file has one date for both, death or last seen, ``event_date`` and ``censor_date`` are the same
    column. Without ``start`` and ``time``, ``event_date``, ``censor_date`` and ``competing_date`` are columns that
    count from time zero in ``unit`` ('days to death').
    """

    time: str | None = None
    event: str | None = None
    event_is: tuple[Scalar, ...] | None = None
    competing: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    empty_is_none: bool = False
    also: tuple[PairSpec, ...] = ()
    entry: str | None = None
    start: str | None = None
    event_date: OneOrMore | None = None
    censor_date: str | None = None
    competing_date: dict[str, OneOrMore] = Field(default_factory=dict)
    data_cut: str | None = None
    until: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    unit: Unit = "months"

    @model_serializer(mode="wrap")
    def _without_what_nobody_said(self, write: SerializerFunctionWrapHandler) -> dict[str, object]:
        written: dict[str, object] = write(self)
        return {key: value for key, value in written.items() if value or key not in _UNSAID}

    @property
    def from_dates(self) -> bool:
        """Whether times are computed from dates."""
        return self.time is None and self.start is not None

    @property
    def from_counts(self) -> bool:
        """Whether columns count the time to each event."""
        return self.time is None and self.start is None

    @property
    def event_dates(self) -> tuple[str, ...]:
        """The columns of ``event_date``, one or several."""
        return as_columns(self.event_date)

    @property
    def competing_dates(self) -> dict[str, tuple[str, ...]]:
        """The columns of each competing event."""
        return {cause: as_columns(columns) for cause, columns in self.competing_date.items()}

    @property
    def cut_column(self) -> str | None:
        """The column of ``data_cut``; None where it is a day, or not given."""
        return self.data_cut if self.data_cut is not None and self.cut_day is None else None

    @property
    def cut_day(self) -> datetime.date | None:
        """The day of ``data_cut``; None where it is a column, or not given."""
        try:
            return None if self.data_cut is None else datetime.date.fromisoformat(self.data_cut.strip())
        except ValueError:
            return None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns this endpoint reads."""
        also = [column for pair in self.also for column in (pair.time, pair.event)]
        competing = [column for columns in self.competing_dates.values() for column in columns]
        named = (self.time, self.event, *also, self.entry, self.start, *self.event_dates, self.censor_date, *competing)
        return tuple(dict.fromkeys(name for name in (*named, self.cut_column) if name is not None))

    @property
    def number_columns(self) -> tuple[str, ...]:
        """Those of the columns that must be numbers."""
        named = [self.time, self.entry, *(pair.time for pair in self.also)]
        if self.from_counts:
            counts = [column for columns in self.competing_dates.values() for column in columns]
            named += [*self.event_dates, self.censor_date, *counts]
        return tuple(name for name in named if name is not None)

    @property
    def shared_columns(self) -> tuple[str, ...]:
        """Columns that another endpoint may own: those of several times and events, and counts of several events."""
        if not (self.also or self.from_counts):
            return ()
        return tuple(name for name in self.columns if name != self.entry)

    @property
    def status_columns(self) -> tuple[str, ...]:
        """Those of the columns whose values say what happened."""
        return tuple(name for name in (self.event, *(pair.event for pair in self.also)) if name is not None)

    @model_validator(mode="after")
    def _one_way(self) -> EndpointSpec:
        for fault, is_so in self._faults():
            if is_so:
                raise ValueError(fault)
        return self

    def _faults(self) -> tuple[tuple[str, bool], ...]:
        dated = bool(self.event_dates or self.censor_date or self.competing_date)
        by_time = self.time is not None
        return (
            (
                "give either 'time' and 'event' or 'start', 'event_date' and 'censor_date', not both",
                by_time and (dated or (self.start is not None and self.data_cut is None)),
            ),
            (
                "an endpoint from dates needs 'start', 'event_date' and 'censor_date'",
                not by_time and (dated or self.start is not None) and not (self.event_dates and self.censor_date),
            ),
            (f"an endpoint needs {_WAYS}", (by_time and self.event is None) or (not by_time and not dated)),
            ("'event_date' names a column twice", len(set(self.event_dates)) != len(self.event_dates)),
            ("'also' goes with 'time' and 'event'", bool(self.also) and not by_time),
            ("give either 'event' or 'competing_date', not both", bool(self.competing_date) and self.event is not None),
            ("'empty_is_none' is said of 'event'", self.empty_is_none and self.event is None),
            ("'data_cut' needs 'start', the date of time zero", self.data_cut is not None and self.start is None),
        )
