"""The difference of two proportions that groups have within strata, with its interval.

Belongs here: Mantel and Haenszel's weights and the intervals by their usual names. Does not belong here: the test and
the odds ratio within strata (``mantel_haenszel``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy.special import ndtri

from core.errors import CohortError
from core.proportions.intervals import DifferenceInterval
from core.proportions.score_interval import stratified_score_limits
from core.spec import DifferenceMethod
from core.timetoevent import FloatArray, IntArray

NAN = float("nan")
_Strata: TypeAlias = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def stratified_difference(
    counts: IntArray,
    sizes: IntArray,
    *,
    reference: int,
    method: DifferenceMethod = "miettinen-nurminen",
    conf_level: float = 0.95,
) -> DifferenceInterval:
    r"""Difference of two groups, other minus reference, over strata.

    Parameters
    ----------
    counts, sizes : int array, shape (k, 2)
        Patients with the event, and all patients, by stratum and group.
    reference : {0, 1}
        Position of the group that the difference is against.
    method : {'miettinen-nurminen', 'newcombe', 'wald'}
    conf_level : float

    Returns
    -------
    DifferenceInterval
        NaN where no stratum has patients of both groups; strata that lack one take no part.

    Raises
    ------
    CohortError
        If there are not two groups, or a count is not between 0 and its group's size.

    Notes
    -----
    The estimate is Mantel and Haenszel's, the strata's differences weighted by :math:`n_1 n_0 / N` [1]_.
    Miettinen-Nurminen: the :math:`\delta` with :math:`(\sum w (d - \delta))^2 \le z^2 \sum w^2 V(\delta)`, each
    stratum's V as without strata [2]_; at :math:`\delta = 0` this is the Cochran-Mantel-Haenszel test without
    continuity correction, so the interval leaves out 0 where P < 0.05. Newcombe: Wilson's limits of each group over the
    strata, combined as his method 10 [3]_, with the same weights. Wald: Sato's variance, right for many small and for
    few large strata [4]_. In R ``ratesci::scoreci(stratified = TRUE, weighting = "MH", skew = FALSE)`` for the first.

    References
    ----------
    .. [1] Greenland S, Robins JM. Biometrics 1985;41:55-68.
    .. [2] Miettinen O, Nurminen M. Stat Med 1985;4:213-226.
    .. [3] Yan X, Su XG. Stat Biopharm Res 2010;2:329-335.
    .. [4] Sato T. Biometrics 1989;45:1323-1324.
    """
    if counts.shape != sizes.shape or counts.ndim != 2 or counts.shape[1] != 2:
        raise CohortError("A stratified difference needs two groups.")
    if (counts < 0).any() or (counts > sizes).any():
        raise CohortError("A stratified difference needs 0 <= count <= n for every stratum and group.")
    both = (sizes > 0).all(axis=1)
    if not both.any():
        return DifferenceInterval(estimate=NAN, conf_low=NAN, conf_high=NAN)
    x, n = counts[both].astype(np.float64), sizes[both].astype(np.float64)
    strata = x[:, 1 - reference], n[:, 1 - reference], x[:, reference], n[:, reference]
    weights = strata[1] * strata[3] / (strata[1] + strata[3])
    weights = weights / weights.sum()
    estimate = float(weights @ (strata[0] / strata[1] - strata[2] / strata[3]))
    low, high = _LIMITS[method](strata, weights, float(ndtri((1 + conf_level) / 2)))
    return DifferenceInterval(estimate=estimate, conf_low=low, conf_high=high)


def _score(strata: _Strata, weights: FloatArray, z: float) -> tuple[float, float]:
    return stratified_score_limits(*strata, weights=weights, z=z)


def _newcombe(strata: _Strata, weights: FloatArray, z: float) -> tuple[float, float]:
    (p1, low1, high1), (p0, low0, high0) = (_wilson(x, n, weights, z) for x, n in (strata[:2], strata[2:]))
    low = p1 - p0 - np.hypot(p1 - low1, high0 - p0)
    high = p1 - p0 + np.hypot(high1 - p1, p0 - low0)
    return max(float(low), -1.0), min(float(high), 1.0)


def _wilson(x: FloatArray, n: FloatArray, weights: FloatArray, z: float) -> tuple[float, float, float]:
    """Weighted proportion of a group and its limits, the p with (estimate - p)² = z² p (1 - p) Σ w²/n."""
    p, spread = float(weights @ (x / n)), z * z * float(weights @ (weights / n))
    half = float(np.sqrt(spread * p * (1 - p) + spread * spread / 4))
    low, high = ((p + spread / 2 + side * half) / (1 + spread) for side in (-1, 1))
    return p, max(low, 0.0), min(high, 1.0)


def _sato(strata: _Strata, weights: FloatArray, z: float) -> tuple[float, float]:
    x1, n1, x0, n0 = strata
    total = n1 + n0
    estimate = float(weights @ (x1 / n1 - x0 / n0))
    p = (n1**2 * x0 - n0**2 * x1 + n1 * n0 * (n0 - n1) / 2) / total**2
    q = (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * total)
    half = z * float(np.sqrt(max(0.0, estimate * p.sum() + q.sum()))) / float((n1 * n0 / total).sum())
    return estimate - half, estimate + half


_LIMITS: dict[str, Callable[[_Strata, FloatArray, float], tuple[float, float]]] = {
    "miettinen-nurminen": _score,
    "newcombe": _newcombe,
    "wald": _sato,
}
