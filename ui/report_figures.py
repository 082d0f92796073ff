"""Figures and tables of a kind of analysis as a report shows them: the ones that a paper prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from core.cohort.cohort import Cohort
from core.reporting.adverse_event_overview import adverse_event_overview
from core.reporting.adverse_event_report import adverse_event_report
from core.reporting.balance_tables import covariates_table, ratios_table
from core.reporting.baseline_report import baseline_report
from core.reporting.cox_table import cox_table
from core.reporting.labels import endpoint_label
from core.reporting.response_report import response_report
from core.reporting.survival_tables import survival_table
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from ui import figures
from ui.charts.adverse_events import butterfly_spec
from ui.charts.describe import describe_adverse_events, describe_forest, describe_response
from ui.charts.describe_survival import describe_survival
from ui.charts.flow import describe_flow, flow_spec
from ui.charts.forest import forest_spec
from ui.charts.forest_layout import ForestWords
from ui.charts.forest_table import forest_table
from ui.charts.response_bars import response_spec
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.theme import Theme
from ui.survival import hazard_ratio_of
from ui.survival_figure import annotation

TWO = 2  # groups, which one ratio compares
METHODS = ForestWords(factor="Method")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A figure of a report: ``spec`` draws it for a theme and a width in pixels or ``"container"``."""

    title: str
    spec: Callable[[Theme, int | Literal["container"]], object]
    alt: str
    caption: Sequence[str]


def drawings_of(cohort: Cohort, result: AnalysisResult, beside: Sequence[AnalysisResult] = ()) -> tuple[Drawing, ...]:
    """The figures of a result that a paper prints; none for many kinds.

    Curves hold what the results ``beside`` them say of the groups: the hazard ratio and the test.
    """
    if result.kind == "kaplan_meier":
        return tuple(_survival(cohort, result, beside))
    make = _DRAWN.get(result.kind)
    return () if make is None else tuple(make(cohort, result))


def tables_of(result: AnalysisResult) -> tuple[ReportTable, ...]:
    """The tables of a result that a paper prints."""
    make = _TABLES.get(result.kind)
    return () if make is None else tuple(make(result))


def _survival(cohort: Cohort, result: AnalysisResult, beside: Sequence[AnalysisResult]) -> Iterator[Drawing]:
    label = endpoint_label(getattr(result.analysis, "endpoint", None) or "survival")
    title = label[:1].upper() + label[1:]
    said = {one.kind: one for one in beside if one.subset.endpoint == result.subset.endpoint}
    ratio = hazard_ratio_of(said.get("cox")) if len(result.subset.groups.levels) == TWO else None
    lines = annotation(said.get("compare"), ratio)
    yield Drawing(
        title=title,
        spec=lambda palette, width: survival_spec(
            result.survival,
            options=SurvivalChartOptions(title=title, fade="patients", annotation=lines),
            palette=palette,
            width=width,
        ),
        alt=describe_survival(result.survival, title=label),
        caption=figures.caption(cohort, result),
    )


def _forest(cohort: Cohort, result: AnalysisResult) -> Iterator[Drawing]:
    if result.cox.univariable is None:
        return  # one ratio, which the sentence says
    label = endpoint_label(getattr(result.analysis, "endpoint", None) or "survival")
    yield Drawing(
        title=f"Hazard ratios, {label}",
        spec=lambda palette, width: forest_spec(result, palette=palette, width=width),
        alt=describe_forest(forest_table(cox_table(result))),
        caption=figures.caption(cohort, result),
    )


def _balance(cohort: Cohort, result: AnalysisResult) -> Iterator[Drawing]:
    table = ratios_table(result)
    yield Drawing(
        title=table.title,
        spec=lambda palette, width: forest_spec(table, palette=palette, width=width, words=METHODS),
        alt=describe_forest(forest_table(table)),
        caption=figures.caption(cohort, result),
    )


def _flow(cohort: Cohort, result: AnalysisResult) -> Iterator[Drawing]:
    yield Drawing(
        title="Flow of patients",
        spec=lambda palette, width: flow_spec(result.flow, palette=palette, width=width),
        alt=describe_flow(result.flow),
        caption=figures.caption(cohort, result),
    )


def _safety(cohort: Cohort, result: AnalysisResult) -> Iterator[Drawing]:
    yield Drawing(
        title="Adverse events",
        spec=lambda palette, width: butterfly_spec(result.adverse_events, palette=palette, width=width),
        alt=describe_adverse_events(result.adverse_events),
        caption=figures.caption(cohort, result),
    )


def _response(cohort: Cohort, result: AnalysisResult) -> Iterator[Drawing]:
    yield Drawing(
        title="Best response",
        spec=lambda palette, width: response_spec(result.response, palette=palette, width=width),
        alt=describe_response(result.response),
        caption=figures.caption(cohort, result),
    )


_DRAWN: Mapping[str, Callable[[Cohort, AnalysisResult], Iterator[Drawing]]] = {
    "cox": _forest,
    "balance": _balance,
    "flow": _flow,
    "adverse_events": _safety,
    "response": _response,
}
_TABLES: Mapping[str, Callable[[AnalysisResult], Sequence[ReportTable]]] = {
    "kaplan_meier": lambda result: (survival_table(result),),
    "cox": lambda result: (cox_table(result),) if result.cox.univariable is not None else (),
    "balance": lambda result: (ratios_table(result), covariates_table(result)),
    "baseline": lambda result: (baseline_report(result),),
    "adverse_events": lambda result: (adverse_event_overview(result), adverse_event_report(result)),
    "response": lambda result: (response_report(result),),
}
