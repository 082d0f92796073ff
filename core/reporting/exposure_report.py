"""Incidence of adverse events per 100 units of person-time, in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.open_ratio import known, ratio_cell
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import group_label
from core.reporting.tables import Cell, ReportTable, TableColumn, TableRow, interval_column, number_column, text_column

if TYPE_CHECKING:
    from core.result import AnalysisResult


def exposure_report(result: AnalysisResult) -> ReportTable | None:
    """Patients with a first event and their rate per 100 units of time at risk, by group; None where not asked for."""
    table = result.adverse_events
    made = table.exposure
    if made is None:
        return None
    level, unit = confidence_words(table.conf_level), made.unit.removesuffix("s")
    columns: list[TableColumn] = [text_column("term", "Adverse event")]
    for i, name in enumerate(table.levels):
        label = group_label(name)
        columns.append(number_column(f"events_{i}", f"{label} (N = {made.n[i]}), patients with the event"))
        head = f"{label}, per 100 person-{made.unit} ({level})"
        columns.append(interval_column(f"rate_{i}", head, name=f"{label}, rate", number_format="0.00", level=level))
    if len(table.levels) == 2:
        columns.append(
            interval_column("ratio", f"Rate ratio ({level})", name="Rate ratio", number_format="0.00", level=level)
        )
    rows = []
    for row in made.rows:
        text = row.term or "Any adverse event"
        cells = [Cell(text, (text,))]
        for i in range(len(table.levels)):
            rates = tuple(100 * float(values[i]) for values in (row.rate, row.conf_low, row.conf_high))
            cells.append(Cell(fmt.counted(int(row.events[i])), (int(row.events[i]),)))
            cells.append(Cell(fmt.estimate(*rates, digits=2), tuple(map(known, rates))))
        if len(table.levels) == 2:
            cells.append(ratio_cell(row.ratio))
        rows.append(TableRow(cells=tuple(cells), kind="body" if row.term else "total"))
    return ReportTable(
        title="Incidence of adverse events",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=(
            f"At risk: each patient until the first event of the row or the end of follow-up ({made.endpoint}), in "
            f"person-{unit}s; exact Poisson {level}, exact ratio. Valid as far as the rate is constant over time.",
            *made.notes,
        ),
    )
