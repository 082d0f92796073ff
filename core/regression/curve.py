"""The curve of a number in a Cox model: hazard ratio against a reference value, and whether it bends.

Belongs here: the curve with its interval and its tests. Does not belong here: the basis (``splines``), the chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc, ndtri

from core.regression.fitter import Fitted, Fitter, Pairs
from core.regression.results import CoxTest
from core.regression.robust import quadratic_form
from core.regression.splines import spline_basis
from core.regression.term_columns import numbers
from core.timetoevent import FloatArray, IntArray

N_POINTS = 121
PERCENTILES = (5, 10, 25, 50, 75, 90, 95)  # of the patients' values, which tables show


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """The hazard ratio of every value of a number against one value of it.

    Attributes
    ----------
    covariate : str
    knots : tuple of float
    reference : float
        The value at which the hazard ratio is 1.
    value : array, shape (g,)
        From the smallest to the largest value of the patients in the model, with the reference and some percentiles.
    log_hazard_ratio, std_error : arrays, shape (g,)
        NaN where a coefficient of the curve could not be estimated.
    hazard_ratio, conf_low, conf_high : arrays, shape (g,)
        Pointwise limits.
    observed : array, shape (n,)
        The patients' values, ascending.
    tests : dict of str to CoxTest
        ``overall_wald``: the covariate has no effect; ``nonlinearity_wald``: its effect is a straight line; unless the
        variance is robust or the likelihood penalised also ``overall_likelihood_ratio`` and
        ``nonlinearity_likelihood_ratio``.
    conf_level : float
    """

    covariate: str
    knots: tuple[float, ...]
    reference: float
    value: FloatArray
    log_hazard_ratio: FloatArray
    std_error: FloatArray
    hazard_ratio: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    observed: FloatArray
    tests: dict[str, CoxTest]
    conf_level: float

    def __post_init__(self) -> None:
        for array in (self.value, self.log_hazard_ratio, self.std_error, self.hazard_ratio, self.observed):
            array.setflags(write=False)
        for array in (self.conf_low, self.conf_high):
            array.setflags(write=False)

    @property
    def is_estimated(self) -> bool:
        """Whether there is a curve: no coefficient of it was left out or is infinite."""
        return bool(np.isfinite(self.log_hazard_ratio).all())


def curve_of(
    fitter: Fitter, fitted: Fitted, name: str, *, interactions: Pairs = (), reference: float | None = None
) -> Curve:
    r"""The curve of one covariate of a fitted model.

    Parameters
    ----------
    fitter : Fitter
        That made ``fitted``; its rows may lack covariates.
    fitted : Fitted
    name : str
        A covariate with knots.
    interactions : sequence of pairs
        Of the model.
    reference : float, optional
        The median of the patients in the model unless given.

    Notes
    -----
    With basis B(x): :math:`\log HR(x) = (B(x) - B(x_0))'\beta`, standard error
    :math:`\sqrt{(B(x) - B(x_0))' V (B(x) - B(x_0))}`. Same as ``rms::contrast`` of ``coxph(~ rcs(x, knots))``, and as
    ``predict(fit, type = "terms", se.fit = TRUE)`` up to the reference.
    """
    design, fit = fitted.design, fitted.fit
    knots = design.knots[name]
    complete = fitter.complete(design.covariates)
    observed = np.sort(numbers(complete.rows.frame[name], name))
    middle = float(np.median(observed)) if reference is None else reference
    even = np.linspace(observed[0], observed[-1], N_POINTS)
    value = np.unique(np.concatenate([even, np.percentile(observed, PERCENTILES), [middle]]))
    value = value[(value >= observed[0]) & (value <= observed[-1])]
    at = np.array([j for j, term in enumerate(design.terms) if term.term == name], dtype=np.int64)
    apart = spline_basis(value, knots) - spline_basis(np.array([middle]), knots)
    log_ratio = apart @ fit.coefficients[at]
    variance = np.einsum("ij,jk,ik->i", apart, fit.covariance[np.ix_(at, at)], apart)
    error = np.sqrt(np.maximum(variance, 0.0))
    width = float(ndtri(0.5 + fit.conf_level / 2)) * error
    with np.errstate(over="ignore"):
        ratio, low, high = (np.exp(log_ratio + shift) for shift in (0.0, -width, width))
    return Curve(
        covariate=name,
        knots=knots,
        reference=middle,
        value=value,
        log_hazard_ratio=log_ratio,
        std_error=error,
        hazard_ratio=ratio,
        conf_low=low,
        conf_high=high,
        observed=observed,
        tests={**_wald(fitted, at), **_likelihood_ratio(complete, fitted, name, interactions)},
        conf_level=fit.conf_level,
    )


def _wald(fitted: Fitted, at: IntArray) -> dict[str, CoxTest]:
    """All columns of the curve, and those that bend it."""
    fit = fitted.fit
    tests = {}
    for what, columns in (("overall_wald", at), ("nonlinearity_wald", at[1:])):
        statistic = quadratic_form(fit.coefficients[columns], fit.covariance[np.ix_(columns, columns)])
        tests[what] = CoxTest(
            statistic=statistic,
            df=int(columns.size),
            p_value=float(chdtrc(columns.size, statistic)),
            robust=fit.robust,
        )
    return tests


def _likelihood_ratio(complete: Fitter, fitted: Fitted, name: str, interactions: Pairs) -> dict[str, CoxTest]:
    """Against the model without the covariate, and with a straight line."""
    if fitted.fit.robust or fitted.fit.penalty is not None:
        return {}
    names: Sequence[str] = fitted.design.covariates
    others = [other for other in names if other != name]
    straight = replace(complete, knots={k: v for k, v in (complete.knots or {}).items() if k != name})
    without = complete.fit(others, interactions) if others else None
    return {
        "overall_likelihood_ratio": likelihood_ratio(fitted, without),
        "nonlinearity_likelihood_ratio": likelihood_ratio(fitted, straight.fit(names, interactions)),
    }


def likelihood_ratio(fitted: Fitted, smaller: Fitted | None) -> CoxTest:
    """Twice the log likelihood that a model has more than a smaller one (None: no covariates) on the same patients."""
    below = fitted.fit.log_likelihood[0] if smaller is None else smaller.fit.log_likelihood[1]
    df = fitted.n_parameters - (0 if smaller is None else smaller.n_parameters)
    statistic = max(0.0, 2 * (fitted.fit.log_likelihood[1] - below))
    return CoxTest(statistic=statistic, df=df, p_value=float(chdtrc(df, statistic)) if df else float("nan"))
