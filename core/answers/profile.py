"""One patient's profile: the course, measured lesions, adverse events and the row of the patients' table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.answers.subset import Answer
from core.answers.treatment import courses_of, patient_names
from core.cohort.cohort import Cohort, Table
from core.cohort.grades import parse_grade
from core.cohort.issues import counted
from core.cohort.lab_columns import lab_series
from core.cohort.lesion_columns import days_from_start, lesion_measurements, texts_of
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of
from core.errors import SpecError
from core.patients.lesion_response import LesionCourse, lesion_response
from core.patients.profile import PatientEvent, PatientProfile
from core.reporting.labels import column_label
from core.spec import PatientProfileSpec

NAN = float("nan")
HIDDEN = frozenset({"patient_id", "time", "event", "entry", "ignore"})


def patient_profile_answer(analysis: PatientProfileSpec, subset: AnalysisSet) -> Answer:
    """Everything that is dated of one patient among those selected."""
    names = patient_names(subset)
    if analysis.patient not in names:
        raise SpecError("The patient asked for is not among those selected.", hint="Choose another, or drop a filter.")
    courses, notes = courses_of(analysis, subset, names)
    course = next(course for course in courses if course.patient == analysis.patient)
    at = int(subset.positions[names.index(analysis.patient)])
    labs = lab_series(subset.cohort, analysis.patient, at)
    if late := sum(int((series.day > course.end + 1).sum()) for series in labs):
        notes.append(f"{counted(late, 'laboratory value')} dated after the end of follow-up: shown where dated.")
    value = PatientProfile(
        course=course,
        lesions=_lesions(subset.cohort, analysis.patient),
        adverse_events=_adverse_events(subset.cohort, analysis.patient),
        facts=_facts(subset, names.index(analysis.patient)),
        labs=labs,
        notes=tuple(notes),
    )
    return value, subset, ()


def _lesions(cohort: Cohort, patient: str) -> LesionCourse | None:
    measured = lesion_measurements(cohort)
    if measured is None or patient not in measured.patient:
        return None
    own = measured.patient == patient
    found = lesion_response(
        measured.patient[own].tolist(), measured.lesion[own].tolist(), measured.day[own], measured.diameter_mm[own],
        node=measured.node[own], new_lesion=measured.new_lesion[own],
    )  # fmt: skip
    return found.courses[0] if found.courses else None


def _adverse_events(cohort: Cohort, patient: str) -> tuple[PatientEvent, ...]:
    """The patient's events in the order of their first day."""
    table = cohort.adverse_events
    who = None if table is None else table.with_role("ae_patient_id")
    what = None if table is None else table.with_role("ae_term")
    if table is None or who is None or what is None:
        return ()
    own = np.flatnonzero(texts_of(table, who) == patient)
    terms, start, end = texts_of(table, what), _days(cohort, table, "ae_start"), _days(cohort, table, "ae_end")
    column = table.with_role("ae_grade")
    grades = None if column is None else texts_of(table, column)
    found = [
        PatientEvent(
            term=terms[i],
            grade=NAN if grades is None else parse_grade(grades[i]),
            start=float(start[i]),
            end=float(end[i]),
        )
        for i in own.tolist()
    ]
    return tuple(sorted(found, key=lambda one: (np.isnan(one.start), one.start)))


def _days(cohort: Cohort, table: Table, role: str) -> npt.NDArray[np.float64]:
    """Days from time zero, from a column of days or of dates."""
    column = table.with_role(role)
    unknown = np.full(table.n, np.nan)
    if column is None:
        return unknown
    dated = table.column(column).kind == "date"
    who = table.with_role("ae_patient_id")
    days = days_from_start(cohort, table, who, day=None if dated else column, date=column if dated else None)
    return unknown if days is None else np.asarray(days, dtype=np.float64)


def _facts(subset: AnalysisSet, at: int) -> tuple[tuple[str, str], ...]:
    """The patient's values: categories and numbers, without what identifies, dates and endpoints."""
    table = subset.cohort.patients
    used = {name for endpoint in subset.cohort.spec.endpoints.values() for name in endpoint.columns}
    facts = []
    for column in table.columns:
        if column.name in used or column.role in HIDDEN or column.kind not in ("category", "number"):
            continue
        codes, levels = codes_of(table, column.name)
        code = int(codes[subset.positions[at]])
        facts.append((column_label(column.name), levels[code] if code >= 0 else "–"))
    return tuple(facts)
