"""The regressions a paper reports: each covariate alone, all together, or together those that matter alone.

Belongs here: choosing columns and covariates, and saying what was chosen and left out. Does not belong here: fitting
one model (``cox``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.errors import TooFewEventsError
from core.regression import remarks
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.results import CoxAnalysis, CoxFit, CoxTable, OverallTest
from core.regression.rows import RegressionRows, regression_rows, with_missing
from core.spec import CoxMode, Scalar, Ties
from core.timetoevent import TimeToEvent


def cox_analysis(  # noqa: PLR0913 - one keyword per key of the specification
    data: TimeToEvent,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    mode: CoxMode = "multivariable",
    enter_below: float = 0.1,
    ties: Ties = "efron",
    strata: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    references: Mapping[str, Scalar] | None = None,
    conf_level: float = 0.95,
    penalty: str | None = None,
    kinds: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> CoxAnalysis:
    """Fit each covariate alone, all together, or together those whose P alone is small.

    Parameters
    ----------
    data : TimeToEvent, n subjects
    frame : DataFrame, n rows
        The same subjects in the same order.
    covariates : sequence of str
    mode : {'univariable', 'multivariable', 'univariable-then-multivariable'}
    enter_below : float
        With the last mode a covariate enters the multivariable model when its univariable P is below this: Wald for one
        coefficient, likelihood ratio for a factor with several (robust: Wald throughout; Firth: penalised likelihood
        ratio throughout). With 1 every covariate enters: nothing is selected.
    ties, conf_level, penalty
        As ``fit_cox`` takes them.
    strata : sequence of str
        Columns; each combination of their values has its own baseline hazard.
    weights, cluster : str, optional
        Columns; either gives robust standard errors.
    references, kinds, levels
        As ``build_design`` takes them.

    Returns
    -------
    CoxAnalysis

    Raises
    ------
    MissingColumnError, SpecError
        As ``build_design`` raises them.
    TooFewEventsError
        If the multivariable model, or every univariable one, has no patients or no events.

    Notes
    -----
    Univariable fits use every patient with a value of that covariate; a multivariable fit those with a value of all its
    covariates. Both are as R's ``coxph`` with ``na.action = na.omit``.
    """
    rows = regression_rows(data, frame, strata=strata, weights=weights, cluster=cluster)

    def fit(names: Sequence[str]) -> CoxFit:
        design = build_design(rows.frame, names, references=references, kinds=kinds, levels=levels)
        found = fit_cox(
            rows.data,
            design,
            ties=ties,
            strata=rows.strata,
            cluster=rows.cluster,
            conf_level=conf_level,
            penalty=penalty,
        )
        return replace(found, n_missing=rows.n_given - found.n, notes=with_missing(found.notes, design, rows))

    table = None if mode == "multivariable" else _univariable(rows, covariates, fit)
    entered, notes = tuple(covariates), []
    if mode == "univariable":
        entered = ()
    elif table is not None:
        passed = {test.covariate for test in table.overall if test.p_value < enter_below}
        entered = tuple(name for name in covariates if enter_below >= 1 or name in passed)
        notes += remarks.selection(entered, covariates, enter_below=enter_below, methods=_methods(table))
    fitted = fit(entered) if entered else None
    notes += [] if fitted is None else fitted.notes
    notes += [] if table is None else table.notes
    return CoxAnalysis(
        mode=mode,
        univariable=table,
        multivariable=fitted,
        entered=entered,
        missing={**build_design(frame, covariates, kinds=kinds, levels=levels).missing, **rows.missing},
        notes=tuple(dict.fromkeys(notes)),
    )


def _univariable(rows: RegressionRows, covariates: Sequence[str], fit: Callable[[Sequence[str]], CoxFit]) -> CoxTable:
    """Every covariate alone; one that cannot be fitted is said, not raised, while another can."""
    fits: dict[str, CoxFit] = {}
    refused: dict[str, TooFewEventsError] = {}
    for covariate in covariates:
        try:
            fits[covariate] = fit([covariate])
        except TooFewEventsError as error:
            refused[covariate] = error
    if refused and not fits:
        raise next(iter(refused.values()))
    return CoxTable(
        n=rows.data.n,
        n_events=rows.data.n_events,
        terms=tuple(term for found in fits.values() for term in found.terms),
        overall=tuple(_entry_test(found) for found in fits.values()),
        fits=fits,
        notes=(
            *remarks.univariable(fits, rows.n_given),
            *(f"{covariate}: {error.message}" for covariate, error in refused.items()),
        ),
    )


def _entry_test(fit: CoxFit) -> OverallTest:
    """The test whose P decides whether the one covariate of a fit enters."""
    overall = fit.overall[0]
    if fit.penalty is not None or overall.df == 0:
        return overall
    if fit.robust:
        method, test = ("robust_score", fit.tests["robust_score"])
    else:
        method, test = ("likelihood_ratio", fit.tests["likelihood_ratio"])
    # an infinite hazard ratio has no Wald test
    needs_other = np.isnan(overall.p_value) or (overall.df > 1 and not fit.robust)
    if not needs_other:
        return overall
    return replace(overall, method=method, statistic=test.statistic, df=test.df, p_value=test.p_value)


def _methods(table: CoxTable) -> dict[str, list[str]]:
    """Covariates by the test that decided on them."""
    methods: dict[str, list[str]] = {}
    for test in table.overall:
        methods.setdefault(test.method, []).append(test.covariate)
    return methods
