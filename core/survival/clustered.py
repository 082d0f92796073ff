"""Kaplan-Meier limits where several times belong to one patient: errors robust to their going together.

Belongs here: the robust error. Does not belong here: the curve itself (``kaplan_meier``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.survival.intervals import survival_limits
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import TIE_TOLERANCE, IntArray, TimeToEvent

_CELLS = 4_000_000  # patients times times that are looked at together


def clustered(estimate: KaplanMeierEstimate, data: TimeToEvent, cluster: IntArray) -> KaplanMeierEstimate:
    r"""The same curve with standard errors and limits robust to clusters.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
        Of one group, of exactly these data, without delayed entry and weights.
    data : TimeToEvent
    cluster : int array, shape (n,)
        Whose each time is.

    Returns
    -------
    KaplanMeierEstimate

    Notes
    -----
    :math:`se(\log S)^2 = \sum_c (\sum_{i \in c} \sum_{u \le t} (dN_i - Y_i d/Y) / (Y - d))^2`, the infinitesimal
    jackknife summed within clusters. Same as ``survfit(Surv(time, event) ~ 1, cluster = id, robust = TRUE)``. With
    every time its own cluster it is Greenwood's.

    References
    ----------
    .. [1] Williams RL. Biometrics 1995;51:1407-1414.
    """
    k = estimate.time.size
    if not k:
        return estimate
    column = np.searchsorted(estimate.time, data.time * (1 + TIE_TOLERANCE), side="right") - 1
    _, owner = np.unique(cluster, return_inverse=True)
    owner = owner.reshape(-1)
    n_clusters = int(owner.max()) + 1
    left = estimate.n_at_risk - estimate.n_events
    share = np.divide(1.0, left, out=np.zeros(k), where=left > 0)
    expected = share * estimate.n_events / estimate.n_at_risk
    variance, step = np.zeros(k), max(1, _CELLS // k)
    for start in range(0, n_clusters, step):
        rows = (owner >= start) & (owner < start + step)
        size = min(step, n_clusters - start)
        seen, leaving = np.zeros((2, size, k))
        np.add.at(leaving, (owner[rows] - start, column[rows]), 1.0)
        with_event = rows & data.event
        np.add.at(seen, (owner[with_event] - start, column[with_event]), share[column[with_event]])
        at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
        variance += (np.cumsum(seen - at_risk * expected, axis=1) ** 2).sum(axis=0)
    relative = np.where(estimate.survival > 0, np.sqrt(variance), np.inf)
    low, high = survival_limits(
        estimate.survival, relative, conf_type=estimate.conf_type, conf_level=estimate.conf_level
    )
    with np.errstate(invalid="ignore"):
        std_error = np.where(estimate.survival > 0, estimate.survival * relative, np.nan)
    return replace(estimate, std_error=std_error, conf_low=low, conf_high=high)
