"""Columns and cells of tables of adverse events: which grades, and what the groups are compared on.

Belongs here: what stands in a row. Does not belong here: which rows and in what order (``adverse_event_report``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from core.reporting import format as fmt
from core.reporting.open_ratio import ratio_cell
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import group_label
from core.reporting.tables import (
    Cell,
    TableColumn,
    TableRow,
    count_column,
    interval_column,
    number_column,
    spanned,
    text_column,
)
from core.safety.results import AdverseEventRow, AdverseEventTable

if TYPE_CHECKING:
    from core.proportions.comparison import Difference
    from core.timetoevent import IntArray

GradeColumns: TypeAlias = Literal["severe", "bands", "each"]
_ANY, _SEVERE = "any grade", "grade ≥ 3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One count per group, and whether groups are compared on it (``any`` or ``grade3plus`` of the row)."""

    key: str
    name: str
    counts: Callable[[AdverseEventRow], IntArray]
    compared: Literal["any", "grade3plus"] | None = None


def measures_of(table: AdverseEventTable, grades: GradeColumns) -> tuple[Measure, ...]:
    """What each row counts.

    Parameters
    ----------
    table : AdverseEventTable
    grades : {'severe', 'bands', 'each'}
        Any grade and grade 3 or more, compared; or without comparison any grade, 1-2, 3-4, 5 and 3 or more; or each
        grade. A table without grades has any grade only.
    """
    any_grade = Measure(key="any", name=_ANY, counts=lambda row: row.any, compared="any")
    if not table.graded:
        return (any_grade,)
    severe = Measure(key="severe", name=_SEVERE, counts=lambda row: row.grade3plus, compared="grade3plus")
    if grades == "severe":
        return any_grade, severe
    bands = [(1, 2), (3, 4), (5, 5)] if grades == "bands" else [(grade, grade) for grade in range(1, 6)]
    plain = (Measure(key="any", name=_ANY, counts=lambda row: row.any), *(_band(*band) for band in bands))
    return (*plain, Measure(key="severe", name=_SEVERE, counts=lambda row: row.grade3plus))


def _band(first: int, last: int) -> Measure:
    name = f"grade {first}" if first == last else f"grade {first}{fmt.EN_DASH}{last}"
    key = f"grade{first}" if first == last else f"grade{first}_{last}"
    return Measure(key=key, name=name, counts=lambda row: row.by_grade[:, first - 1 : last].sum(axis=1))


def group_heads(table: AdverseEventTable) -> list[str]:
    """Groups with their patients, ``HIFU (N = 28)``."""
    return [f"{group_label(level)} (N = {n})" for level, n in zip(table.levels, table.denominators, strict=True)]


def event_columns(table: AdverseEventTable, measures: Sequence[Measure]) -> tuple[TableColumn, ...]:
    """The term, then each measure of every group, and where groups are compared difference, ratios, P and q."""
    return (
        text_column("term", "Adverse event"),
        *(_under_grade(column, measure) for measure in measures for column in _measure_columns(table, measure)),
    )


def _under_grade(column: TableColumn, measure: Measure) -> TableColumn:
    """On paper the grade stands above its columns, and is left out of their own headings."""
    under = column.label.replace(f", {measure.name}", "")
    return spanned(column, measure.name[:1].upper() + measure.name[1:], under)


def _measure_columns(table: AdverseEventTable, measure: Measure) -> Iterator[TableColumn]:
    key, name, level = measure.key, measure.name, confidence_words(table.conf_level)
    events = table.counted == "events"
    for i, (group, heading) in enumerate(zip(table.levels, group_heads(table), strict=True)):
        if events:
            yield number_column(f"{key}_{i}", f"{heading}, {name}, events")
        else:
            yield count_column(f"{key}_{i}", f"{heading}, {name}, n (%)", name=f"{group}, {name}")
    if not measure.compared or events:
        return
    if table.overall.difference_any is not None:
        label = f"Difference, {name}"
        yield interval_column(f"{key}_d", f"{label} ({level})", name=label, number_format="0.0%", level=level)
    for short, label, asked in (("rr", "Risk ratio", table.risk_ratio), ("or", "Odds ratio", table.odds_ratio)):
        if asked and len(table.levels) == 2:
            label = f"{label}, {name}"
            yield interval_column(f"{key}_{short}", f"{label} ({level})", name=label, number_format="0.00", level=level)
    if len(table.levels) > 1:
        yield number_column(f"{key}_p", f"P, {name}", "0.000")
        yield number_column(f"{key}_q", f"q, {name}", "0.000")


def event_row(
    table: AdverseEventTable,
    row: AdverseEventRow,
    text: str,
    *,
    measures: Sequence[Measure],
    name: str = "",
    kind: Any = "body",
    indent: int = 0,
) -> TableRow:
    """One row; ``name`` is what a file calls it where ``text`` stands under a heading."""
    cells = [Cell(text, (name or text,))]
    for measure in measures:
        cells += _measure_cells(table, row, measure)
    return TableRow(cells=tuple(cells), indent=indent, kind=kind)


def _measure_cells(table: AdverseEventTable, row: AdverseEventRow, measure: Measure) -> Iterator[Cell]:
    counts = measure.counts(row)
    if table.counted == "events":
        yield from (Cell(fmt.counted(int(count)), (int(count),)) for count in counts)
        return
    for count, n in zip(counts, table.denominators, strict=True):
        yield Cell(fmt.count_percent(int(count), int(n)), (int(count), int(count) / int(n) if n else None))
    if measure.compared:
        yield from _compared_cells(table, row, measure.compared, nothing=not counts.any())


def _compared_cells(table: AdverseEventTable, row: AdverseEventRow, what: str, *, nothing: bool) -> Iterator[Cell]:
    if table.overall.difference_any is not None:
        yield difference_cell(getattr(row, f"difference_{what}"))
    if len(table.levels) == 2:
        for asked, ratio in ((table.risk_ratio, "risk_ratio"), (table.odds_ratio, "odds_ratio")):
            if asked:
                yield ratio_cell(None if nothing else getattr(row, f"{ratio}_{what}"))
    if len(table.levels) > 1:
        for kind in ("p", "q"):
            value = getattr(row, f"{kind}_{what}")
            known = not nothing and value == value
            yield Cell(fmt.p_value(value), (value,)) if known else Cell(fmt.EN_DASH, (None,))


def difference_cell(difference: Difference | None) -> Cell:
    """A difference in percentage points with its limits."""
    if difference is None:
        return Cell(fmt.EN_DASH, (None, None, None))
    values = (difference.estimate, difference.conf_low, difference.conf_high)
    return Cell(fmt.percentage_points(*values), values)
