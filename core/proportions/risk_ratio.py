"""Ratio of two proportions with Koopman's score interval, or Katz's on the log scale.

Belongs here: many pairs of groups at once. Does not belong here: differences (``intervals``), odds (``odds_ratio``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from core.errors import CohortError
from core.proportions.roots import falling_root
from core.spec import RiskRatioMethod
from core.timetoevent import FloatArray

_LARGEST_LOG = 60.0  # no log ratio or limit of proportions that fit a computer is larger


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RiskRatios:
    """Risks of the other group over those of the reference, arrays (k,).

    A ratio is infinite where only the reference has no events, and NaN where neither has. Limits are NaN where the
    method has none.
    """

    value: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray


def risk_ratios(
    x1: npt.ArrayLike,
    n1: int,
    x0: npt.ArrayLike,
    n0: int,
    *,
    method: RiskRatioMethod = "koopman",
    conf_level: float = 0.95,
) -> RiskRatios:
    r"""Risk ratios of two groups with confidence intervals.

    Parameters
    ----------
    x1, x0 : int array, shape (k,)
        Patients with each event in the other and in the reference group.
    n1, n0 : int
        All patients of the groups.
    method : {'koopman', 'katz'}
    conf_level : float
        Two-sided level.

    Raises
    ------
    CohortError
        If a count is not between 0 and its group's size, or the method is not known.

    Notes
    -----
    Koopman: all :math:`\theta` with :math:`(p_1 - \theta p_0)^2 \le z^2 V(\theta)`,
    :math:`V = \tilde p_1 \tilde q_1 / n_1 + \theta^2 \tilde p_0 \tilde q_0 / n_0`, with the maximum-likelihood
    proportions under :math:`p_1 = \theta p_0`, the root of a quadratic [1]_. It has limits with zero cells too: from 0
    where the other group has no events, to infinity where the reference has none.

    Katz: :math:`\log\theta \pm z\sqrt{1/x_1 - 1/n_1 + 1/x_0 - 1/n_0}` [2]_; none where a group has no events, and no
    width where all patients of both have them.

    R: no function of base R; written out in ``tests/reference/scripts/make_risk_ratio.R``.

    References
    ----------
    .. [1] Koopman PAR. Biometrics 1984;40:513-517.
    .. [2] Katz D, Baptista J, Azen SP, Pike MC. Biometrics 1978;34:469-474.
    """
    a, c = np.asarray(x1, dtype=np.float64), np.asarray(x0, dtype=np.float64)
    if ((a < 0) | (a > n1) | (c < 0) | (c > n0)).any():
        raise CohortError("A risk ratio needs 0 <= count <= n in both groups.")
    if method not in ("koopman", "katz"):
        raise CohortError(f"Unknown interval of a risk ratio '{method}'.", hint="Known: koopman, katz.")
    nothing = np.full(a.shape, np.nan)
    if not n1 or not n0:
        return RiskRatios(value=nothing, conf_low=nothing, conf_high=nothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (a / n1) / (c / n0)
    z = float(ndtri((1 + conf_level) / 2))
    limits = _koopman if method == "koopman" else _katz
    low, high = limits(a, float(n1), c, float(n0), z=z)
    none = (a + c) == 0
    return RiskRatios(value=value, conf_low=np.where(none, np.nan, low), conf_high=np.where(none, np.nan, high))


def _katz(a: FloatArray, n1: float, c: FloatArray, n0: float, *, z: float) -> tuple[FloatArray, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n0)
        log_ratio = np.log(a / n1) - np.log(c / n0)
        low, high = np.exp(log_ratio - half), np.exp(log_ratio + half)
    empty = (a == 0) | (c == 0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _koopman(a: FloatArray, n1: float, c: FloatArray, n0: float, *, z: float) -> tuple[FloatArray, FloatArray]:
    """Both limits are solved together on the log scale, where the score falls."""
    a_, c_ = np.concatenate([a, a]), np.concatenate([c, c])
    side = np.repeat([1.0, -1.0], len(a))

    def score(log_theta: FloatArray) -> FloatArray:
        theta = np.exp(log_theta)
        p0 = _restricted(a_, n1, c_, n0, theta=theta)
        p1 = np.minimum(theta * p0, 1.0)
        spread = np.sqrt(p1 * (1 - p1) / n1 + theta * theta * p0 * (1 - p0) / n0)
        # Divided by 1 + theta: the sign is what counts, and neither end overflows.
        result: FloatArray = (a_ / n1 - theta * c_ / n0 - side * z * spread) / (1 + theta)
        return result

    with np.errstate(divide="ignore", invalid="ignore"):
        start = np.log(a_ / n1) - np.log(c_ / n0)
    ends = np.full(len(a_), _LARGEST_LOG)
    inner = np.where(np.isfinite(start), start, np.where(a_ == 0, -ends, ends))
    off = np.where((a_ == n1) & (c_ == n0), 1e-9 * side, 0.0)  # at the estimate there the variance vanishes
    left = np.where(side > 0, -ends, inner - off)
    right = np.where(side > 0, inner - off, ends)
    limits = np.exp(falling_root(score, left, right))
    low, high = limits[: len(a)], limits[len(a) :]
    return np.where(a == 0, 0.0, low), np.where(c == 0, np.inf, high)


def _restricted(a: FloatArray, n1: float, c: FloatArray, n0: float, *, theta: FloatArray) -> FloatArray:
    """Most likely proportion of the reference group where the ratio is ``theta``; the quadratic's smaller root."""
    quadratic = (n1 + n0) * theta
    linear = n1 * theta + a + n0 + c * theta
    constant = a + c
    root = np.sqrt(np.maximum(linear * linear - 4 * quadratic * constant, 0.0))
    # 2C / (B + root) is the smaller root without cancellation.
    smaller: FloatArray = 2 * constant / (linear + root)
    return np.clip(smaller, 0.0, np.minimum(1.0, 1 / theta))
