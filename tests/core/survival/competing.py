"""Cohorts with several causes, and slow second implementations for them."""

from __future__ import annotations

import numpy as np

from core.survival.competing_risks import CompetingRisks
from tests.core.survival import naive
from tests.core.survival.cohorts import follow, random_cohort

CAUSES = ("recurrence", "death")


def risks_of(time, cause, causes=CAUSES, **more) -> CompetingRisks:
    cause = np.array(cause, dtype=int)
    return CompetingRisks(data=follow(time, cause > 0, **more), cause=cause, causes=causes)


def five_subjects() -> tuple[CompetingRisks, np.ndarray]:
    """Recurrence at 1, death at 2, censored at 3, recurrence at 4, still free at 5. Groups 0 0 1 1 0."""
    return risks_of([1, 2, 3, 4, 5], [1, 2, 0, 1, 0]), np.array([0, 0, 1, 1, 0])


def random_risks(seed: int, *, causes: int = 3, **options) -> tuple[CompetingRisks, np.ndarray]:
    """Random cohort with ties; causes of unequal frequency."""
    data, codes = random_cohort(seed, **options)
    drawn = np.random.default_rng(seed + 1000).choice(
        causes, data.n, p=np.arange(causes, 0, -1) / (causes * (causes + 1) / 2)
    )
    names = (*CAUSES, "transplant")[:causes]
    return CompetingRisks(data=data, cause=np.where(data.event, drawn + 1, 0), causes=names), codes


def incidence(risks: CompetingRisks, cause: int, at: float) -> float:
    """Sum over event times of event-free survival before each and the share that had the cause."""
    survival, total = 1.0, 0.0
    for time in sorted(set(risks.data.time.tolist())):
        if time > at:
            break
        n, d, _ = naive.counts(risks.data, time)
        own = sum(
            weight
            for (_, end, _, weight), code in zip(naive.subjects(risks.data), risks.cause, strict=True)
            if end == time and code == cause
        )
        total += survival * own / n
        survival *= 1 - d / n
    return total


def gray(risks: CompetingRisks, codes, groups: int, *, cause: int, rho: float):
    """Gray's score and covariance, one time and one group after the other, after his notation.

    The covariance is built forwards: what a time adds to the score's influence is carried along in ``c`` and only
    joined with the later variance at the end.
    """
    n_times = sorted(set(risks.data.time.tolist()))
    survival, incidence_of = np.ones(groups), np.zeros(groups)
    common = 0.0
    observed, expected = np.zeros(groups), np.zeros(groups)
    c = np.zeros((groups, groups))
    direct, v2, v3 = np.zeros((groups, groups)), np.zeros((groups, groups)), np.zeros(groups)
    for time in n_times:
        n = np.array([((risks.data.time >= time) & (codes == g)).sum() for g in range(groups)], dtype=float)
        at = [(risks.data.time == time) & (codes == g) for g in range(groups)]
        d1 = np.array([(risks.cause[rows] == cause).sum() for rows in at], dtype=float)
        d2 = np.array([(risks.cause[rows] > 0).sum() for rows in at], dtype=float) - d1
        if not (d1 + d2).any():
            continue
        here = n > 0
        h = np.where(here, n / np.where(survival > 0, survival, 1), 0)
        total, d = h.sum(), d1.sum()
        after = np.where(here, survival * (1 - (d1 + d2) / np.where(here, n, 1)), survival)
        common_after = common + d / total
        w = (1 - common) ** rho
        r = h * (1 - incidence_of)
        observed += w * d1
        expected += w * d * r / r.sum()
        a = np.array([[w * h[i] * ((i == k) - h[k] / total) for k in range(groups)] for i in range(groups)])
        c += a * d / (total * (1 - common))
        for k in range(groups):
            if not here[k]:
                continue
            if d:
                t4 = 1 - (1 - common_after) / after[k] if after[k] > 0 else 1.0
                t5 = 1 - (d - 1) / (total * survival[k] - 1) if d > 1 else 1.0
                t3 = t5 * survival[k] * d / (total * n[k])
                step = a[:, k] - t4 * c[:, k]
                direct += np.outer(step, step) * t3
                v2[:, k] += step * t4 * t3
                v3[k] += t4 * t4 * t3
            if d2[k] and after[k] > 0:
                t4 = (1 - common_after) / after[k]
                t5 = 1 - (d2[k] - 1) / (n[k] - 1) if d2[k] > 1 else 1.0
                t3 = t5 * survival[k] ** 2 * d2[k] / n[k] ** 2
                step = -t4 * c[:, k]
                direct += np.outer(step, step) * t3
                v2[:, k] += step * t4 * t3
                v3[k] += t4 * t4 * t3
        incidence_of = incidence_of + np.where(here, survival * d1 / np.where(here, n, 1), 0)
        survival, common = after, common_after
    covariance = direct + (c * v3) @ c.T + c @ v2.T + v2 @ c.T
    return observed, expected, covariance
