"""Odds ratio of two groups: Fisher's conditional estimate with exact limits, or Woolf's with limits on the log scale.

Belongs here: one table of two groups. Does not belong here: several strata (``mantel_haenszel``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, logsumexp, ndtri

from core.errors import CohortError
from core.proportions.roots import falling_root
from core.spec import OddsRatioMethod
from core.timetoevent import FloatArray

_LARGEST_LOG = 100.0  # no log odds ratio or limit of a table that fits a computer is larger
NAN = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsRatio:
    """Odds of the other level over those of the reference, with its interval; NaN where not estimable."""

    value: float
    conf_low: float
    conf_high: float


def odds_ratio(
    x1: int, n1: int, x0: int, n0: int, method: OddsRatioMethod = "conditional", conf_level: float = 0.95
) -> OddsRatio:
    r"""Odds ratio of two groups with its confidence interval.

    Parameters
    ----------
    x1, n1 : int
        Patients with the event, and all patients, of the other group.
    x0, n0 : int
        The same of the reference group.
    method : {'conditional', 'woolf'}
    conf_level : float
        Two-sided level.

    Raises
    ------
    CohortError
        If a count is not between 0 and its group's size, or the method is not known.

    Notes
    -----
    Conditional: given both margins the events of the other group are noncentral hypergeometric with parameter
    :math:`\psi`; the estimate maximises that likelihood, the limits cut off half of ``1 - conf_level`` at either side
    [1]_. R: ``fisher.test(table)$estimate`` and ``$conf.int``, whose roots R finds to four figures only; here to full
    precision. 0 and infinity are the estimates of tables with an empty cell.

    Woolf: :math:`ad / bc` with :math:`\exp(\log OR \pm z \sqrt{1/a + 1/b + 1/c + 1/d})` [2]_, the same as
    ``exp(confint.default(glm(event ~ group, binomial)))``; not estimable with an empty cell.

    References
    ----------
    .. [1] Cornfield J. Proc Third Berkeley Symp 1956;4:135-148.
    .. [2] Woolf B. Ann Hum Genet 1955;19:251-253.
    """
    if not (0 <= x1 <= n1 and 0 <= x0 <= n0):
        raise CohortError("An odds ratio needs 0 <= count <= n in both groups.")
    if method not in ("conditional", "woolf"):
        raise CohortError(f"Unknown odds ratio '{method}'.", hint="Known: conditional, woolf.")
    if not n1 or not n0 or x1 + x0 in (0, n1 + n0):
        return OddsRatio(value=NAN, conf_low=NAN, conf_high=NAN)
    if method == "woolf":
        return _woolf(x1, n1 - x1, x0, n0 - x0, conf_level)
    return _conditional(x1, n1, x0, n0, conf_level)


def _woolf(a: int, b: int, c: int, d: int, conf_level: float) -> OddsRatio:
    if not min(a, b, c, d):
        return OddsRatio(value=NAN, conf_low=NAN, conf_high=NAN)
    log_ratio = math.log(a) + math.log(d) - math.log(b) - math.log(c)
    half = float(ndtri((1 + conf_level) / 2)) * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return OddsRatio(value=a * d / (b * c), conf_low=math.exp(log_ratio - half), conf_high=math.exp(log_ratio + half))


def _conditional(x1: int, n1: int, x0: int, n0: int, conf_level: float) -> OddsRatio:
    """Estimate and both limits, solved together on the log scale."""
    m = x1 + x0
    support = np.arange(max(0, m - n0), min(n1, m) + 1, dtype=np.float64)
    log_ways = _log_choose(n1, support) + _log_choose(n0, m - support)
    tail = (1 - conf_level) / 2
    up_to, from_on = support <= x1, support >= x1

    def misfit(log_psi: FloatArray) -> FloatArray:
        """Falls in each of: estimate, lower limit, upper limit; 0 at the solution."""
        log_p = log_ways + log_psi[:, None] * support
        p = np.exp(log_p - logsumexp(log_p, axis=1, keepdims=True))
        return np.array([x1 - p[0] @ support, tail - p[1][from_on].sum(), p[2][up_to].sum() - tail])

    ends = np.full(3, _LARGEST_LOG)
    value, low, high = np.exp(falling_root(misfit, -ends, ends)).tolist()
    if x1 == support[0]:
        value, low = 0.0, 0.0
    if x1 == support[-1]:
        value, high = math.inf, math.inf
    return OddsRatio(value=value, conf_low=low, conf_high=high)


def _log_choose(n: int, k: FloatArray) -> FloatArray:
    result: FloatArray = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return result
