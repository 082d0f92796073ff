"""Proportions of two or more groups compared: difference with interval, and an exact test.

Belongs here: many counts against the same group sizes. Does not belong here: what is counted, and the intervals
themselves (``intervals``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.contingency import fisher_exact
from core.proportions.barnard import barnard_p
from core.proportions.intervals import difference_limits, fisher_exact_2x2
from core.spec import DifferenceMethod
from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Other level minus the reference, as a fraction, with its interval and its exact p."""

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """What ``compare_proportions`` found.

    Attributes
    ----------
    differences : tuple of Difference, or None
        One per count, with exactly two groups.
    p_value : array, shape (k,)
        Fisher's exact test over all groups; NaN where fewer than two groups have patients.
    notes : tuple of str
        How a p-value was found where it is not exact.
    """

    differences: tuple[Difference, ...] | None
    p_value: FloatArray
    notes: tuple[str, ...]


def compare_proportions(
    counts: IntArray,
    sizes: IntArray,
    *,
    reference: int,
    method: DifferenceMethod,
    conf_level: float,
    test: Literal["fisher", "barnard"] = "fisher",
) -> Compared:
    """Compare groups of the given sizes on each of ``k`` counts.

    Parameters
    ----------
    counts : int array, shape (g, k)
        Patients of each group with each event.
    sizes : int array, shape (g,)
        All patients of each group.
    reference : int
        Position of the group that differences are against.
    test : {'fisher', 'barnard'}
        With more than two groups always Fisher's.
    """
    if len(sizes) == 2:
        return _two_groups(counts, sizes, reference, method=method, conf_level=conf_level, test=test)
    if (sizes > 0).sum() < 2 or not counts.size:
        return Compared(differences=None, p_value=np.full(counts.shape[1], np.nan), notes=())
    distinct, inverse = np.unique(counts, axis=1, return_inverse=True)
    tests = [fisher_exact(np.stack([column, sizes - column])) for column in distinct.T]
    p_value = np.array([test.p_value for test in tests], dtype=np.float64)[inverse.ravel()]
    least_sure = max(tests, key=lambda test: test.std_error)
    notes = (f"{least_sure.note} or less, in some rows.",) if least_sure.note else ()
    return Compared(differences=None, p_value=p_value, notes=notes)


def _two_groups(
    counts: IntArray,
    sizes: IntArray,
    reference: int,
    *,
    method: DifferenceMethod,
    conf_level: float,
    test: Literal["fisher", "barnard"],
) -> Compared:
    other = 1 - reference
    x1, x0, n1, n0 = counts[other], counts[reference], sizes[other], sizes[reference]
    low, high = difference_limits(x1, n1, x0, n0, method=method, conf_level=conf_level)
    if test == "barnard":
        p_value = barnard_p(x1, int(n1), x0, int(n0))
    else:
        p_value = fisher_exact_2x2(x1, n1, x0, n0) if n1 and n0 else np.full(len(x1), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = x1 / np.float64(n1) - x0 / np.float64(n0)
    values = zip(estimate.tolist(), low.tolist(), high.tolist(), p_value.tolist(), strict=True)
    differences = tuple(Difference(estimate=e, conf_low=a, conf_high=b, p_value=p) for e, a, b, p in values)
    return Compared(differences=differences, p_value=p_value, notes=())
