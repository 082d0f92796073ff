"""What is known of each lesion that may go with local progression: size, vessels, margin, completeness.

Belongs here: recognising these columns, in English and Chinese, and the bands they are compared in. Does not belong
here: estimates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.cohort.cohort import Table
from core.cohort.lesion_columns import named_column
from core.cohort.values import YES, codes_of, fold, format_number, numbers_of
from core.cohort.vocabulary import aliases, compact
from core.errors import SpecError
from core.timetoevent import FloatArray, IntArray

ROLES = ("lesion_size", "lesion_vessel", "lesion_margin", "lesion_complete")
MOST_LEVELS = 8
_UNIT = re.compile(r"(mm|cm|毫米|厘米)$")
_CM, _MM = ("cm", "厘米"), ("mm", "毫米")
# Cut-points in mm, whether a cut-point itself belongs to the band below it, and the position of the reference band.
_BANDS: dict[str, tuple[tuple[float, ...], bool, int]] = {
    "lesion_size": ((20, 30, 50), True, 0),
    "lesion_vessel": ((3, 10), True, -1),
    "lesion_margin": ((5, 10), False, -1),
}
_LARGE_MM = 12.0  # a median size above it is in mm where the name has no unit
_COMPLETE = frozenset(("complete", "completely", "cr", "ca", "full", "完全", "完全消融", "完整"))
_REVERSED = re.compile(r"incomplete|residual|不完全|残留")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionFactor:
    """One column in bands or levels, for every row of the table of lesions.

    Attributes
    ----------
    column : str
    codes : int array, shape (n,)
        Position in ``levels``; -1 where missing.
    levels : tuple of str
    reference : str
    numbers : array, shape (n,), or None
        The values where it is a number.
    """

    column: str
    codes: IntArray
    levels: tuple[str, ...]
    reference: str
    numbers: FloatArray | None = None


def recognised_factors(table: Table, taken: Sequence[str] = ()) -> dict[str, str]:
    """Column of each role that the table has, not counting columns ``taken`` by the outcome."""
    found: dict[str, str] = {}
    for role in ROLES:
        column = _named(table, role)
        if column is not None and column not in (*found.values(), *taken):
            found[role] = column
    return found


def lesion_factor(table: Table, column: str, *, cut: Sequence[float] | None = None) -> LesionFactor:
    """A column of lesions in bands (a number) or levels.

    Parameters
    ----------
    table : Table
    column : str
    cut : sequence of float, optional
        Cut-points in the column's unit; a value equal to one belongs to the band below. Unless given, the usual ones of
        a column that is recognised, the median of another number.

    Raises
    ------
    MissingColumnError
        If the column is not there.
    SpecError
        If it cannot be compared.
    """
    table.column(column, needed_for="comparing lesions")
    role = next((role for role, name in recognised_factors(table).items() if name == column), "")
    numbers = numbers_of(table, column) if table.column(column).kind == "number" else None
    if numbers is not None and (cut is not None or role in _BANDS or len(codes_of(table, column)[1]) > MOST_LEVELS):
        return _in_bands(column, numbers, role, cut)
    if cut is not None:
        raise SpecError(f"'{column}' is not a number and cannot be cut.", hint="Leave it out of 'bands'.")
    codes, levels = codes_of(table, column)
    if not 2 <= len(levels) <= MOST_LEVELS:
        raise SpecError(
            f"'{column}' has {len(levels)} different values: lesions are compared in 2 to {MOST_LEVELS} groups.",
            hint="Choose another column, or a number with cut-points in 'bands'.",
        )
    return LesionFactor(column=column, codes=codes, levels=levels, reference=_reference(column, levels, role))


def _named(table: Table, role: str) -> str | None:
    """The column of a role, its unit in the name or not: 'tumour size (cm)', '肿瘤大小（mm）'."""
    exact = named_column(table, role)
    if exact is not None:
        return exact
    known = aliases(role)
    names = [str(name) for name in table.frame.columns]
    ranked = [(known[bare], name) for name in names if (bare := _UNIT.sub("", compact(name))) in known]
    return min(ranked)[1] if ranked else None


def unit_of(column: str, numbers: FloatArray, role: str) -> str:
    """``mm`` or ``cm``, by the column's name, else by how large its numbers are; empty where it is no length."""
    name = compact(column)
    if name.endswith(_CM):
        return "cm"
    if name.endswith(_MM) or role in ("lesion_vessel", "lesion_margin"):
        return "mm"
    if role != "lesion_size":
        return ""
    known = numbers[np.isfinite(numbers)]
    return "mm" if known.size and float(np.median(known)) > _LARGE_MM else "cm"


def _in_bands(column: str, numbers: FloatArray, role: str, cut: Sequence[float] | None) -> LesionFactor:
    unit = unit_of(column, numbers, role)
    usual, closed, reference = _BANDS.get(role, ((), True, 0))
    if cut is not None:
        points, closed = tuple(float(point) for point in cut), True
    elif usual:
        points = tuple(point / 10 if unit == "cm" else point for point in usual)
    else:
        points = (float(np.nanmedian(numbers)),)
    if any(b <= a for a, b in pairwise(points)):
        raise SpecError(f"The cut-points of '{column}' do not ascend.")
    codes = np.searchsorted(points, numbers, side="left" if closed else "right").astype(np.int64)
    levels = _labels(points, unit, closed=closed)
    codes[np.isnan(numbers)] = -1
    return LesionFactor(column=column, codes=codes, levels=levels, reference=levels[reference], numbers=numbers)


def _labels(points: Sequence[float], unit: str, *, closed: bool) -> tuple[str, ...]:
    """What each band holds: '≤2 cm', '>2–3 cm', '>3 cm'; or '<5 mm', '5–<10 mm', '≥10 mm'."""
    texts = [format_number(point) for point in points]
    tail = f" {unit}" if unit else ""
    between = [f">{low}–{high}{tail}" if closed else f"{low}–<{high}{tail}" for low, high in pairwise(texts)]
    first, last = (f"≤{texts[0]}", f">{texts[-1]}") if closed else (f"<{texts[0]}", f"≥{texts[-1]}")
    return (first + tail, *between, last + tail)


def _reference(column: str, levels: tuple[str, ...], role: str) -> str:
    """Complete ablation for completeness; otherwise the first level, which is 'No' where there is one."""
    if role != "lesion_complete" or _REVERSED.search(compact(column)):
        return levels[0]
    return next((level for level in levels if fold(level) in YES or fold(level) in _COMPLETE), levels[0])


def chosen_bands(factors: Sequence[str], bands: Mapping[str, Sequence[float]]) -> None:
    """Refuse bands of columns that are not compared."""
    for column in bands:
        if column not in factors:
            raise SpecError.unknown_key(column, factors, where="bands, which name factors")
