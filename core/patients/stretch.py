"""What happened in a stretch of survival curves: at risk at its start, events, censored, still followed after it.

Belongs here: the counts of each group. Does not belong here: the curves (``core.survival``), who the patients are
(``picked``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.outcome_filter import at_risk
from core.cohort.select import AnalysisSet
from core.errors import SpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchGroup:
    """One group in a stretch of time.

    Attributes
    ----------
    level : str
    n_at_risk : int
        At its start, those with an event or censored just then among them.
    n_entered : int
        Came under observation later, within the stretch.
    n_events, n_censored : int
        Within it, both ends included; events that compete count as censored, as in the curve.
    n_after : int
        Followed beyond its end: ``n_at_risk + n_entered - n_events - n_censored``.
    """

    level: str
    n_at_risk: int
    n_entered: int
    n_events: int
    n_censored: int
    n_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time, both ends included, and what happened in it in every group."""

    low: float
    high: float
    unit: str
    groups: tuple[StretchGroup, ...]


def stretch_of(subset: AnalysisSet, low: float, high: float) -> Stretch:
    """What happened between two times in every group.

    Parameters
    ----------
    subset : AnalysisSet
        With an endpoint.
    low, high : float
        In the endpoint's unit.

    Raises
    ------
    SpecError
        If the times are not in order, or there is no endpoint.
    """
    data = subset.data
    if data is None:
        raise SpecError("A stretch of time needs an endpoint.")
    if not 0 <= low <= high < np.inf:
        raise SpecError("A stretch of time needs two times, 0 or later, the earlier first.")
    starts = at_risk(data.time, data.entry, low)
    within = (data.time >= low) & (data.time <= high)
    entered = np.zeros(data.time.size, dtype=np.bool_)
    if data.entry is not None:
        entered = ~starts & (data.time >= low) & (data.entry <= high)
    groups = []
    for code, level in enumerate(subset.groups.levels):
        own = subset.groups.codes == code
        counts = [int(np.count_nonzero(own & rows)) for rows in (starts, entered, within & data.event, within)]
        n_at_risk, n_entered, n_events, n_ended = counts
        groups.append(
            StretchGroup(
                level=level, n_at_risk=n_at_risk, n_entered=n_entered, n_events=n_events,
                n_censored=n_ended - n_events, n_after=n_at_risk + n_entered - n_ended,
            )
        )  # fmt: skip
    return Stretch(low=low, high=high, unit=data.unit, groups=tuple(groups))
