"""Every cut of a number: how well it separates, against what a search finds by chance, over the patients' values."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np

from core.cohort.values import format_number
from core.regression.cut_point import CutPoint
from core.reporting.format import number, patients
from core.timetoevent import FloatArray
from ui.charts.specification import Columns, Spec, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

PADDING = {"left": 4, "right": 10, "top": 8, "bottom": 4}
HEIGHT = 300
BARS = 24  # of the patients' distribution
LOG_FROM = 200.0  # largest over smallest value
FAR_OUT = 2.0  # times the range of the cuts
BAR_SHARE = 0.24  # of the height that the tallest one takes


def cut_scan_spec(
    value: CutPoint,
    *,
    title: str,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """The statistic at every cut as a Vega-Lite specification.

    Parameters
    ----------
    value : CutPoint
    title : str
        Of the horizontal axis: the number.
    palette : Theme
    width : int or 'container'
    """
    top = 1.12 * max(value.statistic, value.p.critical, 2.0)
    edges, scale = _edges(value)
    slots = {
        "x_domain": [float(edges[0]), float(edges[-1])],
        "x_title": title,
        "y_domain": [0.0, top],
        "y_title": "Separation at this cut",
        "line": palette.groups[1],
        "best": palette.groups[2],
        "bar": palette.tint(palette.muted, 0.35),
        "paper": palette.background,
        "muted": palette.muted,
    }
    spec = sized(filled(_skeleton(scale), slots), width, padding=PADDING)
    spec["height"] = HEIGHT
    spec["config"] = vega_config(palette)
    return with_data(
        spec,
        {
            "bars": _bars(value, edges, top),
            "cuts": _cuts(value),
            "limits": _limits(value, palette),
            "best": {"x": [value.best], "y": [value.statistic], "text": [f"best cut {format_number(value.best)}"]},
            "range": _range(value, edges, top),
        },
    )


def plain_cut_scan(value: CutPoint, *, title: str) -> Spec:
    """The same with its data as records."""
    return plain(cut_scan_spec(value, title=title))


def describe_cut_scan(value: CutPoint, *, label: str) -> str:
    """The figure in words."""
    over = int((np.abs(value.z) >= value.p.critical).sum())
    return (
        f"Standardised log-rank statistic at {value.cut.size} cuts of {label}, over the distribution of "
        f"{patients(value.n)}: the largest, {number(value.statistic, 2)}, at {format_number(value.best)}; "
        f"{over} cuts reach {number(value.p.critical, 2)}, which the best of so many cuts reaches by chance in 5 %."
    )


def _cuts(value: CutPoint) -> Columns:
    told = [
        f"≤{format_number(float(cut))}: {patients(int(below))}, above {value.n - below}; "
        f"separation {number(abs(float(z)), 2)}"
        for cut, below, z in zip(value.cut, value.n_below, value.z, strict=True)
    ]
    return {"x": value.cut.tolist(), "y": np.abs(value.z).tolist(), "told": told}


def _edges(value: CutPoint) -> tuple[FloatArray, Literal["log", "linear"]]:
    """Edges of the bars, and whether the axis is logarithmic.

    Whole numbers get bars of whole width. Where a few patients lie far out the axis ends a little beyond the cuts
    tried, or is logarithmic where all are above 0.
    """
    low, high = float(value.value[0]), float(value.value[-1])
    first, last = float(value.cut[0]), float(value.cut[-1])
    if low > 0 and high / low > LOG_FROM:
        return np.geomspace(low, high, BARS + 1), "log"
    room = max(0.5 * (last - first), 1e-9 * max(abs(first), abs(last), 1.0))
    if high - low > FAR_OUT * (last - first + 2 * room):
        low, high = max(low, first - room), min(high, last + room)
    if (value.value % 1 == 0).all():
        step = max(1.0, float(np.ceil((high - low + 1) / BARS)))
        return np.arange(np.floor(low), high + step + 0.5, step), "linear"
    return np.linspace(low, high, BARS + 1), "linear"


def _bars(value: CutPoint, edges: FloatArray, top: float) -> Columns:
    """Patients by value."""
    counts = np.histogram(value.value, edges, weights=value.n_at)[0]
    heights = counts / max(1, counts.max()) * BAR_SHARE * top
    return {
        "x": edges[:-1].tolist(),
        "x2": edges[1:].tolist(),
        "y": heights.tolist(),
        "told": [patients(int(count)) for count in counts],
    }


def _limits(value: CutPoint, palette: Theme) -> Columns:
    """What the best of all cuts reaches by chance, and what one cut chosen beforehand would have to."""
    return {
        "y": [value.p.critical, 1.96],
        "color": [palette.groups[2], palette.muted],
        "text": [
            f"needed after {value.cut.size} cuts tried (5 %)",
            "would do for a single cut chosen beforehand",
        ],
    }


def _range(value: CutPoint, edges: FloatArray, top: float) -> Columns:
    found = value.stability
    if found is None:
        return {"x": [], "x2": [], "y": [], "told": []}
    low, high = format_number(found.conf_low), format_number(found.conf_high)
    told = f"95 % of the best cuts of bootstrap samples: {low} to {high}"
    ends = np.clip([found.conf_low, found.conf_high], edges[0], edges[-1]).tolist()
    return {"x": ends[:1], "x2": ends[1:], "y": [top * 0.005], "told": [told]}


@lru_cache(maxsize=2)
def _skeleton(scale_type: Literal["log", "linear"]) -> str:
    """The figure as JSON text with slots."""
    import altair as alt

    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot
    from ui.charts.theme import TEXT_SIZE

    def x(field: str = "x") -> alt.X:
        scale = alt.Scale(type=scale_type, domain=list_slot("x_domain"), nice=False)
        axis = alt.Axis(title=text_slot("x_title"), tickCount=8, labelFlush=False, labelOverlap=True)
        return alt.X(field, type="quantitative", scale=scale, axis=axis)

    def y(field: str = "y") -> alt.Y:
        scale = alt.Scale(domain=list_slot("y_domain"), nice=False, zero=True)
        return alt.Y(field, type="quantitative", scale=scale, axis=alt.Axis(title=text_slot("y_title"), tickCount=5))

    def told(title: str) -> list[Any]:
        return [alt.Tooltip("told", type="nominal", title=title)]

    own = alt.Color("color", type="nominal", scale=None, legend=None)
    words: dict[str, Any] = {
        "x": alt.ExprRef(expr="width - 4"), "align": "right", "baseline": "bottom", "dy": -4, "fontSize": TEXT_SIZE,
    }  # fmt: skip
    name = alt.Text("text", type="nominal")
    best: dict[str, Any] = {"dy": -10, "fontSize": TEXT_SIZE, "fontWeight": 600, "baseline": "bottom"}
    bars = on("bars").mark_rect(color=slot("bar"), stroke=slot("paper"), strokeWidth=1)
    dashed = on("limits").mark_rule(strokeDash=[5, 3], strokeWidth=1.25)
    spread = on("range").mark_rule(color=slot("best"), strokeWidth=5, opacity=0.75)
    return compiled(
        alt.layer(
            layer(bars, x=x(), x2=alt.X2("x2"), y=y(), y2=alt.Y2(datum=0), tooltip=told("Patients")),
            layer(dashed, y=y(), color=own),
            layer(spread, x=x(), x2=alt.X2("x2"), y=y(), tooltip=told("Stability")),
            layer(on("cuts").mark_line(strokeWidth=1.5, color=slot("line"), opacity=0.7), x=x(), y=y()),
            layer(on("cuts").mark_point(filled=True, size=34, color=slot("line"), opacity=1), x=x(), y=y(),
                  tooltip=told("Cut")),
            layer(on("limits").mark_text(**words, stroke=slot("paper"), strokeWidth=4, strokeJoin="round"), y=y(),
                  text=name),
            layer(on("limits").mark_text(**words), y=y(), color=own, text=name),
            layer(on("best").mark_point(filled=True, size=110, color=slot("best"), stroke=slot("paper"),
                                        strokeWidth=1.5, opacity=1), x=x(), y=y()),
            layer(on("best").mark_text(**best, stroke=slot("paper"), strokeWidth=4, strokeJoin="round"), x=x(), y=y(),
                  text=name),
            layer(on("best").mark_text(**best, color=slot("best")), x=x(), y=y(), text=name),
        )
    )  # fmt: skip
