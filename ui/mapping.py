"""Is this what you meant? What was recognised in an uploaded cohort, to confirm or correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from core.cohort.cohort import Cohort, Table
from core.cohort.empty_events import empty_cells
from core.cohort.event_values import recognise_event_values
from core.cohort.select import levels_of
from core.cohort.values import match_levels
from core.reporting.endpoint_sentence import endpoint_sentence
from core.reporting.labels import endpoint_label
from core.spec import CohortSpec, EndpointSpec, Scalar
from ui import endpoint_builder as builder
from ui import mapping_codes
from ui.mapping_competing import competing_values
from ui.mapping_sessions import session_roles
from ui.screen import st
from ui.tables import escaped

NOBODY = "(nobody)"  # a value that is in no file: every patient is censored
ENDPOINT_NAMES = ("OS", "PFS", "RFS", "TTP", "LTP", "DOR", "DFS", "EFS")
_DATE_ITSELF = "the date of the event"
AE_ROLES = {
    "ae_patient_id": "Patient",
    "ae_term": "Adverse event",
    "ae_grade": "Grade",
    "ae_class": "Class",
}


def edit_mapping(draft: Cohort) -> CohortSpec | None:
    """Draw the recognised roles as sentences with a menu in each; None while something is missing."""
    prefix = f"map_{draft.digest[:12]}"
    roles = {
        "patient_id": _column(draft.patients, "Each patient is named by", draft.spec.roles.get("patient_id"), prefix)
    }
    without = not draft.spec.endpoints and st.checkbox("This file has no survival data", key=f"{prefix}_without")
    endpoints = {} if without else _endpoints(draft, prefix)
    if draft.adverse_events is not None:
        roles |= _adverse_event_roles(draft, prefix)
    sessions = session_roles(draft, prefix)
    if endpoints is None:
        return None
    kept = {role: column for role, column in draft.spec.roles.items() if role not in roles}
    return draft.spec.model_copy(
        update={
            "roles": kept | {role: column for role, column in roles.items() if column} | sessions,
            "endpoints": endpoints,
        }
    )


def is_answered(draft: Cohort) -> bool:
    """Whether codes that nobody had explained were explained on the page."""
    return mapping_codes.answered(draft, f"map_{draft.digest[:12]}")


def _endpoints(draft: Cohort, prefix: str) -> dict[str, EndpointSpec] | None:
    names_key = f"{prefix}_endpoints"
    if names_key not in st.session_state:
        st.session_state[names_key] = list(draft.spec.endpoints) or ["OS"]
    names: list[str] = st.session_state[names_key]
    found: dict[str, EndpointSpec] = {}
    complete = True
    for name in list(names):
        with st.container(border=True):
            sentence = st.empty()
            answer = mapping_codes.ask(draft, name, f"{prefix}_{name}")
            with st.expander("Change", expanded=name not in draft.spec.endpoints):
                endpoint = _endpoint(draft, name, f"{prefix}_{name}", answer)
                if len(names) > 1 and st.button(f"Remove {name}", key=f"{prefix}_{name}_remove", type="tertiary"):
                    names.remove(name)
                    st.rerun()
            _say(sentence, name, endpoint)
        complete = complete and endpoint is not None
        if endpoint is not None:
            found[name] = endpoint
    _add_endpoint(names, prefix)
    return builder.cut_endpoints(found, builder.cut_menu(draft, prefix)) if complete and found else None


def _say(place: DeltaGenerator, name: str, endpoint: EndpointSpec | None) -> None:
    """The endpoint as it is read, or that something is missing."""
    words = endpoint_label(name)
    lead = name if words == name else f"{name}, {words}"
    text = f"{lead}: not complete yet." if endpoint is None else endpoint_sentence(name, endpoint)
    place.markdown(f"**{escaped(lead)}**{escaped(text.removeprefix(lead))}")


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


def _endpoint(draft: Cohort, name: str, prefix: str, answer: mapping_codes.Answer | None) -> EndpointSpec | None:
    known = draft.spec.endpoints.get(name)
    mode = st.segmented_control(
        "Times come from", builder.modes(known), default=_mode(draft.patients, known), key=f"{prefix}_mode",
        required=True,
    )  # fmt: skip
    if mode == builder.BY_TIME:
        parts = _time_parts(draft.patients, known, prefix, answer)
    else:
        parts = builder.date_parts(draft.patients, known, prefix, counts=mode == builder.BY_COUNTS)
        parts = parts and _with_status(draft.patients, parts, known, prefix, answer=answer)
    try:
        return EndpointSpec.model_validate(parts | _cut_so_far(known, parts)) if parts else None
    except ValidationError as error:
        st.warning(str(error.errors()[0]["msg"]).removeprefix("Value error, "))
        return None


def _cut_so_far(known: EndpointSpec | None, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Where follow-up of an endpoint ended before its menus were drawn."""
    if known is None or known.data_cut is None:
        return {"until": known.until if known is not None else None}
    start = parts.get("start") or known.start
    return {"until": known.until, "data_cut": known.data_cut if start else None, "start": start}


def _mode(table: Table, known: EndpointSpec | None) -> str:
    """Where times come from: as recognised, or dates where there are some and no times."""
    if known is not None:
        return builder.BY_DATES if known.from_dates else builder.BY_COUNTS if known.from_counts else builder.BY_TIME
    dates = sum(column.kind == "date" for column in table.columns)
    return builder.BY_DATES if dates >= 2 and table.with_role("time") is None else builder.BY_TIME


def _time_parts(
    table: Table, known: EndpointSpec | None, prefix: str, answer: mapping_codes.Answer | None
) -> dict[str, Any] | None:
    left, right = st.columns([3, 2])
    with left:
        time = _column(table, "It is timed by", known.time if known else None, f"{prefix}_time")
    with right:
        unit = builder.unit_menu(known, prefix)
    left, right = st.columns([3, 2])
    with left:
        event = _column(table, "What happened stands in", known.event if known else None, f"{prefix}_event")
    if not time or not event:
        st.caption("Choose the column with the time and the column that says whether the event happened.")
        return None
    with right:
        status = _status_parts(table, event, known, prefix, answer=answer)
    also = known.also if known and (known.time, known.event) == (time, event) else ()
    if known and also:
        builder.say_pairs(known)
    timed = {"time": time, "unit": unit, "entry": known.entry if known else None, "also": also}
    return status and timed | status


def _status_parts(
    table: Table, event: str, known: EndpointSpec | None, prefix: str, *, answer: mapping_codes.Answer | None
) -> dict[str, Any] | None:
    """The column that says what happened, and which of its values mean the event; None while that is not said."""
    if answer is not None and answer.column == event:
        return answer.parts and {"event": event} | answer.parts | _empty_cells(table, event, known, prefix)
    event_is = _event_values(table, event, known, prefix)
    if not event_is and st.checkbox("Nobody had the event", key=f"{prefix}_nobody"):
        event_is = [NOBODY]
    if not event_is:
        st.caption("Say which values mean that the event happened; all others that are written count as censored.")
        return None
    competing = competing_values(table, event, event_is, known=known, prefix=prefix)
    return {"event": event, "event_is": event_is, "competing": competing} | _empty_cells(table, event, known, prefix)


def _empty_cells(table: Table, event: str, known: EndpointSpec | None, prefix: str) -> dict[str, bool]:
    """Whether an empty cell means that it did not happen, asked where there are any."""
    n = int(empty_cells(table, event).sum())
    if not n:
        return {}
    now = known is not None and known.event == event and known.empty_is_none
    means_none = st.checkbox(
        f"An empty cell means that it did not happen ({n} patients)",
        value=now,
        key=f"{prefix}_empty_{event}",
        help="Otherwise an empty cell is unknown, and the patient is left out.",
    )
    return {"empty_is_none": means_none}


def _event_values(table: Table, event: str, known: EndpointSpec | None, prefix: str) -> Sequence[Scalar]:
    values = list(levels_of(table, event))
    if len(values) > 30:
        st.warning(f"{event} has {len(values)} different values: is it the column that says what happened?")
        return []
    meant = known.event_is if known and known.event == event and known.event_is else None
    if meant is None:
        meant = recognise_event_values(values, column=event).event_is
    start = [value for value, matched in zip(values, match_levels(values, meant), strict=True) if matched]
    chosen = st.multiselect("Values that mean the event", values, default=start, key=f"{prefix}_is_{event}")
    return meant if chosen == start else chosen  # as it was written where nothing was changed


def _with_status(
    table: Table,
    parts: dict[str, Any],
    known: EndpointSpec | None,
    prefix: str,
    *,
    answer: mapping_codes.Answer | None,
) -> dict[str, Any] | None:
    """The dates with the column that says whether the event happened, where there is one."""
    now = known.event if known and known.time is None else None
    names = [_DATE_ITSELF, *(column.name for column in table.columns if column.kind not in ("date", "empty"))]
    event = st.selectbox(
        "Whether it happened stands in",
        names,
        index=names.index(now) if now in names else 0,
        key=f"{prefix}_status_column",
    )
    parts["entry"] = known.entry if known and known.from_dates else None
    if event != _DATE_ITSELF:
        status = _status_parts(table, event, known, prefix, answer=answer)
        return status and parts | {"competing_date": {}} | status
    if parts["censor_date"] in parts["event_date"]:
        st.caption("One column dates the event and the last contact: choose the column that says which of them it was.")
        return None
    return parts


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
