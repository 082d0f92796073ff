"""One patient's laboratory values as a table and as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.reporting import format as fmt
from core.reporting.json_parts import Json
from core.reporting.tables import Cell, ReportTable, TableRow, heading, number_column, text_column

if TYPE_CHECKING:
    from core.cohort.lab_columns import LabSeries
    from core.result import AnalysisResult


def lab_report(result: AnalysisResult) -> ReportTable | None:
    """Every test with its values in the order of days; None where there are none."""
    labs = result.patient_profile.labs
    if not labs:
        return None
    columns = (
        text_column("test", "Test"),
        number_column("day", "Day", "0"),
        number_column("value", "Value", "General"),
        text_column("reference", "Reference"),
    )
    rows: list[TableRow] = []
    for series in labs:
        rows.append(heading(named_test(series), columns))
        rows += [
            TableRow(
                cells=(
                    Cell("", (series.test,)),
                    Cell(fmt.number(day, 0), (day,)),
                    Cell(lab_number(value) + (" *" if outside else ""), (value,)),
                    Cell(_reference(series), (_reference(series),)),
                ),
                indent=1,
            )
            for day, value, outside in zip(series.day.tolist(), series.value.tolist(), series.outside, strict=True)
        ]
    marked = any(any(series.outside) for series in labs)
    said = tuple(note for note in result.notes if "ynthetic" in note)
    return ReportTable(
        title="Laboratory values of one patient",
        columns=columns,
        rows=tuple(rows),
        footnotes=("Days count from time zero.", *(("*: outside the reference limits.",) if marked else ()), *said),
    )


def named_test(series: LabSeries) -> str:
    """A test with its unit, ``ALT (U/L)``."""
    return f"{series.test} ({series.unit})" if series.unit else series.test


def lab_number(value: float) -> str:
    """A value as it was measured: as many figures as it has, up to six."""
    return f"{value:.6g}".replace("-", fmt.MINUS) if abs(value) < 1e6 else fmt.counted(round(value))


def _reference(series: LabSeries) -> str:
    low, high = math.isfinite(series.low), math.isfinite(series.high)
    if low and high:
        return f"{lab_number(series.low)} to {lab_number(series.high)}"
    return f"from {lab_number(series.low)}" if low else f"up to {lab_number(series.high)}" if high else ""


def labs_json(labs: tuple[LabSeries, ...]) -> list[Json]:
    """Tests with their days and values."""
    return [
        {"test": one.test, "unit": one.unit, "low": one.low, "high": one.high, "day": one.day, "value": one.value}
        for one in labs
    ]
