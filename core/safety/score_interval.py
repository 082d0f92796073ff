"""Miettinen and Nurminen's interval for a difference of proportions, for many pairs of groups at once.

Belongs here: the restricted maximum likelihood, the score equation and its roots. The public door is ``proportions``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.timetoevent import BoolArray, FloatArray

# The score variance vanishes at the estimate for 0 against 0; no limit lies this close to it below a million patients.
_OFF_ESTIMATE = 1e-7


def miettinen_nurminen(
    x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, *, z: float
) -> tuple[FloatArray, FloatArray]:
    """Limits of the difference x1/n1 - x0/n0; formula and source in ``proportions.difference_interval``.

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
    limits = np.where(np.abs(d_ + side) < 1e-15, -side, _root(score, left, right))
    return limits[: len(d)], limits[len(d) :]


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


def _root(function: Callable[[FloatArray], FloatArray], left: FloatArray, right: FloatArray) -> FloatArray:
    """Roots of a function that is >= 0 at ``left`` and <= 0 at ``right``: Chandrupatla's method on arrays (k,).

    Reference: Chandrupatla TR. Adv Eng Softw 1997;28:145-149.
    """
    a, b = left.copy(), right.copy()
    fa, fb = function(a), function(b)
    t = np.full(len(a), 0.5)
    for _ in range(100):
        x = a + t * (b - a)
        fx = function(x)
        same = np.sign(fx) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = x, fx
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        tolerance = 1e-15 + 4e-16 * np.abs(best)
        width = np.abs(b - a)
        done: BoolArray = (width <= 2 * tolerance) | (np.minimum(np.abs(fa), np.abs(fb)) == 0)
        if done.all():
            break
        t = _next_fraction(a, fa, b, fb, c=c, fc=fc)
        edge = np.divide(tolerance, width, out=np.full(len(a), 0.5), where=width > 0)
        t = np.clip(t, np.minimum(edge, 0.5), np.maximum(1 - edge, 0.5))
    return best


def _next_fraction(
    a: FloatArray, fa: FloatArray, b: FloatArray, fb: FloatArray, *, c: FloatArray, fc: FloatArray
) -> FloatArray:
    """Inverse quadratic step where it is trustworthy, else halving."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        step = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        good = (phi * phi < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(step)
    return np.where(good, step, 0.5)
