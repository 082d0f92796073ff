"""Standardised differences: how far apart groups are, whatever their size.

Belongs here: the difference of two groups and the largest among more. Does not belong here: tests (``association``).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from core.patients.association import midranks
from core.timetoevent import FloatArray, IntArray

NAN = float("nan")
RULE = "SMD: standardised difference without regard to sign; categories after Yang and Dalton"
RANK_RULE = "; of the ranks for numbers tested by their ranks"


def standardised_difference(first: FloatArray, second: FloatArray) -> float:
    """Standardised difference of a number: |m1 - m2| / sqrt((s1^2 + s2^2) / 2).

    NaN when a group has fewer than two values; infinite when the means differ and nothing varies.
    """
    if min(len(first), len(second)) < 2:
        return NAN
    distance = abs(float(first.mean() - second.mean()))
    spread = float(np.sqrt((first.var(ddof=1) + second.var(ddof=1)) / 2))
    if spread > 0:
        return distance / spread
    return float("inf") if distance > 0 else 0.0


def standardised_difference_of_levels(first: IntArray, second: IntArray) -> float:
    r"""Standardised difference of a category of k levels.

    Parameters
    ----------
    first, second : int array, shape (k,)
        Patients of each group at each level.

    Returns
    -------
    float
        NaN when a group is empty; infinite when the groups share no level.

    Notes
    -----
    :math:`\sqrt{(T - C)^\top S^{-1} (T - C)}` with the proportions of all levels but one and S the mean of the two
    multinomial covariances [1]_. With two levels it is :math:`|p_1 - p_2| / \sqrt{(p_1 q_1 + p_2 q_2) / 2}`.

    References
    ----------
    .. [1] Yang D, Dalton JE. SAS Global Forum 2012; paper 335.
    """
    if not first.sum() or not second.sum():
        return NAN
    if not ((first > 0) & (second > 0)).any():
        return float("inf")
    found = (first + second) > 0
    p, q = (counts[found][1:] / counts.sum() for counts in (first, second))
    if not p.size:
        return 0.0
    covariance = (np.diag(p + q) - np.outer(p, p) - np.outer(q, q)) / 2
    squared = float((p - q) @ np.linalg.solve(covariance, p - q))
    return float(np.sqrt(max(squared, 0.0)))


def rank_difference(first: FloatArray, second: FloatArray) -> float:
    """Standardised difference of the ranks of a number, both groups ranked together and ties sharing their rank.

    For skewed numbers, whose few large values widen the standard deviation until any difference looks small: no
    transformation that keeps the order changes it. NaN and infinity as in :func:`standardised_difference`.
    """
    if min(len(first), len(second)) < 2:
        return NAN
    ranks, _ = midranks((first, second))
    return standardised_difference(ranks[: len(first)], ranks[len(first) :])


def largest_difference(groups: Sequence[FloatArray], *, of_ranks: bool = False) -> float:
    """Largest standardised difference of a number, or of its ranks, among all pairs; NaN when none is defined."""
    between = rank_difference if of_ranks else standardised_difference
    return _largest([between(a, b) for a, b in itertools.combinations(groups, 2)])


def largest_difference_of_levels(counts: IntArray) -> float:
    """Largest standardised difference of a category (k levels, g groups) among all pairs of groups."""
    return _largest([standardised_difference_of_levels(a, b) for a, b in itertools.combinations(counts.T, 2)])


def _largest(values: list[float]) -> float:
    defined = [value for value in values if not np.isnan(value)]
    return max(defined, default=NAN)
