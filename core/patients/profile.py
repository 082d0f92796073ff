"""One patient's course: treatment, lesions, adverse events, response, progression and end on one time axis.

Belongs here: what a profile holds. Does not belong here: where they come from
(``core.answers.profile``).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.cohort.lab_columns import LabSeries
from core.patients.lesion_response import LesionCourse
from core.patients.treatment import PatientCourse

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEvent:
    """One adverse event of the patient; days from time zero, NaN where not recorded."""

    term: str
    grade: float
    start: float
    end: float = NAN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatientProfile:
    """Everything that is dated of one patient.

    Attributes
    ----------
    course : PatientCourse
    lesions : LesionCourse or None
        Target lesions over time, by RECIST 1.1.
    adverse_events : tuple of PatientEvent
        By first day.
    facts : tuple of (column, value)
        The patient's row, as read, without identifiers, dates and endpoints.
    labs : tuple of LabSeries
        Laboratory values over time, a test each.
    """

    course: PatientCourse
    lesions: LesionCourse | None
    adverse_events: tuple[PatientEvent, ...]
    facts: tuple[tuple[str, str], ...]
    labs: tuple[LabSeries, ...] = ()
    notes: tuple[str, ...] = ()
