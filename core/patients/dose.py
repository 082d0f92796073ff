"""Dose of each patient against outcome: the results, doses cut into thirds, and response and survival by third.

Belongs here: cutting, counting and the tests for trend over thirds. Does not belong here: sums of doses
(``core.patients.treatment``), the regression on the dose (``core.answers.dose``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from core.errors import CohortError
from core.patients.trend import trend_of_levels
from core.proportions.intervals import proportion_limits
from core.survival.compare import compare
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.timetoevent import FloatArray, IntArray, TimeToEvent

NAN = float("nan")
FEW_FOR_THIRDS = 15  # with fewer patients, halves
FEWEST = 6
Dose: TypeAlias = Literal["energy_per_volume", "energy", "volume", "time"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseLevel:
    """The patients of one third (or half) of the dose.

    Attributes
    ----------
    name : str
        ``lowest third``, ...
    low, high : float
        Smallest and largest dose.
    n : int
    evaluable, responders : int
        With a best response of PD, SD, PR or CR, and of them PR or CR.
    rate, rate_low, rate_high : float
        Responders of evaluable patients, Clopper-Pearson.
    followed, n_events : int
        Followed beyond the last measured session, and with the event.
    median : IntervalEstimate
        Of the time from the last measured session to the event, Kaplan-Meier.
    """

    name: str
    low: float
    high: float
    n: int
    evaluable: int
    responders: int
    rate: float
    rate_low: float
    rate_high: float
    followed: int
    n_events: int
    median: IntervalEstimate


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseHazard:
    """Hazard ratio of a Cox regression on log2 of the dose, at risk from the last measured session.

    Attributes
    ----------
    hazard_ratio, conf_low, conf_high, p_value : float
        Per doubling; NaN where not estimable.
    sd : float
        Standard deviation of log2 of the dose.
    per_sd : tuple of three floats
        Hazard ratio and limits per standard deviation.
    bend_statistic, bend_p_value : float
        Likelihood ratio of a restricted cubic spline with three knots against the straight line; NaN where there are
        too few events for it.
    note : str
    """

    hazard_ratio: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    p_value: float = NAN
    sd: float = NAN
    per_sd: tuple[float, float, float] = (NAN, NAN, NAN)
    bend_statistic: float = NAN
    bend_p_value: float = NAN
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoseResponse:
    """Dose of each patient against outcome: exploratory.

    Attributes
    ----------
    dose, endpoint, unit : str
    n, n_events : int
        Followed beyond the last measured session, and with the event.
    hazard : DoseHazard
    rho, rho_p_value : float
        Spearman's correlation of dose and best response (PD, SD, PR, CR), and its patients ``rho_n``.
    sessions_rho, sessions_rho_p_value : float
        Spearman's correlation of dose and number of measured sessions.
    levels : tuple of DoseLevel
        Lowest first; empty with too few patients.
    response_trend_p, survival_trend_p : float
        Cochran and Armitage's test of response, and the log-rank test for trend of survival from the last session.
    """

    dose: Dose
    endpoint: str
    unit: str
    n: int
    n_events: int
    hazard: DoseHazard
    rho: float
    rho_p_value: float
    rho_n: int
    sessions_rho: float = NAN
    sessions_rho_p_value: float = NAN
    levels: tuple[DoseLevel, ...] = ()
    response_trend_p: float = NAN
    survival_trend_p: float = NAN


def cut_doses(doses: FloatArray) -> tuple[IntArray, tuple[str, ...]]:
    """Thirds of the patients by dose, halves of fewer than 15; no names where a cut is not possible.

    Cut at quantiles of type 7; patients with a dose equal to a cut belong to the lower part.
    """
    parts = 3 if len(doses) >= FEW_FOR_THIRDS else 2
    names = ("lowest third", "middle third", "highest third") if parts == 3 else ("lower half", "higher half")
    if len(doses) < FEWEST:
        return np.zeros(len(doses), dtype=np.int64), ()
    cuts = np.quantile(doses, np.arange(1, parts) / parts)
    codes: IntArray = np.searchsorted(cuts, doses, side="left").astype(np.int64)
    return codes, names if len(np.unique(codes)) == parts else ()


def dose_levels(
    doses: FloatArray, responded: FloatArray, since_last: TimeToEvent, *, followed: IntArray, conf_level: float
) -> tuple[tuple[DoseLevel, ...], float, float]:
    """Response and survival by third of the dose, and both tests for trend.

    Parameters
    ----------
    doses : array, shape (n,)
    responded : array, shape (n,)
        1 for CR or PR, 0 for SD or PD, NaN where not evaluable.
    since_last : TimeToEvent, m subjects
        From the last measured session.
    followed : int array, shape (m,)
        Positions of its subjects among the ``n``.

    Returns
    -------
    levels, response_trend_p, survival_trend_p
    """
    codes, names = cut_doses(doses)
    if not names:
        return (), NAN, NAN
    known = np.isfinite(responded)
    counts = np.array([[np.sum(responded[known & (codes == k)] == yes) for k in range(len(names))] for yes in (1, 0)])
    trend = trend_of_levels(counts)
    own = codes[followed]
    curves = kaplan_meier(event_table(since_last, own, names), conf_level=conf_level)
    low, high = proportion_limits(counts[0], counts.sum(axis=0), method="clopper-pearson", conf_level=conf_level)
    levels = []
    for k, name in enumerate(names):
        responders, evaluable = int(counts[0, k]), int(counts[:, k].sum())
        levels.append(
            DoseLevel(
                name=name,
                low=float(doses[codes == k].min()),
                high=float(doses[codes == k].max()),
                n=int((codes == k).sum()),
                evaluable=evaluable,
                responders=responders,
                rate=responders / evaluable if evaluable else NAN,
                rate_low=float(low[k]),
                rate_high=float(high[k]),
                followed=int((own == k).sum()),
                n_events=int(since_last.event[own == k].sum()),
                median=quantile(curves[k], 0.5) if (own == k).any() else _UNKNOWN,
            )
        )
    return tuple(levels), NAN if trend is None else trend.p_value, _survival_trend(since_last, own, names)


_UNKNOWN = IntervalEstimate(value=NAN, conf_low=NAN, conf_high=NAN)


def _survival_trend(since_last: TimeToEvent, codes: IntArray, names: tuple[str, ...]) -> float:
    try:
        found = compare(since_last, codes, names, trend=True).trend
    except CohortError:
        return NAN
    return NAN if found is None else found.p_value
