"""The grammar of the volcano in Altair, with slots where a result goes."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from ui.charts.picking import LEAST, TERM, pick
from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot, when_narrow
from ui.charts.theme import SMALL_SIZE

_POWER = "datum.value < 4.5 ? format(pow(10, -datum.value), '~r') : format(pow(10, -datum.value), '.0e')"


@lru_cache(maxsize=1)
def volcano_skeleton() -> str:
    """The figure as JSON text with slots, whatever the groups and events."""
    x, y = _axes()
    told = [
        alt.Tooltip("row", type="nominal", title=" "),
        alt.Tooltip("told", type="nominal", title="  "),
        alt.Tooltip("sure", type="nominal", title="   "),
    ]
    size = alt.Size("size", type="quantitative", scale=None, legend=None)
    shape = alt.Shape("shape", type="nominal", scale=None, legend=None)
    dots = on("events").mark_point(filled=True, opacity=0.9, strokeWidth=1.4, cursor="pointer")
    fill = alt.Fill("fill", type="nominal", scale=None, legend=None)
    stroke = alt.Stroke("color", type="nominal", scale=None, legend=None)
    rule = on("rules").mark_rule(strokeDash=[4, 4], color=slot("line"))
    named = on("rules").mark_text(align="left", dx=2, dy=-7, x=0, color=slot("muted"), fontSize=SMALL_SIZE)
    sides = on("sides").mark_text(
        y=8, baseline="middle", color=slot("muted"), fontSize=SMALL_SIZE, align=alt.ExprRef(expr="datum.align"),
        text=when_narrow("datum.ntext", "datum.text"),
    )  # fmt: skip
    label = on("labels").mark_text(
        baseline="middle", color=slot("ink"), fontSize=SMALL_SIZE, text=when_narrow("datum.ntext", "datum.text"),
        dx=when_narrow("datum.ndx", "datum.dx"), dy=when_narrow("datum.ndy", "datum.dy"),
        align=when_narrow("datum.nalign", "datum.align"),
    )  # fmt: skip
    return compiled(
        alt.layer(
            layer(on("zero").mark_rule(color=slot("line")), x=x),
            layer(rule, y=y),
            layer(named, y=y, text=alt.Text("text", type="nominal")),
            layer(sides, x=x),
            layer(dots, x=x, y=y, size=size, shape=shape, fill=fill, stroke=stroke, tooltip=told).add_params(
                pick([TERM, LEAST])
            ),
            layer(label, x=x, y=y),
        )
    )


def _axes() -> tuple[alt.X, alt.Y]:
    x = alt.X(
        "x", type="quantitative", scale=alt.Scale(domain=list_slot("x_domain"), nice=False),
        axis=alt.Axis(
            values=slot("x_ticks"), title=text_slot("x_title"), labelExpr=text_slot("x_label"), labelFlush=False
        ),
    )  # fmt: skip
    y = alt.Y(
        "y", type="quantitative", scale=alt.Scale(domain=list_slot("y_domain"), nice=False),
        axis=alt.Axis(values=slot("y_ticks"), title="P (smaller is higher)", labelExpr=_POWER),
    )  # fmt: skip
    return x, y
