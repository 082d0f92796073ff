"""Quantiles of a survival curve, with limits from inverting the confidence band."""

from __future__ import annotations

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
    and lifelines take the first time.

    References
    ----------
    .. [1] Brookmeyer R, Crowley J. Biometrics 1982;38:29-41.
    """
    return all_quantiles(estimate, (p,))[0]


def all_quantiles(estimate: KaplanMeierEstimate, fractions: Sequence[float]) -> tuple[IntervalEstimate, ...]:
    """Several quantiles of one curve, see :func:`quantile`."""
    p = np.array(fractions, dtype=np.float64)
    if not ((p > 0) & (p < 1)).all():
        raise SpecError("Quantiles must lie between 0 and 1.", hint="The median is 0.5.")
    time = np.append(0.0, estimate.time)
    curves = (estimate.survival, estimate.conf_low, estimate.conf_high)
    value, low, high = (_crossing(time, np.append(0.0, 1 - curve), p) for curve in curves)
    return tuple(
        IntervalEstimate(value=v, conf_low=lo, conf_high=hi)
        for v, lo, hi in zip(value.tolist(), low.tolist(), high.tolist(), strict=True)
    )


def _crossing(time: FloatArray, risen: FloatArray, p: FloatArray) -> FloatArray:
    """Times at which a curve that rises from 0 reaches each ``p``, NaN where it does not.

    A level reached exactly counts from its first time to the next level (or to the last time of follow-up), of which
    the middle is taken. A band need not be monotone; as in R its levels are then taken in the order of their height.
    """
    last_time, ends_undefined = time[-1], np.isnan(risen[-1])
    undefined = np.isnan(risen)
    if undefined.any():
        time, risen = time[~undefined], risen[~undefined]
    last_level = risen[-1]
    if (risen[1:] < risen[:-1]).any():
        risen, first = np.unique(risen, return_index=True)
        time = time[first]
    padded = np.append(time, np.nan)
    reached = padded[risen.searchsorted(p - PLATEAU_TOLERANCE)]
    passed = padded[risen.searchsorted(p + PLATEAU_TOLERANCE)]
    crossing: FloatArray = (reached + passed) / 2
    flat_to_the_end = np.abs(p - last_level) < PLATEAU_TOLERANCE
    if not ends_undefined and flat_to_the_end.any():
        crossing[flat_to_the_end] = (reached[flat_to_the_end] + last_time) / 2
    return crossing
