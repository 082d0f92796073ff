"""The adverse-events page: the answer, the picture beside the table, and the overview."""

from __future__ import annotations

import dataclasses

import streamlit as st

from core.cohort.cohort import Cohort
from core.reporting.adverse_event_overview import adverse_event_overview
from core.reporting.adverse_event_report import adverse_event_report, arrange
from core.reporting.adverse_event_sentence import adverse_event_headline
from core.reporting.exposure_report import exposure_report
from core.reporting.methods_text import method_lines
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.safety.event_kinds import KIND_COLUMN
from core.safety.results import AdverseEventTable
from core.spec import EventKind
from ui import cached, downloads, figures, messages, tables
from ui.charts.adverse_events import butterfly_spec
from ui.charts.describe import describe_adverse_events
from ui.safety_options import SafetyOptions
from ui.selection import Selection


def without_endpoint(selection: Selection) -> Selection:
    """The selection for analyses of all patients, with or without follow-up."""
    return dataclasses.replace(selection, endpoint=None)


def plain(cohort: Cohort, selection: Selection) -> AnalysisResult:
    """All adverse events of what is selected, by default options."""
    return cached.analysis(cohort, without_endpoint(selection), {"kind": "adverse_events"})


def kinds(cohort: Cohort, selection: Selection) -> tuple[EventKind, ...]:
    """The kinds of events that the cohort's table tells apart."""
    told = {row.kind for row in plain(cohort, selection).adverse_events.overview}
    return tuple(kind for kind in KIND_COLUMN if kind in told)


def analyse(cohort: Cohort, selection: Selection, options: SafetyOptions) -> AnalysisResult:
    """Adverse events of what is selected."""
    question = dict(options.question)
    if selection.endpoint is not None and options.rates:
        question["exposure"] = selection.endpoint
    return cached.analysis(cohort, without_endpoint(selection), question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    st.markdown(tables.prose(adverse_event_headline(result)))
    if cohort.synthetic:
        messages.synthetic()


def bar(cohort: Cohort, result: AnalysisResult, options: SafetyOptions) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_adverse_events",
        made=lambda: _tables(result, options),
        whose=figures.whose(cohort, result),
        figure=downloads.Figure(
            spec=lambda: butterfly_spec(_arranged(result, options), palette=figures.PAPER, width=figures.EXPORT_WIDTH),
            title="Adverse events",
            caption=figures.caption(cohort, result),
        )
        if result.adverse_events.counted == "patients"
        else None,
    )


def _tables(result: AnalysisResult, options: SafetyOptions) -> dict[str, ReportTable]:
    made = {"Adverse events": _report(result, options), "Overview": adverse_event_overview(result)}
    rates = exposure_report(result)
    return made if rates is None else made | {"Incidence": rates}


def _arranged(result: AnalysisResult, options: SafetyOptions) -> AdverseEventTable:
    return arrange(
        result.adverse_events,
        sort_by=options.sort_by,
        min_percent=options.min_percent,
        min_difference=options.min_difference,
        search=options.search,
    )


def _report(result: AnalysisResult, options: SafetyOptions) -> ReportTable:
    return adverse_event_report(
        result,
        sort_by=options.sort_by,
        min_percent=options.min_percent,
        min_difference=options.min_difference,
        search=options.search,
        grades=options.grades,
    )


def figure(result: AnalysisResult, options: SafetyOptions) -> None:
    """The butterfly: one group to the left, the other to the right; events without patients have no shares to draw."""
    if result.adverse_events.counted == "events":
        return
    shown = _arranged(result, options)
    if not shown.rows and result.adverse_events.rows:
        st.info("No term is left: loosen what is left out under Options.")
        return
    spec = butterfly_spec(shown, palette=figures.palette())
    st.vega_lite_chart(spec, theme=None, width="stretch", key="ae_chart", alt=describe_adverse_events(shown))


def table(result: AnalysisResult, options: SafetyOptions) -> None:
    """The table, same rows and order, and the overview."""
    made = _report(result, options)
    tables.show(made)
    messages.notes(result.notes, said=made.footnotes)
    st.subheader("Overview")
    overview = adverse_event_overview(result)
    tables.show(dataclasses.replace(overview, footnotes=overview.footnotes[:2]))
    rates = exposure_report(result)
    if rates is not None:
        st.subheader("Incidence per time at risk")
        tables.show(rates)
