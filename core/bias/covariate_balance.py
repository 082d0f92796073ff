"""How alike two groups are in each covariate, before and after patients are weighted or matched.

Belongs here: standardised differences and ratios of variances of weighted groups. Does not belong here: weights,
Table 1 (``core.patients.imbalance`` has the same difference of unweighted groups).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from core.bias.balance_study import BalanceStudy
from core.regression.design import category_codes
from core.timetoevent import BoolArray, FloatArray

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsApart:
    """Both groups in one covariate.

    Attributes
    ----------
    reference, other : tuple of float
        Mean and standard deviation of a number; share of each level of a category.
    difference : float
        Standardised, without sign; infinite where nothing varies but the means differ.
    variance_ratio : float
        Of a number, other over reference; NaN for a category.
    """

    reference: tuple[float, ...]
    other: tuple[float, ...]
    difference: float
    variance_ratio: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateBalance:
    """One covariate before and after.

    Attributes
    ----------
    covariate : str
    levels : tuple of str
        Of a category; empty for a number.
    before : GroupsApart
        Of the patients as they are.
    after : dict of method to GroupsApart
    """

    covariate: str
    levels: tuple[str, ...]
    before: GroupsApart
    after: dict[str, GroupsApart] = field(default_factory=dict)


def covariate_balance(study: BalanceStudy, weights: dict[str, FloatArray]) -> tuple[CovariateBalance, ...]:
    r"""Standardised differences of every covariate, unweighted and with each set of weights.

    Parameters
    ----------
    study : BalanceStudy, n patients
    weights : dict of method to array, shape (n,)

    Notes
    -----
    A number: :math:`|m_1 - m_0| / \sqrt{(s_1^2 + s_0^2) / 2}`; a category: Mahalanobis' distance of the shares of all
    levels but one (Yang and Dalton), which with two levels is the same formula. Means and shares are weighted, the
    spread below the line is that of the unweighted groups before and after, so that a change is one of the means.
    Variances divide by :math:`W - \sum w^2 / W`. Same as ``cobalt::bal.tab(..., s.d.denom = "pooled")`` for numbers.

    References
    ----------
    .. [1] Austin PC, Stuart EA. Stat Med 2015;34:3661-3679.
    .. [2] Yang D, Dalton JE. SAS Global Forum 2012; paper 335.
    """
    found = []
    ones = np.ones(study.n)
    for name in study.covariates:
        if study.kinds.get(name) == "number":
            values = pd.to_numeric(study.frame[name]).to_numpy(dtype=np.float64)
            spread = (_variance(values, ones, study.treated) + _variance(values, ones, ~study.treated)) / 2
            one = [_of_number(values, w, study.treated, spread) for w in (ones, *weights.values())]
            levels: tuple[str, ...] = ()
        else:
            codes, every = category_codes(study.frame[name])
            there = np.flatnonzero(np.bincount(codes, minlength=len(every)))
            levels = tuple(every[i] for i in there)
            flags = (codes[:, None] == there).astype(np.float64)
            covariance = (_covariance(flags, ~study.treated) + _covariance(flags, study.treated)) / 2
            one = [_of_category(flags, w, study.treated, covariance) for w in (ones, *weights.values())]
        found.append(
            CovariateBalance(
                covariate=name, levels=levels, before=one[0], after=dict(zip(weights, one[1:], strict=True))
            )
        )
    return tuple(found)


def _of_number(values: FloatArray, weights: FloatArray, treated: BoolArray, spread: float) -> GroupsApart:
    means = [_mean(values, weights, rows) for rows in (~treated, treated)]
    variances = [_variance(values, weights, rows) for rows in (~treated, treated)]
    distance = abs(means[1] - means[0])
    none = float("inf") if distance > 0 else 0.0
    return GroupsApart(
        reference=(means[0], float(np.sqrt(variances[0]))),
        other=(means[1], float(np.sqrt(variances[1]))),
        difference=distance / float(np.sqrt(spread)) if spread > 0 else none,
        variance_ratio=variances[1] / variances[0] if variances[0] > 0 else NAN,
    )


def _of_category(flags: FloatArray, weights: FloatArray, treated: BoolArray, covariance: FloatArray) -> GroupsApart:
    shares = [weights[rows] @ flags[rows] / weights[rows].sum() for rows in (~treated, treated)]
    apart = (shares[1] - shares[0])[1:]
    if not apart.size:
        difference = 0.0
    elif np.linalg.matrix_rank(covariance[1:, 1:], hermitian=True) < apart.size:
        difference = float("inf") if np.abs(apart).max() > 0 else 0.0
    else:
        difference = float(np.sqrt(max(float(apart @ np.linalg.solve(covariance[1:, 1:], apart)), 0.0)))
    return GroupsApart(
        reference=tuple(float(x) for x in shares[0]), other=tuple(float(x) for x in shares[1]), difference=difference
    )


def _mean(values: FloatArray, weights: FloatArray, rows: BoolArray) -> float:
    return float(weights[rows] @ values[rows] / weights[rows].sum())


def _variance(values: FloatArray, weights: FloatArray, rows: BoolArray) -> float:
    """With weights of 1 the usual one, with n - 1 below the line."""
    w, x = weights[rows], values[rows]
    total = float(w.sum())
    free = total - float(w @ w) / total
    return float(w @ (x - float(w @ x) / total) ** 2) / free if free > 0 else NAN


def _covariance(flags: FloatArray, rows: BoolArray) -> FloatArray:
    share = flags[rows].mean(axis=0)
    return np.asarray(np.diag(share) - np.outer(share, share), dtype=np.float64)
