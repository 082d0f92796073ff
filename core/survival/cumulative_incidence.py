"""Cumulative incidence of competing events (Aalen-Johansen).

Belongs here: the curves. Does not belong here: counting (``competing_risks``), variances (``incidence_error``), areas
(``time_lost``), the test between groups (``gray``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.spec import ConfType
from core.survival.chosen_times import of_group
from core.survival.competing_risks import CauseTable
from core.survival.counting import Counts
from core.survival.incidence_error import (
    IncidenceCounts,
    IncidenceVariance,
    allowed_variance,
    group_counts,
    influences_of,
    variance_along,
)
from core.survival.intervals import survival_limits
from core.timetoevent import TIE_TOLERANCE, FloatArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IncidenceAt:
    """Cumulative incidence at chosen times.

    Attributes
    ----------
    time : array, shape (m,)
        As asked, in the unit of the estimate.
    n_at_risk : array, shape (m,)
        Event-free and under observation just before each time; 0 beyond the last follow-up.
    cumulative_events : array, shape (m,)
        Events of this cause up to and at each time.
    incidence, std_error, conf_low, conf_high : array, shape (m,)
        Beyond the last follow-up the last value is carried on, and ``notes`` says so.
    """

    time: FloatArray
    n_at_risk: Counts
    cumulative_events: Counts
    incidence: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if name != "notes":
                getattr(self, name).setflags(write=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeIncidence:
    """Cumulative incidence of one cause in one group, one row per distinct time of that group.

    Attributes
    ----------
    group, cause : str
    unit : str
        Unit of ``time``.
    n : int
        Subjects.
    n_events_total : int or float
        Events of this cause; the sum of their weights where the data have case weights.
    time : array, shape (m,)
    n_at_risk, n_events : array, shape (m,)
        At risk just before each time; events of this cause.
    incidence : array, shape (m,)
    std_error : array, shape (m,)
    event_free : array, shape (m,)
        Kaplan-Meier estimate of having had no event of any cause; with the incidence of all causes it adds up to 1.
    conf_low, conf_high : array, shape (m,)
        NaN where the interval type has no limit: log-log and log while incidence is 0.
    conf_type : {'log-log', 'log', 'plain'}
    conf_level : float
    variance : {'aalen', 'jackknife'}
        What ``std_error`` is.
    risk_time, risk_count : array, shape (r,)
        Times and numbers at risk from which ``at`` reads; more rows than ``time`` only with delayed entry.
    notes : tuple of str
    """

    group: str
    cause: str
    unit: str
    n: int
    n_events_total: int | float
    time: FloatArray
    n_at_risk: Counts
    n_events: Counts
    incidence: FloatArray
    std_error: FloatArray
    event_free: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    conf_type: ConfType
    conf_level: float
    variance: IncidenceVariance
    risk_time: FloatArray
    risk_count: Counts
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (*_COLUMNS, "risk_time", "risk_count"):
            getattr(self, name).setflags(write=False)

    @property
    def last_time(self) -> float:
        """Longest follow-up, NaN without subjects."""
        return float(self.time[-1]) if self.time.size else float("nan")

    def at(self, times: Sequence[float] | FloatArray) -> IncidenceAt:
        """Incidence at chosen times, in any order.

        Before the first time of the curve incidence is 0 with limits 0; beyond the last one the last value is carried
        on. Same as ``cmprsk::timepoints``, which gives NA beyond the last time.
        """
        asked = np.atleast_1d(np.array(times, dtype=np.float64))
        if self.n == 0:
            none, nothing = np.zeros(asked.shape, dtype=np.int64), np.full(asked.shape, np.nan)
            return IncidenceAt(
                time=asked, n_at_risk=none, cumulative_events=none, incidence=nothing, std_error=nothing,
                conf_low=nothing, conf_high=nothing,
            )  # fmt: skip
        row = np.searchsorted(self.time, asked * (1 + TIE_TOLERANCE), side="right")
        next_risk = np.searchsorted(self.risk_time, asked * (1 - TIE_TOLERANCE), side="left")
        incidence, std_error, conf_low, conf_high = (
            np.append(0.0, values)[row] for values in (self.incidence, self.std_error, self.conf_low, self.conf_high)
        )
        return IncidenceAt(
            time=asked,
            n_at_risk=np.append(self.risk_count, self.risk_count.dtype.type(0))[next_risk],
            cumulative_events=np.append(self.n_events.dtype.type(0), np.cumsum(self.n_events))[row],
            incidence=incidence,
            std_error=std_error,
            conf_low=conf_low,
            conf_high=conf_high,
            notes=self._beyond(asked),
        )

    def _beyond(self, asked: FloatArray) -> tuple[str, ...]:
        beyond = asked[asked > self.last_time * (1 + TIE_TOLERANCE)]
        if not beyond.size or self.event_free[-1] == 0:
            return ()
        listed = ", ".join(f"{time:g}" for time in beyond)
        return (
            f"Follow-up{of_group(self.group)} ends at {self.last_time:g} {self.unit}: the incidence of {self.cause} at "
            f"{listed} {self.unit} is the last one carried on.",
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per distinct time, raw numbers."""
        import pandas as pd

        frame = pd.DataFrame({name: getattr(self, name) for name in _COLUMNS})
        frame.insert(0, "group", self.group)
        frame.insert(1, "cause", self.cause)
        return frame


_COLUMNS = ("time", "n_at_risk", "n_events", "incidence", "std_error", "conf_low", "conf_high", "event_free")


def cumulative_incidence(
    table: CauseTable,
    *,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
    variance: IncidenceVariance = "aalen",
) -> tuple[tuple[CumulativeIncidence, ...], ...]:
    r"""Cumulative incidence of each cause in each group, the other causes competing.

    The probability of having had the event by a time in a world where the other events happen too. One minus
    Kaplan-Meier with competing events censored overstates it.

    Parameters
    ----------
    table : CauseTable
    conf_type : {'log-log', 'log', 'plain'}
        Scale of the pointwise limits.
    conf_level : float
    variance : {'aalen', 'jackknife'}
        Aalen's variance, as ``cmprsk::cuminc``, or the infinitesimal jackknife, as ``survival::survfit``. Case weights
        that are not whole numbers always get the jackknife, delayed entry always Aalen's.

    Returns
    -------
    tuple of tuple of CumulativeIncidence
        By group in the order of ``table.levels``, then by cause.

    Raises
    ------
    SpecError
        On an unknown interval type or variance, or a confidence level outside (0, 1).

    Notes
    -----
    :math:`F_c(t) = \sum_{t_j \le t} S(t_j-) d_{cj} / n_j` with :math:`S` the Kaplan-Meier estimate of being free of any
    event. Limits: ``log-log`` :math:`F^{\exp(\pm z s / (F \log F))}`, ``log`` :math:`F \exp(\pm z s / F)` up to 1,
    ``plain`` :math:`F \pm z s`, clipped to [0, 1]. Same as ``cmprsk::cuminc(time, cause, group)``, and with
    ``variance='jackknife'`` as ``survival::survfit(Surv(time, factor(cause)) ~ group)``.

    References
    ----------
    .. [1] Aalen OO, Johansen S. Scand J Stat 1978;5:141-150.
    .. [2] Aalen O. Ann Stat 1978;6:534-545 (variance).
    """
    return tuple(
        tuple(
            _one(table, group, cause, conf_type=conf_type, conf_level=conf_level, variance=variance)
            for cause in range(len(table.causes))
        )
        for group in range(len(table.levels))
    )


def _one(
    table: CauseTable,
    group: int,
    cause: int,
    *,
    conf_type: ConfType,
    conf_level: float,
    variance: IncidenceVariance,
) -> CumulativeIncidence:
    counts = group_counts(table, group, cause)
    variance = allowed_variance(table, variance)
    std_error = np.sqrt(variance_along(counts, influences_of(table, group, cause, counts=counts, variance=variance)))
    incidence = counts.incidence
    relative = np.divide(std_error, incidence, out=np.zeros(incidence.shape), where=incidence > 0)
    if conf_type == "log-log":
        relative[(incidence == 0) | (incidence == 1)] = np.nan  # no limits there
    conf_low, conf_high = survival_limits(incidence, relative, conf_type=conf_type, conf_level=conf_level)
    whole = table.whole
    return CumulativeIncidence(
        group=table.levels[group],
        cause=table.causes[cause],
        unit=whole.unit,
        n=int(whole.n_subjects[group]),
        n_events_total=counts.events.sum().item(),
        time=counts.time,
        n_at_risk=counts.at_risk,
        n_events=counts.events,
        incidence=incidence,
        std_error=std_error,
        event_free=counts.after,
        conf_low=conf_low,
        conf_high=conf_high,
        conf_type=conf_type,
        conf_level=conf_level,
        variance=variance,
        risk_time=whole.time if whole.delayed else counts.time,
        risk_count=whole.n_at_risk[group] if whole.delayed else counts.at_risk,
        notes=_notes(table, group, cause, counts),
    )


def _notes(table: CauseTable, group: int, cause: int, counts: IncidenceCounts) -> tuple[str, ...]:
    where = of_group(table.levels[group])
    if not counts.time.size:
        return (f"No patients{where}.",)
    if not counts.events.any():
        return (f"No {table.causes[cause]}{where}: its incidence stays at 0.",)
    return ()
