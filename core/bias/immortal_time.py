"""Immortal time: a group that is known only after time zero could not have had the event before.

Belongs here: noticing it. A grouping column (``hifu``) is compared with the columns that count days to its start
(``first_hifu_day``): where a group began after time zero, the difference between the groups may be the time that its
members had to survive to be in it.
"""

from __future__ import annotations

import re

import numpy as np

from core.cohort.cohort import Column, Table
from core.cohort.select import AnalysisSet
from core.cohort.values import numbers_of
from core.timetoevent import FloatArray

_DAYS = re.compile(r"(^|_|\s)(day|days)($|_|\s)", re.IGNORECASE)
_START = re.compile(r"first|start|begin|onset", re.IGNORECASE)


def began_late(subset: AnalysisSet) -> str | None:
    """A sentence where a compared group began after time zero; None where nothing speaks for it.

    Parameters
    ----------
    subset : AnalysisSet
        Its groups come from one column; columns named after it that count days from time zero say when it began.

    Returns
    -------
    str or None
        For example "HIFU started after time zero in 26 of 28 patients: part of this difference may be immortal time."
    """
    groups = subset.groups
    if groups.column is None or len(groups.levels) < 2:
        return None
    table = subset.cohort.patients
    for column in table.columns:
        days = _days_since_zero(table, column, groups.column)
        if days is None:
            continue
        began = days[subset.positions]
        for code, level in enumerate(groups.levels):
            inside = groups.codes == code
            if np.isfinite(began[~inside]).any() or not np.isfinite(began[inside]).any():
                continue
            late, n = int((began[inside] > 0).sum()), int(inside.sum())
            if late:
                return (
                    f"{level} started after time zero in {late} of {n} {'patient' if n == 1 else 'patients'}: "
                    "part of this difference may be immortal time."
                )
    return None


def _days_since_zero(table: Table, column: Column, group: str) -> FloatArray | None:
    """Days from time zero to the start of what the group column names, if this column holds them."""
    same = group.casefold() in column.name.casefold() and column.name != group
    if not (same and column.kind == "number" and _DAYS.search(column.name) and _START.search(column.name)):
        return None
    return numbers_of(table, column.name)
