"""Subjects who stay at risk, ever more lightly, after a competing event: the risk sets of a subdistribution.

Belongs here: the weights of Fine and Gray, sums with them, and what their estimation adds to a subject's influence.
Does not belong here: risk sets in general (``risk_sets``), the fit (``fine_gray``).

After a competing event at T a subject counts G(t-) / G(T-) at t, with G the Kaplan-Meier estimate of censoring. The
weight is a product of one number per slot and one per row, so sums need no rows for every change of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from core.regression.risk_sets import RiskSets, risk_sets
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times

CensoringTies: TypeAlias = Literal["together", "after"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Censoring:
    """Censoring as a process of its own, at the c distinct times of all n subjects.

    Attributes
    ----------
    position : int array, shape (n,)
        Of each subject's time among the distinct times.
    is_censored : bool array, shape (n,)
    n_at_risk, n_censored : int arrays, shape (c,)
        ``n_at_risk`` is of being censored: with ties ``after``, without those with an event at that time.
    remaining : array, shape (c,)
        G just before each time.
    """

    position: IntArray
    is_censored: BoolArray
    n_at_risk: IntArray
    n_censored: IntArray
    remaining: FloatArray


def censoring(time: FloatArray, is_censored: BoolArray, *, ties: CensoringTies = "together") -> Censoring:
    """Estimate the distribution of censoring.

    Parameters
    ----------
    time : array, shape (n,)
    is_censored : bool array, shape (n,)
        No event of any cause.
    ties : {'together', 'after'}
        Whether those with an event at a time are still at risk of being censored at it (``cmprsk::crr``) or not
        (``survival::finegray``).
    """
    distinct, position = distinct_times(time)
    leaving = np.bincount(position, minlength=distinct.size)
    n_censored = np.bincount(position[is_censored], minlength=distinct.size)
    n_at_risk = leaving[::-1].cumsum()[::-1]
    if ties == "after":
        n_at_risk = n_at_risk - (leaving - n_censored)
    with np.errstate(invalid="ignore"):
        stays = np.where(n_censored > 0, 1 - n_censored / n_at_risk, 1.0)
    return Censoring(
        position=position,
        is_censored=is_censored,
        n_at_risk=n_at_risk,
        n_censored=n_censored,
        remaining=np.concatenate(([1.0], np.cumprod(stays)[:-1])),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fading:
    """Rows with a competing event: whole up to a slot, then weighted; sums as ``Spans`` gives them.

    Attributes
    ----------
    rows : int array, shape (r,)
        Positions among all rows, in the order of the competing events.
    position : int array, shape (r,)
        Of the competing event among the distinct times of ``censoring``.
    slot : int array, shape (r,)
        Last slot not after the competing event; -1 where that is before all slots.
    share : array, shape (r,)
        1 / G just before the competing event.
    remaining : array, shape (k,)
        G just before each slot.
    slot_position : int array, shape (k,)
        Of each slot's time among the distinct times of ``censoring``.
    censoring : Censoring
    """

    rows: IntArray
    position: IntArray
    slot: IntArray
    share: FloatArray
    remaining: FloatArray
    slot_position: IntArray
    censoring: Censoring

    def sums(self, values: FloatArray) -> FloatArray:
        """Per slot the weighted sum over the rows of ``values``, shape (..., m), as (..., k)."""
        own = values[..., self.rows]
        first = np.searchsorted(self.slot, np.arange(self.remaining.size))
        whole = _with_zero(own[..., ::-1].cumsum(axis=-1))[..., own.shape[-1] - first]
        faded = _with_zero((own * self.share).cumsum(axis=-1))[..., first]
        return np.asarray(whole + self.remaining * faded, dtype=np.float64)

    def within(self, per_slot: FloatArray) -> FloatArray:
        """Per row the weighted sum over the slots of ``per_slot``, shape (..., k), as (..., r)."""
        whole = _with_zero(per_slot.cumsum(axis=-1))[..., self.slot + 1]
        after = _with_zero((per_slot * self.remaining)[..., ::-1].cumsum(axis=-1))
        return np.asarray(whole + self.share * after[..., self.remaining.size - 1 - self.slot], dtype=np.float64)

    def presence(self) -> FloatArray:
        """Weight of each row at each slot, shape (k, r)."""
        is_whole = np.arange(self.remaining.size)[:, None] <= self.slot
        return np.where(is_whole, 1.0, self.remaining[:, None] * self.share)

    def drift(self, risk: FloatArray, X: FloatArray, hazard: FloatArray, mean: FloatArray) -> FloatArray:
        r"""Score that competing events before u still collect from u on, at each distinct time u, shape (p, c).

        .. math:: q(u) = \sum_{T_j < u} \sum_{t \ge u} (x_j - \bar x(t)) w_j(t) r_j d\Lambda(t)

        Parameters
        ----------
        risk : array, shape (m,)
            Relative risk of each row.
        X : array, shape (p, m)
        hazard : array, shape (k,)
            Baseline subdistribution hazard at each slot, on the scale of ``risk``.
        mean : array, shape (p, k)
            Weighted mean of the covariates at risk.
        """
        before, later = self._corners()
        weighted = risk[self.rows] * self.share
        events = _with_zero(weighted.cumsum())[before]
        covariates = _with_zero((weighted * X[:, self.rows]).cumsum(axis=-1))[..., before]
        faded = hazard * self.remaining
        hazard_left = _with_zero(faded[::-1].cumsum())[later]
        mean_left = _with_zero((faded * mean)[..., ::-1].cumsum(axis=-1))[..., later]
        return np.asarray(covariates * hazard_left - events * mean_left, dtype=np.float64)

    def drift_of_cells(self, cells: FloatArray, X: FloatArray, mean: FloatArray) -> FloatArray:
        """``drift`` from weight, risk and hazard of each row at each slot multiplied, shape (k, r)."""
        before, later = self._corners()
        collected = []
        for x, xbar in zip(X[:, self.rows], mean, strict=True):
            whole = _with_zero((cells * (x - xbar[:, None])).cumsum(axis=1))
            collected.append(_with_zero(whole[::-1].cumsum(axis=0).T)[before, later])
        return np.array(collected)

    def _corners(self) -> tuple[IntArray, IntArray]:
        """Number of competing events before each distinct time, and of slots at it or later, shapes (c,)."""
        times = np.arange(self.censoring.remaining.size)
        before = np.searchsorted(self.position, times)
        return before, self.remaining.size - np.searchsorted(self.slot_position, times)

    def influence(self, drift: FloatArray) -> FloatArray:
        r"""What the estimated weights add to each subject's score residual, shape (p, n).

        .. math:: \psi_i = \int q(u) / \pi(u) \, dM^c_i(u)

        with :math:`\pi` the number at risk of being censored and :math:`M^c_i` the martingale of censoring.

        References
        ----------
        .. [1] Fine JP, Gray RJ. J Am Stat Assoc 1999;94:496-509.
        """
        known = self.censoring
        n_at_risk = np.maximum(known.n_at_risk, 1)
        jump = drift / n_at_risk
        compensator = (jump * known.n_censored / n_at_risk).cumsum(axis=-1)
        own = np.where(known.is_censored, jump[:, known.position], 0.0)
        return np.asarray(own - compensator[:, known.position], dtype=np.float64)


def subdistribution_sets(
    data: TimeToEvent, competing: BoolArray, *, ties: CensoringTies = "together"
) -> tuple[TimeToEvent, RiskSets]:
    """Risk sets in which subjects with a competing event stay, with the weights of Fine and Gray.

    Parameters
    ----------
    data : TimeToEvent
        The event of interest; no entry, no weights.
    competing : bool array, shape (n,)
        Who had a competing event at ``data.time``.
    ties
        As ``censoring`` takes it.

    Returns
    -------
    data : TimeToEvent
        With those who had a competing event followed to the end.
    RiskSets
    """
    known = censoring(data.time, ~data.event & ~competing, ties=ties)
    extended = TimeToEvent(
        time=np.where(competing, data.time.max(initial=0.0), data.time), event=data.event, unit=data.unit
    )
    sets = risk_sets(extended)
    slot_position = known.position[sets.order[sets.event_rows[sets.event_starts]]]
    rows = np.flatnonzero(competing[sets.order])
    rows = rows[np.argsort(known.position[sets.order[rows]], kind="stable")]
    position = known.position[sets.order[rows]]
    fading = Fading(
        rows=rows,
        position=position,
        slot=np.searchsorted(slot_position, position, side="right") - 1,
        share=1 / known.remaining[position],
        remaining=known.remaining[slot_position],
        slot_position=slot_position,
        censoring=known,
    )
    return extended, replace(sets, late=fading)


def _with_zero(sums: FloatArray) -> FloatArray:
    """Cumulative sums with the empty one in front."""
    return np.concatenate((np.zeros((*sums.shape[:-1], 1)), sums), axis=-1)
