"""The cells of Table 1: a number in one group, and the levels of a category.

Belongs here: summaries of one column. Does not belong here: comparing groups (``association``, ``imbalance``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.values import YES, fold, format_number, natural_order
from core.errors import SpecError
from core.timetoevent import FloatArray, IntArray

NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberSummary:
    """A number in one group: ``n`` known values; NaN where undefined. Quartiles are R's type 7."""

    n: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float
    min: float
    max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """Patients of one group at one level, and per cent of the group."""

    n: int
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRow:
    """One printed row.

    Attributes
    ----------
    level : str or None
        None for a number.
    groups : tuple of NumberSummary or LevelCount, length g
    total : NumberSummary or LevelCount
        All groups together.
    """

    level: str | None
    groups: tuple[NumberSummary | LevelCount, ...]
    total: NumberSummary | LevelCount


def number_summary(values: FloatArray) -> NumberSummary:
    """Summary of ascending values."""
    n = len(values)
    if not n:
        return NumberSummary(n=0, mean=NAN, sd=NAN, median=NAN, q1=NAN, q3=NAN, min=NAN, max=NAN)
    q1, median, q3 = (_quantile(values, p) for p in (0.25, 0.5, 0.75))
    return NumberSummary(
        n=n,
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)) if n > 1 else NAN,
        median=median,
        q1=q1,
        q3=q3,
        min=float(values[0]),
        max=float(values[-1]),
    )


def _quantile(values: FloatArray, p: float) -> float:
    """Type 7 quantile of ascending values."""
    place = (len(values) - 1) * p
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return float(values[below] + (place - below) * (values[above] - values[below]))


def levels_in(column: pd.Series[Any], order: Sequence[str] | None) -> tuple[IntArray, tuple[str, ...]]:
    """Position of each value among the levels (-1: missing), shape (n,), and the levels in the order of their rows."""
    code, distinct = pd.factorize(column)
    if distinct.dtype.kind in "iuf":
        texts = [format_number(float(value)) for value in distinct]
    else:
        texts = [str(value) for value in distinct]
    if isinstance(column.dtype, pd.CategoricalDtype):
        found = [str(level) for level in column.cat.categories if str(level) in set(texts)]
    else:
        found = list(natural_order(texts))
    names = tuple(dict.fromkeys([*(order or ()), *found]))
    position = {name: i for i, name in enumerate(names)}
    return np.array([*(position[text] for text in texts), -1], dtype=np.int64)[code], names


def yes_level(name: str, levels: Sequence[str]) -> int:
    """Which level of a column of yes and no is yes; SpecError where its values are others."""
    found = [i for i, level in enumerate(levels) if fold(level) in YES]
    if len(found) == 1 and len(levels) <= 2:
        return found[0]
    there = ", ".join(levels[:6]) or "no value"
    raise SpecError(
        f"'{name}' cannot stand under a heading with others: its values are not yes and no ({there}).",
        hint="Leave it out of 'multiple'; it then has a row per value.",
    )


def level_row(level: str, counts: IntArray, of: IntArray, *, across: bool = False) -> BaselineRow:
    """Row of one level: patients per group (g,), as per cent of ``of`` (g,), or ``across`` of the row's patients."""
    of = np.full_like(of, counts.sum()) if across else of
    cells = [
        LevelCount(n=int(n), percent=100 * n / size if size else NAN)
        for n, size in zip(counts.tolist(), of.tolist(), strict=True)
    ]
    total, everybody = int(counts.sum()), int(counts.sum() if across else of.sum())
    whole = LevelCount(n=total, percent=100 * total / everybody if everybody else NAN)
    return BaselineRow(level=level, groups=tuple(cells), total=whole)
