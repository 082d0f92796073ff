"""Standardised differences: by hand, the published two-level formula, and what does not change them."""

import numpy as np
import pytest

from core.patients.imbalance import (
    largest_difference,
    largest_difference_of_levels,
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
