"""Miettinen and Nurminen's interval for a difference of proportions, for many pairs of groups at once.

Belongs here: the restricted maximum likelihood and the score equation. The public door is ``intervals``.
"""

from __future__ import annotations

import numpy as np

from core.proportions.roots import falling_root
from core.timetoevent import FloatArray

# The score variance vanishes at the estimate for 0 against 0; no limit lies this close to it below a million patients.
_OFF_ESTIMATE = 1e-7


def miettinen_nurminen(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, *, z: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of the difference x1/n1 - x0/n0; formula and source in ``intervals.difference_interval``.

    Parameters
    ----------
    x1, n1, x0, n0 : array, shape (k,)
        Events and patients of both groups; no group is empty.
    z : float
        Normal quantile of the level.

    Returns
    -------
    low, high : array, shape (k,)
    """
    # Both limits are solved together: the score falls from the left end to the right one.
    d = x1 / n1 - x0 / n0
    x1_, n1_, x0_, n0_, d_ = (np.concatenate([value, value]) for value in (x1, n1, x0, n0, d))
    side = np.repeat([1.0, -1.0], len(d))

    def score(delta: FloatArray) -> FloatArray:
        variance = _restricted_variance(x1_, n1_, x0_, n0_, delta=delta)
        result: FloatArray = d_ - delta - side * z * np.sqrt(variance)
        return result

    flat = _restricted_variance(x1_, n1_, x0_, n0_, delta=d_) < 1e-14
    inner = np.clip(d_ - side * np.where(flat, _OFF_ESTIMATE, 0.0), -1.0, 1.0)
    left, right = np.where(side > 0, -1.0, inner), np.where(side > 0, inner, 1.0)
    limits = np.where(np.abs(d_ + side) < 1e-15, -side, falling_root(score, left, right))
    return limits[: len(d)], limits[len(d) :]


def stratified_score_limits(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, *, weights: FloatArray, z: float
) -> tuple[float, float]:
    """Limits of the weighted difference of strata (k,), see ``stratified_difference``; ``weights`` add up to 1."""
    estimate = float(weights @ (x1 / n1 - x0 / n0))
    side = np.array([1.0, -1.0])

    def variance(delta: FloatArray) -> FloatArray:
        found = [_restricted_variance(x1, n1, x0, n0, delta=np.full(len(x1), one)) for one in delta]
        result: FloatArray = np.stack(found) @ weights**2
        return result

    def score(delta: FloatArray) -> FloatArray:
        result: FloatArray = estimate - delta - side * z * np.sqrt(variance(delta))
        return result

    flat = float(variance(np.array([estimate]))[0]) < 1e-14
    inner = np.clip(estimate - side * (_OFF_ESTIMATE if flat else 0.0), -1.0, 1.0)
    left, right = np.where(side > 0, -1.0, inner), np.where(side > 0, inner, 1.0)
    limits = np.where(np.abs(estimate + side) < 1e-15, -side, falling_root(score, left, right))
    return float(limits[0]), float(limits[1])


def _restricted_variance(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, *, delta: FloatArray
) -> FloatArray:
    """Miettinen-Nurminen variance of the difference at ``delta``; the cubic's root in trigonometric form."""
    n = n1 + n0
    b = ((n1 + 2 * n0) * delta - n - (x1 + x0)) / (3 * n)
    c = ((n0 * delta - n - 2 * x0) * delta + x1 + x0) / (3 * n)
    d = x0 * delta * (1 - delta) / n
    q = b**3 - 1.5 * b * c + d / 2
    p = np.copysign(np.sqrt(np.maximum(0.0, b * b - c)), q)
    cube = p**3
    ratio = np.divide(q, cube, out=np.zeros_like(q), where=cube != 0)
    angle = (np.pi + np.arccos(np.clip(ratio, -1, 1))) / 3
    p0 = np.clip(2 * p * np.cos(angle) - b, np.maximum(0.0, -delta), np.minimum(1.0, 1 - delta))
    p1 = np.clip(p0 + delta, 0.0, 1.0)
    variance: FloatArray = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * n / (n - 1)
    return variance
