"""Overview of adverse events: patients with any event, any severe, serious, related or fatal one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.adverse_event_cells import difference_cell, group_heads
from core.reporting.footnotes import footnotes
from core.reporting.sentences import confidence_words
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

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.safety.results import AdverseEventTable, OverviewRow

OVERVIEW_WORDS = {
    "any": "Any adverse event",
    "severe": "Any of grade ≥ 3",
    "related": "Any treatment-related",
    "immune-mediated": "Any immune-mediated",
    "serious": "Any serious",
    "stopped": "Any leading to stop of treatment",
    "changed": "Any leading to stop or change of treatment",
    "fatal": "Any fatal (grade 5)",
}


def adverse_event_overview(result: AnalysisResult) -> ReportTable:
    """Patients with at least one event of each kind that the table tells, by group."""
    table = result.adverse_events
    explained = ["n (%) of all patients of the group with at least one such event."]
    if len(table.levels) > 1:
        explained.append("P: Fisher's exact test, two-sided.")
    return ReportTable(
        title="Overview of adverse events",
        columns=_columns(table),
        rows=tuple(_row(table, row) for row in table.overview),
        footnotes=footnotes(result, *explained),
    )


def _columns(table: AdverseEventTable) -> tuple[TableColumn, ...]:
    level = confidence_words(table.conf_level)
    columns = [text_column("kind", "Patients with")]
    columns += [
        count_column(f"n_{i}", f"{heading}, n (%)", name=group)
        for i, (group, heading) in enumerate(zip(table.levels, group_heads(table), strict=True))
    ]
    if len(table.levels) == 2:
        columns.append(
            interval_column("d", f"Difference ({level})", name="Difference", number_format="0.0%", level=level)
        )
    if len(table.levels) > 1:
        columns.append(number_column("p", "P", "0.000"))
    return tuple(columns)


def _row(table: AdverseEventTable, row: OverviewRow) -> TableRow:
    text = OVERVIEW_WORDS[row.kind]
    cells = [Cell(text, (text,))]
    for count, n in zip(row.counts.tolist(), table.denominators.tolist(), strict=True):
        cells.append(Cell(fmt.count_percent(count, n), (count, count / n if n else None)))
    if len(table.levels) == 2:
        cells.append(difference_cell(row.difference))
    if len(table.levels) > 1:
        tested = math.isfinite(row.p_value) and row.counts.any()
        cells.append(Cell(fmt.p_value(row.p_value), (row.p_value,)) if tested else Cell(fmt.EN_DASH, (None,)))
    return TableRow(cells=tuple(cells))
