"""The adverse-events page: which classes, how sorted, how rare, and the picture beside the table."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import streamlit as st

from core.cohort.cohort import Cohort
from core.cohort.select import Grouping, levels_of
from core.reporting.adverse_event_report import SortBy, adverse_event_report, arrange
from core.reporting.methods_text import method_lines
from core.reporting.sentences import adverse_event_headline
from core.result import AnalysisResult
from core.safety.adverse_events import AdverseEventTable
from ui import cached, downloads, figures, messages, tables
from ui.charts.adverse_events import butterfly_spec
from ui.charts.describe import describe_adverse_events
from ui.selection import Selection

SORTS: dict[SortBy, str] = {
    "frequency": "Frequency",
    "grade3": "Grade 3 or more",
    "difference": "Difference",
    "name": "Name",
}
DIFFERENCES = {"miettinen-nurminen": "Miettinen-Nurminen", "newcombe": "Newcombe", "wald": "Wald"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyOptions:
    """How adverse events are shown."""

    classes: tuple[str, ...] | None
    sort_by: SortBy
    min_percent: float
    difference: str


def without_endpoint(selection: Selection) -> Selection:
    """The selection for analyses of all patients, with or without follow-up."""
    return dataclasses.replace(selection, endpoint=None)


def choose(cohort: Cohort, groups: Grouping) -> SafetyOptions:
    """Draw the widgets and read them."""
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
    sorts = [name for name in SORTS if name != "difference" or len(groups.levels) == 2]
    with st.popover("Options"):
        sort_by = st.selectbox(
            "Sort by", sorts, format_func=lambda name: SORTS[name], key="ae_sort", persist_state="session"
        )
        min_percent = st.slider(
            "Leave out terms below this incidence in every group (%)", 0, 50, 0, key="ae_prune", persist_state="session"
        )
        difference = st.selectbox(
            "Interval of the difference",
            list(DIFFERENCES),
            format_func=lambda name: DIFFERENCES[name],
            key="ae_difference",
            persist_state="session",
        )
    return SafetyOptions(
        classes=None if chosen == "All" or chosen not in classes else (chosen,),
        sort_by=sort_by,
        min_percent=float(min_percent),
        difference=difference,
    )


def _classes(cohort: Cohort) -> list[str]:
    events = cohort.adverse_events
    column = None if events is None else cohort.spec.roles.get("ae_class") or events.with_role("ae_class")
    if events is None or column is None or column not in events.frame:
        return []
    levels = levels_of(events, column)
    return list(levels) if len(levels) <= 4 else []


def analyse(cohort: Cohort, selection: Selection, options: SafetyOptions) -> AnalysisResult:
    """Adverse events of what is selected."""
    question = {
        "kind": "adverse_events",
        "classes": None if options.classes is None else list(options.classes),
        "difference": options.difference,
    }
    return cached.analysis(cohort, without_endpoint(selection), question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    st.markdown(tables.prose(adverse_event_headline(result)))
    if cohort.synthetic:
        messages.synthetic()


def bar(cohort: Cohort, result: AnalysisResult, options: SafetyOptions) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    report = adverse_event_report(result, sort_by=options.sort_by, min_percent=options.min_percent)
    downloads.download(
        f"{cohort.name}_adverse_events",
        made=lambda: {"Adverse events": report},
        whose=figures.whose(cohort, result),
        figure=downloads.Figure(
            spec=lambda: butterfly_spec(_arranged(result, options), palette=figures.PAPER, width=figures.EXPORT_WIDTH),
            title="Adverse events",
            caption=figures.caption(cohort, result),
        ),
    )


def _arranged(result: AnalysisResult, options: SafetyOptions) -> AdverseEventTable:
    return arrange(result.adverse_events, sort_by=options.sort_by, min_percent=options.min_percent)


def figure(result: AnalysisResult, options: SafetyOptions) -> None:
    """The butterfly: one group to the left, the other to the right."""
    shown = _arranged(result, options)
    spec = butterfly_spec(shown, palette=figures.palette())
    st.vega_lite_chart(spec, theme=None, width="stretch", key="ae_chart", alt=describe_adverse_events(shown))


def table(result: AnalysisResult, options: SafetyOptions) -> None:
    """The table, same rows and order."""
    made = adverse_event_report(result, sort_by=options.sort_by, min_percent=options.min_percent)
    tables.show(made)
    messages.notes(result.notes, said=made.footnotes)
