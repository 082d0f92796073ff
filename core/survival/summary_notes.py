"""What must be said about the curves of all groups: one line per matter, with the groups it concerns.

Belongs here: merging what several groups have in common. Does not belong here: the numbers (``summary``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.spec import ConfType
from core.survival.chosen_times import carried_on, of_group

if TYPE_CHECKING:
    from core.survival.summary import GroupSurvival

_NO_LIMITS: dict[ConfType, str] = {
    "log-log": "Log-log limits are not defined while a curve is at 100 % or at 0.",
    "log": "Log limits are not defined where a curve is at 0.",
    "plain": "Plain limits are not defined where a curve is at 0.",
}
_WHERE = "{}"  # where a note names its groups


def summary_notes(groups: Sequence[GroupSurvival], *, unit: str, tau: float | None) -> tuple[str, ...]:
    """Notes of a summary: what was not reached, what was carried on, where there are no limits.

    Parameters
    ----------
    groups : sequence of GroupSurvival
    unit : str
        Of the times.
    tau : float or None
        Limit of the restricted mean.

    Returns
    -------
    tuple of str
        Groups of which the same is to be said share a line: "Median not reached in A, B and C.".
    """
    concerned: dict[str, list[str]] = {}
    for group in groups:
        own = [note.replace(of_group(group.level), _WHERE, 1) for note in group.estimate.notes]
        for note in (*own, *(_not_reached(group) if group.estimate.n_events_total else ())):
            concerned.setdefault(note, []).append(group.level)
    notes = [] if tau is None else [f"Restricted mean: restricted to {tau:g} {unit}."]
    notes += [note.replace(_WHERE, of_groups(levels), 1) for note, levels in concerned.items()]
    notes += _carried_on([group for group in groups if _is_carried_on(group)], unit=unit)
    if any(np.isnan(group.estimate.conf_low).any() for group in groups):
        notes.append(_NO_LIMITS[groups[0].estimate.conf_type])
    return tuple(notes)


def of_groups(levels: Sequence[str]) -> str:
    """`` in A, B and C``, or nothing when there is only the group ``all``."""
    return of_group(_listed(levels))


def _is_carried_on(group: GroupSurvival) -> bool:
    times = [*group.at.time, *(() if group.rmst is None else (group.rmst.tau,))]
    return bool(carried_on(group.estimate, times).any())


def _carried_on(groups: Sequence[GroupSurvival], *, unit: str) -> Iterator[str]:
    if groups:
        ends = _listed(f"at {group.estimate.last_time:g} {unit}{of_group(group.level)}" for group in groups)
        yield f"Follow-up ends {ends}: beyond that the last value is carried on, which tables do not print."


def _not_reached(group: GroupSurvival) -> Iterator[str]:
    """Notes of one group, with a place for the groups they concern."""
    missed = sorted(p for p, estimate in group.quantiles.items() if math.isnan(estimate.value))
    if missed and missed[0] != 0.5:  # later ones are then not reached either
        yield f"{100 * missed[0]:g} % quantile not reached{_WHERE}."
    if 0.5 in missed:
        yield f"Median not reached{_WHERE}."
    median = group.quantiles.get(0.5)
    if median is not None and math.isnan(median.conf_high) and not math.isnan(median.value):
        yield f"Upper limit of the median not reached{_WHERE}."
    if math.isnan(group.median_follow_up.value):
        yield f"Median follow-up not reached{_WHERE}: too few were censored."


def _listed(items: Iterable[str]) -> str:
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last
