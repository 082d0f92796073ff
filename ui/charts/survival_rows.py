"""From Kaplan-Meier estimates to the rows a survival chart draws; nothing is estimated here.

Columns are short because every row is sent to the browser: ``t`` time, ``s`` survival, ``group`` level.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.reporting.format import percent_estimate, time_label
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import BoolArray, FloatArray, IntArray
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
        ``MOST_STEPS`` columns' last step) between. Other kinds of curve hold their own heights in ``survival``.
    linear : bool
        The curve runs straight from corner to corner instead of stepping.
    """

    level: str
    time: FloatArray
    survival: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    linear: bool = False

    @property
    def end(self) -> tuple[float, float]:
        """Where the curve stops: time and survival."""
        return float(self.time[-1]), float(self.survival[-1])

    def height_at(self, times: FloatArray) -> FloatArray:
        """Height at ``times``; NaN before the curve begins and after it has ended."""
        inside = (times >= self.time[0]) & (times <= self.time[-1])
        return np.where(inside, self.read(self.survival, times), np.nan)

    def read(self, values: FloatArray, times: FloatArray) -> FloatArray:
        """One of the columns at ``times`` between the ends."""
        if self.linear:
            return np.asarray(np.interp(times, self.time, values))
        return np.asarray(values[np.maximum(np.searchsorted(self.time, times, side="right") - 1, 0)])


def curve_of(estimate: KaplanMeierEstimate, level: str, *, end: float) -> Curve:
    """The curve of one group up to ``end``, at most ``MOST_STEPS`` steps."""
    last = min(estimate.last_time, end)
    steps = np.flatnonzero(estimate.n_events[: _until(estimate, last)])
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


def _until(estimate: KaplanMeierEstimate, last: float) -> int:
    """How many rows of the estimate are not after ``last``."""
    return int(np.searchsorted(estimate.time, last, side="right"))


def turned(curve: Curve) -> Curve:
    """The share with the event instead of the share without, limits swapped."""
    return replace(curve, survival=1 - curve.survival, conf_low=1 - curve.conf_high, conf_high=1 - curve.conf_low)


def parted(curve: Curve, at: float) -> tuple[Curve, Curve]:
    """The curve up to a time, and from there on; either may be empty."""
    before = curve.time <= at
    if before.all():
        return curve, _cut(curve, ~before, None, first=False)
    if not before.any():
        return _cut(curve, before, None, first=True), curve
    return _cut(curve, before, at, first=True), _cut(curve, ~before, at, first=False)


def _cut(curve: Curve, kept: BoolArray, at: float | None, *, first: bool) -> Curve:
    """The kept corners of a curve, and one more at the cut: behind them, or before where the ``first`` part is gone."""
    corner = np.zeros(0) if at is None else np.array([at])

    def column(values: FloatArray, there: FloatArray) -> FloatArray:
        return np.concatenate((values[kept], there) if first else (there, values[kept]))

    return replace(
        curve,
        time=column(curve.time, corner),
        survival=column(curve.survival, curve.read(curve.survival, corner)),
        conf_low=column(curve.conf_low, curve.read(curve.conf_low, corner)),
        conf_high=column(curve.conf_high, curve.read(curve.conf_high, corner)),
    )


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


def band_rows(curves: Sequence[Curve], *, within: tuple[float, float] = (0.0, 1.0)) -> Columns:
    """Corners of the confidence bands, cut off at the ends of the axis; where there are no limits there is no band."""
    bands = [_band(curve) for curve in curves]
    return {
        "t": _together([time for time, _, _ in bands]),
        "low": np.clip(_together([low for _, low, _ in bands]), *within),
        "high": np.clip(_together([high for _, _, high in bands]), *within),
        "group": _levels(curves, [time.size for time, _, _ in bands]),
    }


def _band(curve: Curve) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Times and limits of one band; its last limits hold until the curve steps on to where there are none."""
    known = np.flatnonzero(np.isfinite(curve.conf_low) & np.isfinite(curve.conf_high))
    limits = known
    if known.size and known[-1] + 1 < curve.time.size:
        known, limits = np.append(known, known[-1] + 1), np.append(known, known[-1])
    return curve.time[known], curve.conf_low[limits], curve.conf_high[limits]


def censored_rows(
    estimates: Sequence[KaplanMeierEstimate],
    levels: Sequence[str],
    heights: Sequence[FloatArray],
    *,
    start: float = 0.0,
    end: float,
) -> Columns:
    """Where patients were censored, on curves of these ``heights``; at most ``MOST_CENSORED`` ticks a group."""
    rows = [_censored(estimate, start, min(estimate.last_time, end)) for estimate in estimates]
    rows = [r[np.isfinite(height[r])] for r, height in zip(rows, heights, strict=True)]
    return {
        "t": _together([e.time[r] for e, r in zip(estimates, rows, strict=True)]),
        "s": _together([height[r] for height, r in zip(heights, rows, strict=True)]),
        "group": [level for level, r in zip(levels, rows, strict=True) for _ in range(r.size)],
    }


def _censored(estimate: KaplanMeierEstimate, start: float, last: float) -> IntArray:
    rows = np.flatnonzero((estimate.n_censored > 0) & (estimate.time >= start) & (estimate.time <= last))
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


def hover_times(end: float, start: float = 0.0) -> FloatArray:
    """Round times, about ``HOVER_TIMES`` of them, from 0 (or ``start``) to ``end``."""
    rough = end / HOVER_TIMES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    times = np.round(np.arange(math.floor(end / step + 1e-9) + 1) * step, 10)
    return times[times >= start] if start else times


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


def curve_hover_rows(
    curves: Sequence[Curve],
    estimates: Sequence[KaplanMeierEstimate],
    times: FloatArray,
    *,
    at_risk: str,
    reader: Callable[[float, float, float], str],
) -> Columns:
    """What the tooltip says at each time on curves that are no shares: ``0.42 (0.30–0.58), 22 at risk``."""
    columns: Columns = {"t": times, "when": [time_label(time) for time in times]}
    for position, (curve, estimate) in enumerate(zip(curves, estimates, strict=True)):
        columns[f"g{position}"] = _told_of(curve, estimate, times, at_risk=at_risk, reader=reader)
    return columns


def hover_points(curves: Sequence[Curve], times: FloatArray) -> Columns:
    """Where the curves are at each time, until they end."""
    heights = [curve.height_at(times) if curve.time.size else np.full(times.shape, np.nan) for curve in curves]
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


def _told_of(
    curve: Curve,
    estimate: KaplanMeierEstimate,
    times: FloatArray,
    *,
    at_risk: str,
    reader: Callable[[float, float, float], str],
) -> list[str]:
    """Texts of one group, read from its curve."""
    if not curve.time.size:
        return ["–"] * len(times)
    columns = [curve.read(values, times).tolist() for values in (curve.survival, curve.conf_low, curve.conf_high)]
    inside = ((times >= curve.time[0]) & (times <= curve.time[-1])).tolist()
    counts = estimate.at(times).n_at_risk.tolist()
    return [
        f"{reader(*values)}, {count:,.0f} {at_risk}" if shown else "–"
        for shown, count, *values in zip(inside, counts, *columns, strict=True)
    ]


def _together(parts: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros(0)


def _levels(curves: Sequence[Curve], counts: Sequence[int]) -> list[str]:
    return [curve.level for curve, n in zip(curves, counts, strict=True) for _ in range(n)]
