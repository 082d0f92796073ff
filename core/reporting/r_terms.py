"""A regression's covariates as R's formula writes them, so that the call gives the numbers on screen.

Belongs here: what R must be told of a column: the groups, a category coded in numbers, a reference that is not R's own
first level, a ratio per period. Does not belong here: which covariates are in the model (``model_methods``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.cohort.values import as_number, codes_of, match_levels, natural_order
from core.reporting.method import r_name
from core.spec import HazardModelSpec, RegressionSpec

if TYPE_CHECKING:
    from core.result import AnalysisResult


def r_term(result: AnalysisResult, spec: RegressionSpec, name: str) -> str:
    """One covariate: ``age``, ``factor(n_lesions)``, ``relevel(factor(sex), "male")``; ``group`` where regrouped."""
    levels = _levels(result, spec, name)
    if not levels:
        return r_name(name)
    if _regrouped(result, name):
        return "group"
    in_numbers = all(as_number(level) is not None for level in levels)
    first = levels[0] if in_numbers else min(levels, key=str.casefold)
    reference = _reference(spec, name, levels)
    if reference != first:
        return f'relevel(factor({r_name(name)}), "{reference}")'
    return f"factor({r_name(name)})" if in_numbers else r_name(name)


def r_period_term(result: AnalysisResult, spec: RegressionSpec, name: str) -> str:
    """A covariate with a ratio per period; of a category R needs each level but the reference by itself."""
    levels = _levels(result, spec, name)
    if not levels:
        return f"{r_name(name)}:period"
    column = "group" if _regrouped(result, name) else r_name(name)
    others = [level for level in levels if level != _reference(spec, name, levels)]
    return " + ".join(f'I(1 * ({column} == "{level}")):period' for level in others)


def _regrouped(result: AnalysisResult, name: str) -> bool:
    """Whether the groups on screen are not the values of their column: renamed, merged or cut."""
    groups = result.subset.groups
    return name == groups.column and not set(groups.levels) <= set(codes_of(result.subset.cohort.patients, name)[1])


def _levels(result: AnalysisResult, spec: RegressionSpec, name: str) -> Sequence[str]:
    """Levels of a category, the groups' in their order, in natural order else; none of a number."""
    groups, patients = result.subset.groups, result.subset.cohort.patients
    if name == groups.column:
        return (groups.reference, *(level for level in groups.levels if level != groups.reference))
    kinds = {column.name: column.kind for column in patients.columns}
    curve = isinstance(spec, HazardModelSpec) and name in spec.splines
    if name not in kinds or curve or (kinds[name] == "number" and name not in spec.references):
        return ()
    codes, levels = codes_of(patients, name)
    there = np.unique(codes[result.subset.positions])
    return natural_order(levels[int(code)] for code in there if code >= 0)


def _reference(spec: RegressionSpec, name: str, levels: Sequence[str]) -> str:
    meant = match_levels(levels, [spec.references[name]]) if name in spec.references else np.zeros(1, dtype=np.bool_)
    return levels[int(np.argmax(meant))]
