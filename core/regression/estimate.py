"""Coefficients with their uncertainty, by ordinary or by penalised likelihood, back on the covariates' own scale.

Belongs here: what a fit estimates per column. Does not belong here: the iterations (``newton``, ``firth``), tests of
the whole model and wording (``cox``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from core.regression.firth import Firth, FirthMaximum
from core.regression.newton import flat_inverse, maximise
from core.regression.problem import Problem
from core.regression.robust import per_cluster, sandwich, score_residuals
from core.timetoevent import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Estimates of the kept columns.

    Attributes
    ----------
    score : array, shape (n,)
        Linear predictor, up to a constant.
    log_likelihood : tuple of two floats
    coefficients, conf_low, conf_high, statistic, p_value : arrays, shape (n_kept,)
        NaN for infinite coefficients.
    covariance, model_covariance : arrays, shape (n_kept, n_kept)
    infinite : array, shape (n_kept,)
        Sign of infinite coefficients, else 0.
    group_ratio : dict of covariate to float
        Penalised likelihood-ratio statistics; empty without a penalty.
    converged : bool
    n_iterations : int
    """

    score: FloatArray
    log_likelihood: tuple[float, float]
    coefficients: FloatArray
    covariance: FloatArray
    model_covariance: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    statistic: FloatArray
    p_value: FloatArray
    infinite: FloatArray
    group_ratio: dict[str, float]
    converged: bool
    n_iterations: int


def by_likelihood(problem: Problem, *, robust: bool, conf_level: float) -> Estimate:
    """Maximum partial likelihood with Wald limits; infinite coefficients are told apart from the others."""
    found = maximise(problem.X, problem.risk_sets, ties=problem.ties, start=problem.at_null)
    scale = np.where(found.infinite == 0, problem.scale, np.nan)
    units = np.outer(scale, scale)
    information = found.at_beta.information
    if found.infinite.any():
        model_covariance = flat_inverse(information, size=float(problem.risk_sets.event_weight.sum()))
    else:
        model_covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    covariance = model_covariance = (model_covariance + model_covariance.T) / 2
    if robust:
        residuals = score_residuals(found.at_beta, problem.X, problem.risk_sets)
        covariance = sandwich(per_cluster(residuals, problem.cluster), model_covariance)
    covariance, model_covariance = covariance / units, model_covariance / units
    coefficients = found.beta / scale
    std_error = np.sqrt(np.diag(covariance))
    quantile = float(ndtri(0.5 + conf_level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = coefficients / std_error
    return Estimate(
        score=problem.linear_predictor(found.beta),
        log_likelihood=(problem.at_null.log_likelihood, found.at_beta.log_likelihood),
        coefficients=coefficients,
        covariance=covariance,
        model_covariance=model_covariance,
        conf_low=coefficients - quantile * std_error,
        conf_high=coefficients + quantile * std_error,
        statistic=statistic,
        p_value=2 * ndtr(-np.abs(statistic)),
        infinite=found.infinite,
        group_ratio={},
        converged=found.converged,
        n_iterations=found.n_iterations,
    )


def by_penalised_likelihood(problem: Problem, *, conf_level: float) -> Estimate:
    """Firth's penalised likelihood with profile limits and likelihood-ratio p-values."""
    assert problem.ties != "exact", "refused before"
    firth = Firth(X=problem.X, risk_sets=problem.risk_sets, ties=problem.ties)
    p = problem.kept.size
    zero = np.zeros(p)
    best = firth.maximise(zero, np.ones(p, dtype=np.bool_))
    limits = [
        [firth.profile_limit(best, j, direction=direction, conf_level=conf_level) for j in range(p)]
        for direction in (-1, 1)
    ]
    # the determinant of the information knows the unit of the covariates
    unit = float(np.log(problem.scale).sum())
    ratio = np.array([_likelihood_ratio(firth, best, np.arange(p) == j) for j in range(p)])
    units = np.outer(problem.scale, problem.scale)
    covariance = np.linalg.inv(best.at_beta.information) / units
    return Estimate(
        score=problem.linear_predictor(best.beta),
        log_likelihood=(firth.at(zero).value + unit, best.at_beta.value + unit),
        coefficients=best.beta / problem.scale,
        covariance=covariance,
        model_covariance=covariance.copy(),
        conf_low=np.array(limits[0]) / problem.scale,
        conf_high=np.array(limits[1]) / problem.scale,
        statistic=np.sign(best.beta) * np.sqrt(ratio),
        p_value=chdtrc(1, ratio),
        infinite=zero,
        group_ratio={
            covariate: _likelihood_ratio(firth, best, np.isin(np.arange(p), group))
            for covariate, group in problem.groups.items()
            if group.size
        },
        converged=best.converged,
        n_iterations=best.n_iterations,
    )


def _likelihood_ratio(firth: Firth, best: FirthMaximum, tested: BoolArray) -> float:
    """Twice the penalised log-likelihood lost when the tested coefficients are zero."""
    start = np.where(tested, 0.0, best.beta)
    constrained = firth.maximise(start, ~tested).at_beta.value
    return max(0.0, 2 * (best.at_beta.value - constrained))
