"""What the adverse-events page is asked: which events, how counted and compared, which terms are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.cohort.cohort import Cohort
from core.cohort.select import Grouping, levels_of
from core.reporting.adverse_event_cells import GradeColumns
from core.result import AnalysisResult
from core.safety.results import AdverseEventTable
from core.spec import AdverseEventsShow, EventKind, EventOrder, Picture
from ui import safety_view
from ui.screen import st

SORTS: dict[EventOrder, str] = {
    "frequency": "Frequency",
    "grade3": "Grade 3 or more",
    "difference": "Difference",
    "p": "P",
    "class": "Class",
    "name": "Name",
}
PICTURES: dict[Picture, str] = {
    "butterfly": "Bars",
    "dots": "Differences",
    "volcano": "Volcano",
    "heat-map": "Patients",
    "timeline": "In time",
}
SEVERITIES = {"any": "Any grade", "grade3plus": "Grade 3 or more"}
EFFECTS = {"difference": "Difference", "risk-ratio": "Risk ratio"}
MOST_TERMS = (10, 20, 40, 80, 160)
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
    """How adverse events are asked for (``question``, in the keys of a specification) and shown."""

    question: dict[str, Any]
    show: AdverseEventsShow
    grades: GradeColumns
    rates: bool


def choose(cohort: Cohort, groups: Grouping, kinds: Sequence[EventKind]) -> SafetyOptions:
    """Draw the widgets and read them; ``kinds`` are those that the table tells apart."""
    safety_view.begin(cohort)
    classes = _classes(cohort)
    chosen = "All"
    if len(classes) > 1:
        safety_view.unfit(safety_view.of_cohort("class", cohort), ["All", *classes])
        chosen = st.segmented_control(
            "Class",
            ["All", *classes],
            default=_default(safety_view.of_cohort("class", cohort), "All"),
            key=safety_view.of_cohort("class", cohort),
            persist_state="session",
            label_visibility="collapsed",
            required=True,
        )
    question: dict[str, Any] = {"kind": "adverse_events"}
    if chosen != "All" and chosen in classes:
        question["classes"] = [chosen]
    if kinds:
        safety_view.unfit(safety_view.of_cohort("kind", cohort), ["all", *kinds])
        question["events"] = st.selectbox(
            "Events",
            ["all", *kinds],
            format_func=lambda kind: KINDS[kind],
            key=safety_view.of_cohort("kind", cohort),
            persist_state="session",
            label_visibility="collapsed",
            width=240,
        )
    with st.popover("Options"):
        return _options(question, two=len(groups.levels) == 2, several=len(groups.levels) > 1)


def _options(question: dict[str, Any], *, two: bool, several: bool) -> SafetyOptions:
    """What stands in the menu: first what is shown, then what is computed."""
    search = st.text_input("Show terms that contain", key="ae_search", persist_state="session")
    sorts = {name: SORTS[name] for name in SORTS if several or name not in ("difference", "p")}
    sort = _menu("Sort by", sorts, "ae_sort")
    grades = _menu("Grades", GRADES, "ae_grades")
    min_percent = st.slider(
        "Leave out terms below this incidence in every group (%)", 0, 100, key="ae_prune", persist_state="session"
    )
    min_difference = 0
    if several:
        min_difference = st.slider(
            "Leave out terms with a smaller difference (percentage points)",
            0, 100, key="ae_prune_difference", persist_state="session",
        )  # fmt: skip
    counts = sorted({*MOST_TERMS, st.session_state.get("ae_most", 40)})
    most = _menu("Terms in a picture at most", {n: str(n) for n in counts}, "ae_most", start=40)
    question = question | {"count": _menu("Count", COUNTS, "ae_count")}
    if two:
        question |= {"difference": _menu("Interval of the difference", DIFFERENCES, "ae_difference")}
        question |= RATIOS[_menu("Ratio", {name: words for name, (words, _) in RATIOS.items()}, "ae_ratio")][1]
        question |= {"test": _menu("Exact test", TESTS, "ae_test")}
    rates = st.checkbox("Incidence per person-time", key="ae_rates", persist_state="session")
    return SafetyOptions(
        question=question,
        show=AdverseEventsShow(
            sort=sort, min_percent=min_percent, min_difference=min_difference, search=search.strip(), most_terms=most
        ),
        grades=grades,
        rates=rates,
    )


def picture(cohort: Cohort, options: SafetyOptions, result: AnalysisResult) -> AdverseEventsShow:
    """Draw the choice of a picture and what belongs to it; what is shown, the picture with it."""
    table = result.adverse_events
    offered = {name: words for name, words in PICTURES.items() if name in _possible(cohort, table)}
    if not offered:
        return options.show
    with st.container(horizontal=True, vertical_alignment="bottom"):
        safety_view.unfit("ae_picture", list(offered))
        chosen = st.segmented_control(
            "Picture",
            list(offered),
            default=_default("ae_picture", next(iter(offered))),
            format_func=lambda name: offered[name],
            key="ae_picture",
            persist_state="session",
            required=True,
        )
        held: dict[str, Any] = {"picture": chosen}
        if chosen in ("dots", "volcano") and table.graded:
            held["severity"] = _menu("Grades drawn", SEVERITIES, "ae_severity", width=170)
        if chosen == "volcano":
            held["effect"] = _menu("Across", EFFECTS, "ae_effect", width=150)
            others = [level for level in table.levels if level != table.reference]
            if len(others) > 1:
                key = safety_view.of_cohort("level", cohort)
                held["level"] = _menu("Against the reference", {level: level for level in others}, key, width=230)
    return options.show.model_copy(update=held)


def _possible(cohort: Cohort, table: AdverseEventTable) -> list[Picture]:
    """Pictures that the data and the question have something for."""
    made: list[Picture] = ["butterfly"] if table.counted == "patients" else []
    if table.counted == "patients" and len(table.levels) > 1:
        made += ["dots", "volcano"]
    events = cohort.adverse_events
    dated = events is not None and events.with_role("ae_start") is not None
    return [*made, "heat-map", *(["timeline"] if dated else [])]  # type: ignore[list-item]


def _menu(
    label: str, words: dict[Any, str], key: str, *, start: Any = None, width: int | Literal["stretch"] = "stretch"
) -> Any:
    """A menu of a few words."""
    names = list(words)
    safety_view.unfit(key, names)
    index = names.index(start) if start in names and key not in st.session_state else 0
    return st.selectbox(
        label, names, index=index, format_func=lambda name: words[name], key=key, persist_state="session", width=width
    )


def _default(key: str, value: Any) -> Any:
    """What a widget starts with; nothing where it holds something already."""
    return None if key in st.session_state else value


def _classes(cohort: Cohort) -> list[str]:
    events = cohort.adverse_events
    column = None if events is None else cohort.spec.roles.get("ae_class") or events.with_role("ae_class")
    if events is None or column is None or column not in events.frame:
        return []
    levels = levels_of(events, column)
    return list(levels) if len(levels) <= 4 else []
