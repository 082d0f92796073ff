"""Mean, median and quartiles with standard errors as SPSS's Kaplan-Meier procedure prints them.

Belongs here: SPSS's own conventions. Does not belong here: the numbers to report (``quantiles``, ``rmst``), other
programs side by side (``programs``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.survival.chosen_times import of_group
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.quantiles import IntervalEstimate
from core.survival.rmst import restricted_mean
from core.timetoevent import FloatArray

SPSS_QUANTILE = 1.96
HALF_WINDOW = 0.05  # of survival, to either side of the level, for the density at a quantile
LEVEL_TOLERANCE = 1e-9
FRACTIONS = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpssSummary:
    """One group as SPSS prints it.

    Attributes
    ----------
    group, unit : str
    mean : IntervalEstimate
        Up to the longest time of the group, event or not.
    limited : bool
        Whether the longest time is censored, so that the mean is limited to it.
    quantiles : dict of float to IntervalEstimate
        Keyed by the fraction with the event, 0.25, 0.5 and 0.75.
    notes : tuple of str
    """

    group: str
    unit: str
    mean: IntervalEstimate
    limited: bool
    quantiles: dict[float, IntervalEstimate]
    notes: tuple[str, ...] = ()


def spss_summary(estimate: KaplanMeierEstimate) -> SpssSummary:
    r"""Mean, median and quartiles as SPSS prints them.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
        Of any interval type; SPSS's limits do not come from the band.

    Returns
    -------
    SpssSummary
        Limits are always the estimate plus and minus 1.96 standard errors, so they are 95 % limits and may be negative.
        NaN where a quantile is not reached, or no event lies beyond it to judge the density from.

    Notes
    -----
    A quantile is the smallest event time with :math:`S \le 1 - p`, never the middle of a plateau. Its standard error is
    :math:`se(S(t_p)) / f`, with the density :math:`f = (S(u) - S(l)) / (l - u)` between the last time :math:`u` with
    :math:`S \ge 1 - p + 0.05` (0 counts as one) and the first time :math:`l` with :math:`S \le 1 - p - 0.05`. The mean
    is the area under the curve up to the longest time, with the variance of :func:`core.survival.restricted_mean`.

    References
    ----------
    .. [1] IBM SPSS Statistics Algorithms, KM (Kaplan-Meier); the formulas were checked against SPSS 31 output.
    """
    if not estimate.n_events.any():
        nothing = IntervalEstimate(value=np.nan, conf_low=np.nan, conf_high=np.nan)
        return SpssSummary(
            group=estimate.group,
            unit=estimate.unit,
            mean=nothing,
            limited=bool(estimate.n),
            quantiles=dict.fromkeys(FRACTIONS, nothing),
            notes=(f"SPSS prints no mean and no median without events{of_group(estimate.group)}.",),
        )
    area = restricted_mean(estimate)
    limited = bool(estimate.survival[-1] > 0)
    notes = []
    if limited:
        notes.append(
            f"The longest time{of_group(estimate.group)} is censored: the mean is limited to {area.tau:g} "
            f"{estimate.unit}."
        )
    rows = np.flatnonzero(estimate.n_events)
    curve = np.append(0.0, estimate.time[rows]), np.append(1.0, estimate.survival[rows])
    error = np.append(0.0, np.where(estimate.survival > 0, estimate.std_error, 0.0)[rows])
    return SpssSummary(
        group=estimate.group,
        unit=estimate.unit,
        mean=_symmetric(area.value, area.std_error),
        limited=limited,
        quantiles={p: _quantile(*curve, error, p) for p in FRACTIONS},
        notes=tuple(notes),
    )


def _quantile(time: FloatArray, survival: FloatArray, error: FloatArray, p: float) -> IntervalEstimate:
    level = 1 - p
    reached = np.flatnonzero(survival <= level + LEVEL_TOLERANCE)
    if not reached.size:
        return _symmetric(np.nan, np.nan)
    row = int(reached[0])
    above = int(np.flatnonzero(survival >= level + HALF_WINDOW - LEVEL_TOLERANCE)[-1])
    below = np.flatnonzero(survival <= level - HALF_WINDOW + LEVEL_TOLERANCE)
    if not below.size:
        return _symmetric(float(time[row]), np.nan)
    last = int(below[0])
    slope = (time[last] - time[above]) / (survival[above] - survival[last])
    return _symmetric(float(time[row]), float(error[row] * slope))


def _symmetric(value: float, std_error: float) -> IntervalEstimate:
    half = SPSS_QUANTILE * std_error
    return IntervalEstimate(value=value, conf_low=value - half, conf_high=value + half, std_error=std_error)
