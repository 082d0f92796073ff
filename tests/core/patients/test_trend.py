"""Trend tests: by hand, over every arrangement of the patients, and where they are not defined."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.special import ndtri

from core.patients.trend import jonckheere_terpstra, order_words, trend_of_levels


def naive_j(values, codes):
    return sum(
        float(a < b) + 0.5 * float(a == b)
        for a, i in zip(values, codes, strict=True)
        for b, j in zip(values, codes, strict=True)
        if i < j
    )


class TestLevels:
    def test_by_hand(self):
        # 8 patients, scores 0, 1, 2: 3, 1, 0 of the first group and 0, 1, 3 of the second.
        counts = np.array([[3, 0], [1, 1], [0, 3]])
        level = np.array([0, 0, 0, 1, 1, 2, 2, 2])
        group = np.array([0, 0, 0, 0, 1, 1, 1, 1])
        r = np.corrcoef(level, group)[0, 1]
        found = trend_of_levels(counts)
        assert found.test == "Cochran-Armitage trend"
        assert found.statistic == pytest.approx(8 * r**2)
        # Levels are 1 from their mean in 6 patients, groups 1/2 in 8; the products add to 3: r = 3 / sqrt(6 x 2).
        assert found.statistic == pytest.approx(6.0)

    def test_more_levels_and_groups_take_one_patient_less(self):
        rng = np.random.default_rng(4)
        level, group = rng.integers(0, 4, 60), rng.integers(0, 3, 60)
        counts = np.zeros((4, 3), dtype=np.int64)
        np.add.at(counts, (level, group), 1)
        found = trend_of_levels(counts)
        assert found.test == "Linear-by-linear association"
        assert found.statistic == pytest.approx(59 * np.corrcoef(level, group)[0, 1] ** 2)

    def test_an_empty_level_keeps_its_place(self):
        without = np.array([[5, 2], [3, 6]])
        between = np.array([[5, 2], [0, 0], [3, 6]])
        assert trend_of_levels(between).statistic == pytest.approx(trend_of_levels(without).statistic)
        shifted = np.array([[5, 2], [0, 0], [3, 6], [1, 1]])
        assert trend_of_levels(shifted).statistic != pytest.approx(
            trend_of_levels(np.array([[5, 2], [3, 6], [1, 1]])).statistic
        )

    def test_turning_the_order_round_changes_nothing(self):
        counts = np.array([[7, 2, 1], [4, 4, 3], [1, 5, 6]])
        assert trend_of_levels(counts[::-1]).p_value == pytest.approx(trend_of_levels(counts).p_value)
        assert trend_of_levels(counts.T).p_value == pytest.approx(trend_of_levels(counts).p_value)

    @pytest.mark.parametrize("counts", [[[0, 0], [3, 4]], [[3, 0], [4, 0]], [[0, 0], [0, 0]]])
    def test_nothing_to_compare(self, counts):
        assert trend_of_levels(np.array(counts)) is None


class TestNumbers:
    def test_every_arrangement(self):
        # Mean and variance of J over all 7! arrangements, ties included.
        values, codes = np.array([1.0, 2, 2, 3, 5, 5, 5]), [0, 0, 1, 1, 1, 2, 2]
        drawn = [naive_j(order, codes) for order in permutations(values)]
        found = jonckheere_terpstra([values[:2], values[2:5], values[5:]])
        assert found.statistic == naive_j(values, codes)
        z = (found.statistic - np.mean(drawn)) / np.std(drawn)
        assert abs(ndtri(found.p_value / 2)) == pytest.approx(abs(z))

    def test_groups_turned_round(self):
        rng = np.random.default_rng(2)
        groups = [rng.normal(size=n) + shift for n, shift in ((6, 0), (9, 0.5), (4, 1))]
        assert jonckheere_terpstra(groups[::-1]).p_value == pytest.approx(jonckheere_terpstra(groups).p_value)

    def test_values_that_do_not_vary(self):
        found = jonckheere_terpstra([np.ones(4), np.ones(3)])
        assert np.isnan(found.p_value)
        assert found.note == "the values do not vary"

    def test_two_single_values(self):
        # J is 0 or 1 with equal chance: mean 1/2, variance 1/4, z = 1.
        found = jonckheere_terpstra([np.array([1.0]), np.array([2.0])])
        assert abs(ndtri(found.p_value / 2)) == pytest.approx(1.0)


def test_the_order_is_said():
    assert order_words(["G1", "G2", "G3"], ["A", "B"]) == "trend over G1, G2, G3, in this order"
    assert order_words(["No", "Yes"], ["A", "B", "C"]) == "trend over A, B, C, in this order"
    assert order_words(["G1", "G2", "G3"], ["A", "B", "C"]) == "trend over G1, G2, G3 and over A, B, C, in this order"
