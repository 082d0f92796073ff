"""The partial likelihood, its gradient and its information, by Efron's or Breslow's treatment of ties.

Belongs here: sums over risk sets for given coefficients. Does not belong here: maximising (``newton``).

With risk r = w exp(eta), slot sums S0, S1 over the risk set and E0, E1 over its events, and for layer l of a slot with
d events the denominator D_l = S0 - (l/d) E0 (Breslow: D = S0 throughout) and mean event weight u,

    loglik   = sum_events w eta - sum_layers u log D
    gradient = X' (w delta - r c),  c = sum over slots at risk of sum_l u/D, less (l/d) u/D where the row is itself tied
    information = X' diag(r c) X - sum_layers u (S1 - f E1)(S1 - f E1)' / D^2

so only S0 and S1 are accumulated over time, and the rest is matrix products.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.regression.risk_sets import RiskSets
from core.spec import Ties
from core.timetoevent import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnSums:
    """Per slot, shape (k,): sums over layers of f u/D, f u/D^2 and f^2 u/D^2, the share the tied events take out."""

    hazard: FloatArray
    square: FloatArray
    square2: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotSums:
    """Per slot, shape (k,): sums over layers of u/D and u/D^2; ``own`` is None when no ties are corrected for."""

    hazard: FloatArray
    square: FloatArray
    own: OwnSums | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likelihood:
    """The partial likelihood at one set of coefficients.

    Attributes
    ----------
    log_likelihood : float
    gradient : array, shape (p,)
    information : array, shape (p, p)
    risk : array, shape (m,)
        w exp(eta), up to one common factor.
    expected : array, shape (m,)
        Expected number of events per row over its weight (``risk * c / w`` is the Cox-Snell residual).
    total : array, shape (k,)
        S0.
    weighted : array, shape (p, k)
        S1.
    own_total, own_weighted : arrays or None
        E0 and E1; None when no ties are corrected for.
    slots : SlotSums
    """

    log_likelihood: float
    gradient: FloatArray
    information: FloatArray
    risk: FloatArray
    expected: FloatArray
    total: FloatArray
    weighted: FloatArray
    own_total: FloatArray | None
    own_weighted: FloatArray | None
    slots: SlotSums


def evaluate(beta: FloatArray, X: FloatArray, risk_sets: RiskSets, *, ties: Ties = "efron") -> Likelihood:
    """Evaluate the log partial likelihood and its first two derivatives.

    Parameters
    ----------
    beta : array, shape (p,)
    X : array, shape (p, m)
        Covariates of the rows in ``risk_sets.order``, one covariate after the other.
    risk_sets : RiskSets
    ties : {'efron', 'breslow'}

    Returns
    -------
    Likelihood
        ``log_likelihood`` is -inf or NaN where the coefficients are too extreme to evaluate.
    """
    eta = beta @ X
    eta -= eta.max()  # the common factor cancels; without it exp() overflows for steep coefficients
    with np.errstate(all="ignore"):
        risk = risk_sets.weight * np.exp(eta)
        total = risk_sets.sums(risk)
        corrects = ties == "efron" and risk_sets.layers is not None
        own_total = risk_sets.event_sums(risk) if corrects else None
        slots, log_denominators = _slot_sums(total, own_total, risk_sets)
        event_weight = np.where(risk_sets.is_event, risk_sets.weight, 0.0)
        expected = risk_sets.while_at_risk(slots.hazard)
        if slots.own is not None:
            expected -= np.where(risk_sets.is_event, slots.own.hazard[risk_sets.slot], 0.0)
        share = risk * expected
        risk_x = risk * X
        weighted = risk_sets.sums(risk_x)
        own_weighted = risk_sets.event_sums(risk_x) if corrects else None
        information = (X * share) @ X.T - _outer_means(weighted, own_weighted, slots)
        gradient = X @ (event_weight - share)
        log_likelihood = float(event_weight @ eta) - log_denominators
    return Likelihood(
        log_likelihood=log_likelihood,
        gradient=gradient,
        information=(information + information.T) / 2,
        risk=risk,
        expected=expected,
        total=total,
        weighted=weighted,
        own_total=own_total,
        own_weighted=own_weighted,
        slots=slots,
    )


def _slot_sums(total: FloatArray, own: FloatArray | None, risk_sets: RiskSets) -> tuple[SlotSums, float]:
    """Layer sums per slot, and the sum of u log D over all layers."""
    if own is None or risk_sets.layers is None:
        weight = risk_sets.event_weight
        hazard = weight / total
        return SlotSums(hazard=hazard, square=hazard / total), float(weight @ np.log(total))
    layers = risk_sets.layers
    fraction, slot, starts = layers.fraction, layers.slot, layers.starts
    denominator = total[slot] - fraction * own[slot]
    mean_weight = (risk_sets.event_weight / risk_sets.n_tied)[slot]
    hazard = mean_weight / denominator
    square = hazard / denominator
    own_sums = OwnSums(
        hazard=np.add.reduceat(hazard * fraction, starts),
        square=np.add.reduceat(square * fraction, starts),
        square2=np.add.reduceat(square * fraction**2, starts),
    )
    sums = SlotSums(hazard=np.add.reduceat(hazard, starts), square=np.add.reduceat(square, starts), own=own_sums)
    return sums, float(mean_weight @ np.log(denominator))


def _outer_means(weighted: FloatArray, own: FloatArray | None, slots: SlotSums) -> FloatArray:
    """Sum over layers of u (S1 - f E1)(S1 - f E1)' / D^2, shape (p, p)."""
    outer: FloatArray = (weighted * slots.square) @ weighted.T
    if own is None or slots.own is None:
        return outer
    cross = (weighted * slots.own.square) @ own.T
    return outer - cross - cross.T + (own * slots.own.square2) @ own.T
