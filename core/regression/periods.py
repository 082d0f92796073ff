"""One hazard ratio per period of follow-up, where hazards are not proportional.

Belongs here: the columns of a covariate in each period, and the test that they are equal. Does not belong here:
splitting rows (``episodes``), the check of proportional hazards (``proportionality``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.errors import SpecError
from core.regression.design import Design
from core.regression.term_columns import TermColumn
from core.timetoevent import FloatArray, IntArray, TimeToEvent

if TYPE_CHECKING:
    from core.regression.fitter import Fitted, Fitter


@dataclass(frozen=True, slots=True, kw_only=True)
class EqualPeriods:
    """Test that a covariate has the same hazard ratio in all periods.

    Attributes
    ----------
    covariate : str
    periods : tuple of str
    method : {'likelihood_ratio', 'wald'}
    statistic : float
    df : int
    p_value : float
    """

    covariate: str
    periods: tuple[str, ...]
    method: str
    statistic: float
    df: int
    p_value: float


def period_names(cuts: Sequence[float], unit: str) -> tuple[str, ...]:
    """``0–12 months``, ``12–24 months``, ``after 24 months``."""
    ends = [f"{cut:g}" for cut in cuts]
    between = [f"{low}–{high} {unit}" for low, high in zip(["0", *ends], ends, strict=False)]
    return (*between, f"after {ends[-1]} {unit}")


def period_of(data: TimeToEvent, cuts: Sequence[float]) -> IntArray:
    """Period of each row, shape (n,), of rows split at the cuts."""
    assert data.entry is not None, "rows are split first"
    return np.searchsorted(np.asarray(cuts), data.entry, side="right").astype(np.int64)


def by_period(design: Design, splits: Mapping[str, tuple[float, ...]], data: TimeToEvent) -> Design:
    """The design with a column per period for each column of the covariates in ``splits``.

    Parameters
    ----------
    design : Design
    splits : mapping of covariate to cut-points
    data : TimeToEvent
        The rows the design was built from, split at all cut-points.
    """
    here = {name: cuts for name, cuts in splits.items() if name in design.covariates}
    if not here:
        return design
    periods = {name: period_of(data, cuts)[design.complete] for name, cuts in here.items()}
    arrays: list[FloatArray] = []
    terms: list[TermColumn] = []
    for j, term in enumerate(design.terms):
        column = design.matrix[:, j]
        if term.term not in here:
            arrays.append(column)
            terms.append(term)
            continue
        for k, name in enumerate(period_names(here[term.term], data.unit)):
            arrays.append(column * (periods[term.term] == k))
            level = name if term.level is None else f"{term.level}, {name}"
            terms.append(replace(term, level=level, label=f"{term.term}: {level}", period=k))
    matrix = np.column_stack(arrays)
    matrix.setflags(write=False)
    return replace(design, matrix=matrix, names=tuple(term.name for term in terms), terms=tuple(terms), periods=periods)


def equal_periods(fitter: Fitter, fitted: Fitted, interactions: Sequence[tuple[str, str]]) -> tuple[EqualPeriods, ...]:
    """Of every split covariate of a model the test that its hazard ratios are the same in all periods.

    By likelihood ratio against the model in which this covariate is not split, as
    ``anova(coxph(~ x), coxph(~ x:period))``; with robust errors or Firth's penalty by Wald's test.
    """
    found = []
    for name in fitted.design.covariates:
        if name in fitted.design.periods:
            found.append(_equal(fitter, fitted, name, interactions))
    return tuple(found)


def _equal(fitter: Fitter, fitted: Fitted, name: str, interactions: Sequence[tuple[str, str]]) -> EqualPeriods:
    from scipy.special import chdtrc

    names = period_names(fitter.splits[name], fitter.rows.data.unit)
    fit = fitted.fit
    if fit.robust or fit.penalty is not None:
        statistic, df, method = *_wald(fitted, name), "wald"
    else:
        rest = {other: cuts for other, cuts in fitter.splits.items() if other != name}
        smaller = replace(fitter, splits=rest, intervals="wald").fit(fitted.design.covariates, interactions)
        statistic = max(0.0, 2 * (fit.log_likelihood[1] - smaller.fit.log_likelihood[1]))
        df, method = fitted.n_parameters - smaller.n_parameters, "likelihood_ratio"
    p_value = float(chdtrc(df, statistic)) if df > 0 else float("nan")
    return EqualPeriods(covariate=name, periods=names, method=method, statistic=statistic, df=df, p_value=p_value)


def _wald(fitted: Fitted, name: str) -> tuple[float, int]:
    """Wald statistic of the differences from the first period, and how many there are; NaN where one is infinite."""
    from core.regression.robust import quadratic_form

    terms, fit = fitted.design.terms, fitted.fit
    columns = [j for j, term in enumerate(terms) if term.term == name]
    n_periods = 1 + max(terms[j].period or 0 for j in columns)
    contrasts = []
    for position, j in enumerate(columns):
        if terms[j].period:
            row = np.zeros(len(columns))
            row[position], row[position - (terms[j].period or 0)] = 1.0, -1.0
            contrasts.append(row)
    C = np.array(contrasts)
    beta, covariance = fit.coefficients[columns], fit.covariance[np.ix_(columns, columns)]
    df = len(columns) - len(columns) // n_periods
    if not np.isfinite(beta).all():
        return float("nan"), df
    return quadratic_form(C @ beta, C @ covariance @ C.T), df


def check_splits(splits: Mapping[str, tuple[float, ...]], data: TimeToEvent) -> None:
    """Raise a ``SpecError`` where a period has no follow-up."""
    last = float(data.time.max(initial=0.0))
    for name, cuts in splits.items():
        if late := [cut for cut in cuts if cut >= last]:
            raise SpecError(
                f"Time of '{name}' cannot be split at {late[0]:g} {data.unit}: follow-up ends at {last:g}.",
                hint="Choose an earlier time.",
            )
