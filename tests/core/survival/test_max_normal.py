"""The tail of the largest of correlated normals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from core.survival.max_normal import tail_of_largest


def correlation_of(vectors):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit @ unit.T


@pytest.mark.parametrize("m", [0.0, 0.3, 1.96, 8.0, 30.0])
@pytest.mark.parametrize("q", [1, 2, 3])
def test_independent_normals_by_hand(q, m):
    alone = 2 * ndtr(-m)
    expected = -np.expm1(q * np.log1p(-alone)) if m else 1.0

    assert tail_of_largest(m, np.eye(q)) == pytest.approx(expected, rel=1e-9)


def test_the_same_normal_twice_is_one():
    rho = np.array([[1, 1, -1], [1, 1, -1], [-1, -1, 1]], dtype=float)
    assert tail_of_largest(1.5, rho) == pytest.approx(2 * ndtr(-1.5), rel=1e-12)


@pytest.mark.parametrize("angle", [0.05, 0.3, 1.2, 2.9])
def test_two_normals_against_an_integral_over_one(angle):
    from scipy.integrate import quad

    rho, m = np.cos(angle), 1.4
    rest = np.sqrt(1 - rho**2)

    def inside(x):
        return (ndtr((m - rho * x) / rest) - ndtr((-m - rho * x) / rest)) * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)

    expected = 1 - quad(inside, -m, m, epsabs=1e-13)[0]
    assert tail_of_largest(m, np.array([[1, rho], [rho, 1]])) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("q", [3, 4, 5])
@pytest.mark.parametrize("m", [0.5, 2.0, 3.0])
def test_against_drawn_points(q, m):
    rng = np.random.default_rng(q)
    vectors = rng.normal(size=(q, 3))
    points = rng.normal(size=(400_000, 3)) @ (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).T
    share = (np.abs(points).max(axis=1) >= m).mean()

    known = tail_of_largest(m, correlation_of(vectors))
    assert known == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 400_000))


def test_against_the_multivariate_normal_of_scipy():
    from scipy.stats import multivariate_normal

    rho = correlation_of(np.random.default_rng(1).normal(size=(3, 3)))
    box = multivariate_normal.cdf([1.7] * 3, lower_limit=[-1.7] * 3, cov=rho, abseps=1e-8, maxpts=10**6)
    assert tail_of_largest(1.7, rho) == pytest.approx(1 - box, abs=1e-6)


def test_bounds():
    rng = np.random.default_rng(2)
    for _ in range(20):
        m, rho = rng.uniform(0, 6), correlation_of(rng.normal(size=(4, 3)))
        found = tail_of_largest(m, rho)
        alone = 2 * ndtr(-m)
        assert alone * (1 - 1e-9) <= found <= min(1, 4 * alone) * (1 + 1e-9)


def test_four_dimensions_are_refused():
    with pytest.raises(ValueError, match="rank above 3"):
        tail_of_largest(1.0, np.eye(4))
