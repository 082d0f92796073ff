"""Restricted mean survival time: the area under the curve up to tau."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.survival.chosen_times import carried_on, of_group
from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import KaplanMeierEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RestrictedMean:
    """Mean event-free time up to ``tau``, in the unit of the curve.

    Attributes
    ----------
    tau : float
        Where the area ends.
    value, std_error, conf_low, conf_high : float
    notes : tuple of str
        Says when the curve had to be carried on beyond the last follow-up.
    """

    tau: float
    value: float
    std_error: float
    conf_low: float
    conf_high: float
    notes: tuple[str, ...] = ()


def restricted_mean(
    estimate: KaplanMeierEstimate, *, tau: float | None = None, conf_level: float = 0.95
) -> RestrictedMean:
    r"""Area under a Kaplan-Meier curve from 0 to ``tau``.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
    tau : float, optional
        In the unit of the estimate; without it the last time of this group (event or censoring), which is the mean
        that SPSS prints. Means of groups followed for unequal times are then not comparable.
    conf_level : float

    Returns
    -------
    RestrictedMean
        NaN for a group without subjects. Limits are ``value ± z se``, not clipped.

    Raises
    ------
    SpecError
        If ``tau`` is not positive.

    Notes
    -----
    :math:`\int_0^\tau S(t) dt`, variance :math:`\sum_{t_j \le \tau} A_j^2 d_j / (n_j (n_j - d_j))` with :math:`A_j` the
    area from :math:`t_j` to :math:`\tau`; an event that empties the risk set adds nothing. Where ``tau`` lies beyond
    the last follow-up the last value is carried on, as ``summary(survival::survfit(...), rmean = tau)`` does.

    References
    ----------
    .. [1] Miller RG. Survival Analysis. Wiley, New York 1981, p. 71.
    .. [2] Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152.
    """
    if tau is not None and not tau > 0:
        raise SpecError(f"The restricted mean needs a time above 0, not {tau:g}.", hint="Choose a later time.")
    z = normal_quantile(conf_level)
    end = estimate.last_time if tau is None else float(tau)
    if estimate.n == 0:
        nan = float("nan")
        return RestrictedMean(tau=end, value=nan, std_error=nan, conf_low=nan, conf_high=nan)
    rows = int(np.searchsorted(estimate.time, end, side="right"))
    at_risk, events = estimate.n_at_risk[:rows], estimate.n_events[:rows]
    left = at_risk - events
    edges = np.concatenate(((0.0,), estimate.time[:rows], (end,)))
    areas = np.diff(edges) * np.append(1.0, estimate.survival[:rows])
    area_after = np.cumsum(areas[:0:-1])[::-1]
    spread = np.divide(events, at_risk * left.astype(np.float64), out=np.zeros(rows), where=left > 0)
    value = float(areas.sum())
    std_error = float(np.sqrt((area_after**2 * spread).sum()))
    return RestrictedMean(
        tau=end,
        value=value,
        std_error=std_error,
        conf_low=value - z * std_error,
        conf_high=value + z * std_error,
        notes=_beyond(estimate, end),
    )


def _beyond(estimate: KaplanMeierEstimate, tau: float) -> tuple[str, ...]:
    if not carried_on(estimate, [tau]).any():
        return ()
    return (
        f"Last follow-up{of_group(estimate.group)} is at {estimate.last_time:g} {estimate.unit}, before "
        f"{tau:g} {estimate.unit}: the restricted mean carries the last value on.",
    )
