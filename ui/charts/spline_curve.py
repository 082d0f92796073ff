"""The curve of a number: hazard ratios against a reference value on a logarithmic axis, with band and patients."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.reporting.format import limits_of_ratio, ratio
from ui.charts.ratio_axis import labelled, ratio_axis
from ui.charts.specification import Columns, Spec, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

if TYPE_CHECKING:
    import altair as alt

    from core.regression.curve import Curve

PADDING = {"left": 4, "right": 10, "top": 8, "bottom": 4}
HEIGHT = 300
MOST_MARKS = 300  # of patients along the axis; beyond, equally many patients stand behind each mark


def curve_spec(
    curve: Curve,
    *,
    label: str,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """The curve as a Vega-Lite specification.

    Parameters
    ----------
    curve : Curve
    label : str
        Name of the covariate for people.
    palette : Theme
    width : int or 'container'

    Notes
    -----
    The axis holds the hazard ratios, and the limits where most patients are; beyond its ends the band is cut.
    """
    domain, ticks = _y_axis(curve)
    slots = {
        "x_domain": [float(curve.value[0]), float(curve.value[-1])],
        "x_title": label,
        "y_domain": list(domain),
        "y_ticks": labelled(ticks),
        "y_title": f"Hazard ratio against {curve.reference:g}",
        "line": palette.groups[1],
        "band": palette.tint(palette.groups[1], 0.22),
        "one": palette.axis,
        "mark": palette.muted,
        "paper": palette.background,
    }
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = HEIGHT
    spec["config"] = vega_config(palette)
    data = {"curve": _points(curve, domain), "patients": _marks(curve), "one": {"y": [1.0], "x": [curve.reference]}}
    return with_data(spec, data)


def curve_chart(
    curve: Curve, *, label: str, palette: Theme = LIGHT, width: int | Literal["container"] = "container"
) -> alt.LayerChart:
    """``curve_spec`` as an Altair chart."""
    import altair as alt

    chart: alt.LayerChart = alt.LayerChart.from_dict(
        plain(curve_spec(curve, label=label, palette=palette, width=width)), validate=False
    )
    return chart


def describe_curve(curve: Curve, *, label: str) -> str:
    """The figure in words."""
    told = [
        f"{ratio(float(curve.hazard_ratio[at]))} at {curve.value[at]:.3g}"
        for at in np.linspace(0, curve.value.size - 1, 5).round().astype(int)
    ]
    return (
        f"Hazard ratio of {label} against {curve.reference:g} over the values of {curve.observed.size} patients: "
        f"{', '.join(told)}."
    )


def _y_axis(curve: Curve) -> tuple[tuple[float, float], list[float]]:
    """As long as the hazard ratios need it; the limits where 9 of 10 patients are may make it longer."""
    inside = np.quantile(curve.observed, [0.05, 0.95])
    here = (curve.value >= inside[0]) & (curve.value <= inside[1])
    low, high = np.where(here, curve.conf_low, 1.0), np.where(here, curve.conf_high, 1.0)
    return ratio_axis(list(zip(curve.hazard_ratio.tolist(), low.tolist(), high.tolist(), strict=True)))


def _points(curve: Curve, domain: tuple[float, float]) -> Columns:
    low, high = np.clip(curve.conf_low, *domain), np.clip(curve.conf_high, *domain)
    told = [
        f"{value:.4g}: hazard ratio {ratio(hr)} ({limits_of_ratio(a, b)})"
        for value, hr, a, b in zip(
            curve.value.tolist(),
            curve.hazard_ratio.tolist(),
            curve.conf_low.tolist(),
            curve.conf_high.tolist(),
            strict=True,
        )
    ]
    return {
        "value": curve.value.tolist(),
        "ratio": [hr if math.isfinite(hr) else None for hr in curve.hazard_ratio.tolist()],
        "low": low.tolist(),
        "high": high.tolist(),
        "told": told,
    }


def _marks(curve: Curve) -> Columns:
    """The patients' values, or equally spaced quantiles of them where they are many."""
    if curve.observed.size <= MOST_MARKS:
        return {"value": curve.observed.tolist()}
    at = (np.arange(MOST_MARKS) + 0.5) / MOST_MARKS
    return {"value": np.quantile(curve.observed, at, method="inverted_cdf").tolist()}


@lru_cache(maxsize=1)
def _skeleton() -> str:
    """The figure as JSON text with slots."""
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot

    def x(field: str = "value") -> alt.X:
        scale = alt.Scale(domain=list_slot("x_domain"), nice=False, zero=False)
        return alt.X(
            field, type="quantitative", scale=scale,
            axis=alt.Axis(title=text_slot("x_title"), grid=False, labelFlush=True, labelOverlap=True, format=",.6~g"),
        )  # fmt: skip

    def y(field: str) -> alt.Y:
        scale = alt.Scale(type="log", domain=list_slot("y_domain"), nice=False)
        return alt.Y(
            field, type="quantitative", scale=scale,
            axis=alt.Axis(values=slot("y_ticks"), title=text_slot("y_title"), format="~g", labelOverlap=True),
        )  # fmt: skip

    told = [alt.Tooltip("told", type="nominal", title=text_slot("x_title"))]
    return compiled(
        alt.layer(
            layer(on("one").mark_rule(strokeDash=[5, 3], strokeWidth=1.5, color=slot("one")), y=y("y")),
            layer(on("curve").mark_area(clip=True, color=slot("band")), x=x(), y=y("low"), y2=alt.Y2("high")),
            layer(on("curve").mark_line(clip=True, strokeWidth=2.5, color=slot("line")), x=x(), y=y("ratio")),
            layer(
                on("one").mark_point(filled=True, size=50, opacity=1, color=slot("line"), stroke=slot("paper")),
                x=x("x"), y=y("y"),
            ),
            layer(
                on("patients").mark_tick(orient="vertical", size=10, thickness=1, opacity=0.45, color=slot("mark")),
                x=x(), y=alt.value(HEIGHT - 6),
            ),
            layer(on("curve").mark_rule(opacity=0, strokeWidth=6), x=x(), tooltip=told),
        )
    )  # fmt: skip
