"""Tables of a cohort's quality: every column, and the rows with problems."""

from __future__ import annotations

import datetime as dt

from core.cohort.cohort import Cohort
from core.cohort.quality import ColumnQuality, TableQuality, problem_rows
from core.reporting import format as fmt
from core.reporting.findings import SEVERITY
from core.reporting.labels import column_label
from core.reporting.tables import Cell, ReportTable, TableRow, count_column, number_column, text_column, words

_KIND = {"number": "number", "category": "category", "date": "date", "text": "text", "empty": "empty"}
_MOST_LEVELS = 6


def columns_table(quality: TableQuality) -> ReportTable:
    """One row per column: kind, missing cells, different values, and what they are."""
    columns = (
        text_column("column", "Column"),
        text_column("kind", "Kind"),
        count_column("missing", "Missing, n (%)", name="Missing"),
        number_column("distinct", "Different values"),
        text_column("summary", "Median (quartiles), range; or levels"),
    )
    rows = [
        TableRow(
            cells=(
                words(column_label(column.name)),
                words(_KIND[column.kind]),
                Cell(fmt.count_percent(column.n_missing, quality.n), (column.n_missing, _share(column, quality))),
                Cell(f"{column.n_distinct:,}", (column.n_distinct,)),
                words(_summary(column)),
            )
        )
        for column in quality.columns
    ]
    return ReportTable(title="Columns", columns=columns, rows=tuple(rows))


def problem_table(cohort: Cohort) -> ReportTable:
    """One row per cell or row that a finding names, worst first."""
    columns = (
        text_column("severity", "How serious"),
        text_column("table", "Table"),
        number_column("row", "Row of the file"),
        text_column("column", "Column"),
        text_column("value", "Cell"),
        text_column("what", "What"),
        text_column("remedy", "What to do"),
    )
    rows = [
        TableRow(
            cells=(
                words(SEVERITY[found.issue.severity]),
                words(found.table.replace("_", " ")),
                Cell(str(found.row), (found.row,)),
                words(found.column or ""),
                words(found.value),
                words(found.issue.message),
                words(found.issue.remedy),
            )
        )
        for found in problem_rows(cohort)
    ]
    return ReportTable(title="Rows with problems", columns=columns, rows=tuple(rows))


def quality_sentence(cohort: Cohort, quality: TableQuality) -> str:
    """How complete the table of patients is, and how many findings ask for something."""
    filled = fmt.percent(quality.filled, 1)
    asked_of_all = (one for one in quality.columns if one.n_missing < quality.n and not one.may_be_empty)
    gaps = max(asked_of_all, key=lambda one: one.n_missing, default=None)
    most = ""
    if gaps is not None and gaps.n_missing:
        most = f"; the most gaps are in {column_label(gaps.name)} ({fmt.percent(_share(gaps, quality), 1)})"
    errors = sum(issue.severity == "error" for issue in cohort.issues)
    warnings = sum(issue.severity == "warning" for issue in cohort.issues)
    found = []
    if errors:
        found.append(f"{fmt.several(errors, 'finding')} {'needs' if errors == 1 else 'need'} a decision")
    if warnings:
        found.append(f"{fmt.several(warnings, 'finding')} may change a result")
    asked = fmt.in_words(found) if found else "no finding asks for a decision"
    return f"{filled} of all cells of {fmt.patients(quality.n)} are filled{most}; {asked}."


def empty_dates_note(quality: TableQuality) -> str:
    """Which columns are not counted among those with gaps; empty where there is none."""
    names = [column_label(one.name) for one in quality.columns if one.may_be_empty and 0 < one.n_missing < quality.n]
    if not names:
        return ""
    return f"Not counted, since an empty date may mean that it did not happen: {fmt.in_words(names)}."


def _share(column: ColumnQuality, quality: TableQuality) -> float:
    return column.n_missing / quality.n if quality.n else 0.0


def _summary(column: ColumnQuality) -> str:
    spread = column.spread
    if spread is not None:
        values = (spread.median, spread.q1, spread.q3, spread.low, spread.high)
        median, q1, q3, low, high = (_day(value) if column.kind == "date" else fmt.number(value) for value in values)
        return f"{median} ({q1} to {q3}), {low} to {high}"
    shown = [f"{level} ({n})" for level, n in column.levels[:_MOST_LEVELS]]
    more = len(column.levels) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _day(value: float) -> str:
    return (dt.date(1970, 1, 1) + dt.timedelta(days=round(value))).isoformat()
