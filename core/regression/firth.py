"""Firth's penalised partial likelihood: finite hazard ratios where a group has no events, with profile limits.

Belongs here: the penalised likelihood and its maximum. Does not belong here: ordinary fits (``newton``), limits
(``profile``).

The log partial likelihood gains half the log determinant of the information (Jeffreys' prior). Its derivative needs the
third central moments of the covariates over each risk set: with V the inverse information,

    U*_j = U_j + 1/2 sum over layers of u E[(x - m)' V (x - m) (x_j - m_j)].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.regression.likelihood import Likelihood, evaluate
from core.regression.profile import Peak, Point
from core.regression.risk_sets import RiskSets
from core.spec import Ties
from core.timetoevent import BoolArray, FloatArray
from core.work.progress import go_on

MAX_ITERATIONS = 200
MAX_HALVINGS = 30
CONVERGED = 1e-18
MAX_ETA_STEP = 5.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Firth:
    """The penalised likelihood of one data set, as a function of the coefficients."""

    X: FloatArray  # (p, m)
    risk_sets: RiskSets
    ties: Ties

    def at(self, beta: FloatArray) -> Point:
        """Evaluate; the value is -inf where the information is not positive definite."""
        likelihood = evaluate(beta, self.X, self.risk_sets, ties=self.ties)
        sign, log_determinant = np.linalg.slogdet(likelihood.information)
        if not (np.isfinite(likelihood.log_likelihood) and sign > 0):
            return Point(value=-np.inf, score=likelihood.gradient, information=likelihood.information)
        inverse: FloatArray = np.asarray(np.linalg.inv(likelihood.information), dtype=np.float64)
        skewness = _skewness(likelihood, inverse, self.X, self.risk_sets)
        return Point(
            value=likelihood.log_likelihood + 0.5 * float(log_determinant),
            score=likelihood.gradient + 0.5 * skewness,
            information=likelihood.information,
        )

    def maximise(self, start: FloatArray, free: BoolArray) -> Peak:
        """Maximise over the ``free`` coefficients from ``start``; the others stay.

        The information is not the curvature of the penalised likelihood, and in small samples far from it: it only
        starts the inverse curvature, which each step then corrects (BFGS).
        """
        beta, current = start, self.at(start)
        inverse = _inverse(current.information[np.ix_(free, free)])
        size = np.inf
        for iteration in range(1, MAX_ITERATIONS + 1):
            step = np.zeros_like(beta)
            step[free] = inverse @ current.score[free]
            size = float(current.score[free] @ step[free])
            if abs(size) < CONVERGED:
                return Peak(beta=beta + step, at_beta=current, converged=True, n_iterations=iteration)
            step *= min(1.0, MAX_ETA_STEP / float(np.ptp(step @ self.X)))
            trial, taken = self._climb(beta, step, current)
            if taken is None:
                break
            inverse = _corrected(inverse, (trial - beta)[free], (current.score - taken.score)[free])
            beta, current = trial, taken
        return Peak(beta=beta, at_beta=current, converged=abs(size) < 1e-10, n_iterations=iteration)

    def _climb(self, beta: FloatArray, step: FloatArray, current: Point) -> tuple[FloatArray, Point | None]:
        """Move along ``step``, halved until the penalised likelihood does not fall; None where it always does."""
        slack = 1e-12 * (1 + abs(current.value))
        for halving in range(MAX_HALVINGS):
            go_on()
            trial = beta + step / 2**halving
            taken = self.at(trial)
            if taken.value >= current.value - slack:
                return trial, taken
        return beta, None


def _inverse(information: FloatArray) -> FloatArray:
    """Inverse of a positive definite matrix; of an unusable one the identity, a start as good as any."""
    try:
        inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.eye(information.shape[0])
    usable = np.isfinite(inverse).all() and (np.diag(inverse) > 0).all()
    return (inverse + inverse.T) / 2 if usable else np.eye(information.shape[0])


def _corrected(inverse: FloatArray, moved: FloatArray, fallen: FloatArray) -> FloatArray:
    """Inverse curvature that explains by how much the score has fallen over the last step."""
    product = float(moved @ fallen)
    if product <= 1e-10 * float(np.sqrt((moved @ moved) * (fallen @ fallen))):
        return inverse
    shear = np.eye(moved.size) - np.outer(moved, fallen) / product
    corrected: FloatArray = shear @ inverse @ shear.T + np.outer(moved, moved) / product
    return corrected


def _skewness(at: Likelihood, inverse: FloatArray, X: FloatArray, risk_sets: RiskSets) -> FloatArray:
    """Sum over layers of u E[(x - m)' V (x - m) (x - m)], shape (p,)."""
    form = np.einsum("im,ij,jm->m", X, inverse, X)
    powers = np.vstack((form[None], X * form, (X[:, None] * X[None]).reshape(-1, X.shape[1])))
    sums = np.vstack((at.weighted, at.risk.sums(powers)))
    layer_weight, total = risk_sets.event_weight, at.total
    own_weighted = at.own_weighted
    if at.own_total is not None and own_weighted is not None and risk_sets.layers is not None:
        own = np.vstack((own_weighted, at.risk.event_sums(powers)))
        slot, fraction = risk_sets.layers.slot, risk_sets.layers.fraction
        layer_weight = (risk_sets.event_weight / risk_sets.n_tied)[slot]
        sums = sums[:, slot] - fraction * own[:, slot]
        total = at.total[slot] - fraction * at.own_total[slot]
    p = X.shape[0]
    moments = sums / total
    mean, form_mean, form_x = moments[:p], moments[p], moments[p + 1 : 2 * p + 1]
    second = moments[2 * p + 1 :].reshape(p, p, -1)
    v_mean = inverse @ mean
    central = form_x - form_mean * mean - 2 * np.einsum("ijk,jk->ik", second, v_mean)
    central += 2 * mean * np.einsum("ik,ik->k", mean, v_mean)
    return np.asarray(central @ layer_weight, dtype=np.float64)
