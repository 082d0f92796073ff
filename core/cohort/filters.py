"""Filters: which rows hold, and the words that say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.cohort.cohort import Table
from core.cohort.column_names import column_label
from core.cohort.values import as_number, codes_of, match_levels, numbers_of
from core.errors import SpecError
from core.spec import EVENT_OPS, OUTCOME_OPS, FilterOp, FilterSpec, Scalar
from core.timetoevent import BoolArray, FloatArray

_ORDER: dict[str, Callable[[FloatArray, float], BoolArray]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_OP_WORDS: dict[FilterOp, str] = {
    "==": "is",
    "!=": "is not",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "in": "is",
    "not in": "is not",
    "missing": "is missing",
    "not missing": "is not missing",
    "had event": "had",
    "had no event": "did not have",
    "event between": "event",
    "censored between": "censored",
    "at risk at": "still at risk",
}


def filter_mask(table: Table, filters: Sequence[FilterSpec]) -> BoolArray:
    """Rows for which every filter holds, shape (n,); a missing value holds for ``missing`` only."""
    mask = np.ones(table.n, dtype=np.bool_)
    for spec in filters:
        mask &= holds(table, spec)
    return mask


def holds(table: Table, spec: FilterSpec) -> BoolArray:
    """Rows for which one filter holds, shape (n,)."""
    kind = table.column(spec.column, needed_for="a filter").kind
    missing = is_missing(table, spec.column)
    if spec.op in ("missing", "not missing"):
        return missing if spec.op == "missing" else ~missing
    if spec.op in _ORDER:
        numbers, limit = _comparable(table, spec, kind)
        with np.errstate(invalid="ignore"):
            return _ORDER[spec.op](numbers, limit)
    values = spec.value if isinstance(spec.value, tuple) else (spec.value,)
    same = _equals(table, spec.column, kind, [value for value in values if value is not None])
    return ~missing & (same if spec.op in ("==", "in") else ~same)


def is_missing(table: Table, column: str) -> BoolArray:
    """Rows where a column is missing, shape (n,)."""
    if table.column(column).kind in ("number", "date"):
        numbers = numbers_of(table, column)
        if numbers is not None:
            return np.isnan(numbers)
    return codes_of(table, column)[0] < 0


def _equals(table: Table, column: str, kind: str, values: Sequence[Scalar]) -> BoolArray:
    numbers = numbers_of(table, column) if kind in ("number", "date") else None
    if numbers is None:
        codes, levels = codes_of(table, column)
        return np.append(match_levels(levels, values), False)[codes]
    wanted = [_day(value) if kind == "date" else as_number(value) for value in values]
    return np.isin(numbers, [value for value in wanted if value is not None])


def _comparable(table: Table, spec: FilterSpec, kind: str) -> tuple[FloatArray, float]:
    """Numbers and limit of an order comparison."""
    assert spec.value is not None
    assert not isinstance(spec.value, tuple)
    numbers = numbers_of(table, spec.column)
    if numbers is None:
        if kind == "empty":
            return np.full(table.n, np.nan), 0.0
        raise SpecError(
            f"The filter '{describe_filter(spec)}' compares by size, but '{spec.column}' is not a number.",
            hint="Use 'in' with the levels to keep.",
        )
    limit = _day(spec.value) if kind == "date" else as_number(spec.value)
    if limit is None:
        what = "a date such as 2024-05-31" if kind == "date" else "a number"
        raise SpecError(f"The filter '{describe_filter(spec)}' needs {what}.")
    return numbers, limit


def _day(value: Scalar) -> float | None:
    """Days since 1970 of an ISO date."""
    try:
        return float(np.datetime64(str(value).strip(), "D").astype(np.int64))
    except ValueError:
        return None


def describe_filter(spec: FilterSpec) -> str:
    """A filter in words: ``Age (years) ≥ 50``, ``Grade is G1 or G2``, ``OS: event from 6 to 12 months``."""
    if spec.op in EVENT_OPS:
        grade = "" if spec.value is None else f" of grade ≥ {spec.value}"
        return f"Patient {_OP_WORDS[spec.op]} {spec.column}{grade}"
    if spec.op in OUTCOME_OPS:
        when = " to ".join(map(_shown, spec.times))
        unit = f" {spec.unit}" if spec.unit else ""
        return f"{spec.column}: {_OP_WORDS[spec.op]} {'at' if len(spec.times) == 1 else 'from'} {when}{unit}"
    values = spec.value if isinstance(spec.value, tuple) else () if spec.value is None else (spec.value,)
    *first, last = [_shown(value) for value in values] or [""]
    listed = f"{', '.join(first)} or {last}" if first else last
    return f"{column_label(spec.column)} {_OP_WORDS[spec.op]} {listed}".rstrip()


def _shown(value: Scalar) -> str:
    """A value as a reader writes it: 50 and not 50.0."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)
