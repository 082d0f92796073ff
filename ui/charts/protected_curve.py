"""Survival at a few round times, for those who see no small numbers: points with intervals.

The lines between them only join them: what lies between is not told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core.reporting import format as fmt
from core.reporting.suppression.curves import ProtectedCurve
from core.reporting.survival_tables import group_label
from ui.charts.specification import Spec
from ui.charts.theme import LIGHT, TEXT_SIZE, Theme, group_dashes, vega_config

HEIGHT = 300
_APART = 0.006  # of the time axis: intervals of groups stand beside each other


def protected_curve_spec(
    curves: Sequence[ProtectedCurve], *, unit: str, title: str, palette: Theme = LIGHT, width: int | None = None
) -> Spec:
    """The curves as a Vega-Lite specification; its data are the printed numbers and nothing else.

    Parameters
    ----------
    curves : sequence of ProtectedCurve
    unit, title : str
        Of the time axis; of the vertical axis.
    palette : Theme
    width : int, optional
        In pixels; as wide as its place without it.
    """
    levels = [group_label(curve.level) for curve in curves]
    end = float(curves[0].time[-1]) or 1.0
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width or "container",
        "height": HEIGHT,
        "data": {"values": _rows(curves, levels, end)},
        "layer": _layers(
            _color(levels, palette), curves[0].time.tolist(), levels, words=(fmt.unit_word(unit).capitalize(), title)
        ),
        "config": vega_config(palette),
    }


def _rows(curves: Sequence[ProtectedCurve], levels: Sequence[str], end: float) -> list[dict[str, Any]]:
    return [
        {
            "group": level,
            "time": float(time),
            "beside": float(time) + (position - (len(curves) - 1) / 2) * _APART * end * 2,
            "survival": float(survival),
            "low": None if math.isnan(low) else float(low),
            "high": None if math.isnan(high) else float(high),
        }
        for position, (curve, level) in enumerate(zip(curves, levels, strict=True))
        for time, survival, low, high in zip(curve.time, curve.survival, curve.conf_low, curve.conf_high, strict=True)
    ]


def _color(levels: Sequence[str], palette: Theme) -> Spec:
    legend = {
        "title": None,
        "orient": "top",
        "labelFontSize": TEXT_SIZE,
        "symbolType": "stroke",
        "symbolStrokeWidth": 3,
    }
    return {
        "field": "group",
        "type": "nominal",
        "scale": {"domain": list(levels), "range": palette.group_colors(len(levels))},
        "legend": None if len(levels) == 1 else legend,
    }


def _layers(color: Spec, ticks: list[float], levels: Sequence[str], *, words: tuple[str, str]) -> list[Spec]:
    """Lines, intervals and points; ``words`` title the two axes."""
    unit, title = words
    dash = {"field": "group", "scale": {"domain": list(levels), "range": group_dashes(len(levels))}, "legend": None}
    times = {"type": "quantitative", "scale": {"domain": [0, ticks[-1] * 1.02], "nice": False}}
    x = {**times, "field": "time", "title": unit, "axis": {"values": ticks, "format": "~g", "labelFlush": False}}
    beside = {**times, "field": "beside"}
    y: Spec = {"field": "survival", "type": "quantitative", "title": title}
    y |= {"scale": {"domain": [0, 1]}, "axis": {"format": "%"}}
    told = [
        {"field": "group", "title": "Group"},
        {"field": "time", "title": unit},
        {"field": "survival", "title": title, "format": ".0%"},
    ]
    later = [{"filter": "datum.time > 0"}]  # at the start all are there
    low, high = {"field": "low", "type": "quantitative"}, {"field": "high"}
    return [
        {
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {"x": x, "y": y, "color": color, "strokeDash": dash},
        },
        {
            "transform": later,
            "mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.6},
            "encoding": {"x": beside, "y": low, "y2": high, "color": color},
        },
        {
            "transform": later,
            "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
            "encoding": {"x": beside, "y": y, "color": color, "tooltip": told},
        },
    ]


def describe_protected_curves(curves: Sequence[ProtectedCurve], *, unit: str, title: str) -> str:
    """The curves in words: each group at its last printed time."""
    told = [
        f"{group_label(curve.level)} {fmt.percent(float(curve.survival[-1]), 0)} after "
        f"{fmt.time_label(float(curve.time[-1]))} {fmt.unit_word(unit)}"
        for curve in curves
    ]
    return f"{title} at round times: {fmt.in_words(told)}."
