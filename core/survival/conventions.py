"""Two-group ratios as GraphPad Prism prints them; the hazard ratio to report is Cox's (``core.regression``)."""

from __future__ import annotations

import math

import numpy as np

from core.survival.event_table import EventTable
from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import survival_steps
from core.survival.quantiles import IntervalEstimate, crossing_times
from core.survival.rank_test import RankSums

PRISM_QUANTILE = 1.96


def two_group_conventions(
    table: EventTable, sums: RankSums, *, reference: int, conf_level: float = 0.95
) -> dict[str, IntervalEstimate]:
    r"""Hazard ratios from the log-rank test and the ratio of medians, the other level over the reference.

    Parameters
    ----------
    table : EventTable
        Exactly two groups, no strata.
    sums : RankSums
        Unweighted log-rank sums of the same table.
    reference : int
        Position of the reference, 0 or 1.
    conf_level : float
        At 0.95 the limits use 1.96, as Prism does; at other levels the normal quantile.

    Returns
    -------
    dict
        ``logrank_hazard_ratio`` :math:`(O_1/E_1)/(O_0/E_0)` with :math:`se = \sqrt{1/E_1 + 1/E_0}` on the log scale;
        ``mantel_haenszel_hazard_ratio`` :math:`\exp((O_1 - E_1)/V)` with :math:`se = 1/\sqrt V`; ``median_ratio`` with
        :math:`se = \sqrt{1/d_1 + 1/d_0}`. ``std_error`` is on the log scale. NaN where a median is not reached or a
        group has no events; a ratio of 0 has no limits.

    References
    ----------
    .. [1] Machin D, Cheung YB, Parmar M. Survival Analysis: A Practical Approach. 2nd ed. Wiley 2006, ch. 3.
    """
    z = PRISM_QUANTILE if conf_level == 0.95 else normal_quantile(conf_level)
    other = 1 - reference
    observed, expected = sums.observed, sums.expected
    variance = float(sums.covariance[0, 0])
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rate = observed / expected
        logrank = float(rate[other] / rate[reference])
        logrank_error = float(np.sqrt((1 / expected).sum()))
        mantel_haenszel = float(np.exp((observed - expected)[other] / np.float64(variance)))
        median_error = float(np.sqrt((1 / np.float64(observed)).sum()))
    medians = [crossing_times(*survival_steps(table, group), (0.5,), monotone=True)[0] for group in range(2)]
    mantel_haenszel_error = 1 / math.sqrt(variance) if variance > 0 else math.nan
    median_ratio = medians[other] / medians[reference] if medians[reference] else math.nan
    return {
        "logrank_hazard_ratio": _on_log_scale(logrank, logrank_error, z),
        "mantel_haenszel_hazard_ratio": _on_log_scale(mantel_haenszel, mantel_haenszel_error, z),
        "median_ratio": _on_log_scale(median_ratio, median_error, z),
    }


def _on_log_scale(ratio: float, std_error: float, z: float) -> IntervalEstimate:
    """Ratio with limits ``ratio * exp(-/+ z se)``; NaN where either is not finite."""
    if not math.isfinite(ratio):
        return IntervalEstimate(value=math.nan, conf_low=math.nan, conf_high=math.nan)
    if not math.isfinite(std_error) or ratio == 0:
        return IntervalEstimate(value=ratio, conf_low=math.nan, conf_high=math.nan)
    with np.errstate(over="ignore"):
        width = float(np.exp(z * std_error))
    return IntervalEstimate(value=ratio, conf_low=ratio / width, conf_high=ratio * width, std_error=std_error)
