"""The patients an analysis uses: filters, groups, endpoint, and a count of everybody left out with the reason.

Belongs here: which rows stay, and why the others do not. Does not belong here: what a time or an event is
(``endpoints``), what a level is (``grouping``), what a filter means (``filters``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from weakref import ReferenceType, ref

import numpy as np
import pandas as pd

from core.cohort.chosen_group import with_chosen
from core.cohort.chosen_later import said_of_filters, said_of_group
from core.cohort.cohort import Cohort
from core.cohort.column_names import column_label
from core.cohort.endpoints import (
    Endpoint,
    Exclusion,
    Stage,
    count_reasons,
    resolve_endpoint,
    row_number_array,
)
from core.cohort.event_filter import AFTER_ZERO
from core.cohort.filters import describe_filter, filter_mask
from core.cohort.grouping import Grouping, assign_group, levels_of
from core.cohort.kept import kept_by, unknown_for
from core.errors import SpecError, TooFewEventsError, nearest
from core.spec import EVENT_OPS, EndpointSpec, FilterSpec, GroupSpec
from core.timetoevent import BoolArray, IntArray, TimeToEvent

__all__ = [
    "AnalysisSet",
    "Exclusion",
    "Grouping",
    "analysis_set",
    "assign_group",
    "describe_filter",
    "filter_mask",
    "levels_of",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysisSet:
    """The patients of one analysis.

    Attributes
    ----------
    cohort : Cohort
    positions : int array, shape (m,)
        Positions of the kept rows in the cohort's table, ascending.
    row_numbers : tuple of int
        Their rows in the file.
    groups : Grouping
        ``codes`` (m,), all >= 0.
    data : TimeToEvent or None
        None when no endpoint was asked for.
    endpoint : str or None
    competing : dict of event name to bool array, shape (m,)
    n_cohort : int
        Rows before anybody was left out: ``n_cohort == m + sum(e.n for e in exclusions)``.
    exclusions : tuple of Exclusion
        In the order filters, group, endpoint; each patient under the first reason that holds.
    notes : tuple of str
    """

    cohort: Cohort
    positions: IntArray
    row_numbers: tuple[int, ...]
    groups: Grouping
    data: TimeToEvent | None
    endpoint: str | None
    competing: dict[str, BoolArray]
    n_cohort: int
    exclusions: tuple[Exclusion, ...]
    notes: tuple[str, ...]
    _made: dict[str, ReferenceType[pd.DataFrame]] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """Number of patients kept."""
        return int(self.positions.size)

    @property
    def frame(self) -> pd.DataFrame:
        """Columns of the kept patients, index 0 to m - 1; made when asked for, and gone when nobody reads them.

        Results are kept with their patients: with a copy of every column they took six times the memory.
        """
        made = self._made.get("frame", lambda: None)()
        if made is None:
            made = self.cohort.patients.frame.take(self.positions).reset_index(drop=True)
            self._made["frame"] = ref(made)
        return made


def analysis_set(
    cohort: Cohort,
    *,
    filters: Sequence[FilterSpec] = (),
    group: GroupSpec | None = None,
    endpoint: str | None = None,
) -> AnalysisSet:
    """The patients of one analysis: filters first, then group, then endpoint.

    Raises
    ------
    MissingColumnError
        If a column is not in the table.
    SpecError
        If the endpoint is not defined, or a filter or group does not fit its column.
    TooFewEventsError
        If no patient is left.
    """
    asked = group
    cohort, group = with_chosen(cohort, group)
    table = cohort.patients
    resolved = None if endpoint is None else resolve_endpoint(table, endpoint, _endpoint_spec(cohort, endpoint))
    grouping = assign_group(table, group)
    why, reasons, stages = _why_out(cohort, filters, grouping, resolved)
    positions = np.flatnonzero(why < 0)
    exclusions = count_reasons(why, reasons, row_number_array(table), stages=stages)
    if positions.size == 0:
        said = "; ".join(f"{e.reason}: {e.n}" for e in exclusions) or "the table has no rows"
        raise TooFewEventsError(f"No patients left ({said}).", hint="Loosen a filter or choose other levels.")
    groups, notes = _kept_levels(grouping, positions)
    notes = (*_said_of_choice(cohort, filters, asked, endpoint), *notes)
    data, competing = None, {}
    if resolved is not None:
        data = TimeToEvent(
            time=resolved.time[positions],
            event=resolved.event[positions],
            entry=None if resolved.entry is None else resolved.entry[positions],
            unit=resolved.unit,
        )
        competing = {cause: flags[positions] for cause, flags in resolved.competing.items()}
        notes += resolved.notes
    return AnalysisSet(
        cohort=cohort,
        positions=positions,
        row_numbers=tuple(row_number_array(table)[positions].tolist()),
        groups=groups,
        data=data,
        endpoint=endpoint,
        competing=competing,
        n_cohort=table.n,
        exclusions=exclusions,
        notes=notes,
    )


def _said_of_choice(
    cohort: Cohort, filters: Sequence[FilterSpec], group: GroupSpec | None, endpoint: str | None
) -> tuple[str, ...]:
    """Who is compared with the rest; and where times are looked at, what choosing by what came later does to them."""
    if endpoint is None:
        return said_of_group(cohort, group)[:1]
    after = (AFTER_ZERO,) if any(spec.op in EVENT_OPS for spec in filters) else ()
    return (*after, *said_of_filters(cohort, filters), *said_of_group(cohort, group))


def _endpoint_spec(cohort: Cohort, endpoint: str) -> EndpointSpec:
    defined = cohort.spec.endpoints
    if endpoint not in defined:
        near = nearest(endpoint, defined)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(defined) or 'none'}."
        raise SpecError(f"Endpoint '{endpoint}' is not defined.", hint=hint)
    return defined[endpoint]


def _why_out(
    cohort: Cohort, filters: Sequence[FilterSpec], grouping: Grouping, endpoint: Endpoint | None
) -> tuple[IntArray, list[str], list[Stage]]:
    """Position in the reasons of what leaves each row out first (-1: kept), shape (n,); the reasons; their stages."""
    table = cohort.patients
    why = np.full(table.n, -1, dtype=np.int64)
    reasons: list[str] = []
    stages: list[Stage] = []

    def leave_out(rows: BoolArray, reason: str, stage: Stage) -> None:
        why[rows & (why < 0)] = len(reasons)
        reasons.append(reason)
        stages.append(stage)

    for spec in filters:
        if spec.op not in (*EVENT_OPS, "missing", "not missing"):
            missing = f"{column_label(spec.column)} missing (kept only where {describe_filter(spec)})"
            leave_out(unknown_for(cohort, spec), missing, "filter")
        leave_out(~kept_by(cohort, spec), f"kept only where {describe_filter(spec)}", "filter")
    if grouping.missing is not None:
        label = column_label(str(grouping.column))
        leave_out(grouping.missing, f"{label} missing", "group")
        leave_out(grouping.codes < 0, f"{label} not in the chosen levels", "group")
    if endpoint is not None:
        for position, reason in enumerate(endpoint.reasons):
            leave_out(endpoint.why == position, reason, "endpoint")
    return why, reasons, stages


def _kept_levels(grouping: Grouping, positions: IntArray) -> tuple[Grouping, tuple[str, ...]]:
    """The grouping of the kept rows; a level nobody is in is left out with a note."""
    codes = grouping.codes[positions]
    counts = np.bincount(codes, minlength=len(grouping.levels))
    notes = list(grouping.notes)
    notes += [
        f"Level '{level}' has no patients and is left out."
        for level, n in zip(grouping.levels, counts, strict=True)
        if n == 0
    ]
    kept = np.flatnonzero(counts)
    levels = tuple(grouping.levels[i] for i in kept)
    reference = grouping.reference
    if reference not in levels:
        reference = levels[0]
        notes.append(f"The reference '{grouping.reference}' has no patients; '{reference}' is the reference.")
    renumber = np.cumsum(counts > 0) - 1
    groups = Grouping(
        codes=renumber[codes].astype(np.int64), levels=levels, reference=reference, column=grouping.column
    )
    return groups, tuple(notes)
