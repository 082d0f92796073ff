"""Roots of many equations at once, bracketed and without derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.timetoevent import BoolArray, FloatArray


def falling_root(function: Callable[[FloatArray], FloatArray], left: FloatArray, right: FloatArray) -> FloatArray:
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
