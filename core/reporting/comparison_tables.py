"""Tests between groups in tables: observed and expected, pairs, and two-group ratios by other programs' formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label
from core.reporting.sentences import confidence_words, rank_test_name
from core.reporting.survival_methods import ADJUSTMENT_WORDS
from core.reporting.survival_tables import group_column, group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    blank,
    interval_column,
    number_column,
    text_column,
    words,
)
from core.spec import CompareSpec, CoxSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.compare import Comparison
    from core.survival.permutation import PermutationTest

CONVENTION_WORDS = {
    "logrank_hazard_ratio": "Hazard ratio, log-rank (O/E)",
    "mantel_haenszel_hazard_ratio": "Hazard ratio, Mantel-Haenszel",
    "median_ratio": "Ratio of medians",
}


def comparison_table(result: AnalysisResult) -> ReportTable:
    """Observed and expected events by group, and the test in the last row."""
    comparison, spec = _parts(result)
    weighted = "" if spec.weighting in ("logrank", "maxcombo") else ", weighted"
    columns = (
        group_column(result),
        number_column("n", "Patients"),
        number_column("observed", f"Events observed{weighted}", "0.0" if weighted else "0"),
        number_column("expected", f"Events expected{weighted}", "0.0"),
        number_column("statistic", "χ²" if comparison.max_combo is None else "χ² or z", "0.00"),
        number_column("p", "P", "0.000"),
    )
    counts = zip(comparison.levels, comparison.n, comparison.observed, comparison.expected, strict=True)
    rows = [
        TableRow(
            cells=(
                words(group_label(level)),
                Cell(fmt.counted(float(n)), (int(n),)),
                Cell(fmt.counted(float(observed)), (float(observed),)),
                Cell(fmt.number(float(expected)), (float(expected),)),
                *map(blank, columns[4:]),
            )
        )
        for level, n, observed, expected in counts
    ]
    rows.append(_test_row(_test_name(comparison, spec), comparison.statistic, comparison.p_value, columns))
    if comparison.permutation is not None:
        permuted = comparison.permutation
        rows.append(_test_row(permutation_name(permuted), permuted.statistic, permuted.p_value, columns))
    if comparison.trend is not None:
        rows.append(_test_row("Test for trend", comparison.trend.statistic, comparison.trend.p_value, columns))
    return ReportTable(
        title=f"Test between groups, {endpoint_label(spec.endpoint)}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result),
    )


def _test_name(comparison: Comparison, spec: CompareSpec) -> str:
    name = fmt.sentence(rank_test_name(spec.weighting, stratified=bool(spec.strata))).rstrip(".")
    if comparison.max_combo is None or comparison.max_combo.largest is None:
        return name
    return f"{name}, largest z at ({', '.join(f'{exponent:g}' for exponent in comparison.max_combo.largest)})"


def permutation_name(test: PermutationTest) -> str:
    """How a test by permutation was made: ``By permutation, exact``, or how many were drawn and how sure P is."""
    if test.exact:
        return "By permutation, exact"
    return (
        f"By permutation, {fmt.counted(test.n_permutations)} drawn (standard error of P "
        f"{fmt.number(test.std_error, 4)})"
    )


def _test_row(name: str, statistic: float, p: float, columns: tuple[TableColumn, ...]) -> TableRow:
    return TableRow(
        cells=(words(name), *map(blank, columns[1:4]), Cell(fmt.number(statistic, 2), (statistic,)), p_cell(p)),
        kind="total",
    )


def pairwise_table(result: AnalysisResult) -> ReportTable | None:
    """Every two groups compared; None when pairs were not asked for."""
    comparison, spec = _parts(result)
    if not comparison.pairwise or spec.pairwise is None:
        return None
    columns = [
        text_column("pair", "Groups"),
        number_column("statistic", "χ²", "0.00"),
        number_column("p", "P", "0.000"),
        number_column("p_adjusted", "Adjusted P", "0.000"),
    ]
    rows = tuple(
        TableRow(
            cells=(
                words(f"{pair.a} and {pair.b}"),
                Cell(fmt.number(pair.statistic, 2), (pair.statistic,)),
                p_cell(pair.p_value),
                p_cell(pair.p_adjusted),
            )
        )
        for pair in comparison.pairwise
    )
    return ReportTable(
        title=f"Pairs of groups, {endpoint_label(spec.endpoint)}",
        columns=tuple(columns),
        rows=rows,
        footnotes=footnotes(result, f"Adjusted P: {ADJUSTMENT_WORDS[spec.pairwise]}; pairs of groups: {len(rows)}."),
    )


def conventions_table(result: AnalysisResult, *, cox: AnalysisResult | None = None) -> ReportTable | None:
    """Two-group ratios by other programs' formulas; None without exactly two groups.

    Parameters
    ----------
    result : AnalysisResult
        Of kind ``compare``.
    cox : AnalysisResult, optional
        Of kind ``cox`` with the group as covariate: its hazard ratio stands first, as the one to report.
    """
    comparison, spec = _parts(result)
    if comparison.conventions is None:
        return None
    level = confidence_words(spec.conf_level)
    other = next(name for name in comparison.levels if name != result.subset.groups.reference)
    columns = (
        text_column("convention", f"{other} over {result.subset.groups.reference}"),
        interval_column("ratio", f"Ratio ({level})", name="Ratio", number_format="0.00", level=level),
    )
    rows = tuple(
        TableRow(
            cells=(
                words(CONVENTION_WORDS[name]),
                Cell(
                    fmt.ratio_estimate(ratio.value, ratio.conf_low, ratio.conf_high),
                    (ratio.value, ratio.conf_low, ratio.conf_high),
                ),
            )
        )
        for name, ratio in comparison.conventions.items()
    )
    quantile = "1.96" if spec.conf_level == 0.95 else "of the normal distribution"
    said = (
        "Log-rank, Mantel-Haenszel and medians: GraphPad Prism's formulas, with the quantile "
        f"{quantile}; the hazard ratio to report is that of Cox regression.",
        *(note for note in comparison.notes if "ratio" in note and "Prism" not in note),
    )
    return ReportTable(
        title=f"Two-group ratios by convention, {endpoint_label(spec.endpoint)}",
        columns=columns,
        rows=(*_cox_row(result, cox), *rows),
        footnotes=footnotes(result, *said),
    )


def _cox_row(result: AnalysisResult, cox: AnalysisResult | None) -> tuple[TableRow, ...]:
    """The unadjusted hazard ratio of the compared groups by Cox regression; nothing where ``cox`` has none."""
    if cox is None:
        return ()
    alone, together = cox.cox.univariable, cox.cox.multivariable
    fitted = alone.terms if alone else together.terms if together and len(together.terms) == 1 else ()
    groups = result.subset.groups
    term = next((one for one in fitted if one.term == groups.column), None)
    if term is None or term.reference != groups.reference or len(groups.levels) != 2:
        return ()
    values = (term.hazard_ratio, term.conf_low, term.conf_high)
    assert isinstance(cox.analysis, CoxSpec)
    name = f"Hazard ratio, Cox proportional hazards ({cox.analysis.ties.capitalize()})"
    return (TableRow(cells=(words(name), Cell(fmt.ratio_estimate(*values), values))),)


def p_cell(p: float) -> Cell:
    """A p-value as printed, with the number behind it."""
    return Cell(fmt.p_value(p), (p if math.isfinite(p) else None,))


def _parts(result: AnalysisResult) -> tuple[Comparison, CompareSpec]:
    assert isinstance(result.analysis, CompareSpec)
    return result.comparison, result.analysis
