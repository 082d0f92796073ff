"""The adverse-events page: the answer, the table beside the picture, and the overview."""

from __future__ import annotations

import dataclasses
from typing import Any

from core.cohort.cohort import Cohort
from core.reporting.adverse_event_cells import GradeColumns
from core.reporting.adverse_event_overview import adverse_event_overview
from core.reporting.adverse_event_report import adverse_event_report
from core.reporting.exposure_report import exposure_report
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.safety.event_kinds import KIND_COLUMN
from core.spec import AdverseEventsShow, AdverseEventsSpec, DrawnSpec, EventKind
from ui import (
    cached,
    downloads,
    figures,
    messages,
    safety_options,
    safety_picture,
    safety_terms,
    safety_view,
    says,
    state,
    tables,
)
from ui.safety_options import SafetyOptions
from ui.safety_picture import Picture
from ui.screen import st
from ui.selection import Selection


def without_endpoint(selection: Selection) -> Selection:
    """The selection for analyses of all patients, with or without follow-up."""
    return dataclasses.replace(selection, endpoint=None)


def plain(cohort: Cohort, selection: Selection) -> AnalysisResult:
    """All adverse events of what is selected, by default options."""
    question = {"kind": "adverse_events", **safety_terms.asked(cohort)}
    return cached.analysis(cohort, without_endpoint(selection), question)


def kinds(cohort: Cohort, selection: Selection) -> tuple[EventKind, ...]:
    """The kinds of events that the cohort's table tells apart."""
    told = {row.kind for row in plain(cohort, selection).adverse_events.overview}
    return tuple(kind for kind in KIND_COLUMN if kind in told)


def analyse(cohort: Cohort, selection: Selection, options: SafetyOptions) -> AnalysisResult | None:
    """Adverse events of what is selected; None while tests that take long are computed."""
    question, looked_at = _question(cohort, selection, options), without_endpoint(selection)
    if question.get("test") == "barnard":
        return cached.long_analysis(cohort, looked_at, question, place="safety", name="Barnard's test of each event")
    return cached.analysis(cohort, looked_at, question)


def _question(cohort: Cohort, selection: Selection, options: SafetyOptions) -> dict[str, Any]:
    """What is computed: nothing of what is only shown, so that another picture asks nothing new."""
    rates = {"exposure": selection.endpoint} if selection.endpoint is not None and options.rates else {}
    return {**options.question, **rates, **safety_terms.asked(cohort)}


def shown(cohort: Cohort, selection: Selection, result: AnalysisResult, options: SafetyOptions) -> Picture | None:
    """The choice of a picture, and that picture; what is shown is kept in the link."""
    show = safety_options.picture(cohort, options, result)
    asked = show.model_dump(mode="json", exclude_defaults=True)
    safety_view.keep({**_question(cohort, selection, options), **({"show": asked} if asked else {})})
    return safety_picture.picture_of(result, show, endpoint=selection.endpoint)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult, options: SafetyOptions, picture: Picture | None) -> None:
    """Method and downloads; into the report goes the picture that is on screen."""
    downloads.method(method_lines(result))
    show = safety_view.shown_now()
    downloads.download(
        f"{cohort.name}_adverse_events",
        made=lambda: _tables(result, options, picture),
        whose=figures.whose(cohort, result),
        figure=None if picture is None else safety_picture.figure(cohort, result, picture),
        report=downloads.Asked(
            page="adverse-events",
            results=[result],
            more={"show": show} if show else {},
            drawn=DrawnSpec(grades=options.grades, endpoint=state.current().endpoint),
            protected=downloads.Protected(part="adverse events"),
        ),
    )


def exported(cohort: Cohort, result: AnalysisResult, drawn: DrawnSpec) -> downloads.Shown:
    """What the report shows: the picture that the question asks for, the table and the overview."""
    assert isinstance(result.analysis, AdverseEventsSpec)
    show = result.analysis.show
    picture = safety_picture.picture_of(result, show, endpoint=drawn.endpoint)
    return downloads.Shown(
        figure=None if picture is None else safety_picture.figure(cohort, result, picture),
        tables=lambda: [_report(result, show, drawn.grades), adverse_event_overview(result)],
    )


def _tables(result: AnalysisResult, options: SafetyOptions, picture: Picture | None) -> dict[str, ReportTable]:
    made = {"Adverse events": _report(result, options.show, options.grades), "Overview": adverse_event_overview(result)}
    rates = exposure_report(result)
    made |= {} if rates is None else {"Incidence": rates}
    return made if picture is None else made | {"Numbers of the picture": picture.numbers()}


def _report(result: AnalysisResult, show: AdverseEventsShow, grades: GradeColumns) -> ReportTable:
    return adverse_event_report(
        result,
        sort_by=show.sort,
        min_percent=show.min_percent,
        min_difference=show.min_difference,
        search=show.search,
        grades=grades,
    )


def table(result: AnalysisResult, options: SafetyOptions) -> None:
    """The table, same rows and order, and the overview."""
    made = _report(result, options.show, options.grades)
    tables.show(made)
    messages.notes(result.notes, said=made.footnotes)
    st.subheader("Overview")
    overview = adverse_event_overview(result)
    tables.show(dataclasses.replace(overview, footnotes=overview.footnotes[:2]))
    rates = exposure_report(result)
    if rates is not None:
        st.subheader("Incidence per time at risk")
        tables.show(rates)
