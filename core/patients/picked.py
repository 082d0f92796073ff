"""Patients picked from a result by filters: a stretch of a curve, a row of a forest plot; how their follow-up ended.

Belongs here: who they are among the analysed. Does not belong here: what a filter means (``core.cohort.kept``), the
table of them (``core.reporting.picked_report``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.cohort.kept import kept_by
from core.cohort.select import AnalysisSet
from core.spec import FilterSpec
from core.timetoevent import IntArray

EVENT, CENSORED = "event", "censored"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickedPatient:
    """One analysed patient.

    Attributes
    ----------
    row : int
        Row in the file.
    group : str
    ended : str
        ``event``, ``censored``, or the name of the event that competed; empty without an endpoint.
    time : float
        Of the endpoint; NaN without one.
    """

    row: int
    group: str
    ended: str
    time: float


def picked_positions(subset: AnalysisSet, filters: Sequence[FilterSpec]) -> IntArray:
    """Which of the analysed patients all filters keep: positions in the set, ascending.

    Raises
    ------
    MissingColumnError, SpecError
        If a filter does not fit the cohort.
    """
    kept = np.ones(subset.n, dtype=np.bool_)
    for one in filters:
        kept &= kept_by(subset.cohort, one)[subset.positions]
    return np.flatnonzero(kept)


def picked_patients(subset: AnalysisSet, filters: Sequence[FilterSpec]) -> tuple[PickedPatient, ...]:
    """The analysed patients that all filters keep, by group and time."""
    data = subset.data
    found = []
    for i in picked_positions(subset, filters).tolist():
        ended = "" if data is None else EVENT if data.event[i] else CENSORED
        if ended == CENSORED:
            ended = next((cause for cause, flags in subset.competing.items() if flags[i]), CENSORED)
        found.append(
            PickedPatient(
                row=subset.row_numbers[i],
                group=subset.groups.levels[int(subset.groups.codes[i])],
                ended=ended,
                time=float("nan") if data is None else float(data.time[i]),
            )
        )
    order = {level: i for i, level in enumerate(subset.groups.levels)}
    return tuple(sorted(found, key=lambda one: (order[one.group], one.time if data is not None else 0.0, one.row)))
