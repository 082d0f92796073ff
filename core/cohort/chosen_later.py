"""Whether patients or groups were chosen by what happened after time zero, and what that does to survival.

Belongs here: noticing it in a specification, and saying it. Does not belong here: who is kept (``kept``).
"""

from __future__ import annotations

from collections.abc import Sequence

from core.cohort.cohort import Cohort
from core.cohort.endpoint_names import is_outcome
from core.cohort.filters import describe_filter
from core.spec import EVENT_OPS, OUTCOME_OPS, FilterSpec, GroupSpec

_ROLES = frozenset({"time", "event", "best_response"})


def chosen_later(cohort: Cohort, filters: Sequence[FilterSpec]) -> tuple[FilterSpec, ...]:
    """The filters that ask for what happened after time zero: events, follow-up, response, adverse events."""
    ends = {name for endpoint in cohort.spec.endpoints.values() for name in endpoint.columns}
    roles = {column.name: column.role for column in cohort.patients.columns}
    return tuple(
        one
        for one in filters
        if not one.is_of_column or is_outcome(one.column) or one.column in ends or roles.get(one.column) in _ROLES
    )


def said_of_filters(cohort: Cohort, filters: Sequence[FilterSpec]) -> tuple[str, ...]:
    """What to say of survival where patients were chosen by their follow-up; adverse events have their own note."""
    later = [one for one in chosen_later(cohort, filters) if one.op not in EVENT_OPS]
    landmarks = [one for one in later if one.op == "at risk at"]
    said = []
    if others := [one for one in later if one not in landmarks]:
        said.append(
            f"Patients were chosen by what happened after time zero ({_listed(others)}): the outcome decided who is "
            "shown, so these patients cannot be compared by survival (conditioning on the future). Use the choice to "
            "look at them, not to estimate."
        )
    if landmarks:
        said.append(
            f"Patients were chosen because they were still at risk later ({_listed(landmarks)}): none of them could "
            "have the event before, so that survival counted from time zero is too good (immortal time). A landmark "
            "analysis counts it from there."
        )
    return tuple(said)


def said_of_group(cohort: Cohort, group: GroupSpec | None) -> tuple[str, ...]:
    """Who is compared with the rest, and what to say where they were chosen by what happened later."""
    if group is None or group.where is None:
        return ()
    whom = f"Compared with the rest are the patients of whom this holds: {_listed(group.where)}."
    later = chosen_later(cohort, group.where)
    if not later:
        return (whom,)
    if all(one.op in OUTCOME_OPS for one in later):
        return (whom, f"{_GROUPS} {_DECIDED}")
    return (whom, f"{_GROUPS} {_LONGER}")


_GROUPS = "The groups were made by what happened after time zero."
_DECIDED = (
    "The outcome itself decided who is in which group, so survival and hazard ratios between them say nothing "
    "(conditioning on the future); compare what the patients were like at the start."
)
_LONGER = (
    "Who lives longer has longer to have it, so survival and hazard ratios between the groups are biased (immortal "
    "time). A landmark analysis, or counting from the day it happened, is free of this."
)


def _listed(filters: Sequence[FilterSpec]) -> str:
    return "; ".join(map(describe_filter, filters))
