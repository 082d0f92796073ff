"""The grammar of the survival chart in Altair, layer by layer, with slots where a result goes.

Explicit channel objects throughout: Altair re-reads its whole schema for every shorthand string. All selections sit on
one invisible point layer that encodes colour: the legend listens to nothing else, and the nearest time is found only
among points.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import altair as alt

from ui.charts.end_labels import GAP, LABEL_LIMIT, LABEL_SIZE
from ui.charts.free_place import INSET
from ui.charts.picking import stretch
from ui.charts.risk_table import NAME_LIMIT
from ui.charts.short_names import LEEWAY
from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot, when_narrow
from ui.charts.survival_structure import Layers
from ui.charts.theme import TEXT_SIZE

DIMMED = 0.15
BESIDE = 0.75
CURVE_WIDTH = 2.25
FADED_WIDTH, FADED = 1.2, 0.55  # where few are at risk


def described(layers: Layers) -> str:
    """The chart as JSON text with slots, whatever the groups and the data."""
    pen = SurvivalPen(layers)
    parts = [
        *([pen.medians()] if layers.medians else ()),
        *([pen.landmarks()] if layers.landmarks else ()),
        *([pen.band()] if layers.band else ()),
        pen.rule(),
        *([pen.beside()] if layers.beside else ()),
        pen.curve(),
        *([pen.faded()] if layers.faded else ()),
        *([pen.censored()] if layers.censored else ()),
        pen.points(),
        *(pen.landmark_values() if layers.landmarks else ()),
        *(pen.end_labels() if layers.labels else ()),
        *pen.risk_table(),
        pen.y_title(),
        *([pen.annotation(halo=True)] if layers.landmarks else ()),
        pen.annotation(),
        pen.target(),
    ]
    return compiled(alt.layer(*parts))


class SurvivalPen:
    """Draws each layer with the channels they share."""

    def __init__(self, layers: Layers) -> None:
        self._has_legend = layers.legend
        self._between: Any = "linear" if layers.smooth else "step-after"
        self._time_scale: dict[str, Any] = {"type": "log"} if layers.log_time else {"zero": False}
        self._hover = alt.selection_point(
            name="hover", nearest=True, on="pointermove", encodings=["x"], clear="pointerout", empty=False
        )
        self._stretch = [stretch(text_slot("muted"))] if layers.stretch else []
        self._focus = alt.selection_point(name="focus", fields=["group"], bind="legend", toggle="true")

    @cached_property
    def _x(self) -> alt.X:
        return alt.X(
            "t",
            type="quantitative",
            scale=alt.Scale(domain=list_slot("x_domain"), nice=False, **self._time_scale),
            axis=alt.Axis(
                values=slot("x_ticks"),
                title=text_slot("x_title"),
                labelExpr=text_slot("x_label"),
                labelFlush=False,
                labelOverlap=False,
            ),
        )  # fmt: skip

    def _y(self, field: str = "s") -> alt.Y:
        axis = alt.Axis(values=slot("y_ticks"), format=text_slot("y_format"), title=None)
        scale = alt.Scale(domain=list_slot("y_domain"), nice=False, zero=False)
        return alt.Y(field, type="quantitative", scale=scale, axis=axis)

    @cached_property
    def _legend(self) -> alt.Legend | None:
        if not self._has_legend:
            return None
        return alt.Legend(
            title=None, orient="top", direction="horizontal", symbolType="stroke", offset=when_narrow("26", "14"),
            columns=slot("legend_columns"), labelExpr=text_slot("legend_label"),
        )  # fmt: skip

    @cached_property
    def _color(self) -> alt.Color:
        return alt.Color("group", type="nominal", scale=self._colors, legend=self._legend)

    @cached_property
    def _colors(self) -> alt.Scale:
        return alt.Scale(domain=list_slot("levels"), range=list_slot("colors"))

    @cached_property
    def _dash(self) -> alt.StrokeDash:
        scale = alt.Scale(domain=list_slot("levels"), range=list_slot("dashes"))
        return alt.StrokeDash("group", type="nominal", scale=scale, legend=self._legend)

    @cached_property
    def _own_color(self) -> Any:
        """The group's colour, or a quiet one for what belongs to no group."""
        return alt.when(alt.datum.group == "").then(alt.value(slot("muted"))).otherwise(self._color)

    @cached_property
    def _opacity(self) -> Any:
        """Full strength for the focused group, or for all while none is."""
        return alt.when(self._focus).then(alt.value(1)).otherwise(alt.value(DIMMED))

    @cached_property
    def _hovered(self) -> Any:
        return alt.when(self._hover).then(alt.value(1)).otherwise(alt.value(0))

    def band(self) -> alt.Chart:
        """Limits, as wide as the level of confidence asks."""
        mark = on("band").mark_area(interpolate=self._between, line=False)
        full, dim = alt.value(slot("band_opacity")), alt.value(slot("band_dimmed"))
        opacity = alt.when(self._focus).then(full).otherwise(dim)
        return layer(mark, x=self._x, y=self._y("low"), y2=alt.Y2("high"), color=self._color, opacity=opacity)

    def curve(self) -> alt.Chart:
        """The curves themselves."""
        return self._line("curve", CURVE_WIDTH, self._opacity)

    def faded(self) -> alt.Chart:
        """The ends of the curves where few are at risk."""
        opacity = alt.when(self._focus).then(alt.value(FADED)).otherwise(alt.value(DIMMED))
        return self._line("faded", FADED_WIDTH, opacity)

    def _line(self, dataset: str, width: float, opacity: Any) -> alt.Chart:
        mark = on(dataset).mark_line(interpolate=self._between, strokeWidth=width, strokeJoin="miter")
        return layer(mark, x=self._x, y=self._y(), color=self._color, strokeDash=self._dash, opacity=opacity)

    def beside(self) -> alt.Chart:
        """Another estimate of the same groups, for comparison only: thin, dotted, faint."""
        mark = on("beside").mark_line(interpolate="step-after", strokeWidth=1.25, strokeDash=[1, 3], strokeCap="round")
        opacity = alt.when(self._focus).then(alt.value(BESIDE)).otherwise(alt.value(DIMMED))
        return layer(mark, x=self._x, y=self._y(), color=self._color, opacity=opacity)

    def censored(self) -> alt.Chart:
        """A tick for every censored patient."""
        mark = on("censored").mark_tick(orient="vertical", height=9, thickness=1.25)
        return layer(mark, x=self._x, y=self._y(), color=self._color, opacity=self._opacity)

    def medians(self) -> alt.Chart:
        """Along 50 % and down to the medians."""
        mark = on("medians").mark_rule(strokeDash=[2, 3], strokeWidth=1)
        return layer(mark, x=self._x, x2=alt.X2("t2"), y=self._y(), y2=alt.Y2("s2"), color=self._own_color)

    def landmarks(self) -> alt.Chart:
        """Lines at chosen times."""
        mark = on("landmarks").mark_rule(strokeDash=[2, 3], strokeWidth=1, stroke=slot("muted"))
        return layer(mark, x=self._x, y=self._y(), y2=alt.Y2("s2"))

    def landmark_values(self) -> tuple[alt.Chart, alt.Chart]:
        """The height of each curve at the line, on a halo of paper."""
        place: dict[str, Any] = {"align": "left", "baseline": "middle", "dx": 4, "dy": alt.ExprRef(expr="datum.dy")}
        halo = on("landmark_values").mark_text(**place, stroke=slot("paper"), strokeWidth=3, strokeJoin="round")
        text = alt.Text("value", type="nominal")
        return (
            layer(halo, x=self._x, y=self._y(), text=text),
            layer(on("landmark_values").mark_text(**place, fontWeight=600), x=self._x, y=self._y(), text=text,
                  color=self._color, opacity=self._opacity),
        )  # fmt: skip

    def end_labels(self) -> tuple[alt.Chart, alt.Chart]:
        """Names at the ends, on a halo of paper so that a grid line or a tick behind stays legible."""
        place: dict[str, Any] = {
            "fontSize": LABEL_SIZE, "fontWeight": 600, "baseline": "middle", "align": when_narrow("'right'", "'left'"),
            "dx": when_narrow("0", str(GAP)), "dy": when_narrow("datum.narrow", "datum.wide"),
            "limit": LABEL_LIMIT * LEEWAY, "text": when_narrow("datum.shown ? datum.name : ''", "datum.name"),
        }  # fmt: skip
        halo = on("ends").mark_text(**place, stroke=slot("paper"), strokeWidth=4, strokeJoin="round")
        names = on("ends").mark_text(**place)
        return (
            layer(halo, x=self._x, y=self._y()),
            layer(names, x=self._x, y=self._y(), color=self._color, opacity=self._opacity),
        )

    def risk_table(self) -> tuple[alt.Chart, alt.Chart]:
        """Names and numbers under the time axis."""
        below = alt.ExprRef(expr="height + (narrow ? datum.narrow : datum.wide)")
        names = on("risk_names").mark_text(
            x=when_narrow("-32", "datum.x"), y=below, align="left", fontSize=TEXT_SIZE,
            limit=NAME_LIMIT * LEEWAY, fontWeight=alt.ExprRef(expr="datum.bold ? 600 : 500"),
        )  # fmt: skip
        cells = on("risk_cells").mark_text(
            y=below, align="center", fontSize=TEXT_SIZE, opacity=when_narrow("datum.few ? 1 : 0", "1")
        )
        return (
            layer(names, text=alt.Text("name", type="nominal"), color=self._own_color),
            layer(cells, x=self._x, text=alt.Text("cell", type="nominal")),
        )

    def y_title(self) -> alt.Chart:
        """Turned along the axis, or above it where the figure is narrow."""
        mark = on("y_title").mark_text(
            x=when_narrow("-32", "-50"), y=when_narrow("-14", "height / 2"), angle=when_narrow("0", "270"),
            align=when_narrow("'left'", "'center'"), fill=slot("muted"),
        )  # fmt: skip
        return layer(mark, text=alt.Text("text", type="nominal"))

    def annotation(self, *, halo: bool = False) -> alt.Chart:
        """Lines of text; the ``halo`` behind them keeps them legible on a line at a chosen time."""
        right = "(narrow ? datum.narrow_right : datum.wide_right)"
        mark = on("annotation").mark_text(
            x=alt.ExprRef(expr=f"{right} ? width - {INSET:.0f} : {INSET:.0f}"),
            y=alt.ExprRef(expr="height - (narrow ? datum.narrow : datum.wide)"),
            align=alt.ExprRef(expr=f"{right} ? 'right' : 'left'"),
            **({"stroke": slot("paper"), "strokeWidth": 5, "strokeJoin": "round"} if halo else {}),
        )
        return layer(mark, text=alt.Text("text", type="nominal"))

    def rule(self) -> alt.Chart:
        """A line where the pointer is."""
        mark = on("hover").mark_rule(stroke=slot("rule"), strokeWidth=1)
        return layer(mark, x=self._x, opacity=self._hovered)

    def points(self) -> alt.Chart:
        """Where the curves are at the time under the pointer."""
        mark = on("points").mark_point(filled=True, size=46, stroke=slot("paper"), strokeWidth=1.5)
        fill = alt.Fill("group", type="nominal", scale=self._colors, legend=self._legend)
        return layer(mark, x=self._x, y=self._y(), fill=fill, opacity=self._hovered)

    def target(self) -> alt.Chart:
        """Invisible points, one per time, that carry the tooltip and all selections."""
        mark = on("hover").mark_point(opacity=0, size=1)
        points = layer(mark, x=self._x, color=self._color, tooltip=[alt.Tooltip("when", type="nominal")])
        return points.add_params(self._hover, self._focus, *self._stretch).properties(name="target")
