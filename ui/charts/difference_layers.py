"""The grammar of the difference of two curves: the time axis, the hover and the words are the survival chart's."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt

from ui.charts.end_labels import GAP, LABEL_LIMIT, LABEL_SIZE
from ui.charts.risk_table import NAME_LIMIT
from ui.charts.short_names import LEEWAY
from ui.charts.skeleton import compiled, layer, list_slot, on, slot, text_slot, when_narrow
from ui.charts.survival_layers import CURVE_WIDTH, FADED, FADED_WIDTH, SurvivalPen
from ui.charts.survival_structure import Layers
from ui.charts.theme import TEXT_SIZE

_STEPS: Any = "step-after"
_BAND = 0.16


@lru_cache(maxsize=2)
def difference_skeleton(*, log_time: bool = False) -> str:
    """The chart as JSON text with slots."""
    pen = _DifferencePen(Layers(legend=False, log_time=log_time))
    return compiled(
        alt.layer(
            pen.limits("difference_band", _BAND), pen.zero(), pen.edge("low"), pen.edge("high"),
            pen.rule(), pen.line("difference", CURVE_WIDTH, 1.0),
            pen.line("difference_faded", FADED_WIDTH, FADED), pen.directions(), pen.y_title(), *pen.room(), pen.found(),
        )
    )  # fmt: skip


class _DifferencePen(SurvivalPen):
    def _y(self, field: str = "d") -> alt.Y:
        axis = alt.Axis(
            values=slot("y_ticks"), title=None, labelExpr="datum.value ? format(100 * datum.value, '+.0f') : '0'"
        )
        return alt.Y(field, type="quantitative", scale=self._shares, axis=axis)

    @property
    def _shares(self) -> alt.Scale:
        return alt.Scale(domain=list_slot("y_domain"), nice=False, zero=False)

    def zero(self) -> alt.Chart:
        """No difference."""
        mark = on("zero").mark_rule(stroke=slot("muted"), strokeWidth=1)
        return layer(mark, y=self._y())

    def limits(self, dataset: str, opacity: float) -> alt.Chart:
        mark = on(dataset).mark_area(interpolate=_STEPS, line=False, opacity=opacity, color=slot("color"))
        return layer(mark, x=self._x, y=self._y("low"), y2=alt.Y2("high"))

    def edge(self, side: str) -> alt.Chart:
        """A limit for all times together: an area would darken the band that it holds."""
        mark = on("difference_together").mark_line(
            interpolate=_STEPS, strokeWidth=1, strokeDash=[4, 3], strokeJoin="miter", stroke=slot("color")
        )
        return layer(mark, x=self._x, y=self._y(side))

    def line(self, dataset: str, width: float, opacity: float) -> alt.Chart:
        mark = on(dataset).mark_line(
            interpolate=_STEPS, strokeWidth=width, strokeJoin="miter", stroke=slot("color"), opacity=opacity
        )
        return layer(mark, x=self._x, y=self._y())

    def directions(self) -> alt.Chart:
        """Which side of the line speaks for which group."""
        mark = on("directions").mark_text(
            x=8, y=alt.ExprRef(expr="datum.up ? 10 : height - 10"), align="left", baseline="middle", fill=slot("muted")
        )
        return layer(mark, text=alt.Text("text", type="nominal"))

    def room(self) -> tuple[alt.Chart, alt.Chart]:
        """Unseen words that take the room of those of the curves above, so that both time axes stand alike."""
        names = on("risk_names").mark_text(
            x=when_narrow("-32", "datum.x"), y=0, align="left", fontSize=TEXT_SIZE, limit=NAME_LIMIT * LEEWAY,
            opacity=0, fontWeight=alt.ExprRef(expr="datum.bold ? 600 : 500"),
        )  # fmt: skip
        ends = on("ends").mark_text(
            fontSize=LABEL_SIZE, fontWeight=600, align=when_narrow("'right'", "'left'"),
            dx=when_narrow("0", str(GAP)), limit=LABEL_LIMIT * LEEWAY, opacity=0, y=0,
            text=when_narrow("datum.shown ? datum.name : ''", "datum.name"),
        )  # fmt: skip
        return layer(names, text=alt.Text("name", type="nominal")), layer(ends, x=self._x)

    def found(self) -> alt.Chart:
        """Invisible points that carry the tooltip."""
        tooltip = [
            alt.Tooltip("when", type="nominal", title=text_slot("unit_title")),
            alt.Tooltip("told", type="nominal", title="Difference"),
        ]
        points = layer(on("hover").mark_point(opacity=0, size=1), x=self._x, tooltip=tooltip)
        return points.add_params(self._hover)
