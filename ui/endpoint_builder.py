"""An endpoint said in a sentence: from which date to which, what may come before, and at which data cut it ends."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.cohort.cohort import Cohort, Table
from core.cohort.origins import origins
from core.reporting.labels import column_label
from core.spec import EndpointSpec
from core.timetoevent import DAYS_PER
from ui import tables
from ui.screen import st

UNITS = ("days", "weeks", "months", "years")
_NONE_BEFORE = "Nothing competes"
_OPEN, _CUT, _UNTIL = "at the last contact", "at a data cut", "after a time"
_A_DAY = "a day"
_CAUSES = {"death_date": "death", "transplant_date": "transplant"}


def date_parts(table: Table, known: EndpointSpec | None, prefix: str, *, counts: bool = False) -> dict[str, Any] | None:
    """Draw the menus of an endpoint from dates, or from columns that count from time zero; None while one is missing.

    Parameters
    ----------
    table : Table
    known : EndpointSpec, optional
        What the menus start with.
    prefix : str
        Of the widgets' keys.
    counts : bool
        Whether columns count the time to each event; then there is no date of time zero.
    """
    columns = [column.name for column in table.columns if column.kind == ("number" if counts else "date")]
    if len(columns) < 2:
        st.caption(f"No two columns of {'times' if counts else 'dates'} were recognised in this file.")
        return None
    start = None if counts else _start(table, columns, known, prefix)
    event_date = st.multiselect(
        "to the event on",
        columns,
        default=[name for name in known.event_dates if name in columns] if known else [],
        placeholder="Choose",
        help="The earliest of several dates counts: for progression-free survival those of progression and death.",
        key=f"{prefix}_event_date",
    )
    before = _competing(table, [name for name in columns if name not in (start, *event_date)], known, prefix)
    seen = _one(columns, "or was last seen on", known.censor_date if known else None, f"{prefix}_censor_date")
    unit = unit_menu(known, prefix)
    if not ((start or counts) and event_date and seen):
        st.caption("Choose the dates; an empty date of the event means that it did not happen.")
        return None
    return {
        "start": start,
        "event_date": event_date,
        "competing_date": before,
        "censor_date": seen,
        "unit": unit,
    }


def unit_menu(known: EndpointSpec | None, prefix: str) -> str:
    """The unit of the times."""
    now = known.unit if known else "months"
    return st.selectbox("in", UNITS, index=UNITS.index(now), key=f"{prefix}_unit") or now


def _start(table: Table, columns: list[str], known: EndpointSpec | None, prefix: str) -> str | None:
    """Time zero: any column of dates, those that mark a beginning first and with what they mark."""
    means = {origin.column: origin.means for origin in origins(table)}
    ordered = [*means, *(name for name in columns if name not in means)]
    now = known.start if known else None
    return st.selectbox(
        "It runs from",
        ordered,
        index=ordered.index(now) if now in ordered else None,
        format_func=lambda name: f"{name} ({means[name]})" if name in means else name,
        placeholder="Choose",
        key=f"{prefix}_start",
    )


def _one(columns: list[str], label: str, now: str | None, key: str) -> str | None:
    return st.selectbox(
        label, columns, index=columns.index(now) if now in columns else None, key=key, placeholder="Choose"
    )


def _competing(table: Table, columns: list[str], known: EndpointSpec | None, prefix: str) -> dict[str, list[str]]:
    """Dates after which the event no longer counts: death or transplant before progression."""
    if not columns or (known is not None and known.event is not None):
        return {}
    names = {column: cause for cause, dates in known.competing_dates.items() for column in dates} if known else {}
    chosen = st.multiselect(
        "unless before that came",
        columns,
        default=[name for name in columns if name in names],
        placeholder=_NONE_BEFORE,
        help="Competing events, for example death or a transplant before progression. Without them such patients are "
        "censored when last seen.",
        key=f"{prefix}_competing_date",
    )
    found: dict[str, list[str]] = {}
    for name in chosen:
        role = table.column(name).role or ""
        found.setdefault(names.get(name) or _CAUSES.get(role) or column_label(name), []).append(name)
    return found


def say_pairs(known: EndpointSpec) -> None:
    """What an endpoint of several times and events is, where it is one."""
    pairs = [f"{known.event} (at {known.time})", *(f"{pair.event} (at {pair.time})" for pair in known.also)]
    st.caption(tables.prose(f"The earlier of {' and '.join(pairs)} counts."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where follow-up ends, for all endpoints.

    Attributes
    ----------
    data_cut : str, optional
    start : str, optional
        Date of time zero, for endpoints with a column of times.
    until : float, optional
        In ``unit``.
    incomplete : bool
        Whether the day or the time is still to be chosen.
    """

    data_cut: str | None = None
    start: str | None = None
    until: float | None = None
    unit: str = "months"
    incomplete: bool = False

    def applied(self, spec: EndpointSpec) -> EndpointSpec:
        """The endpoint with this end; ValueError where it does not fit."""
        until = self.until
        if until is not None and spec.unit != self.unit:
            until = until * DAYS_PER[self.unit] / DAYS_PER[spec.unit]
        start = spec.start if spec.time is None else self.start if self.data_cut else None
        parts = spec.model_dump() | {"data_cut": self.data_cut, "start": start, "until": until}
        return EndpointSpec.model_validate(parts)


def cut_menu(draft: Cohort, prefix: str) -> Cut | None:
    """Draw where follow-up ends; None where nothing was changed (each endpoint keeps its own)."""
    first = next((spec for spec in draft.spec.endpoints.values() if spec.data_cut or spec.until), None)
    now = _OPEN if first is None else _CUT if first.data_cut else _UNTIL
    mode = st.segmented_control(
        "Follow-up ends", [_OPEN, _CUT, _UNTIL], default=now, required=True, key=f"{prefix}_cut_mode",
        help="At a data cut, or after a time: what happened later is censored there, in all endpoints.",
    )  # fmt: skip
    before = Cut() if first is None else Cut(**_parts(first))
    if mode == _CUT:
        chosen = _cut_day(draft, before, prefix)
    elif mode == _UNTIL:
        chosen = _cut_time(before, prefix)
    else:
        chosen = Cut()
    return None if chosen == before else chosen


def _parts(spec: EndpointSpec) -> dict[str, Any]:
    start = spec.start if spec.time is not None else None
    return {"data_cut": spec.data_cut, "until": spec.until, "start": start, "unit": spec.unit}


def _cut_day(draft: Cohort, before: Cut, prefix: str) -> Cut:
    dates = [column.name for column in draft.patients.columns if column.kind == "date"]
    left, right = st.columns(2)
    with left:
        now = before.data_cut if before.data_cut in dates else _A_DAY
        options = [_A_DAY, *dates]
        column = st.selectbox("The data cut is", options, index=options.index(now), key=f"{prefix}_cut_column")
    with right:
        day = _written(st.date_input("on", _day(before), key=f"{prefix}_cut_day")) if column == _A_DAY else column
    if day is None:
        st.caption("Choose the day of the data cut.")
        return Cut(incomplete=True)
    timed = [spec for spec in draft.spec.endpoints.values() if spec.time is not None]
    start = _zero(draft.patients, dates, before, prefix) if timed else None
    return Cut(data_cut=day, start=start, unit=before.unit)


def _zero(table: Table, dates: list[str], before: Cut, prefix: str) -> str | None:
    """The date of time zero, which a column of times does not say."""
    if not dates:
        st.caption("The times of this file have no dates beside them: a data cut cannot be applied to them.")
        return None
    now = before.start or table.with_role("start_date") or next((origin.column for origin in origins(table)), None)
    label = "Times in the file count from"
    return _one(dates, label, now, f"{prefix}_cut_start")


def _cut_time(before: Cut, prefix: str) -> Cut:
    left, right = st.columns(2)
    with left:
        until = st.number_input("after", min_value=0.0, value=before.until, placeholder="60", key=f"{prefix}_until")
    with right:
        unit = st.selectbox("of", UNITS, index=UNITS.index(before.unit), key=f"{prefix}_until_unit")
    if not until:
        st.caption("Say after which time follow-up ends.")
    return Cut(until=until or None, unit=unit or before.unit, incomplete=not until)


def _day(before: Cut) -> datetime.date | None:
    try:
        return None if before.data_cut is None else datetime.date.fromisoformat(before.data_cut)
    except ValueError:
        return None


def _written(day: Any) -> str | None:
    return day.isoformat() if isinstance(day, datetime.date) else None


def cut_endpoints(endpoints: dict[str, EndpointSpec], cut: Cut | None) -> dict[str, EndpointSpec] | None:
    """The endpoints with the chosen end; None, with a message, where it does not fit one of them."""
    if cut is None or cut.incomplete:
        return None if cut is not None else endpoints
    made: dict[str, EndpointSpec] = {}
    for name, spec in endpoints.items():
        try:
            made[name] = cut.applied(spec)
        except ValidationError as error:
            st.warning(tables.prose(f"{name}: {str(error.errors()[0]['msg']).removeprefix('Value error, ')}."))
            return None
    return made


def modes(known: EndpointSpec | None) -> Sequence[str]:
    """Where times can come from; counts to each event are offered only where the file has such columns."""
    return (BY_TIME, BY_DATES, BY_COUNTS) if known is not None and known.from_counts else (BY_TIME, BY_DATES)


BY_TIME, BY_DATES, BY_COUNTS = "a column with the time", "dates", "times to each event"
