"""What each kind of result knows that may limit how it is read.

Belongs here: where a kind keeps its events, coefficients, P and interval. Does not belong here: which of these matters
most and how it is said (``caveats``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.bias.immortal_time import late_start
from core.reporting import format as fmt
from core.reporting.adjusted_sentence import ADJUSTED_LIMIT, spoken_time
from core.reporting.balance_sentence import balance_caveat, still_unlike
from core.reporting.caveat_groups import curves_of, groups_of, incidence_of
from core.reporting.caveat_limits import LIMITS
from core.reporting.caveats import NOTABLE_SHARE, CaveatFacts
from core.reporting.cell_notes import impossible_sentence
from core.reporting.cox_sentence import curve_p, factors_of
from core.reporting.immortal_time_sentence import immortal_time_limit
from core.reporting.labels import column_label
from core.reporting.repeated_sentence import repeated_sentence
from core.reporting.sentences import NOTABLE
from core.reporting.subgroup_sentence import many_subgroups

if TYPE_CHECKING:
    from core.patients.baseline import BaselineTable
    from core.regression.results import CoxAnalysis, CoxFit
    from core.result import AnalysisResult

Facts = dict[str, Any]

# Where groups are compared over a time that one of them may have had to survive; not its own analysis.
_OVER_TIME = frozenset({
    "kaplan_meier", "compare", "cox", "fine_gray", "cumulative_incidence", "subgroups", "adjusted_survival", "balance",
    "state_occupancy", "adverse_event_time",
})  # fmt: skip


def caveat_facts(
    result: AnalysisResult, beside: Sequence[AnalysisResult] = (), *, event: str | None = None
) -> CaveatFacts:
    """What limits a result, and what the results ``beside`` it add.

    Parameters
    ----------
    result : AnalysisResult
        The one whose finding is told.
    beside : sequence of AnalysisResult
        For curves: the test between them, the hazard ratio, the test of proportional hazards.
    event : str, optional
        The one of several competing events that is told; else the first.
    """
    known: Facts = {
        "n": result.subset.n - _not_in_model(result),
        "left_out": _left_out(result),
        "limit": LIMITS.get(result.kind, ""),
        "repeated": repeated_sentence(result.subset),
        "impossible": impossible_sentence(result.subset.cohort, result.notes),
    }
    if result.kind in _OVER_TIME:
        known["late"] = late_start(result.subset)
    known |= _OF_KIND.get(result.kind, _nothing)(result)
    if event is not None:
        known |= incidence_of(result.incidence, event)
    for other in beside:
        known |= _BESIDE.get(other.kind, _nothing)(other)
    return CaveatFacts(**known)


def _left_out(result: AnalysisResult) -> int:
    """Patients without a value that was needed; those a filter or the choice of groups leaves out were meant to be."""
    left = sum(item.n for item in result.subset.exclusions if item.stage == "endpoint" or "missing" in item.reason)
    return left + _not_in_model(result)


def _not_in_model(result: AnalysisResult) -> int:
    """Patients of the subset whom the model had to leave out, for a factor without a value."""
    value: Any = result.value
    fit = getattr(value, "multivariable", None) or getattr(value, "fit", None)
    return int(getattr(fit, "n_missing", 0))


def _survival(result: AnalysisResult) -> Facts:
    facts = curves_of(result.survival)
    facts["earlier"] = {
        name.replace("_", " "): int(flags.sum()) for name, flags in result.subset.competing.items() if flags.any()
    }
    return facts


def _comparison(result: AnalysisResult) -> Facts:
    found = result.comparison
    facts: Facts = {"p_value": found.p_value, "tests": len(found.pairwise)}
    return facts | {"groups": groups_of(found.levels, found.n, found.observed), "n_events": int(found.observed.sum())}


def _test_beside(result: AnalysisResult) -> Facts:
    return {"p_value": result.comparison.p_value, "tests": len(result.comparison.pairwise)}


def _ratio_beside(result: AnalysisResult) -> Facts:
    fit = result.cox.multivariable
    if fit is None:
        return {}
    known = [term for term in fit.terms if term.role == "main" and math.isfinite(term.hazard_ratio)]
    ratio = {"ratio": (known[0].conf_low, known[0].conf_high)} if len(known) == 1 else {}
    curves = result.cox.building.curves
    of_curve = {"p_value": curve_p(curves[0])} if len(curves) == 1 else {}  # the P that the finding tells
    return _model(fit) | ratio | of_curve


def _proportional_beside(result: AnalysisResult) -> Facts:
    p_value = result.proportional_hazards.overall.p_value
    return {"not_proportional": fmt.p_phrase(p_value) if p_value < NOTABLE else ""}


def _cox(result: AnalysisResult) -> Facts:
    analysis: CoxAnalysis = result.cox if result.kind == "cox" else result.fine_gray
    model = analysis.multivariable or analysis.univariable
    if model is None:
        return {}
    facts: Facts = {"n": model.n, "n_events": model.n_events}
    if analysis.multivariable is not None:
        facts |= _model(analysis.multivariable)
    if getattr(result.analysis, "mode", None) == "backward":
        facts["searched"] = (
            "The data chose the factors of this model: its P are too small and its intervals too narrow."
        )
    facts["tests"] = sum(math.isfinite(term.p_value) for term in model.terms)
    told = [factor for factor in factors_of(model, analysis.building) if factor.notable and factor.terms]
    if told:
        strongest = min(told, key=lambda factor: factor.p_value).strongest
        facts["ratio"] = (strongest.conf_low, strongest.conf_high)
    return facts


def _model(fit: CoxFit) -> Facts:
    terms = sum(math.isfinite(term.log_hazard_ratio) for term in fit.terms)
    return {"coefficients": terms, "model_events": fit.n_events}


def _adjusted(result: AnalysisResult) -> Facts:
    value = result.adjusted_survival
    facts = _model(value.fit) | {"n_events": value.fit.n_events}
    if len(value.groups) > 1:
        facts["limit"] = ADJUSTED_LIMIT
        facts["groups"] = groups_of(
            [group.level for group in value.groups],
            [group.n for group in value.groups],
            [group.n_events for group in value.groups],
        )
    row = spoken_time(value) if value.groups else None
    if row is not None and value.differences:
        facts["p_value"] = min(one.adjusted[row].p_value for one in value.differences)
    return facts


def _subgroups(result: AnalysisResult) -> Facts:
    value = result.subgroups
    overall = value.overall
    arms = overall.arms
    return {
        "n_events": overall.n_events,
        "groups": groups_of((value.reference, value.group), [arm.n for arm in arms], [arm.n_events for arm in arms]),
        "many": many_subgroups(result),
        "ratio": (overall.conf_low, overall.conf_high),
    }


def _cut_point(result: AnalysisResult) -> Facts:
    value = result.cut_point
    return {
        "n": value.n,
        "n_events": value.n_events,
        "left_out": _left_out(result) + value.n_missing,
        "searched": (
            f"The cut was chosen among {fmt.several(int(value.cut.size), 'cut')} as it sets the curves apart most, "
            "so the hazard ratio at it is too far from 1."
        ),
    }


def _quantile_groups(result: AnalysisResult) -> Facts:
    value = result.quantile_groups
    if value.incidence is not None:
        facts = incidence_of(value.incidence, value.event)
    else:
        assert value.survival is not None, "one of the two"
        facts = curves_of(value.survival)
    trend = value.comparison.trend
    p_value = trend.p_value if trend is not None and math.isfinite(trend.p_value) else value.comparison.p_value
    missing = value.n_missing
    return facts | {"p_value": p_value, "n": result.subset.n - missing, "left_out": _left_out(result) + missing}


def _immortal_time(result: AnalysisResult) -> Facts:
    value = result.immortal_time
    ratio = value.time_dependent.ratio
    return {
        "n_events": value.n_events,
        "ratio": (ratio.conf_low, ratio.conf_high),
        "limit": immortal_time_limit(value),
        "p_value": ratio.p_value,
    }


def _balance(result: AnalysisResult) -> Facts:
    value = result.balance
    shown = (value.main or value.comparisons[0]).ratio.ratio
    events = (shown.n_events - shown.n_events_treated, shown.n_events_treated)
    return {
        "n_events": shown.n_events,
        "groups": groups_of(value.study.levels, (shown.n - shown.n_treated, shown.n_treated), events),
        "ratio": (shown.conf_low, shown.conf_high),
        "p_value": shown.p_value,
        "unlike": still_unlike(value),
        "limit": balance_caveat(value),
    }


def _baseline(result: AnalysisResult) -> Facts:
    value = result.baseline
    return {
        "groups": groups_of(value.levels, value.n),
        "limit": LIMITS["baseline"] if len(value.levels) > 1 else "",
        "tests": sum(math.isfinite(item.p_value) for item in value.variables),
        "gaps": _emptiest(value),
    }


def _emptiest(value: BaselineTable) -> str:
    """The variable that most patients have no value of, where these are many; its row is of the others only."""
    whole = max(int(value.n.sum()), 1)
    asked_of_all = [item for item in value.variables if not (item.missing >= value.n).any()]  # sessions of the treated
    gaps = [(int(item.missing.sum()), item.variable) for item in asked_of_all]
    n, name = max(gaps, default=(0, ""), key=lambda one: one[0])
    if not NOTABLE_SHARE * whole <= n < whole:
        return ""
    others = sum(NOTABLE_SHARE * whole <= n_other < whole for n_other, _ in gaps) - 1
    share = fmt.percent(n / whole, 0)
    what = column_label(name)
    if others:
        return (
            f"{what} is missing in {n} of {fmt.patients(whole)} ({share}), {fmt.several(others, 'other variable')} in "
            "10 % or more: each row compares those with a value, who may be different."
        )
    return (
        f"{what} is missing in {n} of {fmt.patients(whole)} ({share}): its row compares the others, who may be "
        "different."
    )


def _adverse_events(result: AnalysisResult) -> Facts:
    value = result.adverse_events
    return {
        "groups": groups_of(value.levels, value.denominators),
        "n_events": int(np.sum(value.overall.any)),
        "tests": sum(math.isfinite(p) for row in value.rows for p in (row.p_any, row.p_grade3plus)),
        "p_value": value.overall.p_any,
    }


def _response(result: AnalysisResult) -> Facts:
    value = result.response
    return {"groups": groups_of(value.levels, value.denominators), "p_value": value.orr.p_value}


def _states(result: AnalysisResult) -> Facts:
    groups = [group for group in result.state_occupancy.groups if group.n]
    entered = [int(group.estimate.transitions[0].sum()) for group in groups]
    return {
        "groups": groups_of([group.level for group in groups], [group.n for group in groups]),
        "n_events": sum(entered),
    }


def _lesions(result: AnalysisResult) -> Facts:
    value = result.lesion_recurrence
    facts: Facts = {"n": value.n_patients, "n_events": value.n_events}
    return facts | (_model(value.model) if value.model is not None else {})


def _nothing(result: AnalysisResult) -> Facts:
    return {}


_OF_KIND: Mapping[str, Callable[[AnalysisResult], Facts]] = {
    "kaplan_meier": _survival,
    "compare": _comparison,
    "cox": _cox,
    "fine_gray": _cox,
    "proportional_hazards": lambda result: {"n_events": result.proportional_hazards.n_events},
    "cumulative_incidence": lambda result: incidence_of(result.incidence, result.incidence.causes[0]),
    "state_occupancy": _states,
    "lesion_recurrence": _lesions,
    "subgroups": _subgroups,
    "adjusted_survival": _adjusted,
    "cut_point": _cut_point,
    "quantile_groups": _quantile_groups,
    "immortal_time": _immortal_time,
    "balance": _balance,
    "baseline": _baseline,
    "adverse_events": _adverse_events,
    "adverse_event_time": lambda result: incidence_of(result.adverse_event_time.first, result.adverse_event_time.name),
    "response": _response,
}
_BESIDE: Mapping[str, Callable[[AnalysisResult], Facts]] = {
    "compare": _test_beside,
    "cox": _ratio_beside,
    "proportional_hazards": _proportional_beside,
}
