"""Intervals for one proportion and for the difference of two.

Belongs here: the methods, by their usual names, for arrays as well as single counts. Does not belong here: counting
patients (``core.safety``, ``core.patients``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

from core.contingency import fisher_exact_2x2, fisher_exact_p
from core.errors import CohortError
from core.proportions.score_interval import miettinen_nurminen
from core.spec import DifferenceMethod, IntervalMethod
from core.timetoevent import FloatArray

__all__ = [
    "DifferenceInterval",
    "ProportionInterval",
    "difference_interval",
    "difference_limits",
    "fisher_exact_2x2",
    "fisher_exact_p",
    "proportion_interval",
    "proportion_limits",
]

_Limits: TypeAlias = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProportionInterval:
    """A proportion with its interval, as fractions; NaN without patients."""

    value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceInterval:
    """A difference of proportions with its interval, as fractions; NaN where a group has no patients."""

    estimate: float
    conf_low: float
    conf_high: float


def proportion_interval(
    count: int, n: int, method: IntervalMethod = "clopper-pearson", conf_level: float = 0.95
) -> ProportionInterval:
    """One proportion with its confidence interval.

    Parameters
    ----------
    count, n : int
        Patients with the event, and all patients.
    method : {'clopper-pearson', 'wilson', 'jeffreys', 'agresti-coull', 'wald'}
    conf_level : float
        Two-sided level.

    Raises
    ------
    CohortError
        If ``count`` is not between 0 and ``n``, or the method is not known.

    Notes
    -----
    Clopper-Pearson is ``binom.test``, Wilson ``prop.test(correct = FALSE)``. Jeffreys ends at 0 or 1 where no or all
    patients have the event. Wald and Agresti-Coull may reach below 0 or above 1, as in ``binom::binom.confint``: they
    are given for comparison.
    """
    low, high = proportion_limits(count, n, method=method, conf_level=conf_level)
    value = count / n if n else float("nan")
    return ProportionInterval(value=value, conf_low=float(low), conf_high=float(high))


def proportion_limits(
    count: npt.ArrayLike, n: npt.ArrayLike, *, method: IntervalMethod, conf_level: float = 0.95
) -> _Limits:
    """Limits of ``proportion_interval`` for arrays that broadcast against each other."""
    x, size = _counts(count, n)
    if method not in _ONE:
        raise CohortError(f"Unknown interval '{method}'.", hint=f"Known: {', '.join(_ONE)}.")
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = _ONE[method](x, size, conf_level)
    nobody = size == 0
    return np.where(nobody, np.nan, low), np.where(nobody, np.nan, high)


def _counts(count: npt.ArrayLike, n: npt.ArrayLike) -> _Limits:
    """Counts and group sizes as floats, checked."""
    x, size = np.broadcast_arrays(np.asarray(count, dtype=np.float64), np.asarray(n, dtype=np.float64))
    if not ((x >= 0) & (x <= size)).all():
        raise CohortError("A proportion needs 0 <= count <= n.")
    return x, size


def _z(conf_level: float) -> float:
    return float(ndtri((1 + conf_level) / 2))


def _clopper_pearson(x: FloatArray, n: FloatArray, conf_level: float) -> _Limits:
    tail = (1 - conf_level) / 2
    low = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1), n - x + 1, tail))
    high = np.where(x == n, 1.0, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail))
    return low, high


def _wilson(x: FloatArray, n: FloatArray, conf_level: float) -> _Limits:
    z = _z(conf_level)
    p = x / n
    middle = p + z * z / (2 * n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    shrink = 1 + z * z / n
    low, high = (middle - half) / shrink, (middle + half) / shrink
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _jeffreys(x: FloatArray, n: FloatArray, conf_level: float) -> _Limits:
    tail = (1 - conf_level) / 2
    low = np.where(x == 0, 0.0, betaincinv(x + 0.5, n - x + 0.5, tail))
    high = np.where(x == n, 1.0, betaincinv(x + 0.5, n - x + 0.5, 1 - tail))
    return low, high


def _agresti_coull(x: FloatArray, n: FloatArray, conf_level: float) -> _Limits:
    z = _z(conf_level)
    size = n + z * z
    p = (x + z * z / 2) / size
    half = z * np.sqrt(p * (1 - p) / size)
    return p - half, p + half


def _wald(x: FloatArray, n: FloatArray, conf_level: float) -> _Limits:
    p = x / n
    half = _z(conf_level) * np.sqrt(p * (1 - p) / n)
    return p - half, p + half


_ONE: dict[str, Callable[[FloatArray, FloatArray, float], _Limits]] = {
    "clopper-pearson": _clopper_pearson,
    "wilson": _wilson,
    "jeffreys": _jeffreys,
    "agresti-coull": _agresti_coull,
    "wald": _wald,
}


def difference_interval(
    x1: int,
    n1: int,
    x0: int,
    n0: int,
    method: DifferenceMethod = "miettinen-nurminen",
    conf_level: float = 0.95,
) -> DifferenceInterval:
    r"""Difference of two proportions, x1/n1 - x0/n0, with its confidence interval.

    Parameters
    ----------
    x1, n1 : int
        Patients with the event, and all patients, of the other group.
    x0, n0 : int
        The same of the reference group.
    method : {'miettinen-nurminen', 'newcombe', 'wald'}
    conf_level : float
        Two-sided level.

    Raises
    ------
    CohortError
        If a count is not between 0 and its group's size, or the method is not known.

    Notes
    -----
    Miettinen-Nurminen: the differences :math:`\delta` with :math:`(d - \delta)^2 \le z^2 V(\delta)`,

    .. math:: V(\delta) = \left[\frac{\tilde p_1 \tilde q_1}{n_1} + \frac{\tilde p_0 \tilde q_0}{n_0}\right]
              \frac{N}{N - 1},

    with the maximum-likelihood proportions under :math:`p_1 - p_0 = \delta` in closed form [1]_. Newcombe's hybrid of
    two Wilson intervals is his method 10 [2]_. Wald is too short at small numbers and may reach beyond -1 or 1.

    References
    ----------
    .. [1] Miettinen O, Nurminen M. Stat Med 1985;4:213-226.
    .. [2] Newcombe RG. Stat Med 1998;17:873-890.
    """
    low, high = difference_limits(x1, n1, x0, n0, method=method, conf_level=conf_level)
    estimate = x1 / n1 - x0 / n0 if n1 and n0 else float("nan")
    return DifferenceInterval(estimate=estimate, conf_low=float(low), conf_high=float(high))


def difference_limits(
    x1: npt.ArrayLike,
    n1: npt.ArrayLike,
    x0: npt.ArrayLike,
    n0: npt.ArrayLike,
    *,
    method: DifferenceMethod,
    conf_level: float = 0.95,
) -> _Limits:
    """Limits of ``difference_interval`` for arrays that broadcast against each other."""
    first, reference = _counts(x1, n1), _counts(x0, n0)
    cells = np.broadcast_arrays(*first, *reference)
    if method not in _TWO:
        raise CohortError(f"Unknown interval of a difference '{method}'.", hint=f"Known: {', '.join(_TWO)}.")
    low, high = np.full(cells[0].shape, np.nan), np.full(cells[0].shape, np.nan)
    filled = (cells[1] > 0) & (cells[3] > 0)
    if filled.any():
        x1_, n1_, x0_, n0_ = (cell[filled] for cell in cells)
        low[filled], high[filled] = _TWO[method](x1_, n1_, x0_, n0_, conf_level)
    return low, high


def _wald_difference(x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, conf_level: float) -> _Limits:
    p1, p0 = x1 / n1, x0 / n0
    half = _z(conf_level) * np.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)
    return p1 - p0 - half, p1 - p0 + half


def _newcombe(x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, conf_level: float) -> _Limits:
    p1, p0 = x1 / n1, x0 / n0
    (low1, high1), (low0, high0) = _wilson(x1, n1, conf_level), _wilson(x0, n0, conf_level)
    low = p1 - p0 - np.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    high = p1 - p0 + np.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def _score(x1: FloatArray, n1: FloatArray, x0: FloatArray, n0: FloatArray, conf_level: float) -> _Limits:
    return miettinen_nurminen(x1, n1, x0, n0, z=_z(conf_level))


_TWO: dict[str, Callable[[FloatArray, FloatArray, FloatArray, FloatArray, float], _Limits]] = {
    "miettinen-nurminen": _score,
    "newcombe": _newcombe,
    "wald": _wald_difference,
}
