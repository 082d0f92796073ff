"""Variables that follow from one another: WHO grade tells the grade group, so their counts add up.

Belongs here: finding such pairs in the patients, and saying so. Does not belong here: variables on their own
(``characteristics``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from core.patients.baseline import BaselineTable
from core.patients.summary import levels_in
from core.reporting.suppression.characteristics import merged_levels
from core.reporting.suppression.linked_counts import ALL, Key, LinkedCounts

MISSING = ""


def link_nested(counts: LinkedCounts, table: BaselineTable, frame: pd.DataFrame, threshold: int) -> None:
    """Enter the sums between the variables of Table 1 of which one follows from the other in these patients.

    Parameters
    ----------
    counts : LinkedCounts
        With the table's own counts.
    table : BaselineTable
    frame : DataFrame
        Its patients.
    threshold : int
    """
    levels = [*table.levels, ALL] if len(table.levels) > 1 else list(table.levels)
    for coarse, whole, fine, parts in nested_levels(merged_labels(table, frame, threshold)):
        for level in levels:
            counts.add_up(_key(coarse, whole, level), [_key(fine, part, level) for part in parts])


def merged_labels(table: BaselineTable, frame: pd.DataFrame, threshold: int) -> dict[str, Sequence[str]]:
    """The row of Table 1 in which each patient of ``frame`` stands, by variable; MISSING where the value is."""
    return {
        item.variable: _labels(frame[item.variable], merged_levels(item, threshold))
        for item in table.variables
        if item.type != "number" and item.heading is None and item.rows
    }


def nested_levels(labels: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str, list[str]]]:
    """A level of a variable, and the levels of another one that are together the same patients."""
    for fine, coarse in itertools.permutations(labels, 2):
        pairs = set(zip(labels[fine], labels[coarse], strict=True))
        parts, wholes = {a for a, _ in pairs}, {b for _, b in pairs}
        if len(pairs) > len(parts) or (len(parts) == len(wholes) and fine > coarse):
            continue
        for whole in sorted(wholes):
            yield coarse, whole, fine, sorted(a for a, b in pairs if b == whole)


def _key(variable: str, name: str, level: str) -> Key:
    return ("missing", variable, level) if name == MISSING else ("level", variable, name, level)


def _labels(column: pd.Series[Any], merged: Mapping[str, str]) -> Sequence[str]:
    position, names = levels_in(column, None)
    return [MISSING if at < 0 else merged[names[at]] for at in position.tolist()]
