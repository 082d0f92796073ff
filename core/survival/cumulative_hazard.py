"""Cumulative hazard (Nelson-Aalen) with pointwise limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.survival.intervals import normal_quantile
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.timetoevent import FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeHazard:
    """Cumulative hazard of one group, one row per distinct time of that group.

    Attributes
    ----------
    group, unit : str
    time : array, shape (m,)
    value, std_error, conf_low, conf_high : array, shape (m,)
        Limits are NaN before the first event where the interval is on the log scale.
    conf_level : float
    """

    group: str
    unit: str
    time: FloatArray
    value: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    conf_level: float

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).setflags(write=False)

    def to_frame(self) -> pd.DataFrame:
        """One row per time, raw numbers."""
        import pandas as pd

        frame = pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})
        frame.insert(0, "group", self.group)
        return frame


_COLUMNS = ("time", "value", "std_error", "conf_low", "conf_high")


def cumulative_hazard(estimate: KaplanMeierEstimate) -> CumulativeHazard:
    r"""Nelson-Aalen estimate of one group, with limits.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
        Brings the counts, the level and the scale of the limits.

    Returns
    -------
    CumulativeHazard

    Notes
    -----
    :math:`H(t) = \sum_{t_j \le t} d_j / n_j` with variance :math:`\sum d_j / n_j^2`. Limits
    :math:`H \exp(\pm z\, se / H)` where the curve's own are ``log-log`` (the logarithm of the cumulative hazard), and
    :math:`H \pm z\, se`, not below 0, where they are ``log`` or ``plain`` (the cumulative hazard itself). Same as
    ``cumhaz`` and ``std.chaz`` of ``survfit(Surv(time, event) ~ group)``, with the limits of
    ``survival:::survfit_confint(cumhaz, std.chaz, logse = FALSE, conf.type = "log" or "plain", ulimit = FALSE)``.

    References
    ----------
    .. [1] Nelson W. Technometrics 1972;14:945-966.
    .. [2] Aalen O. Ann Stat 1978;6:701-726.
    """
    value, std_error = estimate.cumulative_hazard, estimate.cumulative_hazard_std_error
    half = normal_quantile(estimate.conf_level) * std_error
    if estimate.conf_type == "log-log":
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.exp(half / np.where(value > 0, value, np.nan))
        low, high = value / factor, value * factor
    else:
        low, high = np.maximum(value - half, 0.0), value + half
    return CumulativeHazard(
        group=estimate.group,
        unit=estimate.unit,
        time=estimate.time,
        value=value,
        std_error=std_error,
        conf_low=low,
        conf_high=high,
        conf_level=estimate.conf_level,
    )
