"""Reading the columns that one endpoint names: times and events, dates, or counts of days to each event.

Belongs here: time, event and competing events of every row as the file says them. Does not belong here: who cannot be
used (``endpoints``), what a data cut takes away (``data_cut``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Table
from core.cohort.distinct import distinct_levels
from core.cohort.empty_events import empty_cells
from core.cohort.event_values import recognise_event_values
from core.cohort.issues import counted, listed
from core.cohort.missing import is_unknown
from core.cohort.values import match_levels, numbers_of
from core.cohort.written import Codes, carried
from core.errors import CohortError, SpecError
from core.spec import EndpointSpec, PairSpec, Scalar
from core.timetoevent import DAYS_PER, BoolArray, FloatArray

NO_RESPONSE = "without a date of response"
_OF_RESPONDERS = "DOR"  # duration of response: time zero is the first response, which not everybody has


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """What happened to every row, as the file says it.

    Attributes
    ----------
    time : array, shape (n,)
        In the endpoint's unit; NaN where unknown.
    event, event_missing : bool array, shape (n,)
    competing : dict of event name to bool array, shape (n,)
    notes : list of str
    """

    time: FloatArray
    event: BoolArray
    competing: dict[str, BoolArray]
    event_missing: BoolArray
    notes: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Reads the columns one endpoint names."""

    table: Table
    name: str
    spec: EndpointSpec

    def course(self) -> Course:
        """Time, event and competing events of every row, from the columns or dates that the specification names."""
        if self.spec.time is None:
            return self._from_dates()
        return self._with_pairs(self._from_columns()) if self.spec.also else self._from_columns()

    def never_began(self) -> BoolArray:
        """Patients without a response, who have no duration of one, shape (n,)."""
        if self.name != _OF_RESPONDERS or self.spec.start is None:
            return np.zeros(self.table.n, dtype=np.bool_)
        never: BoolArray = np.isnan(self.days(self.spec.start))
        return never

    def _from_columns(self) -> Course:
        assert self.spec.time is not None
        assert self.spec.event is not None
        event, competing, missing, notes = self._flags(self.spec.event, self.spec.event_is, self.spec.competing)
        return Course(
            time=self.number(self.spec.time), event=event, competing=competing, event_missing=missing, notes=notes
        )

    def _with_pairs(self, first: Course) -> Course:
        """The earliest event of all pairs of time and event; without any, followed until the earliest of the times."""
        had = np.any([first.event, *first.competing.values()], axis=0)
        own = np.where(had, first.time, np.inf)
        followed, missing, notes = first.time.copy(), first.event_missing.copy(), list(first.notes)
        others = np.full(self.table.n, np.inf)
        for pair in self.spec.also:
            time, event, unknown, said = self._pair(pair)
            others = np.minimum(others, np.where(event, time, np.inf))
            followed = np.minimum(followed, time)  # NaN where any is
            missing |= unknown
            notes += said
        earlier = np.isfinite(others) & (others <= own)
        end = np.minimum(own, others)
        pairs = [f"'{self.spec.event}' at '{self.spec.time}'", *(f"'{p.event}' at '{p.time}'" for p in self.spec.also)]
        notes.append(
            f"{self.name} event is the earliest of {', '.join(pairs)}; without any of them follow-up ends at the "
            "earliest of these times."
        )
        return Course(
            time=np.where(np.isnan(followed) | np.isinf(end), followed, end),
            event=first.event | earlier,
            competing={cause: flags & ~earlier for cause, flags in first.competing.items()},
            event_missing=missing,
            notes=notes,
        )

    def _pair(self, pair: PairSpec) -> tuple[FloatArray, BoolArray, BoolArray, list[str]]:
        """Time in the endpoint's unit, event and whether that is missing, each (n,), of one further pair."""
        event, _, missing, notes = self._flags(pair.event, pair.event_is, {})
        unit = pair.unit or self.spec.unit
        return self.number(pair.time) * DAYS_PER[unit] / DAYS_PER[self.spec.unit], event, missing, notes

    def _from_dates(self) -> Course:
        """From dates, in days since 1970, or from columns that count from time zero."""
        spec = self.spec
        assert spec.censor_date is not None
        start, seen = self._begun(), self._day(spec.censor_date)
        occurred = self._earliest(spec.event_dates)
        competing: dict[str, BoolArray] = {}
        notes: list[str] = []
        if spec.event is None:
            event, missing = ~np.isnan(occurred), np.zeros(self.table.n, dtype=np.bool_)
            end, event, competing = self._first_of(occurred, event)
            end = np.where(np.isnan(end), seen, end)
        else:
            event, competing, missing, notes = self._flags(spec.event, spec.event_is, spec.competing)
            had_any = event | np.any([flags for flags in competing.values()] or [np.zeros_like(event)], axis=0)
            end = np.where(had_any & ~np.isnan(occurred), occurred, seen)
        per = DAYS_PER[spec.unit] if spec.from_dates else 1.0
        return Course(
            time=(end - start) / per, event=event, competing=competing, event_missing=missing,
            notes=[*notes, *self._said_of_dates()],
        )  # fmt: skip

    def _said_of_dates(self) -> list[str]:
        spec = self.spec
        notes = [f"{self.name} runs from '{spec.start}'; a month is 30.4375 days, a year 365.25."] if spec.start else []
        if len(spec.event_dates) > 1:
            notes.append(f"{self.name} event is the earliest of {listed(spec.event_dates)}.")
        return notes

    def _first_of(self, occurred: FloatArray, event: BoolArray) -> tuple[FloatArray, BoolArray, dict[str, BoolArray]]:
        """The first of the event and its competing events (NaN: none); on the same day the event counts."""
        first = np.where(event, occurred, np.inf)
        competing: dict[str, BoolArray] = {}
        for cause, columns in self.spec.competing_dates.items():
            day = self._earliest(columns)
            before = ~np.isnan(day) & (day < first)
            first = np.where(before, day, first)
            event = event & ~before
            competing = {other: flags & ~before for other, flags in competing.items()} | {cause: before}
        return np.where(np.isinf(first), np.nan, first), event, competing

    def _earliest(self, columns: tuple[str, ...]) -> FloatArray:
        """The earliest that is known of several dates or counts, shape (n,); NaN where none is."""
        found: FloatArray = np.fmin.reduce([self._day(column) for column in columns])
        return found

    def _begun(self) -> FloatArray:
        return np.zeros(self.table.n) if self.spec.start is None else self.days(self.spec.start)

    def _day(self, column: str) -> FloatArray:
        return self.days(column) if self.spec.from_dates else self.number(column)

    def _flags(
        self, column: str, event_is: tuple[Scalar, ...] | None, competing: Mapping[str, tuple[Scalar, ...]]
    ) -> tuple[BoolArray, dict[str, BoolArray], BoolArray, list[str]]:
        """Event, competing events and missing, each (n,), from the values of a column."""
        found = distinct_levels(self.table, column)
        codes, levels = found.codes, found.levels
        notes: list[str] = []
        if event_is is None:
            coding = recognise_event_values(levels, column=column, endpoint=self.name)
            event_is = coding.event_is
            competing = competing or coding.competing
            taken = ", ".join(str(value) for value in event_is)
            notes.append(f"{self.name} event is '{column}' = {taken or 'nothing'} ({coding.reason}).")
            if levels and not event_is:
                raise SpecError(
                    f"None of the values of '{column}' ({', '.join(levels[:8])}) can be read as {self.name} event.",
                    hint="Say which values mean event with 'event_is'.",
                )
        is_event = match_levels(levels, event_is)
        if not is_event.any():
            notes.append(f"No patient has the {self.name} event ('{column}' = {_listed(event_is)}).")
        causes = {cause: match_levels(levels, values) for cause, values in competing.items()}
        twice = [cause for cause, matched in causes.items() if bool((matched & is_event).any())]
        if twice:
            raise SpecError(f"A value of '{column}' means both {self.name} event and the competing event '{twice[0]}'.")
        unknown = np.array([is_unknown(level) for level in levels], dtype=np.bool_) & ~is_event
        for matched in causes.values():
            unknown &= ~matched
        nothing = codes < 0
        if self.spec.empty_is_none and column == self.spec.event:
            empty = empty_cells(self.table, column)
            nothing = nothing & ~empty
            n = int(empty.sum())
            notes.append(f"An empty cell of '{column}' means no {self.name} event ({counted(n, 'patient')}).")
        missing = nothing | _by_code(unknown, codes)
        return _by_code(is_event, codes), {c: _by_code(m, codes) for c, m in causes.items()}, missing, notes

    def number(self, column: str) -> FloatArray:
        """A column that must be a number, shape (n,)."""
        kind = self.table.column(column).kind
        numbers = numbers_of(self.table, column) if kind != "date" else None
        if kind == "empty":
            return np.full(self.table.n, np.nan)
        if numbers is None:
            raise SpecError(
                f"Column '{column}', needed for endpoint {self.name}, is not a number but {_KIND_WORDS[kind]}.",
                hint="Choose a column with times.",
            )
        return numbers

    def days(self, column: str) -> FloatArray:
        """A column that must hold dates, in days, shape (n,)."""
        kind = self.table.column(column).kind
        if kind == "empty":
            return np.full(self.table.n, np.nan)
        if kind != "date":
            raise SpecError(
                f"Column '{column}', needed for endpoint {self.name}, holds no dates but {_KIND_WORDS[kind]}.",
                hint="Write dates as 2024-05-31.",
            )
        days = numbers_of(self.table, column)
        if days is None:
            raise CohortError(f"Column '{column}' could not be read as dates.")
        return days


_KIND_WORDS = {
    "number": "a number",
    "category": "a category",
    "date": "a date",
    "text": "text",
    "empty": "nothing",
}


def _listed(values: tuple[Scalar, ...]) -> str:
    return ", ".join(str(value) for value in values)


def _by_code(matched: BoolArray, codes: Codes) -> BoolArray:
    """Flags of levels carried to rows; a missing value (-1) is False."""
    flags: BoolArray = carried(np.append(matched, False), codes)
    return flags
