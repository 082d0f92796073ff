"""Stratified comparison: by hand, one stratum against Pearson, and strata that tell nothing."""

import math

import numpy as np
import pytest

from core.errors import CohortError
from core.patients.association import pearson_chi_squared
from core.proportions.mantel_haenszel import mantel_haenszel
from core.proportions.odds_ratio import odds_ratio


def test_two_small_strata_by_hand():
    # stratum 1: 3/4 against 1/4; stratum 2: 2/3 against 1/3. E = 2, 1.5; V = 4*4*4*4/(64*7), 3*3*3*3/(36*5)
    counts, sizes = np.array([[1, 3], [1, 2]]), np.array([[4, 4], [3, 3]])
    found = mantel_haenszel(counts, sizes, reference=0)
    excess, variance = (3 - 2) + (2 - 1.5), 256 / 448 + 81 / 180
    assert found.statistic_uncorrected == pytest.approx(excess**2 / variance)
    assert found.statistic == pytest.approx((excess - 0.5) ** 2 / variance)
    assert found.p_value == pytest.approx(math.erfc(math.sqrt(found.statistic / 2)))
    assert (found.df, found.n_strata, found.n_informative) == (1, 2, 2)
    # common odds ratio: (3*3/8 + 2*2/6) / (1*1/8 + 1*1/6)
    assert found.odds_ratio.value == pytest.approx((9 / 8 + 4 / 6) / (1 / 8 + 1 / 6))


@pytest.mark.parametrize("counts", [[10, 17], [3, 40, 8]])
def test_one_stratum_is_pearson_but_for_n_minus_one(counts):
    sizes = np.array([[28, 66] if len(counts) == 2 else [20, 90, 31]])
    counts = np.array([counts])
    found = mantel_haenszel(counts, sizes, reference=0)
    pearson = pearson_chi_squared(np.stack([counts[0], sizes[0] - counts[0]]))
    n = sizes.sum()
    assert found.statistic_uncorrected == pytest.approx(pearson.statistic * (n - 1) / n)
    assert (found.df,) == pearson.df


def test_one_stratum_has_woolfs_odds_ratio():
    # with a single stratum the variance of Robins, Breslow and Greenland is 1/a + 1/b + 1/c + 1/d
    found = mantel_haenszel(np.array([[17, 10]]), np.array([[66, 28]]), reference=0).odds_ratio
    woolf = odds_ratio(10, 28, 17, 66, "woolf")
    assert [found.value, found.conf_low, found.conf_high] == pytest.approx(
        [woolf.value, woolf.conf_low, woolf.conf_high]
    )


def test_strata_that_tell_nothing_change_nothing():
    counts, sizes = np.array([[1, 3], [1, 2]]), np.array([[4, 4], [3, 3]])
    more_counts = np.vstack([counts, [[0, 0], [2, 2], [1, 0]]])
    more_sizes = np.vstack([sizes, [[5, 6], [2, 2], [7, 0]]])
    few, many = mantel_haenszel(counts, sizes, reference=0), mantel_haenszel(more_counts, more_sizes, reference=0)
    assert many.statistic == few.statistic
    assert many.odds_ratio == few.odds_ratio
    assert (many.n_strata, many.n_informative) == (5, 2)
    assert "3 of 5 strata" in many.notes[0]
    assert not few.notes


def test_the_reference_inverts_the_odds_ratio_only():
    counts, sizes = np.array([[1, 3], [1, 2]]), np.array([[4, 4], [3, 3]])
    a, b = (mantel_haenszel(counts, sizes, reference=i) for i in (0, 1))
    assert a.statistic == b.statistic
    assert a.odds_ratio.value == pytest.approx(1 / b.odds_ratio.value)
    assert a.odds_ratio.conf_low == pytest.approx(1 / b.odds_ratio.conf_high)


def test_no_stratum_tells_anything():
    found = mantel_haenszel(np.array([[0, 0]]), np.array([[3, 4]]), reference=0)
    assert np.isnan([found.statistic, found.p_value, found.odds_ratio.value]).all()
    assert found.df == 0


def test_everybody_of_one_group_only():
    found = mantel_haenszel(np.array([[0, 4]]), np.array([[4, 4]]), reference=0)
    assert math.isinf(found.odds_ratio.value)
    assert math.isnan(found.odds_ratio.conf_low)


def test_a_group_in_no_stratum_takes_a_degree_of_freedom():
    counts, sizes = np.array([[1, 3, 0], [1, 2, 0]]), np.array([[4, 4, 0], [3, 3, 0]])
    found = mantel_haenszel(counts, sizes, reference=0)
    two = mantel_haenszel(counts[:, :2], sizes[:, :2], reference=0)
    assert found.df == 1
    assert found.statistic == pytest.approx(two.statistic_uncorrected)


def test_wrong_counts_are_said():
    with pytest.raises(CohortError, match="count <= n"):
        mantel_haenszel(np.array([[5, 1]]), np.array([[4, 4]]), reference=0)
