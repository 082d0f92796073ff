"""Is this what you meant? What was recognised in an uploaded cohort, to confirm or correct."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.cohort.cohort import Cohort, Table
from core.cohort.select import levels_of
from core.reporting.labels import endpoint_label
from core.spec import CohortSpec, EndpointSpec

UNITS = ("days", "weeks", "months", "years")
ENDPOINT_NAMES = ("OS", "PFS", "RFS", "TTP", "LTP", "DFS", "EFS")
AE_ROLES = {
    "ae_patient_id": "Patient",
    "ae_term": "Adverse event",
    "ae_grade": "Grade",
    "ae_class": "Class",
}
_DATES = {"start": "It runs from", "event_date": "to the event on", "censor_date": "or was last seen on"}


def edit_mapping(draft: Cohort) -> CohortSpec | None:
    """Draw the recognised roles as sentences with a menu in each; None while something is missing."""
    prefix = f"map_{draft.digest[:12]}"
    roles = {
        "patient_id": _column(draft.patients, "Each patient is named by", draft.spec.roles.get("patient_id"), prefix)
    }
    endpoints = _endpoints(draft, prefix)
    if draft.adverse_events is not None:
        roles |= _adverse_event_roles(draft, prefix)
    if endpoints is None:
        return None
    kept = {role: column for role, column in draft.spec.roles.items() if role not in roles}
    return draft.spec.model_copy(
        update={"roles": kept | {role: column for role, column in roles.items() if column}, "endpoints": endpoints}
    )


def _endpoints(draft: Cohort, prefix: str) -> dict[str, EndpointSpec] | None:
    names_key = f"{prefix}_endpoints"
    if names_key not in st.session_state:
        st.session_state[names_key] = list(draft.spec.endpoints) or ["OS"]
    names: list[str] = st.session_state[names_key]
    found: dict[str, EndpointSpec] = {}
    complete = True
    for name in list(names):
        with st.container(border=True):
            endpoint = _endpoint(draft, name, f"{prefix}_{name}")
            if len(names) > 1 and st.button(f"Remove {name}", key=f"{prefix}_{name}_remove", type="tertiary"):
                names.remove(name)
                st.rerun()
        complete = complete and endpoint is not None
        if endpoint is not None:
            found[name] = endpoint
    _add_endpoint(names, prefix)
    return found if complete and found else None


def _add_endpoint(names: list[str], prefix: str) -> None:
    key = f"{prefix}_add_{len(names)}"

    def add() -> None:
        if st.session_state[key]:
            names.append(st.session_state[key])

    free = [name for name in ENDPOINT_NAMES if name not in names]
    st.selectbox(
        "Another endpoint",
        free,
        index=None,
        placeholder="Add an endpoint",
        format_func=lambda name: f"{name}, {endpoint_label(name)}",
        accept_new_options=True,
        on_change=add,
        key=key,
    )


def _endpoint(draft: Cohort, name: str, prefix: str) -> EndpointSpec | None:
    known = draft.spec.endpoints.get(name)
    words = endpoint_label(name)
    st.markdown(f"**{name}**" if words == name else f"**{name}**, {words}")
    by_dates = st.segmented_control(
        "Times come from",
        ["a column with the time", "dates"],
        default="dates" if known is not None and known.from_dates else "a column with the time",
        key=f"{prefix}_mode",
        required=True,
    )
    parts = (
        _date_parts(draft.patients, known, prefix)
        if by_dates == "dates"
        else _time_parts(draft.patients, known, prefix)
    )
    try:
        return EndpointSpec.model_validate(parts) if parts else None
    except ValidationError as error:
        st.warning(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
        return None


def _time_parts(table: Table, known: EndpointSpec | None, prefix: str) -> dict[str, Any] | None:
    left, right = st.columns([3, 2])
    with left:
        time = _column(table, "It is timed by", known.time if known else None, f"{prefix}_time")
    with right:
        unit = _unit(known, prefix)
    left, right = st.columns([3, 2])
    with left:
        event = _column(table, "What happened stands in", known.event if known else None, f"{prefix}_event")
    if not time or not event:
        st.caption("Choose the column with the time and the column that says whether the event happened.")
        return None
    with right:
        event_is = _event_values(table, event, known, prefix)
    if not event_is:
        st.caption("Say which values mean that the event happened; all others count as censored.")
        return None
    same = known is not None and known.event == event
    return {
        "time": time,
        "unit": unit,
        "event": event,
        "event_is": event_is,
        "competing": known.competing if same and known else {},
        "entry": known.entry if known else None,
    }


def _event_values(table: Table, event: str, known: EndpointSpec | None, prefix: str) -> list[str]:
    values = list(levels_of(table, event))
    if len(values) > 30:
        st.warning(f"{event} has {len(values)} different values: is it the column that says what happened?")
        return []
    recognised = {str(value) for value in known.event_is or ()} if known and known.event == event else set()
    start = [value for value in values if value in recognised or value.rstrip("0").rstrip(".") in recognised]
    return st.multiselect("Values that mean the event", values, default=start, key=f"{prefix}_is_{event}")


def _date_parts(table: Table, known: EndpointSpec | None, prefix: str) -> dict[str, Any] | None:
    dates = [column.name for column in table.columns if column.kind == "date"]
    if len(dates) < 2:
        st.caption("No two columns of dates were recognised in this file.")
        return None
    parts: dict[str, Any] = {}
    for key, label in (
        ("start", "It runs from"),
        ("event_date", "to the event on"),
        ("censor_date", "or was last seen on"),
    ):
        now = getattr(known, key) if known else None
        parts[key] = st.selectbox(
            label, dates, index=dates.index(now) if now in dates else None, key=f"{prefix}_{key}", placeholder="Choose"
        )
    parts["unit"] = _unit(known, prefix)
    return parts if all(parts.values()) else None


def _unit(known: EndpointSpec | None, prefix: str) -> str:
    now = known.unit if known else "months"
    return st.selectbox("in", UNITS, index=UNITS.index(now), key=f"{prefix}_unit") or now


def _adverse_event_roles(draft: Cohort, prefix: str) -> dict[str, str | None]:
    assert draft.adverse_events is not None
    with st.container(border=True):
        st.markdown("**Adverse events**, one row per event")
        places = st.columns(len(AE_ROLES))
        found: dict[str, str | None] = {}
        for (role, label), place in zip(AE_ROLES.items(), places, strict=True):
            with place:
                now = draft.spec.roles.get(role) or draft.adverse_events.with_role(role)
                found[role] = _column(draft.adverse_events, label, now, f"{prefix}_{role}")
    return found


def _column(table: Table, label: str, now: str | None, key: str) -> str | None:
    names = [column.name for column in table.columns]
    return st.selectbox(
        label,
        names,
        index=names.index(now) if now in names else None,
        placeholder="Choose a column",
        key=f"{key}_column",
    )
