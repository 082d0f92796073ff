"""One endpoint of every patient: time and event from columns or dates, and who cannot be used and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from core.cohort.cohort import Table
from core.cohort.event_values import recognise_event_values
from core.cohort.issues import counted, listed
from core.cohort.missing import is_unknown
from core.cohort.values import codes_of, match_levels, numbers_of
from core.errors import CohortError, SpecError
from core.spec import EndpointSpec, Scalar
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, IntArray, TimeUnit

Stage: TypeAlias = Literal["filter", "group", "endpoint", "analysis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Patients left out for one reason.

    Attributes
    ----------
    reason : str
        For example ``OS time missing`` or ``kept only where Age ≥ 50``.
    n : int
    rows : tuple of int
        Row numbers of the file.
    stage : {'filter', 'group', 'endpoint', 'analysis'}
        What asked for it: a filter of the user, the groups compared, the endpoint's time and event, or one analysis.
    """

    reason: str
    n: int
    rows: tuple[int, ...]
    stage: Stage = "analysis"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint:
    """Time and event of every row of a table.

    Attributes
    ----------
    name : str
    unit : {'days', 'weeks', 'months', 'years'}
    time : array, shape (n,)
        In ``unit``; NaN where unknown.
    event : bool array, shape (n,)
        False where censored, competing or unusable.
    entry : array, shape (n,), optional
    competing : dict of event name to bool array, shape (n,)
        Who had a competing event; censored in ``event``.
    usable : bool array, shape (n,)
    why : int array, shape (n,)
        Position in ``reasons`` of what makes a row unusable; -1 where usable.
    reasons : tuple of str
    exclusions : tuple of Exclusion
        The unusable rows, counted by reason.
    notes : tuple of str
    """

    name: str
    unit: TimeUnit
    time: FloatArray
    event: BoolArray
    entry: FloatArray | None
    competing: dict[str, BoolArray]
    usable: BoolArray
    why: IntArray
    reasons: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]
    notes: tuple[str, ...]


def count_reasons(
    why: IntArray, reasons: Sequence[str], row_numbers: IntArray, *, stages: Sequence[Stage] = ()
) -> tuple[Exclusion, ...]:
    """Exclusions by reason, in the order of ``reasons``; reasons that nobody has are left out.

    ``stages`` holds the stage of each reason, the endpoint's own unless given.
    """
    found = []
    for position in np.unique(why[why >= 0]):
        rows = row_numbers[why == position]
        stage: Stage = stages[position] if stages else "endpoint"
        found.append(Exclusion(reason=reasons[position], n=int(rows.size), rows=tuple(rows.tolist()), stage=stage))
    return tuple(found)


def row_number_array(table: Table) -> IntArray:
    """Row numbers of the file as an array, made once."""
    if "row_numbers" not in table.cache:
        table.cache["row_numbers"] = np.asarray(table.row_numbers, dtype=np.int64)
    rows: IntArray = table.cache["row_numbers"]
    return rows


def resolve_endpoint(table: Table, name: str, spec: EndpointSpec) -> Endpoint:
    """Time and event of every row.

    Parameters
    ----------
    table : Table
    name : str
        For messages.
    spec : EndpointSpec
        Columns or dates. A value of ``event`` that is neither in ``event_is`` nor competing nor missing is censored.

    Raises
    ------
    MissingColumnError
        If a column is not in the table.
    SpecError
        If a time column holds words, a date column no dates, or no value means event.

    Notes
    -----
    A month is 30.4375 days, a year 365.25. Of several event dates the earliest that is known counts. Beside the dates
    an ``event`` column may be given: then the column says whether the event occurred, and the dates only when.
    Unusable rows are counted under the first of these that holds: time missing, event missing, time negative, entry
    missing, entry not before time.
    """
    key = ("endpoint", name, spec.model_dump_json())
    if key not in table.cache:
        table.cache[key] = _resolve(table, name, spec)
    found: Endpoint = table.cache[key]
    return found


def _resolve(table: Table, name: str, spec: EndpointSpec) -> Endpoint:
    for column in spec.columns:
        table.column(column, needed_for=f"endpoint {name}")
    reading = _Reading(table=table, name=name, spec=spec)
    time, event, competing, event_missing, notes = reading.from_dates() if spec.from_dates else reading.from_columns()
    entry = None if spec.entry is None else reading.number(spec.entry)
    checks = [
        (f"{name} time missing", np.isnan(time)),
        (f"{name} event missing", event_missing),
        (f"{name} time negative", time < 0),
    ]
    if entry is not None:
        checks += [(f"{name} entry missing", np.isnan(entry)), (f"{name} entry not before time", entry >= time)]
    why = np.full(table.n, -1, dtype=np.int64)
    for position, (_, bad) in enumerate(checks):
        why[bad & (why < 0)] = position
    usable = why < 0
    zero = int(np.count_nonzero(usable & (time == 0)))
    if zero:
        notes.append(f"{name} time is zero for {counted(zero, 'patient')}.")
    for cause, flags in competing.items():
        if n := int(np.count_nonzero(flags & usable)):
            notes.append(f"Competing event '{cause}': {counted(n, 'patient')} censored at its time.")
    reasons = tuple(reason for reason, _ in checks)
    return Endpoint(
        name=name,
        unit=spec.unit,
        time=_fixed(time),
        event=_fixed(event & usable),
        entry=None if entry is None else _fixed(entry),
        competing={cause: _fixed(flags & usable) for cause, flags in competing.items()},
        usable=_fixed(usable),
        why=_fixed(why),
        reasons=reasons,
        exclusions=count_reasons(why, reasons, row_number_array(table)),
        notes=tuple(notes),
    )


_Parts = tuple[FloatArray, BoolArray, dict[str, BoolArray], BoolArray, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Reads the columns one endpoint names."""

    table: Table
    name: str
    spec: EndpointSpec

    def from_columns(self) -> _Parts:
        assert self.spec.time is not None
        assert self.spec.event is not None
        time = self.number(self.spec.time)
        event, competing, missing, notes = self.flags(self.spec.event)
        return time, event, competing, missing, notes

    def from_dates(self) -> _Parts:
        spec = self.spec
        assert spec.start is not None
        assert spec.censor_date is not None
        start, seen = self.days(spec.start), self.days(spec.censor_date)
        occurred = np.fmin.reduce([self.days(column) for column in spec.event_dates])  # the earliest that is known
        competing: dict[str, BoolArray] = {}
        notes: list[str] = []
        if spec.event is None:
            event, missing = ~np.isnan(occurred), np.zeros(self.table.n, dtype=np.bool_)
            end = np.where(event, occurred, seen)
        else:
            event, competing, missing, notes = self.flags(spec.event)
            had_any = event | np.any([flags for flags in competing.values()] or [np.zeros_like(event)], axis=0)
            end = np.where(had_any & ~np.isnan(occurred), occurred, seen)
        time = (end - start) / DAYS_PER[spec.unit]
        notes.append(f"{self.name} runs from '{spec.start}'; a month is 30.4375 days, a year 365.25.")
        if len(spec.event_dates) > 1:
            notes.append(f"{self.name} event is the earliest of {listed(spec.event_dates)}.")
        return time, event, competing, missing, notes

    def flags(self, column: str) -> tuple[BoolArray, dict[str, BoolArray], BoolArray, list[str]]:
        """Event, competing events and missing, each (n,), from the values of a column."""
        codes, levels = codes_of(self.table, column)
        event_is, competing, notes = self.spec.event_is, dict(self.spec.competing), []
        if event_is is None:
            coding = recognise_event_values(levels, column=column, endpoint=self.name)
            event_is = coding.event_is
            competing = competing or dict(coding.competing)
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
        missing = (codes < 0) | _by_code(unknown, codes)
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
        return np.array(numbers)

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
        return np.array(days)


_KIND_WORDS = {
    "number": "a number",
    "category": "a category",
    "date": "a date",
    "text": "text",
    "empty": "nothing",
}


def _listed(values: tuple[Scalar, ...]) -> str:
    return ", ".join(str(value) for value in values)


def _by_code(matched: BoolArray, codes: IntArray) -> BoolArray:
    """Flags of levels carried to rows; a missing value (-1) is False."""
    flags: BoolArray = np.append(matched, False)[codes]
    return flags


def _fixed(array: Any) -> Any:
    array.setflags(write=False)
    return array
