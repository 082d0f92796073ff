"""The events that an analysis of adverse events is about: of its patients, classes and kind, with its merged terms.

Belongs here: which events these are. Does not belong here: counting them (``counting``), when they were (``affected``).
"""

from __future__ import annotations

import numpy as np

from core.cohort.select import AnalysisSet
from core.safety.columns import event_columns
from core.safety.event_kinds import event_kinds
from core.safety.events import Events, read_events, with_rows
from core.safety.terms import merged_terms
from core.spec import AdverseEventsSpec


def chosen_events(subset: AnalysisSet, asked: AdverseEventsSpec) -> Events | None:
    """The events that ``asked`` counts, of the analysed patients; None where the cohort has none at all."""
    cohort = subset.cohort
    identifier = cohort.patients.with_role("patient_id")
    if identifier is None or cohort.adverse_events is None:
        return None
    codes = np.full(cohort.n, -1, dtype=np.int64)
    codes[subset.positions] = subset.groups.codes
    columns = event_columns(cohort.adverse_events)
    found = read_events(columns, cohort.patients.frame[identifier], codes, classes=asked.classes)
    found = merged_terms(found, asked.merge_terms, read_grades=asked.grades_in_terms)
    return found if asked.events == "all" else with_rows(found, event_kinds(columns).rows[asked.events])
