"""Maximally selected rank statistics: every cut of a number tried, the best kept, and what chance alone would give.

Belongs here: scores, the statistic at every cut, and its distribution when nothing separates. Does not belong here:
what is reported of the chosen cut (``cut_point``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from core.errors import SpecError, TooFewEventsError
from core.regression import remarks
from core.timetoevent import BoolArray, FloatArray, IntArray, distinct_times
from core.work.progress import each

CELLS = 1 << 16  # scores permuted at once; they stay in the processor's cache
EQUAL = 1e-12  # relative: sums of the same scores in another order
MOST_CUTS = 400  # beyond, the Gaussian probability takes longer than it is worth
NODE_WIDTH = 1.2  # of a kernel, between the nodes of its integral: relative error about 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """The standardised statistic at every cut allowed.

    Attributes
    ----------
    cut : array, shape (k,)
        Ascending; at or below it is one group, above it the other.
    n_below : int array, shape (k,)
        Patients at or below.
    z : array, shape (k,)
        Positive where those above have more events than the log-rank scores expect.
    n : int
    """

    cut: FloatArray
    n_below: IntArray
    z: FloatArray
    n: int

    @property
    def best(self) -> int:
        """Position of the largest statistic, the first of equal ones."""
        size = np.abs(self.z)
        return int(np.flatnonzero(size >= size.max() * (1 - EQUAL))[0])

    @property
    def statistic(self) -> float:
        """The largest, without its sign."""
        return float(np.abs(self.z).max())


def logrank_scores(time: FloatArray, event: BoolArray) -> FloatArray:
    r"""Score of each subject, shape (n,): events less the hazard lived through.

    Notes
    -----
    :math:`a_i = \delta_i - \sum_{t_j \le t_i} \delta_j / (n - \gamma_j + 1)`, :math:`\gamma_j` how many have
    :math:`t \le t_j`. Same as ``exactRankTests::cscores(Surv(time, event), type = "LogRank")``.

    References
    ----------
    .. [1] Hothorn T, Lausen B. Comput Stat Data Anal 2003;43:121-137.
    """
    times, row = distinct_times(time)
    until = np.cumsum(np.bincount(row, minlength=times.size))
    events = np.bincount(row, weights=event, minlength=times.size)
    return np.asarray(event - np.cumsum(events / (time.size - until + 1))[row], dtype=np.float64)


def scan(values: FloatArray, scores: FloatArray, *, minprop: float, maxprop: float) -> Scan:
    """Try every cut that leaves at least ``minprop`` and at most ``maxprop`` of the patients at or below it.

    Raises
    ------
    SpecError
        If the shares are not 0 < minprop < maxprop < 1.
    TooFewEventsError
        If no cut is allowed, or nobody's score differs from another's.

    Notes
    -----
    Same cuts and statistics as ``maxstat::maxstat.test(Surv(time, event) ~ x, smethod = "LogRank", minprop =,
    maxprop =)``, which leaves the sign out.
    """
    if not 0 < minprop < maxprop < 1:
        raise SpecError(
            f"Cuts are tried between shares of the patients, not from {minprop:g} to {maxprop:g}.",
            hint="Use for example 0.1 and 0.9.",
        )
    order = np.argsort(values, kind="stable")
    ordered, n = values[order], values.size
    n_below = np.flatnonzero(np.diff(ordered) > 0) + 1
    low, high = allowed(n, minprop, maxprop)
    n_below = n_below[(n_below >= low) & (n_below <= high)]
    if not n_below.size:
        raise TooFewEventsError(
            f"No cut leaves between {minprop:.0%} and {maxprop:.0%} of the {n} patients below it.",
            hint="Choose a number with more different values.",
        )
    spread = float(scores.var(ddof=1))
    if not spread > EQUAL:
        raise TooFewEventsError(remarks.no_event(n), hint="A cut-point needs events.")
    error = np.sqrt(n_below * (n - n_below) / n * spread)
    z = (n_below * scores.mean() - np.cumsum(scores[order])[n_below - 1]) / error
    return Scan(cut=ordered[n_below - 1], n_below=n_below, z=z, n=n)


def allowed(n: int, minprop: float, maxprop: float) -> tuple[int, int]:
    """Fewest and most patients at or below a cut, as ``maxstat`` has it."""
    return max(1, math.floor(n * minprop)), math.floor(n * maxprop)


def permuted_maxima(found: Scan, scores: FloatArray, *, draws: int, seed: int) -> FloatArray:
    """The largest statistic in random permutations of the scores over the patients, shape (draws,)."""
    n, n_below = found.n, found.n_below
    per_error = 1 / np.sqrt(n_below * (n - n_below) / n * scores.var(ddof=1))
    centred, last = scores - scores.mean(), n_below - 1
    rng = np.random.default_rng(seed)
    rows = max(1, CELLS // n)
    maxima = np.empty(draws)
    for start in each(range(0, draws, rows), "permutations"):
        size = min(rows, draws - start)
        permuted = rng.permuted(np.broadcast_to(centred, (size, n)), axis=1)
        sums = np.cumsum(permuted, axis=1, out=permuted).take(last, axis=1)
        sums *= per_error
        maxima[start : start + size] = np.maximum(sums.max(axis=1), -sums.min(axis=1))
    return maxima


def lausen_1992(statistic: float, *, minprop: float, maxprop: float) -> float:
    """Lausen and Schumacher's approximation from the limiting process, at most 1; 1 below a statistic of 1.

    Notes
    -----
    Same as ``maxstat::pLausen92(b, minprop, maxprop)``.

    References
    ----------
    .. [1] Lausen B, Schumacher M. Biometrics 1992;48:73-85.
    .. [2] Miller R, Siegmund D. Biometrics 1982;38:1011-1016.
    """
    if statistic < 1:
        return 1.0
    density = math.exp(-(statistic**2) / 2) / math.sqrt(2 * math.pi)
    span = math.log(maxprop * (1 - minprop) / ((1 - maxprop) * minprop))
    return min(1.0, max(0.0, 4 * density / statistic + density * (statistic - 1 / statistic) * span))


def lausen_1994(statistic: float, found: Scan) -> float:
    """Improved Bonferroni bound over the cuts tried, at most 1.

    Notes
    -----
    Same as ``maxstat::pLausen94(b, N, m = m)``, which may exceed 1.

    References
    ----------
    .. [1] Lausen B, Sauerbrei W, Schumacher M. In: Dirschedl P, Ostermann R (eds). Computational Statistics. Physica,
       Heidelberg 1994, 483-496.
    .. [2] Worsley KJ. Biometrika 1982;69:297-302.
    """
    step = np.sqrt(1 - _correlation(found) ** 2)
    added = (step - (statistic**2 / 4 - 1) * step**3 / 6).sum() * math.exp(-(statistic**2) / 2) / math.pi
    return float(np.clip(2 * ndtr(-statistic) + added, 0.0, 1.0))


def gaussian_p(statistic: float, found: Scan) -> float:
    r"""Chance that any of the statistics reaches ``statistic``, were they exactly normal; NaN beyond 400 cuts.

    Notes
    -----
    The statistics are a Markov chain, :math:`Z_{i+1} | Z_i \sim N(\rho_i Z_i, 1 - \rho_i^2)`, so the multivariate
    normal probability is a chain of one-dimensional integrals; the chances to cross first at each cut add up, which
    keeps small ones exact. Same as ``maxstat.test(..., pmethod = "exactGauss")`` without its random error.

    References
    ----------
    .. [1] Hothorn T, Lausen B. Comput Stat Data Anal 2003;43:121-137.
    """
    if found.cut.size > MOST_CUTS:
        return math.nan
    chance = 2 * float(ndtr(-statistic))
    correlation = _correlation(found)
    if not correlation.size:
        return chance
    width = np.sqrt(1 - correlation**2)
    n_nodes = 40 + math.ceil(math.pi * statistic / (NODE_WIDTH * float(width.min())))
    nodes, weights = np.polynomial.legendre.leggauss(n_nodes)
    nodes, weights = nodes * statistic, weights * statistic
    density = np.exp(-(nodes**2) / 2) / math.sqrt(2 * math.pi)
    for rho, sd in zip(correlation, width, strict=True):
        mass = weights * density
        leaves = ndtr((-statistic - rho * nodes) / sd) + ndtr((rho * nodes - statistic) / sd)
        chance += float(mass @ leaves)
        kernel = np.exp(-(((nodes[:, None] - rho * nodes) / sd) ** 2) / 2)
        density = kernel @ mass / (sd * math.sqrt(2 * math.pi))
    return min(1.0, chance)


def _correlation(found: Scan) -> FloatArray:
    """Of the statistics at neighbouring cuts, shape (k - 1,)."""
    below, n = found.n_below.astype(np.float64), found.n
    return np.asarray(np.sqrt(below[:-1] * (n - below[1:]) / ((n - below[:-1]) * below[1:])), dtype=np.float64)
