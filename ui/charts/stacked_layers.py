"""The grammar of stacked incidence in Altair: areas of all states of one group, with slots where a result goes."""

from __future__ import annotations

from functools import lru_cache

import altair as alt

from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot

PALE = 0.55  # how much of the paper covers what few patients are behind


@lru_cache(maxsize=4)
def stacked_skeleton(*, hovers: bool) -> str:
    """One panel as JSON text with slots; without ``hovers`` for paper, where nothing waits for a pointer."""
    x = alt.X(
        "t",
        type="quantitative",
        scale=alt.Scale(domain=list_slot("x_domain"), nice=False, zero=False),
        axis=alt.Axis(values=slot("x_ticks"), title=text_slot("x_title"), labelFlush=False, labelOverlap=False),
    )
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(values=[0, 0.25, 0.5, 0.75, 1], format=".0%", title=None)
    y = alt.Y("s", type="quantitative", scale=scale, axis=axis)
    legend = alt.Legend(
        title=None, orient="top", direction="horizontal", symbolType="square", symbolSize=130, symbolStrokeWidth=0,
        offset=10, columns=slot("legend_columns"), columnPadding=14,
    )  # fmt: skip
    fill = alt.Fill(
        "state", type="nominal", scale=alt.Scale(domain=list_slot("states"), range=list_slot("fills")), legend=legend
    )
    edge = alt.Stroke(
        "state", type="nominal", scale=alt.Scale(domain=list_slot("states"), range=list_slot("edges")), legend=None
    )
    area = on("areas").mark_area(interpolate="step-after", line=False)
    border = on("borders").mark_line(interpolate="step-after", strokeWidth=1.5, strokeJoin="miter")
    name = on("names").mark_text(align="right", baseline="middle", dx=-6, fontWeight=500)
    pale = on("pale").mark_rect(fill=slot("paper"), opacity=PALE)
    parts = [
        layer(area, x=x, y=alt.Y("low", type="quantitative", scale=scale, axis=axis), y2=alt.Y2("high"), fill=fill),
        layer(border, x=x, y=y, stroke=edge, detail=alt.Detail("state", type="nominal")),
        layer(pale, x=x, x2=alt.X2("t2"), y=alt.datum(0, scale=scale), y2=alt.datum(1)),
        layer(name, x=x, y=y, text=alt.Text("text", type="nominal")),
    ]
    return compiled(alt.layer(*parts, *(_hover(x) if hovers else ())))


def _hover(x: alt.X) -> tuple[alt.Chart, alt.Chart]:
    """A rule at the nearest time, and the invisible points that carry the tooltip."""
    nearest = alt.selection_point(
        name="hover", nearest=True, on="pointermove", encodings=["x"], clear="pointerout", empty=False
    )
    shown = alt.when(nearest).then(alt.value(1)).otherwise(alt.value(0))
    rule = layer(on("hover").mark_rule(stroke=slot("rule"), strokeWidth=1), x=x, opacity=shown)
    mark = on("hover").mark_point(opacity=0, size=1)
    target = layer(mark, x=x, tooltip=[alt.Tooltip("when", type="nominal")])
    return rule, target.add_params(nearest).properties(name="target")
