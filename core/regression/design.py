"""From columns to a design matrix: numbers as they are, categories as one column per level against a reference.

Belongs here: which rows are complete, which levels there are and what each column of the matrix means. Does not belong
here: whether a column can be estimated (``newton``), fitting (``cox``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from core.cohort.values import format_number, match_levels, natural_order
from core.errors import MissingColumnError, SpecError
from core.regression.splines import spline_basis
from core.regression.term_columns import Columns, TermColumn, curve_terms, numbers, product_columns, product_name
from core.spec import Scalar
from core.timetoevent import BoolArray, FloatArray, IntArray

_LEFT_OUT_KINDS = {"date": "a date", "empty": "empty"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """The matrix of a regression and the rows it was made of.

    Attributes
    ----------
    covariates : tuple of str
        As asked, in order.
    matrix : array, shape (n, p)
        One row per complete row of the frame, one column per estimated coefficient.
    names : tuple of str, length p
        ``age``, ``grade: G3``.
    terms : tuple of TermColumn, length p
    complete : bool array, shape (n_rows,)
        Rows of the frame with a value in every covariate.
    missing : dict of covariate to int
        Rows without a value, per covariate (a row may count for several).
    notes : tuple of str
        Levels without patients, covariates with a single level.
    products : tuple of str
        Interactions, ``hifu × grade``, whose columns follow those of the covariates.
    knots : dict of covariate to tuple of float
        Of the covariates that act along a curve.
    periods : dict of covariate to int array, shape (n,)
        Period of each row, of the covariates with a coefficient per period.
    patient : int array, shape (n,), or None
        Whose row each is, where patients have several; else each row is a patient.
    """

    covariates: tuple[str, ...]
    matrix: FloatArray
    names: tuple[str, ...]
    terms: tuple[TermColumn, ...]
    complete: BoolArray
    missing: dict[str, int]
    notes: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    knots: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    periods: Mapping[str, IntArray] = field(default_factory=dict)
    patient: IntArray | None = None

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return int(self.matrix.shape[0])

    def count(self, rows: BoolArray) -> int:
        """Number of patients with any of the rows of a mask, shape (n,)."""
        return int(np.count_nonzero(rows)) if self.patient is None else int(np.unique(self.patient[rows]).size)

    @property
    def n_patients(self) -> int:
        """Number of patients with a complete row."""
        return self.n if self.patient is None else int(np.unique(self.patient).size)

    @property
    def n_missing(self) -> int:
        """Number of rows left out because some covariate has no value."""
        return int(self.complete.size - np.count_nonzero(self.complete))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covariate:
    """One covariate: its numbers, or its codes (-1 missing) among levels."""

    name: str
    values: FloatArray | None
    codes: IntArray | None = None
    levels: tuple[str, ...] = ()

    @property
    def present(self) -> BoolArray:
        """Which rows have a value, shape (n_rows,)."""
        if self.values is not None:
            return np.isfinite(self.values)
        assert self.codes is not None
        return self.codes >= 0


def build_design(
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    references: Mapping[str, Scalar] | None = None,
    kinds: Mapping[str, str] | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
    knots: Mapping[str, tuple[float, ...]] | None = None,
    interactions: Sequence[tuple[str, str]] = (),
) -> Design:
    """Turn columns of a frame into the matrix of a regression.

    A number enters as it is. A category enters as one 0/1 column per level but the reference, which is the first level
    in natural order unless ``references`` names another. Rows with any covariate missing are left out and counted.

    Parameters
    ----------
    frame : DataFrame, n_rows rows
    covariates : sequence of str
        Columns of ``frame``.
    references : mapping of covariate to level, optional
    kinds : mapping of covariate to {'number', 'category', 'text'}, optional
        Without it a numeric column is a number, any other a category.
    levels : mapping of covariate to levels, optional
        Explicit order of the levels; rows with any other value count as missing.
    knots : mapping of covariate to floats, optional
        Numbers that enter as a restricted cubic spline with these knots.
    interactions : sequence of pairs of covariates
        Whose columns enter multiplied as well.

    Returns
    -------
    Design

    Raises
    ------
    MissingColumnError
        If a covariate is not a column.
    SpecError
        If a reference is not a level, or a covariate is a date or is empty.

    Notes
    -----
    Treatment contrasts, as R's ``model.matrix(~ age + grade)`` without the intercept; with interactions as
    ``~ age + grade + age:grade``.
    """
    kinds, levels = kinds or {}, levels or {}
    read = [read_covariate(frame, name, kind=kinds.get(name), levels=levels.get(name)) for name in covariates]
    complete = np.ones(len(frame), dtype=np.bool_)
    for covariate in read:
        complete &= covariate.present
    curved = {name: found for name, found in (knots or {}).items() if name in covariates}
    parts = {
        covariate.name: _columns_of(
            covariate, complete, asked=(references or {}).get(covariate.name), knots=curved.get(covariate.name)
        )
        for covariate in read
    }
    products = {product_name(*pair): product_columns(*pair, parts) for pair in interactions}
    columns = [array for part in (*parts.values(), *products.values()) for array in part.arrays]
    terms = [term for part in (*parts.values(), *products.values()) for term in part.terms]
    matrix = np.column_stack(columns) if columns else np.empty((int(complete.sum()), 0))
    for array in (matrix, complete):
        array.setflags(write=False)
    return Design(
        covariates=tuple(covariates),
        matrix=matrix,
        names=tuple(term.name for term in terms),
        terms=tuple(terms),
        complete=complete,
        missing={covariate.name: int(np.count_nonzero(~covariate.present)) for covariate in read},
        notes=tuple(note for part in (*parts.values(), *products.values()) for note in part.notes),
        products=tuple(products),
        knots=curved,
    )


def category_codes(series: pd.Series[Any], *, levels: Sequence[str] | None = None) -> tuple[IntArray, tuple[str, ...]]:
    """Position of each value among the levels (natural order unless given; -1: missing), and the levels as text."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = np.asarray(series.cat.codes, dtype=np.int64)
        words = [_level_text(level) for level in series.cat.categories]
        ordered = tuple(words)
    else:
        found, distinct = pd.factorize(series.to_numpy(dtype=object))
        codes, words = np.asarray(found, dtype=np.int64), [_level_text(value) for value in distinct]
        ordered = natural_order(word for word in words if word)
    if levels is not None:
        ordered = tuple(str(level) for level in levels)
    position = {level: i for i, level in enumerate(ordered)}
    # the extra place at the end answers code -1
    lookup = np.array([*(position.get(word, -1) for word in words), -1], dtype=np.int64)
    return lookup[codes], ordered


def read_covariate(frame: pd.DataFrame, name: str, *, kind: str | None, levels: Sequence[str] | None) -> Covariate:
    """One column as a number or as positions among levels, by its kind or, without one, by what it holds."""
    if name not in frame.columns:
        raise MissingColumnError.from_available(name, [str(c) for c in frame.columns], needed_for="the regression")
    series = frame[name]
    if kind is None:
        is_number = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
        kind = "number" if is_number and levels is None else "category"
    if kind in _LEFT_OUT_KINDS:
        raise SpecError(
            f"'{name}' is {_LEFT_OUT_KINDS[kind]} and cannot be a covariate.", hint="Choose a number or a category."
        )
    if kind == "number":
        return Covariate(name=name, values=numbers(series, name))
    codes, ordered = category_codes(series, levels=levels)
    return Covariate(name=name, values=None, codes=codes, levels=ordered)


def _columns_of(
    covariate: Covariate, complete: BoolArray, *, asked: Scalar | None, knots: Sequence[float] | None
) -> Columns:
    """The columns of one covariate: its numbers, its curve, or its levels."""
    if covariate.values is None:
        return _dummies(covariate, complete, asked=asked)
    values = covariate.values[complete]
    if knots is None:
        return Columns(arrays=[values], terms=[TermColumn(term=covariate.name)])
    basis = spline_basis(values, knots)
    return Columns(arrays=list(basis.T), terms=curve_terms(covariate.name, basis.shape[1]))


def _dummies(covariate: Covariate, complete: BoolArray, *, asked: Scalar | None) -> Columns:
    """Columns, their meaning and what has to be said of one category."""
    name, levels = covariate.name, covariate.levels
    assert covariate.codes is not None
    codes = covariate.codes[complete]
    counts = np.bincount(codes, minlength=len(levels))
    seen = [i for i in range(len(levels)) if counts[i]]
    said = [f"No patients with {name} = {levels[i]} among those analysed." for i in range(len(levels)) if not counts[i]]
    wanted = _reference(covariate, asked)
    if len(seen) < 2:
        if seen:
            said.append(f"All {codes.size} patients have {name} = {levels[seen[0]]}: it cannot be estimated.")
        return Columns(arrays=[], terms=[], notes=said)
    reference = wanted if counts[wanted] else seen[0]
    if reference != wanted:
        said.append(f"The reference of {name} is {levels[reference]}, since no patients have {levels[wanted]}.")
    others = [i for i in seen if i != reference]
    return Columns(
        arrays=[(codes == i).astype(np.float64) for i in others],
        terms=[TermColumn(term=name, level=levels[i], reference=levels[reference]) for i in others],
        notes=said,
    )


def _reference(covariate: Covariate, asked: Scalar | None) -> int:
    if asked is None:
        return 0
    found = np.flatnonzero(match_levels(covariate.levels, [asked]))
    if not found.size:
        raise SpecError(
            f"The reference '{asked}' is not a level of '{covariate.name}'.",
            hint=f"Its levels are: {', '.join(covariate.levels[:30])}.",
        )
    return int(found[0])


def _level_text(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return format_number(float(value))
    return str(value).strip()
