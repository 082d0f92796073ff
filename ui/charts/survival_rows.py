"""From Kaplan-Meier estimates to the rows a survival chart draws; nothing is estimated here.

Columns are short because every row is sent to the browser: ``t`` time, ``s`` survival, ``group`` level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.reporting.format import percent_estimate, time_label
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import FloatArray, IntArray
from ui.charts.specification import Columns

MOST_STEPS = 1000
MOST_CENSORED = 400
HOVER_TIMES = 120


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """One group's curve as it is drawn.

    Attributes
    ----------
    level : str
    time, survival, conf_low, conf_high : array, shape (k,)
        Corners of the step function: ``(0, 1)`` first, the end of follow-up last, every step (or every one of
        ``MOST_STEPS`` columns' last step) between.
    """

    level: str
    time: FloatArray
    survival: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray

    @property
    def end(self) -> tuple[float, float]:
        """Where the curve stops: time and survival."""
        return float(self.time[-1]), float(self.survival[-1])

    def height_at(self, times: FloatArray) -> FloatArray:
        """Survival at ``times``; NaN after the curve has ended."""
        row = np.searchsorted(self.time, times, side="right") - 1
        return np.where(times <= self.time[-1], self.survival[row], np.nan)


def curve_of(estimate: KaplanMeierEstimate, level: str, *, end: float) -> Curve:
    """The curve of one group up to ``end``, at most ``MOST_STEPS`` steps."""
    last = min(estimate.last_time, end)
    steps = np.flatnonzero((estimate.n_events > 0) & (estimate.time <= last))
    if steps.size > MOST_STEPS:
        # along and down: neither a long tail nor a steep fall uses up the steps of the other
        along = (estimate.time[steps] / last + 1 - estimate.survival[steps]) / 2
        steps = thinned(steps, along, MOST_STEPS)
    goes_on = last > (estimate.time[steps[-1]] if steps.size else 0.0)

    def column(values: FloatArray, start: float, final: float) -> FloatArray:
        return np.concatenate(([start], values[steps], [final] if goes_on else []))

    def level_with(values: FloatArray) -> FloatArray:
        return column(values, 1.0, float(values[steps[-1]]) if steps.size else 1.0)

    return Curve(
        level=level,
        time=column(estimate.time, 0.0, last),
        survival=level_with(estimate.survival),
        conf_low=level_with(estimate.conf_low),
        conf_high=level_with(estimate.conf_high),
    )


def turned(curve: Curve) -> Curve:
    """The share with the event instead of the share without, limits swapped."""
    return replace(curve, survival=1 - curve.survival, conf_low=1 - curve.conf_high, conf_high=1 - curve.conf_low)


def thinned(rows: IntArray, along: FloatArray, most: int) -> IntArray:
    """At most ``most`` of ``rows``: the last one in each of ``most`` equal parts of the way ``along``, from 0 to 1."""
    if rows.size <= most:
        return rows
    part = np.minimum((along * most).astype(np.int64), most - 1)
    kept: IntArray = rows[np.append(np.diff(part) > 0, True)]
    return kept


def curve_rows(curves: Sequence[Curve]) -> Columns:
    """Corners of all curves."""
    return {
        "t": _together([curve.time for curve in curves]),
        "s": _together([curve.survival for curve in curves]),
        "group": _levels(curves, [curve.time.size for curve in curves]),
    }


def band_rows(curves: Sequence[Curve]) -> Columns:
    """Corners of the confidence bands; where there are no limits there is no band."""
    bands = [_band(curve) for curve in curves]
    return {
        "t": _together([time for time, _, _ in bands]),
        "low": _together([low for _, low, _ in bands]),
        "high": _together([high for _, _, high in bands]),
        "group": _levels(curves, [time.size for time, _, _ in bands]),
    }


def _band(curve: Curve) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times and limits of one band; its last limits hold until the curve steps on to where there are none."""
    known = np.flatnonzero(np.isfinite(curve.conf_low) & np.isfinite(curve.conf_high))
    limits = known
    if known.size and known[-1] + 1 < curve.time.size:
        known, limits = np.append(known, known[-1] + 1), np.append(known, known[-1])
    return curve.time[known], curve.conf_low[limits], curve.conf_high[limits]


def censored_rows(estimates: Sequence[KaplanMeierEstimate], levels: Sequence[str], *, end: float) -> Columns:
    """Where patients were censored, on the curve; at most ``MOST_CENSORED`` ticks a group."""
    rows = [_censored(estimate, min(estimate.last_time, end)) for estimate in estimates]
    pairs = list(zip(estimates, rows, strict=True))
    return {
        "t": _together([e.time[r] for e, r in pairs]),
        "s": _together([e.survival[r] for e, r in pairs]),
        "group": [level for level, r in zip(levels, rows, strict=True) for _ in range(r.size)],
    }


def _censored(estimate: KaplanMeierEstimate, last: float) -> IntArray:
    rows = np.flatnonzero((estimate.n_censored > 0) & (estimate.time <= last))
    return thinned(rows, estimate.time[rows] / last if last > 0 else np.zeros(rows.size), MOST_CENSORED)


def median_rows(curves: Sequence[Curve], medians: Sequence[float], *, end: float) -> Columns:
    """Guide lines: along 50 % to the longest median (of no group), and from there down at the median of each group."""
    reached = [(c.level, m) for c, m in zip(curves, medians, strict=True) if math.isfinite(m) and m <= end]
    along = [("", 0.0, max(m for _, m in reached), 0.5)] if reached else []
    lines = along + [(level, m, m, 0.0) for level, m in reached]
    return {
        "t": [line[1] for line in lines],
        "t2": [line[2] for line in lines],
        "s": [0.5] * len(lines),
        "s2": [line[3] for line in lines],
        "group": [line[0] for line in lines],
    }


def hover_times(end: float) -> FloatArray:
    """Round times, about ``HOVER_TIMES`` of them, from 0 to ``end``."""
    rough = end / HOVER_TIMES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    return np.round(np.arange(math.floor(end / step + 1e-9) + 1) * step, 10)


def hover_rows(
    estimates: Sequence[KaplanMeierEstimate], times: FloatArray, *, at_risk: str, events: bool = False
) -> Columns:
    """What the tooltip says at each time: one text per group, ``78.6 % (58.4–89.8), 22 at risk``.

    With ``events`` the share is of those with the event.
    """
    columns: Columns = {"t": times, "when": [time_label(time) for time in times]}
    for position, estimate in enumerate(estimates):
        columns[f"g{position}"] = _told(estimate, times, at_risk, events=events)
    return columns


def hover_points(curves: Sequence[Curve], times: FloatArray) -> Columns:
    """Where the curves are at each time, until they end."""
    heights = [curve.height_at(times) for curve in curves]
    shown = [np.isfinite(height) for height in heights]
    return {
        "t": _together([times[rows] for rows in shown]),
        "s": _together([height[rows] for height, rows in zip(heights, shown, strict=True)]),
        "group": _levels(curves, [int(rows.sum()) for rows in shown]),
    }


def _told(estimate: KaplanMeierEstimate, times: FloatArray, at_risk: str, *, events: bool) -> list[str]:
    """Texts of one group; survival is formatted once per step, not once per time."""
    at = estimate.at(times)
    step = np.searchsorted(estimate.time, times, side="right")
    survival: dict[int, str] = {}
    for row, position in enumerate(step.tolist()):
        if position not in survival:
            share = at.survival[row], at.conf_low[row], at.conf_high[row]
            survival[position] = percent_estimate(*((1 - share[0], 1 - share[2], 1 - share[1]) if events else share))
    return [
        f"{survival[position]}, {count:,.0f} {at_risk}" if time <= estimate.last_time else "–"
        for position, count, time in zip(step.tolist(), at.n_at_risk.tolist(), times.tolist(), strict=True)
    ]


def _together(parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros(0)


def _levels(curves: Sequence[Curve], counts: Sequence[int]) -> list[str]:
    return [curve.level for curve, n in zip(curves, counts, strict=True) for _ in range(n)]
