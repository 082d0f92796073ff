"""Columns as factors with a few levels, for subgroups.

Belongs here: which level each patient is in. Does not belong here: design matrices (``design``), the groups that are
compared (``core.cohort.grouping``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import MissingColumnError, SpecError
from core.regression.design import category_codes
from core.timetoevent import FloatArray, IntArray

MOST_VALUES = 6  # a number with more values is split at its median
MOST_LEVELS = 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factor:
    """A factor: level of each patient (-1 missing), and the levels that occur."""

    name: str
    codes: IntArray
    levels: tuple[str, ...]
    notes: tuple[str, ...]


def read_factor(frame: pd.DataFrame, name: str, kind: str | None) -> Factor:
    """Levels of one factor; levels nobody is in are left out."""
    if name not in frame.columns:
        raise MissingColumnError.from_available(name, [str(c) for c in frame.columns], needed_for="the subgroups")
    series = frame[name]
    if kind is None:
        is_number = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
        kind = "number" if is_number else "category"
    if kind == "date":
        raise SpecError(f"'{name}' is a date and cannot make subgroups.", hint="Choose a number or a category.")
    if kind == "number" and series.nunique() > MOST_VALUES:
        return _split(pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), name)
    codes, levels = category_codes(series)
    seen = np.unique(codes[codes >= 0])
    if seen.size > MOST_LEVELS:
        raise SpecError(
            f"'{name}' has {seen.size} levels, more than the {MOST_LEVELS} that subgroups may have.",
            hint="Choose a column with fewer, or merge its levels.",
        )
    position = np.full(len(levels) + 1, -1, dtype=np.int64)
    position[seen] = np.arange(seen.size)
    return Factor(name=name, codes=position[codes], levels=tuple(levels[i] for i in seen), notes=())


def _split(values: FloatArray, name: str) -> Factor:
    """A number below its median, and from it on."""
    known = np.isfinite(values)
    middle = float(np.median(values[known]))
    codes = np.where(known, (values >= middle).astype(np.int64), -1)
    if not (codes == 0).any():  # more than half have the smallest value
        codes = np.where(known, (values > middle).astype(np.int64), -1)
        levels = (f"{middle:g}", f">{middle:g}")
    else:
        levels = (f"<{middle:g}", f"≥{middle:g}")
    return Factor(name=name, codes=codes, levels=levels, notes=(f"{name} is split at its median, {middle:g}.",))
