"""Kaplan-Meier estimate of survival, with Greenwood standard errors and pointwise limits.

Belongs here: the curve. Does not belong here: counting (``event_table``), quantiles
(``quantiles``), areas (``rmst``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.spec import ConfType
from core.survival.chosen_times import SurvivalAt, notes_at, of_group
from core.survival.counting import Counts
from core.survival.event_table import EventTable
from core.survival.intervals import survival_limits
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KaplanMeierEstimate:
    """Kaplan-Meier estimate of one group, one row per distinct time of that group (events and censorings).

    Attributes
    ----------
    group : str
    unit : str
        Unit of ``time``.
    n : int
        Subjects.
    n_events_total : int or float
        Events; the sum of their weights where the data have case weights.
    time : array, shape (m,)
    n_at_risk, n_events, n_censored : array, shape (m,)
        At risk is counted just before each time.
    survival : array, shape (m,)
    std_error : array, shape (m,)
        Greenwood standard error of ``survival`` (robust with fractional case weights); NaN where survival is 0, as
        R's.
    conf_low, conf_high : array, shape (m,)
        NaN where the interval type has no limit.
    conf_type : {'log-log', 'log', 'plain'}
    conf_level : float
    risk_time, risk_count : array, shape (r,)
        Times and numbers at risk from which ``at`` reads; more rows than ``time`` only with delayed entry.
    notes : tuple of str
    """

    group: str
    unit: str
    n: int
    n_events_total: int | float
    time: FloatArray
    n_at_risk: Counts
    n_events: Counts
    n_censored: Counts
    survival: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    conf_type: ConfType
    conf_level: float
    risk_time: FloatArray
    risk_count: Counts
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in _ARRAYS:
            getattr(self, name).setflags(write=False)

    @property
    def cumulative_hazard(self) -> FloatArray:
        """Nelson-Aalen estimate, shape (m,)."""
        return _read_only(np.cumsum(self.n_events / self.n_at_risk))

    @property
    def cumulative_hazard_std_error(self) -> FloatArray:
        """Standard error of the Nelson-Aalen estimate (Poisson, ``d / n^2``), shape (m,)."""
        return _read_only(np.sqrt(np.cumsum(self.n_events / self.n_at_risk / self.n_at_risk)))

    @property
    def last_time(self) -> float:
        """Longest follow-up, NaN without subjects."""
        return float(self.time[-1]) if self.time.size else float("nan")

    def at(self, times: Sequence[float] | FloatArray) -> SurvivalAt:
        """Survival at chosen times.

        Parameters
        ----------
        times : sequence of float
            In the unit of the estimate, any order.

        Returns
        -------
        SurvivalAt
            Before the first time of the curve survival is 1 with limits 1; beyond the last one the last value is
            carried on. Same as ``summary(survfit(...), times = times, extend = TRUE)``.
        """
        asked = np.atleast_1d(np.array(times, dtype=np.float64))
        if self.n == 0:
            none, nothing = np.zeros(asked.shape, dtype=np.int64), np.full(asked.shape, np.nan)
            return SurvivalAt(
                time=asked, n_at_risk=none, cumulative_events=none, survival=nothing, std_error=nothing,
                conf_low=nothing, conf_high=nothing,
            )  # fmt: skip
        row = np.searchsorted(self.time, asked * (1 + TIE_TOLERANCE), side="right")
        next_risk = np.searchsorted(self.risk_time, asked * (1 - TIE_TOLERANCE), side="left")
        survival = _before_it(1.0, self.survival, row)
        conf_low = _before_it(1.0, self.conf_low, row)
        none_left = self.risk_count.dtype.type(0)
        is_inside = next_risk < self.risk_count.size
        return SurvivalAt(
            time=asked,
            n_at_risk=np.where(is_inside, self.risk_count.take(next_risk, mode="clip"), none_left),
            cumulative_events=_before_it(self.n_events.dtype.type(0), np.cumsum(self.n_events), row),
            survival=survival,
            std_error=_before_it(0.0, self.std_error, row),
            conf_low=conf_low,
            conf_high=_before_it(1.0, self.conf_high, row),
            notes=notes_at(self.group, self.unit, self.last_time, asked=asked, survival=survival, conf_low=conf_low),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per distinct time, raw numbers."""
        import pandas as pd

        columns = (*_ARRAYS[:8], "cumulative_hazard", "cumulative_hazard_std_error")
        frame = pd.DataFrame({name: getattr(self, name) for name in columns})
        frame.insert(0, "group", self.group)
        return frame


_ARRAYS = (
    "time", "n_at_risk", "n_events", "n_censored", "survival", "std_error", "conf_low", "conf_high", "risk_time",
    "risk_count",
)  # fmt: skip


def _before_it(start: Any, values: Counts, row: IntArray) -> Counts:
    """The value of the last of ``row`` rows; ``start`` where there is none. Long curves are not copied for a few."""
    return np.where(row > 0, values.take(row - 1, mode="clip"), start)


def _read_only(values: FloatArray) -> FloatArray:
    values.setflags(write=False)
    return values


def kaplan_meier(
    table: EventTable, *, conf_type: ConfType = "log-log", conf_level: float = 0.95
) -> tuple[KaplanMeierEstimate, ...]:
    r"""Kaplan-Meier estimate of each group.

    Parameters
    ----------
    table : EventTable
    conf_type : {'log-log', 'log', 'plain'}
        Scale of the pointwise limits.
    conf_level : float

    Returns
    -------
    tuple of KaplanMeierEstimate
        In the order of ``table.levels``; a group without subjects has no rows and a note.

    Raises
    ------
    SpecError
        On an unknown interval type or a confidence level outside (0, 1).

    Notes
    -----
    :math:`S(t) = \prod_{t_j \le t} (1 - d_j / n_j)`, Greenwood
    :math:`se(S) = S \sqrt{\sum d_j / (n_j (n_j - d_j))}`. Same as
    ``survival::survfit(Surv(time, event) ~ group, conf.type = conf_type)``. Whole case weights count as that many
    subjects. Weights that are not whole numbers (propensity weights) give the robust standard error, the root of
    :math:`\sum_i w_i^2 (\partial \log S / \partial w_i)^2`, as ``survfit(..., weights = w)`` does; with delayed
    entry they give Greenwood's, which is said in ``notes``.

    References
    ----------
    .. [1] Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481.
    .. [2] Greenwood M. Reports on Public Health and Medical Subjects 33. HMSO, London 1926.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return tuple(
            _one_group(table, group, conf_type=conf_type, conf_level=conf_level) for group in range(len(table.levels))
        )


def no_events(of: str) -> str:
    """The note of a group without events; ``of`` names it, as `` in HIFU``."""
    return f"No events{of}: the curve stays at 100 %."


def survival_steps(table: EventTable, group: int) -> tuple[FloatArray, FloatArray]:
    """Times and survival of one group of a table, for those who need no more than the curve."""
    rows = np.flatnonzero(table.n_events[group] + table.n_censored[group])
    at_risk = table.n_at_risk[group].take(rows)
    return table.time.take(rows), np.cumprod((at_risk - table.n_events[group].take(rows)) / at_risk)


def _one_group(table: EventTable, group: int, *, conf_type: ConfType, conf_level: float) -> KaplanMeierEstimate:
    events, censored = table.n_events[group], table.n_censored[group]
    rows = (events + censored).nonzero()[0]
    # Few pieces of memory: for long curves new pages cost more than the arithmetic.
    time, survival, std_error = np.empty((3, rows.size))
    before, after = np.empty((2, rows.size))
    table.time.take(rows, out=time, mode="clip")
    at_risk = table.n_at_risk[group].take(rows)
    events, censored = events.take(rows), censored.take(rows)
    before[:] = at_risk
    np.subtract(before, events, out=after)
    np.multiply.accumulate(np.divide(after, before, out=survival), out=survival)
    after *= before
    variance = np.add.accumulate(np.divide(events, after, out=after), out=after)
    if table.squared_events is not None and table.squared_censored is not None:
        squares = table.squared_events[group].take(rows), table.squared_censored[group].take(rows)
        variance = _robust_variance(variance, at_risk, *squares)
    relative_error = np.sqrt(variance, out=after)
    np.multiply(survival, relative_error, out=std_error)
    conf_low, conf_high = survival_limits(survival, relative_error, conf_type=conf_type, conf_level=conf_level)
    n_events = np.add.reduce(events).item()
    level = table.levels[group]
    return KaplanMeierEstimate(
        group=level,
        unit=table.unit,
        n=int(table.n_subjects[group]),
        n_events_total=n_events,
        time=time,
        n_at_risk=at_risk,
        n_events=events,
        n_censored=censored,
        survival=survival,
        std_error=std_error,
        conf_low=conf_low,
        conf_high=conf_high,
        conf_type=conf_type,
        conf_level=conf_level,
        risk_time=table.time if table.delayed else time,
        risk_count=table.n_at_risk[group] if table.delayed else at_risk,
        notes=_notes(level, table.unit, time, any_event=n_events > 0, survival=survival),
    )


def _robust_variance(
    greenwood: FloatArray, at_risk: Counts, squared_events: FloatArray, squared_censored: FloatArray
) -> FloatArray:
    """Variance of log S from the influences of weighted subjects, given Greenwood's sums."""
    leaving = squared_events + squared_censored
    staying = np.cumsum(leaving[::-1])[::-1] - leaving
    before = np.append(0.0, greenwood[:-1])
    gone = np.cumsum(squared_events * (before - 1 / at_risk) ** 2 + squared_censored * greenwood**2)
    robust: FloatArray = gone + np.where(staying > 0, staying * greenwood**2, 0.0)
    return np.where(np.isfinite(greenwood), robust, np.inf)


def _notes(level: str, unit: str, time: FloatArray, *, any_event: bool, survival: FloatArray) -> tuple[str, ...]:
    if not time.size:
        return (f"No patients{of_group(level)}.",)
    if not any_event:
        return (no_events(of_group(level)),)
    emptied = int(np.argmax(survival == 0)) if survival[-1] == 0 else time.size - 1
    if emptied < time.size - 1:  # only possible with delayed entry
        return (
            f"All patients at risk{of_group(level)} had the event by {time[emptied]:g} {unit}, before others entered: "
            "the curve is 0 from there on.",
        )
    return ()
