"""Groups: the compared level of every row, from values renamed and merged or from a number cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Table
from core.cohort.cutting import cut_levels, cut_positions
from core.cohort.latest import latest
from core.cohort.values import codes_of, format_number, match_levels, numbers_of
from core.errors import SpecError, nearest
from core.spec import GroupSpec
from core.timetoevent import BoolArray, IntArray

ALL = "all"
MAX_LEVELS = 50
MAX_NUMBERS = 12  # a number with more distinct values is cut, not compared value by value


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


def levels_of(table: Table, column: str) -> tuple[str, ...]:
    """Distinct values of a column in natural order."""
    return codes_of(table, column)[1]


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
    return latest(table, "group", spec.model_dump_json(), lambda: _assign(table, spec))


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
        if spec.levels is None:
            _refuse_many(table, spec.column, len(values))
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


def _refuse_many(table: Table, column: str, n_levels: int) -> None:
    """Raise SpecError where a column has more values than groups can be compared."""
    numbers = numbers_of(table, column) if table.column(column).kind == "number" else None
    if n_levels <= (MAX_LEVELS if numbers is None else MAX_NUMBERS):
        return
    message = f"'{column}' has {n_levels} different values, too many to compare as groups."
    if numbers is None:
        raise SpecError(message, hint="Merge values into a few levels, or choose another column.")
    middle = float(np.nanmedian(numbers))
    point = format_number(round(middle, 2) if middle > np.nanmin(numbers) else float(np.nanmax(numbers)))
    raise SpecError(message, hint=f"Cut the number, for example at its median, {point}.")


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
