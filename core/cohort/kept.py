"""Who is kept by a filter, whatever it asks about, and how many are left after each.

Belongs here: which kind of filter is asked which way. Does not belong here: columns (``filters``), adverse events
(``event_filter``), the course of an endpoint (``outcome_filter``), reasons for leaving somebody out (``select``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.event_filter import holds_event
from core.cohort.filters import holds, is_missing
from core.cohort.outcome_filter import holds_outcome, outcome_unknown
from core.spec import EVENT_OPS, OUTCOME_OPS, FilterSpec
from core.timetoevent import BoolArray


def kept_by(cohort: Cohort, spec: FilterSpec) -> BoolArray:
    """Rows of the patients' table that a filter keeps, shape (n,).

    Raises
    ------
    MissingColumnError
        If its column is not in the table.
    SpecError
        If it does not fit its column, or the cohort has no such adverse event or endpoint.
    """
    if spec.op in EVENT_OPS:
        return holds_event(cohort, spec)
    return holds_outcome(cohort, spec) if spec.op in OUTCOME_OPS else holds(cohort.patients, spec)


def unknown_for(cohort: Cohort, spec: FilterSpec) -> BoolArray:
    """Rows of which a filter cannot be told, shape (n,); who has no such adverse event did not have it."""
    if spec.op in OUTCOME_OPS:
        return outcome_unknown(cohort, spec)
    if spec.op in (*EVENT_OPS, "missing", "not missing"):
        return np.zeros(cohort.n, dtype=np.bool_)
    return is_missing(cohort.patients, spec.column)


def left_after_each(cohort: Cohort, filters: Sequence[FilterSpec]) -> tuple[int, ...]:
    """Patients that are left after each filter, in their order; never more than before it."""
    kept = np.ones(cohort.n, dtype=np.bool_)
    counts = []
    for spec in filters:
        kept &= kept_by(cohort, spec)
        counts.append(int(np.count_nonzero(kept)))
    return tuple(counts)
