"""Columns of a design matrix: what each one means, and those that are made from others.

Belongs here: the meaning of a column, the columns of a curve, products of two covariates' columns. Does not belong
here: reading a table (``design``), where knots lie (``splines``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from core.errors import SpecError
from core.timetoevent import FloatArray

ColumnRole: TypeAlias = Literal["main", "curve", "product"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermColumn:
    """What one column of the matrix means.

    Attributes
    ----------
    term : str
        The covariate, or ``a × b`` for a product.
    level, reference : str or None
        For a category: the level this column flags and the level it is compared with; None for a number.
    role : {'main', 'curve', 'product'}
        Whether the coefficient is a log hazard ratio of its own, a piece of a curve, or what two covariates have
        together beyond each alone.
    label : str
        Name of the column where it is not the term, with its level.
    of : tuple of str
        Names of the columns that a product multiplies.
    period : int or None
        Which period of follow-up the coefficient is of, from 0; None for all of it.
    """

    term: str
    level: str | None = None
    reference: str | None = None
    role: ColumnRole = "main"
    label: str = ""
    of: tuple[str, ...] = ()
    period: int | None = None

    @property
    def name(self) -> str:
        """``age``, ``grade: G3``, ``age''``, ``age × grade: G3``."""
        return self.label or (self.term if self.level is None else f"{self.term}: {self.level}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """Columns of one covariate or product, with what has to be said of them."""

    arrays: Sequence[FloatArray]
    terms: Sequence[TermColumn]
    notes: Sequence[str] = ()


def product_name(a: str, b: str) -> str:
    """What an interaction is called: ``hifu × grade``."""
    return f"{a} × {b}"


def curve_terms(name: str, n_columns: int) -> tuple[TermColumn, ...]:
    """The columns of a curve, ``age``, ``age'``, ``age''``, as rms names them."""
    return tuple(TermColumn(term=name, role="curve", label=name + "'" * j) for j in range(n_columns))


def product_columns(a: str, b: str, parts: Mapping[str, Columns]) -> Columns:
    """Every column of one covariate times every column of another; pairs of levels nobody has are left out and said."""
    arrays: list[FloatArray] = []
    terms: list[TermColumn] = []
    notes: list[str] = []
    # the second covariate changes slowest, as in R's model.matrix
    for second, y in zip(parts[b].terms, parts[b].arrays, strict=True):
        for first, x in zip(parts[a].terms, parts[a].arrays, strict=True):
            if first.level is not None and second.level is not None and not (x * y).any():
                notes.append(f"No patients with {a} = {first.level} and {b} = {second.level} among those analysed.")
                continue
            label = product_name(first.name, second.name)
            terms.append(TermColumn(term=product_name(a, b), role="product", label=label, of=(first.name, second.name)))
            arrays.append(x * y)
    return Columns(arrays=arrays, terms=terms, notes=notes)


def numbers(series: pd.Series[Any], name: str) -> FloatArray:
    """A column's numbers, NaN where there is none.

    Raises
    ------
    SpecError
        If it holds anything else.
    """
    values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    words = series[np.isnan(values) & series.notna().to_numpy()]
    if len(words):
        raise SpecError(
            f"'{name}' is used as a number but holds {len(words)} other values, for example '{words.iloc[0]}'.",
            hint="Correct them, or use it as a category.",
        )
    return np.where(np.isfinite(values), values, np.nan)
