"""Adverse events in time: when each began and ended, patient by patient, and how long each patient was followed.

Belongs here: days from time zero, and what has none. Does not belong here: rates (``exposure``), the picture.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.endpoints import resolve_endpoint
from core.cohort.issues import counted
from core.cohort.select import AnalysisSet
from core.cohort.values import numbers_of
from core.safety.affected import event_days
from core.safety.chosen import chosen_events
from core.spec import AdverseEventsSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventCourses:
    """Patients with a dated event of the terms shown, in the order in which they are drawn, and their events.

    Attributes
    ----------
    levels : tuple of str
    level, row : int array, shape (p,)
        Group of each patient, ascending, and row in the file.
    follow_up : array, shape (p,)
        Day on which the follow-up of the endpoint ends; NaN where not known.
    terms : tuple of str
    patient, term, grade : int array, shape (m,)
        Of each event with a start: position among the patients and the terms; grade 1 to 5, 0 where there is none.
    start, end : array, shape (m,)
        Days from time zero; the end NaN where not recorded.
    endpoint : str or None
        Whose follow-up it is.
    notes : tuple of str
        What is not drawn, or drawn as something else, with numbers.
    """

    levels: tuple[str, ...]
    level: IntArray
    row: IntArray
    follow_up: FloatArray
    terms: tuple[str, ...]
    patient: IntArray
    term: IntArray
    grade: IntArray
    start: FloatArray
    end: FloatArray
    endpoint: str | None
    notes: tuple[str, ...] = ()


def event_courses(
    subset: AnalysisSet, asked: AdverseEventsSpec, terms: tuple[str, ...], *, endpoint: str | None
) -> EventCourses | None:
    """When the events of some terms began and ended; None where the table says nothing of it.

    Parameters
    ----------
    subset : AnalysisSet
        Of the table of adverse events.
    asked : AdverseEventsSpec
        Which events count.
    terms : tuple of str
    endpoint : str or None
        Its time zero is that of dates, where it has a date; its follow-up ends the patients' lines.

    Notes
    -----
    Days stand as they are written; dates are counted from the endpoint's date of time zero, or from the start date of
    the patients' table. An end before its start is not drawn. Patients stand by group, in it by the day of their first
    event.
    """
    found = chosen_events(subset, asked)
    cohort = subset.cohort
    events = cohort.adverse_events
    if found is None or events is None or events.with_role("ae_start") is None:
        return None
    place = {term: i for i, term in enumerate(dict.fromkeys(terms))}
    term = np.array([*(place.get(name, -1) for name in found.terms), -1], dtype=np.int64)[found.term]
    zero = _zero(cohort, endpoint)
    start = event_days(cohort, found.row, found.patient, zero=zero)
    end = event_days(cohort, found.row, found.patient, zero=zero, role="ae_end")
    wrong = end < start
    end = np.where(wrong, np.nan, end)
    shown = term >= 0
    dated = shown & np.isfinite(start)
    lane, patients = _lanes(subset, found.patient[dated], start[dated])
    follow_up = _follow_up(cohort, endpoint)
    notes = _notes(shown=shown, dated=dated, ended=np.isfinite(end), wrong=wrong)
    later = int((start[dated] > follow_up[found.patient[dated]]).sum())
    notes += [f"{counted(later, 'event')} after the end of follow-up ({endpoint}), drawn beyond it."] if later else []
    cut = None if endpoint is None else cohort.spec.endpoints[endpoint].cut_day
    notes += [_cut_note(cut)] if cut is not None else []
    group = np.full(cohort.n, -1, dtype=np.int64)
    group[subset.positions] = subset.groups.codes
    return EventCourses(
        levels=subset.groups.levels, level=group[patients],
        row=np.asarray(cohort.patients.row_numbers)[patients], follow_up=follow_up[patients], terms=tuple(place),
        patient=lane, term=term[dated], grade=found.grade[dated], start=start[dated], end=end[dated],
        endpoint=endpoint, notes=tuple(notes),
    )  # fmt: skip


def _zero(cohort: Cohort, endpoint: str | None) -> FloatArray | None:
    """Day of time zero of the endpoint, where it is a date."""
    column = None if endpoint is None else cohort.spec.endpoints[endpoint].start
    return None if column is None else numbers_of(cohort.patients, column)


def _follow_up(cohort: Cohort, endpoint: str | None) -> FloatArray:
    """Day on which the follow-up of every patient ends (n,), NaN where not known."""
    if endpoint is None:
        return np.full(cohort.n, np.nan)
    found = resolve_endpoint(cohort.patients, endpoint, cohort.spec.endpoints[endpoint])
    days: FloatArray = np.where(found.why < 0, found.time * DAYS_PER[found.unit], np.nan)
    return days


def _lanes(subset: AnalysisSet, patient: IntArray, start: FloatArray) -> tuple[IntArray, IntArray]:
    """Lane of each event, and the patient of each lane: by group, in it by the first event, then by row."""
    first = np.full(subset.cohort.n, np.inf)
    np.minimum.at(first, patient, start)
    group = np.zeros(subset.cohort.n, dtype=np.int64)
    group[subset.positions] = subset.groups.codes
    drawn = np.flatnonzero(np.isfinite(first))
    drawn = drawn[np.lexsort((drawn, first[drawn], group[drawn]))]
    lane_of = np.zeros(subset.cohort.n, dtype=np.int64)
    lane_of[drawn] = np.arange(len(drawn))
    return lane_of[patient], drawn


def _notes(*, shown: BoolArray, dated: BoolArray, ended: BoolArray, wrong: BoolArray) -> list[str]:
    notes = []
    if n := int((shown & ~dated).sum()):
        notes.append(f"{counted(n, 'event')} without a known start not drawn.")
    n_dated, n_ended = int(dated.sum()), int((dated & ended).sum())
    if n_dated and n_ended < n_dated:
        known = f"of {n_ended:,} of {counted(n_dated, 'event')}" if n_ended else "of no event"
        notes.append(f"The end is known {known}; the others are drawn as their first day.")
    if n := int((dated & wrong).sum()):
        notes.append(f"{counted(n, 'event')} with an end before the start: the end is not drawn.")
    return notes


def _cut_note(day: datetime.date) -> str:
    return f"Follow-up ends at the data cut of {day.isoformat()} at the latest."
