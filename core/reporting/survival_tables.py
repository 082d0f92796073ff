"""Survival in tables: by group, at risk over time, quantiles, and differences between two groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.labels import column_label, endpoint_label
from core.reporting.sentences import confidence_words, median
from core.reporting.tables import (
    Cell,
    ReportTable,
    TableColumn,
    TableRow,
    blank,
    heading,
    interval_column,
    number_column,
    text_column,
    words,
)
from core.survival.chosen_times import carried_on
from core.survival.risk_table import risk_table
from core.survival.time_axis import TimeAxis, time_axis

if TYPE_CHECKING:
    from core.result import AnalysisResult
    from core.survival.contrasts import Contrast, SurvivalContrasts
    from core.survival.summary import GroupSurvival, SurvivalSummary

BEYOND = Cell(fmt.EN_DASH, (None, None, None))  # nobody was followed so long: the number would be made up


def survival_table(result: AnalysisResult) -> ReportTable:
    """Survival by group: patients, events, median, survival at the chosen times, restricted mean, follow-up."""
    summary = result.survival
    unit, level = summary.unit, _level(summary)
    digits = fmt.unit_digits(unit)
    times = summary.groups[0].at.time
    columns = [group_column(result), number_column("n", "Patients"), number_column("events", "Events")]
    columns.append(time_column("median", "Median", unit=unit, level=level))
    columns += [
        interval_column(
            f"at_{i}", f"{at(time, unit)} ({level})", name=at(time, unit), number_format="0.0%", level=level
        )
        for i, time in enumerate(times)
    ]
    if summary.groups[0].rmst is not None:
        tau = fmt.time_label(summary.groups[0].rmst.tau)
        columns.append(time_column("rmst", f"Restricted mean to {tau} {unit}", unit=unit, level=level))
    columns.append(time_column("follow_up", "Median follow-up", unit=unit, level=level))
    rows = tuple(TableRow(cells=_survival_cells(group, digits)) for group in summary.groups)
    has_gap = any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)
    said = footnotes(result, NOT_REACHED if has_gap else "", _beyond_note(rows, "the group"))
    return ReportTable(title=_title(result), columns=tuple(columns), rows=rows, footnotes=said)


def _beyond_note(rows: Sequence[TableRow], whose: str) -> str:
    """The footnote of cells that are not printed because nobody was followed so long."""
    dashes = any(cell.text == fmt.EN_DASH for row in rows for cell in row.cells)
    return f"{fmt.EN_DASH}: beyond the last follow-up of {whose}." if dashes else ""


def _survival_cells(group: GroupSurvival, digits: int) -> tuple[Cell, ...]:
    at = group.at
    curve = zip(at.survival, at.conf_low, at.conf_high, strict=True)
    cells = [words(group_label(group.level)), count_cell(group.estimate.n), count_cell(group.estimate.n_events_total)]
    cells.append(times_cell(median(group), digits))
    cells += [
        BEYOND if beyond else Cell(fmt.percent_estimate(*row), tuple(map(float, row)))
        for row, beyond in zip(curve, carried_on(group.estimate, at.time), strict=True)
    ]
    if group.rmst is not None:
        beyond = carried_on(group.estimate, [group.rmst.tau]).any()
        cells.append(BEYOND if beyond else times_cell(group.rmst, digits))
    cells.append(times_cell(group.median_follow_up, digits))
    return tuple(cells)


def quantile_table(result: AnalysisResult) -> ReportTable:
    """The times by which fractions of each group have had the event, with limits."""
    summary = result.survival
    unit, level = summary.unit, _level(summary)
    asked = list(summary.groups[0].quantiles)
    columns = (
        group_column(result),
        *(time_column(f"q_{p:g}", f"{100 * p:g} % with the event", unit=unit, level=level) for p in asked),
    )
    rows = tuple(
        TableRow(
            cells=(
                words(group_label(group.level)),
                *(times_cell(group.quantiles[p], fmt.unit_digits(unit)) for p in asked),
            )
        )
        for group in summary.groups
    )
    title = f"Quantiles of {endpoint_label(result.subset.endpoint or '')}"
    return ReportTable(title=title, columns=columns, rows=rows, footnotes=footnotes(result, NOT_REACHED))


def at_risk_table(result: AnalysisResult, times: Sequence[float] | None = None) -> ReportTable:
    """Numbers at risk, cumulative events and censored, by group over time.

    Parameters
    ----------
    result : AnalysisResult
        Of kind ``kaplan_meier``.
    times : sequence of float, optional
        In the unit of the endpoint; those under the figure, or round steps over the follow-up, unless given.
    """
    summary = result.survival
    drawn = summary.extras.figure
    if times is not None:
        axis = TimeAxis(unit=summary.unit, per=1.0, ticks=tuple(times), end=max(times, default=0.0))
    elif drawn is not None:
        axis = drawn.axis  # the times under the figure
    else:
        axis = time_axis(_last(summary), summary.unit, shown=summary.unit)
    table = risk_table([group.estimate for group in summary.groups], axis.ticks)
    columns = (
        text_column("group", "Numbers at risk"),
        *(number_column(f"t_{time:g}", f"{fmt.time_label(time)} {axis.unit}") for time in axis.counted),
    )
    rows: list[TableRow] = []
    single = len(summary.groups) == 1
    kinds = {"At risk": table.n_at_risk, "Censored": table.n_censored, "Events": table.n_events}
    for position, group in enumerate(summary.groups):
        if not single:
            rows.append(heading(group_label(group.level), columns))
        for label, counts in kinds.items():
            name = label if single else f"{group_label(group.level)}: {label}"
            cells = (Cell(label, (name,)), *map(count_cell, counts[position].tolist()))
            rows.append(TableRow(cells=cells, indent=0 if single else 1))
    said = "At risk: just before the time. Events and censored: up to and including it."
    return ReportTable(
        title=f"Numbers at risk, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, said),
    )


def _last(summary: SurvivalSummary) -> float:
    return max((group.estimate.last_time for group in summary.groups if group.estimate.n), default=0.0)


def contrast_table(result: AnalysisResult) -> ReportTable | None:
    """Differences of two groups in survival and restricted mean; None without two groups, times or tau."""
    summary = result.survival
    contrasts = summary.contrasts
    if contrasts is None or not (contrasts.survival_difference or contrasts.rmst_difference):
        return None
    level = _level(summary)
    columns = (
        text_column("measure", f"{group_label(contrasts.level)} against {group_label(contrasts.reference)}"),
        interval_column("estimate", f"Estimate ({level})", name="Estimate", number_format="0.000", level=level),
        number_column("p", "P", "0.000"),
    )
    rows = [
        _contrast_row(f"Difference in survival at {at(c.time, summary.unit)}", c, columns, form="points")
        for c in contrasts.survival_difference
    ]
    if contrasts.rmst_difference is not None and contrasts.rmst_ratio is not None:
        till = at(contrasts.rmst_difference.time, summary.unit)
        name = f"restricted mean to {till}"
        rows.append(_contrast_row(f"Difference in {name}, {summary.unit}", contrasts.rmst_difference, columns))
        rows.append(_contrast_row(f"Ratio of {name}", contrasts.rmst_ratio, columns, form="ratio"))
    rows = [
        TableRow(cells=(row.cells[0], BEYOND, blank(columns[2]))) if beyond else row
        for row, beyond in zip(rows, _rests_on_nobody(summary, contrasts), strict=True)
    ]
    said = "Two-sided z tests; differences in survival in percentage points."
    title = f"Differences, {endpoint_label(result.subset.endpoint or '')}"
    beyond_note = _beyond_note(rows, "a group")
    return ReportTable(title=title, columns=columns, rows=tuple(rows), footnotes=footnotes(result, said, beyond_note))


def _rests_on_nobody(summary: SurvivalSummary, contrasts: SurvivalContrasts) -> list[bool]:
    """Whether each contrast, in the order of the table, is beyond the follow-up of one of the groups."""
    times = [contrast.time for contrast in contrasts.survival_difference]
    if contrasts.rmst_difference is not None and contrasts.rmst_ratio is not None:
        times += [contrasts.rmst_difference.time, contrasts.rmst_ratio.time]
    beyond = [carried_on(group.estimate, times) for group in summary.groups]
    return [bool(any(at_time)) for at_time in zip(*beyond, strict=True)]


def _contrast_row(name: str, contrast: Contrast, columns: Sequence[TableColumn], *, form: str = "number") -> TableRow:
    values = (contrast.estimate, contrast.conf_low, contrast.conf_high)
    if form == "points":
        text = fmt.percentage_points(*values)
    else:
        text = fmt.ratio_estimate(*values) if form == "ratio" else fmt.estimate(*values, missing=fmt.NOT_ESTIMABLE)
    known = math.isfinite(contrast.p_value)
    p = Cell(fmt.p_value(contrast.p_value), (contrast.p_value,)) if known else blank(columns[2])
    return TableRow(cells=(words(name), Cell(text, values), p))


def group_column(result: AnalysisResult) -> TableColumn:
    """The column that names the groups, headed by what makes them."""
    column = result.subset.groups.column
    return text_column("group", column_label(column) if column else "Group")


def group_label(level: str) -> str:
    """A level as it is, ``All patients`` for the single level of an ungrouped analysis."""
    return "All patients" if level == "all" else level


def at(time: float, unit: str) -> str:
    """A time point with its unit, ``12 months``."""
    return f"{fmt.time_label(float(time))} {fmt.unit_word(unit, float(time))}"


def _level(summary: SurvivalSummary) -> str:
    return confidence_words(summary.groups[0].estimate.conf_level)


def _title(result: AnalysisResult) -> str:
    name = endpoint_label(result.subset.endpoint or "survival")
    return name[:1].upper() + name[1:]


def time_column(key: str, label: str, *, unit: str, level: str) -> TableColumn:
    """A column of times with their interval."""
    decimals = "0.0" if fmt.unit_digits(unit) else "0"
    return interval_column(
        key, f"{label} ({level}), {unit}", name=f"{label}, {unit}", number_format=decimals, level=level
    )


def times_cell(estimate: object | None, digits: int) -> Cell:
    """A time with its limits: anything that has ``value``, ``conf_low`` and ``conf_high``."""
    values = tuple(float(getattr(estimate, name, math.nan)) for name in ("value", "conf_low", "conf_high"))
    return Cell(fmt.estimate(*values, digits=digits), values)


def count_cell(count: float) -> Cell:
    """A count."""
    return Cell(fmt.counted(float(count)), (count,))
