"""Interactions: whether one factor's hazard ratio depends on another, and what it is at each level of the other.

Belongs here: the test of an interaction and the hazard ratios it stands for. Does not belong here: product columns
(``term_columns``), subgroups fitted apart (``subgroup``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.regression.curve import likelihood_ratio
from core.regression.fitter import Fitted, Fitter, Pairs
from core.regression.results import CoxTest
from core.regression.term_columns import TermColumn, product_name
from core.timetoevent import BoolArray, FloatArray

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalRatio:
    """The hazard ratio of one factor where the other has one value.

    Attributes
    ----------
    factor : str
    level, reference : str or None
        For a category; None for a number, whose hazard ratio is per unit.
    other : str
        The factor that is held.
    at : str or float
        Its level, or its value.
    n, n_events : int
        Patients and events where a category ``other`` is ``at``; of the model for a number.
    log_hazard_ratio, std_error : float
    hazard_ratio, conf_low, conf_high : float
        Wald limits.
    statistic, p_value : float
        z and its two-sided p-value.
    """

    factor: str
    level: str | None
    reference: str | None
    other: str
    at: str | float
    n: int
    n_events: int
    log_hazard_ratio: float
    std_error: float
    hazard_ratio: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Two factors whose effects may depend on each other.

    Attributes
    ----------
    factors : tuple of two str
    test : CoxTest
        That neither effect depends on the other.
    method : {'likelihood_ratio', 'wald'}
        Wald where the variance is robust or the likelihood penalised.
    ratios : tuple of ConditionalRatio
        Of the first factor at each level of the second, then of the second at each level of the first. A number is
        held at its quartiles among the patients of the model.
    """

    factors: tuple[str, str]
    test: CoxTest
    method: str
    ratios: tuple[ConditionalRatio, ...]

    @property
    def name(self) -> str:
        """``hifu × grade``."""
        return product_name(*self.factors)


def interactions_of(fitter: Fitter, fitted: Fitted, interactions: Pairs) -> tuple[Interaction, ...]:
    r"""The interactions of a fitted model.

    Parameters
    ----------
    fitter : Fitter
        That made ``fitted``.
    fitted : Fitted
    interactions : sequence of pairs
        Of the model.

    Notes
    -----
    Test: ``anova(coxph(~ a + b), coxph(~ a * b))``, every other term in both. The log hazard ratio of level i of a
    where b = j is :math:`\beta_i + \beta_{ij}`, with the variance of that sum; where b is a number x,
    :math:`\beta_i + x \beta_{ib}`. Same as ``multcomp::glht`` on the fit, or the coefficient of a after
    ``relevel(b, j)``.
    """
    return tuple(_interaction(fitter, fitted, interactions, pair) for pair in interactions)


def _interaction(fitter: Fitter, fitted: Fitted, interactions: Pairs, pair: tuple[str, str]) -> Interaction:
    fit, name = fitted.fit, product_name(*pair)
    if fit.robust or fit.penalty is not None:
        found = next(test for test in fit.overall if test.covariate == name)
        test = CoxTest(statistic=found.statistic, df=found.df, p_value=found.p_value, robust=found.robust)
        method = found.method
    else:
        smaller = fitter.fit(fitted.design.covariates, [other for other in interactions if other != pair])
        test, method = likelihood_ratio(fitted, smaller), "likelihood_ratio"
    event = fitter.rows.data.event[fitted.design.complete]
    ratios = [ratio for a, b in (pair, pair[::-1]) for ratio in _ratios(fitted, a, b, event)]
    return Interaction(factors=pair, test=test, method=method, ratios=tuple(ratios))


def _ratios(fitted: Fitted, factor: str, other: str, event: BoolArray) -> Iterator[ConditionalRatio]:
    """Every level of a factor (or its unit) where the other has each of its values."""
    terms = fitted.design.terms
    own = [term for term in terms if term.term == factor]
    for at, held, here in _held(fitted, other):
        n, n_events = int(np.count_nonzero(here)), int(np.count_nonzero(here & event))
        for term in own:
            log_ratio, error = _sum(fitted, term, held)
            yield _ratio(fitted, term, (other, at), counts=(n, n_events), estimate=(log_ratio, error))


def _held(fitted: Fitted, other: str) -> Iterator[tuple[str | float, dict[str, float], BoolArray]]:
    """The values a factor is held at: its name for people, the value of each of its columns, and who has it."""
    design = fitted.design
    columns = {term: design.matrix[:, j] for j, term in enumerate(design.terms) if term.term == other}
    if not columns:
        return
    first = next(iter(columns))
    if first.level is None:
        everybody = np.ones(design.n, dtype=np.bool_)
        for value in dict.fromkeys(np.quantile(columns[first], QUARTILES).tolist()):
            yield value, {first.name: value}, everybody
        return
    yield str(first.reference), {}, ~np.logical_or.reduce([flag == 1 for flag in columns.values()])
    for term, flag in columns.items():
        yield str(term.level), {term.name: 1.0}, flag == 1


def _sum(fitted: Fitted, term: TermColumn, held: dict[str, float]) -> tuple[float, float]:
    """Log hazard ratio and standard error of one column where the other factor is held; NaN where nobody is there."""
    names, fit = fitted.fit.names, fitted.fit
    products = {frozenset(column.of): column.name for column in fitted.design.terms if column.role == "product"}
    weights: FloatArray = np.zeros(len(names))
    weights[names.index(term.name)] = 1.0
    for column, value in held.items():
        product = products.get(frozenset((term.name, column)))
        if product is None:
            return math.nan, math.nan
        weights[names.index(product)] = value
    used = np.flatnonzero(weights)
    log_ratio = float(weights[used] @ fit.coefficients[used])
    variance = float(weights[used] @ fit.covariance[np.ix_(used, used)] @ weights[used])
    return log_ratio, math.sqrt(variance) if variance >= 0 else math.nan


def _ratio(
    fitted: Fitted,
    term: TermColumn,
    held: tuple[str, str | float],
    *,
    counts: tuple[int, int],
    estimate: tuple[float, float],
) -> ConditionalRatio:
    log_ratio, error = estimate
    width = float(ndtri(0.5 + fitted.fit.conf_level / 2)) * error
    z = log_ratio / error if error > 0 else math.nan
    with np.errstate(over="ignore"):
        ratio, low, high = (float(np.exp(log_ratio + shift)) for shift in (0.0, -width, width))
    return ConditionalRatio(
        factor=term.term,
        level=term.level,
        reference=term.reference,
        other=held[0],
        at=held[1],
        n=counts[0],
        n_events=counts[1],
        log_hazard_ratio=log_ratio,
        std_error=error,
        hazard_ratio=ratio,
        conf_low=low,
        conf_high=high,
        statistic=z,
        p_value=float(2 * ndtr(-abs(z))),
    )
