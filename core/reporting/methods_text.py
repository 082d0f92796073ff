"""How a number was computed, in the words of a methods section: what, formula, source, R call, version."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.reporting import format as fmt
from core.reporting.adjusted_methods import adjusted_survival_method, cut_point_method
from core.reporting.adverse_event_methods import adverse_events_method
from core.reporting.adverse_event_time_sentence import adverse_event_time_method
from core.reporting.balance_methods import balance_method
from core.reporting.baseline_methods import baseline_method
from core.reporting.bias_methods import immortal_time_method
from core.reporting.flow_words import flow_method
from core.reporting.lesion_sentence import lesion_recurrence_method
from core.reporting.method import Method, r_name
from core.reporting.profile_report import profile_method
from core.reporting.quantile_groups_method import quantile_groups_method
from core.reporting.regression_methods import (
    cox_method,
    fine_gray_method,
    proportional_hazards_method,
    subgroups_method,
)
from core.reporting.response_methods import response_method
from core.reporting.sentences import confidence_words
from core.reporting.state_sentence import state_occupancy_method
from core.reporting.survival_methods import ADJUSTMENT_WORDS, comparison_method, survival_method
from core.reporting.treatment_words import treatment_method
from core.spec import CumulativeIncidenceSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def method(result: AnalysisResult) -> Method:
    """How this result was computed, with the options it was asked for."""
    return _METHODS[result.kind](result)


def method_line(result: AnalysisResult) -> str:
    """The method in one line, for the foot of a table: what, the R call and the version."""
    found = method(result)
    if found.brief:
        return f"{found.brief}; {found.version}."
    return f"{found.what}; R: {found.r_call}; {found.version}."


def method_lines(result: AnalysisResult) -> tuple[str, ...]:
    """The method line by line: what, formula, R call, source, version."""
    found = method(result)
    return (
        f"{found.what}.",
        f"Formula: {found.formula}",
        f"In R: `{found.r_call}`",
        f"Source: {found.source}",
        f"{found.version}.",
    )


def _incidence(result: AnalysisResult) -> Method:
    spec = result.analysis
    assert isinstance(spec, CumulativeIncidenceSpec)
    grouped = len(result.subset.groups.levels) > 1
    stratified = "; stratified" if spec.strata else ""
    parts = [
        f"Cumulative incidence (Aalen-Johansen), Aalen's variance, {spec.conf_type} {confidence_words(spec.conf_level)}"
    ]
    parts += ["each type of the event by itself"] if spec.by_type else []
    if spec.split is not None:
        unit = fmt.unit_word(result.incidence.unit, spec.split)
        parts.append(f"early and late events divided at {fmt.time_label(spec.split)} {unit}")
    parts += [f"Gray's test{stratified}"] if grouped else []
    parts += ["also by permutation"] if grouped and spec.permutations is not None else []
    parts += [f"pairs of groups with {ADJUSTMENT_WORDS[spec.pairwise]}"] if grouped and spec.pairwise else []
    group = ", group" if grouped else ""
    strata = f", strata = {', '.join(map(r_name, spec.strata))}" if spec.strata else ""
    return Method(
        what="; ".join(parts),
        formula="F(t) = Σ S(t−)·d/n over times up to t, S the chance to be free of every event",
        r_call=f"cmprsk::cuminc(time, status{group}{strata})",
        source="Aalen and Johansen, Scand J Stat 1978;5:141-150; Gray, Ann Stat 1988;16:1141-1154",
    )


_METHODS: dict[str, Callable[[Any], Method]] = {
    "kaplan_meier": survival_method,
    "compare": comparison_method,
    "cox": cox_method,
    "proportional_hazards": proportional_hazards_method,
    "cumulative_incidence": _incidence,
    "state_occupancy": state_occupancy_method,
    "lesion_recurrence": lesion_recurrence_method,
    "fine_gray": fine_gray_method,
    "subgroups": subgroups_method,
    "adjusted_survival": adjusted_survival_method,
    "cut_point": cut_point_method,
    "quantile_groups": quantile_groups_method,
    "baseline": baseline_method,
    "adverse_events": adverse_events_method,
    "adverse_event_time": adverse_event_time_method,
    "immortal_time": immortal_time_method,
    "balance": balance_method,
    "response": response_method,
    "patient_profile": profile_method,
    "treatment_course": treatment_method,
    "flow": flow_method,
}
