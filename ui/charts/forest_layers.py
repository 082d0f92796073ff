"""The grammar of the forest plot in Altair, with slots where a result goes."""

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


@lru_cache(maxsize=2)
def forest_skeleton(*, picked: bool = False) -> str:
    """The figure as JSON text with slots, whatever the model; ``picked`` where its rows can be clicked."""
    x = value_axis("log")
    told = [
        alt.Tooltip("row", type="nominal", title="Factor"),
        alt.Tooltip("told", type="nominal", title="Estimate"),
    ]
    interval = on("marks").mark_rule(y=ROW, strokeWidth=1.75)
    estimate = on("marks").mark_point(y=ROW, size=70, opacity=1, strokeWidth=1.75)
    arrow = on("arrows").mark_point(
        y=ROW, shape="triangle", size=46, opacity=1, filled=True, angle=alt.ExprRef(expr="datum.angle")
    )
    return sheet_skeleton(
        *([row_targets()] if picked else ()),
        hairlines(),
        verticals(x),
        layer(interval, x=value_axis("log", "low"), x2=alt.X2("high"), color=own_color(), tooltip=told),
        layer(
            estimate, x=x, stroke=alt.Stroke("color", type="nominal", scale=None, legend=None),
            fill=alt.Fill("fill", type="nominal", scale=None, legend=None),
            shape=alt.Shape("shape", type="nominal", scale=None, legend=None), tooltip=told,
        ),
        layer(arrow, x=x, color=own_color()),
        placed_words(),
    )  # fmt: skip
