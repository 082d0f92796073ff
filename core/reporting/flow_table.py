"""The flow of patients as a table: every box, and between them who was left out with the rows of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.flow_words import EVERYBODY, group_words, step_words
from core.reporting.footnotes import footnotes
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column, words

if TYPE_CHECKING:
    from core.result import AnalysisResult


def flow_table(result: AnalysisResult) -> ReportTable:
    """Every box with its patients, and between them who was left out with the rows of the file."""
    flow = result.flow
    columns = (text_column("step", "Step"), number_column("n", "Patients"), text_column("rows", "Rows of the file"))
    rows: list[TableRow] = []
    for step in flow.steps:
        for item in step.left_out:
            cells = (words(f"Left out: {item.reason}"), _count(item.n), words(fmt.row_list(item.rows)))
            rows.append(TableRow(cells=cells, indent=1))
        rows.append(TableRow(cells=(words(step_words(step, flow.endpoint)), _count(step.n), words("")), kind="total"))
    for group in flow.groups:
        if group.level != EVERYBODY:
            lines = group_words(group, flow.endpoint)[1:]
            name = f"{group.level}{': ' if lines else ''}{', '.join(lines)}"
            rows.append(TableRow(cells=(words(name), _count(group.n), words("")), indent=1))
    return ReportTable(title="Flow of patients", columns=columns, rows=tuple(rows), footnotes=footnotes(result))


def _count(n: int) -> Cell:
    return Cell(f"{n:,}", (n,))
