"""Kaplan-Meier curves with their risk table: one layered chart, the risk table locked to the time axis.

One view, not two stacked ones: rows of the risk table are text below the axis, so that no width can pull them apart.
The chart is described once with Altair (``survival_structure``, ``survival_layers``) and filled with each result
(``survival_layout``); where it is narrow it moves its words by itself, because only the browser knows the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from core.survival.summary import SurvivalSummary
from ui.charts.drawn_curves import Drawn
from ui.charts.specification import Spec, filled, plain, sized, with_data
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_layout import SurvivalLayout
from ui.charts.survival_rows import Curve
from ui.charts.survival_structure import Layers, survival_skeleton
from ui.charts.theme import LIGHT, Theme, vega_config

if TYPE_CHECKING:
    import altair as alt

__all__ = ["SurvivalChartOptions", "survival_chart", "survival_spec"]

DEFAULT = SurvivalChartOptions()


def survival_spec(
    summary: Drawn,
    *,
    options: SurvivalChartOptions = DEFAULT,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    beside: Sequence[Curve] = (),
) -> Spec:
    """Survival curves as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    summary : Drawn
        A ``SurvivalSummary``, or what reads like one. Groups without patients are left out. Beyond survival and its
        complement it must have been asked for what is drawn.
    options : SurvivalChartOptions
    palette : Theme
    width : int or 'container'
        Pixels of the whole figure (for export), or the width of the place it stands in.
    beside : sequence of Curve
        Faint curves of the same groups, another estimate for comparison.

    Returns
    -------
    dict
        Data are Arrow tables; ``specification.plain`` turns them into records.
    """
    layout = SurvivalLayout(summary, options, palette, beside=beside)
    layers = Layers(
        legend=len(layout.levels) > 1,
        band=options.show_band,
        censored=options.show_censored,
        medians=layout.draws_medians,
        landmarks=bool(layout.landmarks),
        labels=layout.has_names,
        beside=bool(beside),
        faded=layout.fades,
        smooth=options.curve == "hazard",
        log_time=options.curve == "log_log",
        stretch=options.stretch,
    )
    spec = filled(survival_skeleton(layers), layout.slots())
    spec["height"] = options.height
    spec["usermeta"] = {"shown": {"t": 1 / layout.shown_axis.per}}
    target = next(layer for layer in spec["layer"] if layer.get("name") == "target")
    target["encoding"]["tooltip"] = layout.tooltip()
    sized(spec, width, padding=layout.padding())
    spec["config"] = vega_config(palette)
    return with_data(spec, layout.datasets())


def survival_chart(
    summary: SurvivalSummary,
    *,
    options: SurvivalChartOptions = DEFAULT,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> alt.LayerChart:
    """Survival curves as an Altair chart: ``survival_spec`` for notebooks and for further work with Altair."""
    import altair as alt

    spec = plain(survival_spec(summary, options=options, palette=palette, width=width))
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec, validate=False)
    return chart
