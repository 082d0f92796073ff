"""Treatment over time: sessions, response, progression and end of follow-up of each patient; dose and outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.answers.dose import dose_response
from core.answers.subset import Answer, data_of
from core.cohort.cohort import Cohort
from core.cohort.endpoints import resolve_endpoint
from core.cohort.issues import counted
from core.cohort.lesion_columns import lesion_measurements, texts_of
from core.cohort.response_words import response_category
from core.cohort.select import AnalysisSet
from core.cohort.session_columns import SessionRows, session_rows
from core.cohort.values import codes_of
from core.errors import SpecError, nearest
from core.patients.lesion_response import lesion_response
from core.patients.treatment import PatientCourse, Session, TreatmentCourse, given_treatments
from core.spec import PatientProfileSpec, TreatmentCourseSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray

NAN = float("nan")


def treatment_course_answer(analysis: TreatmentCourseSpec, subset: AnalysisSet) -> Answer:
    """The course of every patient, treatments by group, what sessions measured, and dose against outcome."""
    names = patient_names(subset)
    courses, notes = courses_of(analysis, subset, names)
    if not any(course.sessions for course in courses):
        raise SpecError(
            "The cohort has no treatment sessions of these patients.",
            hint="Name a table under 'sessions' with patient and day or date, a row per session or dose of a drug.",
        )
    measured = tuple(one for course in courses for one in course.sessions if one.measured)
    dose, said = dose_response(analysis, subset, names, courses=courses) if measured else (None, [])
    late = [one for course in courses for one in course.sessions if one.day > course.end + 1]
    if late:
        notes.append(f"{counted(len(late), 'session')} dated after the end of follow-up: drawn where dated.")
    value = TreatmentCourse(
        levels=subset.groups.levels,
        courses=courses,
        given=given_treatments(courses, subset.groups.levels),
        measured=measured,
        dose=dose,
        progression=analysis.progression,
        notes=(*notes, *said),
    )
    return value, subset, ()


def courses_of(
    analysis: TreatmentCourseSpec | PatientProfileSpec, subset: AnalysisSet, names: Sequence[str]
) -> tuple[tuple[PatientCourse, ...], list[str]]:
    """Courses of the patients of the set, longest first within a group, and notes about their sessions."""
    sessions, notes = _sessions(session_rows(subset.cohort), names, _everybody(subset.cohort))
    return _courses(analysis, subset, names, sessions=sessions), notes


def patient_names(subset: AnalysisSet) -> list[str]:
    """Identifier of each patient of the set, as other tables name them."""
    if subset.cohort.patients.with_role("patient_id") is None:
        raise SpecError(
            "A course needs a column that identifies patients, and none was found in the patients' table.",
            hint="Name it under 'roles' as 'patient_id'.",
        )
    everybody = _everybody(subset.cohort)
    return [everybody[i] for i in subset.positions.tolist()]


def _everybody(cohort: Cohort) -> list[str]:
    found: list[str] = texts_of(cohort.patients, str(cohort.patients.with_role("patient_id"))).tolist()
    return found


def _sessions(
    rows: SessionRows | None, names: Sequence[str], everybody: Sequence[str]
) -> tuple[dict[str, list[Session]], list[str]]:
    """Sessions of the patients of the set by patient, in order of days, numbered within each treatment."""
    if rows is None:
        return {}, []
    kept = np.flatnonzero(np.isin(rows.patient, names))
    kept = kept[np.argsort(rows.day[kept], kind="stable")]
    found: dict[str, list[Session]] = {}
    for i in kept.tolist():
        own = found.setdefault(rows.patient[i], [])
        own.append(
            Session(
                patient=rows.patient[i],
                treatment=rows.treatment[i],
                number=1 + sum(one.treatment == rows.treatment[i] for one in own),
                day=float(rows.day[i]),
                site=rows.site[i],
                energy=float(rows.energy[i]),
                power=float(rows.power[i]),
                time=float(rows.time[i]),
                volume=float(rows.volume[i]),
            )
        )
    undated = int(np.isnan(rows.day[kept]).sum())
    notes = [f"{counted(undated, 'session')} without a day: counted, not drawn."] if undated else []
    notes += rows.notes
    if strangers := int((~np.isin(rows.patient, everybody)).sum()):
        notes.append(f"{counted(strangers, 'session')} of nobody in the patients' table: left out.")
    return found, notes


def _courses(
    analysis: TreatmentCourseSpec | PatientProfileSpec,
    subset: AnalysisSet,
    names: Sequence[str],
    *,
    sessions: dict[str, list[Session]],
) -> tuple[PatientCourse, ...]:
    data = data_of(subset)
    end = data.time * DAYS_PER[data.unit]
    progression = _progression(analysis, subset, end, data.event)
    response = _response_days(subset.cohort)
    best = _best(subset)
    courses = [
        PatientCourse(
            patient=name,
            level=subset.groups.levels[code],
            end=float(end[i]),
            died=bool(data.event[i]),
            progression=float(progression[i]),
            response=response.get(name, NAN),
            best=best[i],
            sessions=tuple(sessions.get(name, ())),
        )
        for i, (name, code) in enumerate(zip(names, subset.groups.codes.tolist(), strict=True))
    ]
    place = {level: i for i, level in enumerate(subset.groups.levels)}
    return tuple(sorted(courses, key=lambda course: (place[course.level], -course.end)))


def _progression(
    analysis: TreatmentCourseSpec | PatientProfileSpec, subset: AnalysisSet, end: FloatArray, died: BoolArray
) -> FloatArray:
    """Day of the event of ``progression``; an event at the moment of death is that death."""
    if analysis.progression is None:
        return np.full(subset.n, np.nan)
    known = subset.cohort.spec.endpoints
    if analysis.progression not in known:
        near = nearest(analysis.progression, known)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(known) or 'none'}."
        raise SpecError(f"Endpoint '{analysis.progression}' of the progression is not defined.", hint=hint)
    found = resolve_endpoint(subset.cohort.patients, analysis.progression, known[analysis.progression])
    day = found.time[subset.positions] * DAYS_PER[found.unit]
    happened = found.event[subset.positions] & ~(died & (day >= end - 0.5))
    return np.where(happened, day, np.nan)


def _response_days(cohort: Cohort) -> dict[str, float]:
    """Day of the first CR or PR of each patient with measured lesions."""
    measured = lesion_measurements(cohort)
    if measured is None:
        return {}
    found = lesion_response(
        measured.patient.tolist(), measured.lesion.tolist(), measured.day, measured.diameter_mm,
        node=measured.node, new_lesion=measured.new_lesion,
    )  # fmt: skip
    return {course.patient: course.response_day for course in found.courses}


def _best(subset: AnalysisSet) -> list[str | None]:
    table = subset.cohort.patients
    column = table.with_role("best_response")
    if column is None:
        return [None] * subset.n
    codes, levels = codes_of(table, column)
    read = [*(response_category(level) for level in levels), None]
    return [read[code] for code in codes[subset.positions].tolist()]
