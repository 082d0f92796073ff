"""Rows of a printed forest table as filters: who stands in a row, by a rule and not by a list of patients.

Belongs here: from a row's name to the filters. Does not belong here: the tables themselves, what a filter
keeps (``core.cohort.kept``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from core.cohort.level_filters import level_filters
from core.regression.factors import MOST_VALUES
from core.reporting.labels import column_label
from core.spec import FilterOp, FilterSpec, GroupSpec

if TYPE_CHECKING:
    from core.reporting.tables import ReportTable
    from core.result import AnalysisResult

RowFilters: TypeAlias = Mapping[str, tuple[FilterSpec, ...]]
"""By the full name of a row, ``Sex: Male``."""

_OPS: dict[str, FilterOp] = {"<": "<", "≥": ">=", ">": ">"}


def cox_row_filters(result: AnalysisResult, group: GroupSpec | None) -> RowFilters:
    """Every level of every category in a Cox regression; a number has no patients of its own.

    Parameters
    ----------
    result : AnalysisResult
        Of kind ``cox``.
    group : GroupSpec, optional
        What is compared: its levels are no values of the column.
    """
    models = (result.cox.univariable, result.cox.multivariable)
    found: dict[str, tuple[FilterSpec, ...]] = {}
    for term in (term for model in models if model is not None for term in model.terms):
        if term.level is None or term.role != "main":
            continue
        for level in (term.reference, term.level):
            own = group is not None and group.column == term.term
            filters = level_filters(group, str(level)) if own and group is not None else _is(term.term, str(level))
            if level is not None and filters is not None:
                found[f"{column_label(term.term)}: {level}"] = filters
    return found


def subgroup_row_filters(result: AnalysisResult) -> RowFilters:
    """Every level of every factor of a subgroup analysis; a number is split at the median of those analysed."""
    return {
        f"{column_label(factor.factor)}: {subgroup.level}": _level(result, factor.factor, subgroup.level)
        for factor in result.subgroups.factors
        for subgroup in factor.subgroups
    }


def row_names(table: ReportTable, filters: RowFilters) -> Sequence[str | None]:
    """Of each row of a printed table its full name where filters say who stands in it."""
    names = [str(row.cells[0].values[0]) if row.cells[0].values else "" for row in table.rows]
    return [name if name in filters else None for name in names]


def _is(column: str, level: str) -> tuple[FilterSpec, ...]:
    return (FilterSpec(column=column, op="in", value=(level,)),)


def _level(result: AnalysisResult, name: str, level: str) -> tuple[FilterSpec, ...]:
    """The level's own value, or its side of the median, exact as it was and not as it is written."""
    table = result.subset.cohort.patients
    values = result.subset.frame[name]
    if table.column(name).kind != "number" or values.nunique() <= MOST_VALUES:
        return _is(name, level)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    middle = float(np.median(numbers[np.isfinite(numbers)]))
    return (FilterSpec(column=name, op=_OPS.get(level[:1], "<="), value=middle),)
