"""The grammar of the flow diagram in Altair, with slots where a result goes."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from ui.charts.sheet_layers import own_color, placed_words, sheet_skeleton
from ui.charts.skeleton import layer, on, slot

_SHOWN = alt.ExprRef(expr="datum.narrow == narrow ? 1 : 0")


@lru_cache(maxsize=1)
def flow_skeleton() -> str:
    """The figure as JSON text with slots, whatever the cohort."""
    # what is not shown stands in the corner, so that it takes no room
    at = {side: alt.ExprRef(expr=f"datum.narrow == narrow ? datum.{side} : 0") for side in ("x", "y", "x2", "y2")}
    placed = {side: alt.value(place) for side, place in at.items()}
    strokes = on("strokes").mark_rule(
        opacity=_SHOWN, strokeWidth=alt.ExprRef(expr="datum.weight"), strokeCap="round"
    )  # fmt: skip
    heads = on("heads").mark_point(
        x=at["x"], y=at["y"], shape="triangle", size=44, filled=True, opacity=_SHOWN, color=slot("axis"),
        angle=alt.ExprRef(expr="datum.angle"),
    )  # fmt: skip
    return sheet_skeleton(layer(strokes, color=own_color(), **placed), layer(heads), placed_words())
