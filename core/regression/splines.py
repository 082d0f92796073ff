"""Restricted cubic splines: a number that may act along a curve, with straight ends.

Belongs here: where the knots lie and what the columns of the basis are. Does not belong here: the matrix of a model
(``design``), the fitted curve with its interval (``curve``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.errors import MissingColumnError, SpecError
from core.regression.term_columns import numbers
from core.spec import SplineKnots
from core.timetoevent import FloatArray

FEWEST_KNOTS, MOST_KNOTS = 3, 7
SMALL = 100  # below so many values the outer knots are the fifth from either end
FIFTH = 5


def chosen_knots(
    frame: pd.DataFrame, splines: Mapping[str, SplineKnots], *, kinds: Mapping[str, str] | None = None
) -> dict[str, tuple[float, ...]]:
    """The knots of each curve: as given, or where Harrell puts that many among all values of the column.

    Parameters
    ----------
    frame : DataFrame
        All patients given; whoever lacks another covariate still has a say in where the knots of this one lie, so that
        models of different covariates have the same curve.
    splines : mapping of covariate to number of knots, or to the knots
    kinds : mapping of covariate to kind, optional

    Raises
    ------
    MissingColumnError
        If a covariate is not a column.
    SpecError
        If a covariate is not a number, or has too few distinct values for its knots.
    """
    found: dict[str, tuple[float, ...]] = {}
    for name, asked in splines.items():
        if name not in frame.columns:
            raise MissingColumnError.from_available(name, [str(c) for c in frame.columns], needed_for="the regression")
        kind = (kinds or {}).get(name) or ("number" if pd.api.types.is_numeric_dtype(frame[name]) else "category")
        if kind != "number":
            raise SpecError(f"'{name}' is a {kind} and has no curve.", hint="Only a number can act along a curve.")
        values = numbers(frame[name], name)
        known = values[np.isfinite(values)]
        found[name] = harrell_knots(known, asked, name=name) if isinstance(asked, int) else _given(known, asked, name)
    return found


def harrell_knots(values: FloatArray, n_knots: int, *, name: str = "the covariate") -> tuple[float, ...]:
    """Knots at equally spaced quantiles between outer ones.

    The outer quantiles are 0.10 and 0.90 for 3 knots, 0.05 and 0.95 for 4 to 6, 0.025 and 0.975 for 7; with fewer than
    100 values the outer knots are the fifth smallest and the fifth largest value.

    Parameters
    ----------
    values : array, shape (n,)
        Without missing ones.
    n_knots : int
        3 to 7.
    name : str
        For messages.

    Raises
    ------
    SpecError
        If the number of knots is not 3 to 7, or quantiles coincide.

    Notes
    -----
    As ``attr(rms::rcs(x, n_knots), "parms")``, except that rms moves the outer knots where 5 % or more of the values
    equal the smallest or the largest, and finds other knots where quantiles coincide.

    References
    ----------
    .. [1] Harrell FE. Regression modeling strategies. 2nd ed. Springer 2015, section 2.4.6.
    """
    if not FEWEST_KNOTS <= n_knots <= MOST_KNOTS:
        raise SpecError(f"A curve has {FEWEST_KNOTS} to {MOST_KNOTS} knots; {n_knots} were asked for '{name}'.")
    outer = {3: 0.1, 7: 0.025}.get(n_knots, 0.05)
    n_distinct = np.unique(values).size
    knots = np.quantile(values, np.linspace(outer, 1 - outer, n_knots)) if values.size else np.zeros(n_knots)
    if FIFTH <= values.size < SMALL:
        ordered = np.sort(values)
        knots[0], knots[-1] = ordered[FIFTH - 1], ordered[-FIFTH]
    if n_distinct - 2 <= n_knots or not (np.diff(knots) > 0).all():
        raise SpecError(
            f"The {n_distinct} distinct values of '{name}' are too few or too crowded for {n_knots} knots.",
            hint="Ask for fewer knots, name the knots, or use it as it is.",
        )
    return tuple(float(knot) for knot in knots)


def spline_basis(values: FloatArray, knots: Sequence[float]) -> FloatArray:
    r"""The columns of a restricted cubic spline, shape (n, k - 1): the value itself, then k - 2 that bend it.

    .. math:: \frac{(x - t_j)_+^3 - (x - t_{k-1})_+^3 \frac{t_k - t_j}{t_k - t_{k-1}}
        + (x - t_k)_+^3 \frac{t_{k-1} - t_j}{t_k - t_{k-1}}}{(t_k - t_1)^2}

    Parameters
    ----------
    values : array, shape (n,)
    knots : sequence of k floats, ascending

    Notes
    -----
    Divided by the squared distance of the outer knots, which gives all columns the unit of x, as ``rms::rcs`` has it
    (``Hmisc::rcspline.eval(x, knots, inclx = TRUE, norm = 2)``).
    """
    x = np.asarray(values, dtype=np.float64)[:, None]
    t = np.asarray(knots, dtype=np.float64)
    inner, before, last = t[:-2], t[-2], t[-1]
    gap = last - before
    bent = (
        _cube(x - inner)
        - _cube(x - before) * ((last - inner) / gap)
        + _cube(x - last) * ((before - inner) / gap)
    )  # fmt: skip
    return np.hstack([x, bent / (last - t[0]) ** 2])


def _cube(x: FloatArray) -> FloatArray:
    positive = np.maximum(x, 0.0)
    return positive * positive * positive


def _given(values: FloatArray, knots: Sequence[float], name: str) -> tuple[float, ...]:
    """Knots that were named: they must lie among the values."""
    inside = values.size and values.min() <= knots[0] and knots[-1] <= values.max()
    if not inside:
        span = f"{values.min():g} to {values.max():g}" if values.size else "no known values"
        raise SpecError(f"The knots of '{name}' lie outside its values ({span}).", hint="Name knots among the values.")
    return tuple(float(knot) for knot in knots)
