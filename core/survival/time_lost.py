"""Mean time lost to each of several competing events: the area under the cumulative incidence."""

from __future__ import annotations

import numpy as np

from core.errors import SpecError
from core.survival.chosen_times import of_group
from core.survival.competing_risks import CauseTable
from core.survival.incidence_error import (
    IncidenceVariance,
    allowed_variance,
    group_counts,
    influences_of,
    variance_of_area,
)
from core.survival.intervals import normal_quantile
from core.survival.rmst import RestrictedMean
from core.timetoevent import TIE_TOLERANCE


def time_lost(
    table: CauseTable, *, tau: float, conf_level: float = 0.95, variance: IncidenceVariance = "aalen"
) -> tuple[tuple[RestrictedMean, ...], ...]:
    r"""Mean time lost to each cause up to ``tau``, by group and cause.

    Parameters
    ----------
    table : CauseTable
    tau : float
        In the unit of the table.
    conf_level : float
    variance : {'aalen', 'jackknife'}
        As in :func:`cumulative_incidence`.

    Returns
    -------
    tuple of tuple of RestrictedMean
        The area under each incidence curve from 0 to ``tau``. With the restricted mean event-free time they add up to
        ``tau``. NaN for a group without subjects; where ``tau`` is beyond the last follow-up the last value is carried
        on, which is said.

    Raises
    ------
    SpecError
        If ``tau`` is not positive.

    Notes
    -----
    Same as the mean time in state of ``summary(survival::survfit(Surv(time, factor(cause)) ~ group), rmean = tau)``.

    References
    ----------
    .. [1] Andersen PK. Stat Med 2013;32:5278-5285.
    """
    if not tau > 0:
        raise SpecError(f"The time lost needs a time above 0, not {tau:g}.", hint="Choose a later time.")
    z = normal_quantile(conf_level)
    return tuple(
        tuple(_lost(table, group, cause, tau=tau, z=z, variance=variance) for cause in range(len(table.causes)))
        for group in range(len(table.levels))
    )


def _lost(
    table: CauseTable, group: int, cause: int, *, tau: float, z: float, variance: IncidenceVariance
) -> RestrictedMean:
    counts = group_counts(table, group, cause)
    if not counts.rows.size:
        nan = float("nan")
        return RestrictedMean(tau=tau, value=nan, std_error=nan, conf_low=nan, conf_high=nan)
    inside = int(np.searchsorted(counts.time, tau, side="right"))
    value = float((counts.incidence[:inside] * np.diff(np.append(counts.time[:inside], tau))).sum())
    influences = influences_of(table, group, cause, counts=counts, variance=allowed_variance(table, variance))
    std_error = float(np.sqrt(variance_of_area(counts, influences, tau)))
    last, where = float(counts.time[-1]), of_group(table.levels[group])
    carried = tau > last * (1 + TIE_TOLERANCE) and counts.after[-1] > 0
    return RestrictedMean(
        tau=tau,
        value=value,
        std_error=std_error,
        conf_low=value - z * std_error,
        conf_high=value + z * std_error,
        notes=(f"Last follow-up{where} is at {last:g}: the time lost to {tau:g} carries the last value on.",)
        if carried
        else (),
    )
