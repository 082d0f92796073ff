"""Cox models of completed tables, pooled; the model of the complete patients beside them.

Belongs here: from models of single tables to one with the terms every page reads. Does not belong here: completing
tables (``imputation``), the rules of pooling (``pooling``), fitting (``model``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.regression.imputation import Imputed
from core.regression.pooling import Pooled, pool, pooled_test
from core.regression.results import CoxAnalysis, CoxFit, CoxTable, CoxTerm, CoxTest, OverallTest
from core.timetoevent import FloatArray
from core.work.progress import each


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledTerm:
    """What the missing values did to one hazard ratio.

    Attributes
    ----------
    model : {'univariable', 'multivariable'}
    term : str
    level : str or None
    df : float
        Degrees of freedom of Barnard and Rubin.
    missing_information, increase : float
        Fraction of missing information; relative increase of the variance.
    """

    model: str
    term: str
    level: str | None
    df: float
    missing_information: float
    increase: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImputedModel:
    """How missing values were dealt with.

    Attributes
    ----------
    imputed : Imputed
    terms : tuple of PooledTerm
    complete : CoxAnalysis
        The same models of the patients with a value of every covariate.
    """

    imputed: Imputed
    terms: tuple[PooledTerm, ...]
    complete: CoxAnalysis


def imputed_cox_analysis(imputed: Imputed, fit: Callable[[pd.DataFrame], CoxAnalysis]) -> CoxAnalysis:
    """Fit the same models to every completed table and pool them.

    Parameters
    ----------
    imputed : Imputed
    fit : callable
        From a table to its models; none may select covariates.

    Returns
    -------
    CoxAnalysis
        Terms and tests by Rubin's rules; without missing values the models of the table itself.
    """
    complete = fit(imputed.frame)
    if not imputed.variables:
        return replace(complete, imputation=ImputedModel(imputed=imputed, terms=(), complete=complete))
    fits = [fit(imputed.completed(table)) for table in each(range(imputed.asked.sets), "tables")]
    first, terms = fits[0], []
    multivariable, univariable = first.multivariable, first.univariable
    if multivariable is not None:
        multivariable, found = _pooled_fit(
            [one.multivariable for one in fits if one.multivariable is not None], "multivariable"
        )
        terms += found
    if univariable is not None:
        univariable, found = _pooled_table([one.univariable for one in fits if one.univariable is not None])
        terms += found
    notes = [
        *(multivariable.notes if multivariable is not None else ()),
        *(univariable.notes if univariable is not None else ()),
    ]
    return replace(
        first,
        multivariable=multivariable,
        univariable=univariable,
        missing=complete.missing,
        notes=tuple(dict.fromkeys([imputation_note(imputed), *notes])),
        imputation=ImputedModel(imputed=imputed, terms=tuple(terms), complete=complete),
    )


def imputation_note(imputed: Imputed) -> str:
    """How many patients keep their place because values were imputed."""
    return (
        f"Missing values of {imputed.n_incomplete} of {len(imputed.frame)} patients were imputed "
        f"{imputed.asked.sets} times; hazard ratios are pooled by Rubin's rules."
    )


def _pooled_table(tables: Sequence[CoxTable]) -> tuple[CoxTable, list[PooledTerm]]:
    fits: dict[str, CoxFit] = {}
    told: list[PooledTerm] = []
    for covariate in tables[0].fits:
        if all(covariate in table.fits for table in tables):
            fits[covariate], found = _pooled_fit([table.fits[covariate] for table in tables], "univariable")
            told += found
    pooled = replace(
        tables[0],
        terms=tuple(term for fit in fits.values() for term in fit.terms),
        overall=tuple(test for fit in fits.values() for test in fit.overall),
        fits=fits,
    )
    return pooled, told


def _pooled_fit(fits: Sequence[CoxFit], model: str) -> tuple[CoxFit, list[PooledTerm]]:
    """One fit with the terms of all; its linear predictor is the mean of theirs."""
    first = fits[0]
    coefficients = np.stack([fit.coefficients for fit in fits])
    covariances = np.stack([fit.covariance for fit in fits])
    n_estimated = int(np.isfinite(first.coefficients).sum())
    found = pool(
        coefficients,
        np.stack([np.diag(covariance) for covariance in covariances]),
        complete_df=max(first.n_events - n_estimated, 1),
        conf_level=first.conf_level,
    )
    between = np.atleast_2d(np.cov(coefficients, rowvar=False))
    fit = replace(
        first,
        log_likelihood=(
            float(np.mean([fit.log_likelihood[0] for fit in fits])),
            float(np.mean([fit.log_likelihood[1] for fit in fits])),
        ),
        tests={"wald": _whole(coefficients, covariances, robust=first.robust)},
        scored=replace(first.scored, score=np.mean([fit.scored.score for fit in fits], axis=0)),
        coefficients=found.estimate.copy(),
        covariance=covariances.mean(axis=0) + (1 + 1 / len(fits)) * between,
        terms=tuple(_term([fit.terms[j] for fit in fits], found, j) for j in range(len(first.terms))),
        overall=tuple(_overall(first, test, coefficients, covariances) for test in first.overall),
        converged=all(fit.converged for fit in fits),
    )
    told = [
        PooledTerm(
            model=model,
            term=term.term,
            level=term.level,
            df=float(found.df[j]),
            missing_information=float(found.missing_information[j]),
            increase=float(found.increase[j]),
        )
        for j, term in enumerate(first.terms)
    ]
    return fit, told


def _term(terms: Sequence[CoxTerm], found: Pooled, j: int) -> CoxTerm:
    """Patients and events of a level are means over the tables."""
    counts = {
        name: None if getattr(terms[0], name) is None else round(float(np.mean([getattr(t, name) for t in terms])))
        for name in ("n", "n_events", "reference_n", "reference_n_events")
    }
    return replace(
        terms[0],
        **counts,  # type: ignore[arg-type]
        log_hazard_ratio=float(found.estimate[j]),
        std_error=float(found.std_error[j]),
        hazard_ratio=float(np.exp(found.estimate[j])),
        conf_low=float(np.exp(found.conf_low[j])),
        conf_high=float(np.exp(found.conf_high[j])),
        statistic=float(found.statistic[j]),
        p_value=float(found.p_value[j]),
    )


def _overall(fit: CoxFit, test: OverallTest, coefficients: FloatArray, covariances: FloatArray) -> OverallTest:
    """All levels of one covariate together."""
    columns = np.array([j for j, term in enumerate(fit.terms) if term.term == test.covariate], dtype=np.int64)
    columns = columns[np.isfinite(coefficients[0, columns])]
    statistic, _, p_value = pooled_test(coefficients[:, columns], covariances[:, columns][:, :, columns])
    return replace(test, method="wald", statistic=statistic * columns.size, p_value=p_value)


def _whole(coefficients: FloatArray, covariances: FloatArray, *, robust: bool) -> CoxTest:
    kept = np.flatnonzero(np.isfinite(coefficients).all(axis=0))
    statistic, _, p_value = pooled_test(coefficients[:, kept], covariances[:, kept][:, :, kept])
    return CoxTest(statistic=statistic * kept.size, df=int(kept.size), p_value=p_value, robust=robust)
