"""Rubin's rules by hand, and at their edges."""

import numpy as np
import pytest
from scipy import stats

from core.regression.pooling import pool, pooled_test


def test_three_tables_by_hand():
    found = pool(np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [0.7], [0.6]]), complete_df=20)
    # mean 2, within 0.6, between 1, total 0.6 + 4/3
    total = 0.6 + 4 / 3
    share = (4 / 3) / total
    old, observed = 2 / share**2, 21 / 23 * 20 * (1 - share)
    df = old * observed / (old + observed)
    assert found.estimate[0] == 2
    assert found.std_error[0] == pytest.approx(total**0.5)
    assert found.df[0] == pytest.approx(df)
    assert found.increase[0] == pytest.approx((4 / 3) / 0.6)
    assert found.p_value[0] == pytest.approx(2 * stats.t.sf(2 / total**0.5, df))
    assert found.conf_high[0] == pytest.approx(2 + stats.t.ppf(0.975, df) * total**0.5)


def test_tables_that_agree_are_one_table():
    found = pool(np.full((5, 2), 0.3), np.full((5, 2), 0.04))
    assert found.std_error == pytest.approx(0.2)
    assert found.between == pytest.approx(0)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(1.5), rel=1e-6)


def test_more_tables_do_not_change_a_mean():
    rng = np.random.default_rng(1)
    estimates, variances = rng.normal(size=(4, 3)), rng.uniform(0.1, 0.2, (4, 3))
    twice = pool(np.vstack([estimates] * 2), np.vstack([variances] * 2))
    assert twice.estimate == pytest.approx(pool(estimates, variances).estimate)
    assert (twice.std_error < pool(estimates, variances).std_error).all()


def test_one_coefficient_is_tested_as_its_t():
    rng = np.random.default_rng(2)
    estimates, variances = rng.normal(1, 0.3, (6, 1)), rng.uniform(0.1, 0.2, (6, 1))
    statistic, _, _ = pooled_test(estimates, variances[:, :, None])
    assert statistic == pytest.approx(pool(estimates, variances).statistic[0] ** 2)


def test_several_coefficients_with_loops():
    rng = np.random.default_rng(3)
    estimates = rng.normal(0.5, 0.2, (4, 2))
    covariances = np.stack([np.array([[0.2, 0.05], [0.05, 0.3]]) * scale for scale in (0.9, 1, 1.1, 1.2)])
    within = sum(covariances) / 4
    middle = sum(estimates) / 4
    between = sum(np.outer(row - middle, row - middle) for row in estimates) / 3
    r = (1 + 1 / 4) * np.trace(between @ np.linalg.inv(within)) / 2
    expected = middle @ np.linalg.inv(within) @ middle / (2 * (1 + r))
    statistic, df, p = pooled_test(estimates, covariances)
    assert statistic == pytest.approx(expected)
    assert p == pytest.approx(stats.f.sf(expected, 2, df))


def test_a_coefficient_without_a_value_has_no_pooled_one():
    found = pool(np.array([[1.0, np.nan], [2.0, np.nan]]), np.array([[1.0, np.nan], [1.0, np.nan]]))
    assert np.isfinite(found.estimate[0])
    assert np.isnan(found.p_value[1])
    assert np.isnan(pooled_test(np.full((2, 1), np.nan), np.full((2, 1, 1), np.nan))[0])
    assert np.isnan(pooled_test(np.empty((3, 0)), np.empty((3, 0, 0)))[0])
