"""Small cohorts whose answers are known by hand, and random ones with ties."""

from __future__ import annotations

import numpy as np

from core.timetoevent import TimeToEvent


def follow(time, event, **more) -> TimeToEvent:
    return TimeToEvent(time=np.array(time, dtype=float), event=np.array(event, dtype=bool), **more)


def six_subjects() -> tuple[TimeToEvent, np.ndarray]:
    """Six subjects after Therneau: an event and a censoring tie at 1, two events tie at 6. Groups 1 1 1 0 0 0."""
    return follow([1, 1, 6, 6, 8, 9], [1, 0, 1, 1, 0, 1]), np.array([1, 1, 1, 0, 0, 0])


def random_cohort(
    seed: int, *, n: int = 60, groups: int = 3, entry: bool = False, weights: bool = False
) -> tuple[TimeToEvent, np.ndarray]:
    """A cohort on a coarse grid, so that events and censorings tie, with groups of unequal hazard."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, groups, n)
    time = np.ceil(rng.weibull(1.1, n) * (12 + 5 * codes))
    data = follow(
        time,
        rng.random(n) < 0.65,
        entry=np.floor(time * rng.random(n) * 0.9) if entry else None,
        weights=rng.integers(1, 4, n).astype(float) if weights else None,
    )
    return data, codes


def repeated(data: TimeToEvent, codes: np.ndarray) -> tuple[TimeToEvent, np.ndarray]:
    """Every subject as often as its weight says, without weights."""
    rows = np.repeat(np.arange(data.n), data.weights.astype(int))
    return follow(data.time[rows], data.event[rows], entry=None if data.entry is None else data.entry[rows]), codes[
        rows
    ]
