"""Adverse events in a table, and the order and choice of its rows, which table and figure share."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from core.errors import SpecError
from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    count_column,
    interval_column,
    number_column,
    text_column,
)
from core.safety.adverse_events import AdverseEventRow, AdverseEventTable

if TYPE_CHECKING:
    from core.proportions.comparison import Difference
    from core.result import AnalysisResult
    from core.timetoevent import IntArray

SortBy: TypeAlias = Literal["class", "frequency", "grade3", "difference", "name"]
_ANY, _SEVERE = "any grade", "grade ≥ 3"


def arrange(table: AdverseEventTable, *, sort_by: SortBy = "class", min_percent: float = 0.0) -> AdverseEventTable:
    """The same table with its terms sorted and the rare ones left out.

    Parameters
    ----------
    table : AdverseEventTable
    sort_by : {'class', 'frequency', 'grade3', 'difference', 'name'}
        By class, as counted; by patients with any grade, or with grade 3 or more, of all groups, most first; by the
        size of the difference between groups in any grade, largest first; by name.
    min_percent : float
        Terms that fewer per cent of every group have are left out; the counts of classes and overall stay.

    Returns
    -------
    AdverseEventTable
        Its notes say how many terms were left out.

    Raises
    ------
    SpecError
        On an unknown order.
    """
    if sort_by != "class" and sort_by not in _ORDER:
        raise SpecError(f"Unknown order of adverse events '{sort_by}'.", hint=f"Use class, {', '.join(_ORDER)}.")
    rows = [row for row in table.rows if _percent(table, row.any).max(initial=0.0) >= min_percent]
    if sort_by != "class":
        rows.sort(key=lambda row: (*_ORDER[sort_by](table, row), (row.term or "").casefold()))
    classes = {row.event_class for row in rows}
    dropped = len(table.rows) - len(rows)
    said = f"Not shown: terms in fewer than {min_percent:g} % of every group ({dropped})."
    return dataclasses.replace(
        table,
        rows=tuple(rows),
        class_rows=tuple(row for row in table.class_rows if row.event_class in classes),
        notes=(*table.notes, said) if dropped else table.notes,
    )


def adverse_event_report(result: AnalysisResult, *, sort_by: SortBy = "class", min_percent: float = 0.0) -> ReportTable:
    """Patients with each adverse event, any grade and grade 3 or more, by group.

    Sorted by class, terms stand under their class; in any other order they stand alone. See :func:`arrange`.
    """
    value = result.adverse_events
    table = arrange(value, sort_by=sort_by, min_percent=min_percent)
    columns = _columns(table)
    rows = [_row(table, table.overall, "Any adverse event", kind="total"), *_term_rows(table, sort_by)]
    return ReportTable(
        title="Adverse events",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, *_explained(table, value)),
    )


def _explained(table: AdverseEventTable, value: AdverseEventTable) -> Iterator[str]:
    yield "n (%) of all patients of the group; each patient once per row, with the worst grade."
    if table.overall.difference_any is not None:
        other = next(level for level in table.levels if level != table.reference)
        yield f"Difference: {other} minus {table.reference}, in percentage points."
    if len(table.levels) > 1:
        yield "P: Fisher's exact test, two-sided, not adjusted for the number of terms."
        if any(not counts.any() for row in (table.overall, *table.rows) for counts in _counted(table, row)):
            yield f"{fmt.EN_DASH}: no patient of any group had the event; there is nothing to test."
    yield from table.notes[len(value.notes) :]


def _counted(table: AdverseEventTable, row: AdverseEventRow) -> tuple[IntArray, ...]:
    """Patients by group with any grade and, where there are grades, with grade 3 or more."""
    return (row.any, row.grade3plus) if table.graded else (row.any,)


def _columns(table: AdverseEventTable) -> tuple[TableColumn, ...]:
    level = confidence_words(table.conf_level)
    columns = [text_column("term", "Adverse event")]
    for key, name in _severities(table):
        columns += [
            count_column(f"{key}_{i}", f"{heading}, {name}, n (%)", name=f"{group}, {name}")
            for i, (group, heading) in enumerate(zip(table.levels, group_heads(table), strict=True))
        ]
        if table.overall.difference_any is not None:
            label = f"Difference, {name}"
            columns.append(
                interval_column(f"{key}_d", f"{label} ({level})", name=label, number_format="0.0%", level=level)
            )
        if len(table.levels) > 1:
            columns.append(number_column(f"{key}_p", f"P, {name}", "0.000"))
    return tuple(columns)


def group_heads(table: AdverseEventTable) -> list[str]:
    """Groups with their patients, ``HIFU (N = 28)``."""
    return [f"{group_label(level)} (N = {n})" for level, n in zip(table.levels, table.denominators, strict=True)]


def _severities(table: AdverseEventTable) -> list[tuple[str, str]]:
    return [("any", _ANY), ("severe", _SEVERE)] if table.graded else [("any", _ANY)]


def _term_rows(table: AdverseEventTable, sort_by: SortBy) -> Iterator[TableRow]:
    has_classes = any(row.event_class is not None for row in table.rows)
    if sort_by == "class" and has_classes:
        for group in table.class_rows:
            name = group.event_class or ""
            yield _row(table, group, name, kind="heading")
            for row in table.rows:
                if row.event_class == group.event_class:
                    yield _row(table, row, row.term or "", name=f"{name}: {row.term}", indent=1)
        return
    several = _in_several_classes(table.rows)
    for row in table.rows:
        yield _row(table, row, f"{row.term} ({row.event_class})" if row.term in several else row.term or "")


def _in_several_classes(rows: Sequence[AdverseEventRow]) -> set[str | None]:
    terms = [row.term for row in rows]
    return {term for term in terms if terms.count(term) > 1}


def _row(
    table: AdverseEventTable, row: AdverseEventRow, text: str, *, name: str = "", kind: Any = "body", indent: int = 0
) -> TableRow:
    cells = [Cell(text, (name or text,))]
    measures = [(row.any, row.difference_any, row.p_any), (row.grade3plus, row.difference_grade3plus, row.p_grade3plus)]
    for counts, difference, p in measures[: len(_severities(table))]:
        cells += [
            Cell(fmt.count_percent(int(count), int(n)), (int(count), int(count) / int(n) if n else None))
            for count, n in zip(counts, table.denominators, strict=True)
        ]
        if table.overall.difference_any is not None:
            cells.append(_difference_cell(difference))
        if len(table.levels) > 1:
            cells.append(Cell(fmt.p_value(p), (p,)) if counts.any() else Cell(fmt.EN_DASH, (None,)))
    return TableRow(cells=tuple(cells), indent=indent, kind=kind)


def _difference_cell(difference: Difference | None) -> Cell:
    if difference is None:
        return Cell(fmt.EN_DASH, (None, None, None))
    values = (difference.estimate, difference.conf_low, difference.conf_high)
    return Cell(fmt.percentage_points(*values), values)


def _percent(table: AdverseEventTable, counts: Any) -> Any:
    return np.nan_to_num(table.percent(counts))


def _difference(table: AdverseEventTable, row: AdverseEventRow) -> float:
    """Largest difference in per cent of patients between two groups."""
    if row.difference_any is not None and math.isfinite(row.difference_any.estimate):
        return abs(row.difference_any.estimate)
    percent = _percent(table, row.any)
    return float(percent.max() - percent.min()) if len(table.levels) > 1 else float(percent.max(initial=0.0))


_ORDER: dict[str, Callable[[AdverseEventTable, AdverseEventRow], tuple[float, ...]]] = {
    "frequency": lambda table, row: (-int(row.any.sum()), -int(row.grade3plus.sum())),
    "grade3": lambda table, row: (-int(row.grade3plus.sum()), -int(row.any.sum())),
    "difference": lambda table, row: (-_difference(table, row),),
    "name": lambda table, row: (),
}
