"""Small, fast estimators for the search: plain lists, one pass each.

Belongs here: what the search evaluates a million times. Does not belong here: anything a user sees; the tests compute
every published figure again with ``core``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

Record: TypeAlias = tuple[float, int]  # time, event (1 or 0)
HALF = 0.5 + 1e-9


class Curve(NamedTuple):
    """Kaplan-Meier curve: event times, survival after each, at risk and events there, and the largest time of all."""

    times: list[float]
    survival: list[float]
    at_risk: list[int]
    events: list[int]
    last: float


def curve(records: Iterable[Record]) -> Curve:
    """Kaplan-Meier curve of a group; events come before censorings at the same time."""
    ordered = sorted(records)
    left = len(ordered)
    times: list[float] = []
    survival: list[float] = []
    at_risk: list[int] = []
    events: list[int] = []
    level = 1.0
    i, n = 0, left
    while i < n:
        time = ordered[i][0]
        here, start = 0, i
        while i < n and ordered[i][0] == time:
            here += ordered[i][1]
            i += 1
        if here:
            level *= 1.0 - here / left
            times.append(time)
            survival.append(level)
            at_risk.append(left)
            events.append(here)
        left -= i - start
    return Curve(times, survival, at_risk, events, ordered[-1][0])


def median_first(km: Curve) -> float:
    """SPSS's median: the smallest time with survival at or under one half; infinite where none."""
    return next((t for t, s in zip(km.times, km.survival, strict=True) if s <= HALF), math.inf)


def median_midpoint(km: Curve) -> float:
    """R's and Prism's median: the middle of a plateau at one half; infinite where not reached."""
    for i, s in enumerate(km.survival):
        if s < 0.5 - 1e-9:
            return km.times[i]
        if s <= HALF:
            return (km.times[i] + km.times[i + 1]) / 2 if i + 1 < len(km.times) else km.times[i]
    return math.inf


def mean(km: Curve) -> float:
    """Area under the curve to the group's own largest time."""
    area, level, before = 0.0, 1.0, 0.0
    for t, s in zip(km.times, km.survival, strict=True):
        area += level * (t - before)
        level, before = s, t
    return area + level * (km.last - before)


def mean_std_error(km: Curve) -> float:
    """Of that mean: square root of the sum of A^2 d / (n (n - d)), A the area right of each event time."""
    area = variance = 0.0
    end = km.last
    for i in range(len(km.times) - 1, -1, -1):
        area += km.survival[i] * (end - km.times[i])
        end = km.times[i]
        n, d = km.at_risk[i], km.events[i]
        if n > d:
            variance += area * area * d / (n * (n - d))
    return math.sqrt(variance)


def survival_at(km: Curve, time: float) -> float:
    """Survival just after ``time``."""
    level = 1.0
    for t, s in zip(km.times, km.survival, strict=True):
        if t > time:
            break
        level = s
    return level


class LogRank(NamedTuple):
    """Observed and expected events of the first group, events of both, hypergeometric variance."""

    observed: float
    expected: float
    total: float
    variance: float

    @property
    def hazard_ratio(self) -> float:
        """(O1/E1) / (O2/E2), as Prism prints it."""
        return self.observed / self.expected / ((self.total - self.observed) / (self.total - self.expected))

    @property
    def std_error(self) -> float:
        """Of the logarithm of that ratio: sqrt(1/E1 + 1/E2)."""
        return math.sqrt(1 / self.expected + 1 / (self.total - self.expected))

    @property
    def p_value(self) -> float:
        """Upper tail of chi-squared with one degree of freedom."""
        statistic = (self.observed - self.expected) ** 2 / self.variance
        return math.erfc(math.sqrt(statistic / 2))


def log_rank(first: list[Record], second: list[Record]) -> LogRank:
    """Log-rank test of the first group against the second."""
    pooled = [(t, e, 1) for t, e in first]
    pooled += [(t, e, 0) for t, e in second]
    pooled.sort(reverse=True)
    pooled.append((-1.0, 0, 0))  # closes the earliest time
    n1 = d = d1 = 0
    observed = expected = total = variance = 0.0
    before = pooled[0][0]
    for n, (time, event, is_first) in enumerate(pooled):  # latest first: the n seen so far are at risk
        if time != before:
            if d:
                share = n1 / n
                observed += d1
                total += d
                expected += d * share
                if n > 1:
                    variance += d * share * (1 - share) * (n - d) / (n - 1)
                d = d1 = 0
            before = time
        n1 += is_first
        if event:
            d += 1
            d1 += is_first
    return LogRank(observed, expected, total, variance)
