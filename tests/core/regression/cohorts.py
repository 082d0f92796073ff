"""Small cohorts for regression tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.regression.design import Design, build_design
from core.timetoevent import TimeToEvent


def six_subjects() -> tuple[TimeToEvent, Design]:
    """Six subjects with tied events, whose fits are known in closed form (Therneau's first test data set)."""
    data = TimeToEvent(time=[1, 1, 6, 6, 8, 9], event=[1, 0, 1, 1, 0, 1])
    return data, design(x=[1, 1, 1, 0, 0, 0])


def design(**columns) -> Design:
    return build_design(pd.DataFrame(columns), list(columns))


def random_cohort(seed: int, *, n=60, p=3, tied=True, late=False, weighted=False, strata=False):
    """Follow-up, covariates (n, p) and strata with every complication asked for."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=n), *(rng.integers(0, 2, n) for _ in range(p - 1))]).astype(float)
    time = rng.exponential(8.0, n) * np.exp(-0.4 * X[:, 0]) + 0.5
    time = np.ceil(time) if tied else time
    event = rng.random(n) < 0.65
    event[int(np.argmin(time))] = True
    entry = np.where(rng.random(n) < 0.5, 0.0, time * rng.uniform(0.1, 0.9, n)) if late else None
    if late and tied:
        entry = np.minimum(np.floor(entry), time - 1)
    data = TimeToEvent(
        time=time, event=event, entry=entry, weights=rng.uniform(0.3, 3.0, n) if weighted else None, unit="months"
    )
    return data, X, (rng.integers(0, 3, n) if strata else None)


def frame_of(X) -> pd.DataFrame:
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])


def design_of(X) -> Design:
    frame = frame_of(X)
    return build_design(frame, list(frame.columns))
