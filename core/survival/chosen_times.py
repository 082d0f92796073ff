"""Survival read at chosen times, and what must be said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.survival.counting import Counts
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray

if TYPE_CHECKING:
    from core.survival.kaplan_meier import KaplanMeierEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalAt:
    """Survival at chosen times.

    Attributes
    ----------
    time : array, shape (m,)
        As asked, in the unit of the estimate.
    n_at_risk : array, shape (m,)
        At risk just before each time; 0 beyond the last time of follow-up.
    cumulative_events : array, shape (m,)
        Events up to and at each time.
    survival, std_error, conf_low, conf_high : array, shape (m,)
        Beyond the last time the last value is carried on, and ``notes`` says so.
    """

    time: FloatArray
    n_at_risk: Counts
    cumulative_events: Counts
    survival: FloatArray
    std_error: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if name != "notes":
                getattr(self, name).setflags(write=False)


def of_group(level: str) -> str:
    """`` in HIFU``, or nothing when there is only the group ``all``."""
    return "" if level == "all" else f" in {level}"


def carried_on(estimate: KaplanMeierEstimate, times: Sequence[float] | FloatArray) -> BoolArray:
    """Whether each time is beyond the last follow-up of a curve that has not reached 0; False without subjects."""
    asked = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not estimate.n or estimate.survival[-1] == 0:
        return np.zeros(asked.shape, dtype=np.bool_)
    return asked > estimate.last_time * (1 + TIE_TOLERANCE)


def few_at_risk_from(estimate: KaplanMeierEstimate, fewest: float) -> float:
    """The time after which fewer than ``fewest`` remain at risk for good; 0 where there never were so many."""
    enough = np.flatnonzero(estimate.risk_count >= fewest)
    return float(estimate.risk_time[enough[-1]]) if enough.size else 0.0


def notes_at(
    group: str, unit: str, last_time: float, *, asked: FloatArray, survival: FloatArray, conf_low: FloatArray
) -> tuple[str, ...]:
    """Say where a value was carried on beyond the last follow-up, and where there are no limits."""
    notes = []
    beyond = asked > last_time * (1 + TIE_TOLERANCE)
    if (beyond & (survival > 0)).any():
        notes.append(
            f"Follow-up{of_group(group)} ends at {last_time:g} {unit}: the value at {_listed(asked[beyond])} {unit} is "
            "the last one carried on."
        )
    if (survival == 0).any():
        notes.append(f"Survival{of_group(group)} is 0 at {_listed(asked[survival == 0])} {unit}: no limits there.")
    eventless = (survival == 1) & np.isnan(conf_low)
    if eventless.any():
        notes.append(
            f"No event yet{of_group(group)} at {_listed(asked[eventless])} {unit}: the log-log interval has no limits "
            "there."
        )
    return tuple(notes)


def _listed(times: FloatArray) -> str:
    return ", ".join(f"{time:g}" for time in times)
