"""Table 1 as a journal prints it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.patients.association import RANK_TESTS
from core.patients.baseline import BaselineRow, BaselineTable, BaselineVariable, LevelCount, NumberSummary
from core.patients.trend import JONCKHEERE
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
from core.spec import BaselineSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult

Shown: TypeAlias = Literal["mean", "median"]
_NUMBER = ("mean", "sd", "median", "q1", "q3", "min", "max")
_PART_LABELS = ("n", "share", "mean", "SD", "median", "lower quartile", "upper quartile", "minimum", "maximum")
_PART_FORMATS = ("0", "0.0%", *("0.0",) * len(_NUMBER))
_WORDS = {"mean": "mean ± SD", "median": "median (quartiles)"}


def baseline_report(result: AnalysisResult) -> ReportTable:
    """Table 1: numbers as mean ± SD or median (quartiles), categories as n (%), with test, P and SMD.

    Parameters
    ----------
    result : AnalysisResult
        Of kind ``baseline``; its analysis says how numbers are printed ('auto' takes the median where the test is one
        of ranks, or where nothing is tested), whether missing values have a row, and how many decimals there are.
    """
    spec, table = result.analysis, result.baseline
    assert isinstance(spec, BaselineSpec)
    columns = _columns(table, spec)
    rows = list(_all_rows(table, spec, columns))
    return ReportTable(
        title="Baseline characteristics",
        columns=columns,
        rows=tuple(rows),
        footnotes=footnotes(result, *_abbreviations(table, spec, rows), *_notes(table)),
    )


def _notes(table: BaselineTable) -> list[str]:
    """Notes with the variables as the rows call them; what is the same of several is said once."""
    of_variables = [(item.variable, note) for item in table.variables for note in item.notes]
    raw = {f"{variable}: {note}." for variable, note in of_variables}
    names: dict[str, list[str]] = {}
    for variable, note in of_variables:
        names.setdefault(note, []).append(column_label(variable))
    said = [f"{fmt.in_words(labels)}: {note}." for note, labels in names.items()]  # not shown
    return [*(note for note in table.notes if note not in raw), *said]


def _columns(table: BaselineTable, spec: BaselineSpec) -> tuple[TableColumn, ...]:
    columns = [text_column("variable", "Variable")]
    if _with_totals(table, spec):
        columns.append(_group_column("total", "All patients", int(table.n.sum())))
    columns += [
        _group_column(f"group_{i}", group_label(level), int(n))
        for i, (level, n) in enumerate(zip(table.levels, table.n, strict=True))
    ]
    if len(table.levels) > 1:
        columns += [number_column("p", "P", "0.000"), text_column("test", "Test"), number_column("smd", "SMD", "0.00")]
    return tuple(columns)


def _with_totals(table: BaselineTable, spec: BaselineSpec) -> bool:
    return spec.total and len(table.levels) > 1


def _group_column(key: str, name: str, n: int) -> TableColumn:
    parts = (
        Part(label=f"{name}, {label}", number_format=number_format)
        for label, number_format in zip(_PART_LABELS, _PART_FORMATS, strict=True)
    )
    return TableColumn(key=key, label=f"{name} (N = {n})", parts=tuple(parts))


def _all_rows(table: BaselineTable, spec: BaselineSpec, columns: Sequence[TableColumn]) -> Iterator[TableRow]:
    under: str | None = None
    for item in table.variables:
        if item.heading is not None:
            if item.heading != under:
                blanks = [blank(column) for column in columns[1:]]
                yield TableRow(cells=(Cell(f"{item.heading}, n (%), not exclusive"), *blanks), kind="heading")
            yield from _finding(item, table, spec)
        else:
            yield from _rows(item, table, spec, columns)
        under = item.heading


def _finding(item: BaselineVariable, table: BaselineTable, spec: BaselineSpec) -> Iterator[TableRow]:
    """A column of yes and no under a heading: the patients with yes, tested by itself."""
    label = column_label(item.variable)
    tested = _tested(item) if len(table.levels) > 1 else []
    cells = [_level_cell(cell, spec.percent_decimals) for cell in _cells(item.rows[0], table, spec)]
    yield TableRow(cells=(Cell(label, (f"{item.heading}: {label}",)), *cells, *tested), indent=1)
    if item.missing.any() and spec.missing == "row":
        yield _missing_row(item, table, spec, name=f"{label} missing")


def _rows(
    item: BaselineVariable, table: BaselineTable, spec: BaselineSpec, columns: Sequence[TableColumn]
) -> Iterator[TableRow]:
    label = column_label(item.variable)
    tested = _tested(item) if len(table.levels) > 1 else []
    if item.type == "number" and item.rows:
        shown, digits = _shown(item, spec), _digits(item) if spec.decimals is None else spec.decimals
        cells = [_number_cell(cell, shown, digits) for cell in _cells(item.rows[0], table, spec)]
        yield TableRow(cells=(Cell(f"{label}, {_WORDS[shown]}", (label,)), *cells, *tested), kind="heading")
    else:
        groups = [blank(column) for column in columns[1 : len(columns) - len(tested)]]
        yield TableRow(cells=(Cell(f"{label}, n (%)", (label,)), *groups, *tested), kind="heading")
        for row in item.rows:
            filler = [Cell("", (None,)) for _ in tested]
            name = Cell(str(row.level), (f"{label}: {row.level}",))
            counts = [_level_cell(cell, spec.percent_decimals) for cell in _cells(row, table, spec)]
            yield TableRow(cells=(name, *counts, *filler), indent=1)
    if item.missing.any() and spec.missing == "row":
        yield _missing_row(item, table, spec, name="Missing")


def _cells(row: BaselineRow, table: BaselineTable, spec: BaselineSpec) -> Iterable[NumberSummary | LevelCount]:
    return (row.total, *row.groups) if _with_totals(table, spec) else row.groups


def _missing_row(item: BaselineVariable, table: BaselineTable, spec: BaselineSpec, *, name: str) -> TableRow:
    """Missing values, always of all patients of the group."""
    counts = [(int(n), int(size)) for n, size in zip(item.missing, table.n, strict=True)]
    if _with_totals(table, spec):
        counts.insert(0, (int(item.missing.sum()), int(table.n.sum())))
    cells = [
        Cell(
            fmt.count_percent(n, size, spec.percent_decimals),
            (n, n / size if size else None, *(None,) * len(_NUMBER)),
        )
        for n, size in counts
    ]
    filler = [Cell("", (None,)) for _ in range(3 if len(table.levels) > 1 else 0)]
    said = Cell(name, (f"{column_label(item.variable)}: missing",))
    return TableRow(cells=(said, *cells, *filler), indent=1)


def _shown(item: BaselineVariable, spec: BaselineSpec) -> Shown:
    asked = spec.summaries.get(item.variable, spec.summary)
    if asked != "auto":
        return asked
    return "median" if item.test is None or item.test in (*RANK_TESTS, JONCKHEERE) else "mean"


def _number_cell(cell: NumberSummary | LevelCount, shown: Shown, digits: int) -> Cell:
    assert isinstance(cell, NumberSummary)
    values = (cell.n, None, *(getattr(cell, name) for name in _NUMBER))
    if not cell.n:
        return Cell(fmt.EN_DASH, values)
    if shown == "median":
        return Cell(f"{fmt.number(cell.median, digits)} ({fmt.limits(cell.q1, cell.q3, digits)})", values)
    spread = fmt.number(cell.sd, digits, missing=fmt.EN_DASH)
    return Cell(f"{fmt.number(cell.mean, digits)} ± {spread}", values)


def _level_cell(cell: NumberSummary | LevelCount, digits: int) -> Cell:
    assert isinstance(cell, LevelCount)
    share = fmt.number(cell.percent, digits, missing="")
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


def _abbreviations(table: BaselineTable, spec: BaselineSpec, rows: Sequence[TableRow]) -> Iterator[str]:
    if any("± SD" in row.cells[0].text for row in rows):
        yield "SD: standard deviation."
    of = "patients with a known value" if table.percent_of == "known" else "all patients of the group"
    if table.percent == "row":
        yield "Percentages are of the row: how the patients of a level divide into the groups."
    else:
        yield f"Percentages are of {of}; those of missing values of all."
    if any(item.heading for item in table.variables):
        yield "Not exclusive: a patient may have several, so the rows do not add up to 100 %; each is tested by itself."
    without = [item for item in table.variables if item.missing.any()]
    if spec.missing == "excluded" and without:
        counts = fmt.in_words(f"{column_label(item.variable)} {int(item.missing.sum())}" for item in without)
        yield f"Missing values, left out of the table: {counts}."
