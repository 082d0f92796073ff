"""Time to event by group: curves and tests."""

from __future__ import annotations

from core.answers.subset import Answer, competing_risks_of, data_of, few_events, strata_of
from core.cohort.select import AnalysisSet
from core.spec import CompareSpec, CumulativeIncidenceSpec, KaplanMeierSpec
from core.survival.compare import Comparison, compare
from core.survival.incidence_summary import IncidenceSummary, summarise_incidence
from core.survival.summary import SurvivalSummary, summarise


def kaplan_meier_answer(analysis: KaplanMeierSpec, subset: AnalysisSet) -> Answer:
    """Kaplan-Meier curves."""
    value: SurvivalSummary = summarise(
        data_of(subset),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
        times=analysis.times,
        quantiles=analysis.quantiles,
        tau=analysis.tau,
    )
    return value, subset, few_events(subset)


def compare_answer(analysis: CompareSpec, subset: AnalysisSet) -> Answer:
    """Tests of the log-rank family."""
    strata, subset = strata_of(subset, analysis.strata)
    value: Comparison = compare(
        data_of(subset),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        weighting=analysis.weighting,
        strata=strata,
        pairwise=analysis.pairwise,
        trend=analysis.trend,
        conf_level=analysis.conf_level,
    )
    return value, subset, few_events(subset)


def cumulative_incidence_answer(analysis: CumulativeIncidenceSpec, subset: AnalysisSet) -> Answer:
    """Cumulative incidence of the endpoint and of each competing event."""
    strata, subset = strata_of(subset, analysis.strata)
    risks, subset = competing_risks_of(subset)
    value: IncidenceSummary = summarise_incidence(
        risks,
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
        times=analysis.times,
        tau=analysis.tau,
        strata=strata,
        pairwise=analysis.pairwise,
    )
    alone = f"{subset.endpoint} has no competing events: its cumulative incidence is 1 minus Kaplan-Meier survival."
    return value, subset, (*few_events(subset), *(() if subset.competing else (alone,)))
