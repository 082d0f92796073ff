"""Time at risk of adverse events: the follow-up of an endpoint, and when each event began."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.cohort.endpoints import resolve_endpoint
from core.cohort.select import AnalysisSet
from core.errors import SpecError, nearest
from core.safety.affected import event_days
from core.safety.columns import event_columns
from core.safety.event_kinds import event_kinds
from core.safety.events import read_events, with_rows
from core.safety.exposure import FollowUp, exposure_table
from core.safety.results import AdverseEventTable
from core.safety.terms import merged_terms
from core.spec import AdverseEventsSpec
from core.timetoevent import DAYS_PER


def with_exposure(value: AdverseEventTable, analysis: AdverseEventsSpec, subset: AnalysisSet) -> AdverseEventTable:
    """The table with incidence rates of the same events."""
    cohort, name = subset.cohort, str(analysis.exposure)
    if name not in cohort.spec.endpoints:
        near = nearest(name, cohort.spec.endpoints)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(cohort.spec.endpoints) or 'none'}."
        raise SpecError(f"The exposure '{name}' is no endpoint.", hint=hint)
    table, identifier = cohort.adverse_events, cohort.patients.with_role("patient_id")
    assert table is not None
    assert identifier is not None
    endpoint = resolve_endpoint(cohort.patients, name, cohort.spec.endpoints[name])
    group = np.full(cohort.n, -1, dtype=np.int64)
    group[subset.positions] = subset.groups.codes
    columns = event_columns(table)
    found = read_events(columns, cohort.patients.frame[identifier], group, classes=analysis.classes)
    found = merged_terms(found, analysis.merge_terms)
    if analysis.events != "all":
        found = with_rows(found, event_kinds(columns).rows[analysis.events])
    made = exposure_table(
        found,
        group,
        FollowUp(endpoint=name, unit=endpoint.unit, end=np.where(endpoint.why < 0, endpoint.time, np.nan)),
        days=event_days(cohort, found.row, found.patient) / DAYS_PER[endpoint.unit],
        n_levels=len(value.levels),
        reference=value.levels.index(value.reference),
        conf_level=analysis.conf_level,
    )
    return dataclasses.replace(value, exposure=made, notes=(*value.notes, *made.notes))
