"""The page of immortal time: every method beside the naive one, curves, and who is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.reporting import format as fmt
from core.reporting.immortal_time_sentence import (
    immortal_time_caveat,
    spoken_levels,
    stake_sentence,
)
from core.reporting.immortal_time_tables import (
    landmark_table,
    log_rank_line,
    mantel_byar_table,
    methods_table,
    strategies_table,
)
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import cached, downloads, empty, figures, messages, says, tables
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.simon_makuch import describe_simon_makuch, simon_makuch_spec
from ui.forest_file import forest_file
from ui.immortal_time_options import ImmortalOptions, start_choices
from ui.screen import st
from ui.selection import Selection

WORDS = ForestWords(factor="Method")


def analyse(cohort: Cohort, selection: Selection, options: ImmortalOptions) -> AnalysisResult | None:
    """Every method on what is selected; None while it is computed."""
    assert selection.endpoint is not None
    question = options.question(selection.endpoint, n=cohort.n)
    return cached.long_analysis(cohort, selection, question, place="immortal_time", name="the comparison over time")


def not_here(subset: AnalysisSet) -> None:
    """What to do where there is nothing to compare, or nothing that says when treatment began."""
    if not start_choices(subset, None):
        st.info(
            "No column says when a group began. This page needs one with the date, or the time since time zero, at "
            "which treatment started, empty for patients who never had it: add it to the table and load it again."
        )
    else:
        st.info(
            "No column was recognised that says when a group began. Where the table has one, with the date or the time "
            "since time zero at which treatment started and nothing in the others, choose it under Options."
        )
    empty.would_show("immortal_time")
    st.page_link(empty.LOAD, label="Load a cohort")
    if subset.cohort.synthetic:
        messages.synthetic()


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in sentences, and what limits it."""
    says.show(cohort, says_of(result), also=[stake_sentence(result), immortal_time_caveat(result.immortal_time)])


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    name = f"{cohort.name}_{result.subset.endpoint}_immortal_time"
    downloads.download(
        name,
        made=lambda: all_tables(result),
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="immortal-time", results=[result]),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    table = methods_table(result)
    figure = forest_file(cohort, result, table, words=WORDS, alt=lambda: _in_words(table))
    return downloads.Shown(figure=figure, tables=lambda: [table])


def _in_words(table: ReportTable) -> str:
    told = "; ".join(f"{row.cells[0].text} {row.cells[4].text}" for row in table.rows)
    return f"Forest plot, {table.title}. {told}."


def figure(result: AnalysisResult) -> None:
    """The hazard ratio by every method."""
    table = methods_table(result)
    spec = forest_spec(table, palette=figures.palette(), words=WORDS)
    figures.show(spec, alt=_in_words(table), key="immortal_forest")
    for line in (*_explained(result), log_rank_line(result)):
        st.caption(tables.prose(line))


def _explained(result: AnalysisResult) -> Sequence[str]:
    """What each method does, a sentence each."""
    value = result.immortal_time
    level = spoken_levels(result)[1]
    lines = [
        f"Naive: {level} counts from time zero, before it began. Landmark: only patients still followed then, grouped "
        f"by whether {level} had begun. Time-dependent: each patient counts as {level} from the day it began."
    ]
    if value.clones is not None:
        grace = fmt.quantity(value.clones.grace, value.unit, 0 if value.clones.grace.is_integer() else 1)
        lines.append(
            f"Clones: everybody as if {level} were to begin within {grace}, against everybody as if it were not; who "
            "leaves a strategy stops counting for it, and others like them count more."
        )
    return lines


def curves(cohort: Cohort, result: AnalysisResult) -> None:
    """Simon-Makuch curves beside the naive ones."""
    value, level = result.immortal_time, spoken_levels(result)[1]
    title = endpoint_label(result.subset.endpoint or "survival")
    st.header(tables.escaped(f"{title[:1].upper()}{title[1:]} before and after {level} began"))
    drawn: dict[str, Any] = {"title": title[:1].upper() + title[1:], "annotation": _annotation(result)}
    spec = simon_makuch_spec(value, **drawn, palette=figures.palette())
    alt = describe_simon_makuch(value, title=title)
    figures.show(spec, alt=alt, key="immortal_curves")
    st.caption(
        tables.prose(
            f"Solid or dashed: Simon-Makuch curves; a patient leaves the curve without {level} and enters "
            f"the other on the day {level} begins, so that the first steps of the latter rest on few. "
            "Dotted: naive Kaplan-Meier curves."
        )
    )
    with st.container(horizontal=True):
        downloads.download(
            f"{cohort.name}_{result.subset.endpoint}_simon_makuch",
            made=lambda: {"Follow-up": mantel_byar_table(result)},
            whose=figures.whose(cohort, result),
            figure=curves_exported(cohort, result).figure,
            key="download_curves",
            report=downloads.Asked(page="simon-makuch", results=[result]),
        )


def curves_exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show of the curves before and after treatment began."""
    value, title = result.immortal_time, endpoint_label(result.subset.endpoint or "survival")
    drawn: dict[str, Any] = {"title": title[:1].upper() + title[1:], "annotation": _annotation(result)}
    figure = downloads.Figure(
        spec=lambda: simon_makuch_spec(value, **drawn, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title=f"Simon-Makuch curves, {title}",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_simon_makuch(value, title=title),
    )
    return downloads.Shown(figure=figure, tables=lambda: [mantel_byar_table(result)], sentences=())


def _annotation(result: AnalysisResult) -> tuple[str, ...]:
    value = result.immortal_time
    ratio = value.time_dependent.ratio
    said = fmt.ratio_estimate(ratio.hazard_ratio, ratio.conf_low, ratio.conf_high)
    return (
        f"Time-dependent hazard ratio {said}",
        f"Mantel-Byar {fmt.p_phrase(value.time_dependent.mantel_byar.p_value)}",
    )


def show_tables(cohort: Cohort, result: AnalysisResult) -> None:
    """Who is dropped, follow-up by state, and both strategies."""
    names = [column.name for column in cohort.patients.columns]
    dropped, strategies = landmark_table(result), strategies_table(result)
    if dropped is not None:
        st.header("Who is dropped at each landmark")
        tables.show(dropped, footnotes=False)
    with st.expander(f"Every method in numbers, and follow-up before and after {spoken_levels(result)[1]}"):
        tables.show(methods_table(result))
        tables.show(mantel_byar_table(result), footnotes=False)
    if strategies is not None:
        with st.expander("Clones: survival had everybody followed either strategy"):
            tables.show(strategies, footnotes=False)
    spoken = (str(result.subset.groups.column), *result.immortal_time.covariates)
    messages.notes(result.notes, said=methods_table(result).footnotes, columns=spoken, quoted=names)


def all_tables(result: AnalysisResult) -> dict[str, ReportTable]:
    """Every table of the result."""
    made = {
        "Methods": methods_table(result),
        "Landmarks": landmark_table(result),
        "Follow-up": mantel_byar_table(result),
        "Strategies": strategies_table(result),
    }
    return {name: table for name, table in made.items() if table is not None}
