"""How complete and how plausible a table is: missing cells, spread of every column, rows with problems.

Belongs here: counting cells. Does not belong here: findings with a remedy (``validate``), pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Cohort, Column, ColumnKind, DataIssue, Table
from core.cohort.filters import is_missing
from core.cohort.origins import origin_of
from core.cohort.values import codes_of, numbers_of
from core.timetoevent import BoolArray, FloatArray, IntArray

MOST_BINS = 24
_OF_SOME = frozenset(
    ("death_date", "progression_date", "local_progression_date", "recurrence_date", "transplant_date", "response_date")
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberSpread:
    """Distribution of a number; quartiles are R's type 7.

    Attributes
    ----------
    low, q1, median, q3, high : float
    edges : array, shape (b + 1,)
    counts : int array, shape (b,)
        Cells per bin, the last one closed at the right.
    """

    low: float
    q1: float
    median: float
    q3: float
    high: float
    edges: FloatArray
    counts: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColumnQuality:
    """One column.

    Attributes
    ----------
    name : str
    kind : str
    missing : bool array, shape (n,)
    n_missing, n_distinct : int
    spread : NumberSpread or None
        Of a number or a date (days since 1970), where any is known.
    levels : tuple of (str, int)
        Levels of a category with their counts, in natural order.
    may_be_empty : bool
        Dates of what did not happen to everybody (progression, death, a treatment of some): an empty cell is no gap.
    """

    name: str
    kind: ColumnKind
    missing: BoolArray
    n_missing: int
    n_distinct: int
    spread: NumberSpread | None
    levels: tuple[tuple[str, int], ...]
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableQuality:
    """A table of ``n`` rows.

    Attributes
    ----------
    n : int
    columns : tuple of ColumnQuality
        In the order of the file.
    filled : float
        Share of the cells that hold a value, of the columns that every patient should have one in.
    """

    n: int
    columns: tuple[ColumnQuality, ...]
    filled: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One cell or row that a finding names."""

    table: str
    row: int
    column: str | None
    value: str
    issue: DataIssue


def table_quality(table: Table) -> TableQuality:
    """Missing cells and distribution of every column of a table."""
    columns = tuple(_column(table, column) for column in table.columns)
    asked = [column for column in columns if not column.may_be_empty]
    cells = table.n * len(asked)
    return TableQuality(
        n=table.n,
        columns=columns,
        filled=1 - sum(column.n_missing for column in asked) / cells if cells else 1.0,
    )


def _may_be_empty(column: Column) -> bool:
    """Whether a column of dates is of what happens to some only, by its role or because it is a treatment's."""
    if column.kind != "date":
        return False
    return column.role in _OF_SOME or (column.role == "other_date" and origin_of(column.name) is not None)


def problem_rows(cohort: Cohort) -> Iterator[ProblemRow]:
    """Every row that a finding names, worst findings first, with the cell as the cohort holds it."""
    tables = {"patients": cohort.patients, **cohort.other_tables}
    if cohort.adverse_events is not None:
        tables["adverse_events"] = cohort.adverse_events
    order = ("error", "warning", "info")
    position = {name: {row: i for i, row in enumerate(table.row_numbers)} for name, table in tables.items()}
    for issue in sorted(cohort.issues, key=lambda issue: order.index(issue.severity)):
        for row in issue.rows:
            value = ""
            table = tables.get(issue.table)
            if table is not None and issue.column in table.frame.columns and row in position[issue.table]:
                cell = table.frame[issue.column].iloc[position[issue.table][row]]
                value = "" if cell is None or cell != cell else str(cell)
            yield ProblemRow(table=issue.table, row=row, column=issue.column, value=value, issue=issue)


def _column(table: Table, column: Column) -> ColumnQuality:
    name, kind = column.name, column.kind
    missing = is_missing(table, name)
    spread, distinct = None, 0
    levels: tuple[tuple[str, int], ...] = ()
    if kind in ("number", "date"):
        numbers = numbers_of(table, name)
        known = np.empty(0) if numbers is None else numbers[np.isfinite(numbers)]
        distinct = int(np.unique(known).size)
        spread = _spread(known) if known.size else None
    elif kind != "empty":
        codes, names = codes_of(table, name)
        counts = np.bincount(codes[codes >= 0], minlength=len(names)).tolist()
        distinct = sum(count > 0 for count in counts)
        levels = tuple(zip(names, counts, strict=True)) if kind == "category" else ()
    return ColumnQuality(
        name=name,
        kind=kind,
        missing=missing,
        n_missing=int(np.count_nonzero(missing)),
        n_distinct=distinct,
        spread=spread,
        levels=levels,
        may_be_empty=_may_be_empty(column),
    )


def _spread(known: FloatArray) -> NumberSpread:
    low, q1, median, q3, high = np.quantile(known, (0.0, 0.25, 0.5, 0.75, 1.0)).tolist()
    counts, edges = np.histogram(known, bins=_edges(known, low, high))
    counts.setflags(write=False)
    edges.setflags(write=False)
    return NumberSpread(low=low, q1=q1, median=median, q3=q3, high=high, edges=edges, counts=counts)


def _edges(known: FloatArray, low: float, high: float) -> FloatArray:
    """Bins of a round width: whole numbers get one each where they are few."""
    if high == low:
        return np.array([low - 0.5, low + 0.5])
    if bool((known % 1 == 0).all()) and high - low < MOST_BINS:
        return np.arange(low - 0.5, high + 1.0)
    wanted = (high - low) / min(MOST_BINS, max(5, round(known.size**0.5)))
    power = 10.0 ** np.floor(np.log10(wanted))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= wanted * 0.999)
    first = np.floor(low / width)
    edges: FloatArray = (first + np.arange(int(np.floor(high / width) - first) + 2)) * width
    return edges
