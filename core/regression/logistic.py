"""Logistic regression by Newton's method, with what separates the two outcomes told apart from what does not.

Belongs here: the fit. Does not belong here: what the chances are used for (``core.bias.propensity``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from core.regression.newton import estimable
from core.timetoevent import FloatArray, IntArray

MOST_STEPS = 100
MOST_HALVINGS = 30
CONVERGED = 1e-18
STEEPEST = 15.0  # of a linear predictor: odds of three million to one are separation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogisticFit:
    """A logistic regression of n patients on p columns.

    Attributes
    ----------
    chance, linear : arrays, shape (n,)
        Fitted chance and its logit.
    kept : int array, shape (q,)
        Columns that could be estimated; the others are constant or follow from earlier ones.
    coefficients : array, shape (p + 1,)
        Intercept first; NaN for columns that are not kept.
    covariance : array, shape (q + 1, q + 1)
        Of the intercept and the kept columns.
    X : array, shape (n, q + 1)
        Intercept and kept columns.
    separated : bool
        Whether some chances went to 0 or 1: coefficients then only show the direction.
    converged : bool
    n_iterations : int
    """

    chance: FloatArray
    linear: FloatArray
    kept: IntArray
    coefficients: FloatArray
    covariance: FloatArray
    X: FloatArray
    separated: bool
    converged: bool
    n_iterations: int


def fit_logistic(matrix: FloatArray, outcome: FloatArray, *, weights: FloatArray | None = None) -> LogisticFit:
    r"""Logistic regression with an intercept.

    Parameters
    ----------
    matrix : array, shape (n, p)
    outcome : array, shape (n,)
        0 or 1, both there.
    weights : array, shape (n,), optional

    Notes
    -----
    Maximises :math:`\sum w_i (y_i \eta_i - \log(1 + e^{\eta_i}))`. Same as ``glm(y ~ x, binomial, weights = w)``.

    References
    ----------
    .. [1] McCullagh P, Nelder JA. Generalized linear models. 2nd ed. Chapman and Hall 1989, chapter 4.
    """
    n, p = matrix.shape
    w = np.ones(n) if weights is None else weights
    middle, scale = matrix.mean(axis=0), matrix.std(axis=0)
    varies = scale > 1e-12 * np.abs(matrix).max(axis=0, initial=0.0)
    Z = (matrix - middle) / np.where(varies, scale, 1.0)
    keep = np.zeros(p, dtype=np.bool_)
    if varies.any():
        keep[varies] = estimable(Z[:, varies].T @ Z[:, varies], float(n))[0]
    kept = np.flatnonzero(keep)
    X = np.column_stack([np.ones(n), Z[:, kept]])
    start = np.zeros(X.shape[1])
    share = float(w @ outcome / w.sum())
    start[0] = np.log(share / (1 - share))
    beta, converged, steps = _climb(X, outcome, w, start)
    eta = X @ beta
    # back to the columns' own units
    turn = np.eye(X.shape[1])
    turn[1:, 1:] /= scale[kept][:, None]
    turn[0, 1:] = -middle[kept] / scale[kept]
    coefficients = np.full(p + 1, np.nan)
    coefficients[np.append(0, kept + 1)] = turn @ beta
    information = _information(X, w, expit(eta))
    covariance = turn @ np.linalg.pinv(information, hermitian=True, rcond=1e-14) @ turn.T
    return LogisticFit(
        chance=expit(eta),
        linear=eta,
        kept=kept,
        coefficients=coefficients,
        covariance=covariance,
        X=np.column_stack([np.ones(n), matrix[:, kept]]),
        separated=bool(np.abs(eta).max() > STEEPEST),
        converged=converged,
        n_iterations=steps,
    )


def _climb(X: FloatArray, y: FloatArray, w: FloatArray, beta: FloatArray) -> tuple[FloatArray, bool, int]:
    """Newton's steps, halved until the likelihood does not fall; stops where some chances have gone to 0 or 1."""
    current = _log_likelihood(X @ beta, y, w)
    for k in range(1, MOST_STEPS + 1):
        chance = expit(X @ beta)
        information, gradient = _information(X, w, chance), X.T @ (w * (y - chance))
        step = np.linalg.lstsq(information, gradient, rcond=1e-14)[0]
        if abs(float(gradient @ step)) < CONVERGED * w.sum():
            return beta + step, True, k
        for halving in range(MOST_HALVINGS):
            trial = beta + step / 2**halving
            value = _log_likelihood(X @ trial, y, w)
            if value >= current - 1e-12 * abs(current):
                beta, current = trial, value
                break
        if np.abs(X @ beta).max() > 2 * STEEPEST:
            return beta, False, k
    return beta, False, MOST_STEPS


def _log_likelihood(eta: FloatArray, y: FloatArray, w: FloatArray) -> float:
    return float(w @ (y * eta - np.logaddexp(0.0, eta)))


def _information(X: FloatArray, w: FloatArray, chance: FloatArray) -> FloatArray:
    weighted: FloatArray = (X * (w * chance * (1 - chance))[:, None]).T @ X
    return weighted
