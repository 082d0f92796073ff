"""The page of adverse events over time: when they come first, how many per patient, how long they last."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Literal, TypeAlias

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.adverse_event_time_tables import (
    censored_table,
    duration_report,
    first_event_table,
    mean_count_table,
    over_time_difference_table,
)
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.spec import DrawnSpec
from ui import cached, downloads, figures, messages, safety_terms, says, tables
from ui.charts.describe import describe_incidence
from ui.charts.incidence_curve import IncidenceChartOptions, incidence_spec
from ui.charts.mean_count_curve import describe_mean_counts, mean_count_spec
from ui.charts.specification import Spec
from ui.charts.theme import Theme
from ui.over_time_options import COUNT, OverTimeOptions
from ui.screen import st
from ui.selection import Selection

Width: TypeAlias = int | Literal["container"]

MOST_BANDS = 4  # bands of more groups hide the curves


def has_starts(cohort: Cohort) -> bool:
    """Whether the cohort's adverse events say when they began."""
    return cohort.adverse_events is not None and cohort.adverse_events.with_role("ae_start") is not None


def analyse(cohort: Cohort, selection: Selection, options: OverTimeOptions) -> AnalysisResult:
    """First events, counts and durations of what is selected."""
    question = options.question() | safety_terms.asked(cohort)
    return cached.analysis(cohort, dataclasses.replace(selection, endpoint=options.endpoint), question)


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in sentences."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult, options: OverTimeOptions) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    drawn = _drawn(options)
    downloads.download(
        f"{cohort.name}_adverse_events_over_time",
        made=lambda: _all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result, drawn).figure,
        key="aet_download",
        report=downloads.Asked(page="events-over-time", results=[result], drawn=drawn),
    )


def exported(cohort: Cohort, result: AnalysisResult, drawn: DrawnSpec) -> downloads.Shown:
    """What a file and the report show: first events, or events per patient."""
    title = COUNT if drawn.counts else "Cumulative incidence"
    figure = downloads.Figure(
        spec=lambda: _spec(result, drawn, figures.PAPER, figures.EXPORT_WIDTH),
        title=f"{title}: {result.adverse_event_time.name}",
        caption=figures.caption(cohort, result),
        alt=lambda: _in_words(result, drawn),
    )
    table = mean_count_table if drawn.counts else first_event_table
    return downloads.Shown(figure=figure, tables=lambda: [table(result)])


def _drawn(options: OverTimeOptions) -> DrawnSpec:
    return DrawnSpec(counts=options.picture == COUNT, show_band=options.show_band, show_naive=options.show_censored)


def _in_words(result: AnalysisResult, drawn: DrawnSpec) -> str:
    value = result.adverse_event_time
    if drawn.counts:
        return describe_mean_counts(value.counts.groups, title=value.name)
    return describe_incidence(value.first, event=value.name, title=value.name)


def figure(result: AnalysisResult, options: OverTimeOptions) -> None:
    """Incidence of the first event, or events per patient, by group."""
    drawn = _drawn(options)
    spec = _spec(result, drawn, figures.palette(), "container")
    figures.show(spec, alt=_in_words(result, drawn), key="aet_chart")


def _spec(result: AnalysisResult, drawn: DrawnSpec, palette: Theme, width: Width, /) -> Spec:
    value = result.adverse_event_time
    band = drawn.show_band and len(value.levels) <= MOST_BANDS
    if drawn.counts:
        return mean_count_spec(value.counts.groups, title=COUNT, show_band=band, palette=palette, width=width)
    lines = []
    if value.first.gray is not None and math.isfinite(value.first.gray[value.name].p_value):
        lines.append(f"Gray's test {fmt.p_phrase(value.first.gray[value.name].p_value)}")
    if drawn.show_naive:
        lines.append("Dotted: 1 − Kaplan-Meier")
    chart = IncidenceChartOptions(
        event=value.name,
        title=value.name[:1].upper() + value.name[1:],
        show_band=band,
        show_naive=drawn.show_naive,
        annotation=tuple(lines),
    )
    return incidence_spec(value.first, options=chart, palette=palette, width=width)


def _details(result: AnalysisResult) -> dict[str, Callable[[], ReportTable | None]]:
    """Tables one may open, made when they are."""
    found: dict[str, Callable[[], ReportTable | None]] = {}
    if len(result.adverse_event_time.levels) == 2:
        found["Differences between the groups"] = lambda: over_time_difference_table(result)
    found["With patients censored (1 − Kaplan-Meier), and the median time"] = lambda: censored_table(result)
    return found


def _all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    made: dict[str, ReportTable | None] = {
        "First events": first_event_table(result),
        "Events per patient": mean_count_table(result),
        "Differences": over_time_difference_table(result),
        "Patients censored": censored_table(result),
        "Durations": duration_report(result),
    }
    return {name: table for name, table in made.items() if table is not None}


def show_tables(result: AnalysisResult) -> None:
    """First events, events per patient, durations, then the details one may open."""
    first, count, lasting = first_event_table(result), mean_count_table(result), duration_report(result)
    st.subheader("First event")
    tables.show(first)
    shown = [*first.footnotes, *count.footnotes, *(lasting.footnotes if lasting else ())]
    messages.notes(result.notes, said=shown)
    st.subheader("Events per patient")
    _show_below(count, first)
    st.subheader("How long do they last?")
    if lasting is None:
        st.caption("The adverse events do not say when they ended: no durations.")
    else:
        _show_below(lasting, first)
    for name, make in _details(result).items():
        expander = st.expander(name, on_change="rerun", key=f"aet_detail_{name}")
        if expander.open:
            with expander:
                table = make()
                if table is None:
                    st.caption("Choose a time under Options.")
                else:
                    _show_below(table, first)


def _show_below(table: ReportTable, above: ReportTable) -> None:
    """A table without the footnotes that stand under the first one: the method and who was left out."""
    tables.show(table, footnotes=False)
    said = [note for note in table.footnotes if note not in above.footnotes]
    st.caption("  \n".join(map(tables.escaped, said)))
