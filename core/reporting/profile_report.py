"""One patient's profile as a table, in a sentence, in the words of a methods section and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.json_parts import Json, pick
from core.reporting.lab_report import labs_json
from core.reporting.method import Method
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column
from core.timetoevent import DAYS_PER

if TYPE_CHECKING:
    from core.patients.profile import PatientEvent, PatientProfile
    from core.result import AnalysisResult

_COURSE = ("patient", "end", "died", "progression", "response", "best")


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the course: ``day`` (NaN: not dated), what happened, and details."""

    day: float
    what: str
    detail: str = ""


def happenings(profile: PatientProfile) -> tuple[Happening, ...]:
    """Everything in the order of time; what has no day comes last."""
    course = profile.course
    found = [Happening(day=one.day, what=f"{one.treatment} {one.number}", detail=one.site) for one in course.sessions]
    found += [*_assessments(profile), *map(_event, profile.adverse_events)]
    if math.isfinite(course.progression):
        found.append(Happening(day=course.progression, what="Progression"))
    found.append(Happening(day=course.end, what="Death" if course.died else "Last contact"))
    return tuple(sorted(found, key=lambda one: (not math.isfinite(one.day), one.day)))


def _assessments(profile: PatientProfile) -> Iterator[Happening]:
    found = profile.lesions
    if found is None:
        return
    for day, change, seen in zip(found.day.tolist(), found.change.tolist(), found.response, strict=True):
        sign = "+" if change > 0 else ""
        known = f"{sign}{fmt.percent(change, 0)} from baseline" if math.isfinite(change) else ""
        yield Happening(day=day, what=f"Target lesions: {seen}", detail=known)


def _event(event: PatientEvent) -> Happening:
    grade = f"grade {event.grade:g}" if math.isfinite(event.grade) else ""
    until = f"to day {event.end:g}" if math.isfinite(event.end) else ""
    return Happening(day=event.start, what=event.term, detail=", ".join(filter(None, (grade, until))))


def profile_report(result: AnalysisResult) -> ReportTable:
    """Everything that happened, day by day."""
    profile = result.patient_profile
    columns = (number_column("day", "Day", "0"), text_column("what", "What"), text_column("detail", "Detail"))
    rows = tuple(
        TableRow(
            cells=(
                Cell(fmt.number(one.day, 0, missing=fmt.EN_DASH), (one.day if math.isfinite(one.day) else None,)),
                Cell(one.what, (one.what,)),
                Cell(one.detail, (one.detail,)),
            )
        )
        for one in happenings(profile)
    )
    said = tuple(note for note in result.notes if "ynthetic" in note)
    return ReportTable(
        title="Course of one patient",
        columns=columns,
        rows=rows,
        footnotes=("Days count from time zero; before it they are negative.", *said),
    )


def profile_headline(result: AnalysisResult) -> str:
    """How long the patient was followed, and what happened."""
    course = result.patient_profile.course
    months = fmt.number(course.end / DAYS_PER["months"])
    parts = [f"{'Died' if course.died else 'Last seen alive'} {months} months after time zero"]
    counts: dict[str, int] = {}
    for session in course.sessions:
        counts[session.treatment] = counts.get(session.treatment, 0) + 1
    if counts:
        parts.append(fmt.in_words(f"{fmt.several(n, 'session')} of {name}" for name, n in counts.items()))
    if course.best:
        parts.append(f"best response {course.best}")
    if math.isfinite(course.progression):
        parts.append(f"progression at {fmt.number(course.progression / DAYS_PER['months'])} months")
    events = result.patient_profile.adverse_events
    if events:
        worst = max((event.grade for event in events if math.isfinite(event.grade)), default=math.nan)
        said = f", worst grade {worst:g}" if math.isfinite(worst) else ""
        parts.append(f"{fmt.several(len(events), 'adverse event')}{said}")
    return "; ".join(parts) + "."


def profile_method(result: AnalysisResult) -> Method:
    """A profile shows what is recorded."""
    return Method(
        what="One patient's records on one time axis; target lesions by RECIST 1.1; nothing is estimated",
        formula="day = date − date of time zero, or the day as recorded",
        r_call="subset(events, patient == id)",
        source="descriptive",
    )


def profile_json(profile: PatientProfile) -> Json:
    """The course, the adverse events, and everything in the order of time."""
    return {
        **pick(profile.course, _COURSE),
        "adverse_events": [pick(event, ("term", "grade", "start", "end")) for event in profile.adverse_events],
        "labs": labs_json(profile.labs),
        "happenings": [pick(one, ("day", "what", "detail")) for one in happenings(profile)],
    }
