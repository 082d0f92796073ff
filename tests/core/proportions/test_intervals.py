"""Intervals for proportions and differences: closed forms, published examples, the likelihood maximised by search."""

from math import sqrt

import numpy as np
import pytest
from scipy.special import bdtr, ndtri, xlogy

from core.errors import CohortError
from core.proportions.intervals import (
    difference_interval,
    difference_limits,
    fisher_exact_p,
    proportion_interval,
    proportion_limits,
)

ONE = ("clopper-pearson", "wilson", "jeffreys", "agresti-coull", "wald")
TWO = ("miettinen-nurminen", "newcombe", "wald")
Z = float(ndtri(0.975))


def limits(interval):
    return interval.conf_low, interval.conf_high


class TestOneProportion:
    @pytest.mark.parametrize("n", [1, 5, 10, 28])
    def test_clopper_pearson_of_nobody_and_everybody_in_closed_form(self, n):
        edge = 1 - 0.025 ** (1 / n)
        assert limits(proportion_interval(0, n)) == pytest.approx((0, edge), rel=1e-12)
        assert limits(proportion_interval(n, n)) == pytest.approx((1 - edge, 1), rel=1e-12)

    @pytest.mark.parametrize(("x", "n", "level"), [(3, 10, 0.95), (27, 28, 0.95), (60, 66, 0.9), (1, 2, 0.99)])
    def test_clopper_pearson_limits_have_the_tails_they_should(self, x, n, level):
        found = proportion_interval(x, n, "clopper-pearson", level)
        assert 1 - bdtr(x - 1, n, found.conf_low) == pytest.approx((1 - level) / 2, rel=1e-9)
        assert bdtr(x, n, found.conf_high) == pytest.approx((1 - level) / 2, rel=1e-9)

    def test_wilson_limits_solve_the_score_equation(self):
        for limit in limits(proportion_interval(7, 28, "wilson")):
            assert abs(7 / 28 - limit) == pytest.approx(Z * sqrt(limit * (1 - limit) / 28), rel=1e-12)

    def test_wilson_published_example(self):
        # Newcombe 1998 (Stat Med 17:857), 15 of 148: Wilson .0624 .1605; Clopper-Pearson .0578 .1617; Wald .0527 .1500.
        found = [np.round(limits(proportion_interval(15, 148, m)), 4) for m in ("wilson", "clopper-pearson", "wald")]
        np.testing.assert_array_equal(found, [[0.0624, 0.1605], [0.0578, 0.1617], [0.0527, 0.1500]])

    @pytest.mark.parametrize("method", ["clopper-pearson", "wilson", "jeffreys"])
    @pytest.mark.parametrize("n", [1, 7, 66])
    def test_nobody_starts_at_zero_and_everybody_ends_at_one(self, method, n):
        assert proportion_interval(0, n, method).conf_low == 0
        assert proportion_interval(n, n, method).conf_high == 1

    @pytest.mark.parametrize("method", ONE)
    def test_counting_the_others_mirrors_the_interval(self, method):
        x = np.arange(29)
        low, high = proportion_limits(x, 28, method=method)
        mirrored_low, mirrored_high = proportion_limits(28 - x, 28, method=method)
        np.testing.assert_allclose(low, 1 - mirrored_high, atol=1e-12)
        np.testing.assert_allclose(high, 1 - mirrored_low, atol=1e-12)

    @pytest.mark.parametrize("method", ONE)
    def test_the_interval_holds_the_estimate_and_widens_with_the_level(self, method):
        x = np.arange(1, 28)
        low, high = proportion_limits(x, 28, method=method)
        wide_low, wide_high = proportion_limits(x, 28, method=method, conf_level=0.99)
        assert ((low < x / 28) & (x / 28 < high)).all()
        assert ((wide_low < low) & (high < wide_high)).all()

    @pytest.mark.parametrize("method", ONE)
    def test_without_patients_it_is_not_defined(self, method):
        found = proportion_interval(0, 0, method)
        assert np.isnan([found.value, found.conf_low, found.conf_high]).all()

    @pytest.mark.parametrize(("x", "n"), [(-1, 5), (6, 5), (1, 0)])
    def test_refuses_impossible_counts(self, x, n):
        with pytest.raises(CohortError, match="0 <= count <= n"):
            proportion_interval(x, n)

    def test_refuses_an_unknown_method(self):
        with pytest.raises(CohortError, match="Unknown interval 'exact'"):
            proportion_interval(1, 2, "exact")


def by_search(x1, n1, x0, n0):
    """Miettinen-Nurminen limits the long way: the likelihood maximised by ternary search, the limits by bisection."""
    d = x1 / n1 - x0 / n0

    def variance(delta):
        low, high = max(0.0, -delta), min(1.0, 1 - delta)

        def log_likelihood(p):
            p1 = min(1.0, max(0.0, p + delta))
            return xlogy(x1, p1) + xlogy(n1 - x1, 1 - p1) + xlogy(x0, p) + xlogy(n0 - x0, 1 - p)

        for _ in range(90):
            a, b = low + (high - low) / 3, high - (high - low) / 3
            low, high = (a, high) if log_likelihood(a) < log_likelihood(b) else (low, b)
        p0 = (low + high) / 2
        p1 = min(1.0, max(0.0, p0 + delta))
        return (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * (n1 + n0) / (n1 + n0 - 1)

    def bisect(inside, outside):
        for _ in range(45):
            middle = (inside + outside) / 2
            if (d - middle) ** 2 <= Z * Z * variance(middle):
                inside = middle
            else:
                outside = middle
        return (inside + outside) / 2

    # From just off the estimate, where the variance of 0 against 0 is not yet nothing.
    return (-1.0 if d <= -1 else bisect(d - 1e-7, -1.0)), (1.0 if d >= 1 else bisect(d + 1e-7, 1.0))


class TestDifference:
    @pytest.mark.parametrize(
        ("counts", "method", "low", "high"),
        [
            # Newcombe 1998 (Stat Med 17:873), table II: 56/70 - 48/80, 9/10 - 3/10.
            ((56, 70, 48, 80), "miettinen-nurminen", 0.0528, 0.3382),
            ((56, 70, 48, 80), "newcombe", 0.0524, 0.3339),
            ((56, 70, 48, 80), "wald", 0.0575, 0.3425),
            ((9, 10, 3, 10), "miettinen-nurminen", 0.1700, 0.8406),
            ((9, 10, 3, 10), "newcombe", 0.1705, 0.8090),
            ((9, 10, 3, 10), "wald", 0.2605, 0.9395),
        ],
    )
    def test_published_examples(self, counts, method, low, high):
        assert np.round(limits(difference_interval(*counts, method)), 4).tolist() == [low, high]

    @pytest.mark.parametrize(("n1", "n0"), [(20, 20), (28, 66), (1, 1), (3, 500)])
    def test_nobody_against_nobody_in_closed_form(self, n1, n0):
        # For delta > 0 the likelihood puts p1 = delta, p0 = 0: delta^2 = z^2 delta (1 - delta) / n1 x N / (N - 1).
        k = Z * Z * (n1 + n0) / (n1 + n0 - 1)
        expected = (-k / (n0 + k), k / (n1 + k))
        assert limits(difference_interval(0, n1, 0, n0)) == pytest.approx(expected, rel=1e-9)
        assert limits(difference_interval(n1, n1, n0, n0)) == pytest.approx((-expected[1], -expected[0]), rel=1e-9)

    def test_all_against_none_ends_at_one(self):
        found = difference_interval(20, 20, 0, 20)
        assert (found.estimate, found.conf_high) == (1, 1)
        k = Z * Z * 40 / 39
        # p1 = 1 - e/2, p0 = e/2 at delta = 1 - e, by symmetry: e^2 = k (e / 2)(1 - e / 2) / 10.
        assert 1 - found.conf_low == pytest.approx((k / 20) / (1 + k / 40), rel=1e-9)
        assert limits(difference_interval(0, 20, 20, 20)) == pytest.approx((-1, -found.conf_low), rel=1e-12)

    @pytest.mark.parametrize("seed", range(25))
    def test_equals_the_long_way(self, seed):
        rng = np.random.default_rng(seed)
        n1, n0 = (int(n) for n in rng.integers(2, 70, 2))
        x1 = int(rng.choice([0, n1, rng.integers(0, n1 + 1)]))
        x0 = int(rng.choice([0, n0, rng.integers(0, n0 + 1)]))
        found = difference_interval(x1, n1, x0, n0)
        assert limits(found) == pytest.approx(by_search(x1, n1, x0, n0), abs=2e-7)

    @pytest.mark.parametrize("method", TWO)
    def test_swapping_the_groups_turns_the_sign(self, method):
        rng = np.random.default_rng(1)
        x1, x0 = rng.integers(0, 29, 40), rng.integers(0, 67, 40)
        low, high = difference_limits(x1, 28, x0, 66, method=method)
        swapped_low, swapped_high = difference_limits(x0, 66, x1, 28, method=method)
        np.testing.assert_allclose(low, -swapped_high, atol=1e-7)
        np.testing.assert_allclose(high, -swapped_low, atol=1e-7)

    @pytest.mark.parametrize("method", ["miettinen-nurminen", "newcombe"])
    def test_stays_within_its_range_and_holds_the_estimate(self, method):
        x1, x0 = (part.ravel() for part in np.meshgrid(np.arange(8), np.arange(6)))
        low, high = difference_limits(x1, 7, x0, 5, method=method)
        estimate = x1 / 7 - x0 / 5
        assert ((low >= -1) & (low <= estimate) & (estimate <= high) & (high <= 1)).all()
        assert (low < high).all()

    @pytest.mark.parametrize("method", TWO)
    def test_many_at_once_equal_one_by_one(self, method):
        low, high = difference_limits([0, 5, 28], 28, [0, 60, 1], 66, method=method)
        one = [limits(difference_interval(x1, 28, x0, 66, method)) for x1, x0 in ((0, 0), (5, 60), (28, 1))]
        np.testing.assert_allclose(np.stack([low, high], axis=1), one, atol=1e-12)

    def test_a_large_trial(self):
        # With 50,000 patients in each group every method gives Wald's interval.
        found = [limits(difference_interval(20_000, 50_000, 19_000, 50_000, method)) for method in TWO]
        np.testing.assert_allclose(found, [found[2]] * 3, atol=1e-5)

    @pytest.mark.parametrize("method", TWO)
    def test_a_group_without_patients(self, method):
        found = difference_interval(0, 0, 3, 10, method)
        assert np.isnan([found.estimate, found.conf_low, found.conf_high]).all()

    def test_refuses_impossible_counts_and_unknown_methods(self):
        with pytest.raises(CohortError, match="0 <= count <= n"):
            difference_interval(11, 10, 3, 10)
        with pytest.raises(CohortError, match="Unknown interval of a difference 'score'"):
            difference_interval(1, 10, 3, 10, "score")


def test_fisher_is_here_too():
    assert fisher_exact_p([[3, 1], [1, 3]]) == pytest.approx(34 / 70)
