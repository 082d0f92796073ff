"""Rates with exact intervals: R's values, the tails that define them, zero counts."""

import numpy as np
import pytest
from scipy import stats

from core.proportions.rates import poisson_limits, rate_ratio_limits


@pytest.mark.parametrize(("x", "t"), [(0, 12.5), (7, 130.2), (250, 3.0)])
def test_the_limits_leave_half_of_alpha_in_each_tail(x, t):
    low, high = (float(limit) for limit in poisson_limits(x, t))
    assert stats.poisson.cdf(x, high * t) == pytest.approx(0.025)
    assert low == 0 if x == 0 else stats.poisson.sf(x - 1, low * t) == pytest.approx(0.025)


def test_a_rate_beside_r():
    # poisson.test(0, 12.5)$conf.int, poisson.test(7, 130.2)$conf.int
    low, high = poisson_limits([0, 7], [12.5, 130.2])
    np.testing.assert_allclose(low, [0, 0.0216156916399], rtol=1e-10)
    np.testing.assert_allclose(high, [0.295110356329, 0.110773236265], rtol=1e-10)


@pytest.mark.parametrize(
    ("cells", "limits"),
    [
        # poisson.test(c(7, 3), c(130.2, 88.1))$conf.int, and so on
        ((7, 130.2, 3, 88.1), (0.360437130088, 9.46204005934)),
        ((0, 10, 4, 20), (0, 3.02973371873)),
        ((5, 10, 0, 20), (1.83271171463, np.inf)),
    ],
)
def test_a_ratio_beside_r(cells, limits):
    x1, t1, x0, t0 = cells
    low, high = rate_ratio_limits([x1], t1, [x0], t0)
    np.testing.assert_allclose([low[0], high[0]], limits, rtol=1e-10)


def test_nothing_to_estimate():
    assert np.isnan(rate_ratio_limits([0], 10, [0], 20)).all()
    assert np.isnan(poisson_limits(0, 0)).all()
