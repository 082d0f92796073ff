"""Parts of the analysis set that several kinds need: the data, strata, and leaving patients out.

Belongs here: changing an analysis set so that everybody left out stays counted. Does not belong here: filters and
groups (``core.cohort.select``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.cohort.select import AnalysisSet, Exclusion
from core.cohort.values import codes_of, numbers_of
from core.errors import SpecError
from core.reporting.format import in_words
from core.reporting.labels import column_label
from core.reporting.sentences import MOST_SPOKEN
from core.survival.competing_risks import CompetingRisks, competing_risks
from core.survival.kaplan_meier import no_events
from core.survival.summary_notes import of_groups
from core.timetoevent import BoolArray, IntArray, TimeToEvent

if TYPE_CHECKING:
    from core.result import ResultValue

Answer: TypeAlias = "tuple[ResultValue, AnalysisSet, tuple[str, ...]]"
"""The value, the patients it is of, and notes that concern all of them."""

FEW_EVENTS = 10  # below this a group's curve and test say little


def data_of(subset: AnalysisSet) -> TimeToEvent:
    """The endpoint of the patients."""
    assert subset.data is not None, "analyses of time to event name an endpoint"
    return subset.data


def competing_risks_of(subset: AnalysisSet) -> tuple[CompetingRisks, AnalysisSet]:
    """The endpoint, under its own name, and the events that compete with it; they are not said to be censored."""
    risks = competing_risks(data_of(subset), str(subset.endpoint), subset.competing)
    censored = tuple(f"Competing event '{name}': " for name in subset.competing)
    kept = tuple(note for note in subset.notes if not note.startswith(censored))
    return risks, dataclasses.replace(subset, notes=kept)


def strata_of(subset: AnalysisSet, columns: Sequence[str]) -> tuple[IntArray | None, AnalysisSet]:
    """Stratum of each patient from one or several columns; patients without a value are left out and counted."""
    for column in columns:
        missing = _codes(subset, column) < 0
        if missing.any():
            subset = without(subset, missing, f"{column_label(column)} missing (stratification)")
    if not columns:
        return None, subset
    values = np.column_stack([_codes(subset, column) for column in columns])
    _, strata = np.unique(values, axis=0, return_inverse=True)
    return strata.reshape(-1).astype(np.int64), subset


def _codes(subset: AnalysisSet, column: str) -> IntArray:
    """Level of each patient in a column, -1 where missing; the compared levels for the column that makes the groups."""
    if column == subset.groups.column:
        return subset.groups.codes
    return np.asarray(codes_of(subset.cohort.patients, column)[0][subset.positions], dtype=np.int64)


def without(subset: AnalysisSet, out: BoolArray, reason: str) -> AnalysisSet:
    """The set without some of its patients, who are counted."""
    rows = tuple(row for row, is_out in zip(subset.row_numbers, out, strict=True) if is_out)
    kept = np.flatnonzero(~out)
    return dataclasses.replace(
        subset,
        positions=subset.positions[kept],
        row_numbers=tuple(subset.row_numbers[i] for i in kept),
        groups=dataclasses.replace(subset.groups, codes=subset.groups.codes[kept]),
        data=None if subset.data is None else subset.data.subset(kept),
        competing={cause: flags[kept] for cause, flags in subset.competing.items()},
        exclusions=(*subset.exclusions, Exclusion(reason=reason, n=len(rows), rows=rows)),
        _made={},
    )


def weighted(subset: AnalysisSet, column: str | None) -> AnalysisSet:
    """The endpoint with case weights from a column; patients without one, or with weight 0, are left out and counted.

    Raises
    ------
    SpecError
        If the column holds no numbers, or a weight is negative.
    """
    if column is None:
        return subset
    label = column_label(column)
    subset.cohort.patients.column(column, needed_for="case weights")
    everybody = numbers_of(subset.cohort.patients, column)
    if everybody is None:
        raise SpecError(f"'{column}' is to hold case weights, but it holds no numbers.")
    for why in ("missing", "0"):
        weights = everybody[subset.positions]
        out = np.isnan(weights) if why == "missing" else weights == 0
        if out.any():
            subset = without(subset, out, f"{label} {why} (case weight)")
    weights = everybody[subset.positions]
    if (weights < 0).any():
        raise SpecError(f"'{column}' holds negative case weights.", hint="Weights are counts or positive numbers.")
    return dataclasses.replace(subset, data=dataclasses.replace(data_of(subset), weights=weights))


def few_events(subset: AnalysisSet, *, curves: bool = False) -> tuple[str, ...]:
    """Groups with so few events that they say little; one line for those without any.

    With ``curves`` the line is the one that survival curves have of their own.
    """
    data, groups = data_of(subset), subset.groups
    counts = np.bincount(groups.codes[data.event], minlength=len(groups.levels)).tolist()
    without_any = [level for level, count in zip(groups.levels, counts, strict=True) if not count]
    few = [(level, count) for level, count in zip(groups.levels, counts, strict=True) if 0 < count < FEW_EVENTS]
    none = of_groups(without_any) if without_any else ""
    notes = [no_events(none) if curves else f"No events{none}."] if without_any else []
    if few and groups.levels == ("all",):
        notes.append(f"Fewer than {FEW_EVENTS} events ({counts[0]}): read with care.")
    elif few:
        listed = in_words(f"{level} ({count})" for level, count in few)
        many = len(groups.levels) > MOST_SPOKEN
        where = f"{len(few)} of {len(groups.levels)} groups: {listed};" if many else f"{listed}:"
        notes.append(f"Fewer than {FEW_EVENTS} events in {where} read with care.")
    return tuple(notes)
