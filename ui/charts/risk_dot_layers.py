"""The grammar of the dot plot of risks in Altair, with slots where a result goes."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from ui.charts.sheet_layers import (
    ROW,
    hairlines,
    own_color,
    placed_words,
    row_targets,
    sheet_skeleton,
    value_axis,
    verticals,
)
from ui.charts.skeleton import layer, on


@lru_cache(maxsize=1)
def risk_skeleton() -> str:
    """The figure as JSON text with slots, whatever the groups and rows."""
    x = value_axis("linear")
    told = [alt.Tooltip("row", type="nominal", title=" "), alt.Tooltip("told", type="nominal", title="  ")]
    limits = on("limits").mark_rule(y=ROW, strokeWidth=1.5, cursor="pointer")
    dots = on("dots").mark_point(y=ROW, filled=True, size=62, opacity=1, cursor="pointer")
    shape = alt.Shape("shape", type="nominal", scale=None, legend=None)
    return sheet_skeleton(
        row_targets(),
        verticals(x),
        layer(limits, x=x, x2=alt.X2("x2"), color=own_color(), tooltip=told),
        layer(dots, x=x, color=own_color(), shape=shape, tooltip=told),
        hairlines(),
        placed_words(),
    )
