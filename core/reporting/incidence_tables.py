"""Cumulative incidence in tables: by event and group, differences, Gray's tests, and the naive estimate beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import footnotes
from core.reporting.labels import endpoint_label, event_heading
from core.reporting.sentences import confidence_words
from core.reporting.survival_methods import ADJUSTMENT_WORDS
from core.reporting.survival_tables import at, group_column, group_label
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableRow,
    heading,
    interval_column,
    number_column,
    spanned,
    text_column,
    words,
)
from core.spec import CumulativeIncidenceSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.incidence_summary import CauseIncidence, IncidenceSummary


def incidence_table(result: AnalysisResult) -> ReportTable:
    """A row per event and group: patients, events, incidence at the chosen times, time lost; Gray's P by the event."""
    summary, level = result.incidence, confidence_words(result.analysis.conf_level)
    first = summary.groups[0].causes[0]
    rows: list[TableRow] = []
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
    if summary.gray is not None:
        columns.append(number_column("p", "P (Gray)", "0.000"))
    for event in summary.causes:
        p = [] if summary.gray is None else [p_cell(summary.gray[event].p_value)]
        blanks = len(columns) - 1 - len(p)
        rows.append(
            TableRow(cells=(words(event_heading(event)), *(Cell("") for _ in range(blanks)), *p), kind="heading")
        )
        for group in summary.groups:
            cells = _cells(group.level, group.cause(event), fmt.unit_digits(summary.unit))
            rows.append(TableRow(cells=(*cells, Cell("", (None,))) if p else cells, indent=1))
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
        # Without events the limits have no width: a certainty that nobody has.
        flat = lost.conf_low == lost.conf_high
        cells.append(Cell(fmt.number(lost.value, digits) if flat else fmt.estimate(*values, digits=digits), values))
    return tuple(cells)


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
                words(f"{event_heading(contrast.cause)}, {at(difference.time, summary.unit)}"),
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


def gray_table(result: AnalysisResult) -> ReportTable | None:
    """Gray's test of each event, over all groups and for every two; None without a test."""
    summary, spec = result.incidence, result.analysis
    if summary.gray is None:
        return None
    assert isinstance(spec, CumulativeIncidenceSpec)
    levels = summary.table.levels
    pairs = len(levels) > 2 and spec.pairwise is not None  # of two groups the pair is the test itself
    columns = [
        text_column("event", "Event"),
        text_column("groups", "Groups"),
        number_column("statistic", "χ²", "0.00"),
        number_column("p", "P", "0.000"),
        *([number_column("p_adjusted", "Adjusted P", "0.000")] if pairs else []),
        *([number_column("p_permuted", "P by permutation", "0.000")] if summary.permuted else []),
    ]
    everybody = fmt.in_words(levels) if len(levels) == 2 else "All groups"
    rows: list[TableRow] = []
    for event, test in summary.gray.items():
        name = event_heading(event)
        found: list[tuple[str, float, float, float | None]] = [(everybody, test.statistic, test.p_value, None)]
        if pairs:
            found += [
                (f"{pair.a} and {pair.b}", pair.statistic, pair.p_value, pair.p_adjusted) for pair in test.pairwise
            ]
        for i, (groups, statistic, p, adjusted) in enumerate(found):
            last = [Cell("") if adjusted is None else p_cell(adjusted)] if pairs else []
            if summary.permuted:
                last.append(Cell("") if i else p_cell(summary.permuted[event].p_value))
            cells = (words("" if i else name), words(groups), _statistic(statistic), p_cell(p), *last)
            rows.append(TableRow(cells=cells))
    adjustment = f"Adjusted P: {ADJUSTMENT_WORDS[spec.pairwise]}, within each event." if pairs and spec.pairwise else ""
    return ReportTable(
        title=f"Gray's test, {endpoint_label(result.subset.endpoint or '')}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            adjustment,
            _permuted(summary),
            *(note for test in summary.gray.values() for note in test.notes),
        ),
    )


def _permuted(summary: IncidenceSummary) -> str:
    """How the permutations were made; empty without any."""
    first = next(iter((summary.permuted or {}).values()), None)
    if first is None:
        return ""
    how = (
        f"all {fmt.counted(first.n_permutations)} ways" if first.exact else f"{fmt.counted(first.n_permutations)} drawn"
    )
    return f"By permutation ({how}): for few events; supposes that follow-up ends alike in the groups."


def _statistic(value: float) -> Cell:
    return Cell(fmt.number(value, 2), (value if math.isfinite(value) else None,))


def naive_table(result: AnalysisResult) -> ReportTable | None:
    """One minus Kaplan-Meier beside the incidence at the chosen times, and by how much it is too high; None without."""
    summary = result.incidence
    times = summary.groups[0].causes[0].at.time
    if not times.size:
        return None
    columns = [group_column(result)]
    for i, time in enumerate(times):
        when = at(time, summary.unit)
        for key, under in (("incidence", "Incidence"), ("naive", "1 − KM"), ("bias", "Too high by")):
            label = f"{when}: {under[:1].lower()}{under[1:]}"
            columns.append(spanned(number_column(f"{key}_{i}", label, "0.0%"), when, under))
    rows: list[TableRow] = []
    for event in summary.causes:
        rows.append(heading(event_heading(event), tuple(columns)))
        rows += [TableRow(cells=_naive_cells(group.level, group.cause(event)), indent=1) for group in summary.groups]
    return ReportTable(
        title=f"Cumulative incidence beside 1 − Kaplan-Meier, {endpoint_label(result.subset.endpoint or '')}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            "1 − KM: one minus Kaplan-Meier with the other events censored, as if these patients could still have "
            "this event; too high as a probability, shown for comparison only. Too high by: percentage points.",
        ),
    )


def _naive_cells(level: str, cause: CauseIncidence) -> tuple[Cell, ...]:
    cells = [words(group_label(level))]
    for row in zip(cause.at.incidence.tolist(), cause.naive.at.tolist(), cause.naive.bias.tolist(), strict=True):
        incidence, naive, bias = row
        cells += [Cell(fmt.percent(value), (value,)) for value in (incidence, naive)]
        cells.append(Cell(fmt.percent(bias, sign=False), (bias,)))
    return tuple(cells)
