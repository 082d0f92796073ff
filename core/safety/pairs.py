"""Two groups of a table of adverse events: every other group beside the reference, as a table of its own.

Belongs here: the comparison of a pair. Does not belong here: counting (``counting``), all groups at once
(``adverse_events``).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from core.safety.adverse_events import compared_rows
from core.safety.results import AdverseEventRow, AdverseEventTable, Severity
from core.timetoevent import FloatArray, IntArray


def pairs_of(table: AdverseEventTable) -> tuple[AdverseEventTable, ...]:
    """Each other group against the reference, in the order of the groups.

    Parameters
    ----------
    table : AdverseEventTable
        Of patients; a table of events has no pairs, nor has one of a single group.

    Returns
    -------
    tuple of AdverseEventTable
        Each of two levels, the reference first as far as the groups' order says so. With two levels it is the table
        itself. With more each pair has differences, tests, and false discovery rates of its own: over the terms that
        somebody of the two groups has.

    Notes
    -----
    The tests of several pairs are not adjusted for one another. Same as ``fisher.test`` on the rows of two groups, with
    ``p.adjust(p, "BH")`` over the terms of the pair.
    """
    if table.counted == "events" or len(table.levels) < 2:
        return ()
    if len(table.levels) == 2:
        return (table,)
    return tuple(_pair(table, i) for i, level in enumerate(table.levels) if level != table.reference)


def _pair(table: AdverseEventTable, other: int) -> AdverseEventTable:
    places = np.array(sorted((table.levels.index(table.reference), other)), dtype=np.int64)
    levels = tuple(table.levels[i] for i in places.tolist())
    given = (*table.rows, *table.class_rows, table.overall)
    counts = np.stack([_grades(row)[places] for row in given], axis=1)
    rows, notes = compared_rows(
        counts,
        [(row.event_class, row.term) for row in given],
        table.denominators[places],
        n_terms=len(table.rows),
        reference=levels.index(table.reference),
        graded=table.graded,
        asked=table,
    )
    n = len(table.rows)
    return dataclasses.replace(
        table, levels=levels, denominators=table.denominators[places], rows=rows[:n], class_rows=rows[n:-1],
        overall=rows[-1], overview=(), exposure=None, notes=notes,
    )  # fmt: skip


def _grades(row: AdverseEventRow) -> IntArray:
    """Patients by worst grade (g, 6), without grade first."""
    grades: IntArray = np.concatenate([row.no_grade[:, None], row.by_grade], axis=1)
    return grades


def log2_risk_ratio(table: AdverseEventTable, row: AdverseEventRow, severity: Severity) -> float:
    """Doublings of the risk from the reference to the other level of a pair.

    Infinite where one of the groups has no such patient, NaN where neither has.
    """
    shares: FloatArray = table.percent(row.counts(severity))
    low = float(shares[table.levels.index(table.reference)])
    high = float(shares[1 - table.levels.index(table.reference)])
    if not (low or high) or math.isnan(low) or math.isnan(high):
        return math.nan
    return math.inf if not low else -math.inf if not high else math.log2(high / low)
