"""Table 1 as a journal prints it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.patients.association import RANK_TESTS
from core.patients.baseline import BaselineTable, BaselineVariable, LevelCount, NumberSummary
from core.reporting import format as fmt
from core.reporting.footnotes import footnotes
from core.reporting.labels import column_label
from core.reporting.survival_tables import group_label
from core.reporting.tables import (
    Cell,
    Part,
    ReportTable,
    TableColumn,
    TableRow,
    blank,
    number_column,
    text_column,
)

if TYPE_CHECKING:
    from core.result import AnalysisResult

Summary: TypeAlias = Literal["auto", "mean", "median"]
_NUMBER = ("mean", "sd", "median", "q1", "q3", "min", "max")
_PART_LABELS = ("n", "share", "mean", "SD", "median", "lower quartile", "upper quartile", "minimum", "maximum")
_PART_FORMATS = ("0", "0.0%", *("0.0",) * len(_NUMBER))


def baseline_report(result: AnalysisResult, *, summary: Summary = "auto") -> ReportTable:
    """Table 1: numbers as mean ± SD or median (quartiles), categories as n (%), with test, P and SMD.

    Parameters
    ----------
    result : AnalysisResult
        Of kind ``baseline``.
    summary : {'auto', 'mean', 'median'}
        How numbers are printed: 'auto' takes the median where the test is one of ranks, or where nothing is tested.
    """
    table = result.baseline
    compared = len(table.levels) > 1
    columns = _columns(table, compared=compared)
    rows = [row for item in table.variables for row in _rows(item, table, columns, summary=summary)]
    return ReportTable(
        title="Baseline characteristics",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, *_abbreviations(table, rows), *table.notes),
    )


def _columns(table: BaselineTable, *, compared: bool) -> tuple[TableColumn, ...]:
    columns = [text_column("variable", "Variable")]
    if compared:
        columns.append(_group_column("total", "All patients", int(table.n.sum())))
    columns += [
        _group_column(f"group_{i}", group_label(level), int(n))
        for i, (level, n) in enumerate(zip(table.levels, table.n, strict=True))
    ]
    if compared:
        columns += [number_column("p", "P", "0.000"), text_column("test", "Test"), number_column("smd", "SMD", "0.00")]
    return tuple(columns)


def _group_column(key: str, name: str, n: int) -> TableColumn:
    parts = (
        Part(label=f"{name}, {label}", number_format=number_format)
        for label, number_format in zip(_PART_LABELS, _PART_FORMATS, strict=True)
    )
    return TableColumn(key=key, label=f"{name} (N = {n})", parts=tuple(parts))


def _rows(
    item: BaselineVariable, table: BaselineTable, columns: Sequence[TableColumn], *, summary: Summary
) -> Iterator[TableRow]:
    label = column_label(item.variable)
    tested = _tested(item) if len(table.levels) > 1 else []
    if item.type == "number" and item.rows:
        shown = _shown(item, summary)
        words = {"mean": "mean ± SD", "median": "median (quartiles)"}[shown]
        cells = [_number_cell(cell, shown, _digits(item)) for cell in _with_total(item, table)]
        yield TableRow(cells=(Cell(f"{label}, {words}", (label,)), *cells, *tested))
    else:
        groups = [blank(column) for column in columns[1 : len(columns) - len(tested)]]
        yield TableRow(cells=(Cell(f"{label}, n (%)", (label,)), *groups, *tested), kind="heading")
        for row in item.rows:
            counts = [row.total, *row.groups] if len(table.levels) > 1 else row.groups
            filler = [Cell("", (None,)) for _ in tested]
            name = Cell(str(row.level), (f"{label}: {row.level}",))
            yield TableRow(cells=(name, *map(_level_cell, counts), *filler), indent=1)
    if item.missing.any():
        yield _missing_row(item, table, label, extra=len(tested))


def _with_total(item: BaselineVariable, table: BaselineTable) -> Iterable[NumberSummary | LevelCount]:
    row = item.rows[0]
    return (row.total, *row.groups) if len(table.levels) > 1 else row.groups


def _missing_row(item: BaselineVariable, table: BaselineTable, label: str, *, extra: int) -> TableRow:
    counts = [(int(n), int(size)) for n, size in zip(item.missing, table.n, strict=True)]
    if len(table.levels) > 1:
        counts.insert(0, (int(item.missing.sum()), int(table.n.sum())))
    cells = [
        Cell(fmt.count_percent(n, size), (n, n / size if size else None, *(None,) * len(_NUMBER))) for n, size in counts
    ]
    filler = [Cell("", (None,)) for _ in range(extra)]
    return TableRow(cells=(Cell("Missing", (f"{label}: missing",)), *cells, *filler), indent=1)


def _shown(item: BaselineVariable, summary: Summary) -> Literal["mean", "median"]:
    if summary != "auto":
        return summary
    return "median" if item.test is None or item.test in RANK_TESTS else "mean"


def _number_cell(cell: NumberSummary | LevelCount, shown: Literal["mean", "median"], digits: int) -> Cell:
    assert isinstance(cell, NumberSummary)
    values = (cell.n, None, *(getattr(cell, name) for name in _NUMBER))
    if not cell.n:
        return Cell(fmt.EN_DASH, values)
    if shown == "median":
        return Cell(f"{fmt.number(cell.median, digits)} ({fmt.limits(cell.q1, cell.q3, digits)})", values)
    spread = fmt.number(cell.sd, digits, missing=fmt.EN_DASH)
    return Cell(f"{fmt.number(cell.mean, digits)} ± {spread}", values)


def _level_cell(cell: NumberSummary | LevelCount) -> Cell:
    assert isinstance(cell, LevelCount)
    share = fmt.number(cell.percent, missing="")
    values = (cell.n, cell.percent / 100 if math.isfinite(cell.percent) else None, *(None,) * len(_NUMBER))
    return Cell(f"{cell.n} ({share})" if share else str(cell.n), values)


def _digits(item: BaselineVariable) -> int:
    """Decimals that give about three figures of a typical value."""
    total = item.rows[0].total
    assert isinstance(total, NumberSummary)
    size = max(abs(total.median), abs(total.mean)) if total.n else 0.0
    return 0 if size >= 1000 else 1 if size >= 1 else 2


def _tested(item: BaselineVariable) -> list[Cell]:
    test = item.test or ""
    return [
        Cell(fmt.p_value(item.p_value), (item.p_value if math.isfinite(item.p_value) else None,)),
        Cell(test, (test,)),
        Cell(fmt.number(item.smd, 2, missing=fmt.EN_DASH), (item.smd if math.isfinite(item.smd) else None,)),
    ]


def _abbreviations(table: BaselineTable, rows: Sequence[TableRow]) -> Iterator[str]:
    if any("± SD" in row.cells[0].text for row in rows):
        yield "SD: standard deviation."
    of = "patients with a known value" if table.percent_of == "known" else "all patients of the group"
    yield f"Percentages are of {of}; those of missing values of all."
