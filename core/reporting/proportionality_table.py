"""Tests of proportional hazards in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label
from core.reporting.model_tables import factor_words
from core.reporting.tables import Cell, ReportTable, RowKind, TableRow, number_column, text_column, words
from core.spec import ProportionalHazardsSpec

if TYPE_CHECKING:
    from core.regression.proportionality import ProportionalityTest
    from core.result import AnalysisResult


def proportional_hazards_table(result: AnalysisResult) -> ReportTable:
    """One row per covariate and one for all together."""
    spec = result.analysis
    assert isinstance(spec, ProportionalHazardsSpec)
    tests = result.proportional_hazards
    columns = (
        text_column("factor", "Factor"),
        number_column("statistic", "χ²", "0.00"),
        number_column("df", "Degrees of freedom"),
        number_column("p", "P", "0.000"),
    )
    rows = [_row(factor_words(test.term), test, "body") for test in tests.terms]
    rows.append(_row("All together", tests.overall, "total"))
    return ReportTable(
        title=f"Test of proportional hazards, {endpoint_label(spec.endpoint)}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, "A small P speaks against a hazard ratio that stays the same over time."),
    )


def _row(label: str, test: ProportionalityTest, kind: RowKind) -> TableRow:
    cells = (
        words(label),
        Cell(fmt.number(test.statistic, 2), (test.statistic if test.df else None,)),
        Cell(fmt.counted(test.df), (test.df,)),
        p_cell(test.p_value),
    )
    return TableRow(cells=cells, kind=kind)
