"""Overview of adverse events: patients with any, any severe, serious, related, immune-mediated, fatal one."""

from __future__ import annotations

import numpy as np

from core.proportions.comparison import compare_proportions
from core.safety.event_kinds import KIND_COLUMN, EventKinds
from core.safety.events import Events
from core.safety.results import OverviewKind, OverviewRow
from core.spec import DifferenceMethod
from core.timetoevent import BoolArray, IntArray


def overview(
    found: Events,
    kinds: EventKinds,
    group: IntArray,
    denominators: IntArray,
    *,
    reference: int,
    method: DifferenceMethod,
    conf_level: float,
) -> tuple[OverviewRow, ...]:
    """Patients with at least one event of each kind that the table tells, each patient once per row.

    Parameters
    ----------
    found : Events
        All events, before one kind is chosen.
    group : int array, shape (n,)
        Group of each patient; -1 where not analysed.
    denominators : int array, shape (g,)
    """
    masks: dict[OverviewKind, BoolArray] = {"any": np.ones(len(found.patient), dtype=np.bool_)}
    if found.graded:
        masks["severe"] = found.grade >= 3
    masks |= {kind: kinds.rows[kind][found.row] for kind in KIND_COLUMN if kind in kinds.rows}
    if found.graded:
        masks["fatal"] = found.grade == 5
    counts = np.stack([_patients(found.patient[mask], group, len(denominators)) for mask in masks.values()], axis=1)
    compared = compare_proportions(counts, denominators, reference=reference, method=method, conf_level=conf_level)
    counts.setflags(write=False)
    return tuple(
        OverviewRow(
            kind=kind,
            counts=counts[:, i],
            difference=None if compared.differences is None else compared.differences[i],
            p_value=float(compared.p_value[i]),
        )
        for i, kind in enumerate(masks)
    )


def _patients(patient: IntArray, group: IntArray, n_levels: int) -> IntArray:
    """Different patients by group (g,)."""
    has = np.zeros(len(group), dtype=np.bool_)
    has[patient] = True
    return np.bincount(group[has], minlength=n_levels)
