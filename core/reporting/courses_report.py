"""Every patient's treatment in one row: how often each treatment was given, and when first and last."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.patients.treatment import dose_of
from core.reporting import format as fmt
from core.reporting.dose_words import DOSE_WORDS
from core.reporting.survival_tables import group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    number_column,
    spanned,
    text_column,
    words,
)
from core.spec import TreatmentCourseSpec
from core.timetoevent import DAYS_PER

if TYPE_CHECKING:
    from core.patients.treatment import PatientCourse, TreatmentCourse
    from core.result import AnalysisResult


def courses_report(result: AnalysisResult) -> ReportTable:
    """One row per patient, longest followed first within a group."""
    spec, table = result.analysis, result.treatment_course
    assert isinstance(spec, TreatmentCourseSpec)
    measured = bool(table.measured)
    said = tuple(note for note in result.notes if "ynthetic" in note)
    dose = DOSE_WORDS[spec.dose]
    counted = "Dose: sums over the measured sessions of the patient, or total energy over total volume."
    return ReportTable(
        title="Treatment of each patient",
        columns=_columns(table, dose[:1].upper() + dose[1:] if measured else None),
        rows=tuple(
            TableRow(cells=_cells(course, table, dose_of(course.sessions, spec.dose) if measured else None))
            for course in table.courses
        ),
        footnotes=("Days count from time zero.", *((counted,) if measured else ()), *said),
    )


def _columns(table: TreatmentCourse, dose: str | None) -> tuple[TableColumn, ...]:
    columns = [text_column("patient", "Patient")]
    columns += [text_column("group", "Group")] if len(table.levels) > 1 else []
    columns += [
        number_column("followed", "Followed, months", "0.0"),
        text_column("end", "End"),
        text_column("best", "Best response"),
    ]
    for i, treatment in enumerate(table.treatments):
        for key, under in (("n", "Number"), ("first", "First on day"), ("last", "Last on day")):
            label = f"{treatment}, {under[:1].lower()}{under[1:]}"
            columns.append(spanned(number_column(f"{key}_{i}", label), treatment, under))
    return (*columns, *((number_column("dose", dose, "0"),) if dose else ()))


def _cells(course: PatientCourse, table: TreatmentCourse, dose: float | None) -> tuple[Cell, ...]:
    months = course.end / DAYS_PER["months"]
    cells = [words(course.patient)]
    cells += [words(group_label(course.level))] if len(table.levels) > 1 else []
    cells += [
        Cell(fmt.number(months), (months,)),
        words("died" if course.died else "last contact"),
        words(course.best or ""),
    ]
    for treatment in table.treatments:
        own = [one.day for one in course.sessions if one.treatment == treatment]
        days = [day for day in own if math.isfinite(day)]
        cells += [Cell(str(len(own)), (len(own),)), _day(min(days, default=None)), _day(max(days, default=None))]
    if dose is not None:
        known = math.isfinite(dose)
        cells.append(Cell(fmt.counted(round(dose)), (dose,)) if known else Cell("", (None,)))
    return tuple(cells)


def _day(day: float | None) -> Cell:
    return Cell("", (None,)) if day is None else Cell(fmt.number(day, 0), (day,))
