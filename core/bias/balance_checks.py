"""What else is asked of a difference between groups made alike, to see whether it may be something else after all.

Belongs here: E-values of every method, the doubly robust difference, a negative control, and the same with imputed
covariates, kept together. Does not belong here: computing any one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.bias.balance_study import BalanceStudy, refuse_too_few
from core.bias.crude_against_adjusted import Balance, weighted_samples
from core.bias.doubly_robust import DoublyRobust, doubly_robust_difference
from core.bias.later_treatment import MethodRatio
from core.bias.negative_control import NegativeControl
from core.bias.propensity import propensity_score
from core.bias.weighted_comparison import unweighted_ratio, weighted_ratio
from core.errors import CohortError
from core.regression.e_value import EValue, e_value, is_common
from core.regression.imputation import Imputed
from core.regression.pooling import pool
from core.spec import BalanceSpec
from core.work.progress import each


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImputedRatios:
    """The ratio by every method with imputed covariates.

    Attributes
    ----------
    imputed : Imputed
    ratios : mapping of method to MethodRatio
        Pooled by Rubin's rules over all patients; methods that failed in a table are missing.
    missing_information : mapping of method to float
    """

    imputed: Imputed
    ratios: Mapping[str, MethodRatio]
    missing_information: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BalanceChecks:
    """What else was asked.

    Attributes
    ----------
    e_values : mapping of method to EValue
    doubly_robust : DoublyRobust or None
        None where it could not be computed.
    control : NegativeControl or None
    imputed : ImputedRatios or None
    notes : tuple of str
    """

    e_values: Mapping[str, EValue]
    doubly_robust: DoublyRobust | None = None
    control: NegativeControl | None = None
    imputed: ImputedRatios | None = None
    notes: tuple[str, ...] = field(default=())


def balance_checks(value: Balance, asked: BalanceSpec) -> BalanceChecks:
    """E-values of every method and the doubly robust difference."""
    data = value.study.data
    common = is_common(data.n, data.n_events, asked.e_values)
    e_values: dict[str, EValue] = {
        one.method: e_value(
            one.ratio.ratio.hazard_ratio,
            one.ratio.ratio.conf_low,
            one.ratio.ratio.conf_high,
            kind="hazard",
            common=common,
        )
        for one in value.comparisons
    }
    try:
        robust = doubly_robust_difference(value.study, value.propensity, tau=value.tau, estimand=asked.estimand)
    except CohortError as error:
        return BalanceChecks(e_values=e_values, notes=(f"Doubly robust difference: {error.message}",))
    return BalanceChecks(e_values=e_values, doubly_robust=robust)


def imputed_ratios(imputed: Imputed, studies: Sequence[BalanceStudy], asked: BalanceSpec) -> ImputedRatios:
    """Every method in every completed table, pooled; the score and the weights are made anew in each.

    Parameters
    ----------
    imputed : Imputed
    studies : sequence of BalanceStudy
        One per completed table, of the same patients.
    asked : BalanceSpec
    """
    found: dict[str, list[MethodRatio]] = {}
    for study in each(studies, "tables"):
        refuse_too_few(study)
        ratios = {
            "crude": unweighted_ratio(study, with_covariates=False),
            "multivariable": unweighted_ratio(study, with_covariates=True),
        }
        for sample in weighted_samples(study, propensity_score(study), asked)[0]:
            ratios[sample.method] = weighted_ratio(study, sample)
        for method, ratio in ratios.items():
            found.setdefault(method, []).append(ratio.ratio)
    whole = {method: ratios for method, ratios in found.items() if len(ratios) == len(studies)}
    pooled = {method: _pooled(ratios) for method, ratios in whole.items()}
    return ImputedRatios(
        imputed=imputed,
        ratios={method: ratio for method, (ratio, _) in pooled.items()},
        missing_information={method: share for method, (_, share) in pooled.items()},
    )


def _pooled(ratios: Sequence[MethodRatio]) -> tuple[MethodRatio, float]:
    """One ratio, and the share of missing information; counts are means over the tables."""
    first = ratios[0]
    found = pool(
        np.array([[ratio.log_hazard_ratio] for ratio in ratios]),
        np.array([[ratio.std_error**2] for ratio in ratios]),
        complete_df=max(first.n_events - 1, 1),
        conf_level=first.conf_level,
    )
    counts = {
        name: round(float(np.mean([getattr(ratio, name) for ratio in ratios])))
        for name in ("n", "n_events", "n_treated", "n_events_treated")
    }
    pooled = replace(
        first,
        **counts,
        log_hazard_ratio=float(found.estimate[0]),
        std_error=float(found.std_error[0]),
        hazard_ratio=float(np.exp(found.estimate[0])),
        conf_low=float(np.exp(found.conf_low[0])),
        conf_high=float(np.exp(found.conf_high[0])),
        p_value=float(found.p_value[0]),
        notes=(),
    )
    return pooled, float(found.missing_information[0])
