"""Tests for trend: levels that have an order against groups, and numbers over ordered groups.

Belongs here: tests that use the order. Does not belong here: tests that do not (``association``), and whether a
variable gets one (``choice``).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc, ndtr

from core.patients.association import Association, midranks
from core.timetoevent import FloatArray, IntArray

COCHRAN_ARMITAGE, LINEAR_BY_LINEAR = "Cochran-Armitage trend", "Linear-by-linear association"
JONCKHEERE = "Jonckheere-Terpstra trend"
TREND_TESTS = (COCHRAN_ARMITAGE, LINEAR_BY_LINEAR, JONCKHEERE)
TREND_RULE = (
    "Trend: scores 0, 1, 2, ... in the order of the levels (Cochran-Armitage; more than two levels and groups: "
    "linear-by-linear association); numbers by Jonckheere and Terpstra's test over the order of the groups."
)
NAN = float("nan")


def trend_of_levels(counts: IntArray) -> Association | None:
    """Test whether ordered levels shift with the groups; scores are 0, 1, 2, ... in the order given.

    Parameters
    ----------
    counts : int array, shape (r, c)
        Patients per level and group; empty levels and groups keep their place and so their score.

    Returns
    -------
    Association or None
        With two levels or two groups Cochran and Armitage's test, N r² of the scores: ``prop.trend.test(x, n,
        score = 0:(k - 1))``. With more of both Mantel's linear-by-linear association, (N - 1) r²:
        ``coin::lbl_test(table)``; the order of the groups then counts too. None when fewer than two levels or groups
        have anybody.

    References
    ----------
    .. [1] Armitage P. Biometrics 1955;11:375-386.
    .. [2] Mantel N. J Am Stat Assoc 1963;58:690-700.
    """
    if min((counts.sum(axis=1) > 0).sum(), (counts.sum(axis=0) > 0).sum()) < 2:
        return None
    n = float(counts.sum())
    rows, columns = (np.arange(size, dtype=np.float64) for size in counts.shape)
    rows -= (counts.sum(axis=1) * rows).sum() / n
    columns -= (counts.sum(axis=0) * columns).sum() / n
    shared = float(rows @ counts @ columns)
    spread = float((counts.sum(axis=1) * rows**2).sum() * (counts.sum(axis=0) * columns**2).sum())
    two = min(counts.shape) == 2
    statistic = (n if two else n - 1) * shared**2 / spread
    name = COCHRAN_ARMITAGE if two else LINEAR_BY_LINEAR
    return Association(test=name, statistic=statistic, df=(1.0,), p_value=float(chdtrc(1.0, statistic)))


def jonckheere_terpstra(groups: Sequence[FloatArray]) -> Association:
    """Test whether a number rises or falls over ordered groups, two-sided, by the normal approximation.

    Parameters
    ----------
    groups : sequence of array
        Values of each group, in the order of the groups; none is empty.

    Returns
    -------
    Association
        Its statistic is J, the number of pairs from two groups in which the later group has the larger value, ties
        counted half. With two groups the same as ``wilcox.test(x ~ g, exact = FALSE, correct = FALSE)``.

    Notes
    -----
    Variance of J under every arrangement of the values, with ties [1]_; no continuity correction.

    References
    ----------
    .. [1] Hollander M, Wolfe DA, Chicken E. Nonparametric Statistical Methods, 3rd ed, 2014; section 6.2.
    """
    statistic = sum(_larger_in_second(a, b) for a, b in itertools.combinations(groups, 2))
    sizes = np.array([len(group) for group in groups], dtype=np.float64)
    n = float(sizes.sum())
    variance = _variance(n, sizes, midranks(groups)[1])
    if variance <= 1e-9:
        return Association(test=JONCKHEERE, statistic=NAN, p_value=NAN, note="the values do not vary")
    distance = abs(statistic - (n * n - float((sizes**2).sum())) / 4)
    return Association(test=JONCKHEERE, statistic=statistic, p_value=2 * float(ndtr(-distance / np.sqrt(variance))))


def _larger_in_second(first: FloatArray, second: FloatArray) -> float:
    ranks, _ = midranks((first, second))
    return float(ranks[len(first) :].sum()) - len(second) * (len(second) + 1) / 2


def _variance(n: float, sizes: FloatArray, ties: FloatArray) -> float:
    def of_one(k: FloatArray) -> float:
        return float((k * (k - 1) * (2 * k + 5)).sum())

    def of_pairs(k: FloatArray) -> float:
        return float((k * (k - 1)).sum())

    def of_three(k: FloatArray) -> float:
        return float((k * (k - 1) * (k - 2)).sum())

    whole = np.array([n])
    found = (of_one(whole) - of_one(sizes) - of_one(ties)) / 72
    found += of_pairs(sizes) * of_pairs(ties) / (8 * of_pairs(whole))
    if n > 2:
        found += of_three(sizes) * of_three(ties) / (36 * of_three(whole))
    return found


def order_words(levels: Sequence[str], groups: Sequence[str]) -> str:
    """In which order a trend was looked for."""
    ordered = [levels] if len(groups) == 2 else [groups] if len(levels) == 2 else [levels, groups]
    return "trend over " + " and over ".join(", ".join(names) for names in ordered) + ", in this order"
