"""The page of the flow diagram: who is in the file, who is analysed, and why the others are not."""

from __future__ import annotations

from core.cohort.cohort import Cohort
from core.reporting.flow_table import flow_table
from core.reporting.methods_text import method_lines
from core.reporting.says import says as says_of
from core.result import AnalysisResult
from ui import cached, downloads, figures, messages, says, tables
from ui.charts.flow import describe_flow, flow_spec
from ui.screen import st
from ui.selection import Selection


def analyse(cohort: Cohort, selection: Selection) -> AnalysisResult:
    """The flow of patients into what is selected."""
    return cached.analysis(cohort, selection, {"kind": "flow", "endpoint": selection.endpoint})


def headline(cohort: Cohort, result: AnalysisResult) -> None:
    """The answer in a sentence."""
    says.show(cohort, says_of(result))


def bar(cohort: Cohort, result: AnalysisResult) -> None:
    """Method and downloads."""
    downloads.method(method_lines(result))
    downloads.download(
        f"{cohort.name}_flow",
        made=lambda: {"Flow of patients": flow_table(result)},
        whose=figures.whose(cohort, result),
        figure=exported(cohort, result).figure,
        report=downloads.Asked(page="flow", results=[result]),
    )


def exported(cohort: Cohort, result: AnalysisResult) -> downloads.Shown:
    """What a file and the report show."""
    figure = downloads.Figure(
        spec=lambda: flow_spec(result.flow, palette=figures.PAPER, width=figures.EXPORT_WIDTH),
        title="Flow of patients",
        caption=figures.caption(cohort, result),
        alt=lambda: describe_flow(result.flow),
    )
    return downloads.Shown(figure=figure, tables=lambda: [flow_table(result)])


def figure(result: AnalysisResult) -> None:
    """The diagram."""
    spec = flow_spec(result.flow, palette=figures.palette())
    figures.show(spec, key="flow_chart", alt=describe_flow(result.flow), table=lambda: flow_table(result))


def table(result: AnalysisResult) -> None:
    """The same in rows, with the rows of the file."""
    made = flow_table(result)
    messages.notes([*made.footnotes, *result.notes])
    with st.expander("As a table, with the rows of the file"):
        tables.show(made, footnotes=False)
