"""Cumulative incidence in tables: by event and group, and differences between two groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import at, group_column, group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    interval_column,
    number_column,
    text_column,
    words,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.incidence_summary import CauseIncidence


def incidence_table(result: AnalysisResult) -> ReportTable:
    """A row per event and group: patients, events, incidence at the chosen times, time lost; Gray's P by the event."""
    summary, level = result.incidence, confidence_words(result.analysis.conf_level)
    first = summary.groups[0].causes[0]
    columns = [group_column(result), number_column("n", "Patients"), number_column("events", "Events")]
    columns += [
        interval_column(
            f"at_{i}",
            f"{at(time, summary.unit)} ({level})",
            name=at(time, summary.unit),
            number_format="0.0%",
            level=level,
        )
        for i, time in enumerate(first.at.time)
    ]
    if first.time_lost is not None:
        name = f"Time lost to {at(first.time_lost.tau, summary.unit)}"
        columns.append(interval_column("lost", f"{name} ({level})", name=name, number_format="0.0", level=level))
    columns.append(number_column("p", "P (Gray)", "0.000"))
    rows: list[TableRow] = []
    for event in summary.causes:
        test = None if summary.gray is None else summary.gray[event]
        p = Cell("") if test is None else p_cell(test.p_value)
        rows.append(TableRow(cells=(words(event), *(Cell("") for _ in columns[2:]), p), kind="heading"))
        rows += [
            TableRow(cells=_cells(group.level, group.cause(event), fmt.unit_digits(summary.unit)), indent=1)
            for group in summary.groups
        ]
    said = "Incidence of each event in the presence of the others; patients with another event cannot have it any more."
    return ReportTable(
        title=f"Cumulative incidence, {endpoint_label(result.subset.endpoint or '')}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(result, said),
    )


def _cells(level: str, cause: CauseIncidence, digits: int) -> tuple[Cell, ...]:
    estimate, chosen, lost = cause.estimate, cause.at, cause.time_lost
    cells = [words(group_label(level))]
    cells += [Cell(fmt.counted(float(count)), (count,)) for count in (estimate.n, estimate.n_events_total)]
    rows = zip(chosen.incidence.tolist(), chosen.conf_low.tolist(), chosen.conf_high.tolist(), strict=True)
    cells += [Cell(fmt.percent_estimate(*row), row) for row in rows]
    if lost is not None:
        values = (lost.value, lost.conf_low, lost.conf_high)
        cells.append(Cell(fmt.estimate(*values, digits=digits), values))
    return (*cells, Cell("", (None,)))


def incidence_difference_table(result: AnalysisResult) -> ReportTable | None:
    """Differences of two groups at the chosen times; None without two groups or times."""
    summary = result.incidence
    if not any(contrast.incidence_difference for contrast in summary.contrasts):
        return None
    level, one = confidence_words(result.analysis.conf_level), summary.contrasts[0]
    columns = (
        text_column("measure", f"{group_label(one.level)} against {group_label(one.reference)}"),
        interval_column("estimate", f"Difference ({level})", name="Difference", number_format="0.000", level=level),
        number_column("p", "P", "0.000"),
    )
    rows = [
        TableRow(
            cells=(
                words(f"{contrast.cause}, {at(difference.time, summary.unit)}"),
                Cell(
                    fmt.percentage_points(difference.estimate, difference.conf_low, difference.conf_high),
                    (difference.estimate, difference.conf_low, difference.conf_high),
                ),
                p_cell(difference.p_value),
            )
        )
        for contrast in summary.contrasts
        for difference in contrast.incidence_difference
    ]
    return ReportTable(
        title=f"Differences in cumulative incidence, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, "Two-sided z tests; differences in percentage points."),
    )
