"""Adjusted survival in tables: by group beside the crude numbers, differences, and one patient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.comparison_tables import p_cell
from core.reporting.footnotes import NOT_REACHED, footnotes
from core.reporting.labels import column_label, endpoint_label
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
    text_column,
    words,
)
from core.survival.quantiles import quantile

if TYPE_CHECKING:
    from core.regression.adjusted_results import AdjustedGroup, AdjustedSurvival
    from core.regression.prediction import PredictedAt
    from core.result import AnalysisResult
    from core.survival.chosen_times import SurvivalAt
    from core.survival.contrasts import Contrast
    from core.survival.quantiles import IntervalEstimate

_BEYOND = Cell(fmt.EN_DASH, (None, None, None))  # rests on other patients alone


def adjusted_table(result: AnalysisResult) -> ReportTable:
    """Two rows a group, adjusted and crude: patients, events, median, survival at the chosen times."""
    value, level = result.adjusted_survival, confidence_words(result.analysis.conf_level)
    columns = (
        group_column(result),
        text_column("estimate", "Estimate"),
        number_column("n", "Patients"),
        number_column("events", "Events"),
        *_measure_columns(value, level),
    )
    rows: list[TableRow] = []
    for group in value.groups:
        rows += _rows(group, value)
    gap = any(fmt.NOT_REACHED in cell.text for row in rows for cell in row.cells)
    beyond = any(cell.text == fmt.EN_DASH for row in rows for cell in row.cells)
    return ReportTable(
        title=f"Adjusted survival, {endpoint_label(result.subset.endpoint or '')}",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            NOT_REACHED if gap else "",
            f"{fmt.EN_DASH}: beyond the last follow-up of the group." if beyond else "",
            "Average patient: a fictitious one with the mean of every factor, not the mean of all curves."
            if any(group.at_average is not None for group in value.groups)
            else "",
            f"Adjusted for {_names(value)}; crude numbers are of the same patients." if value.adjusted_for else "",
        ),
    )


def difference_table(result: AnalysisResult) -> ReportTable | None:
    """Differences of survival at the chosen times, adjusted and crude; None without groups or times."""
    value, level = result.adjusted_survival, confidence_words(result.analysis.conf_level)
    if not any(difference.adjusted for difference in value.differences):
        return None
    columns = [text_column("measure", f"Survival minus that of {group_label(value.reference)}")]
    for key, name in (("adjusted", "Adjusted"), ("crude", "Crude")):
        difference = interval_column(
            key, f"{name} ({level})", name=f"{name} difference", number_format="0.000", level=level
        )
        columns.append(spanned(difference, name, f"Difference ({level})"))
        columns.append(spanned(number_column(f"p_{key}", f"{name} P", "0.000"), name, "P"))
    rows = [
        TableRow(
            cells=(
                words(f"{group_label(one.level)}, {at(adjusted.time, value.unit)}"),
                *_contrast(adjusted),
                *_contrast(crude),
            )
        )
        for one in value.differences
        for adjusted, crude in zip(one.adjusted, one.crude, strict=True)
    ]
    return ReportTable(
        title=f"Differences in adjusted survival, {endpoint_label(result.subset.endpoint or '')}",
        columns=tuple(columns),
        rows=tuple(rows),
        footnotes=footnotes(result, "Two-sided z tests; differences in percentage points."),
    )


def patient_table(result: AnalysisResult) -> ReportTable | None:
    """The curve predicted for one patient, a row a group; None without a profile."""
    value, level = result.adjusted_survival, confidence_words(result.analysis.conf_level)
    if value.patient is None:
        return None
    rows = []
    for name, curve in value.patient.curves.items():
        cells = [words(group_label(name)), _median_cell(curve.median, value)]
        cells += _shares(curve.at(value.times), value.times, curve.last_time)
        rows.append(TableRow(cells=tuple(cells)))
    profile = "; ".join(f"{column_label(k)} {_shown(v)}" for k, v in value.patient.profile.values.items())
    return ReportTable(
        title=f"Predicted for one patient, {endpoint_label(result.subset.endpoint or '')}",
        columns=(group_column(result), *_measure_columns(value, level)),
        rows=tuple(rows),
        footnotes=footnotes(
            result,
            f"The patient: {profile}." if profile else "",
            "A description of this cohort by a Cox model; not validated for prediction.",
        ),
    )


def _measure_columns(value: AdjustedSurvival, level: str) -> tuple[TableColumn, ...]:
    decimals = "0.0" if fmt.unit_digits(value.unit) else "0"
    name = f"Median, {value.unit}"
    median = interval_column(
        "median", f"Median ({level}), {value.unit}", name=name, number_format=decimals, level=level
    )
    times = [
        interval_column(
            f"at_{i}", f"{at(time, value.unit)} ({level})", name=at(time, value.unit), number_format="0.0%", level=level
        )
        for i, time in enumerate(value.times)
    ]
    return (median, *times)


def _rows(group: AdjustedGroup, value: AdjustedSurvival) -> list[TableRow]:
    """Adjusted, at the average, and crude."""
    counts = [Cell(fmt.counted(count), (count,)) for count in (group.n, group.n_events)]
    nothing = [Cell("", (None,)), Cell("", (None,))]
    last = group.adjusted.last_time
    adjusted = [words(group_label(group.level)), words("Adjusted"), *counts]
    adjusted += [_median_cell(group.adjusted.median, value)]
    adjusted += _shares(group.adjusted.at(value.times), value.times, last)
    rows = [TableRow(cells=tuple(adjusted))]
    if group.at_average is not None and value.adjusted_for:
        average = [words(""), words("Average patient"), *nothing, _median_cell(group.at_average.median, value)]
        rows.append(TableRow(cells=(*average, *_shares(group.at_average.at(value.times), value.times, last))))
    crude = [words(""), words("Crude (Kaplan-Meier)"), *nothing, _median_cell(quantile(group.crude, 0.5), value)]
    rows.append(TableRow(cells=(*crude, *_shares(group.crude.at(value.times), value.times, last))))
    return rows


def _median_cell(median: IntervalEstimate, value: AdjustedSurvival) -> Cell:
    values = (median.value, median.conf_low, median.conf_high)
    return Cell(fmt.estimate(*values, digits=fmt.unit_digits(value.unit)), values)


def _shares(found: PredictedAt | SurvivalAt, times: Sequence[float], last: float) -> list[Cell]:
    rows = zip(found.survival.tolist(), found.conf_low.tolist(), found.conf_high.tolist(), strict=True)
    return [
        _BEYOND if time > last else Cell(fmt.percent_estimate(*row), row) for time, row in zip(times, rows, strict=True)
    ]


def _contrast(contrast: Contrast) -> tuple[Cell, Cell]:
    values = (contrast.estimate, contrast.conf_low, contrast.conf_high)
    return Cell(fmt.percentage_points(*values), values), p_cell(contrast.p_value)


def _names(value: AdjustedSurvival) -> str:
    return ", ".join(column_label(name) for name in value.adjusted_for)


def _shown(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else value
