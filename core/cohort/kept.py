"""Who is kept by a filter, whatever it asks about, and how many are left after each.

Belongs here: which kind of filter is asked which way. Does not belong here: columns (``filters``), adverse events
(``event_filter``), reasons for leaving somebody out (``select``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.event_filter import holds_event
from core.cohort.filters import holds
from core.spec import EVENT_OPS, FilterSpec
from core.timetoevent import BoolArray


def kept_by(cohort: Cohort, spec: FilterSpec) -> BoolArray:
    """Rows of the patients' table that a filter keeps, shape (n,).

    Raises
    ------
    MissingColumnError
        If its column is not in the table.
    SpecError
        If it does not fit its column, or the cohort has no such adverse event.
    """
    return holds_event(cohort, spec) if spec.op in EVENT_OPS else holds(cohort.patients, spec)


def left_after_each(cohort: Cohort, filters: Sequence[FilterSpec]) -> tuple[int, ...]:
    """Patients that are left after each filter, in their order; never more than before it."""
    kept = np.ones(cohort.n, dtype=np.bool_)
    counts = []
    for spec in filters:
        kept &= kept_by(cohort, spec)
        counts.append(int(np.count_nonzero(kept)))
    return tuple(counts)
