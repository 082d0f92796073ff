"""The safety population: the patients who were treated, where a column says who belongs to it."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.answers.subset import without
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of, fold
from core.errors import TooFewEventsError
from core.reporting.labels import column_label

_YES = frozenset(("y", "yes", "true", "1", "1.0", "是", "有"))


def safety_population(subset: AnalysisSet) -> tuple[AnalysisSet, tuple[str, ...]]:
    """The patients of the safety population, the others left out and counted, and what is said of it.

    Everybody where no column says who belongs to it.

    Raises
    ------
    TooFewEventsError
        If nobody belongs to it.
    """
    patients = subset.cohort.patients
    column = patients.with_role("safety_population")
    if column is None:
        return subset, ()
    codes, levels = codes_of(patients, column)
    belongs = np.array([*(fold(level) in _YES for level in levels), False])[codes[subset.positions]]
    if not belongs.any():
        raise TooFewEventsError(
            f"No patient belongs to the safety population ({column_label(column)}).",
            hint="Count all patients instead.",
        )
    if belongs.all():
        return subset, (f"All patients belong to the safety population ({column_label(column)}).",)
    kept = without(subset, ~belongs, f"not in the safety population ({column_label(column)})")
    return _without_empty_levels(kept), ()


def _without_empty_levels(subset: AnalysisSet) -> AnalysisSet:
    """Groups nobody of whom was treated are no groups of the table."""
    groups = subset.groups
    sizes = np.bincount(groups.codes, minlength=len(groups.levels))
    if sizes.all():
        return subset
    kept = np.flatnonzero(sizes)
    levels = tuple(groups.levels[i] for i in kept)
    renumber = np.cumsum(sizes > 0) - 1
    gone = ", ".join(f"'{level}'" for level, n in zip(groups.levels, sizes, strict=True) if not n)
    return dataclasses.replace(
        subset,
        groups=dataclasses.replace(
            groups,
            codes=renumber[groups.codes].astype(np.int64),
            levels=levels,
            reference=groups.reference if groups.reference in levels else levels[0],
        ),
        notes=(*subset.notes, f"Nobody of {gone} belongs to the safety population."),
    )
