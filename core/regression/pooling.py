"""Rubin's rules: one estimate from several completed tables.

Belongs here: pooling numbers and their variances, and tests of several coefficients. Does not belong here: completing
tables (``imputation``), which models are fitted to them (``imputed_model``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from core.timetoevent import FloatArray

SMALLEST_SHARE = 1e-4  # of the variance, below which the tables count as this different


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pooled:
    """p estimates from m tables.

    Attributes
    ----------
    estimate, std_error : arrays, shape (p,)
    within, between : arrays, shape (p,)
        Mean variance in a table, and variance of the estimates from table to table.
    df : array, shape (p,)
        Degrees of freedom of Barnard and Rubin.
    missing_information : array, shape (p,)
        Fraction of the information that is missing.
    increase : array, shape (p,)
        Relative increase of the variance because of the missing values.
    statistic, p_value, conf_low, conf_high : arrays, shape (p,)
        By t with these degrees of freedom.
    """

    estimate: FloatArray
    std_error: FloatArray
    within: FloatArray
    between: FloatArray
    df: FloatArray
    missing_information: FloatArray
    increase: FloatArray
    statistic: FloatArray
    p_value: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray

    def __post_init__(self) -> None:
        for name in self.__slots__:
            getattr(self, name).setflags(write=False)


def pool(
    estimates: FloatArray, variances: FloatArray, *, complete_df: float = np.inf, conf_level: float = 0.95
) -> Pooled:
    r"""Pool estimates from completed tables.

    Parameters
    ----------
    estimates, variances : array, shape (m, p)
        m of 2 or more.
    complete_df : float
        Degrees of freedom had nothing been missing; of a Cox model events less coefficients.
    conf_level : float

    Returns
    -------
    Pooled

    Notes
    -----
    :math:`T = \bar U + (1 + 1/m) B`, :math:`\lambda = (1 + 1/m) B / T`,
    :math:`\nu^{-1} = [(m - 1)/\lambda^2]^{-1} + [(\nu_c + 1)/(\nu_c + 3)\,\nu_c (1 - \lambda)]^{-1}`, fraction of
    missing information :math:`(r + 2/(\nu + 3))/(r + 1)` with :math:`r = (1 + 1/m) B / \bar U`. Same as
    ``summary(mice::pool(fits), conf.int = TRUE)``; without ``complete_df`` as ``mitools::MIcombine``.

    References
    ----------
    .. [1] Rubin DB. Multiple Imputation for Nonresponse in Surveys. Wiley 1987.
    .. [2] Barnard J, Rubin DB. Biometrika 1999;86:948-955.
    """
    m = len(estimates)
    estimate, within = estimates.mean(axis=0), variances.mean(axis=0)
    between = estimates.var(axis=0, ddof=1)
    extra = (1 + 1 / m) * between
    total = within + extra
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.maximum(extra / total, SMALLEST_SHARE)
        between_df = (m - 1) / share**2
        df = between_df
        if np.isfinite(complete_df):
            observed_df = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
            df = between_df * observed_df / (between_df + observed_df)
        increase = extra / within
        missing = (increase + 2 / (df + 3)) / (increase + 1)
        std_error = np.sqrt(total)
        statistic = estimate / std_error
    half = stdtrit(df, 0.5 + conf_level / 2) * std_error
    return Pooled(
        estimate=estimate,
        std_error=std_error,
        within=within,
        between=between,
        df=df,
        missing_information=missing,
        increase=increase,
        statistic=statistic,
        p_value=2 * stdtr(df, -np.abs(statistic)),
        conf_low=estimate - half,
        conf_high=estimate + half,
    )


def pooled_test(estimates: FloatArray, covariances: FloatArray) -> tuple[float, float, float]:
    r"""Test that k coefficients are all 0: statistic, second degrees of freedom, P.

    Parameters
    ----------
    estimates : array, shape (m, k)
    covariances : array, shape (m, k, k)

    Returns
    -------
    tuple of three floats
        F with k and the second degrees of freedom; NaN where a coefficient has no value.

    Notes
    -----
    :math:`D_1 = \bar Q' \bar U^{-1} \bar Q / (k (1 + r))` with :math:`r = (1 + 1/m)\, tr(B \bar U^{-1}) / k`. Same as
    ``mitml::testModels(fits, nulls, method = "D1")``.

    References
    ----------
    .. [1] Li KH, Raghunathan TE, Rubin DB. J Am Stat Assoc 1991;86:1065-1073.
    """
    m, k = estimates.shape
    within, mean = covariances.mean(axis=0), estimates.mean(axis=0)
    if not (k and np.isfinite(within).all() and np.isfinite(mean).all()):
        return float("nan"), float("nan"), float("nan")
    centred = estimates - mean
    between = centred.T @ centred / (m - 1)
    increase = (1 + 1 / m) * float(np.trace(np.linalg.solve(within, between))) / k
    statistic = float(mean @ np.linalg.solve(within, mean)) / (k * (1 + increase))
    t = k * (m - 1)
    if increase <= 0:
        df = np.inf
    elif t > 4:
        df = 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    else:
        df = t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2
    return statistic, float(df), float(fdtrc(k, min(df, 1e10), statistic))
