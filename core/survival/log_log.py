"""The log-log plot: parallel curves speak for proportional hazards."""

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
class LogLogCurve:
    """One group's log(-log survival) against log time.

    Attributes
    ----------
    group, unit : str
    time, log_time : array, shape (m,)
        Event times of the group after time zero.
    value, conf_low, conf_high : array, shape (m,)
        ``log(-log S)``: the log of the cumulative hazard. Rises with time.
    """

    group: str
    unit: str
    time: FloatArray
    log_time: FloatArray
    value: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray

    def __post_init__(self) -> None:
        for name in _COLUMNS:
            getattr(self, name).setflags(write=False)

    def to_frame(self) -> pd.DataFrame:
        """One row per time, raw numbers."""
        import pandas as pd

        frame = pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})
        frame.insert(0, "group", self.group)
        return frame


_COLUMNS = ("time", "log_time", "value", "conf_low", "conf_high")


def log_log_curve(estimate: KaplanMeierEstimate) -> LogLogCurve:
    r"""Log cumulative hazard against log time, for judging whether hazards are proportional.

    Parameters
    ----------
    estimate : KaplanMeierEstimate
        The limits have its level.

    Returns
    -------
    LogLogCurve
        At event times after zero where survival is between 0 and 1.

    Notes
    -----
    :math:`\log(-\log S) \pm z\, se(S) / (S |\log S|)`. Two groups whose hazards stand in the ratio :math:`r`
    at all times are :math:`\log r` apart everywhere. Same as ``plot(survfit(...), fun = "cloglog")``.
    """
    survival = estimate.survival
    rows = np.flatnonzero((estimate.n_events > 0) & (survival > 0) & (survival < 1) & (estimate.time > 0))
    time, log_survival = estimate.time[rows], np.log(survival[rows])
    value = np.log(-log_survival)
    half = normal_quantile(estimate.conf_level) * estimate.std_error[rows] / (survival[rows] * -log_survival)
    return LogLogCurve(
        group=estimate.group,
        unit=estimate.unit,
        time=time,
        log_time=np.log(time),
        value=value,
        conf_low=value - half,
        conf_high=value + half,
    )
