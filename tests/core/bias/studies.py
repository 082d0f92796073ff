"""Small cohorts in which a treatment begins late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.bias.later_treatment import LaterTreatment
from core.timetoevent import TimeToEvent

NEVER = np.nan


def study(time, event, starts, *, entry=None, treated=None, frame=None, covariates=()):
    starts = np.array(starts, dtype=float)
    return LaterTreatment(
        data=TimeToEvent(
            time=np.array(time, dtype=float),
            event=np.array(event, dtype=bool),
            entry=None if entry is None else np.array(entry, dtype=float),
        ),
        starts=starts,
        treated=np.isfinite(starts) if treated is None else np.array(treated),
        column="hifu",
        levels=("No HIFU", "HIFU"),
        frame=pd.DataFrame() if frame is None else frame,
        covariates=covariates,
    )


def without_effect(rng, n=120, *, censored=18.0):
    """Exponential deaths (mean 12) that do not depend on a treatment which would begin after a mean of 6."""
    death, begin = rng.exponential(12, n), rng.exponential(6, n)
    leaves = rng.uniform(0, 2 * censored, n)
    time = np.minimum(death, leaves)
    return study(time, death <= leaves, np.where(begin < time, begin, np.nan))
