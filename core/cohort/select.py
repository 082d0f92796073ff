"""The patients an analysis uses: filters, groups, endpoint, and a count of everybody left out with the reason.

Belongs here: which rows, in which group. Does not belong here: what a time or an event is (``endpoints``), how a number
is cut (``cutting``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.cohort import Cohort, Table
from core.cohort.cutting import cut_levels, cut_positions
from core.cohort.endpoints import Endpoint, Exclusion, count_reasons, resolve_endpoint, row_number_array
from core.cohort.values import as_number, codes_of, match_levels, numbers_of
from core.errors import SpecError, TooFewEventsError, nearest
from core.spec import FilterSpec, GroupSpec, Scalar
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent

__all__ = [
    "AnalysisSet",
    "Exclusion",
    "Grouping",
    "analysis_set",
    "assign_group",
    "describe_filter",
    "filter_mask",
    "levels_of",
]

ALL = "all"
_ORDER: dict[str, Callable[[FloatArray, float], BoolArray]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """The compared level of every row.

    Attributes
    ----------
    codes : int array, shape (n,)
        Position in ``levels``; -1 where a row is in no level.
    levels : tuple of str
        ``("all",)`` when nothing is compared.
    reference : str
        The level ratios are against.
    column : str or None
    missing : bool array, shape (n,), optional
        Where the column itself is missing (the other -1 are values in no level).
    notes : tuple of str
    """

    codes: IntArray
    levels: tuple[str, ...]
    reference: str
    column: str | None
    missing: BoolArray | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysisSet:
    """The patients of one analysis.

    Attributes
    ----------
    cohort : Cohort
    positions : int array, shape (m,)
        Positions of the kept rows in the cohort's table, ascending.
    row_numbers : tuple of int
        Their rows in the file.
    groups : Grouping
        ``codes`` (m,), all >= 0.
    data : TimeToEvent or None
        None when no endpoint was asked for.
    endpoint : str or None
    competing : dict of event name to bool array, shape (m,)
    n_cohort : int
        Rows before anybody was left out: ``n_cohort == m + sum(e.n for e in exclusions)``.
    exclusions : tuple of Exclusion
        In the order filters, group, endpoint; each patient under the first reason that holds.
    notes : tuple of str
    """

    cohort: Cohort
    positions: IntArray
    row_numbers: tuple[int, ...]
    groups: Grouping
    data: TimeToEvent | None
    endpoint: str | None
    competing: dict[str, BoolArray]
    n_cohort: int
    exclusions: tuple[Exclusion, ...]
    notes: tuple[str, ...]
    _made: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """Number of patients kept."""
        return int(self.positions.size)

    @property
    def frame(self) -> pd.DataFrame:
        """Columns of the kept patients, index 0 to m - 1; made when first asked for."""
        if "frame" not in self._made:
            self._made["frame"] = self.cohort.patients.frame.take(self.positions).reset_index(drop=True)
        return self._made["frame"]


def levels_of(table: Table, column: str) -> tuple[str, ...]:
    """Distinct values of a column in natural order."""
    return codes_of(table, column)[1]


def filter_mask(table: Table, filters: Sequence[FilterSpec]) -> BoolArray:
    """Rows for which every filter holds, shape (n,); a missing value holds for ``missing`` only."""
    mask = np.ones(table.n, dtype=np.bool_)
    for spec in filters:
        mask &= _holds(table, spec)
    return mask


def _holds(table: Table, spec: FilterSpec) -> BoolArray:
    kind = table.column(spec.column, needed_for="a filter").kind
    missing = _missing(table, spec.column)
    if spec.op in ("missing", "not missing"):
        return missing if spec.op == "missing" else ~missing
    if spec.op in _ORDER:
        numbers, limit = _comparable(table, spec, kind)
        with np.errstate(invalid="ignore"):
            return _ORDER[spec.op](numbers, limit)
    values = spec.value if isinstance(spec.value, tuple) else (spec.value,)
    same = _equals(table, spec.column, kind, [value for value in values if value is not None])
    return ~missing & (same if spec.op in ("==", "in") else ~same)


def _missing(table: Table, column: str) -> BoolArray:
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
    assert spec.value is not None and not isinstance(spec.value, tuple)
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
    """A filter in words: ``age >= 50``, ``grade in G1, G2``."""
    if isinstance(spec.value, tuple):
        return f"{spec.column} {spec.op} {', '.join(map(str, spec.value))}"
    return f"{spec.column} {spec.op}" if spec.value is None else f"{spec.column} {spec.op} {spec.value}"


def assign_group(table: Table, spec: GroupSpec | None) -> Grouping:
    """The compared level of every row.

    Raises
    ------
    MissingColumnError
        If the column is not in the table.
    SpecError
        If the reference is no level, a column of words is to be cut, or labels contradict the cut.
    """
    if spec is None:
        return Grouping(codes=np.zeros(table.n, dtype=np.int64), levels=(ALL,), reference=ALL, column=None)
    key = ("group", spec.model_dump_json())
    if key not in table.cache:
        table.cache[key] = _assign(table, spec)
    found: Grouping = table.cache[key]
    return found


def _assign(table: Table, spec: GroupSpec) -> Grouping:
    table.column(spec.column, needed_for="the group")
    notes: list[str] = []
    if spec.cut is not None:
        numbers = numbers_of(table, spec.column)
        if numbers is None:
            raise SpecError(f"'{spec.column}' is not a number and cannot be cut.", hint="Name its 'levels' instead.")
        levels = cut_levels(spec.cut, spec.labels)
        codes, missing = cut_positions(numbers, spec.cut, spec.labels), np.isnan(numbers)
    else:
        found, values = codes_of(table, spec.column)
        missing = found < 0
        levels, codes = values, np.array(found)
        if spec.levels is not None:
            levels = tuple(spec.levels)
            codes = _renamed(values, spec, notes)[found]
    reference = levels[0] if levels else ""
    if spec.reference is not None:
        reference = _reference(spec.reference, levels, spec.column)
    return Grouping(
        codes=codes, levels=levels, reference=reference, column=spec.column, missing=missing, notes=tuple(notes)
    )


def _renamed(values: tuple[str, ...], spec: GroupSpec, notes: list[str]) -> IntArray:
    """Position in the specification's levels of each written value, and -1 for a missing one; shape (n_values + 1,)."""
    assert spec.levels is not None
    positions = np.full(len(values) + 1, -1, dtype=np.int64)
    for position, (level, wanted) in enumerate(spec.levels.items()):
        for value in wanted:
            matched = np.append(match_levels(values, [value]), False)
            if not matched.any():
                notes.append(f"'{spec.column}' has no value '{value}' (level '{level}').")
            elif bool((matched & (positions >= 0) & (positions != position)).any()):
                raise SpecError(f"Value '{value}' of '{spec.column}' is in two levels.")
            positions[matched] = position
    return positions


def _reference(asked: str, levels: tuple[str, ...], column: str) -> str:
    matched = np.flatnonzero(match_levels(levels, [asked]))
    if matched.size:
        return levels[int(matched[0])]
    near = nearest(asked, levels)
    hint = f"Did you mean '{near}'?" if near else f"Levels: {', '.join(levels[:20])}."
    raise SpecError(f"The reference '{asked}' is not a level of '{column}'.", hint=hint)


def analysis_set(
    cohort: Cohort,
    *,
    filters: Sequence[FilterSpec] = (),
    group: GroupSpec | None = None,
    endpoint: str | None = None,
) -> AnalysisSet:
    """The patients of one analysis: filters first, then group, then endpoint.

    Raises
    ------
    MissingColumnError
        If a column is not in the table.
    SpecError
        If the endpoint is not defined, or a filter or group does not fit its column.
    TooFewEventsError
        If no patient is left.
    """
    table = cohort.patients
    resolved = None if endpoint is None else resolve_endpoint(table, endpoint, _endpoint_spec(cohort, endpoint))
    grouping = assign_group(table, group)
    why, reasons = _why_out(table, filters, grouping, resolved)
    positions = np.flatnonzero(why < 0)
    exclusions = count_reasons(why, reasons, row_number_array(table))
    if positions.size == 0:
        said = "; ".join(f"{e.reason}: {e.n}" for e in exclusions) or "the table has no rows"
        raise TooFewEventsError(f"No patients left ({said}).", hint="Loosen a filter or choose other levels.")
    groups, notes = _kept_levels(grouping, positions)
    data, competing = None, {}
    if resolved is not None:
        data = TimeToEvent(
            time=resolved.time[positions],
            event=resolved.event[positions],
            entry=None if resolved.entry is None else resolved.entry[positions],
            unit=resolved.unit,
        )
        competing = {cause: flags[positions] for cause, flags in resolved.competing.items()}
        notes += resolved.notes
    return AnalysisSet(
        cohort=cohort,
        positions=positions,
        row_numbers=tuple(row_number_array(table)[positions].tolist()),
        groups=groups,
        data=data,
        endpoint=endpoint,
        competing=competing,
        n_cohort=table.n,
        exclusions=exclusions,
        notes=notes,
    )


def _endpoint_spec(cohort: Cohort, endpoint: str) -> Any:
    defined = cohort.spec.endpoints
    if endpoint not in defined:
        near = nearest(endpoint, defined)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(defined) or 'none'}."
        raise SpecError(f"Endpoint '{endpoint}' is not defined.", hint=hint)
    return defined[endpoint]


def _why_out(
    table: Table, filters: Sequence[FilterSpec], grouping: Grouping, endpoint: Endpoint | None
) -> tuple[IntArray, tuple[str, ...]]:
    """Position in the reasons of what leaves each row out first (-1: kept), shape (n,)."""
    why = np.full(table.n, -1, dtype=np.int64)
    reasons: list[str] = []

    def leave_out(rows: BoolArray, reason: str) -> None:
        why[rows & (why < 0)] = len(reasons)
        reasons.append(reason)

    for spec in filters:
        holds = _holds(table, spec)
        if spec.op not in ("missing", "not missing"):
            leave_out(_missing(table, spec.column), f"{spec.column} missing (filter {describe_filter(spec)})")
        leave_out(~holds, f"filter {describe_filter(spec)}")
    if grouping.missing is not None:
        leave_out(grouping.missing, f"{grouping.column} missing")
        leave_out(grouping.codes < 0, f"{grouping.column} not in the chosen levels")
    if endpoint is not None:
        for position, reason in enumerate(endpoint.reasons):
            leave_out(endpoint.why == position, reason)
    return why, tuple(reasons)


def _kept_levels(grouping: Grouping, positions: IntArray) -> tuple[Grouping, tuple[str, ...]]:
    """The grouping of the kept rows; a level nobody is in is left out with a note."""
    codes = grouping.codes[positions]
    counts = np.bincount(codes, minlength=len(grouping.levels))
    notes = list(grouping.notes)
    notes += [
        f"Level '{level}' has no patients and is left out."
        for level, n in zip(grouping.levels, counts, strict=True)
        if n == 0
    ]
    kept = np.flatnonzero(counts)
    levels = tuple(grouping.levels[i] for i in kept)
    reference = grouping.reference
    if reference not in levels:
        reference = levels[0]
        notes.append(f"The reference '{grouping.reference}' has no patients; '{reference}' is the reference.")
    renumber = np.cumsum(counts > 0) - 1
    groups = Grouping(
        codes=renumber[codes].astype(np.int64), levels=levels, reference=reference, column=grouping.column
    )
    return groups, tuple(notes)
