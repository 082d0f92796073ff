"""The survival page: answers, figure, tables. Widgets that change how it looks are in ``survival_options``."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.bias.immortal_time import began_late
from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.errors import CohortError
from core.reporting import format as fmt
from core.reporting import survival_tables
from core.reporting.comparison_tables import comparison_table, conventions_table, pairwise_table
from core.reporting.incidence_tables import incidence_table
from core.reporting.labels import endpoint_label
from core.reporting.methods_text import method_lines
from core.reporting.sentences import headline as headline_text
from core.reporting.sentences import rank_test_name
from core.reporting.tables import ReportTable
from core.result import AnalysisResult
from core.survival.quantiles import IntervalEstimate
from ui import cached, downloads, figures, messages, tables
from ui.charts.describe import describe_survival
from ui.charts.survival_curve import SurvivalChartOptions, survival_spec
from ui.selection import Selection
from ui.survival_options import SurvivalOptions

MOST_BANDS = 4  # bands of more groups hide the curves


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalResults:
    """What the page shows: curves, and with two or more groups the test and (with two) the Cox hazard ratio."""

    curves: AnalysisResult
    comparison: AnalysisResult | None
    hazard_ratio: IntervalEstimate | None
    cox: AnalysisResult | None
    notes: tuple[str, ...]
    incidence: AnalysisResult | None = None


def follow_up(subset: AnalysisSet) -> tuple[str, float]:
    """Unit of the endpoint and the longest follow-up."""
    if subset.data is None:
        return "months", 0.0
    return subset.data.unit, float(subset.data.time.max())


def analyse(cohort: Cohort, selection: Selection, options: SurvivalOptions) -> SurvivalResults:
    """Curves, test and hazard ratio of what is selected; cumulative incidence where other events compete."""
    assert selection.endpoint is not None
    curves = cached.analysis(cohort, selection, options.survival(selection.endpoint))
    groups = curves.subset.groups
    incidence = None
    if any(flags.any() for flags in curves.subset.competing.values()):
        asked = {"kind": "cumulative_incidence", "endpoint": selection.endpoint, "times": options.times}
        incidence = cached.analysis(cohort, selection, {**asked, "conf_level": options.conf_level})
    comparison = cox = None
    notes: list[str] = []
    if selection.group is not None and len(groups.levels) > 1:
        try:
            asked = options.comparison(selection.endpoint, pairwise=len(groups.levels) > 2)
            comparison = cached.analysis(cohort, selection, asked)
            if len(groups.levels) == 2:
                asked = {"kind": "cox", "endpoint": selection.endpoint, "covariates": [selection.group.column]}
                cox = cached.analysis(cohort, selection, {**asked, "conf_level": options.conf_level})
        except CohortError as error:
            notes.append(str(error))
    return SurvivalResults(
        curves=curves,
        comparison=comparison,
        hazard_ratio=_hazard_ratio(cox),
        cox=cox,
        notes=tuple(notes),
        incidence=incidence,
    )


def _hazard_ratio(cox: AnalysisResult | None) -> IntervalEstimate | None:
    if cox is None or cox.cox.multivariable is None:
        return None
    term = next((term for term in cox.cox.multivariable.terms if math.isfinite(term.hazard_ratio)), None)
    if term is None:
        return None
    return IntervalEstimate(value=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high)


def headline(cohort: Cohort, selection: Selection, results: SurvivalResults) -> None:
    """The answer in a sentence."""
    comparison = results.comparison.comparison if results.comparison else None
    text = headline_text(
        results.curves.survival, comparison, selection.endpoint or "", hazard_ratio=results.hazard_ratio
    )
    st.markdown(tables.prose(text))
    warnings(selection, results)
    if cohort.synthetic:
        messages.synthetic()


def warnings(selection: Selection, results: SurvivalResults) -> None:
    """What changes the conclusion: another event that came first, a group that began after time zero."""
    subset = results.curves.subset
    endpoint = endpoint_label(selection.endpoint or "survival")
    first = {name: int(flags.sum()) for name, flags in subset.competing.items() if flags.any()}
    if first:
        which = fmt.in_words([f"{name.replace('_', ' ')} in {fmt.patients(n)}" for name, n in first.items()])
        st.warning(
            f"Another event came first: {tables.escaped(which)}. These patients count as censored here, so the curve "
            f"overstates how often the event behind {endpoint} happens; the cumulative incidence below does not."
        )
    late = began_late(subset)
    if late is not None:
        st.warning(tables.escaped(late))


def bar(cohort: Cohort, selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> None:
    """Method and downloads."""
    asked = [result for result in (results.curves, results.comparison, results.cox) if result is not None]
    downloads.method([line for result in asked for line in (*method_lines(result), "")])
    name = f"{cohort.name}_{selection.endpoint}_survival"
    figure = downloads.Figure(
        spec=lambda: _spec_for_export(selection, results, options),
        title=_title(selection),
        caption=figures.caption(cohort, results.curves),
    )
    whose = figures.whose(cohort, results.curves)
    downloads.download(name, made=lambda: _all_tables(results), whose=whose, figure=figure)


def figure(selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> None:
    """The curves with their risk table."""
    summary = results.curves.survival
    chart = survival_spec(summary, options=_chart_options(selection, results, options), palette=figures.palette())
    alt = describe_survival(summary, title=endpoint_label(selection.endpoint or "survival"))
    st.vega_lite_chart(chart, theme=None, width="stretch", alt=alt, key="km_chart")


def _stands_elsewhere(note: str) -> bool:
    """Notes of quantiles and of Prism's ratios stand under their own tables."""
    return "quantile not reached" in note or "Prism" in note


def _spec_for_export(selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> object:
    return survival_spec(
        results.curves.survival,
        options=_chart_options(selection, results, options),
        palette=figures.PAPER,
        width=figures.EXPORT_WIDTH,
    )


def _chart_options(selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> SurvivalChartOptions:
    return SurvivalChartOptions(
        title=f"1 − {endpoint_label(selection.endpoint or 'survival')}" if options.events else _title(selection),
        curve="events" if options.events else "survival",
        show_band=options.show_band and len(results.curves.subset.groups.levels) <= MOST_BANDS,
        show_censored=options.show_censored,
        show_medians=options.show_medians,
        annotation=_annotation(results),
    )


def _title(selection: Selection) -> str:
    words = endpoint_label(selection.endpoint or "survival")
    return words[:1].upper() + words[1:]


def _annotation(results: SurvivalResults) -> tuple[str, ...]:
    lines = []
    ratio = results.hazard_ratio
    if ratio is not None:
        lines.append(f"Hazard ratio {fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high)}")
    if results.comparison is not None:
        comparison = results.comparison.comparison
        name = rank_test_name(comparison.weighting)
        lines.append(f"{name[:1].upper()}{name[1:]} {fmt.p_phrase(comparison.p_value)}")
    return tuple(lines)


def _details(results: SurvivalResults) -> dict[str, Callable[[], ReportTable | None]]:
    """Tables one may open, made when they are."""
    curves, comparison = results.curves, results.comparison
    found: dict[str, Callable[[], ReportTable | None]] = {}
    incidence = results.incidence
    if incidence is not None:
        found["Cumulative incidence with competing events"] = lambda: incidence_table(incidence)
    found |= {
        "Numbers at risk": lambda: survival_tables.at_risk_table(curves),
        "Quantiles": lambda: survival_tables.quantile_table(curves),
    }
    if comparison is not None:
        found["Test between groups"] = lambda: comparison_table(comparison)
        if len(curves.subset.groups.levels) == 2:
            found["Differences between the groups"] = lambda: survival_tables.contrast_table(curves)
            found["Conventions: Cox, log-rank and Mantel-Haenszel ratios"] = lambda: conventions_table(
                comparison, cox=results.cox
            )
        else:
            found["Pairs of groups"] = lambda: pairwise_table(comparison)
    return found


def _all_tables(results: SurvivalResults) -> dict[str, ReportTable]:
    made = {"Survival": survival_tables.survival_table(results.curves)}
    return made | {
        name.split(":")[0]: table for name, make in _details(results).items() if (table := make()) is not None
    }


def show_tables(results: SurvivalResults) -> None:
    """The main table, then the details one may open."""
    main = survival_tables.survival_table(results.curves)
    tables.show(main)
    notes = [*results.notes, *results.curves.notes, *(results.comparison.notes if results.comparison else ())]
    notes = [note for note in notes if not _stands_elsewhere(note)]
    messages.notes(notes, said=main.footnotes)
    for name, make in _details(results).items():
        expander = st.expander(name, on_change="rerun", key=f"km_detail_{name}")
        if expander.open and (table := make()) is not None:
            with expander:
                tables.show(table)
