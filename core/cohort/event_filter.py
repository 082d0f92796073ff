"""Patients chosen by an adverse event: who had a term, of any grade or of a grade and more.

Belongs here: matching a term and patients in the long table. Does not belong here: filters of columns (``filters``),
counting events (``core.safety``).
"""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.identifiers import identifier_key
from core.cohort.values import codes_of, fold, numbers_of
from core.errors import SpecError, nearest
from core.spec import EVENT_OPS, FilterSpec
from core.timetoevent import BoolArray

AFTER_ZERO = (
    "Patients were chosen by an adverse event that came after time zero: those who had it lived long enough to have "
    "it, so that their times are too good (immortal time). A landmark analysis is free of this."
)


def holds_event(cohort: Cohort, spec: FilterSpec) -> BoolArray:
    """Rows of the patients' table for which a filter by an adverse event holds, shape (n,).

    Raises
    ------
    SpecError
        If the cohort has no adverse events, or none of that name, or no grades where one is asked for.
    """
    events, patient = cohort.adverse_events, cohort.patients.with_role("patient_id")
    term, who = (None, None) if events is None else (events.with_role("ae_term"), events.with_role("ae_patient_id"))
    if events is None or patient is None or term is None or who is None:
        raise SpecError(
            f"The filter by the adverse event '{spec.column}' needs a table of adverse events.",
            hint="Load it beside the patients, or leave the filter out.",
        )
    codes, terms = codes_of(events, term)
    wanted = np.array([*(fold(name) == fold(spec.column) for name in terms), False])
    if not wanted.any():
        near = nearest(spec.column, terms)
        hint = f"Did you mean '{near}'?" if near else "Filter by a term as the table of adverse events has it."
        raise SpecError(f"No adverse event is called '{spec.column}'.", hint=hint)
    rows = wanted[codes]
    if spec.value is not None:
        column = events.with_role("ae_grade")
        grades = None if column is None else numbers_of(events, column)
        if grades is None:
            raise SpecError("The adverse events have no grades to filter by.", hint="Leave the grade out.")
        with np.errstate(invalid="ignore"):
            rows = rows & (grades >= float(str(spec.value)))
    had = {identifier_key(_text(value)) for value in events.frame[who].to_numpy(dtype=object)[rows]} - {None}
    found = np.array([identifier_key(_text(value)) in had for value in cohort.patients.frame[patient]], dtype=np.bool_)
    return found if spec.op == EVENT_OPS[0] else ~found


def _text(value: object) -> str | None:
    return None if value is None or value != value else str(value)
