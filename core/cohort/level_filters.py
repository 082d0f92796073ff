"""The filters that keep one level of a grouping: a level is chosen by a rule, not by a list of patients."""

from __future__ import annotations

from core.cohort.cutting import cut_levels, lower_takes
from core.spec import CHOSEN, REST, FilterOp, FilterSpec, GroupSpec


def level_filters(group: GroupSpec, level: str) -> tuple[FilterSpec, ...] | None:
    """Filters that together keep the patients of a level; None where no such filters say it (the rest of a choice).

    Raises
    ------
    SpecError
        If the labels of a cut contradict each other.
    """
    if group.where is not None:
        return group.where if level == (group.labels or (REST, CHOSEN))[1] else None
    if group.cut is not None:
        return _interval(group.column, group.cut, cut_levels(group.cut, group.labels), level)
    values = group.levels.get(level) if group.levels is not None else (level,)
    return None if values is None else (FilterSpec(column=group.column, op="in", value=values),)


def _interval(
    column: str, cut: tuple[float, ...], levels: tuple[str, ...], level: str
) -> tuple[FilterSpec, ...] | None:
    if level not in levels:
        return None
    i = levels.index(level)
    filters = []
    if i > 0:
        above: FilterOp = ">" if lower_takes(cut[i - 1], levels[i - 1], levels[i]) else ">="
        filters.append(FilterSpec(column=column, op=above, value=cut[i - 1]))
    if i < len(cut):
        below: FilterOp = "<=" if lower_takes(cut[i], levels[i], levels[i + 1]) else "<"
        filters.append(FilterSpec(column=column, op=below, value=cut[i]))
    return tuple(filters)
