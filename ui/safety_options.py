"""What the adverse-events page is asked: which events, how counted and compared, which terms are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.cohort.cohort import Cohort
from core.cohort.select import Grouping, levels_of
from core.reporting.adverse_event_cells import GradeColumns
from core.reporting.adverse_event_report import SortBy
from core.spec import EventKind

SORTS: dict[SortBy, str] = {
    "frequency": "Frequency",
    "grade3": "Grade 3 or more",
    "difference": "Difference",
    "name": "Name",
}
KINDS: dict[EventKind, str] = {
    "all": "All events",
    "related": "Treatment-related",
    "immune-mediated": "Immune-mediated",
    "serious": "Serious",
    "stopped": "Leading to stop of treatment",
    "changed": "Leading to stop or change",
}
GRADES: dict[GradeColumns, str] = {
    "severe": "Any and grade ≥ 3, compared",
    "bands": "Grades 1–2, 3–4, 5 and ≥ 3",
    "each": "Each grade",
}
COUNTS = {"patients": "Patients, with their worst grade", "events": "All events"}
DIFFERENCES = {"miettinen-nurminen": "Miettinen-Nurminen", "newcombe": "Newcombe", "wald": "Wald"}
RATIOS: dict[str, tuple[str, dict[str, str]]] = {
    "none": ("None", {}),
    "koopman": ("Risk ratio (score limits)", {"risk_ratio": "koopman"}),
    "katz": ("Risk ratio (Katz limits)", {"risk_ratio": "katz"}),
    "conditional": ("Odds ratio (exact limits)", {"odds_ratio": "conditional"}),
    "woolf": ("Odds ratio (Woolf limits)", {"odds_ratio": "woolf"}),
}
TESTS = {"fisher": "Fisher", "barnard": "Barnard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyOptions:
    """How adverse events are asked for (``question``) and shown."""

    question: dict[str, Any]
    sort_by: SortBy
    min_percent: float
    min_difference: float
    search: str
    grades: GradeColumns
    rates: bool


def choose(cohort: Cohort, groups: Grouping, kinds: Sequence[EventKind]) -> SafetyOptions:
    """Draw the widgets and read them; ``kinds`` are those that the table tells apart."""
    classes = _classes(cohort)
    chosen = "All"
    if len(classes) > 1:
        chosen = st.segmented_control(
            "Class",
            ["All", *classes],
            default="All",
            key=f"ae_class_{cohort.digest[:12]}",
            persist_state="session",
            label_visibility="collapsed",
            required=True,
        )
    question: dict[str, Any] = {"kind": "adverse_events"}
    if chosen != "All" and chosen in classes:
        question["classes"] = [chosen]
    if kinds:
        question["events"] = st.selectbox(
            "Events",
            ["all", *kinds],
            format_func=lambda kind: KINDS[kind],
            key=f"ae_kind_{cohort.digest[:12]}",
            persist_state="session",
            label_visibility="collapsed",
            width=240,
        )
    with st.popover("Options"):
        return _options(question, two=len(groups.levels) == 2, several=len(groups.levels) > 1)


def _options(question: dict[str, Any], *, two: bool, several: bool) -> SafetyOptions:
    """What stands in the menu: first what is shown, then what is computed."""
    search = st.text_input("Show terms that contain", key="ae_search", persist_state="session")
    sort_by = _menu("Sort by", {name: SORTS[name] for name in SORTS if name != "difference" or several}, "ae_sort")
    grades = _menu("Grades", GRADES, "ae_grades")
    min_percent = st.slider(
        "Leave out terms below this incidence in every group (%)", 0, 50, 0, key="ae_prune", persist_state="session"
    )
    min_difference = 0
    if several:
        min_difference = st.slider(
            "Leave out terms with a smaller difference (percentage points)",
            0, 50, 0, key="ae_prune_difference", persist_state="session",
        )  # fmt: skip
    question = question | {"count": _menu("Count", COUNTS, "ae_count")}
    if two:
        question |= {"difference": _menu("Interval of the difference", DIFFERENCES, "ae_difference")}
        question |= RATIOS[_menu("Ratio", {name: words for name, (words, _) in RATIOS.items()}, "ae_ratio")][1]
        question |= {"test": _menu("Exact test", TESTS, "ae_test")}
    rates = st.checkbox("Incidence per person-time", key="ae_rates", persist_state="session")
    return SafetyOptions(
        question=question,
        sort_by=sort_by,
        min_percent=float(min_percent),
        min_difference=float(min_difference),
        search=search,
        grades=grades,
        rates=rates,
    )


def _menu(label: str, words: dict[Any, str], key: str) -> Any:
    """A menu of a few words."""
    return st.selectbox(label, list(words), format_func=lambda name: words[name], key=key, persist_state="session")


def _classes(cohort: Cohort) -> list[str]:
    events = cohort.adverse_events
    column = None if events is None else cohort.spec.roles.get("ae_class") or events.with_role("ae_class")
    if events is None or column is None or column not in events.frame:
        return []
    levels = levels_of(events, column)
    return list(levels) if len(levels) <= 4 else []
