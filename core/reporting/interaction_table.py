"""Interactions: rows under the hazard ratios, and a table of their own with both factors in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.hazard_cells import absent_cells, contrast_words, count_cell, level_words, ratio_cells
from core.reporting.labels import column_label, endpoint_label, in_sentence
from core.reporting.sentences import confidence_words
from core.reporting.tables import Cell, ReportTable, TableRow, interval_column, number_column, text_column, words

if TYPE_CHECKING:
    from core.regression.interactions import ConditionalRatio, Interaction
    from core.result import AnalysisResult

_TEST_WORDS = {"likelihood_ratio": "likelihood-ratio test", "wald": "Wald test"}


def depending(interactions: Sequence[Interaction]) -> dict[str, str]:
    """Each factor of an interaction, and the names of those its hazard ratio depends on."""
    others: dict[str, list[str]] = {}
    for interaction in interactions:
        for one, other in (interaction.factors, interaction.factors[::-1]):
            others.setdefault(one, []).append(in_sentence(column_label(other)))
    return {name: fmt.in_words(found) for name, found in others.items()}


def interaction_rows(interactions: Sequence[Interaction], *, n_absent: int) -> Iterator[TableRow]:
    """A heading with P per interaction, then the first factor's hazard ratio at each value of the second.

    ``n_absent`` models stand before the multivariable one, and have no interactions.
    """
    for interaction in interactions:
        own = [ratio for ratio in interaction.ratios if ratio.factor == interaction.factors[0]]
        one = len({ratio.level for ratio in own}) == 1
        before = [cell for _ in range(n_absent) for cell in (Cell(""), Cell(""))]
        p = Cell(fmt.p_value(interaction.test.p_value), (interaction.test.p_value,))
        first, second = (column_label(name) for name in interaction.factors)
        label = words(f"{first} by {in_sentence(second)}")
        yield TableRow(cells=(label, Cell(""), Cell(""), *before, Cell(""), p), kind="heading")
        for ratio in own:
            absent = [cell for _ in range(n_absent) for cell in absent_cells()]
            where = level_words(ratio.other, ratio.at)
            text = where if one else f"{ratio.level} against {ratio.reference}, {where}"
            cells = (Cell(text, (_full(ratio),)), count_cell(ratio.n), count_cell(ratio.n_events), *absent)
            yield TableRow(cells=(*cells, *ratio_cells(ratio)), indent=1)


def interaction_footnotes(interactions: Sequence[Interaction]) -> Iterator[str]:
    """How the rows of interactions are to be read."""
    if interactions:
        tests = fmt.in_words(dict.fromkeys(_TEST_WORDS[interaction.method] for interaction in interactions))
        yield (
            "Where a factor depends on another its hazard ratio is given at each value of the other (numbers: at their "
            f"quartiles); P beside the two names is that of the interaction ({tests})."
        )


def interaction_table(result: AnalysisResult) -> ReportTable:
    """Every interaction with both factors in turn: one factor's hazard ratio at each value of the other."""
    level = confidence_words(result.analysis.conf_level)
    columns = (
        text_column("factor", "Hazard ratio of"),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        interval_column("hr_0", f"Hazard ratio ({level})", name="Hazard ratio", number_format="0.00", level=level),
        number_column("p_0", "P", "0.000"),
    )
    rows: list[TableRow] = []
    interactions = result.cox.building.interactions
    for interaction in interactions:
        rows += list(interaction_rows([interaction], n_absent=0))[:1]
        for ratio in interaction.ratios:
            cells = (words(_full(ratio)), count_cell(ratio.n), count_cell(ratio.n_events), *ratio_cells(ratio))
            rows.append(TableRow(cells=cells, indent=1))
    return ReportTable(
        title=f"Interactions, {endpoint_label(result.subset.endpoint or 'survival')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, *interaction_footnotes(interactions)),
    )


def _full(ratio: ConditionalRatio) -> str:
    what = contrast_words(ratio.factor, ratio.level, ratio.reference)
    return f"{what}, where {level_words(ratio.other, ratio.at)}"
