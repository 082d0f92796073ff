"""The hazard ratio of two groups whose patients count more or less, with a variance that knows it.

Belongs here: one Cox model of the group, weighted or with covariates beside it. Does not belong here: weights, curves
(``weighted_curves``), which methods are compared (``crude_against_adjusted``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import chdtrc, ndtr

from core.bias.balance_study import BalanceStudy
from core.bias.later_treatment import MethodRatio
from core.bias.weighted_sample import Tilt, WeightedSample
from core.regression.cox import fit_cox
from core.regression.design import Design
from core.regression.estimate import by_likelihood
from core.regression.likelihood import Likelihood, evaluate
from core.regression.problem import Problem, prepare
from core.regression.robust import per_cluster, score_residuals
from core.regression.term_columns import TermColumn
from core.survival.intervals import normal_quantile
from core.timetoevent import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightedRatio:
    """A hazard ratio by one method.

    Attributes
    ----------
    ratio : MethodRatio
        Patients who count, and the ratio; its standard error allows for the weights having been estimated.
    effective : tuple of two floats
        Effective sample size of the reference and of the other group.
    std_error_fixed : float
        Robust standard error were the weights known, as R's ``coxph`` prints it; NaN without weights.
    score_statistic, score_p_value : float
        Weighted log-rank test: the robust score test, one degree of freedom; the log-rank test (with Efron's ties)
        without weights, NaN beside covariates.
    """

    ratio: MethodRatio
    effective: tuple[float, float]
    std_error_fixed: float = math.nan
    score_statistic: float = math.nan
    score_p_value: float = math.nan


def group_design(study: BalanceStudy, *, with_covariates: bool) -> Design:
    """The matrix of the group alone, or beside the covariates."""
    term = TermColumn(term=study.column, level=study.levels[1], reference=study.levels[0])
    name = f"{study.column}: {study.levels[1]}"
    own = study.treated.astype(np.float64)[:, None]
    design = study.design
    if not with_covariates:
        return Design(
            covariates=(study.column,), matrix=own, names=(name,), terms=(term,), complete=design.complete, missing={}
        )
    return replace(
        design,
        covariates=(study.column, *design.covariates),
        matrix=np.hstack([own, design.matrix]),
        names=(name, *design.names),
        terms=(term, *design.terms),
    )


def unweighted_ratio(study: BalanceStudy, *, with_covariates: bool) -> WeightedRatio:
    """Cox regression (Efron) of the group alone (crude), or with all covariates beside it."""
    counts = counted(study, np.ones(study.n, dtype=np.bool_))
    effective = float(study.sizes[0]), float(study.sizes[1])
    fit = fit_cox(study.data, group_design(study, with_covariates=with_covariates), conf_level=study.conf_level)
    term = fit.terms[0]
    ratio = replace(
        counts,
        log_hazard_ratio=term.log_hazard_ratio,
        std_error=term.std_error,
        hazard_ratio=term.hazard_ratio,
        conf_low=term.conf_low,
        conf_high=term.conf_high,
        p_value=term.p_value,
        notes=fit.notes,
    )
    if with_covariates:
        return WeightedRatio(ratio=ratio, effective=effective)
    test = fit.tests["score"]
    return WeightedRatio(ratio=ratio, effective=effective, score_statistic=test.statistic, score_p_value=test.p_value)


def weighted_ratio(study: BalanceStudy, sample: WeightedSample) -> WeightedRatio:
    r"""Weighted Cox regression (Efron) of the group, with robust standard error.

    Parameters
    ----------
    study : BalanceStudy, n patients
    sample : WeightedSample
        Its matched sets, where it has any, are the clusters of the variance; otherwise each patient is one.

    Returns
    -------
    WeightedRatio

    Notes
    -----
    The weighted score of patient i is :math:`w_i r_i`, and Lin and Wei's variance sums their squares. With weights made
    from estimated parameters :math:`\gamma` it becomes :math:`w_i r_i + \sum_k r_k \,\partial w_k / \partial\gamma
    \cdot IF_i(\gamma)` (Hajage), and the same for the score test at zero. Without the second part the same as
    ``coxph(Surv(time, event) ~ group, weights = w, robust = TRUE)``, with sets ``cluster = set``.

    References
    ----------
    .. [1] Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074-1078.
    .. [2] Hajage D, Chauvet G, Belin L, et al. Biom J 2018;60:1151-1163.
    .. [3] Austin PC. Stat Med 2014;33:1242-1258.
    """
    rows = sample.kept
    part = study.subset(rows)
    counts = counted(study, rows)
    effective = sample.effective
    weights = sample.weights[rows]
    without = [
        level
        for level, group in zip(study.levels, (~part.treated, part.treated), strict=True)
        if not part.data.event[group].any()
    ]
    if without:
        return WeightedRatio(
            ratio=replace(counts, notes=(f"No events in {' and '.join(without)}: no hazard ratio.",)),
            effective=effective,
        )
    data = replace(part.data, weights=weights)
    problem = prepare(data, group_design(part, with_covariates=False), ties="efron")
    cluster = None if sample.sets is None else sample.sets[rows]
    return WeightedRatio(
        effective=effective, **_estimated(problem, counts, _Whose(rows=rows, cluster=cluster, tilt=sample.tilt))
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Whose:
    """Which of the n patients the rows of a problem are, their clusters (of the rows), and the tilt (of all n)."""

    rows: BoolArray
    cluster: IntArray | None
    tilt: Tilt | None

    def scores(self, residuals: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Contributions to the score, weights as given, and with what each patient moved the weights; any shape."""
        fixed = per_cluster(residuals[None, :], self.cluster)[0]
        if self.tilt is None:
            return fixed, fixed
        moved = (residuals / weights) @ self.tilt.slope[self.rows]
        everybody = self.tilt.influence @ moved
        everybody[self.rows] += residuals
        return fixed, everybody


def _estimated(problem: Problem, counts: MethodRatio, whose: _Whose) -> dict[str, Any]:
    """The ratio, its variance and the score test, as fields of ``WeightedRatio``."""
    assert problem.data.weights is not None
    weights, scale = problem.data.weights, float(problem.scale[0])
    estimate = by_likelihood(problem, robust=False, conf_level=counts.conf_level)
    at_beta = evaluate(estimate.standard, problem.X, problem.risk_sets, ties="efron")
    fixed, whole = whose.scores(_residuals(problem, at_beta), weights)
    information = float(at_beta.information[0, 0])
    null = whose.scores(_residuals(problem, problem.at_null), weights)[1]
    statistic = float(null.sum()) ** 2 / float(null @ null)
    log_ratio = float(estimate.coefficients[0])
    std_error = math.sqrt(float(whole @ whole)) / information / scale
    return {
        "ratio": with_wald(counts, log_ratio, std_error),
        "std_error_fixed": math.sqrt(float(fixed @ fixed)) / information / scale,
        "score_statistic": statistic,
        "score_p_value": float(chdtrc(1, statistic)),
    }


def _residuals(problem: Problem, at: Likelihood) -> FloatArray:
    return np.asarray(score_residuals(at, problem.X, problem.risk_sets)[0], dtype=np.float64)


def with_wald(counts: MethodRatio, log_ratio: float, std_error: float) -> MethodRatio:
    """The ratio with its limits and two-sided P on the log scale."""
    half = normal_quantile(counts.conf_level) * std_error
    return replace(
        counts,
        log_hazard_ratio=log_ratio,
        std_error=std_error,
        hazard_ratio=math.exp(log_ratio),
        conf_low=math.exp(log_ratio - half),
        conf_high=math.exp(log_ratio + half),
        p_value=2 * float(ndtr(-abs(log_ratio / std_error))) if std_error > 0 else math.nan,
    )


def counted(study: BalanceStudy, rows: BoolArray) -> MethodRatio:
    """Patients and events of those who count."""
    treated, event = study.treated & rows, study.data.event & rows
    return MethodRatio(
        n=int(np.count_nonzero(rows)),
        n_events=int(np.count_nonzero(event)),
        n_treated=int(np.count_nonzero(treated)),
        n_events_treated=int(np.count_nonzero(event & treated)),
        conf_level=study.conf_level,
    )
