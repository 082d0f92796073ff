"""Subgroups in a table: what a forest plot draws, with the medians beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.labels import column_label, endpoint_label
from core.reporting.sentences import confidence_words
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    interval_column,
    number_column,
    spanned,
    text_column,
    words,
)
from core.spec import SubgroupsSpec

if TYPE_CHECKING:
    from core.regression.subgroup import Subgroup, SubgroupAnalysis
    from core.result import AnalysisResult


def subgroup_table(result: AnalysisResult) -> ReportTable:
    """Everybody first, then a heading per factor with P for interaction and a row per level."""
    spec = result.analysis
    assert isinstance(spec, SubgroupsSpec)
    analysis, level = result.subgroups, confidence_words(spec.conf_level)
    columns = _columns(analysis, level)
    digits = fmt.unit_digits(analysis.unit)
    rows = [_row("All patients", "All patients", analysis.overall, digits)]
    for factor in analysis.factors:
        label, p = column_label(factor.factor), factor.interaction.p_value
        between = (Cell("") for _ in columns[2:])
        rows.append(TableRow(cells=(words(label), *between, p_cell(p)), kind="heading"))
        rows += [
            _row(subgroup.level, f"{label}: {subgroup.level}", subgroup, digits, indent=1)
            for subgroup in factor.subgroups
        ]
    has_gap = any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)
    said = f"Hazard ratios: {analysis.group} over {analysis.reference}, within each level."
    return ReportTable(
        title=f"Subgroups, {endpoint_label(spec.endpoint)}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, said, NOT_REACHED if has_gap else ""),
    )


def _columns(analysis: SubgroupAnalysis, level: str) -> tuple[TableColumn, ...]:
    decimals = "0.0" if fmt.unit_digits(analysis.unit) else "0"
    columns = [text_column("factor", "Subgroup"), number_column("n", "Patients"), number_column("events", "Events")]
    for i, group in enumerate((analysis.reference, analysis.group)):
        name = f"Median {group}, {analysis.unit}"
        label = f"Median {group} ({level}), {analysis.unit}"
        arm = number_column(f"arm_{i}", f"{group}, events/patients")
        median = interval_column(f"median_{i}", label, name=name, number_format=decimals, level=level)
        columns.append(spanned(arm, group, "Events/patients"))
        columns.append(spanned(median, group, f"Median ({level}), {analysis.unit}"))
    name = "Hazard ratio"
    columns.append(interval_column("hr_0", f"{name} ({level})", name=name, number_format="0.00", level=level))
    columns.append(number_column("p_0", "P for interaction", "0.000"))
    return tuple(columns)


def _row(text: str, name: str, subgroup: Subgroup, digits: int, *, indent: int = 0) -> TableRow:
    cells = [Cell(text, (name,)), _count(subgroup.n), _count(subgroup.n_events)]
    for arm in subgroup.arms:
        median = (arm.median.value, arm.median.conf_low, arm.median.conf_high)
        cells.append(Cell(f"{arm.n_events}/{arm.n}", (arm.n_events,)))
        cells.append(Cell(fmt.estimate(*median, digits=digits) if arm.n else fmt.EN_DASH, median))
    ratio = (subgroup.hazard_ratio, subgroup.conf_low, subgroup.conf_high)
    return TableRow(cells=(*cells, Cell(fmt.ratio_estimate(*ratio), ratio), Cell("", (None,))), indent=indent)


def _count(count: int) -> Cell:
    return Cell(fmt.counted(count), (count,))
