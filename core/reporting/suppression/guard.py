"""Which sets of patients may be asked about by somebody who sees no small numbers.

Belongs here: refusing sets that are small, or that differ from another one by a few patients. Does not belong here:
protecting the answers about a set (``protected``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.select import analysis_set
from core.cohort.values import codes_of
from core.errors import SpecError
from core.spec import EVENT_OPS, FilterSpec, GroupSpec
from core.timetoevent import BoolArray


def checked_set(
    cohort: Cohort,
    *,
    filters: Sequence[FilterSpec],
    group: GroupSpec | None,
    threshold: int,
    seen: Sequence[BoolArray] = (),
) -> BoolArray:
    """The patients of a selection as flags of the cohort's rows, if they may be asked about.

    Parameters
    ----------
    cohort : Cohort
    filters, group
        What is selected.
    threshold : int
    seen : sequence of bool array, shape (n,)
        Sets asked about before.

    Returns
    -------
    bool array, shape (n,)

    Raises
    ------
    SpecError
        Where fewer than ``threshold`` patients are left or left out, a group is smaller, a filter asks for single
        values, or the set differs from one ``seen``, or from its own groups, by fewer patients: two answers would tell
        about those few.
    """
    for one in filters:
        if one.op not in ("==", "in", "not in", "!=") or one.op in EVENT_OPS:
            raise SpecError("Without small numbers, filters can only keep whole levels of a column.")
    kept = analysis_set(cohort, filters=filters, group=group)
    if kept.n < threshold:
        raise SpecError(
            f"Fewer than {threshold} patients are left, too few to be shown.", hint="Loosen a filter or drop the group."
        )
    flags = np.zeros(kept.n_cohort, dtype=np.bool_)
    flags[kept.positions] = True
    whole = np.ones_like(flags)
    for other in (whole, *seen):
        if other.shape == flags.shape and _few_apart(flags, other, threshold):
            raise SpecError(
                f"This selection differs by fewer than {threshold} patients from one that was shown before: the two "
                "together would tell about those few.",
                hint="Choose a filter or group that takes more patients, or none.",
            )
    sizes = np.bincount(kept.groups.codes, minlength=len(kept.groups.levels))
    if (sizes < threshold).any():
        raise SpecError(f"A group has fewer than {threshold} patients, too few to be shown.", hint="Choose another.")
    flags.setflags(write=False)
    return flags


def whole_levels(cohort: Cohort, column: str, threshold: int) -> bool:
    """Whether every patient has a value of a column, and each value is that of ``threshold`` patients."""
    codes, levels = codes_of(cohort.patients, column)
    sizes = np.bincount(codes[codes >= 0], minlength=len(levels))
    return bool((codes >= 0).all() and (sizes >= threshold).all())


def _few_apart(a: BoolArray, b: BoolArray, threshold: int) -> bool:
    return any(0 < int(part.sum()) < threshold for part in (a & ~b, b & ~a))
