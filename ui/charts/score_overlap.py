"""Overlap of two groups' propensity scores: patients of one group above the line, of the other below."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from core.bias.propensity import ScoreCounts
from core.reporting.format import counted, number, percent
from ui.charts.specification import Spec, filled, sized, with_data
from ui.charts.theme import LIGHT, Theme, vega_config

HEIGHT = 220
PADDING = {"left": 2, "right": 12, "top": 6, "bottom": 4}


def overlap_spec(
    counts: ScoreCounts,
    *,
    levels: tuple[str, str],
    method: str = "",
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """Mirrored histograms as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    counts : ScoreCounts
        Drawn as filled bars; its weighted counts, where there are any, as outlines.
    levels : tuple of str
        The reference (below) and the other group (above) in words.
    method : str
        What made the weights, for the tooltips.
    palette : Theme
    width : int or 'container'
    """
    edges = counts.edges
    highest = float(max(array.max(initial=1.0) for array in (*counts.patients, *(counts.weighted or ()))))
    rows: dict[str, list[object]] = {"x": [], "x2": [], "y": [], "color": [], "told": []}
    outlines: dict[str, list[object]] = {"x": [], "y": [], "color": [], "step": []}
    for code, sign in ((1, 1.0), (0, -1.0)):
        color = palette.groups[code]
        for i, n in enumerate(counts.patients[code].tolist()):
            rows["x"].append(float(edges[i]))
            rows["x2"].append(float(edges[i + 1]))
            rows["y"].append(sign * n)
            rows["color"].append(color)
            rows["told"].append(
                f"{levels[code]}, {number(float(edges[i]), 2)} to {number(float(edges[i + 1]), 2)}: {counted(n)}"
            )
        if counts.weighted is not None:
            heights = np.append(counts.weighted[code], 0.0)
            for edge, height in zip(edges.tolist(), heights.tolist(), strict=True):
                outlines["x"].append(edge)
                outlines["y"].append(sign * height)
                outlines["color"].append(palette.text)
                outlines["step"].append(code)
    slots = {
        "domain": [0.0, 1.0],
        "span": [-highest * 1.05, highest * 1.22],
        "x_title": f"Chance of {levels[1]}, given the factors",
        "line": palette.axis,
        "muted": palette.text,
    }
    spec = filled(_skeleton(), slots)
    sized(spec, width, padding=PADDING)
    spec["height"] = HEIGHT
    spec["config"] = vega_config(palette)
    words = {
        "x": [0.0, 0.0],
        "y": [highest * 1.13, -highest * 0.97],
        "text": [f"▲ {levels[1]}", f"▼ {levels[0]}"],
        "color": [palette.groups[1], palette.groups[0]],
    }
    return with_data(spec, {"bars": rows, "outlines": outlines, "words": words, "zero": {"y": [0.0]}})


def describe_overlap(counts: ScoreCounts, *, levels: tuple[str, str]) -> str:
    """The figure in words: where the scores of each group lie."""
    told = []
    for code in (1, 0):
        middles = (counts.edges[:-1] + counts.edges[1:]) / 2
        n = counts.patients[code]
        there = np.flatnonzero(n)
        if there.size:
            mean = float(middles @ n / n.sum())
            span = f"{percent(float(counts.edges[there[0]]), 0)} to {percent(float(counts.edges[there[-1] + 1]), 0)}"
            told.append(f"{levels[code]}: scores from {span}, about {percent(mean, 0)} in the middle.")
    return f"Mirrored histograms of the propensity score, the chance of {levels[1]}. {' '.join(told)}"


@lru_cache(maxsize=1)
def _skeleton() -> str:
    import altair as alt

    from ui.charts.sheet_layers import own_color
    from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot

    x = alt.X(
        "x",
        type="quantitative",
        scale=alt.Scale(domain=list_slot("domain"), nice=False),
        axis=alt.Axis(title=text_slot("x_title"), format=".0%", tickCount=6, labelFlush=False),
    )
    y = alt.Y(
        "y",
        type="quantitative",
        scale=alt.Scale(domain=list_slot("span"), nice=False, zero=True),
        axis=alt.Axis(title="Patients", labelExpr="format(abs(datum.value), 'd')", tickCount=5, tickMinStep=1),
    )
    bars = on("bars").mark_rect(opacity=0.65, stroke="transparent")
    outlines = on("outlines").mark_line(interpolate="step-after", strokeWidth=1.5)
    told = [alt.Tooltip("told", type="nominal", title="Patients")]
    words = on("words").mark_text(align="left", dx=6, fontWeight=600, baseline="middle")
    fill = alt.Fill("color", type="nominal", scale=None, legend=None)
    return compiled(
        alt.layer(
            layer(bars, x=x, x2=alt.X2("x2"), y=y, y2=alt.Y2(datum=0), fill=fill, tooltip=told),
            layer(outlines, x=x, y=y, detail=alt.Detail("step", type="nominal"), color=own_color()),
            layer(on("zero").mark_rule(color=slot("line")), y=y),
            layer(words, x=x, y=y, text=alt.Text("text", type="nominal"), color=own_color()),
        )
    )
