"""Second implementations, by plain loops over subjects and straight from the definitions. Slow on purpose."""

from __future__ import annotations

import itertools
import math

import numpy as np

from core.timetoevent import TimeToEvent


def subjects(data: TimeToEvent):
    """(entry, time, event, weight) per subject; entry -1 means from the start, so that an event at 0 is at risk."""
    for i in range(data.n):
        yield (
            -1.0 if data.entry is None else data.entry[i],
            data.time[i],
            bool(data.event[i]),
            1.0 if data.weights is None else data.weights[i],
        )


def counts(data: TimeToEvent, time: float) -> tuple[float, float, float]:
    """At risk just before, events at, and censored at one time."""
    at_risk = sum(w for entry, end, _, w in subjects(data) if entry < time <= end)
    events = sum(w for _, end, event, w in subjects(data) if end == time and event)
    censored = sum(w for _, end, event, w in subjects(data) if end == time and not event)
    return at_risk, events, censored


def kaplan_meier(data: TimeToEvent) -> tuple[list[float], list[float], list[float]]:
    """Times, survival and Greenwood standard error."""
    times, survival, errors = sorted(set(data.time.tolist())), [], []
    s, greenwood = 1.0, 0.0
    for time in times:
        n, d, _ = counts(data, time)
        s *= 1 - d / n
        greenwood += math.inf if d == n else d / (n * (n - d))
        survival.append(s)
        errors.append(math.nan if s == 0 else s * math.sqrt(greenwood))
    return times, survival, errors


def restricted_mean(data: TimeToEvent, tau: float) -> tuple[float, float]:
    """Area to tau by a fine sum over steps, and its standard error by the area formula."""
    times, survival, _ = kaplan_meier(data)

    def area(start: float, end: float) -> float:
        knots = [start, *(t for t in times if start < t < end), end]
        total = 0.0
        for left, right in itertools.pairwise(knots):
            below = [s for t, s in zip(times, survival, strict=True) if t <= left]
            total += (right - left) * (below[-1] if below else 1.0)
        return total

    variance = 0.0
    for time in times:
        n, d, _ = counts(data, time)
        if d and n > d and time <= tau:
            variance += area(time, tau) ** 2 * d / (n * (n - d))
    return area(0.0, tau), math.sqrt(variance)


def log_rank(data: TimeToEvent, codes, n_groups: int, weight=lambda before, after, n: 1.0):
    """Observed, expected and covariance, one event time and one pair of groups after the other.

    ``weight(before, after, n)`` gets Kaplan-Meier before the time, Peto's estimate at the time, and the number at risk.
    """
    observed, expected = np.zeros(n_groups), np.zeros(n_groups)
    covariance = np.zeros((n_groups, n_groups))
    before, after = 1.0, 1.0
    for time in sorted({t for _, t, event, _ in subjects(data) if event}):
        n, d, _ = counts(data, time)
        of = [counts(data.subset(codes == g), time) for g in range(n_groups)]
        after *= 1 - d / (n + 1)
        w = weight(before, after, n)
        for g in range(n_groups):
            observed[g] += w * of[g][1]
            expected[g] += w * d * of[g][0] / n
            for h in range(n_groups):
                if n > 1:
                    share = of[g][0] / n * ((g == h) - of[h][0] / n)
                    covariance[g, h] += w**2 * d * (n - d) / (n - 1) * share
        before *= 1 - d / n
    return observed, expected, covariance
