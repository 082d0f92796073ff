"""The figure of the survival page: its curves, words and alternative text, on screen and as a file."""

from __future__ import annotations

from dataclasses import replace

from core.cohort.cohort import Cohort
from core.reporting import format as fmt
from core.reporting.difference_curve_report import difference_curve_sentence
from core.reporting.labels import endpoint_label
from core.reporting.sentences import permutation_phrase, rank_test_name
from core.reporting.survival_tables import survival_table
from core.result import AnalysisResult
from core.spec import DrawnSpec
from core.survival.quantiles import IntervalEstimate
from ui import curve_stretch, downloads, figures, tables
from ui.charts.composite import Composite, Panel
from ui.charts.curve_kinds import SHARES, CurveKind
from ui.charts.describe_survival import describe_survival
from ui.charts.difference_curve import describe_difference, difference_spec
from ui.charts.picking import STRETCH
from ui.charts.survival_chart_options import Fading, SurvivalChartOptions
from ui.charts.survival_curve import survival_spec
from ui.charts.survival_layout import FEW_PATIENTS, FEW_PERCENT
from ui.screen import st
from ui.selection import Selection
from ui.survival import SurvivalResults
from ui.survival_options import SurvivalOptions

MOST_BANDS = 4  # bands of more groups hide the curves
_READ: dict[CurveKind, str] = {
    "cumulative_hazard": "Cumulative hazard: events over patients at risk, added up; not a probability.",
    "hazard": "Hazard: the rate of events among those still at risk; its height depends on the smoothing named below. "
    "It ends where fewer than 10 patients remain at risk.",
    "log_log": "Curves that run parallel speak for proportional hazards; curves that meet or cross against.",
}


_BAND = "Band: limits at each time by itself. Where it leaves out 0 at some time is no test; the test is above."
_BANDS = (
    "Band: limits at each time by itself. Dashed: limits for all times of their range together; where they leave out 0 "
    "the curves differ."
)
_FEW = {
    "patients": f"fewer than {FEW_PATIENTS} patients remain",
    "percent": f"less than {FEW_PERCENT} % of the group remains",
}


def show(cohort: Cohort, selection: Selection, results: SurvivalResults, options: SurvivalOptions) -> None:
    """The curves with their risk table, how to read them, and the patients of a stretch of them."""
    summary, subset, drawn = results.curves.survival, results.curves.subset, options.drawn()
    chart_options = replace(_chart_options(results, drawn), stretch=True)
    chart = survival_spec(summary, options=chart_options, palette=figures.palette())
    alt = describe_survival(summary, title=endpoint_label(selection.endpoint or "survival"), curve=drawn.curve)
    figures.show(
        chart,
        alt=alt,
        key=curve_stretch.chart_key(),
        numbers="km_chart",
        on_select=lambda: curve_stretch.on_drag(cohort, subset),
        selection_mode=[STRETCH],
    )
    st.caption("  \n".join(tables.prose(line) for line in (*captions(drawn), curve_stretch.HINT)))
    curve_stretch.show(cohort, selection, subset)
    if has_difference(results, drawn):
        _difference(results, drawn)


def has_difference(results: SurvivalResults, drawn: DrawnSpec) -> bool:
    """Whether the difference of two curves stands under them: only where their time axis is a plain one."""
    made = results.curves.survival.extras.difference
    return made is not None and bool(made.time.size) and drawn.curve in SHARES


def _difference(results: SurvivalResults, drawn: DrawnSpec) -> None:
    summary = results.curves.survival
    made = summary.extras.difference
    assert made is not None
    st.markdown(tables.prose(difference_curve_sentence(results.curves)))
    spec = difference_spec(summary, options=_chart_options(results, drawn), palette=figures.palette())
    alt = describe_difference(made, title=endpoint_label(results.curves.subset.endpoint or "survival"))
    figures.show(spec, alt=alt, key="km_difference_chart")
    st.caption(_BANDS if made.band is not None and made.band.n_times else _BAND)


def captions(drawn: DrawnSpec) -> list[str]:
    """What must be said to read the curves."""
    lines = [_READ[drawn.curve]] if drawn.curve in _READ else []
    if _fading(drawn) != "never":
        lines.append(f"Curves are thin and pale where {_FEW[drawn.fade]} at risk.")
    return lines


def exported(cohort: Cohort, results: SurvivalResults, drawn: DrawnSpec) -> downloads.Shown:
    """What a file and the report show."""
    label = endpoint_label(results.curves.subset.endpoint or "survival")
    figure = downloads.Figure(
        spec=lambda: _on_paper(results, drawn),
        title=_title(results),
        caption=[
            *captions(drawn),
            *([difference_curve_sentence(results.curves)] if has_difference(results, drawn) else []),
            *figures.caption(cohort, results.curves),
        ],
        alt=lambda: describe_survival(results.curves.survival, title=label, curve=drawn.curve),
    )
    return downloads.Shown(figure=figure, tables=lambda: [survival_table(results.curves)])


def _on_paper(results: SurvivalResults, drawn: DrawnSpec) -> object:
    """The curves, with their difference below where it stands below them on screen."""
    summary, options = results.curves.survival, _chart_options(results, drawn)
    curves = survival_spec(summary, options=options, palette=figures.PAPER, width=figures.EXPORT_WIDTH)
    if not has_difference(results, drawn):
        return curves
    below = difference_spec(summary, options=options, palette=figures.PAPER, width=figures.EXPORT_WIDTH)
    return Composite(panels=(Panel(spec=curves), Panel(spec=below)))


def _chart_options(results: SurvivalResults, drawn: DrawnSpec) -> SurvivalChartOptions:
    return SurvivalChartOptions(
        title=_axis_title(results, drawn.curve),
        curve=drawn.curve,
        fade=_fading(drawn),
        show_band=drawn.show_band and len(results.curves.subset.groups.levels) <= MOST_BANDS,
        show_censored=drawn.show_censored,
        annotation=annotation(results.comparison, results.hazard_ratio, stratified=results.stratified),
    )


def _fading(drawn: DrawnSpec) -> Fading:
    """The smoothed hazard has no pale end: it stops there."""
    return "never" if drawn.curve == "hazard" else drawn.fade


def _axis_title(results: SurvivalResults, curve: CurveKind) -> str:
    if curve == "hazard":
        return f"Hazard per {fmt.unit_word(results.curves.survival.unit, 1.0)}"
    return {
        "survival": _title(results),
        "events": f"1 − {endpoint_label(results.curves.subset.endpoint or 'survival')}",
        "cumulative_hazard": "Cumulative hazard",
        "log_log": "log(−log survival)",
    }[curve]


def _title(results: SurvivalResults) -> str:
    words = endpoint_label(results.curves.subset.endpoint or "survival")
    return words[:1].upper() + words[1:]


def annotation(
    comparison: AnalysisResult | None, ratio: IntervalEstimate | None, *, stratified: bool = False
) -> tuple[str, ...]:
    """Lines inside the figure: the hazard ratio of two groups, and the test between the groups."""
    lines = []
    if ratio is not None:
        name = "Stratified hazard ratio" if stratified else "Hazard ratio"
        lines.append(f"{name} {fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high)}")
    if comparison is not None:
        test = comparison.comparison
        name = rank_test_name(test.weighting, stratified=stratified)
        lines.append(f"{name[:1].upper()}{name[1:]} {fmt.p_phrase(test.p_value)}")
        if test.permutation is not None:
            lines.append(f"Few events: {permutation_phrase(test.permutation)}")
        if test.trend is not None:
            lines.append(f"Trend across groups {fmt.p_phrase(test.trend.p_value)}")
    return tuple(lines)
