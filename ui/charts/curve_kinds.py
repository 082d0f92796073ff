"""The five things a survival figure can draw: curves in the units of their axis, the axis, and what the pointer reads.

Belongs here: which numbers of a summary each kind shows, and how the axis counts them. Does not belong here: where
names and tables stand (``survival_layout``), estimating.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from core.reporting import format as fmt
from core.survival.cumulative_hazard import CumulativeHazard
from core.survival.extras import SurvivalExtras
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import FloatArray
from ui.charts.survival_rows import MOST_STEPS, Curve, curve_of, thinned, turned

if TYPE_CHECKING:
    from core.survival.log_log import LogLogCurve
    from core.survival.smoothed_hazard import SmoothedHazard

CurveKind: TypeAlias = Literal["survival", "events", "cumulative_hazard", "hazard", "log_log"]
SHARES: tuple[CurveKind, ...] = ("survival", "events")  # kinds whose axis runs from 0 to 100 %
_STEPS = (1, 2, 2.5, 5, 10)
_MOST_TICKS = 5
_ROOM = 1.5  # how far limits may stretch the axis beyond its curves
_LOG_TICKS = {
    "months": (0.1, 0.2, 0.5, 1, 2, 3, 6, 12, 24, 60, 120, 240),
    "years": (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAxis:
    """The vertical axis: its ends, ticks and how numbers on it are written."""

    low: float
    high: float
    ticks: tuple[float, ...]
    format: str

    def share(self, values: FloatArray) -> FloatArray:
        """Where ``values`` stand between the ends, 0 to 1."""
        return np.asarray(np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0))


def curves_of(
    estimates: Sequence[KaplanMeierEstimate],
    levels: Sequence[str],
    extras: SurvivalExtras,
    *,
    kept: Sequence[int],
    kind: CurveKind,
    end: float,
) -> list[Curve]:
    """Curves of the groups that are drawn, up to ``end``, in the units of the axis.

    Parameters
    ----------
    estimates : sequence of KaplanMeierEstimate
        Of the groups that are drawn.
    levels : sequence of str
        Their names.
    extras : SurvivalExtras
        Holds what ``kind`` needs: of ``cumulative_hazard``, ``hazard`` and ``log_log`` the one of that name.
    kept : sequence of int
        Positions of these groups among those of ``extras``.
    kind : CurveKind
    end : float
        Where the time axis stops.

    Raises
    ------
    ValueError
        If nobody asked for what is to be drawn.
    """
    pairs = list(zip(estimates, levels, strict=True))
    if kind in SHARES:
        curves = [curve_of(estimate, level, end=end) for estimate, level in pairs]
        return [turned(curve) for curve in curves] if kind == "events" else curves
    if not getattr(extras, kind):
        raise ValueError(f"the summary holds no {kind}")
    if kind == "hazard":
        return [_smooth(extras.hazard[i], level, end) for i, level in zip(kept, levels, strict=True)]
    made = extras.cumulative_hazard if kind == "cumulative_hazard" else extras.log_log
    return [_steps(estimate, made[i], level, end) for i, (estimate, level) in zip(kept, pairs, strict=True)]


def _smooth(made: SmoothedHazard, level: str, end: float) -> Curve:
    inside = np.flatnonzero(made.time <= end)
    return Curve(
        level=level,
        time=made.time[inside],
        survival=made.hazard[inside],
        conf_low=made.conf_low[inside],
        conf_high=made.conf_high[inside],
        linear=True,
    )


def _steps(estimate: KaplanMeierEstimate, made: CumulativeHazard | LogLogCurve, level: str, end: float) -> Curve:
    """A step function from the rows where it steps; the cumulative hazard begins at 0, its logarithm nowhere."""
    from_zero, last = isinstance(made, CumulativeHazard), min(estimate.last_time, end)
    stepping = np.diff(made.value, prepend=0.0 if from_zero else -np.inf) > 0
    rows = np.flatnonzero(stepping & (made.time <= last))
    rows = thinned(rows, made.time[rows] / last, MOST_STEPS) if rows.size > MOST_STEPS else rows
    # where survival has come down to 0 its double logarithm is not defined: the curve ends at the last one before
    goes_on = (not rows.size or last > made.time[rows[-1]]) and (
        from_zero or (rows.size > 0 and estimate.survival[-1] > 0)
    )

    def column(values: FloatArray, final: float | None = None) -> FloatArray:
        start, held = [0.0] if from_zero else [], float(values[rows[-1]]) if rows.size else 0.0
        return np.concatenate((start, values[rows], [held if final is None else final] if goes_on else []))

    return Curve(
        level=level,
        time=column(made.time, last),
        survival=column(made.value),
        conf_low=column(made.conf_low),
        conf_high=column(made.conf_high),
    )


def value_axis(curves: Sequence[Curve], kind: CurveKind, *, top: float = 1.0) -> ValueAxis:
    """The vertical axis: 0 to ``top`` of shares, else round numbers around the curves and, within reason, limits."""
    if kind in SHARES:
        return ValueAxis(low=0.0, high=top, ticks=tuple(top * quarter / 4 for quarter in range(5)), format=".0%")
    values = np.concatenate([curve.survival for curve in curves] or [np.zeros(0)])
    values = values[np.isfinite(values)]
    if not values.size or not float(np.ptp(values)) > 0:
        return ValueAxis(low=0.0, high=1.0, ticks=(0, 0.5, 1), format="~g")
    if kind == "log_log":
        low, high = float(values.min()), float(values.max())
    else:
        limits = np.concatenate([curve.conf_high for curve in curves])
        tallest = float(values.max())
        widest = float(limits[np.isfinite(limits)].max(initial=tallest))
        low, high = 0.0, max(tallest, min(widest, _ROOM * tallest))
    step = _round_step((high - low) / _MOST_TICKS)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(i * step, 10) for i in range(first, last + 1))
    return ValueAxis(low=ticks[0], high=ticks[-1], ticks=ticks, format="~g")


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in _STEPS if m * power >= rough * (1 - 1e-9))


def log_ticks(first: float, end: float, unit: str) -> list[float]:
    """Round times from the last one before ``first`` up to ``end``, for a logarithmic axis."""
    known = _LOG_TICKS.get(unit, ())
    powers = range(math.floor(math.log10(first)), math.ceil(math.log10(end)) + 1)
    times = known if known and known[0] <= first else tuple(m * 10.0**p for p in powers for m in (1, 2, 5))
    start = max((time for time in times if time <= first * (1 + 1e-9)), default=first)
    return [round(time, 10) for time in times if start <= time <= end * (1 + 1e-9)] or [start]


def apart(ticks: Sequence[float], *, start: float, end: float, most: int) -> list[float]:
    """Those of ``ticks`` that stand far enough apart on a logarithmic axis for ``most`` of them to fit."""
    width = math.log(end / start) / max(most - 1, 1)
    kept = [ticks[0]]
    for tick in ticks[1:]:
        if math.log(tick / kept[-1]) >= width * 0.8:
            kept.append(tick)
    return kept


def reader(kind: CurveKind, unit: str) -> Callable[[float, float, float], str]:
    """How a value and its limits are said where the pointer is."""
    if kind in SHARES:
        return fmt.percent_estimate
    if kind == "hazard":
        one = fmt.unit_word(unit, 1.0)
        return lambda *values: f"{fmt.estimate(*values, digits=3, missing=fmt.EN_DASH)} per {one}"
    return lambda *values: fmt.estimate(*values, digits=2, missing=fmt.EN_DASH)


def censored_heights(estimate: KaplanMeierEstimate, kind: CurveKind) -> FloatArray | None:
    """Height of the curve at each time of the estimate, for ticks at censored patients; None where there are none."""
    if kind == "survival":
        return estimate.survival
    if kind == "events":
        return 1 - estimate.survival
    if kind == "cumulative_hazard":
        return estimate.cumulative_hazard
    if kind == "log_log":
        inside = (estimate.survival > 0) & (estimate.survival < 1) & (estimate.time > 0)
        return np.where(inside, np.log(-np.log(np.where(inside, estimate.survival, 0.5))), np.nan)
    return None


def on_paper(curves: Sequence[Curve], axis: ValueAxis, *, start: float, end: float) -> list[Curve]:
    """The curves as they lie on the figure: heights from 0 to 1, times spread as the axis spreads them.

    ``start`` above 0 means a logarithmic axis from there to ``end``.
    """
    return [
        replace(
            curve,
            time=curve.time if not start else end * np.log(np.maximum(curve.time, start) / start) / np.log(end / start),
            survival=axis.share(curve.survival),
            conf_low=axis.share(curve.conf_low),
            conf_high=axis.share(curve.conf_high),
        )
        for curve in curves
    ]
