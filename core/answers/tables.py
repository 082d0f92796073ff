"""Tables of patients: Table 1, adverse events, the flow of patients."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.answers.exposure import with_exposure
from core.answers.safety_population import safety_population
from core.answers.subset import Answer
from core.cohort.flow import cohort_flow
from core.cohort.select import AnalysisSet
from core.errors import SpecError
from core.patients.baseline import baseline_table
from core.patients.choice import BaselineOptions, known_names
from core.safety.adverse_events import Asked, adverse_event_table
from core.safety.columns import event_columns
from core.safety.pairs import pairs_of
from core.spec import AdverseEventsSpec, BaselineSpec, FlowSpec


def baseline_answer(analysis: BaselineSpec, subset: AnalysisSet) -> Answer:
    """Table 1."""
    value = baseline_table(
        subset.frame,
        analysis.variables,
        {column.name: column.kind for column in subset.cohort.patients.columns},
        subset.groups.codes,
        subset.groups.levels,
        options=BaselineOptions(
            multiple=analysis.multiple,
            tests=analysis.tests,
            number_test=analysis.number_test,
            percent_of=analysis.percent_of,
            percent=analysis.percent,
        ),
    )
    known_names(list(analysis.summaries), [item.variable for item in value.variables])
    return value, subset, ()


def adverse_events_answer(analysis: AdverseEventsSpec, subset: AnalysisSet) -> Answer:
    """Adverse events by group."""
    cohort = subset.cohort
    table = cohort.adverse_events
    if table is None:
        raise SpecError(
            "The cohort has no adverse events.", hint="Name a table with one row per event as 'adverse_events'."
        )
    patient = cohort.patients.with_role("patient_id")
    if patient is None:
        raise SpecError(
            "Adverse events need a column that identifies patients, and none was found in the patients' table.",
            hint="Name it under 'roles' as 'patient_id'.",
        )
    subset, notes = safety_population(subset) if analysis.population == "safety" else (subset, ())
    # Patients who are not analysed keep code -1, so that their events are not taken for events of strangers.
    codes = np.full(cohort.n, -1, dtype=np.int64)
    codes[subset.positions] = subset.groups.codes
    value = adverse_event_table(
        event_columns(table),
        cohort.patients.frame[patient],
        codes,
        subset.groups.levels,
        subset.groups.reference,
        asked=Asked(
            classes=analysis.classes,
            events=analysis.events,
            counted=analysis.count,
            merge_terms=analysis.merge_terms,
            grades_in_terms=analysis.grades_in_terms,
            difference=analysis.difference,
            risk_ratio=analysis.risk_ratio,
            odds_ratio=analysis.odds_ratio,
            test=analysis.test,
            conf_level=analysis.conf_level,
        ),
    )
    if len(value.levels) > 2:
        value = dataclasses.replace(value, pairs=pairs_of(value))
    if analysis.exposure is not None:
        value = with_exposure(value, analysis, subset)
    return value, subset, notes


def flow_answer(analysis: FlowSpec, subset: AnalysisSet) -> Answer:
    """The flow of patients; every option of it is already in the subset."""
    return cohort_flow(subset), subset, ()
