"""Adverse events in a table, and the order and choice of its rows, which table and figure share."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.cohort.values import fold
from core.errors import SpecError
from core.reporting import format as fmt
from core.reporting.adverse_event_cells import GradeColumns, Measure, event_columns, event_row, measures_of
from core.reporting.adverse_event_methods import TEST_WORDS
from core.reporting.footnotes import footnotes
from core.reporting.tables import ReportTable, TableRow
from core.safety.event_kinds import KIND_WORDS
from core.safety.results import AdverseEventRow, AdverseEventTable
from core.spec import EventOrder

if TYPE_CHECKING:
    from core.result import AnalysisResult


def arrange(
    table: AdverseEventTable,
    *,
    sort_by: EventOrder = "class",
    min_percent: float = 0.0,
    min_difference: float = 0.0,
    search: str = "",
) -> AdverseEventTable:
    """The same table with its terms sorted and the rare ones left out.

    Parameters
    ----------
    table : AdverseEventTable
    sort_by : {'class', 'frequency', 'grade3', 'difference', 'p', 'name'}
        By class, as counted; by patients with any grade, or with grade 3 or more, of all groups, most first; by the
        size of the difference between groups in any grade, largest first; by its P, smallest first; by name.
    min_percent : float
        Terms that fewer per cent of every group have are left out; the counts of classes and overall stay.
    min_difference : float
        So are terms in which no two groups differ by as many percentage points.
    search : str
        And those without this text in their name, case aside.

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
    rare = len(table.rows) - len(rows)
    kept = [row for row in rows if 100 * _difference(table, row) >= min_difference] if min_difference else rows
    alike = len(rows) - len(kept)
    shown = [row for row in kept if fold(search) in fold(row.term or "")]
    other = len(kept) - len(shown)
    if sort_by != "class":
        shown.sort(key=lambda row: (*_ORDER[sort_by](table, row), (row.term or "").casefold()))
    classes = {row.event_class for row in shown}
    said = [f"Not shown: terms in fewer than {min_percent:g} % of every group ({rare})."] if rare else []
    said += (
        [f"Not shown: terms with differences below {min_difference:g} percentage points ({alike})."] if alike else []
    )
    said += [f"Not shown: terms without '{search.strip()}' in their name ({other})."] if other else []
    return dataclasses.replace(
        table,
        rows=tuple(shown),
        class_rows=tuple(row for row in table.class_rows if row.event_class in classes),
        notes=(*table.notes, *said),
    )


def adverse_event_report(
    result: AnalysisResult,
    *,
    sort_by: EventOrder = "class",
    min_percent: float = 0.0,
    min_difference: float = 0.0,
    search: str = "",
    grades: GradeColumns = "severe",
) -> ReportTable:
    """Patients with each adverse event by group: any grade and grade 3 or more compared, or a column per grade.

    Sorted by class, terms stand under their class; in any other order they stand alone. See :func:`arrange`.
    """
    value = result.adverse_events
    table = arrange(value, sort_by=sort_by, min_percent=min_percent, min_difference=min_difference, search=search)
    measures = measures_of(table, grades)
    rows = [
        event_row(table, table.overall, "Any adverse event", measures=measures, kind="total"),
        *_term_rows(table, sort_by, measures),
    ]
    return ReportTable(
        title="Adverse events" if table.events == "all" else f"Adverse events, {KIND_WORDS[table.events]}",
        columns=event_columns(table, measures),
        rows=tuple(rows),
        footnotes=footnotes(result, *_explained(table, value, measures)),
    )


def _explained(table: AdverseEventTable, value: AdverseEventTable, measures: Sequence[Measure]) -> Iterator[str]:
    if table.counted == "events":
        yield "n: events, each by its own grade; a patient may have several."
    else:
        yield "n (%) of all patients of the group; each patient once per row, with the worst grade."
    compared = [measure for measure in measures if measure.compared]
    two = table.overall.difference_any is not None
    if compared and two:
        other = next(level for level in table.levels if level != table.reference)
        yield f"Difference: {other} minus {table.reference}, in percentage points."
        if table.risk_ratio or table.odds_ratio:
            yield f"Ratio: {other} over {table.reference}."
    if compared and len(table.levels) > 1 and table.counted == "patients":
        yield f"P: {TEST_WORDS[table.test]}, two-sided, not adjusted for the number of terms."
        yield (
            "q: the same adjusted (Benjamini-Hochberg); of the terms named at q < 0.05 about 5 % would be expected to "
            "be chance findings."
        )
        if any(not measure.counts(row).any() for row in (table.overall, *table.rows) for measure in compared):
            yield f"{fmt.EN_DASH}: no patient of any group had the event; there is nothing to test."
    yield from table.notes[len(value.notes) :]


def _term_rows(table: AdverseEventTable, sort_by: EventOrder, measures: Sequence[Measure]) -> Iterator[TableRow]:
    has_classes = any(row.event_class is not None for row in table.rows)
    if sort_by == "class" and has_classes:
        for group in table.class_rows:
            name = group.event_class or ""
            yield event_row(table, group, name, measures=measures, kind="heading")
            for row in table.rows:
                if row.event_class == group.event_class:
                    said = f"{name}: {row.term}"
                    yield event_row(table, row, row.term or "", measures=measures, name=said, indent=1)
        return
    several = _in_several_classes(table.rows)
    for row in table.rows:
        text = f"{row.term} ({row.event_class})" if row.term in several else row.term or ""
        yield event_row(table, row, text, measures=measures)


def _in_several_classes(rows: Sequence[AdverseEventRow]) -> set[str | None]:
    terms = [row.term for row in rows]
    return {term for term in terms if terms.count(term) > 1}


def _percent(table: AdverseEventTable, counts: Any) -> Any:
    return np.nan_to_num(table.percent(counts))


def _difference(table: AdverseEventTable, row: AdverseEventRow) -> float:
    """Largest difference between two groups, as a fraction of patients."""
    if row.difference_any is not None and math.isfinite(row.difference_any.estimate):
        return abs(row.difference_any.estimate)
    share = _percent(table, row.any) / 100
    return float(share.max() - share.min()) if len(table.levels) > 1 else float(share.max(initial=0.0))


_ORDER: dict[str, Callable[[AdverseEventTable, AdverseEventRow], tuple[float, ...]]] = {
    "frequency": lambda table, row: (-int(row.any.sum()), -int(row.grade3plus.sum())),
    "grade3": lambda table, row: (-int(row.grade3plus.sum()), -int(row.any.sum())),
    "difference": lambda table, row: (-_difference(table, row),),
    "p": lambda table, row: (math.inf if math.isnan(row.p_any) else row.p_any, -int(row.any.sum())),
    "name": lambda table, row: (),
}
