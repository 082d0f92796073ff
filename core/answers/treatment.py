"""Treatment over time: sessions, response, progression and end of follow-up of each patient; dose and outcome."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

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
from core.patients.treatment import (
    DoseResponse,
    PatientCourse,
    Session,
    TreatmentCourse,
    dose_of,
    given_treatments,
    spearman,
)
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.reporting.format import patients
from core.spec import PatientProfileSpec, TreatmentCourseSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, TimeToEvent

NAN = float("nan")
ORDERED: tuple[str | None, ...] = ("PD", "SD", "PR", "CR")
FEW = 10
EXPLORATORY = (
    "Dose and outcome: exploratory. Doses were not assigned: larger tumours need more energy and have a smaller energy "
    "per volume, so a relation need not be an effect."
)


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
    dose, said = _dose(analysis, subset, names, courses=courses) if measured else (None, [])
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


def _dose(
    analysis: TreatmentCourseSpec, subset: AnalysisSet, names: Sequence[str], *, courses: Sequence[PatientCourse]
) -> tuple[DoseResponse | None, list[str]]:
    """Outcome per doubling of the dose, from the last measured session on; None without enough patients."""
    of = {course.patient: course for course in courses}
    doses = np.array([dose_of(of[name].sessions, analysis.dose) for name in names])
    kept = np.flatnonzero(np.isfinite(doses) & (doses > 0))
    own = [of[names[i]] for i in kept.tolist()]
    best = [ORDERED.index(course.best) if course.best in ORDERED else NAN for course in own]
    known = np.isfinite(best)
    rho, rho_p = spearman(doses[kept][known], np.array(best, dtype=np.float64)[known])
    data = data_of(subset)
    entry = np.array([_last_day(course) for course in own]) / DAYS_PER[data.unit]
    later = entry < data.time[kept]
    rows = kept[later]
    empty = DoseResponse(
        dose=analysis.dose, n=len(rows), n_events=int(data.event[rows].sum()), hazard_ratio=NAN, conf_low=NAN,
        conf_high=NAN, p_value=NAN, endpoint=str(subset.endpoint), rho=rho, rho_p_value=rho_p, rho_n=int(known.sum()),
    )  # fmt: skip
    notes = [EXPLORATORY]
    if len(kept) > len(rows):
        notes.append(
            f"{patients(len(kept) - len(rows))} not followed beyond the last session: not in the hazard ratio."
        )
    if empty.n_events < 2 or np.ptp(doses[rows]) <= 0:
        return empty, [*notes, "Too few events, or one dose for all: no hazard ratio."]
    if empty.n_events < FEW:
        notes.append(f"Fewer than {FEW} events among patients with a dose: read with care.")
    followed = TimeToEvent(time=data.time[rows], event=data.event[rows], entry=entry[later], unit=data.unit)
    design = build_design(pd.DataFrame({"doublings": np.log2(doses[rows])}), ["doublings"])
    term = fit_cox(followed, design, conf_level=analysis.conf_level).terms[0]
    found = dataclasses.replace(
        empty, hazard_ratio=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high, p_value=term.p_value,
        note=term.note,
    )  # fmt: skip
    return found, notes


def _last_day(course: PatientCourse) -> float:
    """Day of the last measured session, from time zero at the earliest."""
    days = [one.day for one in course.sessions if one.measured and math.isfinite(one.day)]
    return max(0.0, *days) if days else 0.0
