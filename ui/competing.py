"""The page of competing events: which event came first, by group; figure, tables, and what 1 - KM would say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.answers.competing import types_of
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.errors import CohortError
from core.reporting import format as fmt
from core.reporting.early_late_table import early_late_table
from core.reporting.incidence_sentence import incidence_headline, naive_sentence
from core.reporting.incidence_tables import gray_table, incidence_difference_table, incidence_table, naive_table
from core.reporting.labels import event_heading, event_label
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import DrawnSpec
from ui import cached, downloads, figures, messages, says, tables
from ui.charts.describe import describe_incidence, describe_stacked
from ui.charts.incidence_curve import IncidenceChartOptions, incidence_spec
from ui.charts.stacked_incidence import StackedWords, stacked_figure, stacked_specs
from ui.competing_options import ONE_EVENT, STACKED, VIEWS, CompetingOptions
from ui.screen import st
from ui.selection import Selection

FEW_EVENTS = 10  # in a group, below which a test by permutation stands beside Gray's
DRAWS, MOST_DEALT = 2_000, 1_000  # permutations, and the patients up to whom they take some seconds
MOST_BANDS = 4  # bands of more groups hide the curves
PANELS_IN_A_ROW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Which of which events, and alone or among all."""

    event: str
    events: tuple[str, ...]
    by_type: bool
    stacked: bool

    @property
    def others(self) -> tuple[str, ...]:
        """The events that the chosen one competes with."""
        return tuple(event for event in self.events if event != self.event)


def several_events(subset: AnalysisSet) -> bool:
    """Whether there is anything to show: events that compete, or types of the endpoint's own event."""
    return bool(subset.competing or types_of(subset))


def choose_view(subset: AnalysisSet) -> View:
    """The menu of events, whether types of the endpoint's event stand apart, and the switch between the pictures."""
    endpoint, types = str(subset.endpoint), tuple(types_of(subset))
    by_type = bool(types) and st.checkbox(
        f"Each type by itself: {tables.escaped(fmt.in_words(types))}",
        value=not subset.competing,
        disabled=not subset.competing,
        key=f"cif_types_{subset.cohort.digest[:12]}_{endpoint}",
        persist_state="session",
    )
    events = (*(types if by_type else (endpoint,)), *subset.competing)
    left, right = st.columns(2)
    with left:
        event = st.selectbox(
            "Event", events, format_func=event_heading, key=f"cif_event_{endpoint}_{by_type}", persist_state="session"
        )
    with right:
        picture = st.segmented_control(
            "Picture", VIEWS, default=ONE_EVENT, key="cif_view", persist_state="session", required=True
        )
    return View(event=event or events[0], events=events, by_type=by_type, stacked=picture == STACKED)


def analyse(
    cohort: Cohort, selection: Selection, options: CompetingOptions, *, view: View, groups: int
) -> AnalysisResult:
    """Incidence of all events of the endpoint, by group."""
    assert selection.endpoint is not None
    question = options.question(selection.endpoint, pairwise=groups > 2)
    return cached.analysis(cohort, selection, {**question, "by_type": view.by_type})


def headline(cohort: Cohort, result: AnalysisResult, view: View) -> None:
    """The answer in a sentence, what another way of counting would say, and what changes the conclusion."""
    said = says_of(result, event=view.event, parts=(incidence_headline(result, view.event),))
    says.show(cohort, said, also=[naive_sentence(result, view.event)])


def bar(cohort: Cohort, selection: Selection, result: AnalysisResult, *, view: View, options: CompetingOptions) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    endpoint = result.subset.endpoint or "events"
    drawn = options.drawn(event=view.event, stacked=view.stacked)
    downloads.download(
        f"{cohort.name}_{endpoint}_competing_events",
        made=lambda: _all_tables(cohort, selection, result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result, drawn).figure,
        report=downloads.Asked(page="competing-events", results=[result], drawn=drawn),
    )


def exported(cohort: Cohort, result: AnalysisResult, drawn: DrawnSpec) -> downloads.Shown:
    """What a file and the report show of one event, or of all."""
    event = drawn.event if drawn.event is not None else result.incidence.causes[0]
    if event not in result.incidence.causes:
        raise CohortError(f"No event is called '{event}' any more.", hint="Choose another one on its page.")
    figure = downloads.Figure(
        spec=lambda: _for_export(result, event, drawn),
        title="All events, stacked to 100 %" if drawn.stacked else f"Cumulative incidence, {event_label(event)}",
        caption=figures.caption(cohort, result),
        alt=lambda: (
            "" if drawn.stacked else describe_incidence(result.incidence, event=event, title=event_label(event))
        ),
    )
    return downloads.Shown(figure=figure, tables=lambda: [incidence_table(result)])


def figure(result: AnalysisResult, view: View, options: CompetingOptions) -> None:
    """Curves of the event by group, or all events of each group stacked."""
    summary = result.incidence
    if view.stacked:
        _panels(result)
        return
    drawn = options.drawn(event=view.event, stacked=False)
    spec = incidence_spec(summary, options=_chart_options(result, view.event, drawn), palette=figures.palette())
    alt = describe_incidence(summary, event=view.event, title=event_label(view.event))
    figures.show(spec, alt=alt, key="cif_chart")


def _panels(result: AnalysisResult) -> None:
    summary, words, palette = result.incidence, _words(result), figures.palette()
    groups = [group for group in summary.groups if group.event_free.n]
    panels = list(zip(groups, stacked_specs(summary, words, palette=palette), strict=True))
    for start in range(0, len(panels), PANELS_IN_A_ROW):
        row = panels[start : start + PANELS_IN_A_ROW]
        places = st.columns(PANELS_IN_A_ROW) if len(panels) > 1 else [st.container()]
        for place, (group, spec) in zip(places, row, strict=False):
            alt = describe_stacked(group, states=[*words.events, words.event_free], unit=summary.unit)
            with place:
                figures.show(spec, alt=alt, key=f"cif_stacked_{group.level}")
    st.caption("Pale: fewer than 10 patients under observation. At every time the shares add up to 100 %.")


def _words(result: AnalysisResult) -> StackedWords:
    return StackedWords(events=tuple(event_heading(event) for event in result.incidence.causes))


def _for_export(result: AnalysisResult, event: str, drawn: DrawnSpec) -> object:
    if drawn.stacked:
        return stacked_figure(result.incidence, _words(result), width=figures.EXPORT_WIDTH)
    chart = _chart_options(result, event, drawn)
    return incidence_spec(result.incidence, options=chart, palette=figures.PAPER, width=figures.EXPORT_WIDTH)


def _chart_options(result: AnalysisResult, event: str, drawn: DrawnSpec) -> IncidenceChartOptions:
    summary = result.incidence
    lines = []
    if summary.gray is not None and math.isfinite(summary.gray[event].p_value):
        lines.append(f"Gray's test {fmt.p_phrase(summary.gray[event].p_value)}")
    if drawn.show_naive:
        lines.append("Dotted: 1 − Kaplan-Meier")
    return IncidenceChartOptions(
        event=event,
        title=event_heading(event),
        show_band=drawn.show_band and len(summary.groups) <= MOST_BANDS,
        show_naive=drawn.show_naive,
        whole_axis=drawn.whole_axis,
        fade=drawn.fade,
        annotation=tuple(lines),
    )


def _details(
    cohort: Cohort, selection: Selection, result: AnalysisResult
) -> dict[str, Callable[[], ReportTable | None]]:
    """Tables one may open, made when they are."""
    found: dict[str, Callable[[], ReportTable | None]] = {}
    if result.incidence.gray is not None:
        found["Gray's test of each event"] = lambda: _gray(cohort, selection, result)
    if result.incidence.contrasts:
        found["Differences between the groups"] = lambda: incidence_difference_table(result)
    if result.incidence.early_late is not None:
        found["Early and late events"] = lambda: early_late_table(result)
    found["Why not 1 − Kaplan-Meier"] = lambda: naive_table(result)
    return found


def _gray(cohort: Cohort, selection: Selection, result: AnalysisResult) -> ReportTable | None:
    """Gray's test, also by permutation where an event is too rare in a group; None while that is computed."""
    permuted = _permuted(cohort, selection, result)
    return None if permuted is None else gray_table(permuted)


def _permuted(cohort: Cohort, selection: Selection, result: AnalysisResult) -> AnalysisResult | None:
    """The same with Gray's test by permutation, where an event is too rare in a group for the chi-squared one."""
    counts = [cause.estimate.n_events_total for group in result.incidence.groups for cause in group.causes]
    if min(counts) >= FEW_EVENTS or result.subset.n > MOST_DEALT:
        return result
    asked = result.analysis.model_dump(mode="json", exclude_defaults=True, exclude={"id"})
    question = {**asked, "permutations": DRAWS}
    return cached.long_analysis(cohort, selection, question, place="gray", name="Gray's test by permutation")


def _all_tables(cohort: Cohort, selection: Selection, result: AnalysisResult) -> dict[str, ReportTable]:
    made = {"Cumulative incidence": incidence_table(result)}
    return made | {
        name: table for name, make in _details(cohort, selection, result).items() if (table := make()) is not None
    }


def show_tables(cohort: Cohort, selection: Selection, result: AnalysisResult) -> None:
    """The main table, then the details one may open."""
    main = incidence_table(result)
    tables.show(main)
    messages.notes(result.notes, said=main.footnotes)
    for name, make in _details(cohort, selection, result).items():
        expander = st.expander(name, on_change="rerun", key=f"cif_detail_{name}")
        if expander.open:
            with expander:
                table = make()
                if table is None and not name.startswith("Gray"):  # whose progress is shown
                    st.caption("Choose a time under Options.")
                elif table is not None:
                    tables.show(table)
