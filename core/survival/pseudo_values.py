"""Pseudo-values: what each patient brings to an estimate that censoring hides in single patients.

Belongs here: pseudo-values of the restricted mean. Does not belong here: what they are regressed on
(``core.bias.doubly_robust``).
"""

from __future__ import annotations

import numpy as np

from core.survival.event_table import event_table
from core.timetoevent import TIE_TOLERANCE, FloatArray, TimeToEvent


def rmst_pseudo_values(data: TimeToEvent, tau: float) -> FloatArray:
    r"""Pseudo-values of the restricted mean survival time, shape (n,); their mean is the restricted mean.

    Parameters
    ----------
    data : TimeToEvent, n patients
        Without delayed entry or weights.
    tau : float
        End of the restricted mean; beyond the last time the curve goes on as it is.

    Raises
    ------
    ValueError
        With delayed entry or weights.

    Notes
    -----
    :math:`\hat\theta + n\,\partial\hat\theta/\partial w_i` (infinitesimal jackknife): with
    :math:`A(t) = \int_t^\tau S`, the derivative is
    :math:`\sum_{t_k \le T_i} A(t_k) d_k / (Y_k (Y_k - d_k)) - \delta_i A(T_i) / (Y_i - d_i)`.
    Same as ``pseudo(survfit(Surv(time, event) ~ 1), times = tau, type = "rmst", minus1 = FALSE)``.

    References
    ----------
    .. [1] Andersen PK, Hansen MG, Klein JP. Lifetime Data Anal 2004;10:335-350.
    .. [2] Therneau T. survival, vignette "pseudo".
    """
    if data.entry is not None or data.weights is not None:
        raise ValueError("pseudo-values need follow-up from time zero and patients that count alike")
    table = event_table(data)
    inside = (table.n_events[0] > 0) & (table.time <= tau * (1 + TIE_TOLERANCE))
    time = table.time[inside]
    at_risk, events = (counts[0][inside].astype(np.float64) for counts in (table.n_at_risk, table.n_events))
    survival = np.cumprod(1 - events / at_risk)
    widths = np.diff(np.append(time, max(tau, time[-1]) if time.size else tau))
    area_after = np.cumsum((survival * widths)[::-1])[::-1]
    whole = (float(time[0]) if time.size else tau) + float(area_after[0] if time.size else 0.0)
    left = at_risk - events
    # where all at risk have the event no area is left behind it
    spread = np.divide(area_after, left, out=np.zeros_like(left), where=left > 0)
    gained = np.append(0.0, np.cumsum(spread * events / at_risk))
    last = np.searchsorted(time, data.time * (1 + TIE_TOLERANCE), side="right")
    own = np.append(spread, 0.0)[np.where(last > 0, last - 1, time.size)]
    has_event = data.event & (data.time <= tau * (1 + TIE_TOLERANCE))
    return np.asarray(whole + data.n * (gained[last] - np.where(has_event, own, 0.0)), dtype=np.float64)
