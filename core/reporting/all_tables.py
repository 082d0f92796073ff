"""Every table of a result, for files that hold all of them.

Belongs here: which tables a kind of analysis has. Does not belong here: tables that need two results (they are made
where both are), the order a screen shows them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from core.reporting.adjusted_tables import adjusted_table, difference_table, patient_table
from core.reporting.adverse_event_overview import adverse_event_overview
from core.reporting.adverse_event_report import adverse_event_report
from core.reporting.adverse_event_time_tables import (
    censored_table,
    duration_report,
    first_event_table,
    mean_count_table,
    over_time_difference_table,
)
from core.reporting.balance_checks_report import imputed_table, imputed_variables_table
from core.reporting.balance_tables import covariates_table, groups_table, ratios_table, weights_table
from core.reporting.baseline_report import baseline_report
from core.reporting.comparison_tables import comparison_table, conventions_table, pairwise_table
from core.reporting.courses_report import courses_report
from core.reporting.cox_table import cox_table
from core.reporting.cut_point_table import cut_group_table, cut_p_table, cut_stability_table
from core.reporting.difference_curve_report import difference_curve_table
from core.reporting.dose_report import dose_report
from core.reporting.e_value_table import e_value_table
from core.reporting.early_late_table import early_late_table
from core.reporting.exposure_report import exposure_report
from core.reporting.flow_table import flow_table
from core.reporting.immortal_time_tables import landmark_table, mantel_byar_table, methods_table, strategies_table
from core.reporting.imputation_table import complete_patients_table, imputed_values_table
from core.reporting.incidence_tables import gray_table, incidence_difference_table, incidence_table, naive_table
from core.reporting.lab_report import lab_report
from core.reporting.lesion_tables import both_levels_table, lesion_factor_table, lesion_model_table
from core.reporting.profile_report import profile_report
from core.reporting.proportionality_table import proportional_hazards_table
from core.reporting.quantile_groups_report import quantile_groups_table
from core.reporting.response_report import response_report
from core.reporting.state_report import occupancy_difference_table, occupancy_table, transition_table
from core.reporting.subgroup_table import subgroup_table
from core.reporting.survival_extra_tables import completeness_table, conditional_table, median_difference_table
from core.reporting.survival_tables import at_risk_table, contrast_table, quantile_table, survival_table
from core.reporting.treatment_report import given_report, sessions_report

if TYPE_CHECKING:
    from core.reporting.tables import ReportTable
    from core.result import AnalysisResult

    Maker: TypeAlias = Callable[[AnalysisResult], ReportTable | None]


def all_tables(results: Iterable[AnalysisResult]) -> tuple[ReportTable, ...]:
    """The tables of the results, in their order; those that a result has nothing for are left out."""
    made = (make(result) for result in results for make in MAKERS[result.kind])
    return tuple(table for table in made if table is not None)


def _overview(result: AnalysisResult) -> ReportTable | None:
    return adverse_event_overview(result) if result.adverse_events.overview else None


def _lesion_factors(result: AnalysisResult) -> ReportTable | None:
    return lesion_factor_table(result) if result.lesion_recurrence.factors else None


def _sessions(result: AnalysisResult) -> ReportTable | None:
    return sessions_report(result) if result.treatment_course.measured else None


MAKERS: Mapping[str, tuple[Maker, ...]] = {
    "kaplan_meier": (
        survival_table,
        quantile_table,
        at_risk_table,
        contrast_table,
        median_difference_table,
        conditional_table,
        completeness_table,
        difference_curve_table,
    ),
    "compare": (comparison_table, pairwise_table, conventions_table),
    "cox": (cox_table, e_value_table, complete_patients_table, imputed_values_table),
    "fine_gray": (cox_table,),
    "proportional_hazards": (proportional_hazards_table,),
    "cumulative_incidence": (
        incidence_table,
        incidence_difference_table,
        gray_table,
        naive_table,
        early_late_table,
    ),
    "state_occupancy": (occupancy_table, transition_table, occupancy_difference_table),
    "subgroups": (subgroup_table,),
    "lesion_recurrence": (_lesion_factors, both_levels_table, lesion_model_table),
    "adjusted_survival": (adjusted_table, difference_table, patient_table),
    "quantile_groups": (quantile_groups_table,),
    "cut_point": (cut_group_table, cut_p_table, cut_stability_table),
    "immortal_time": (methods_table, landmark_table, mantel_byar_table, strategies_table),
    "balance": (
        ratios_table,
        groups_table,
        covariates_table,
        weights_table,
        imputed_table,
        imputed_variables_table,
    ),
    "baseline": (baseline_report,),
    "adverse_events": (_overview, adverse_event_report, exposure_report),
    "adverse_event_time": (
        first_event_table,
        mean_count_table,
        over_time_difference_table,
        censored_table,
        duration_report,
    ),
    "response": (response_report,),
    "treatment_course": (given_report, _sessions, dose_report, courses_report),
    "patient_profile": (profile_report, lab_report),
    "flow": (flow_table,),
}
