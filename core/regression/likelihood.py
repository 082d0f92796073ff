"""The partial likelihood, its gradient and its information, by Efron's or Breslow's treatment of ties.

Belongs here: sums over risk sets for given coefficients. Does not belong here: maximising (``newton``).

With risk r = w exp(eta), slot sums S0, S1 over the risk set and E0, E1 over its events, and for layer l of a slot with
d events the denominator D_l = S0 - (l/d) E0 (Breslow: D = S0 throughout) and mean event weight u,

    loglik   = sum_events w eta - sum_layers u log D
    gradient = X' (w delta - r c),  c = sum over slots at risk of sum_l u/D, less (l/d) u/D where the row is itself tied
    information = X' diag(r c) X - sum_layers u (S1 - f E1)(S1 - f E1)' / D^2

so only S0 and S1 are accumulated over time (``risk``), and the rest is matrix products. The information is summed by
blocks of rows that stay in the processor's cache (``sweep``) where the risk sets are plain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.regression.risk import LevelRisk, Risk, relative_risk
from core.regression.risk_sets import RiskSets
from core.regression.sweep import information_by_blocks
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
        -inf where the coefficients are too extreme to evaluate.
    gradient : array, shape (p,)
    information : array, shape (p, p)
    expected : array, shape (m,)
        Weighted expected events of each row, r c (Cox-Snell residual times weight).
    risk : Risk
    total : array, shape (k,)
        S0, scaled per slot as ``risk`` says.
    own_total : array or None
        E0; None when no ties are corrected for.
    slots : SlotSums
        Scaled inversely.
    eta_of_events : float
        Weighted sum of the size of the events' linear predictors, of which the log likelihood is a difference.
    X : array, shape (p, m)
    """

    log_likelihood: float
    gradient: FloatArray
    information: FloatArray
    expected: FloatArray
    risk: Risk
    total: FloatArray
    own_total: FloatArray | None
    slots: SlotSums
    eta_of_events: float
    X: FloatArray

    @property
    def weighted(self) -> FloatArray:
        """S1, summed when asked for: as large as the design matrix where all times differ."""
        return self.risk.sums(self.X)

    @property
    def own_weighted(self) -> FloatArray | None:
        """E1, summed when asked for."""
        return None if self.own_total is None else self.risk.event_sums(self.X)


def evaluate(beta: FloatArray, X: FloatArray, risk_sets: RiskSets, *, ties: Ties = "efron") -> Likelihood:
    """Evaluate the log partial likelihood and its first two derivatives.

    Parameters
    ----------
    beta : array, shape (p,)
    X : array, shape (p, m)
        Covariates of the rows in ``risk_sets.order``, one covariate after the other.
    risk_sets : RiskSets
    ties : {'efron', 'breslow'}
    """
    eta = beta @ X
    with np.errstate(all="ignore"):
        risk = relative_risk(eta, risk_sets)
        total = risk.totals()
        corrects = ties == "efron" and risk_sets.layers is not None
        own_total = risk.event_totals() if corrects else None
        slots, log_denominators = _slot_sums(total, own_total, risk_sets)
        expected = _expected(risk, slots)
        information = _information(X, risk, risk_sets, slots=slots, expected=expected)
        log_likelihood = float(risk_sets.event_weights @ eta - risk_sets.event_weight @ risk.shift - log_denominators)
    return Likelihood(
        # a risk set whose every member underflows has log 0: such coefficients must never look like a maximum
        log_likelihood=log_likelihood if np.isfinite(log_likelihood) else -np.inf,
        gradient=X @ (risk_sets.event_weights - expected),
        information=information,
        expected=expected,
        risk=risk,
        total=total,
        own_total=own_total,
        slots=slots,
        eta_of_events=float(risk_sets.event_weights @ np.abs(eta)),
        X=X,
    )


def _expected(risk: Risk, slots: SlotSums) -> FloatArray:
    """Expected events of each row, shape (m,)."""
    expected = risk.spread(slots.hazard)
    if slots.own is not None:
        expected -= risk.spread_events(slots.own.hazard)
    return expected


def _information(
    X: FloatArray, risk: Risk, risk_sets: RiskSets, *, slots: SlotSums, expected: FloatArray
) -> FloatArray:
    """X' diag(expected) X less the outer products of the means, shape (p, p)."""
    if isinstance(risk, LevelRisk) and risk_sets.is_plain:
        own = slots.own
        information = information_by_blocks(
            X,
            risk.risk,
            risk_sets,
            expected=expected,
            square=slots.square,
            own_squares=None if own is None else (own.square, own.square2),
        )
    else:
        own_weighted = None if slots.own is None else risk.event_sums(X)
        information = (X * expected) @ X.T - _outer_means(risk.sums(X), own_weighted, slots)
    return np.asarray((information + information.T) / 2, dtype=np.float64)


def information_over(at: Likelihood, X: FloatArray, factor: FloatArray) -> FloatArray:
    """Information with every slot counted ``factor``, shape (k,), times: ``sum factor(t) V(t)``, shape (p, p).

    Parameters
    ----------
    at : Likelihood
        At the coefficients of interest; a factor of ones gives ``at.information``.
    X : array, shape (p, m)
        As given to ``evaluate``.
    factor : array, shape (k,)
    """
    slots = at.slots
    own = slots.own
    if own is not None:
        own = OwnSums(hazard=own.hazard * factor, square=own.square * factor, square2=own.square2 * factor)
    slots = SlotSums(hazard=slots.hazard * factor, square=slots.square * factor, own=own)
    return _information(X, at.risk, at.risk.risk_sets, slots=slots, expected=_expected(at.risk, slots))


def _slot_sums(total: FloatArray, own: FloatArray | None, risk_sets: RiskSets) -> tuple[SlotSums, float]:
    """Layer sums per slot, and the sum of u log D over all layers."""
    if own is None or risk_sets.layers is None:
        weight = risk_sets.event_weight
        hazard = weight / total
        return SlotSums(hazard=hazard, square=hazard / total), float(weight @ np.log(total))
    mean_weight, n_tied = risk_sets.event_weight / risk_sets.n_tied, risk_sets.n_tied
    sums = np.empty((5, n_tied.size))
    log_denominators = 0.0
    for slots, layers in risk_sets.layers.blocks():
        fraction, repeats = risk_sets.layers.fraction[layers], n_tied[slots]
        denominator = np.repeat(total[slots], repeats)
        denominator -= fraction * np.repeat(own[slots], repeats)
        weight = np.repeat(mean_weight[slots], repeats)
        hazard = weight / denominator
        square = hazard / denominator
        own_square = square * fraction
        starts = risk_sets.layers.starts[slots] - layers.start
        for row, values in zip(
            sums, (hazard, square, hazard * fraction, own_square, own_square * fraction), strict=True
        ):
            np.add.reduceat(values, starts, out=row[slots])
        log_denominators += float(weight @ np.log(denominator))
    own_sums = OwnSums(hazard=sums[2], square=sums[3], square2=sums[4])
    return SlotSums(hazard=sums[0], square=sums[1], own=own_sums), log_denominators


def _outer_means(weighted: FloatArray, own: FloatArray | None, slots: SlotSums) -> FloatArray:
    """Sum over layers of u (S1 - f E1)(S1 - f E1)' / D^2, shape (p, p)."""
    outer: FloatArray = (weighted * slots.square) @ weighted.T
    if own is None or slots.own is None:
        return outer
    cross = (weighted * slots.own.square) @ own.T
    return outer - cross - cross.T + (own * slots.own.square2) @ own.T
