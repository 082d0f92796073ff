r"""Variance of cumulative incidence, along the curve and of the area under it.

Both kinds of variance are sums over moments at which somebody left, of a weight times the square of that moment's
influence on the estimate, and the influence on :math:`F(t)` of what happened at :math:`s \le t` is a constant plus a
multiple of :math:`F(t)`. So one pass of cumulative sums gives the variance at every time.

Belongs here: the influences and their sums. Does not belong here: the estimate (``cumulative_incidence``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from core.errors import SpecError
from core.survival.competing_risks import CauseTable
from core.survival.counting import Counts
from core.timetoevent import FloatArray, IntArray

IncidenceVariance: TypeAlias = Literal["aalen", "jackknife"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IncidenceCounts:
    """One group and cause at the group's own m distinct times.

    Attributes
    ----------
    rows : int array, shape (m,)
        Columns of the table.
    time : array, shape (m,)
    at_risk, events, others : array, shape (m,)
        At risk, events of the cause and of other causes.
    before, after : array, shape (m,)
        Event-free survival just before and at each time.
    incidence : array, shape (m,)
    """

    rows: IntArray
    time: FloatArray
    at_risk: Counts
    events: Counts
    others: Counts
    before: FloatArray
    after: FloatArray
    incidence: FloatArray

    @property
    def rest(self) -> FloatArray:
        """Incidence minus its last value: small where few are left, so that its multiples lose no digits."""
        return self.incidence - self.incidence[-1:]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influences:
    """Influences on the incidence at later times ``t``: ``constant + slope * rest(t)``, with what they weigh.

    Attributes
    ----------
    weight, constant, slope : array, shape (kinds, m)
        Of those who left at each time, by kind.
    staying, weight_after : array, shape (m,), or None
        Influence on the incidence at each time of everybody who leaves later, and what they weigh together.
    """

    weight: FloatArray
    constant: FloatArray
    slope: FloatArray
    staying: FloatArray | None = None
    weight_after: FloatArray | None = None


def group_counts(table: CauseTable, group: int, cause: int) -> IncidenceCounts:
    """Counts and curve of one group and cause at the group's own times."""
    whole = table.whole
    rows = np.flatnonzero(whole.n_events[group] + whole.n_censored[group])
    at_risk, any_event = whole.n_at_risk[group, rows], whole.n_events[group, rows]
    after = np.cumprod((at_risk - any_event) / at_risk)
    before = np.append(1.0, after)[:-1]
    events = table.n_events[cause, group, rows]
    return IncidenceCounts(
        rows=rows,
        time=whole.time[rows],
        at_risk=at_risk,
        events=events,
        others=any_event - events,
        before=before,
        after=after,
        incidence=np.cumsum(before * events / at_risk),
    )


def allowed_variance(table: CauseTable, variance: IncidenceVariance) -> IncidenceVariance:
    """The variance that the data allow: Aalen's with delayed entry, the jackknife with fractional case weights."""
    if variance not in ("aalen", "jackknife"):
        raise SpecError(f"Unknown variance '{variance}'.", hint="Use aalen or jackknife.")
    if table.whole.delayed:
        return "aalen"
    return "jackknife" if table.squared_events is not None else variance


def influences_of(
    table: CauseTable, group: int, cause: int, *, counts: IncidenceCounts, variance: IncidenceVariance
) -> Influences:
    """Influences on the incidence of one group and cause."""
    if variance == "aalen":
        return aalen(counts)
    whole, rows = table.whole, counts.rows
    if table.squared_events is None or whole.squared_events is None or whole.squared_censored is None:
        squares = (counts.events, counts.others, whole.n_censored[group, rows])
    else:
        own = table.squared_events[cause, group, rows]
        squares = (own, whole.squared_events[group, rows] - own, whole.squared_censored[group, rows])
    return jackknife(counts, np.array(squares, dtype=np.float64))


def aalen(counts: IncidenceCounts) -> Influences:
    r"""Influences of the events, Aalen's variance as ``cmprsk::cuminc`` computes it.

    Notes
    -----
    An event of the cause at :math:`s` moves :math:`F(t)` by :math:`1 - (F(t) - F(s)) / S(s)`, one of another cause by
    :math:`-(F(t) - F(s)) / S(s)`, in units of :math:`S(s-) / n`, with the binomial correction
    :math:`1 - (d - 1) / (n - 1)` for ties. Other events that empty the risk set weigh nothing.
    """
    inverse = np.divide(1.0, counts.after, out=np.zeros(counts.after.shape), where=counts.after > 0)
    unit = (counts.before / counts.at_risk) ** 2
    weight = [unit * tie_correction(d, counts.at_risk) * d for d in (counts.events, counts.others)]
    shift = counts.rest * inverse
    return Influences(
        weight=np.array([weight[0], np.where(counts.after > 0, weight[1], 0.0)]),
        constant=np.array([1 + shift, shift]),
        slope=np.array([-inverse, -inverse]),
    )


def jackknife(counts: IncidenceCounts, squares: FloatArray) -> Influences:
    r"""Influences of the subjects, the infinitesimal jackknife as ``survival::survfit`` computes it.

    Parameters
    ----------
    counts : IncidenceCounts
        From the start, without delayed entry.
    squares : array, shape (3, m)
        Sums of squared case weights of those who leave with the event, with another event, and censored; numbers of
        subjects where there are no case weights.

    Notes
    -----
    The derivative of the estimate by the case weight of a subject.
    """
    n, d = counts.at_risk.astype(np.float64), (counts.events + counts.others).astype(np.float64)
    per_head = counts.before / n
    hazard = np.divide(d, n * (n - d), out=np.zeros(n.shape), where=n > d)
    log_survival = np.cumsum(hazard)  # of somebody still there, on log S
    earlier = np.append(0.0, log_survival[:-1])
    staying = np.cumsum(per_head * counts.events * (earlier - 1 / n))
    gone = earlier - 1 / n  # on log S, of somebody who has just had an event
    slope = np.array([gone, gone, log_survival])
    constant = np.array([staying + per_head, staying, staying]) - slope * counts.rest
    total = squares.sum(axis=0)
    return Influences(
        weight=squares,
        constant=constant,
        slope=slope,
        staying=staying,
        weight_after=np.cumsum(total[::-1])[::-1] - total,
    )


def variance_along(counts: IncidenceCounts, influences: Influences) -> FloatArray:
    """Variance of the incidence at each of the group's times, shape (m,)."""
    weight, constant, slope = influences.weight, influences.constant, influences.slope
    level, product, square = (
        np.cumsum((weight * part).sum(axis=0)) for part in (constant**2, constant * slope, slope**2)
    )
    variance: FloatArray = level + counts.rest * (2 * product + counts.rest * square)
    if influences.staying is not None and influences.weight_after is not None:
        variance = variance + influences.weight_after * influences.staying**2
    return np.where(counts.incidence > 0, np.maximum(variance, 0.0), 0.0)  # exactly none before the first event


def variance_of_area(counts: IncidenceCounts, influences: Influences, tau: float) -> float:
    """Variance of the area under the incidence from 0 to ``tau``."""
    rows = int(np.searchsorted(counts.time, tau, side="right"))
    widths = np.diff(np.append(counts.time[:rows], tau))
    left = tau - counts.time[:rows]
    rest_left = np.cumsum((counts.rest[:rows] * widths)[::-1])[::-1]
    moved = influences.constant[:, :rows] * left + influences.slope[:, :rows] * rest_left
    if influences.staying is None or influences.weight_after is None:
        return float((influences.weight[:, :rows] * moved**2).sum())
    until = np.cumsum(np.append(0.0, influences.staying[:rows] * widths))  # of those still there
    variance = float((influences.weight[:, :rows] * (until[:rows] + moved) ** 2).sum())
    return variance + float(influences.weight[:, rows:].sum()) * float(until[rows]) ** 2


def tie_correction(events: Counts, at_risk: Counts) -> FloatArray:
    """Binomial correction ``1 - (d - 1) / (n - 1)`` for tied events, 1 where there is at most one."""
    tied = (events > 1) & (at_risk > 1)
    return 1 - np.divide(events - 1.0, at_risk - 1.0, out=np.zeros(events.shape), where=tied)
