"""What stands in a column of a typed table, each value once: checks look at these, not at a million cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import Table
from core.cohort.values import codes_of, numbers_of
from core.cohort.written import carried
from core.timetoevent import BoolArray, FloatArray, IntArray

DISTINCT = "distinct"
_BLOCK = 1 << 15
_FEW = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distinct:
    """Distinct values of a column; equal numbers that are written in two ways stand twice.

    Attributes
    ----------
    values : array, shape (k,)
        Numbers, days since 1970, levels or texts; NaN for what could not be read.
    counts : int array, shape (k,)
        How many rows hold each.
    codes : int array, shape (n,)
        Which value each row holds; -1: missing.
    """

    values: npt.NDArray[Any] | Sequence[str]
    counts: IntArray
    codes: npt.NDArray[np.integer[Any]]

    def rows(self, chosen: BoolArray) -> BoolArray:
        """Which rows hold one of the chosen values, shape (n,)."""
        found: BoolArray = carried(np.append(chosen, False), self.codes)
        return found

    @property
    def levels(self) -> tuple[str, ...]:
        """The values as texts."""
        return tuple(map(str, self.values))

    @property
    def n_missing(self) -> int:
        """Rows without a value."""
        return len(self.codes) - int(self.counts.sum())


def distinct_numbers(table: Table, column: str) -> Distinct | None:
    """The numbers of a column (dates: days since 1970), or None for words."""
    return _made(table, column, "numbers")


def distinct_levels(table: Table, column: str) -> Distinct:
    """The levels of a category, with counts, in natural order; those of a number are as ``codes_of`` writes them."""
    found = _made(table, column, "levels")
    assert found is not None
    return found


def distinct_cells(table: Table, column: str) -> Distinct:
    """The texts of a column of text in the order in which they first stand."""
    found = _made(table, column, "cells")
    assert found is not None
    return found


def keep_distinct(table: Table, column: str, kind: str, found: Distinct) -> None:
    """Remember the distinct values of a column, found while it was typed; ``kind`` as below."""
    table.cache[DISTINCT, column, kind] = found


def kept_for(table: Table, *, without: Sequence[str]) -> dict[Any, Any]:
    """What is remembered of a table's columns, for the same table with other columns changed or left out."""
    return {key: found for key, found in table.cache.items() if key[0] == DISTINCT and key[1] not in without}


def _made(table: Table, column: str, kind: str) -> Distinct | None:
    key = (DISTINCT, column, kind)
    if key not in table.cache:
        table.cache[key] = _MAKERS[kind](table, column)
    found: Distinct | None = table.cache[key]
    return found


def _numbers(table: Table, column: str) -> Distinct | None:
    numbers: FloatArray | None = numbers_of(table, column)
    if numbers is None:
        return None
    codes, values = pd.factorize(numbers)
    return Distinct(values=values, counts=counted_codes(codes, len(values)), codes=codes)


def _levels(table: Table, column: str) -> Distinct:
    codes, levels = codes_of(table, column)
    return Distinct(values=levels, counts=counted_codes(codes, len(levels)), codes=codes)


def _cells(table: Table, column: str) -> Distinct:
    codes, texts = pd.factorize(table.frame[column].to_numpy(dtype=object))
    return Distinct(values=[str(text) for text in texts], counts=counted_codes(codes, len(texts)), codes=codes)


def counted_codes(codes: npt.NDArray[np.integer[Any]], n: int) -> IntArray:
    """How often each of ``n`` codes stands in a column where -1 is missing, shape (n,)."""
    if codes.itemsize == 1 and n <= _FEW:  # bytes are compared many at once
        return np.array([np.count_nonzero(codes == code) for code in range(n)], dtype=np.int64)
    counts = np.zeros(n + 1, dtype=np.int64)
    block = max(_BLOCK, 4 * n)  # small enough to stay in the processor's cache
    for start in range(0, len(codes), block):
        counts += np.bincount(codes[start : start + block] + 1, minlength=n + 1)
    return counts[1:]


_MAKERS: dict[str, Any] = {"numbers": _numbers, "levels": _levels, "cells": _cells}
