"""Best response in a table, as a journal prints it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.patients.response import RATE_WORDS, RATES, ResponseRate, ResponseTable
from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.open_ratio import known, ratio_cell
from core.reporting.sentences import confidence_words
from core.reporting.survival_tables import group_label
from core.reporting.tables import (
    Cell,
    Part,
    ReportTable,
    TableColumn,
    TableRow,
    blank,
    interval_column,
    number_column,
    text_column,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult

CATEGORY_WORDS = {
    "CR": "Complete response (CR)",
    "PR": "Partial response (PR)",
    "SD": "Stable disease (SD)",
    "PD": "Progressive disease (PD)",
    "NE": "Not evaluable (NE)",
}


def response_report(result: AnalysisResult) -> ReportTable:
    """Patients by best response, then objective response and disease control with intervals and their comparison."""
    table = result.response
    columns = _columns(table)
    rows = [
        TableRow(
            cells=(Cell(CATEGORY_WORDS[category], (category,)), *_counts(table, i), *map(blank, _compared(columns)))
        )
        for i, category in enumerate(table.categories)
    ]
    for rate in table.rates.values():
        label = f"{RATE_WORDS[rate.name]} ({' + '.join(RATES[rate.name])})"
        cells = (Cell(label, (label,)), *_rates(table, rate), *_comparison(rate))
        rows.append(TableRow(cells=cells, kind="total"))
    return ReportTable(
        title="Best response",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, *_explained(table), *table.notes),
    )


def _columns(table: ResponseTable) -> tuple[TableColumn, ...]:
    level = confidence_words(table.methods.conf_level)
    limits = (f"{level} low", f"{level} high")
    columns = [text_column("response", "Best response")]
    for i, (group, n) in enumerate(zip(table.levels, table.n, strict=True)):
        name, of = group_label(group), int(table.denominators[i])
        size = f"N = {n}, {of} evaluable" if table.evaluable_only else f"N = {n}"
        shares = (Part(label=f"{name}, {what}", number_format="0.0%") for what in ("share", *limits))
        parts = (Part(label=f"{name}, n", number_format="0"), *shares)
        columns.append(TableColumn(key=f"group_{i}", label=f"{name} ({size})", parts=parts))
    if table.orr.difference is not None:
        columns.append(_interval("difference", "Difference", number_format="0.0%", level=level))
        columns.append(_interval("odds_ratio", "Odds ratio", number_format="0.00", level=level))
    if len(table.levels) > 1:
        columns.append(number_column("p", "P", "0.000"))
    if table.orr.stratified is not None:
        if table.orr.stratified_difference is not None:
            columns.append(_interval("difference_s", "Difference, stratified", number_format="0.0%", level=level))
        if table.orr.stratified.odds_ratio is not None:
            columns.append(_interval("common", "Common odds ratio", number_format="0.00", level=level))
        columns.append(number_column("p_stratified", "P, stratified", "0.000"))
    return tuple(columns)


def _interval(key: str, label: str, *, number_format: str, level: str) -> TableColumn:
    return interval_column(key, f"{label} ({level})", name=label, number_format=number_format, level=level)


def _compared(columns: tuple[TableColumn, ...]) -> tuple[TableColumn, ...]:
    """The columns that compare groups."""
    return tuple(column for column in columns[1:] if not column.key.startswith("group_"))


def _counts(table: ResponseTable, category: int) -> Iterator[Cell]:
    """One category; NE has no share where rates are of evaluable patients."""
    outside = table.evaluable_only and table.categories[category] == "NE"
    for group, of in enumerate(table.denominators.tolist()):
        count = int(table.counts[group, category])
        share = count / of if of and not outside else None
        text = fmt.counted(count) if outside else fmt.count_percent(count, of)
        yield Cell(text, (count, share, None, None))


def _rates(table: ResponseTable, rate: ResponseRate) -> Iterator[Cell]:
    for count, of, *values in zip(
        rate.count.tolist(), table.denominators.tolist(), rate.value, rate.conf_low, rate.conf_high, strict=True
    ):
        numbers = [float(value) for value in values]
        ends = [fmt.percent(end, missing="", sign=False) for end in numbers[1:]]
        span = f" [{ends[0]}{' to ' if fmt.MINUS in ends[0] else fmt.EN_DASH}{ends[1]}]" if all(ends) else ""
        yield Cell(fmt.count_percent(count, of) + span, (count, *(known(value) for value in numbers)))


def _comparison(rate: ResponseRate) -> Iterator[Cell]:
    difference = rate.difference
    if difference is not None:
        values = (difference.estimate, difference.conf_low, difference.conf_high)
        yield Cell(fmt.percentage_points(*values), tuple(map(known, values)))
        yield ratio_cell(rate.odds_ratio)
        yield Cell(fmt.p_value(rate.p_value), (known(rate.p_value),))
    elif math.isfinite(rate.p_value) or len(rate.value) > 1:
        yield Cell(fmt.p_value(rate.p_value), (known(rate.p_value),))
    if rate.stratified_difference is not None:
        found = rate.stratified_difference
        values = (found.estimate, found.conf_low, found.conf_high)
        yield Cell(fmt.percentage_points(*values), tuple(map(known, values)))
    if rate.stratified is not None:
        if rate.stratified.odds_ratio is not None:
            yield ratio_cell(rate.stratified.odds_ratio)
        yield Cell(fmt.p_value(rate.stratified.p_value), (known(rate.stratified.p_value),))


def _explained(table: ResponseTable) -> Iterator[str]:
    of = "evaluable patients" if table.evaluable_only else "all patients of the group"
    yield f"n (%) of {of}; rates: n (%) [{confidence_words(table.methods.conf_level)}]."
    if table.orr.difference is not None:
        other = next(level for level in table.levels if level != table.reference)
        yield f"Difference: {other} minus {table.reference}, in percentage points."
        yield f"Odds ratio: {other} over {table.reference}."
    if table.orr.stratified_difference is not None:
        yield "Difference, stratified: within strata, weighted by n₁n₀/N of the stratum (Mantel-Haenszel)."
    if len(table.levels) > 1:
        yield "P: Fisher's exact test, two-sided."
    if table.orr.stratified is not None:
        yield "P, stratified: Cochran-Mantel-Haenszel test" + (
            " with continuity correction; common odds ratio: Mantel-Haenszel." if len(table.levels) == 2 else "."
        )
