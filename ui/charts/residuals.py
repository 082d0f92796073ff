"""Scaled Schoenfeld residuals over time: how a hazard ratio changes, with a smooth line through the events."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.reporting.format import number, ratio
from core.survival.time_axis import axis_end, time_ticks
from ui.charts.specification import Columns, Spec, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

if TYPE_CHECKING:
    import altair as alt

    from core.regression.proportionality import ProportionalHazards

PADDING = {"left": 4, "right": 8, "top": 8, "bottom": 4}
HEIGHT = 260
FEWEST_SMOOTHED = 10  # events below which a smooth line would only join the dots
BANDWIDTH = 0.6  # share of the events that each point of the line is fitted to
_STEPS = tuple(base * 10.0**power for power in range(-2, 7) for base in (1, 2, 5))
_MOST_TICKS = 6


def residual_spec(
    tests: ProportionalHazards,
    name: str,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Residuals of one column of the model as a Vega-Lite specification.

    Parameters
    ----------
    tests : ProportionalHazards
    name : str
        One of ``tests.names``.
    palette : Theme
    width : int or 'container'

    Raises
    ------
    ValueError
        If no column of the model has that name.
    """
    column = tests.names.index(name)
    time, residuals = tests.time, tests.residuals[:, column]
    coefficient = float(tests.coefficients[column])
    ticks = time_ticks(float(time.max(initial=0.0)), tests.unit)
    y_ticks = _ticks(np.append(residuals, [0.0, coefficient]))
    slots = {
        "x_domain": [0.0, axis_end(float(time.max(initial=0.0)), ticks)],
        "x_ticks": ticks,
        "x_title": tests.unit[:1].upper() + tests.unit[1:],
        "y_domain": [y_ticks[0], y_ticks[-1]],
        "y_ticks": y_ticks,
        "y_title": "Log hazard ratio",
        "point": palette.groups[0],
        "line": palette.groups[1],
        "smooth": 2.5 if time.size >= FEWEST_SMOOTHED else 0,
        "paper": palette.background,
    }
    spec = sized(filled(_skeleton(), slots), width, padding=PADDING)
    spec["height"] = HEIGHT
    spec["config"] = vega_config(palette)
    return with_data(spec, {"events": _events(tests, column), "levels": _levels(coefficient, palette)})


def residual_chart(
    tests: ProportionalHazards,
    name: str,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> alt.LayerChart:
    """``residual_spec`` as an Altair chart."""
    import altair as alt

    chart: alt.LayerChart = alt.LayerChart.from_dict(
        plain(residual_spec(tests, name, palette=palette, width=width)), validate=False
    )
    return chart


def describe_residuals(tests: ProportionalHazards, name: str, *, label: str) -> str:
    """The figure in words."""
    column = tests.names.index(name)
    overall = float(tests.coefficients[column])
    ordered = tests.residuals[:, column]
    half = (ordered.size + 1) // 2
    early = float(ordered[:half].mean())
    late = float(ordered[half:].mean()) if ordered.size > 1 else early
    return (
        f"Scaled Schoenfeld residuals of {label} at {tests.time.size} events over time; log hazard ratio "
        f"{number(overall, 2)} if constant, on average {number(early, 2)} in the first half of the events and "
        f"{number(late, 2)} in the second."
    )


def _events(tests: ProportionalHazards, column: int) -> Columns:
    residuals = tests.residuals[:, column]
    told = [
        f"{number(float(t))} {tests.unit}: log hazard ratio {number(float(r), 2)}"
        for t, r in zip(tests.time, residuals, strict=True)
    ]
    return {"time": tests.time.tolist(), "residual": residuals.tolist(), "told": told}


def _levels(coefficient: float, palette: Theme) -> Columns:
    """Two levels: no effect, and the coefficient if it is constant, named by its hazard ratio."""
    return {
        "y": [0.0, coefficient],
        "color": [palette.axis, palette.groups[2]],
        "dashed": [False, True],
        "text": ["", f"hazard ratio {ratio(math.exp(min(coefficient, 700.0)))} if constant"],
    }


def _ticks(values: np.ndarray[Any, Any]) -> list[float]:
    """Round numbers from below the least to above the largest value."""
    low, high = float(values.min()), float(values.max())
    step = next((step for step in _STEPS if (high - low) / step <= _MOST_TICKS - 1), _STEPS[-1])
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(i * step, 6) for i in range(first, max(last, first + 1) + 1)]


@lru_cache(maxsize=1)
def _skeleton() -> str:
    """The figure as JSON text with slots."""
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot
    from ui.charts.theme import TEXT_SIZE

    def x(field: str = "time") -> alt.X:
        scale = alt.Scale(domain=list_slot("x_domain"), nice=False, zero=False)
        return alt.X(
            field, type="quantitative", scale=scale,
            axis=alt.Axis(values=slot("x_ticks"), title=text_slot("x_title"), labelFlush=False, labelOverlap=True),
        )  # fmt: skip

    def y(field: str = "residual") -> alt.Y:
        scale = alt.Scale(domain=list_slot("y_domain"), nice=False, zero=False)
        axis = alt.Axis(values=slot("y_ticks"), title=text_slot("y_title"), format="~g")
        return alt.Y(field, type="quantitative", scale=scale, axis=axis)

    own = alt.Color("color", type="nominal", scale=None, legend=None)
    told = [alt.Tooltip("told", type="nominal", title="Event")]
    dashes = alt.ExprRef(expr="datum.dashed ? [5, 3] : [1, 0]")
    point = on("events").mark_point(filled=True, size=34, opacity=0.55, color=slot("point"))
    smooth = on("events").mark_line(strokeWidth=slot("smooth"), color=slot("line"))
    words: dict[str, Any] = {
        "x": alt.ExprRef(expr="width - 4"),
        "align": "right",
        "baseline": "bottom",
        "dy": -4,
        "fontSize": TEXT_SIZE,
    }
    halo = on("levels").mark_text(**words, stroke=slot("paper"), strokeWidth=4, strokeJoin="round")
    name = alt.Text("text", type="nominal")
    return compiled(
        alt.layer(
            layer(on("levels").mark_rule(strokeDash=dashes, strokeWidth=1.5), y=y("y"), color=own),
            layer(point, x=x(), y=y(), tooltip=told),
            layer(
                smooth.transform_loess("time", "residual", bandwidth=BANDWIDTH).transform_filter("isValid(datum.time)"),
                x=x(), y=y(),
            ),
            layer(halo, y=y("y"), text=name),
            layer(on("levels").mark_text(**words), y=y("y"), color=own, text=name),
        )
    )  # fmt: skip
