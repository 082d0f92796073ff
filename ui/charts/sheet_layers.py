"""Marks of a figure that is also a table, in Altair: placed words, hairlines, bars and an axis that knows its place.

The plot itself is one pixel high; everything stands below it at its own height, so the figure is as high as its rows
need, wide or narrow. Bars are thick rules, because only rules and texts take a height in pixels from the data.
"""

from __future__ import annotations

from typing import Literal

import altair as alt

from ui.charts.picking import LEAST, TERM, pick
from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot, when_narrow

ROW = alt.ExprRef(expr="narrow ? datum.narrow : datum.wide")


def placed_words() -> alt.Chart:
    """The texts of dataset ``words``."""
    mark = on("words").mark_text(
        x=when_narrow("datum.nshare * width + datum.ndx", "datum.share * width + datum.dx"),
        y=when_narrow("datum.ny", "datum.y"), align=when_narrow("datum.nalign", "datum.align"),
        fontWeight=alt.ExprRef(expr="datum.bold ? 600 : 400"), fontSize=alt.ExprRef(expr="datum.size"),
        text=when_narrow("datum.ntext", "datum.text"), baseline="middle", limit=alt.ExprRef(expr="datum.limit"),
    )  # fmt: skip
    return layer(mark, color=own_color())


def hairlines() -> alt.Chart:
    """Lines across the whole figure, of dataset ``lines``."""
    mark = on("lines").mark_rule(y=ROW, stroke=slot("line"), strokeWidth=alt.ExprRef(expr="datum.weight"))
    return layer(mark, x=alt.value(0), x2=alt.value(alt.ExprRef(expr="width")))


def row_targets() -> alt.Chart:
    """Whole rows that can be clicked, of dataset ``targets``; what they stand for is their ``term`` and ``least``."""
    picked = pick([TERM, LEAST])
    mark = on("targets").mark_rule(
        y=ROW, strokeWidth=when_narrow("datum.nthick", "datum.thick"), stroke=slot("line"), cursor="pointer"
    )
    shade = alt.when(picked, empty=False).then(alt.value(0.9)).otherwise(alt.value(0))
    drawn = layer(mark, x=alt.value(0), x2=alt.value(alt.ExprRef(expr="width")), opacity=shade)
    return drawn.add_params(picked)


def own_color(field: str = "color") -> alt.Color:
    """A colour given in the data itself."""
    return alt.Color(field, type="nominal", scale=None, legend=None)


def value_axis(scale_type: Literal["linear", "log"], field: str = "x") -> alt.X:
    """The horizontal scale of the marks, its axis under the last row."""
    scale = alt.Scale(type=scale_type, domain=list_slot("domain"), range=list_slot("range"), nice=False)
    axis = alt.Axis(
        orient="bottom", offset=when_narrow("ends[1]", "ends[0]"), values=slot("ticks"), title=text_slot("x_title"),
        labelExpr=text_slot("label_expression"), labelFlush=False, labelOverlap=False,
    )  # fmt: skip
    return alt.X(field, type="quantitative", scale=scale, axis=axis)


def verticals(x: alt.X) -> alt.Chart:
    """Lines from the first row to the axis, of dataset ``guides``; ``narrow`` says which a narrow figure keeps."""
    mark = on("guides").mark_rule(
        y=when_narrow("starts[1]", "starts[0]"), y2=when_narrow("ends[1]", "ends[0]"),
        strokeDash=alt.ExprRef(expr="datum.dashed ? [3, 3] : [1, 0]"), opacity=when_narrow("datum.narrow ? 1 : 0", "1"),
    )  # fmt: skip
    return layer(mark, x=x, color=own_color())


def sheet_skeleton(*layers: alt.Chart) -> str:
    """The layers as one figure."""
    return compiled(alt.layer(*layers))
