"""Tests between groups: worked by hand, beside scipy, and their edges. R's values are in tests/reference."""

import itertools
from math import comb

import numpy as np
import pytest

from core.patients.association import (
    compare_categories,
    compare_numbers,
    kruskal_wallis,
    one_way_anova,
    pearson_chi_squared,
    skewness,
    student_t,
    welch_anova,
    welch_t,
    wilcoxon_rank_sum,
)


def numbers(*values):
    return np.array(values, dtype=float)


@pytest.fixture
def rng():
    return np.random.default_rng(5)


class TestByHand:
    def test_pearson(self):
        # Expected 5 everywhere, each cell off by 3: 4 x 9 / 5; chi-squared on 1 df is a squared normal.
        from scipy.special import ndtr

        found = pearson_chi_squared(np.array([[8, 2], [2, 8]]))
        assert (found.statistic, found.df) == (pytest.approx(7.2), (1.0,))
        assert found.p_value == pytest.approx(2 * ndtr(-np.sqrt(7.2)), rel=1e-12)

    def test_student_and_welch_with_equal_sizes(self):
        # Means 2 and 5, variances 1 and 1, three values each: t = -3 / sqrt(2/3); Welch has the same df, 4.
        # On 4 df P(T < -t) = 1/2 - u (3 - u^2) / 4 with u = t / sqrt(4 + t^2).
        t = 3 / np.sqrt(2 / 3)
        u = t / np.sqrt(4 + t * t)
        for found in (student_t(numbers(1, 2, 3), numbers(4, 5, 6)), welch_t(numbers(1, 2, 3), numbers(4, 5, 6))):
            assert found.statistic == pytest.approx(-t)
            assert found.df == (pytest.approx(4.0),)
            assert found.p_value == pytest.approx(1 - u * (3 - u * u) / 2, rel=1e-10)

    def test_anova(self):
        # Group means 2, 3, 4; between 2 x 3 on 2 df, within 6 x 1 on 6 df: F = 3; P = (1 + 2 F / 6)^-3 on 2 and 6 df.
        found = one_way_anova([numbers(1, 2, 3), numbers(2, 3, 4), numbers(3, 4, 5)])
        assert (found.statistic, found.df) == (pytest.approx(3.0), (2.0, 6.0))
        assert found.p_value == pytest.approx(2**-3, rel=1e-12)

    def test_rank_sum_of_two_and_three(self):
        # wilcox.test(c(1, 2), c(3, 4, 5)): W = 0, 1 of C(5,2) = 10 ways, both tails.
        found = wilcoxon_rank_sum(numbers(1, 2), numbers(3, 4, 5))
        assert (found.statistic, found.p_value) == (0, pytest.approx(0.2, rel=1e-12))

    def test_kruskal_wallis(self):
        # Ranks 1 2 | 3 4 | 5 6: H = 12 / 42 (9 + 49 + 121) / 2 - 21 = 32 / 7; P on 2 df is exp(-H / 2).
        found = kruskal_wallis([numbers(1, 2), numbers(3, 4), numbers(5, 6)])
        assert (found.statistic, found.df) == (pytest.approx(32 / 7), (2.0,))
        assert found.p_value == pytest.approx(np.exp(-16 / 7), rel=1e-12)

    def test_skewness(self):
        # About the mean 1: -1 -1 -1 3: m2 = 3, m3 = 6.
        assert skewness([numbers(0, 0, 0, 4)]) == pytest.approx(6 / 3**1.5)
        assert skewness([numbers(1, 2, 3), numbers(7, 7)]) == 0
        assert skewness([numbers(7, 7)]) == 0


class TestRankSum:
    @pytest.mark.parametrize(("m", "n"), [(1, 1), (1, 6), (3, 4), (5, 2), (4, 4)])
    def test_exact_p_by_writing_out_every_order(self, m, n):
        all_w = [sum(ranks) - m * (m + 1) // 2 for ranks in itertools.combinations(range(1, m + n + 1), m)]
        for ranks in itertools.combinations(range(1, m + n + 1), m):
            first = numbers(*ranks)
            second = numbers(*(set(range(1, m + n + 1)) - set(ranks)))
            w = first.sum() - m * (m + 1) / 2
            tail = min(sum(x <= w for x in all_w), sum(x >= w for x in all_w)) / comb(m + n, m)
            assert wilcoxon_rank_sum(first, second).p_value == pytest.approx(min(1, 2 * tail), rel=1e-12)

    def test_exact_equals_scipy_at_the_largest_sizes(self, rng):
        from scipy.stats import mannwhitneyu

        a, b = rng.normal(size=49), rng.normal(0.4, size=49)
        assert wilcoxon_rank_sum(a, b).p_value == pytest.approx(mannwhitneyu(a, b, method="exact").pvalue, rel=1e-9)

    def test_exact_only_below_fifty_and_without_ties(self, rng):
        # R: exact = NULL. From 50 values in a group, or with ties, the normal approximation with continuity correction.
        a, b = rng.normal(size=50), rng.normal(size=10)
        assert wilcoxon_rank_sum(a, b).p_value == wilcoxon_rank_sum(a, b, exact=False).p_value
        assert wilcoxon_rank_sum(a[:49], b).p_value == wilcoxon_rank_sum(a[:49], b, exact=True).p_value
        tied = np.round(a[:10])
        assert wilcoxon_rank_sum(tied, b).p_value == wilcoxon_rank_sum(tied, b, exact=False).p_value

    @pytest.mark.parametrize("continuity", [True, False])
    def test_approximation_equals_scipy(self, rng, continuity):
        from scipy.stats import mannwhitneyu

        a, b = np.round(rng.normal(size=40), 1), np.round(rng.normal(0.5, size=60), 1)
        expected = mannwhitneyu(a, b, method="asymptotic", use_continuity=continuity).pvalue
        assert wilcoxon_rank_sum(a, b, continuity=continuity).p_value == pytest.approx(expected, rel=1e-10)

    def test_groups_in_balance_have_p_one(self):
        assert wilcoxon_rank_sum(numbers(1, 1, 2, 2), numbers(1, 1, 2, 2)).p_value == 1

    def test_without_continuity_it_is_kruskal_wallis(self, rng):
        a, b = np.round(rng.normal(size=30), 1), np.round(rng.normal(size=55), 1)
        assert wilcoxon_rank_sum(a, b, exact=False, continuity=False).p_value == pytest.approx(
            kruskal_wallis([a, b]).p_value, rel=1e-10
        )


class TestIdentities:
    def test_anova_of_two_groups_is_student(self, rng):
        a, b = rng.normal(size=12), rng.normal(1, size=30)
        assert one_way_anova([a, b]).statistic == pytest.approx(student_t(a, b).statistic ** 2)
        assert one_way_anova([a, b]).p_value == pytest.approx(student_t(a, b).p_value, rel=1e-10)

    def test_welch_anova_of_two_groups_is_welch(self, rng):
        a, b = rng.normal(size=12), rng.normal(1, 3, size=30)
        assert welch_anova([a, b]).p_value == pytest.approx(welch_t(a, b).p_value, rel=1e-10)

    @pytest.mark.parametrize("test", [welch_t, student_t, wilcoxon_rank_sum])
    def test_swapping_groups_or_units_does_not_matter(self, rng, test):
        a, b = rng.normal(size=12), rng.normal(1, 3, size=60)
        assert test(b, a).p_value == pytest.approx(test(a, b).p_value, rel=1e-10)
        assert test(7 + 100 * a, 7 + 100 * b).p_value == pytest.approx(test(a, b).p_value, rel=1e-9)

    def test_a_far_tail_is_not_lost(self):
        a, b = np.arange(40.0), 200 + np.arange(40.0)
        assert 0 < welch_t(a, b).p_value < 1e-50
        assert 0 < pearson_chi_squared(np.array([[500, 0], [0, 500]])).p_value < 1e-200


class TestChoice:
    def test_categories(self):
        # Expected counts of exactly 5 are enough; one below is not.
        assert compare_categories(np.array([[7, 3], [3, 7]])).test == "Pearson chi-squared"
        assert compare_categories(np.array([[7, 3], [2, 7]])).test == "Fisher exact"

    def test_empty_levels_and_groups_do_not_count(self):
        assert compare_categories(np.array([[7, 3], [0, 0], [3, 7]])).test == "Pearson chi-squared"
        assert compare_categories(np.array([[7, 0, 3], [3, 0, 7]])).df == (1.0,)

    @pytest.mark.parametrize("counts", [[[3, 4]], [[3, 0], [4, 0]], [[0, 0], [0, 0]], np.zeros((0, 2))])
    def test_nothing_to_compare(self, counts):
        assert compare_categories(np.array(counts, dtype=np.int64).reshape(-1, 2)) is None

    def test_a_large_sparse_table_says_how_its_p_was_found(self):
        rng = np.random.default_rng(0)
        counts = rng.multinomial(400, rng.dirichlet(np.ones(60))).reshape(20, 3)
        found = compare_categories(counts)
        assert found.test == "Fisher exact"
        assert "Monte Carlo" in found.note

    def test_numbers(self, rng):
        even, skewed = rng.normal(size=(2, 40)), np.exp(rng.normal(size=(2, 40)))
        assert compare_numbers(list(even)).test == "Welch t-test"
        assert compare_numbers(list(skewed)).test == "Wilcoxon rank-sum"
        assert compare_numbers([even[0], even[1][:9]]).test == "Wilcoxon rank-sum"
        assert compare_numbers([even[0], even[1][:10]]).test == "Welch t-test"
        assert compare_numbers([*even, even[0] + 1]).test == "One-way ANOVA"
        assert compare_numbers([*skewed, skewed[0]]).test == "Kruskal-Wallis"

    def test_a_shift_between_groups_is_not_skewness(self, rng):
        a, b = rng.normal(size=90), rng.normal(20, size=15)
        assert compare_numbers([a, b]).test == "Welch t-test"

    def test_the_rule_can_be_set(self, rng):
        even = list(rng.normal(size=(3, 40)))
        assert compare_numbers(even[:2], number_test="wilcoxon").test == "Wilcoxon rank-sum"
        assert compare_numbers(even, number_test="wilcoxon").test == "Kruskal-Wallis"
        assert compare_numbers([np.exp(x) for x in even], number_test="t").test == "One-way ANOVA"

    def test_empty_groups_are_ignored(self, rng):
        a, b = rng.normal(size=(2, 20))
        assert compare_numbers([a, numbers(), b]).p_value == welch_t(a, b).p_value
        assert compare_numbers([a, numbers()]) is None


class TestEdges:
    @pytest.mark.parametrize(
        ("test", "groups", "note"),
        [
            (welch_t, (numbers(1), numbers(2, 3)), "a group has one value"),
            (welch_t, (numbers(5, 5), numbers(5, 5)), "do not vary"),
            (welch_t, (numbers(5, 5), numbers(6, 6)), "do not vary"),
            (student_t, (numbers(1), numbers(2)), "do not vary"),
            (student_t, (numbers(0.1, 0.1), numbers(0.1, 0.1, 0.1)), "do not vary"),
            (wilcoxon_rank_sum, (numbers(5, 5), numbers(5, 5)), "do not vary"),
        ],
    )
    def test_where_no_p_is_defined(self, test, groups, note):
        found = test(*groups)
        assert np.isnan([found.statistic, found.p_value]).all()
        assert note in found.note

    @pytest.mark.parametrize(
        ("test", "groups", "note"),
        [
            (one_way_anova, [numbers(1), numbers(2)], "do not vary"),
            (one_way_anova, [numbers(1, 1), numbers(2, 2)], "do not vary"),
            (welch_anova, [numbers(1), numbers(2, 3)], "one value"),
            (welch_anova, [numbers(1, 1), numbers(2, 3)], "do not vary"),
            (kruskal_wallis, [numbers(1, 1), numbers(1, 1)], "do not vary"),
        ],
    )
    def test_where_no_p_is_defined_among_groups(self, test, groups, note):
        found = test(groups)
        assert np.isnan([found.statistic, found.p_value]).all()
        assert note in found.note

    def test_anova_takes_a_group_of_one(self):
        # summary(aov(c(1, 2, 3, 7) ~ factor(c(1, 1, 1, 2)))): between 18.75 on 1, within 2 on 2 df.
        found = one_way_anova([numbers(1, 2, 3), numbers(7)])
        assert (found.statistic, found.df) == (pytest.approx(18.75), (1.0, 2.0))
