"""Several tests of the same groups side by side, and which of them counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell, permutation_name
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label
from core.reporting.sentences import rank_test_name
from core.reporting.tables import Cell, ReportTable, TableRow, number_column, text_column, words
from core.spec import CompareSpec, FlemingHarrington, RankTest

if TYPE_CHECKING:
    from core.result import AnalysisResult

LOOKS_AT = {
    "logrank": "all times alike",
    "gehan": "early times, by how many are at risk",
    "tarone-ware": "early times, less strongly",
    "peto": "early times, by survival",
    "maxcombo": "wherever the difference is largest; its P allows for the choice",
}


def all_tests_table(results: Sequence[AnalysisResult], planned: AnalysisResult) -> ReportTable:
    """Tests between the same groups, the planned one marked.

    Parameters
    ----------
    results : sequence of AnalysisResult
        Of kind ``compare``, with different weightings; a test by permutation stands in a row of its own.
    planned : AnalysisResult
        The one whose P value counts.
    """
    columns = (
        text_column("test", "Test"),
        text_column("looks", "Looks most at"),
        number_column("statistic", "χ² (MaxCombo: z)", "0.00"),
        number_column("p", "P", "0.000"),
    )
    chosen = _spec(planned).weighting
    rows: list[TableRow] = []
    for result in results:
        comparison, spec = result.comparison, _spec(result)
        name = fmt.sentence(rank_test_name(spec.weighting, stratified=bool(spec.strata))).rstrip(".")
        cells = (Cell(fmt.number(comparison.statistic, 2), (comparison.statistic,)), p_cell(comparison.p_value))
        if spec.weighting == chosen:
            rows.append(
                TableRow(cells=(words(f"{name} (planned)"), words(looks_at(spec.weighting)), *cells), kind="total")
            )
        else:
            rows.append(TableRow(cells=(words(name), words(looks_at(spec.weighting)), *cells)))
        if comparison.permutation is not None:
            test = comparison.permutation
            named = f"{name}: {permutation_name(test)[:1].lower()}{permutation_name(test)[1:]}"
            cells = (Cell(fmt.number(test.statistic, 2), (test.statistic,)), p_cell(test.p_value))
            rows.append(TableRow(cells=(words(named), words("few events, small groups"), *cells)))
    said = (
        f"The test that was planned before the data were seen counts, here {rank_test_name(chosen)}. To pick the "
        "smallest of these P values is not allowed: it finds differences where there are none.",
        "Permutation uses the permutation variance, so that its statistic differs a little.",
    )
    title = f"All tests side by side, {endpoint_label(_spec(planned).endpoint)}"
    return ReportTable(title=title, columns=columns, rows=tuple(rows), footnotes=footnotes(planned, *said))


def looks_at(weighting: RankTest) -> str:
    """Which differences a test sees best, in words."""
    if not isinstance(weighting, FlemingHarrington):
        return LOOKS_AT[weighting]
    rho, gamma = weighting.exponents
    return (
        "early times" if rho > gamma else "late times" if gamma > rho else "times in the middle" if rho else "all times"
    )


def _spec(result: AnalysisResult) -> CompareSpec:
    assert isinstance(result.analysis, CompareSpec)
    return result.analysis
