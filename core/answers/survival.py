"""Time to event by group: curves and cumulative incidence."""

from __future__ import annotations

import dataclasses

from core.answers.competing import few_of_each, typed_risks_of
from core.answers.curve_remarks import curve_remarks, row_remarks
from core.answers.subset import Answer, competing_risks_of, data_of, few_events, strata_of, weighted
from core.answers.survival_extras import extras_answer
from core.cohort.select import AnalysisSet
from core.spec import CumulativeIncidenceSpec, KaplanMeierSpec
from core.survival.early_late import early_and_late
from core.survival.gray_permutation import gray_permutation
from core.survival.incidence_summary import IncidenceSummary, summarise_incidence
from core.survival.summary import SurvivalSummary, summarise


def kaplan_meier_answer(analysis: KaplanMeierSpec, subset: AnalysisSet) -> Answer:
    """Kaplan-Meier curves, and what was asked beside them."""
    subset = weighted(subset, analysis.weights)
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
    extras = extras_answer(analysis, subset, value)
    value = dataclasses.replace(value, extras=extras, notes=(*value.notes, *extras.notes))
    remarks = curve_remarks(subset, [group.estimate for group in value.groups], weights=analysis.weights)
    return value, subset, (*few_events(subset, curves=True), *remarks)


def cumulative_incidence_answer(analysis: CumulativeIncidenceSpec, subset: AnalysisSet) -> Answer:
    """Cumulative incidence of the endpoint and of each competing event."""
    strata, subset = strata_of(subset, analysis.strata)
    risks, subset = typed_risks_of(subset) if analysis.by_type else competing_risks_of(subset)
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
    if analysis.split is not None:
        parts = early_and_late(
            risks,
            subset.groups.codes,
            subset.groups.levels,
            split=analysis.split,
            times=analysis.times,
            conf_type=analysis.conf_type,
            conf_level=analysis.conf_level,
        )
        value = dataclasses.replace(value, early_late=parts)
    if analysis.permutations is not None and value.gray is not None:
        made = gray_permutation(
            risks,
            subset.groups.codes,
            subset.groups.levels,
            strata=strata,
            draws=analysis.permutations,
            seed=analysis.seed,
        )
        value = dataclasses.replace(value, permuted=made)
    alone = f"{subset.endpoint} has no competing events: its cumulative incidence is 1 minus Kaplan-Meier survival."
    return value, subset, (*few_of_each(value), *row_remarks(subset), *(() if len(risks.causes) > 1 else (alone,)))
