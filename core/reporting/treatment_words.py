"""Treatment over time in the words of a methods section and as JSON; whether the recorded energy adds up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.dose_words import dose_json, dose_method
from core.reporting.json_parts import Json, pick
from core.reporting.method import Method
from core.spec import TreatmentCourseSpec

if TYPE_CHECKING:
    from core.patients.treatment import TreatmentCourse
    from core.result import AnalysisResult

_COURSE = ("patient", "end", "died", "progression", "response", "best")
_SESSION = ("patient", "treatment", "number", "day", "site", "energy", "power", "time", "volume")


def adds_up_sentence(table: TreatmentCourse) -> str:
    """Which sessions' energy is not power times time."""
    checked = [one for one in table.measured if one.adds_up is not None]
    if not checked:
        return "Energy, power and time are not all recorded: energy could not be checked."
    if not table.faults:
        return f"Energy is power times time in all {len(checked)} sessions, within rounding or 1 %."
    named = fmt.in_words(
        f"patient {one.patient} session {one.number} ({fmt.counted(round(one.energy))} J recorded, "
        f"{fmt.counted(round(one.energy_by_power))} J by power and time)"
        for one in table.faults[:6]
    )
    more = f", the first 6: {named}" if len(table.faults) > 6 else f": {named}"
    return f"Energy is not power times time in {len(table.faults)} of {len(checked)} sessions{more}; kept as recorded."


def treatment_method(result: AnalysisResult) -> Method:
    """Counts of sessions; the check of energy; the regression on the dose."""
    spec, table = result.analysis, result.treatment_course
    assert isinstance(spec, TreatmentCourseSpec)
    parts = ["Courses from time zero to death or last contact; sessions and doses as recorded"]
    formulas, calls = ["energy per volume = energy / volume"], ["tapply(session, patient, length)"]
    sources = ["descriptive"]
    if table.measured:
        parts.append("energy compared with average power × time, tolerance rounding or 1 %")
        formulas.append("energy = average power × time")
    if table.dose is not None:
        told = dose_method(spec, table.dose)
        parts.append(told.what)
        calls, sources = [told.r_call], [told.source]
    return Method(
        what="; ".join(parts), formula="; ".join(formulas), r_call="; ".join(calls), source="; ".join(sources)
    )


def treatment_json(table: TreatmentCourse) -> Json:
    """Courses, treatments by group, measured sessions and dose against outcome."""
    return {
        "patients": [
            {**pick(course, _COURSE), "group": course.level}
            | {"sessions": [pick(one, ("treatment", "number", "day")) for one in course.sessions]}
            for course in table.courses
        ],
        "treatments": [
            {"treatment": item.treatment, "group": item.level, **pick(item, ("n", "patients", "sessions"))}
            | {"per_patient": _spread(item.per_patient), "first_day": _spread(item.first_day)}
            for item in table.given
        ],
        "sessions": [
            pick(one, _SESSION) | pick(one, ("energy_per_volume", "energy_by_power", "adds_up"))
            for one in table.measured
        ],
        "dose": None if table.dose is None else dose_json(table.dose),
    }


def _spread(values: tuple[float, float, float]) -> Json:
    return dict(zip(("median", "min", "max"), values, strict=True))
