"""Difference of two survival curves, under the curves it belongs to: the same time axis, as wide."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from core.reporting.format import percent, percentage_points, quantity, time_label, unit_digits
from core.reporting.sentences import group_names
from core.survival.difference_curve import DifferenceCurve
from core.survival.summary import SurvivalSummary
from core.timetoevent import FloatArray
from ui.charts.specification import Columns, Spec, filled, sized, with_data
from ui.charts.survival_chart_options import SurvivalChartOptions
from ui.charts.survival_layout import SurvivalLayout
from ui.charts.survival_rows import MOST_STEPS, hover_times, thinned
from ui.charts.theme import LIGHT, Theme, vega_config

HEIGHT = 190
_STEPS = (0.05, 0.1, 0.2, 0.25, 0.5)
_MOST_TICKS = 7


def difference_spec(
    summary: SurvivalSummary,
    *,
    options: SurvivalChartOptions,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
) -> Spec:
    """The difference as a Vega-Lite specification; its time axis stands as that of ``survival_spec``.

    Parameters
    ----------
    summary : SurvivalSummary
        It must have been asked for the difference.
    options : SurvivalChartOptions
        Those of the curves above.
    palette : Theme
    width : int or 'container'

    Raises
    ------
    ValueError
        If nobody asked for the difference.
    """
    from ui.charts.difference_layers import difference_skeleton  # Altair takes a third of a second to load

    made = summary.extras.difference
    if made is None:
        raise ValueError("the summary holds no difference")
    layout = SurvivalLayout(summary, options, palette)
    ticks = _ticks(made)
    above = layout.slots()
    position = next(i for i, group in enumerate(summary.groups) if group.level == made.level)
    slots = {
        **{name: above[name] for name in ("x_title", "x_domain", "x_ticks", "x_label", "muted", "rule", "paper")},
        "y_domain": [ticks[0], ticks[-1]],
        "y_ticks": ticks,
        "color": palette.group_colors(len(summary.groups))[position],
        "unit_title": layout.unit_title,
    }
    spec = filled(difference_skeleton(), slots)
    spec["height"] = HEIGHT
    spec["usermeta"] = {"shown": {"t": 1 / layout.shown_axis.per, "d": 100.0, "low": 100.0, "high": 100.0}}
    sized(spec, width, padding=layout.padding())
    spec["config"] = vega_config(palette)
    stands = layout.datasets()
    per = layout.shown_axis.per
    return with_data(
        spec,
        {
            **_curve(made, (ticks[0], ticks[-1]), fades=layout.fades, end=above["x_domain"][1]),
            "zero": {"d": [0.0]},
            "directions": _directions(made, options.title),
            "hover": _hover(summary, made, per, above["x_domain"][1]),
            "y_title": {"text": ["Percentage points"]},
            "risk_names": stands["risk_names"],
            "ends": stands.get("ends", {"t": [], "name": [], "shown": []}),
        },
    )


def describe_difference(made: DifferenceCurve, *, title: str) -> str:
    """The difference in words: where it goes, and how wide it is."""
    if not made.time.size:
        return f"Difference of {title}: {made.notes[0]}"
    digits = unit_digits(made.unit)
    top = int(np.argmax(np.abs(made.estimate)))
    told = [
        f"{percent(float(made.estimate[i]), sign=False)} percentage points at {quantity(time, made.unit, digits)}"
        for i, time in ((top, float(made.time[top])), (-1, made.until))
    ]
    said = (
        f"Difference of {title} over time, {made.level} minus {made.reference}, with its confidence band. Largest: "
        f"{told[0]}; at the end of follow-up {told[1]}."
    )
    if made.band is None or not made.band.n_times:
        return said
    return f"{said} Dashed lines are the limits for all times together."


def _ticks(made: DifferenceCurve) -> list[float]:
    """Round ends around the difference, and around its limits while ten patients of each group are at risk."""
    sure = (made.time <= made.few_from) if made.few_from else np.ones(made.time.shape, dtype=np.bool_)
    wider = [] if made.band is None else [made.band.conf_low, made.band.conf_high]
    seen = np.concatenate([made.estimate, made.conf_low[sure], made.conf_high[sure], *wider])
    seen = seen[np.isfinite(seen)]
    low, high = min(float(seen.min(initial=0.0)), -0.1), max(float(seen.max(initial=0.0)), 0.1)
    low, high = max(low, -1.0), min(high, 1.0)
    step = next((s for s in _STEPS if (high - low) / s <= _MOST_TICKS - 1), _STEPS[-1])
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _curve(made: DifferenceCurve, within: tuple[float, float], *, fades: bool, end: float) -> dict[str, Columns]:
    """Corners of the curve, its pale end and its band, up to ``end``."""
    last = min(made.until, end)
    rows = np.flatnonzero(made.time <= last)
    rows = thinned(rows, made.time[rows] / last if last else np.zeros(rows.size), MOST_STEPS)

    def until_end(values: FloatArray) -> FloatArray:
        return np.append(values[rows], values[rows[-1]] if rows.size else [])

    time = np.append(made.time[rows], last if rows.size else [])
    low, high = np.clip(until_end(made.conf_low), *within), np.clip(until_end(made.conf_high), *within)
    known = np.isfinite(low)
    cut = made.few_from if fades else math.inf
    sure = time <= cut
    turn = int(sure.sum())  # the pale part begins where the other ends
    at_cut = [made.at(cut).estimate] if 0 < turn < time.size else []
    estimate = until_end(made.estimate)
    return {
        "difference": {
            "t": np.append(time[sure], [cut] if at_cut else []),
            "d": np.append(estimate[sure], at_cut),
        },
        "difference_faded": {
            "t": np.append([cut] if at_cut else [], time[~sure]),
            "d": np.append(at_cut, estimate[~sure]),
        },
        "difference_band": {"t": time[known], "low": low[known], "high": high[known]},
        "difference_together": _together(made, within, end=end),
    }


def _together(made: DifferenceCurve, within: tuple[float, float], *, end: float) -> Columns:
    """The band for all times together, over its own range."""
    band = made.band
    if band is None or not band.n_times:
        return {"t": [], "low": [], "high": []}
    last = min(band.until, end)
    rows = np.flatnonzero(np.isfinite(band.conf_low) & (made.time <= last))
    rows = thinned(rows, made.time[rows] / last, MOST_STEPS)
    if not rows.size:
        return {"t": [], "low": [], "high": []}
    rows = np.append(rows, rows[-1])
    time = np.append(made.time[rows[:-1]], last)
    return {"t": time, "low": np.clip(band.conf_low[rows], *within), "high": np.clip(band.conf_high[rows], *within)}


def _directions(made: DifferenceCurve, title: str) -> Columns:
    first, second = group_names([made.level, made.reference])
    return {"text": [f"\u25b2 {title} better {first}", f"\u25bc better {second}"], "up": [True, False]}


def _hover(summary: SurvivalSummary, made: DifferenceCurve, per: float, end: float) -> Columns:
    shown = hover_times(min(made.until, end) / per)
    times = shown * per
    counts = [summary.group(level).estimate.at(times).n_at_risk for level in (made.level, made.reference)]
    told = []
    for time, first, second in zip(times.tolist(), *(count.tolist() for count in counts), strict=True):
        found = made.at(time)
        points = percentage_points(found.estimate, found.conf_low, found.conf_high)
        told.append(f"{points} points; at risk {first:,.0f} and {second:,.0f}")
    return {"t": times, "when": [time_label(time) for time in shown], "told": told}
