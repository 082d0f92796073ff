"""The numbers behind the pictures of adverse events, as tables: comparisons by pair, patients by term, events in time.

Each row begins with its adverse event, so that a row chosen on screen says which one. Patients are named by their row
in the file, never by an identifier.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.adverse_event_cells import difference_cell, group_heads
from core.reporting.adverse_event_methods import TEST_WORDS
from core.reporting.adverse_event_shown import other_level
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    count_column,
    interval_column,
    number_column,
    text_column,
    words,
)
from core.safety.patient_terms import NOT_HAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.reporting.adverse_event_shown import ShownEvents
    from core.safety.event_courses import EventCourses
    from core.safety.patient_terms import PatientTerms
    from core.safety.results import AdverseEventRow, AdverseEventTable, Severity

SEVERITY_WORDS: dict[Severity, str] = {"any": "any grade", "grade3plus": "grade ≥ 3"}


def risks_report(shown: ShownEvents, severity: Severity) -> ReportTable:
    """Patients of each group with each term, and every other group against the reference."""
    table, level = shown.table, confidence_words(shown.table.conf_level)
    columns = [text_column("term", "Adverse event")]
    for i, (group, heading) in enumerate(zip(table.levels, group_heads(table), strict=True)):
        columns.append(count_column(f"n_{i}", f"{heading}, n (%)", name=group_label(group)))
    for i, pair in enumerate(shown.pairs):
        name = f"{other_level(pair)} minus {pair.reference}"
        columns.append(interval_column(f"d_{i}", f"{name} ({level})", name=name, number_format="0.0%", level=level))
        columns += [number_column(f"p_{i}", "P", "0.000"), number_column(f"q_{i}", "q", "0.000")]
    rows = []
    for i, row in enumerate(table.rows):
        cells = [words(row.term or ""), *_counts(table, row, severity)]
        for pair in shown.pairs:
            cells += _compared(pair.rows[i], severity)
        rows.append(TableRow(cells=tuple(cells)))
    said = [f"Patients with {SEVERITY_WORDS[severity]}, each once per row."]
    if shown.pairs:
        test = f"P: {TEST_WORDS[table.test]}, two-sided"
        said.append(f"{test}; q: the same adjusted over the terms (Benjamini-Hochberg).")
    if len(shown.pairs) > 1:
        said.append("Several groups are compared with one: neither P nor q is adjusted for that.")
    title = f"Risks, {SEVERITY_WORDS[severity]}"
    return ReportTable(title=title, columns=tuple(columns), rows=tuple(rows), footnotes=tuple(said))


def _counts(table: AdverseEventTable, row: AdverseEventRow, severity: Severity) -> Iterator[Cell]:
    for count, n in zip(row.counts(severity).tolist(), table.denominators.tolist(), strict=True):
        yield Cell(fmt.count_percent(count, n), (count, count / n if n else None))


def _compared(row: AdverseEventRow, severity: Severity) -> Iterator[Cell]:
    yield difference_cell(row.difference(severity))
    for value in (row.p(severity), row.q(severity)):
        known = math.isfinite(value) and bool(row.counts(severity).any())
        yield Cell(fmt.p_value(value), (value,)) if known else Cell(fmt.EN_DASH, (None,))


def patient_terms_report(grid: PatientTerms) -> ReportTable:
    """One row per patient and term, with the worst grade."""
    several = len(grid.levels) > 1
    columns = [text_column("term", "Adverse event"), number_column("row", "Row in the file")]
    columns += [text_column("group", "Group")] if several else []
    columns += [number_column("grade", "Worst grade")]
    rows = []
    for k, term in enumerate(grid.terms):
        for i in (grid.worst[:, k] != NOT_HAD).nonzero()[0].tolist():
            cells = [words(term), Cell(fmt.counted(int(grid.row[i])), (int(grid.row[i]),))]
            cells += [words(grid.levels[grid.level[i]])] if several else []
            rows.append(TableRow(cells=(*cells, _grade(int(grid.worst[i, k])))))
    return ReportTable(title="Patients and adverse events", columns=tuple(columns), rows=tuple(rows))


def event_courses_report(found: EventCourses) -> ReportTable:
    """One row per event with a start: term, patient, grade, first and last day."""
    several = len(found.levels) > 1
    columns = [text_column("term", "Adverse event"), number_column("row", "Row in the file")]
    columns += [text_column("group", "Group")] if several else []
    columns += [number_column("grade", "Grade"), number_column("start", "First day"), number_column("end", "Last day")]
    order: Sequence[int] = sorted(range(len(found.start)), key=lambda i: (found.patient[i], found.start[i]))
    rows = []
    for i in order:
        lane = int(found.patient[i])
        cells = [words(found.terms[found.term[i]]), Cell(fmt.counted(int(found.row[lane])), (int(found.row[lane]),))]
        cells += [words(found.levels[found.level[lane]])] if several else []
        cells += [_grade(int(found.grade[i])), _day(float(found.start[i])), _day(float(found.end[i]))]
        rows.append(TableRow(cells=tuple(cells)))
    return ReportTable(
        title="Adverse events in time", columns=tuple(columns), rows=tuple(rows), footnotes=tuple(found.notes)
    )


def _grade(grade: int) -> Cell:
    return Cell(str(grade), (grade,)) if grade > 0 else Cell(fmt.EN_DASH, (None,))


def _day(day: float) -> Cell:
    return Cell(fmt.number(day, 0), (day,)) if math.isfinite(day) else Cell(fmt.EN_DASH, (None,))
