"""Quantiles of a survival curve, with limits from inverting the confidence band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import FloatArray

PLATEAU_TOLERANCE = float(np.sqrt(np.finfo(np.float64).eps))  # R's, 1.5e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalEstimate:
    """A number with its confidence limits; NaN where not reached or not defined.

    Attributes
    ----------
    value, conf_low, conf_high : float
    std_error : float
        Of ``value``, NaN where the limits do not come from one.
    """

    value: float
    conf_low: float
    conf_high: float
    std_error: float = float("nan")


def quantile(estimate: KaplanMeierEstimate, p: float) -> IntervalEstimate:
    """Time by which a fraction ``p`` has had the event; 0.5 is the median.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
    p : float
        Fraction with the event, between 0 and 1.

    Returns
    -------
    IntervalEstimate
        In the unit of the estimate. NaN where the curve, or a limit of the band, does not come down to ``1 - p``.

    Raises
    ------
    SpecError
        If ``p`` is not between 0 and 1.

    Notes
    -----
    The first time the curve is at or below ``1 - p``; where it is flat at exactly ``1 - p`` (tolerance 1.5e-8), the
    middle of the flat part. Limits are the same rule applied to the lower and upper limit of the band, so they depend
    on its ``conf_type``. Same as ``quantile(survival::survfit(...), probs = p)``; Prism has the same midpoint, SPSS
    and lifelines take the first time. Where few are at risk at first (delayed entry) the band is not monotone; what
    counts is where it first comes down, as in ``print(survfit(...))``.

    References
    ----------
    .. [1] Brookmeyer R, Crowley J. Biometrics 1982;38:29-41.
    """
    return all_quantiles(estimate, (p,))[0]


def all_quantiles(estimate: KaplanMeierEstimate, fractions: Sequence[float]) -> tuple[IntervalEstimate, ...]:
    """Several quantiles of one curve, see :func:`quantile`."""
    p = _checked(fractions)
    curves = (estimate.survival, estimate.conf_low, estimate.conf_high)
    value, low, high = (_crossings(estimate.time, curve, p, monotone=i == 0) for i, curve in enumerate(curves))
    return tuple(
        IntervalEstimate(value=v, conf_low=lo, conf_high=hi) for v, lo, hi in zip(value, low, high, strict=True)
    )


def crossing_times(
    time: FloatArray, curve: FloatArray, fractions: Sequence[float], *, monotone: bool = False
) -> list[float]:
    """Times at which a curve that falls from 1 comes down to ``1 - p`` for each fraction, NaN where it does not.

    A level reached exactly counts from its first time to the next level (or to the last time of follow-up), of which
    the middle is taken. A band need not be monotone; as in R its levels are then taken in the order of their height.
    The curve may be undefined (NaN) at its beginning and at its end.

    Raises
    ------
    SpecError
        If a fraction is not between 0 and 1.
    """
    return _crossings(time, curve, _checked(fractions), monotone=monotone)


def _checked(fractions: Sequence[float]) -> list[float]:
    p = [float(fraction) for fraction in fractions]
    if not all(0 < fraction < 1 for fraction in p):
        raise SpecError("Quantiles must lie between 0 and 1.", hint="The median is 0.5.")
    return p


def _crossings(time: FloatArray, curve: FloatArray, fractions: list[float], *, monotone: bool) -> list[float]:
    """``crossing_times`` of fractions that were checked."""
    if not time.size:
        return [math.nan] * len(fractions)
    last_time, risen = time.item(-1), 1 - curve
    last_level = risen.item(-1)
    if math.isnan(last_level) or math.isnan(risen.item(0)):
        known = (risen == risen).nonzero()[0]
        if not known.size:
            return [math.nan] * len(fractions)
        inside = slice(known.item(0), known.item(-1) + 1)
        time, risen = time[inside], risen[inside]
    if not monotone:
        risen = np.maximum.accumulate(risen)
        last_level = last_level if math.isnan(last_level) else risen.item(-1)
    found = []
    for p in fractions:
        reached = _first_of_rising(time, risen, p - PLATEAU_TOLERANCE)
        flat_to_the_end = abs(p - last_level) < PLATEAU_TOLERANCE
        passed = last_time if flat_to_the_end else _first_of_rising(time, risen, p + PLATEAU_TOLERANCE)
        found.append((reached + passed) / 2)
    return found


def _first_of_rising(time: FloatArray, risen: FloatArray, level: float) -> float:
    """First time at or above a level, NaN where there is none; time 0 where the level is not above 0."""
    if level <= 0:
        return 0.0
    row = int(risen.searchsorted(level))
    return time.item(row) if row < time.size else math.nan
