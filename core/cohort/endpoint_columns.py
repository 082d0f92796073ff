"""Which columns make an endpoint: time and event columns paired by name, or dates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.cohort.cohort import Column, Table
from core.cohort.distinct import distinct_levels, distinct_numbers
from core.cohort.empty_events import empty_means_none, said_of_empty
from core.cohort.endpoint_dates import endpoints_of_counts, endpoints_of_dates
from core.cohort.endpoint_found import FoundEndpoint
from core.cohort.endpoint_names import NameParts, read_name
from core.cohort.event_values import EventCoding, needs_confirming, recognise_event_values
from core.cohort.issues import IssueLog, listed
from core.cohort.values import numbers_of
from core.spec import EndpointSpec
from core.timetoevent import TimeUnit

_MOST_EVENT_LEVELS = 8
_EVENT_OF = {"TTP": "PFS", "TTR": "RFS", "DFS": "RFS", "LTP": "RFS", "EFS": "PFS"}  # whose event an endpoint may borrow
_GENERAL = "OS"  # the endpoint that 'time' and 'status' are taken for


def find_endpoints(table: Table, date_roles: Mapping[str, str], log: IssueLog) -> tuple[FoundEndpoint, ...]:
    """Endpoints of a table of patients, the surest first within the order of its columns.

    Parameters
    ----------
    table : Table
        Typed; its roles are not read.
    date_roles : dict of role to column
        ``start_date``, ``death_date``, ``progression_date``, ``recurrence_date``, ``last_seen_date``.
    log : IssueLog
        Questions to the user are added here.
    """
    times, events = _candidates(table)
    taken: set[str] = set()
    found = endpoints_of_counts(table, ())
    counts = {column for endpoint in found for column in endpoint.spec.columns}
    times = [named for named in times if named[0] not in counts]
    for endpoint, (time, named) in _first_times(times).items():
        if endpoint in {e.name for e in found}:
            continue
        paired = _event_for(endpoint, events, n_times=len({parts.endpoint for _, parts in times}))
        if paired is None:
            message = f"'{time}' looks like {endpoint or 'a follow-up'} time, but no event column belongs to it."
            log.add("time-without-event", "info", message, column=time, remedy="Name the event column of this time.")
            continue
        event, sure = paired
        taken.add(event)
        found.append(_paired(table, (time, named), (event, sure), log))
    found += _from_dates(table, date_roles, {e.name for e in found}, events, log)
    found += _with_deaths({e.name: e for e in found})
    return tuple(found)


Named = tuple[str, NameParts]


def _candidates(table: Table) -> tuple[list[Named], list[Named]]:
    """Columns that by name and content may be a time, and those that may be an event."""
    times: list[Named] = []
    events: list[Named] = []
    for column in table.columns:
        parts = _called(table, column.name)
        if parts is None or column.kind in ("date", "empty", "text"):
            continue
        n_levels = _n_levels(table, column)
        is_event_like = n_levels <= _MOST_EVENT_LEVELS and (column.kind == "category" or n_levels <= 2)
        if parts.part == "time" or (parts.part == "either" and not is_event_like):
            if numbers_of(table, column.name) is not None:
                times.append((column.name, parts))
        elif is_event_like:
            events.append((column.name, parts))
    return times, events


def _n_levels(table: Table, column: Column) -> int:
    """How many different values a column has; more than ten are not looked through."""
    if column.kind == "category":
        return len(distinct_levels(table, column.name).values)
    found = distinct_numbers(table, column.name)
    return 0 if found is None else len(np.unique(np.asarray(found.values)[np.isfinite(found.values)]))


def _called(table: Table, column: str) -> NameParts | None:
    """What the name of a column says, or else its label in the file ('V12' is labelled 'OS (months)')."""
    label = "" if table.raw is None else table.raw.labels.get(column, "")
    return read_name(column) or (read_name(label) if label else None)


def _first_times(times: list[Named]) -> dict[str | None, Named]:
    """The first time column of each endpoint; a general one ('time') only where no endpoint has its own."""
    first: dict[str | None, Named] = {}
    for name, parts in times:
        first.setdefault(parts.endpoint, (name, parts))
    if None in first and _GENERAL in first:
        del first[None]
    return first


def _event_for(endpoint: str | None, events: list[Named], *, n_times: int) -> tuple[str, float] | None:
    """The event column of an endpoint's time, and how sure it is."""
    own = [name for name, parts in events if parts.endpoint == endpoint and not parts.own_event]
    meant = [name for name, parts in events if parts.own_event and parts.endpoint == (endpoint or _GENERAL)]
    general = [(name, parts) for name, parts in events if parts.endpoint is None]
    if endpoint is None:
        simple = sorted(general, key=lambda named: _plainness(named[0]))
        for names, sure in (([name for name, _ in simple], 0.7), (meant, 0.8)):
            if names:
                return names[0], sure
        return None
    borrowed = [name for name, parts in events if parts.own_event and parts.endpoint == _EVENT_OF.get(endpoint)]
    for names, sure in ((own, 0.95), (meant, 0.9), (borrowed, 0.75)):
        if names:
            return names[0], sure
    if general and (endpoint == _GENERAL or n_times == 1):
        return general[0][0], 0.7
    return None


def _plainness(name: str) -> int:
    """A column called event comes before one called status."""
    return 0 if "event" in name.casefold() else 1


def _paired(table: Table, time: Named, event: tuple[str, float], log: IssueLog) -> FoundEndpoint:
    """An endpoint from a time and an event column."""
    endpoint = time[1].endpoint or read_endpoint(event[0]) or _GENERAL
    levels = distinct_levels(table, event[0]).levels
    coding = recognise_event_values(levels, column=event[0], endpoint=endpoint)
    unit, why = _unit(table, time)
    empty = _asked(table, event[0], coding, endpoint=endpoint, log=log)
    if time[1].endpoint is None and not read_endpoint(event[0]):
        log.add(
            "confirm-endpoint", "info",
            f"'{time[0]}' and '{event[0]}' do not say which endpoint they are; they were taken as {endpoint}.",
            column=time[0], remedy="Rename the endpoint if it is another one.",
        )  # fmt: skip
    if time[1].unit is None:
        log.add(
            "confirm-unit", "info", f"'{time[0]}' does not say its unit; {unit} was taken ({why}).",
            column=time[0], remedy="Confirm the unit.",
        )  # fmt: skip
    return FoundEndpoint(
        name=endpoint,
        spec=EndpointSpec(
            time=time[0],
            event=event[0],
            event_is=coding.event_is,
            competing=coding.competing,
            unit=unit,
            empty_is_none=empty,
        ),
        confidence=min(event[1], coding.confidence if coding.event_is else 0.2),
        reasons={time[0]: f"{endpoint} time in {unit} ({why})", event[0]: _event_reason(endpoint, coding)},
    )


def _asked(table: Table, event: str, coding: EventCoding, *, endpoint: str, log: IssueLog) -> bool:
    """Ask what is not certain of an event column; whether its empty cells mean no event."""
    empty = empty_means_none(table, event, coding)
    if empty:
        log.found.append(said_of_empty(table, event, coding, endpoint=endpoint))
    elif (issue := needs_confirming(coding, column=event, endpoint=endpoint)) is not None:
        log.found.append(issue)
    return empty


def read_endpoint(column: str) -> str | None:
    """The endpoint an event column's name speaks of."""
    parts = read_name(column)
    return None if parts is None else parts.endpoint


def _event_reason(endpoint: str, coding: EventCoding) -> str:
    return f"{endpoint} event = {listed(coding.event_is) or 'nothing'} ({coding.reason})"


def _unit(table: Table, time: Named) -> tuple[TimeUnit, str]:
    """Unit of a time column, and why: its name, another time column's name, or how large the times are."""
    if time[1].unit is not None:
        return _as_unit(time[1].unit), "by its name"
    for column in table.columns:
        parts = read_name(column.name)
        if parts is not None and parts.part == "time" and parts.unit is not None and parts.endpoint is not None:
            return _as_unit(parts.unit), f"as '{column.name}'"
    numbers = numbers_of(table, time[0])
    longest = 0.0 if numbers is None or np.isnan(numbers).all() else float(np.nanmax(numbers))
    if longest > 300:
        return "days", f"the longest is {longest:g}"
    if numbers is not None and 0 < longest <= 6 and bool((np.nan_to_num(numbers) % 1 != 0).any()):
        return "years", f"the longest is {longest:g}"
    return "months", f"the longest is {longest:g}"


def _as_unit(text: str) -> TimeUnit:
    units: dict[str, TimeUnit] = {"days": "days", "weeks": "weeks", "months": "months", "years": "years"}
    return units[text]


def _from_dates(
    table: Table, roles: Mapping[str, str], have: set[str], events: list[Named], log: IssueLog
) -> list[FoundEndpoint]:
    """Endpoints from a start, event dates (or an event column) and a last-seen date."""
    found = endpoints_of_dates(table, roles, have, log)
    start, seen = roles.get("start_date"), roles.get("last_seen_date")
    paired = _event_for("OS", events, n_times=1)
    missing = "OS" not in have and not any(e.name == "OS" for e in found)
    if missing and start is not None and seen is not None and paired is not None:
        found.append(_status_and_dates(table, (start, seen, paired), log))
    return found


_WITH_DEATH = {"TTP": "PFS", "TTR": "RFS"}


def _with_deaths(found: Mapping[str, FoundEndpoint]) -> list[FoundEndpoint]:
    """PFS of the times to progression and to death, where both have columns and PFS has none; RFS likewise."""
    death, made = found.get("OS"), []
    for alone, name in _WITH_DEATH.items():
        first = found.get(alone)
        if first is None or death is None or name in found or None in (first.spec.time, death.spec.time):
            continue
        unit = None if death.spec.unit == first.spec.unit else death.spec.unit
        pair = {"time": death.spec.time, "event": death.spec.event, "event_is": death.spec.event_is, "unit": unit}
        parts = first.spec.model_dump(exclude={"competing", "also"}) | {"also": [pair]}
        spec = EndpointSpec.model_validate(parts)
        reasons = dict.fromkeys(spec.columns, f"{name} is the earlier of {alone} and death")
        made.append(FoundEndpoint(name=name, spec=spec, confidence=0.7, reasons=reasons))
    return made


def _status_and_dates(table: Table, columns: tuple[str, str, tuple[str, float]], log: IssueLog) -> FoundEndpoint:
    """OS from a start, a last date (of death or last seen) and a column that says which."""
    start, seen, (event, sure) = columns
    levels = distinct_levels(table, event).levels
    coding = recognise_event_values(levels, column=event, endpoint="OS")
    empty = _asked(table, event, coding, endpoint="OS", log=log)
    spec = EndpointSpec(
        start=start, event_date=seen, censor_date=seen, event=event, event_is=coding.event_is,
        competing=coding.competing, unit="months", empty_is_none=empty,
    )  # fmt: skip
    reasons = {start: "OS starts here", seen: "death or last seen", event: _event_reason("OS", coding)}
    return FoundEndpoint(name="OS", spec=spec, confidence=min(sure, coding.confidence), reasons=reasons)
