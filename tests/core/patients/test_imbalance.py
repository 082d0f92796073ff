"""Standardised differences: by hand, the published two-level formula, and what does not change them."""

import numpy as np
import pytest

from core.patients.imbalance import (
    largest_difference,
    largest_difference_of_levels,
    rank_difference,
    standardised_difference,
    standardised_difference_of_levels,
)


def numbers(*values):
    return np.array(values, dtype=float)


class TestNumbers:
    def test_by_hand(self):
        # Means 2 and 5, variances 1 and 9: 3 / sqrt(5).
        assert standardised_difference(numbers(1, 2, 3), numbers(2, 5, 8)) == pytest.approx(3 / np.sqrt(5))

    def test_has_no_sign_and_no_unit(self):
        a, b = numbers(1, 2, 4), numbers(2, 5, 8)
        assert standardised_difference(b, a) == standardised_difference(a, b)
        assert standardised_difference(3 - 10 * a, 3 - 10 * b) == pytest.approx(standardised_difference(a, b))

    @pytest.mark.parametrize(
        ("a", "b", "expected"),
        [
            (numbers(2, 2), numbers(2, 2), 0.0),
            (numbers(2, 2), numbers(3, 3), np.inf),
            (numbers(2), numbers(1, 3), np.nan),
            (numbers(), numbers(1, 3), np.nan),
        ],
    )
    def test_edges(self, a, b, expected):
        np.testing.assert_equal(standardised_difference(a, b), expected)

    def test_the_largest_pair(self):
        groups = [numbers(1, 2, 3), numbers(2, 3, 4), numbers(4, 5, 6), numbers(9)]
        assert largest_difference(groups) == pytest.approx(3.0)
        assert np.isnan(largest_difference([numbers(1, 2)]))


class TestRanks:
    def test_by_hand(self):
        # Ranks 1, 2.5, 5 and 2.5, 4, 6: means 17/6 and 25/6; squares about them 49/6 and 37/6, halved.
        found = rank_difference(numbers(10, 20, 900), numbers(20, 30, 5000))
        assert found == pytest.approx((4 / 3) / np.sqrt((49 / 6 + 37 / 6) / 4))

    def test_against_ranks_counted_one_by_one(self):
        rng = np.random.default_rng(11)
        for _ in range(20):
            a, b = (rng.integers(0, 9, size=n).astype(float) for n in rng.integers(2, 15, size=2))
            both = [*a, *b]
            rank = [sum(other < value for other in both) + (both.count(value) + 1) / 2 for value in both]
            expected = standardised_difference(numbers(*rank[: len(a)]), numbers(*rank[len(a) :]))
            assert rank_difference(a, b) == pytest.approx(expected)

    def test_only_the_order_matters(self):
        a, b = numbers(1, 2, 4, 9), numbers(2, 5, 8)
        assert rank_difference(np.exp(a), np.exp(b)) == pytest.approx(rank_difference(a, b))
        assert rank_difference(b, a) == pytest.approx(rank_difference(a, b))

    @pytest.mark.parametrize(
        ("a", "b", "expected"),
        [
            (numbers(2, 2), numbers(2, 2), 0.0),
            (numbers(2, 2), numbers(3, 3), np.inf),
            (numbers(2), numbers(1, 3), np.nan),
            (numbers(), numbers(), np.nan),
        ],
    )
    def test_edges(self, a, b, expected):
        np.testing.assert_equal(rank_difference(a, b), expected)

    def test_the_largest_pair(self):
        groups = [numbers(1, 2, 3), numbers(2, 3, 4), numbers(4, 5, 600)]
        assert largest_difference(groups, of_ranks=True) == rank_difference(groups[0], groups[2])


class TestLevels:
    @pytest.mark.parametrize(("a", "b"), [((10, 10), (10, 30)), ((22, 6), (45, 21)), ((0, 28), (5, 61))])
    def test_two_levels_have_the_closed_form(self, a, b):
        p, q = a[1] / sum(a), b[1] / sum(b)
        expected = abs(p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2)
        assert standardised_difference_of_levels(np.array(a), np.array(b)) == pytest.approx(expected, rel=1e-12)

    def test_three_levels_by_hand(self):
        # T = (1/2, 1/4, 1/4), C = (1/4, 1/4, 1/2); last two: difference (0, -1/4), S = [[3, -1.5], [-1.5, 3.5]] / 16.
        # S^-1 entry (2, 2) = 16 x 3 / (3 x 3.5 - 2.25) = 48 / 8.25; squared distance = 48 / 8.25 / 16.
        found = standardised_difference_of_levels(np.array([2, 1, 1]), np.array([1, 1, 2]))
        assert found == pytest.approx(np.sqrt(3 / 8.25), rel=1e-12)

    def test_the_order_of_levels_and_empty_levels_do_not_matter(self):
        a, b = np.array([5, 0, 9, 14]), np.array([20, 3, 0, 43])
        expected = standardised_difference_of_levels(a, b)
        order = [2, 3, 0, 1]
        assert standardised_difference_of_levels(a[order], b[order]) == pytest.approx(expected, rel=1e-10)
        assert standardised_difference_of_levels(np.append(a, 0), np.append(b, 0)) == pytest.approx(expected, rel=1e-12)
        assert standardised_difference_of_levels(b, a) == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize(
        ("a", "b", "expected"),
        [
            ((3, 0), (7, 0), 0.0),
            ((3, 3, 3), (7, 7, 7), 0.0),
            ((3, 0, 2), (0, 7, 0), np.inf),
            ((3, 0), (0, 0), np.nan),
        ],
    )
    def test_edges(self, a, b, expected):
        np.testing.assert_allclose(standardised_difference_of_levels(np.array(a), np.array(b)), expected, atol=1e-12)

    def test_the_largest_pair(self):
        counts = np.array([[10, 12, 1], [10, 8, 9]])
        assert largest_difference_of_levels(counts) == standardised_difference_of_levels(counts[:, 1], counts[:, 2])
