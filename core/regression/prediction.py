"""Survival that a Cox model predicts for one patient, with its standard error and limits.

Belongs here: a predicted curve, and reading it at times and quantiles. Does not belong here: hazards
(``baseline_hazard``), averages over patients (``standardisation``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.regression.baseline_hazard import FittedHazards
from core.spec import ConfType
from core.survival.intervals import survival_limits
from core.survival.quantiles import IntervalEstimate, crossing_times
from core.timetoevent import TIE_TOLERANCE, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictedAt:
    """A predicted curve at chosen times, arrays of shape (m,)."""

    time: FloatArray
    survival: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PredictedCurve:
    """A survival curve that a model predicts.

    Attributes
    ----------
    time : array, shape (k,)
        Event times, ascending, in the unit of the data.
    survival, std_error, conf_low, conf_high : arrays, shape (k,)
        ``std_error`` is of survival. Limits are NaN where the interval type has none.
    last_time : float
        Where follow-up ends, and the curve with it.
    conf_type, conf_level
    """

    time: FloatArray
    survival: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    last_time: float
    conf_type: ConfType
    conf_level: float

    def __post_init__(self) -> None:
        for array in (self.time, self.survival, self.std_error, self.conf_low, self.conf_high):
            array.setflags(write=False)

    @property
    def median(self) -> IntervalEstimate:
        """First time at which survival is 0.5 or less; limits invert the band. NaN where not reached."""
        return self.quantile(0.5)

    def quantile(self, p: float) -> IntervalEstimate:
        """Time by which a fraction ``p`` is predicted to have had the event, as ``core.survival.quantile``."""
        found = [crossing_times(self.time, band, (p,))[0] for band in (self.survival, self.conf_low, self.conf_high)]
        return IntervalEstimate(value=found[0], conf_low=found[1], conf_high=found[2])

    def at(self, times: Sequence[float] | FloatArray) -> PredictedAt:
        """The curve at chosen times, any order; 1 before the first event, the last value after the last one."""
        asked = np.atleast_1d(np.array(times, dtype=np.float64))
        row = np.searchsorted(self.time, asked * (1 + TIE_TOLERANCE), side="right")
        return PredictedAt(
            time=asked,
            survival=np.append(1.0, self.survival)[row],
            std_error=np.append(0.0, self.std_error)[row],
            conf_low=np.append(1.0, self.conf_low)[row],
            conf_high=np.append(1.0, self.conf_high)[row],
        )


def predicted_curve(
    fitted: FittedHazards,
    row: FloatArray,
    *,
    stratum: int = 0,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
) -> PredictedCurve:
    r"""Survival of one patient.

    Parameters
    ----------
    fitted : FittedHazards
    row : array, shape (p_design,)
        The patient's values of the design's columns.
    stratum : int
        Code of the patient's stratum.
    conf_type : {'log-log', 'log', 'plain'}
    conf_level : float

    Notes
    -----
    :math:`S(t | x) = \exp(-\hat\Lambda_0(t) e^{x'\beta})`; variance of the cumulative hazard :math:`e^{2 x'\beta}
    (V(t) + c' \Sigma c)`, :math:`c = x \hat\Lambda_0(t) - q(t)` with the drift :math:`q`. Same as
    ``survival::survfit(fit, newdata, conf.type = conf_type)`` at its event times.

    References
    ----------
    .. [1] Tsiatis AA. Ann Stat 1981;9:93-108.
    .. [2] Therneau TM, Grambsch PM. Modeling Survival Data. Springer, New York 2000, chapter 10.
    """
    baseline = fitted.strata[stratum]
    x = fitted.standard(row[None, :])[0]
    risk = float(np.exp(fitted.beta @ x))
    hazard = risk * baseline.hazard
    off = x[:, None] * baseline.hazard - baseline.drift
    error = risk * np.sqrt(baseline.variance + (off * (fitted.covariance @ off)).sum(axis=0))
    survival = np.exp(-hazard)
    return curve(
        baseline.time,
        survival,
        survival * error,
        last_time=baseline.last_time,
        conf_type=conf_type,
        conf_level=conf_level,
    )


def curve(
    time: FloatArray,
    survival: FloatArray,
    std_error: FloatArray,
    *,
    last_time: float,
    conf_type: ConfType,
    conf_level: float,
) -> PredictedCurve:
    """The curve with limits from the standard error of survival."""
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = survival_limits(survival, std_error / survival, conf_type=conf_type, conf_level=conf_level)
    return PredictedCurve(
        time=time,
        survival=survival,
        std_error=std_error,
        conf_low=low,
        conf_high=high,
        last_time=last_time,
        conf_type=conf_type,
        conf_level=conf_level,
    )
