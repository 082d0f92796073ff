"""Tests of one variable between groups, for numbers and for categories, and which of them a variable gets.

Belongs here: the tests, each under its name, and the stated rules that choose one. Does not belong here: summaries
(``baseline``), standardised differences (``imbalance``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import chdtrc, fdtrc, ndtr, stdtr

from core.contingency import fisher_exact
from core.timetoevent import FloatArray, IntArray

NumberTest: TypeAlias = Literal["auto", "t", "wilcoxon"]
EXPECTED_AT_LEAST = 5.0
SMALL_GROUP = 10
SKEWED = 1.0
_EXACT_BELOW = 50  # R's wilcox.test: exact below 50 values in each group, without ties
NAN = float("nan")
RANK_TESTS = ("Wilcoxon rank-sum", "Kruskal-Wallis")
CATEGORY_RULE = (
    "Categories: Pearson's chi-squared test without continuity correction; Fisher's exact test where an expected count "
    "is below 5."
)
NUMBER_RULES: dict[str, str] = {
    "auto": "Numbers: Welch's t-test (more than two groups: one-way ANOVA); Wilcoxon's rank-sum test (Kruskal-Wallis) "
    "where a group has fewer than 10 values or the skewness about the group means is beyond ±1.",
    "t": "Numbers: Welch's t-test (more than two groups: one-way ANOVA).",
    "wilcoxon": "Numbers: Wilcoxon's rank-sum test (more than two groups: Kruskal-Wallis).",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A test with its name.

    Attributes
    ----------
    test : str
        As a table names it.
    statistic, p_value : float
        NaN where the test is not defined; Fisher's has no statistic.
    df : tuple of float
        Degrees of freedom; empty for tests without.
    note : str
        Why there is no p-value, or how it was approximated.
    """

    test: str
    statistic: float
    p_value: float
    df: tuple[float, ...] = ()
    note: str = ""


def expected_counts(counts: IntArray) -> FloatArray:
    """Counts expected under independence, shape of ``counts`` (r, c); the table is not empty."""
    expected: FloatArray = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return expected


def pearson_chi_squared(counts: IntArray) -> Association:
    """Pearson's chi-squared test without continuity correction: ``chisq.test(counts, correct = FALSE)``.

    Empty rows and columns are ignored.
    """
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    expected = expected_counts(counts)
    statistic = float(((counts - expected) ** 2 / expected).sum())
    df = float((counts.shape[0] - 1) * (counts.shape[1] - 1))
    p_value = float(chdtrc(df, statistic)) if df else NAN
    return Association(test="Pearson chi-squared", statistic=statistic, df=(df,), p_value=p_value)


def compare_categories(counts: IntArray) -> Association | None:
    """Test a table of levels by groups (r, g); None when fewer than two levels or groups have anybody.

    Pearson's chi-squared where every expected count is at least 5, else Fisher's exact test.
    """
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return None
    if expected_counts(counts).min() >= EXPECTED_AT_LEAST:
        return pearson_chi_squared(counts)
    fisher = fisher_exact(counts)
    return Association(test="Fisher exact", statistic=NAN, p_value=fisher.p_value, note=fisher.note)


def compare_numbers(groups: Sequence[FloatArray], *, number_test: NumberTest = "auto") -> Association | None:
    """Test numbers between groups; groups without values are ignored, None when fewer than two are left.

    ``auto`` takes the rank test where a group has fewer than 10 values or the skewness of the values about their group
    means is beyond 1 in size, else the t-test or ANOVA.
    """
    groups = [group for group in groups if len(group)]
    if len(groups) < 2:
        return None
    by_rank = number_test == "wilcoxon" or (number_test == "auto" and _needs_ranks(groups))
    if len(groups) == 2:
        found = wilcoxon_rank_sum(groups[0], groups[1]) if by_rank else welch_t(groups[0], groups[1])
    else:
        found = kruskal_wallis(groups) if by_rank else one_way_anova(groups)
    return found


def _needs_ranks(groups: Sequence[FloatArray]) -> bool:
    return min(len(group) for group in groups) < SMALL_GROUP or abs(skewness(groups)) > SKEWED


def skewness(groups: Sequence[FloatArray]) -> float:
    """Third standardised moment of all values about their own group's mean; 0 when nothing varies."""
    residual = np.concatenate([group - group.mean() for group in groups])
    variance = float(np.mean(residual**2))
    return float(np.mean(residual**3)) / variance**1.5 if variance > 0 else 0.0


def _undefined(test: str, note: str) -> Association:
    return Association(test=test, statistic=NAN, p_value=NAN, note=note)


def _spread(groups: Sequence[FloatArray]) -> bool:
    """Whether anything varies within a group, beyond rounding; R calls such data essentially constant."""
    size = max(float(np.abs(group).max()) for group in groups)
    return any(float(np.ptp(group)) > 1e-14 * size for group in groups)


def welch_t(first: FloatArray, second: FloatArray) -> Association:
    """Welch's t-test: ``t.test(first, second)``; the statistic is positive where ``first`` is larger."""
    name = "Welch t-test"
    if min(len(first), len(second)) < 2:
        return _undefined(name, "a group has one value")
    if not _spread((first, second)):
        return _undefined(name, "the values do not vary")
    a, b = first.var(ddof=1) / len(first), second.var(ddof=1) / len(second)
    statistic = float((first.mean() - second.mean()) / np.sqrt(a + b))
    df = float((a + b) ** 2 / (a * a / (len(first) - 1) + b * b / (len(second) - 1)))
    return Association(test=name, statistic=statistic, df=(df,), p_value=2 * float(stdtr(df, -abs(statistic))))


def student_t(first: FloatArray, second: FloatArray) -> Association:
    """Student's t-test with one variance: ``t.test(first, second, var.equal = TRUE)``."""
    name = "Student t-test"
    df = float(len(first) + len(second) - 2)
    if df < 1 or not _spread((first, second)):
        return _undefined(name, "the values do not vary")
    within = ((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum()
    se = np.sqrt(within / df * (1 / len(first) + 1 / len(second)))
    statistic = float((first.mean() - second.mean()) / se)
    return Association(test=name, statistic=statistic, df=(df,), p_value=2 * float(stdtr(df, -abs(statistic))))


def one_way_anova(groups: Sequence[FloatArray]) -> Association:
    """One-way analysis of variance: ``summary(aov(x ~ group))``."""
    name = "One-way ANOVA"
    sizes, means = _sizes_and_means(groups)
    df1, df2 = float(len(groups) - 1), float(sizes.sum() - len(groups))
    if df2 < 1 or not _spread(groups):
        return _undefined(name, "the values do not vary")
    grand = (sizes * means).sum() / sizes.sum()
    between = (sizes * (means - grand) ** 2).sum()
    within = sum(float(((group - mean) ** 2).sum()) for group, mean in zip(groups, means, strict=True))
    statistic = float(between / df1 / (within / df2))
    return Association(test=name, statistic=statistic, df=(df1, df2), p_value=float(fdtrc(df1, df2, statistic)))


def welch_anova(groups: Sequence[FloatArray]) -> Association:
    """One-way analysis of variance without assuming one variance: ``oneway.test(x ~ group)``."""
    name = "Welch ANOVA"
    sizes, means = _sizes_and_means(groups)
    if sizes.min() < 2:
        return _undefined(name, "a group has one value")
    variances = np.array([group.var(ddof=1) for group in groups])
    if variances.min() <= 0:
        return _undefined(name, "the values of a group do not vary")
    weight = sizes / variances
    share = weight / weight.sum()
    k = len(groups)
    imbalance = float(((1 - share) ** 2 / (sizes - 1)).sum()) / (k * k - 1)
    centre = (share * means).sum()
    statistic = float((weight * (means - centre) ** 2).sum() / (k - 1) / (1 + 2 * (k - 2) * imbalance))
    df = (float(k - 1), 1 / (3 * imbalance))
    return Association(test=name, statistic=statistic, df=df, p_value=float(fdtrc(*df, statistic)))


def _sizes_and_means(groups: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    sizes = np.array([len(group) for group in groups], dtype=np.float64)
    return sizes, np.array([group.mean() for group in groups])


def midranks(groups: Sequence[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Ranks of all values together, ties shared, in the order of the groups; and how many values tie at each."""
    _, place, ties = np.unique(np.concatenate(groups), return_inverse=True, return_counts=True)
    ranks: FloatArray = (np.cumsum(ties) - (ties - 1) / 2)[place]
    return ranks, ties.astype(np.float64)


def wilcoxon_rank_sum(
    first: FloatArray, second: FloatArray, *, exact: bool | None = None, continuity: bool = True
) -> Association:
    """Wilcoxon's rank-sum (Mann-Whitney) test: ``wilcox.test(first, second)``.

    Parameters
    ----------
    first, second : array, shape (m,), (n,)
    exact : bool, optional
        As in R, by default where both groups have fewer than 50 values and nothing ties.
    continuity : bool
        R's ``correct``, for the normal approximation.
    """
    name = RANK_TESTS[0]
    m, n = len(first), len(second)
    ranks, ties = midranks((first, second))
    statistic = float(ranks[:m].sum()) - m * (m + 1) / 2
    tied = bool((ties > 1).any())
    if exact is None:
        exact = max(m, n) < _EXACT_BELOW and not tied
    if exact and not tied:
        tail = _rank_sum_distribution(min(m, n), max(m, n))[: int(min(statistic, m * n - statistic)) + 1].sum()
        return Association(test=name, statistic=statistic, p_value=min(1.0, 2 * float(tail)))
    size = m + n
    variance = m * n / 12 * (size + 1 - float((ties**3 - ties).sum()) / (size * (size - 1)))
    if variance <= 0:
        return _undefined(name, "the values do not vary")
    distance = max(0.0, abs(statistic - m * n / 2) - (0.5 if continuity else 0.0))
    return Association(test=name, statistic=statistic, p_value=2 * float(ndtr(-distance / np.sqrt(variance))))


@lru_cache(maxsize=64)
def _rank_sum_distribution(m: int, n: int) -> FloatArray:
    """Null probabilities of W = 0 ... m n without ties, m <= n, by adding one rank at a time."""
    lowest = m * (m + 1) // 2
    ways = np.zeros((m + 1, lowest + m * n + 1))
    ways[0, 0] = 1.0
    for rank in range(1, m + n + 1):
        ways[1:, rank:] += ways[:-1, :-rank].copy()
    probabilities: FloatArray = ways[m, lowest:] / ways[m, lowest:].sum()
    return probabilities


def kruskal_wallis(groups: Sequence[FloatArray]) -> Association:
    """Kruskal-Wallis rank test, corrected for ties: ``kruskal.test(x ~ group)``."""
    name = RANK_TESTS[1]
    ranks, ties = midranks(groups)
    size = len(ranks)
    ends = np.cumsum([len(group) for group in groups])
    sums = np.array([part.sum() for part in np.split(ranks, ends[:-1])])
    spread = 1 - float((ties**3 - ties).sum()) / (size**3 - size)
    if spread <= 0:
        return _undefined(name, "the values do not vary")
    lengths = np.diff(ends, prepend=0)
    statistic = float((12 * (sums**2 / lengths).sum() / (size * (size + 1)) - 3 * (size + 1)) / spread)
    df = float(len(groups) - 1)
    return Association(test=name, statistic=statistic, df=(df,), p_value=float(chdtrc(df, max(statistic, 0.0))))
