"""The numbers behind waterfall and spider: best change of each patient, and the change at every assessment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column, words

if TYPE_CHECKING:
    from core.patients.lesion_response import LesionCourse, LesionResponse
    from core.result import AnalysisResult


def best_changes_table(result: AnalysisResult) -> ReportTable:
    """One row per patient, from the largest growth to the largest decrease; those without a change that counts last."""
    columns = (
        text_column("patient", "Patient"),
        text_column("group", "Group"),
        number_column("baseline", "Sum at baseline (mm)", "0"),
        number_column("change", "Best change", "0.0%"),
        text_column("best", "Best response"),
    )
    known = sorted(_courses(result), key=lambda pair: (math.isnan(pair[0].best_change), -pair[0].best_change))
    rows = [
        TableRow(
            cells=(
                words(course.patient), words(level), Cell(fmt.number(course.baseline_mm, 0), (course.baseline_mm,)),
                _change(course.best_change), words(course.best),
            )
        )
        for course, level in known
    ]  # fmt: skip
    return ReportTable(
        title="Best change of the target lesions", columns=columns, rows=tuple(rows), footnotes=footnotes(result)
    )


def changes_table(result: AnalysisResult) -> ReportTable:
    """One row per assessment after baseline; those after progression are there and marked, they do not count."""
    columns = (
        text_column("patient", "Patient"),
        text_column("group", "Group"),
        number_column("day", "Day", "0"),
        number_column("change", "Change from baseline", "0.0%"),
        text_column("response", "Response"),
        text_column("counts", "Up to progression"),
    )
    rows = []
    for course, level in _courses(result):
        for day, change, response in zip(course.day.tolist(), course.change.tolist(), course.response, strict=True):
            counts = "no" if day > course.progression_day else "yes"
            cells = (words(course.patient), words(level), Cell(fmt.number(day, 0), (day,)))
            rows.append(TableRow(cells=(*cells, _change(change), words(response), words(counts))))
    return ReportTable(
        title="Change of the target lesions over time", columns=columns, rows=tuple(rows), footnotes=footnotes(result)
    )


def _courses(result: AnalysisResult) -> list[tuple[LesionCourse, str]]:
    found: LesionResponse | None = result.response.lesions
    return [] if found is None else list(zip(found.courses, found.levels, strict=True))


def _change(change: float) -> Cell:
    if not math.isfinite(change):
        return Cell(fmt.EN_DASH, (None,))
    return Cell(f"{'+' if change > 0 else ''}{fmt.percent(change)}", (change,))
