"""Hazard ratios per term and tests per covariate, from the estimates of the kept columns.

Belongs here: spreading estimates over the design's columns and counting patients. Does not belong here: estimating
(``estimate``), wording (``remarks``).
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from core.regression.design import Design
from core.regression.estimate import Estimate
from core.regression.results import CoxTerm, OverallTest
from core.regression.robust import quadratic_form
from core.regression.scope import Scope
from core.timetoevent import BoolArray, FloatArray


def spread(kept: FloatArray, scope: Scope) -> FloatArray:
    """Values of the kept columns, (n_kept,) or (n_kept, n_kept), among all columns; NaN elsewhere."""
    if scope.kept.size == len(scope.design.names):
        return kept
    spread_out = np.full((len(scope.design.names),) * kept.ndim, np.nan)
    spread_out[np.ix_(*(scope.kept,) * kept.ndim)] = kept
    return spread_out


def term_results(scope: Scope, estimate: Estimate, reasons: dict[int, str]) -> tuple[CoxTerm, ...]:
    """One term per column of the design, in order."""
    design = scope.design
    beta = spread(estimate.coefficients, scope)
    std_error = spread(np.sqrt(np.diag(estimate.covariance)), scope)
    statistic, p_value = spread(estimate.statistic, scope), spread(estimate.p_value, scope)
    with np.errstate(over="ignore"):
        ratio = np.exp(beta)
        low, high = (np.exp(spread(limit, scope)) for limit in (estimate.conf_low, estimate.conf_high))
    counts, rests = _counts(design, scope.data.event)
    terms = []
    n_fit, n_events_fit = design.n_patients, scope.data.n_events
    for j, column in enumerate(design.terms):
        rest = rests.get(column.term)
        term = CoxTerm(
            term=column.term,
            level=column.level,
            reference=column.reference,
            n=counts[j][0],
            n_events=counts[j][1],
            reference_n=None if rest is None else rest[0],
            reference_n_events=None if rest is None else rest[1],
            n_fit=n_fit,
            n_events_fit=n_events_fit,
            log_hazard_ratio=float(beta[j]),
            std_error=float(std_error[j]),
            hazard_ratio=float(ratio[j]),
            conf_low=float(low[j]),
            conf_high=float(high[j]),
            statistic=float(statistic[j]),
            p_value=float(p_value[j]),
            note=reasons.get(j, ""),
            column=column.name,
            role=column.role,
        )
        terms.append(term)
    return tuple(terms)


def overall_tests(scope: Scope, estimate: Estimate, *, robust: bool) -> tuple[OverallTest, ...]:
    """Test of all columns of each covariate together: Wald, or with a penalty likelihood ratio.

    A covariate with no estimable column has NaN and 0 degrees of freedom, one with an infinite coefficient NaN.
    """
    tests = []
    n, n_events = scope.design.n_patients, scope.data.n_events
    for covariate, group in scope.groups.items():
        is_penalised = covariate in estimate.group_ratio
        if is_penalised:
            statistic = estimate.group_ratio[covariate]
        elif not group.size or estimate.infinite[group].any():
            statistic = float("nan")
        else:
            covariance = estimate.covariance
            if group.size < scope.kept.size:
                covariance = covariance[group[:, None], group]
            statistic = quadratic_form(estimate.coefficients[group], covariance)
        test = OverallTest(
            covariate=covariate,
            method="likelihood_ratio" if is_penalised else "wald",
            statistic=statistic,
            df=int(group.size),
            p_value=float(chdtrc(group.size, statistic)) if group.size else float("nan"),
            robust=robust,
            n=n,
            n_events=n_events,
        )
        tests.append(test)
    return tuple(tests)


def _counts(design: Design, event: BoolArray) -> tuple[list[tuple[int, int]], dict[str, tuple[int, int]]]:
    """Patients and events of each column, and of each category's reference."""
    whole = (design.n_patients, int(np.count_nonzero(event)))
    counts: list[tuple[int, int]] = []
    others: dict[str, BoolArray] = {}

    def count(rows: BoolArray) -> tuple[int, int]:
        return design.count(rows), int(np.count_nonzero(rows & event))

    for j, column in enumerate(design.terms):
        if column.period is not None and column.reference is None:
            counts.append(count(design.periods[column.term] == column.period))
        elif column.level is None:
            counts.append(whole)
        else:
            flag = design.matrix[:, j] == 1
            counts.append(count(flag))
            others[column.term] = others.get(column.term, np.ones(design.n, dtype=np.bool_)) & ~flag
    return counts, {term: count(rows) for term, rows in others.items()}
