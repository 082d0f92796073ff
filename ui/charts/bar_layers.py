"""The grammar of the adverse-event bars in Altair, with slots where a result goes."""

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
from ui.charts.skeleton import layer, on, text_slot


@lru_cache(maxsize=1)
def bar_skeleton() -> str:
    """The figure as JSON text with slots, whatever the groups and rows."""
    x = value_axis("linear")
    told = [
        alt.Tooltip("row", type="nominal", title=" "),
        alt.Tooltip("group", type="nominal", title="  "),
        alt.Tooltip("any", type="nominal", title=text_slot("any_title")),
        alt.Tooltip("severe", type="nominal", title=text_slot("severe_title")),
    ]
    bars = on("bars").mark_rule(y=ROW, strokeWidth=alt.ExprRef(expr="datum.thick"), cursor="pointer")
    counts = on("counts").mark_text(
        y=ROW, baseline="middle", align=alt.ExprRef(expr="datum.align"), dx=alt.ExprRef(expr="datum.dx")
    )
    return sheet_skeleton(
        row_targets(),
        verticals(x),
        layer(bars, x=x, x2=alt.X2("x2"), color=own_color(), tooltip=told),
        layer(counts, x=x, text=alt.Text("text", type="nominal")),
        hairlines(),
        placed_words(),
    )
