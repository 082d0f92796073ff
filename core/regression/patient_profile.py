"""One patient described by values of the covariates, as a row of a design matrix.

Belongs here: reading the values, what stands in for those not given, and whether they are like the patients analysed.
Does not belong here: predicting (``prediction``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.values import format_number, match_levels
from core.errors import SpecError
from core.regression.design import Design, category_codes
from core.spec import Scalar
from core.timetoevent import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """A patient's covariates.

    Attributes
    ----------
    values : dict of covariate to float or str
        As used: numbers, or names of levels.
    notes : tuple of str
        What stands in for values not given, and which lie outside those of the patients analysed.
    """

    values: dict[str, float | str]
    notes: tuple[str, ...] = ()


def read_profile(frame: pd.DataFrame, design: Design, columns: Sequence[str], given: Mapping[str, Scalar]) -> Profile:
    """Check a profile against the patients analysed.

    Parameters
    ----------
    frame : DataFrame, one row per patient analysed
    design : Design
        Its covariates that enter as numbers are numbers here.
    columns : sequence of str
        Covariates and strata the profile has values of.
    given : mapping of column to value
        A number not given is the median of the patients analysed, a category their most frequent level.

    Raises
    ------
    SpecError
        If a column is none of them, a number is no number or a level nobody has.
    """
    for name in given:
        if name not in columns:
            raise SpecError.unknown_key(name, columns, where="the profile, which names covariates and strata")
    numbers = {term.term for term in design.terms if term.level is None}
    values: dict[str, float | str] = {}
    notes: list[str] = []
    assumed: list[str] = []
    for name in columns:
        read = _number if name in numbers else _level
        values[name], said = read(frame[name], name, given.get(name))
        if name not in given:
            assumed.append(f"{name} {_shown(values[name])}")
        notes += said
    if assumed:
        notes.insert(0, f"Not given for the patient, so the middle of the patients analysed: {', '.join(assumed)}.")
    return Profile(values=values, notes=tuple(notes))


def profile_row(design: Design, values: Mapping[str, float | str]) -> FloatArray:
    """The patient's row of the design, shape (p,)."""
    row = [
        float(values[term.term]) if term.level is None else float(values[term.term] == term.level)
        for term in design.terms
    ]
    return np.array(row, dtype=np.float64)


def _number(series: pd.Series[Any], name: str, given: Scalar | None) -> tuple[float, list[str]]:
    known = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if given is None:
        return float(np.nanmedian(known)), []
    try:
        value = float(given)
    except ValueError:
        raise SpecError(f"'{given}' is no number, but '{name}' is one.") from None
    low, high = float(np.nanmin(known)), float(np.nanmax(known))
    if low <= value <= high:
        return value, []
    return value, [
        f"{name} {_shown(value)} is outside {_shown(low)} to {_shown(high)} of the patients analysed: extrapolated."
    ]


def _level(series: pd.Series[Any], name: str, given: Scalar | None) -> tuple[str, list[str]]:
    codes, levels = category_codes(series)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    if given is None:
        return levels[int(counts.argmax())], []
    found = np.flatnonzero(match_levels(levels, [given]) & (counts > 0))
    if not found.size:
        there = [level for level, n in zip(levels, counts, strict=True) if n]
        raise SpecError(
            f"None of the patients analysed has {name} = {given}.", hint=f"There are: {', '.join(there[:30])}."
        )
    return levels[int(found[0])], []


def _shown(value: float | str) -> str:
    return format_number(value) if isinstance(value, float) else value
