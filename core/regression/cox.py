"""Cox regression: one model, from time to event and design to hazard ratios, tests and notes.

Belongs here: the fit as a clinician and a statistician read it. Does not belong here: the arithmetic (``likelihood``,
``newton``, ``firth``, ``robust``, ``concordance``), choosing covariates (``model``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import chdtrc

from core.errors import SpecError
from core.regression import remarks
from core.regression.concordance import Scored
from core.regression.design import Design
from core.regression.estimate import Estimate, by_likelihood, by_penalised_likelihood, by_profile
from core.regression.one_flag import by_counts
from core.regression.problem import prepare
from core.regression.results import CoxFit, CoxTest
from core.regression.robust import quadratic_form
from core.regression.scope import Scope
from core.regression.terms import overall_tests, spread, term_results
from core.spec import CoxTies, Intervals
from core.timetoevent import IntArray, TimeToEvent


def fit_cox(  # noqa: PLR0913 - one keyword per option of a fit
    data: TimeToEvent,
    design: Design,
    *,
    ties: CoxTies = "efron",
    strata: IntArray | None = None,
    cluster: IntArray | None = None,
    conf_level: float = 0.95,
    penalty: str | None = None,
    intervals: Intervals = "wald",
    robust: bool | None = None,
) -> CoxFit:
    r"""Fit a proportional-hazards model by maximum (or Firth's penalised) partial likelihood.

    Parameters
    ----------
    data : TimeToEvent, n_rows subjects
        The rows the design was built from; ``entry`` (delayed entry, start-stop rows) and ``weights`` are honoured.
    design : Design
        Rows that are not ``design.complete`` are left out.
    ties : {'efron', 'breslow', 'exact'}
        Exact: which of all possible sets of patients had the tied events (R's ``ties = "exact"``); not with weights,
        clusters or a penalty.
    strata : int array, shape (n_rows,), optional
        Codes; each stratum has its own baseline hazard.
    cluster : int array, shape (n_rows,), optional
        Codes of what is correlated (patients with several rows, centres); gives robust standard errors.
    conf_level : float
    penalty : {'firth'}, optional
        Jeffreys' prior: finite estimates under monotone likelihood; limits by profile likelihood, p-values by
        penalised likelihood ratio.
    intervals : {'wald', 'profile'}
        Profile: limits where the profile log-likelihood has fallen by half the chi-squared quantile, p-values by
        likelihood ratio; not with weights, clusters or robust standard errors. Firth's are profile limits in any case.
    robust : bool, optional
        Sandwich standard errors; unless said, when there are weights or clusters.

    Returns
    -------
    CoxFit

    Raises
    ------
    TooFewEventsError
        If no rows are complete or none has an event.
    SpecError
        If Firth's penalty or exact ties are asked for together with weights, clusters or robust standard errors, or
        so many events are tied that the exact likelihood would take minutes.

    Notes
    -----
    Maximises, to full convergence,

    .. math:: \sum_i w_i \delta_i \eta_i - \sum_t \bar w_t \sum_{l < d_t} \log(S_0(t) - (l / d_t) E_0(t))

    (Efron; Breslow without :math:`E_0`). Same as ``survival::coxph(Surv(time, event) ~ x)``; unlike R, weights that are
    whole numbers also give robust standard errors. Collinear columns are left out, as R leaves them NA; a
    coefficient in which the likelihood is monotone is NaN with a note, while R prints where it stopped.

    References
    ----------
    .. [1] Cox DR. J R Stat Soc B 1972;34:187-220.
    .. [2] Efron B. J Am Stat Assoc 1977;72:557-565.
    .. [3] Lin DY, Wei LJ. J Am Stat Assoc 1989;84:1074-1078.
    .. [4] Heinze G, Schemper M. Biometrics 2001;57:114-119.
    """
    is_robust = (data.weights is not None or cluster is not None) if robust is None else robust
    _refuse(ties, penalty, intervals, is_robust=is_robust or data.weights is not None)
    is_usual = strata is None and not is_robust and penalty is None and intervals == "wald"
    counted = by_counts(data, design, ties=ties, conf_level=conf_level) if is_usual and ties != "exact" else None
    if counted is not None:
        return assemble(*counted, is_robust=False, penalty=None, conf_level=conf_level)
    merge = not is_robust and ties != "exact"
    kept = cluster if is_robust else None
    problem = prepare(data, design, ties=ties, strata=strata, cluster=kept, merge=merge)
    if penalty is not None and problem.kept.size:
        estimate = by_penalised_likelihood(problem, conf_level=conf_level)
    else:
        estimate = by_likelihood(problem, robust=is_robust, conf_level=conf_level)
    found = assemble(problem, estimate, is_robust=is_robust, penalty=penalty, conf_level=conf_level)
    if intervals == "wald" or penalty is not None or not problem.kept.size:
        return found
    profiled = by_profile(problem, estimate, conf_level=conf_level)
    return replace(
        found,
        terms=term_results(problem, profiled, _reasons(problem, profiled)),
        overall=overall_tests(problem, profiled, robust=False),
        intervals="profile",
        notes=(*found.notes, *remarks.profile(_one_sided(problem, profiled))),
    )


def _refuse(ties: CoxTies, penalty: str | None, intervals: Intervals, *, is_robust: bool) -> None:
    """What does not go together."""
    if penalty is not None and is_robust:
        raise SpecError(
            "Firth's penalty does not go with weights, clusters or robust standard errors.",
            hint="Leave one of them out.",
        )
    if ties == "exact" and (is_robust or penalty is not None):
        raise SpecError(
            "Exact ties do not go with weights, clusters, robust standard errors or Firth's penalty.",
            hint="Use Efron's method.",
        )
    if intervals == "profile" and is_robust:
        raise SpecError(
            "Profile likelihood does not go with weights, clusters or robust standard errors.",
            hint="Use Wald intervals.",
        )


def _one_sided(scope: Scope, estimate: Estimate) -> dict[str, float]:
    """Columns with an infinite coefficient, and its sign."""
    return {scope.design.names[scope.kept[i]]: float(estimate.infinite[i]) for i in np.flatnonzero(estimate.infinite)}


def assemble(scope: Scope, estimate: Estimate, *, is_robust: bool, penalty: str | None, conf_level: float) -> CoxFit:
    """The fit with its tests, terms and notes."""
    design, reasons = scope.design, _reasons(scope, estimate)
    return CoxFit(
        n=design.n_patients,
        n_events=scope.data.n_events,
        n_missing=design.n_missing,
        log_likelihood=estimate.log_likelihood,
        tests=_tests(scope, estimate, robust=is_robust, penalised=penalty is not None),
        scored=Scored(data=scope.data, score=estimate.score, strata=scope.strata, cluster=_whose(scope)),
        names=design.names,
        coefficients=spread(estimate.coefficients, scope),
        covariance=spread(estimate.covariance, scope),
        model_covariance=spread(estimate.model_covariance, scope),
        terms=term_results(scope, estimate, reasons),
        overall=overall_tests(scope, estimate, robust=is_robust),
        ties=scope.ties,
        penalty=penalty,
        robust=is_robust,
        conf_level=conf_level,
        n_strata=_n_codes(scope.strata),
        n_clusters=_n_codes(scope.cluster),
        converged=estimate.converged,
        n_iterations=estimate.n_iterations,
        notes=_notes(scope, estimate, reasons, is_robust=is_robust, penalised=penalty is not None),
    )


def _whose(scope: Scope) -> IntArray | None:
    """What is independent of one another: clusters, or patients who have several rows."""
    patient = scope.design.patient
    if scope.cluster is not None or patient is None:
        return scope.cluster
    return np.unique(patient, return_inverse=True)[1].reshape(-1)


def _n_codes(codes: IntArray | None) -> int | None:
    return None if codes is None else int(codes.max()) + 1


def _tests(scope: Scope, estimate: Estimate, *, robust: bool, penalised: bool) -> dict[str, CoxTest]:
    """Tests that all coefficients are zero."""
    df = int(scope.kept.size)
    null, fitted = estimate.log_likelihood
    tests = {"likelihood_ratio": _chi_squared(max(0.0, 2 * (fitted - null)), df)}
    wald = float("nan") if estimate.infinite.any() else quadratic_form(estimate.coefficients, estimate.covariance)
    tests["wald"] = _chi_squared(wald, df, robust=robust)
    if penalised:
        return tests
    tests["score"] = _chi_squared(estimate.score_test, df)
    if robust:
        tests["robust_score"] = _chi_squared(estimate.robust_score_test, df, robust=True)
    return tests


def _chi_squared(statistic: float, df: int, *, robust: bool = False) -> CoxTest:
    p_value = float(chdtrc(df, statistic)) if df else float("nan")
    return CoxTest(statistic=statistic, df=df, p_value=p_value, robust=robust)


def _reasons(scope: Scope, estimate: Estimate) -> dict[int, str]:
    """Why each column without a number has none."""
    reasons = dict(scope.reasons)
    for position in np.flatnonzero(estimate.infinite):
        column = int(scope.kept[position])
        reasons[column] = _why_infinite(scope, column, float(estimate.infinite[position]))
    return reasons


def _why_infinite(scope: Scope, column: int, sign: float) -> str:
    design, event = scope.design, scope.data.event
    meaning = design.terms[column]
    if meaning.level is None or meaning.reference is None:
        return remarks.monotone(design.names[column], sign)
    flag = design.matrix[:, column] == 1
    if not flag[event].any():
        return remarks.no_events_in_level(meaning.term, meaning.level, int(flag.sum()))
    others = [j for j, other in enumerate(design.terms) if other.term == meaning.term]
    in_reference = ~(design.matrix[:, others] == 1).any(axis=1)
    if not in_reference[event].any():
        return remarks.no_events_in_reference(meaning.term, meaning.reference, int(in_reference.sum()))
    return remarks.monotone(design.names[column], sign)


def _notes(
    scope: Scope, estimate: Estimate, reasons: dict[int, str], *, is_robust: bool, penalised: bool
) -> tuple[str, ...]:
    data, design = scope.data, scope.design
    notes = [
        remarks.missing(design.n_missing, design.complete.size, design.missing),
        *design.notes,
        *(reasons[j] for j in sorted(reasons)),
        remarks.events_per_variable(data.n_events, int(scope.kept.size)),
    ]
    if is_robust:
        notes += remarks.robust(_n_codes(scope.cluster), weighted=data.weights is not None)
    if penalised:
        notes.append(remarks.FIRTH)
    if not estimate.converged:
        notes.append(remarks.not_converged(estimate.n_iterations))
    return tuple(dict.fromkeys(note for note in notes if note))
