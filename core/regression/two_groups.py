"""The hazard ratio of two groups in many sets of patients at once, from counts alone.

Belongs here: the Cox model with one 0/1 covariate, where the risk sets are two numbers. Does not belong here: any other
covariate (``cox``), what the sets are (``subgroup``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.spec import Ties
from core.timetoevent import FloatArray, IntArray

LONGEST_STEP = 1.0  # within it Newton's step cannot pass the maximum by more than it gains
MAX_ITERATIONS = 100
CONVERGED = 1e-20  # Newton decrement, in squared standard errors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoGroupRatios:
    """Log hazard ratios of the other group over the reference, shape (s,).

    Attributes
    ----------
    log_hazard_ratio, std_error : arrays, shape (s,)
        NaN where infinite or not estimable.
    infinite : array, shape (s,)
        -1 or 1 where the likelihood rises without limit; NaN where it does not depend on the ratio at all.
    """

    log_hazard_ratio: FloatArray
    std_error: FloatArray
    infinite: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Layers:
    """One denominator per event: what is at risk of each group, with Efron's share of the tied events taken out."""

    of_set: IntArray
    reference: FloatArray
    other: FloatArray
    n_sets: int

    def chance(self, log_ratio: FloatArray) -> FloatArray:
        """That the event is one of the other group."""
        risk = np.exp(log_ratio)[self.of_set] * self.other
        return np.asarray(risk / (self.reference + risk), dtype=np.float64)

    def per_set(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(self.of_set, weights=values, minlength=self.n_sets), dtype=np.float64)


def two_group_ratios(n_at_risk: IntArray, n_events: IntArray, *, ties: Ties = "efron") -> TwoGroupRatios:
    """Fit a Cox model with the group as the only covariate in each set.

    Parameters
    ----------
    n_at_risk, n_events : int arrays, shape (s, 2, k)
        Per set, group (the reference first) and time.
    ties : {'efron', 'breslow'}

    Notes
    -----
    Same as ``survival::coxph(Surv(time, event) ~ group, subset = ...)`` for each set.
    """
    layers = _layers(n_at_risk, n_events, ties)
    observed = n_events[:, 1].sum(axis=1).astype(np.float64)
    has_other, only_other = layers.other > 0, layers.reference <= 0
    rises = observed == layers.per_set(has_other.astype(np.float64))
    falls = observed == layers.per_set((has_other & only_other).astype(np.float64))
    infinite = np.where(rises & falls, np.nan, np.where(rises, 1.0, np.where(falls, -1.0, 0.0)))
    moves = infinite == 0
    log_ratio = np.zeros(layers.n_sets)
    information = np.ones(layers.n_sets)
    for _ in range(MAX_ITERATIONS):
        chance = layers.chance(log_ratio)
        information = np.where(moves, layers.per_set(chance * (1 - chance)), 1.0)
        step = np.where(moves, (observed - layers.per_set(chance)) / information, 0.0)
        log_ratio = log_ratio + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if (step**2 * information).max(initial=0.0) < CONVERGED:
            break
    return TwoGroupRatios(
        log_hazard_ratio=np.where(moves, log_ratio, np.nan),
        std_error=np.where(moves, 1 / np.sqrt(information), np.nan),
        infinite=infinite,
    )


def _layers(n_at_risk: IntArray, n_events: IntArray, ties: Ties) -> _Layers:
    total = n_events.sum(axis=1)
    of_set, time = np.nonzero(total)
    cell, fraction = tied_layers(total[of_set, time], ties)
    reference, other = (
        n_at_risk[of_set, group, time][cell] - fraction * n_events[of_set, group, time][cell] for group in (0, 1)
    )
    return _Layers(of_set=of_set[cell], reference=reference, other=other, n_sets=total.shape[0])


def tied_layers(n_tied: IntArray, ties: Ties) -> tuple[IntArray, FloatArray]:
    """Per event the position of its time, and the share of the tied events that is no longer at risk.

    Parameters
    ----------
    n_tied : int array, shape (k,)
        Events at each time.
    """
    time = np.arange(n_tied.size).repeat(n_tied)
    if ties != "efron":
        return time, np.zeros(time.size)
    within = np.arange(time.size) - (n_tied.cumsum() - n_tied)[time]
    return time, within / n_tied[time]
