"""What the page of adverse events over time is asked: which events, until when, and how they are shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.labels import column_label, endpoint_label
from core.safety.results import AdverseEventTable
from core.spec import EventKind, UndatedRule
from core.timetoevent import DAYS_PER
from ui import cached, messages
from ui.safety_options import KINDS
from ui.screen import st
from ui.selection import Selection
from ui.survival_options import CONF_TYPES, choose_conf_level, choose_times, follow_up, menu, switch

FIRST = "First event"
COUNT = "Events per patient"
PICTURES = (FIRST, COUNT)
SEVERE = 3
_CLASS = "class: "  # tells a class from a term of that name
UNDATED: dict[UndatedRule, str] = {
    "left-out": "Left out, and said",
    "start": "Counted at the start: the most it can be",
    "end": "Counted at the end: the least it can be",
}
EARLY_DAYS = 250.0  # most adverse events come early: where they are read to start with
UNITS = ("days", "weeks", "months", "years")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which events: a kind, a class, or one term, of any grade or severe."""

    what: str
    severe: bool
    kinds: tuple[EventKind, ...]

    def question(self) -> dict[str, Any]:
        """As keys of the specification."""
        asked: dict[str, Any] = {"min_grade": SEVERE} if self.severe else {}
        if self.what in ("all", *self.kinds):
            return asked | {"events": self.what}
        if self.what.startswith(_CLASS):
            return asked | {"classes": [self.what.removeprefix(_CLASS)]}
        return asked | {"terms": [self.what]}


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTimeOptions:
    """Options of the page; ``question`` turns them into keys of the specification."""

    chosen: Chosen
    endpoint: str
    picture: str
    times: tuple[float, ...]
    conf_type: str
    conf_level: float
    until: dict[str, Any]
    undated: UndatedRule
    show_band: bool
    show_censored: bool

    def question(self) -> dict[str, Any]:
        """The question of the page."""
        return {
            "kind": "adverse_event_time",
            "endpoint": self.endpoint,
            "times": self.times,
            "conf_type": self.conf_type,
            "conf_level": self.conf_level,
            "undated": self.undated,
            **self.chosen.question(),
            **self.until,
        }


def choose_events(cohort: Cohort, table: AdverseEventTable, kinds: Sequence[EventKind]) -> Chosen:
    """The menu of events, and whether only severe ones count; ``table`` holds the terms and classes there are."""
    terms = dict.fromkeys(row.term for row in table.rows if row.term)
    found = [row.event_class for row in table.class_rows if row.event_class]
    classes = tuple(found) if len(found) > 1 else ()
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    words = {str(kind): f"{name} (any)" for kind, name in KINDS.items() if kind != "all"} | {"all": "Any adverse event"}
    words |= {_CLASS + name: f"{name} (class)" for name in classes}
    known = ["all", *kinds, *(_CLASS + name for name in classes), *terms]
    with left:
        what = st.selectbox(
            "Adverse event",
            known,
            format_func=lambda name: words.get(name, name),
            key=f"aet_event_{cohort.digest[:12]}",
            persist_state="session",
        )
    with right:
        severe = table.graded and st.checkbox("Grade 3 or more", key="aet_severe", persist_state="session")
    return Chosen(what=what if what in known else "all", severe=severe, kinds=tuple(kinds))


def choose_picture() -> str:
    """First events or events per patient."""
    picture: str | None = st.segmented_control(
        "Picture", PICTURES, default=FIRST, key="aet_picture", persist_state="session", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return picture or FIRST


def choose(cohort: Cohort, selection: Selection, chosen: Chosen, *, picture: str) -> OverTimeOptions:
    """Draw the options popover and read it."""
    with st.popover("Options"):
        endpoint = _endpoint(cohort, selection)
        with messages.plain_errors():
            unit, last = follow_up(cached.subset(cohort, dataclasses.replace(selection, endpoint=endpoint)))
        return OverTimeOptions(
            chosen=chosen,
            endpoint=endpoint,
            picture=picture,
            times=choose_times("Read at", unit, min(last, EARLY_DAYS / DAYS_PER[unit]), key="aet_times"),
            until=_until(cohort),
            undated=menu("Events without a start", UNDATED, "aet_undated"),
            conf_type=menu("Confidence interval", CONF_TYPES, "aet_conf_type"),
            conf_level=choose_conf_level("aet_conf_level"),
            show_band=switch("Confidence band (up to four groups)", "aet_band", start=True),
            show_censored=switch("1 − Kaplan-Meier beside it, dotted", "aet_naive", start=False),
        )


def _endpoint(cohort: Cohort, selection: Selection) -> str:
    """Whose follow-up is the time at risk: overall survival where known, as events are seen after progression."""
    names = list(cohort.spec.endpoints)
    start = next((name for name in names if name.upper() == "OS"), str(selection.endpoint))
    found = st.selectbox(
        "At risk until the end of follow-up for",
        names,
        index=names.index(start),
        format_func=endpoint_label,
        help="What ends that follow-up, death or progression, competes with the adverse event.",
        key=f"aet_endpoint_{cohort.digest[:12]}_{start}",
        persist_state="session",
    )
    return found if found in names else start


def _until(cohort: Cohort) -> dict[str, Any]:
    """The end of treatment, days after it that count, and whether it competes."""
    used = {name for spec in cohort.spec.endpoints.values() for name in spec.columns}
    free = [
        column.name
        for column in cohort.patients.columns
        if column.name not in used and column.kind in ("number", "date")
        if column.role not in ("patient_id", "weight", "start_date")
    ]
    column = st.selectbox(
        "End of treatment",
        free,
        index=None,
        format_func=column_label,
        placeholder="not used: at risk until the end of follow-up",
        help="The column with the day or date on which treatment ended; empty means not ended.",
        key=f"aet_until_{cohort.digest[:12]}",
        persist_state="session",
    )
    if column is None or column not in free:
        return {}
    asked: dict[str, Any] = {"until": column}
    if cohort.patients.column(column).kind == "number":
        asked["until_unit"] = st.selectbox("Its numbers are", UNITS, key="aet_until_unit", persist_state="session")
    window = st.number_input(
        "Days after it that still count", min_value=0, value=30, key="aet_window", persist_state="session"
    )
    competes = st.checkbox(
        "It competes: after it the event cannot count any more", key="aet_competes", persist_state="session"
    )
    return asked | {"window": window or 0, "until_competes": competes}
