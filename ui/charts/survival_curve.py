"""Kaplan-Meier curves with their risk table: one layered chart, the risk table locked to the time axis.

One view, not two stacked ones: rows of the risk table are text below the axis, so that no width can pull them apart.
The chart is described once with Altair (``skeleton``) and filled with each result; where it is narrow it moves its
words by itself, because only the browser knows the width.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from core.survival.summary import GroupSurvival, SurvivalSummary
from ui.charts import end_labels, risk_table
from ui.charts import survival_rows as rows
from ui.charts.end_labels import NARROW_PLOT, WIDE_PLOT
from ui.charts.risk_table import RiskTable, RiskWords
from ui.charts.specification import Columns, Spec, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, Theme, group_dashes, vega_config, widest
from ui.charts.time_axis import MOST_WIDE, axis_end, sparser, time_ticks

if TYPE_CHECKING:
    import altair as alt

BAND_OPACITY = (0.16, 0.13, 0.1, 0.07)  # by number of groups: many bands would hide the curves
_Y_AXIS = 60.0  # labels and title of the survival axis


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalChartOptions:
    """What is drawn, and its words.

    Attributes
    ----------
    title : str
        Of the survival axis, for example "Overall survival".
    origin : str
        Time zero in words, for example "first dose"; empty: not said.
    show_band, show_censored, show_medians, show_labels : bool
    risk_table : {'at-risk-events', 'at-risk', 'kmunicate', 'none'}
    last_time : float, optional
        Where the time axis stops; the longest follow-up without it.
    height : int
        Pixels of the plot alone.
    annotation : tuple of str
        Lines in the lower left corner, for example the log-rank P.
    unit_word, since, all_patients, at : str
        Words in the reader's language.
    """

    title: str = "Survival"
    origin: str = ""
    show_band: bool = True
    show_censored: bool = True
    show_medians: bool = False
    show_labels: bool = True
    risk_table: RiskTable = "at-risk-events"
    last_time: float | None = None
    height: int = 340
    annotation: tuple[str, ...] = ()
    unit_word: str = ""
    since: str = "since"
    all_patients: str = "All patients"
    at_risk_phrase: str = "at risk"
    risk_words: RiskWords = field(default_factory=RiskWords)


def survival_spec(
    summary: SurvivalSummary,
    *,
    options: SurvivalChartOptions = SurvivalChartOptions(),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Survival curves as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    summary : SurvivalSummary
        Groups without patients are left out.
    options : SurvivalChartOptions
    palette : Theme
    width : int or 'container'
        Pixels of the whole figure (for export), or the width of the place it stands in.

    Returns
    -------
    dict
        Data are Arrow tables; ``skeleton.plain`` turns them into records.
    """
    from ui.charts.survival_layers import Layers, survival_skeleton  # Altair takes a third of a second to load

    groups = [group for group in summary.groups if group.estimate.n]
    estimates = [group.estimate for group in groups]
    levels = [options.all_patients if group.level == "all" else group.level for group in groups]
    colors = [
        color for color, group in zip(palette.group_colors(len(summary.groups)), summary.groups, strict=True)
        if group.estimate.n
    ]  # fmt: skip
    last = max((estimate.last_time for estimate in estimates), default=0.0)
    last = last if options.last_time is None else options.last_time
    ticks = time_ticks(last, summary.unit, most=MOST_WIDE)
    end = axis_end(last, ticks)
    ticks = [*ticks, end] if len(ticks) > 1 and math.isclose(end - ticks[-1], ticks[1]) else ticks
    lines = risk_table.risk_lines(estimates, levels, ticks, style=options.risk_table, words=options.risk_words)
    few = sparser(ticks, most=risk_table.most_ticks(lines, NARROW_PLOT))
    curves = [rows.curve_of(e, level, end=end) for e, level in zip(estimates, levels, strict=True)]

    several = len(levels) > 1
    layers = Layers(
        legend=several,
        band=options.show_band,
        censored=options.show_censored,
        medians=options.show_medians,
        labels=options.show_labels and several,
    )
    spec = filled(survival_skeleton(layers), _values(options, palette, summary.unit, levels, colors, (ticks, few), end))
    spec["height"] = options.height
    _tooltips(spec, levels, options.unit_word or summary.unit)
    sized(spec, width, padding=_padding(curves if layers.labels else (), lines, end=end))
    spec["config"] = vega_config(palette)
    with_data(spec, _datasets(groups, curves, lines, (ticks, few), end=end, options=options))
    return spec


def survival_chart(
    summary: SurvivalSummary,
    *,
    options: SurvivalChartOptions = SurvivalChartOptions(),
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> alt.LayerChart:
    """Survival curves as an Altair chart: ``survival_spec`` for notebooks and for further work with Altair."""
    import altair as alt

    spec = plain(survival_spec(summary, options=options, palette=palette, width=width))
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec, validate=False)
    return chart


def _datasets(
    groups: Sequence[GroupSurvival],
    curves: Sequence[rows.Curve],
    lines: Sequence[risk_table.RiskLine],
    ticks: tuple[Sequence[float], Sequence[float]],
    *,
    end: float,
    options: SurvivalChartOptions,
) -> dict[str, Columns]:
    estimates = [group.estimate for group in groups]
    levels = [curve.level for curve in curves]
    times = rows.hover_times(end)
    hover = rows.hover_rows(estimates, times, at_risk=options.at_risk_phrase)
    hover["group"] = [levels[0] if levels else ""] * len(times)
    names_at = -risk_table.name_column(lines)
    datasets = {
        "curve": rows.curve_rows(curves),
        "hover": hover,
        "points": rows.hover_points(curves, times),
        "risk_names": risk_table.name_rows(lines, names_at),
        "risk_cells": risk_table.cell_rows(lines, *ticks),
        "y_title": {"text": [options.title]},
        "annotation": _annotation_rows(options),
    }
    if options.show_band:
        datasets["band"] = rows.band_rows(curves)
    if options.show_censored:
        datasets["censored"] = rows.censored_rows(estimates, levels, end=end)
    if options.show_medians:
        datasets["medians"] = rows.median_rows(curves, [_median(group) for group in groups], end=end)
    if options.show_labels and len(levels) > 1:
        datasets["ends"] = end_labels.label_rows(curves, end=end, height=options.height)
    return datasets


def _median(group: GroupSurvival) -> float:
    return group.quantiles[0.5].value if 0.5 in group.quantiles else math.nan


def _annotation_rows(options: SurvivalChartOptions) -> Columns:
    """Lines in the corner, counted from the last one up."""
    n = len(options.annotation)
    return {"text": list(options.annotation), "up": [14.0 + 17.0 * (n - 1 - i) for i in range(n)]}


def _values(
    options: SurvivalChartOptions,
    palette: Theme,
    unit: str,
    levels: Sequence[str],
    colors: Sequence[str],
    ticks: tuple[Sequence[float], Sequence[float]],
    end: float,
) -> dict[str, Any]:
    unit_word = (options.unit_word or unit).capitalize()
    return {
        "x_title": f"{unit_word} {options.since} {options.origin}" if options.origin else unit_word,
        "x_domain": [0, end],
        "x_ticks": {"expr": f"narrow ? {ticks[1]} : {ticks[0]}"},
        "levels": list(levels),
        "colors": list(colors),
        "dashes": group_dashes(len(levels)),
        "paper": palette.background,
        "rule": palette.axis,
        "band_opacity": BAND_OPACITY[min(len(levels), len(BAND_OPACITY)) - 1],
        "band_dimmed": BAND_OPACITY[-1] / 6,
        "legend_columns": {
            "expr": f"narrow ? {_legend_columns(levels, NARROW_PLOT)} : {_legend_columns(levels, WIDE_PLOT)}"
        },
        "muted": palette.muted,
    }


def _legend_columns(levels: Sequence[str], width: float) -> int:
    """Entries per row of the legend, so that it never runs out of the figure."""
    return max(1, int(width // (widest(levels) + 58)))


def _tooltips(spec: Spec, levels: Sequence[str], unit_word: str) -> None:
    """One tooltip row per group; how many there are is not the skeleton's business."""
    target = next(layer for layer in spec["layer"] if layer.get("name") == "target")
    target["encoding"]["tooltip"] = [
        {"field": "when", "type": "nominal", "title": unit_word.capitalize()},
        *({"field": f"g{i}", "type": "nominal", "title": level} for i, level in enumerate(levels)),
    ]


def _padding(curves: Sequence[rows.Curve], lines: Sequence[risk_table.RiskLine], *, end: float) -> dict[str, float]:
    """Room around the figure. Vega keeps room for all text by itself, once; names at the ends then move a little."""
    names = risk_table.name_column(lines)
    slack = end_labels.slack_at_right(curves, end=end, shrinks_by=max(names, _Y_AXIS))
    return {"left": 2, "right": 3 + round(slack), "top": 4, "bottom": 4}
