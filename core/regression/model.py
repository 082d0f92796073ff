"""The regressions a paper reports: each covariate alone, all together, or together those that matter alone.

Belongs here: choosing columns and covariates, and saying what was chosen and left out. Does not belong here: fitting
one model (``cox``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.errors import TooFewEventsError
from core.regression import remarks
from core.regression.choosing import choose_model, describe_model
from core.regression.design import build_design
from core.regression.fitter import Fitter
from core.regression.periods import equal_periods
from core.regression.results import CoxAnalysis, CoxFit, CoxTable, OverallTest
from core.regression.rows import missing_patients, regression_rows
from core.regression.splines import chosen_knots
from core.spec import CoxMode, CoxTies, Intervals, Scalar, SplineKnots
from core.timetoevent import IntArray, TimeToEvent


def cox_analysis(  # noqa: PLR0913 - one keyword per key of the specification
    data: TimeToEvent,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    mode: CoxMode = "multivariable",
    enter_below: float = 0.1,
    ties: CoxTies = "efron",
    strata: Sequence[str] = (),
    weights: str | None = None,
    cluster: str | None = None,
    references: Mapping[str, Scalar] | None = None,
    conf_level: float = 0.95,
    penalty: str | None = None,
    intervals: Intervals = "wald",
    kinds: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    forced: Sequence[str] = (),
    splines: Mapping[str, SplineKnots] | None = None,
    curve_references: Mapping[str, float] | None = None,
    interactions: Sequence[tuple[str, str]] = (),
    diagnostics: bool = False,
    patient: IntArray | None = None,
    time_splits: Mapping[str, tuple[float, ...]] | None = None,
) -> CoxAnalysis:
    """Fit each covariate alone, all together, those whose P alone is small, or those that backward elimination keeps.

    Parameters
    ----------
    data : TimeToEvent, n subjects
    frame : DataFrame, n rows
        The same subjects in the same order.
    covariates : sequence of str
    mode : {'univariable', 'multivariable', 'univariable-then-multivariable', 'backward'}
    enter_below : float
        With univariable-then-multivariable a covariate enters the multivariable model when its univariable P is below
        this: Wald for one coefficient, likelihood ratio for a factor with several (robust: Wald throughout; Firth:
        penalised likelihood ratio throughout). With 1 every covariate enters: nothing is selected.
    ties, conf_level, penalty, intervals
        As ``fit_cox`` takes them.
    strata : sequence of str
        Columns; each combination of their values has its own baseline hazard.
    weights, cluster : str, optional
        Columns; either gives robust standard errors.
    references, kinds, levels
        As ``build_design`` takes them.
    forced : sequence of str
        Covariates that stay in the multivariable model whatever their P or their AIC.
    splines : mapping of covariate to knots, optional
        As ``chosen_knots`` takes them: these numbers act along a curve.
    curve_references : mapping of covariate to float, optional
        Where a curve's hazard ratio is 1; the median unless given.
    interactions : sequence of pairs of covariates
        In the multivariable model, where it has both.
    diagnostics : bool
        Whether to compute variance inflation and the influence of each patient.

    patient : int array, shape (n,), optional
        Whose row each is, where patients have several rows (start, stop]; patients are then counted, not rows.
    time_splits : mapping of covariate to cut-points, optional
        Covariates with a hazard ratio per period; the rows are split at all cut-points (``episodes.split_at``).

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
    fitter = Fitter(
        rows=regression_rows(data, frame, strata=strata, weights=weights, cluster=cluster, patient=patient),
        ties=ties,
        conf_level=conf_level,
        penalty=penalty,
        intervals=intervals,
        references=references,
        kinds=kinds,
        levels=levels,
        splits=time_splits or {},
        knots=chosen_knots(frame, splines or {}, kinds=kinds),
    )
    table = None if mode == "multivariable" else _univariable(fitter, covariates)
    chosen = choose_model(
        fitter, covariates, table=table, mode=mode, enter_below=enter_below, forced=forced, interactions=interactions
    )
    building = describe_model(chosen, curve_references=curve_references or {}, diagnostics=diagnostics)
    whole = build_design(frame, covariates, kinds=kinds, levels=levels)
    fitted = None if chosen.fitted is None else chosen.fitted.fit
    notes = [*chosen.notes, *(fitted.notes if fitted else ()), *(table.notes if table else ())]
    return CoxAnalysis(
        mode=mode,
        univariable=table,
        multivariable=fitted,
        entered=chosen.covariates,
        missing={**missing_patients(frame, whole.missing, patient), **fitter.rows.missing},
        notes=tuple(dict.fromkeys(notes)),
        building=building,
        periods=() if chosen.fitted is None else equal_periods(chosen.fitter, chosen.fitted, chosen.interactions),
    )


def _univariable(fitter: Fitter, covariates: Sequence[str]) -> CoxTable:
    """Every covariate alone; one that cannot be fitted is said, not raised, while another can."""
    fits: dict[str, CoxFit] = {}
    refused: dict[str, TooFewEventsError] = {}
    for covariate in covariates:
        try:
            fits[covariate] = fitter.fit([covariate]).fit
        except TooFewEventsError as error:
            refused[covariate] = error
    if refused and not fits:
        raise next(iter(refused.values()))
    return CoxTable(
        n=fitter.rows.n_patients,
        n_events=fitter.rows.data.n_events,
        terms=tuple(term for found in fits.values() for term in found.terms),
        overall=tuple(_entry_test(found) for found in fits.values()),
        fits=fits,
        notes=(
            *remarks.univariable(fits, fitter.rows.n_given),
            *(f"{covariate}: {error.message}" for covariate, error in refused.items()),
        ),
    )


def _entry_test(fit: CoxFit) -> OverallTest:
    """The test whose P decides whether the one covariate of a fit enters."""
    overall = fit.overall[0]
    if fit.penalty is not None or fit.intervals == "profile" or overall.df == 0:
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
