"""Chosen patients against the rest, as a column of the patients, compared as any other is.

Belongs here: who is chosen, who is the rest, of whom it cannot be told. Does not belong here: what a filter means
(``kept``), levels of other columns (``grouping``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.cohort.cohort import Cohort, Column
from core.cohort.kept import kept_by, unknown_for
from core.cohort.latest import without_latest
from core.errors import SpecError
from core.spec import CHOSEN, REST, FilterSpec, GroupSpec
from core.timetoevent import IntArray


def with_chosen(cohort: Cohort, group: GroupSpec | None) -> tuple[Cohort, GroupSpec | None]:
    """The cohort with a column that says who is chosen, and the grouping by it; both as they are without ``where``.

    Raises
    ------
    SpecError
        If the cohort has a column of that name, or a filter does not fit it.
    MissingColumnError
        If a filter's column is not in the table.
    """
    if group is None or group.where is None:
        return cohort, group
    key = (group.model_dump_json(), cohort.spec.model_dump_json())
    kept = cohort.patients.cache.get("chosen group")  # the last one only: a table of a million rows is not kept twice
    if kept is None or kept[0] != key:
        kept = (key, _with_column(cohort, group, group.where))
        cohort.patients.cache["chosen group"] = kept
    rest, chosen = group.labels or (REST, CHOSEN)
    levels: dict[str, tuple[str, ...]] = {rest: (rest,), chosen: (chosen,)}
    return kept[1], GroupSpec(column=group.column, levels=levels, reference=group.reference)


def chosen_codes(cohort: Cohort, where: Sequence[FilterSpec]) -> IntArray:
    """1 where all filters hold, 0 where one does not, -1 where it cannot be told; shape (n,).

    A filter that does not hold settles it, whatever is missing elsewhere.
    """
    refused, unknown = np.zeros(cohort.n, dtype=np.bool_), np.zeros(cohort.n, dtype=np.bool_)
    for spec in where:
        missing = unknown_for(cohort, spec)
        refused |= ~kept_by(cohort, spec) & ~missing
        unknown |= missing
    return np.where(refused, 0, np.where(unknown, -1, 1)).astype(np.int64)


def _with_column(cohort: Cohort, group: GroupSpec, where: Sequence[FilterSpec]) -> Cohort:
    table, name = cohort.patients, group.column
    if any(column.name == name for column in table.columns):
        raise SpecError(
            f"There is a column '{name}' already.", hint="Give the chosen patients a name that no column has."
        )
    values = pd.Categorical.from_codes(chosen_codes(cohort, where), categories=list(group.labels or (REST, CHOSEN)))  # type: ignore[arg-type]
    column = Column(name=name, kind="category", role=None, confidence=1.0, reason="chosen by filters")
    own = {key: made for key, made in without_latest(table.cache).items() if key != "chosen group"}
    marked = dataclasses.replace(
        table, frame=table.frame.assign(**{name: values}), columns=(*table.columns, column), cache=own
    )
    return dataclasses.replace(cohort, patients=marked)
