"""Score residuals and the sandwich variance.

Belongs here: how much each subject or cluster pulls on the coefficients. Does not belong here: the fit (``newton``).
"""

from __future__ import annotations

import numpy as np

from core.regression.fading import Fading
from core.regression.likelihood import Likelihood
from core.regression.risk import LevelRisk, SteepRisk
from core.regression.risk_sets import RiskSets
from core.timetoevent import FloatArray, IntArray

SINGULAR = 1e-9


def score_residuals(at: Likelihood, X: FloatArray, risk_sets: RiskSets) -> FloatArray:
    """Weighted contribution of each row to the score, shape (p, n); the rows sum to the gradient.

    For a row with covariates x, risk r = w exp(eta) and weight w, with xbar_l the layer means (S1 - f E1) / D and
    u / D the layer hazards,

        w delta (x - mean of xbar_l over the layers) - r sum over slots at risk of sum_l u/D (x - xbar_l)

    where a tied event takes part in its own slot with (1 - f) u/D, as R's ``residuals(fit, "score", weighted = TRUE)``;
    in a Fine-Gray model plus the influence through the estimated weights.

    Parameters
    ----------
    at : Likelihood
        At the coefficients of interest (at zero for the robust score test).
    X : array, shape (p, m)
        As given to ``evaluate``.
    """
    slots, weighted, own_weighted = at.slots, at.weighted, at.own_weighted
    hazard_mean = weighted * slots.square
    layer_mean = weighted * slots.hazard
    if own_weighted is not None and slots.own is not None:
        hazard_mean -= own_weighted * slots.own.square
        layer_mean -= own_weighted * slots.own.hazard
    layer_mean /= risk_sets.event_weight
    expected_mean = at.risk.spread(hazard_mean)
    if own_weighted is not None and slots.own is not None:
        own_mean = weighted * slots.own.square - own_weighted * slots.own.square2
        expected_mean -= at.risk.spread_events(own_mean)
    residuals = np.zeros((X.shape[0], risk_sets.n))
    observed = risk_sets.event_weights * (X - layer_mean[:, risk_sets.slot])
    residuals[:, risk_sets.order] = observed - X * at.expected + expected_mean
    if isinstance(risk_sets.late, Fading):
        residuals += _of_estimated_weights(at, X, risk_sets.late)
    return residuals


def _of_estimated_weights(at: Likelihood, X: FloatArray, fading: Fading) -> FloatArray:
    """What the estimation of the censoring distribution adds, shape (p, n)."""
    mean = at.weighted / at.total
    if isinstance(at.risk, LevelRisk):
        return fading.influence(fading.drift(at.risk.risk, X, at.slots.hazard, mean))
    assert isinstance(at.risk, SteepRisk)
    cells = at.risk.at_risk[:, fading.rows] * at.slots.hazard[:, None]
    return fading.influence(fading.drift_of_cells(cells, X, mean))


def per_cluster(residuals: FloatArray, cluster: IntArray | None) -> FloatArray:
    """Residuals, shape (p, n), summed per cluster code: (p, n_clusters)."""
    if cluster is None:
        return residuals
    n_clusters = int(cluster.max()) + 1
    return np.stack([np.bincount(cluster, weights=row, minlength=n_clusters) for row in residuals])


def sandwich(residuals: FloatArray, covariance: FloatArray) -> FloatArray:
    """Robust covariance from residuals per subject or cluster and the model-based covariance, shape (p, p).

    References
    ----------
    .. [1] Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074-1078.
    """
    dfbeta = covariance @ residuals
    return np.asarray(dfbeta @ dfbeta.T, dtype=np.float64)


def quadratic_form(vector: FloatArray, covariance: FloatArray) -> float:
    """``v' C^-1 v``; with a generalised inverse where C is singular (fewer clusters than coefficients)."""
    if not vector.size:
        return 0.0
    if vector.size == 1:
        variance = float(covariance[0, 0])
        return float(vector[0]) ** 2 / variance if 0 < variance < np.inf else float("nan")
    scale = np.sqrt(np.diag(covariance))
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        return float("nan")
    z = vector / scale
    correlation = covariance / np.outer(scale, scale)
    try:
        if np.diag(np.linalg.cholesky(correlation)).min() > SINGULAR:
            return float(z @ np.linalg.solve(correlation, z))
    except np.linalg.LinAlgError:
        pass
    return float(z @ np.linalg.pinv(correlation, rcond=SINGULAR, hermitian=True) @ z)
