"""Rates of events per person-time with exact intervals, and the ratio of two.

Belongs here: counts and person-time. Does not belong here: whose time counts until when (``core.safety.exposure``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, gammaincinv

from core.timetoevent import FloatArray


def poisson_limits(
    count: npt.ArrayLike, person_time: npt.ArrayLike, conf_level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Exact limits of a rate, arrays that broadcast; NaN without person-time.

    Notes
    -----
    Gamma quantiles: the rates under which as many events or more, or as few or fewer, have half of ``1 - conf_level``.
    Same as ``poisson.test(count, person_time)$conf.int``.

    References
    ----------
    .. [1] Garwood F. Biometrika 1936;28:437-442.
    """
    x, t = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(person_time, dtype=np.float64))
    tail = (1 - conf_level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x > 0, gammaincinv(np.maximum(x, 1e-300), tail), 0.0) / t
        high = gammaincinv(x + 1, 1 - tail) / t
    return np.where(t > 0, low, np.nan), np.where(t > 0, high, np.nan)


def rate_ratio_limits(
    x1: npt.ArrayLike, t1: float, x0: npt.ArrayLike, t0: float, conf_level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Exact limits of the ratio of two rates, other over reference; infinite above where the reference has no event.

    Notes
    -----
    Given the sum of both counts the other's is binomial; its Clopper-Pearson limits p become p / (1 - p) * t0 / t1.
    Same as ``poisson.test(c(x1, x0), c(t1, t0))$conf.int``. NaN where neither has an event.

    References
    ----------
    .. [1] Przyborowski J, Wilenski H. Biometrika 1940;31:313-323.
    """
    a, c = np.asarray(x1, dtype=np.float64), np.asarray(x0, dtype=np.float64)
    tail = (1 - conf_level) / 2
    low = np.where(a > 0, betaincinv(np.maximum(a, 1e-300), c + 1, tail), 0.0)
    high = np.where(c > 0, betaincinv(a + 1, np.maximum(c, 1e-300), 1 - tail), 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.float64(t0) / np.float64(t1)
        limits = low / (1 - low) * scale, high / (1 - high) * scale
    known = (a + c > 0) & (t1 > 0) & (t0 > 0)
    return np.where(known, limits[0], np.nan), np.where(known, limits[1], np.nan)
