"""Early and late events in a table: up to the dividing time, and after it among those still free of every event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label, event_heading
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import at, group_column, group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    interval_column,
    number_column,
    spanned,
    words,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.early_late import EarlyLate
    from core.survival.incidence_summary import IncidenceSummary


def early_late_table(result: AnalysisResult) -> ReportTable | None:
    """A row per event and group, both parts of the follow-up beside each other; None where it was not asked for."""
    parts = result.incidence.early_late
    if parts is None:
        return None
    columns = _columns(result, parts)
    rows: list[TableRow] = []
    for event in parts.early.causes:
        tests = (Cell(""), Cell(""), Cell(""), _p(parts.early, event))
        late = (Cell(""), Cell(""), Cell(""), _p(parts.late, event)) if parts.late else ()
        rows.append(TableRow(cells=(words(event_heading(event)), *tests, *late), kind="heading"))
        for group in parts.early.groups:
            cells = [words(group_label(group.level)), *_part(parts.early, group.level, event)]
            cells += _part(parts.late, group.level, event) if parts.late else []
            rows.append(TableRow(cells=tuple(cells), indent=1))
    when = at(parts.split, parts.early.unit)
    said = (
        f"Early: events up to {when}. Late: events after {when} among patients who were then still under observation "
        "and free of every event; their incidence starts again at 0."
    )
    nobody = "" if parts.late else "Nobody was followed beyond it to a chosen time, so there is no late part."
    return ReportTable(
        title=f"Early and late events, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, said, nobody),
    )


def _columns(result: AnalysisResult, parts: EarlyLate) -> tuple[TableColumn, ...]:
    level, unit = confidence_words(result.analysis.conf_level), parts.early.unit
    columns = [group_column(result), *_part_columns("early", f"By {at(parts.split, unit)}", level=level)]
    if parts.late is not None and parts.until is not None:
        name = f"From {fmt.time_label(parts.split)} to {at(parts.until, unit)}"
        columns += _part_columns("late", name, level=level)
    return tuple(columns)


def _part_columns(part: str, name: str, *, level: str) -> list[TableColumn]:
    incidence = interval_column(f"{part}_incidence", f"{name} ({level})", name=name, number_format="0.0%", level=level)
    return [
        spanned(number_column(f"{part}_n", f"Patients, {part}"), name, "Patients"),
        spanned(number_column(f"{part}_events", f"Events, {part}"), name, "Events"),
        spanned(incidence, name, f"Incidence ({level})"),
        spanned(number_column(f"{part}_p", f"P (Gray), {part}", "0.000"), name, "P (Gray)"),
    ]


def _part(summary: IncidenceSummary, level: str, event: str) -> list[Cell]:
    cause = summary.group(level).cause(event)
    values = tuple(float(x[0]) for x in (cause.at.incidence, cause.at.conf_low, cause.at.conf_high))
    counts = [Cell(fmt.counted(float(n)), (n,)) for n in (cause.estimate.n, cause.estimate.n_events_total)]
    return [*counts, Cell(fmt.percent_estimate(*values), values), Cell("", (None,))]


def _p(summary: IncidenceSummary, event: str) -> Cell:
    return Cell("") if summary.gray is None else p_cell(summary.gray[event].p_value)
