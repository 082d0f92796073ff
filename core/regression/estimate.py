"""Coefficients with their uncertainty, by ordinary or by penalised likelihood, back on the covariates' own scale.

Belongs here: what a fit estimates per column. Does not belong here: the iterations (``newton``, ``firth``), tests of
the whole model and wording (``cox``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri

from core.regression.firth import Firth
from core.regression.likelihood import Likelihood
from core.regression.newton import flat_inverse, maximise
from core.regression.problem import Problem
from core.regression.profile import PartialLikelihood, Peak, Surface, likelihood_ratio, profile_limit
from core.regression.robust import per_cluster, quadratic_form, sandwich, score_residuals
from core.timetoevent import FloatArray


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
        Likelihood-ratio statistics; empty where tests are Wald's.
    standard : array, shape (n_kept,)
        Coefficients of the standardised covariates; infinite ones far out.
    converged : bool
    n_iterations : int
    score_test, robust_score_test : float
        Statistics; NaN where there is no such test.
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
    standard: FloatArray
    converged: bool
    n_iterations: int
    score_test: float = float("nan")
    robust_score_test: float = float("nan")


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
        standard=found.beta,
        converged=found.converged,
        n_iterations=found.n_iterations,
        score_test=_score_test(problem.at_null),
        robust_score_test=_robust_score_test(problem) if robust else float("nan"),
    )


def _score_test(at_null: Likelihood) -> float:
    return float(at_null.gradient @ np.linalg.solve(at_null.information, at_null.gradient))


def _robust_score_test(problem: Problem) -> float:
    residuals = score_residuals(problem.at_null, problem.X, problem.risk_sets)
    summed = per_cluster(residuals, problem.cluster)
    return quadratic_form(summed.sum(axis=1), summed @ summed.T)


def by_penalised_likelihood(problem: Problem, *, conf_level: float) -> Estimate:
    """Firth's penalised likelihood with profile limits and likelihood-ratio p-values."""
    assert problem.ties != "exact", "refused before"
    firth = Firth(X=problem.X, risk_sets=problem.risk_sets, ties=problem.ties)
    p = problem.kept.size
    zero = np.zeros(p)
    best = firth.maximise(zero, np.ones(p, dtype=np.bool_))
    std_error = np.sqrt(np.diag(np.linalg.inv(best.at_beta.information)))
    low, high = _limits(firth, best, np.outer((-1.0, 1.0), std_error), conf_level=conf_level)
    # the determinant of the information knows the unit of the covariates
    unit = float(np.log(problem.scale).sum())
    ratio = np.array([likelihood_ratio(firth, best, np.arange(p) == j) for j in range(p)])
    units = np.outer(problem.scale, problem.scale)
    covariance = np.linalg.inv(best.at_beta.information) / units
    return Estimate(
        score=problem.linear_predictor(best.beta),
        log_likelihood=(firth.at(zero).value + unit, best.at_beta.value + unit),
        coefficients=best.beta / problem.scale,
        covariance=covariance,
        model_covariance=covariance.copy(),
        conf_low=low / problem.scale,
        conf_high=high / problem.scale,
        statistic=np.sign(best.beta) * np.sqrt(ratio),
        p_value=chdtrc(1, ratio),
        infinite=zero,
        group_ratio=_group_ratios(firth, best, problem),
        standard=best.beta,
        converged=best.converged,
        n_iterations=best.n_iterations,
    )


def _limits(surface: Surface, best: Peak, first: FloatArray, *, conf_level: float) -> tuple[FloatArray, FloatArray]:
    """Profile limits below and above, (p,) each; ``first`` is where to look, shape (2, p), NaN where there is none."""
    quantile = float(ndtri(0.5 + conf_level / 2))
    found = np.full(first.shape, np.nan)
    for side, column in zip(*np.nonzero(np.isfinite(first)), strict=True):
        width = quantile * float(first[side, column])
        found[side, column] = profile_limit(surface, best, int(column), width=width, conf_level=conf_level)
    return found[0], found[1]


def _group_ratios(surface: Surface, best: Peak, problem: Problem) -> dict[str, float]:
    """Likelihood-ratio statistic of each covariate, all its columns together."""
    every = np.arange(best.beta.size)
    return {
        covariate: likelihood_ratio(surface, best, np.isin(every, group))
        for covariate, group in problem.groups.items()
        if group.size
    }


def by_profile(problem: Problem, wald: Estimate, *, conf_level: float) -> Estimate:
    """The same estimate with limits by profile likelihood and p-values by likelihood ratio.

    An infinite coefficient has one limit, on the side of the finite values.
    """
    surface = PartialLikelihood(problem=problem)
    p = problem.kept.size
    best = surface.maximise(wald.standard, np.zeros(p, dtype=np.bool_))
    std_error = np.sqrt(np.diag(wald.covariance)) * problem.scale
    first = np.outer((-1.0, 1.0), std_error)
    for column in np.flatnonzero(wald.infinite):
        # from far out the first look is at zero, and only from the finite side
        first[:, column] = np.nan
        first[int(wald.infinite[column] < 0), column] = -best.beta[column] / float(ndtri(0.5 + conf_level / 2))
    low, high = _limits(surface, best, first, conf_level=conf_level)
    ratio = np.array([likelihood_ratio(surface, best, np.arange(p) == j) for j in range(p)])
    return replace(
        wald,
        conf_low=low / problem.scale,
        conf_high=high / problem.scale,
        statistic=np.sign(best.beta) * np.sqrt(ratio),
        p_value=chdtrc(1, ratio),
        group_ratio=_group_ratios(surface, best, problem),
    )
