"""Two groups made alike: the columns and patients this analysis gets.

Belongs here: which columns it reads, as what, of whom. Does not belong here: computing (``core.bias``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.answers.balance_checks import checks_of, completed
from core.answers.follow_up_rows import whose_rows
from core.answers.subset import Answer, data_of, few_events, without
from core.bias.balance_checks import ImputedRatios
from core.bias.balance_study import BalanceStudy
from core.bias.crude_against_adjusted import balance_analysis
from core.cohort.column_names import column_label
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of
from core.errors import MissingColumnError, SpecError
from core.regression.design import build_design
from core.regression.splines import chosen_knots
from core.spec import BalanceSpec
from core.timetoevent import IntArray


def balance_answer(analysis: BalanceSpec, subset: AnalysisSet) -> Answer:
    """Two groups, crude and made alike by every method."""
    _two_groups(analysis, subset)
    if whose_rows(data_of(subset), subset, None) is not None:
        raise SpecError(
            "Balancing needs one row per patient, and this table has several.",
            hint="Use a Cox regression with the rows as they are.",
        )
    kinds: dict[str, str] = {found.name: found.kind for found in subset.cohort.patients.columns}
    kinds.update(dict.fromkeys(analysis.references, "category"))
    names = list(analysis.covariates)
    everybody, frame = subset, subset.frame[names]
    given = build_design(frame, names, references=analysis.references, kinds=kinds)
    subset, frame = _complete(subset, frame, names, kinds)
    subset, frame, exact = _exact(subset, frame, analysis.matching.exact)
    study = _study(analysis, subset, frame, kinds=kinds, exact=exact)
    value = balance_analysis(study, analysis, missing={name: n for name, n in given.missing.items() if n})
    checks = checks_of(analysis, subset, value)
    if analysis.missing == "impute":
        checks = replace(checks, imputed=_imputed(analysis, everybody, kinds))
    value = replace(value, checks=checks, notes=tuple(dict.fromkeys([*value.notes, *checks.notes])))
    return value, subset, few_events(subset)


def _study(
    analysis: BalanceSpec,
    subset: AnalysisSet,
    frame: pd.DataFrame,
    *,
    kinds: Mapping[str, str],
    exact: IntArray | None,
) -> BalanceStudy:
    """The patients, with a value of every covariate, as the methods take them."""
    names = list(analysis.covariates)
    knots = chosen_knots(frame, analysis.splines, kinds=kinds)
    other = next(level for level in subset.groups.levels if level != subset.groups.reference)
    return BalanceStudy(
        data=data_of(subset),
        treated=subset.groups.codes == subset.groups.levels.index(other),
        column=str(subset.groups.column),
        levels=(subset.groups.reference, other),
        frame=frame,
        design=build_design(frame, names, references=analysis.references, kinds=kinds, knots=knots),
        kinds={name: _kind(frame[name], kinds[name]) for name in names},
        conf_level=analysis.conf_level,
        exact=exact,
    )


def _imputed(analysis: BalanceSpec, subset: AnalysisSet, kinds: Mapping[str, str]) -> ImputedRatios | None:
    """The ratios of all patients, what is missing imputed; only those without what the matched share stay out."""
    subset, _, exact = _exact(subset, subset.frame, analysis.matching.exact)
    return completed(analysis, subset, kinds, lambda table: _study(analysis, subset, table, kinds=kinds, exact=exact))


def _kind(series: pd.Series[Any], kind: str) -> str:
    """Number or category."""
    return "number" if kind == "number" and pd.api.types.is_numeric_dtype(series) else "category"


def _complete(
    subset: AnalysisSet, frame: pd.DataFrame, names: list[str], kinds: Mapping[str, str]
) -> tuple[AnalysisSet, pd.DataFrame]:
    """Patients with a value of every covariate; each other one is counted under the first that is missing."""
    for name in names:
        missing = ~build_design(frame, [name], kinds=kinds).complete
        if missing.any():
            subset = without(subset, missing, f"{column_label(name)} missing (to be balanced)")
            frame = frame[~missing].reset_index(drop=True)
    return subset, frame


def _exact(
    subset: AnalysisSet, frame: pd.DataFrame, names: tuple[str, ...]
) -> tuple[AnalysisSet, pd.DataFrame, IntArray | None]:
    """Codes of what the matched must have in common; who lacks it is left out and counted."""
    for name in names:
        missing = codes_of(subset.cohort.patients, name)[0][subset.positions] < 0
        if missing.any():
            subset = without(subset, missing, f"{column_label(name)} missing (to be the same in the matched)")
            frame = frame[~missing].reset_index(drop=True)
    if not names:
        return subset, frame, None
    codes = np.column_stack([codes_of(subset.cohort.patients, name)[0][subset.positions] for name in names])
    return subset, frame, np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1)


def _two_groups(analysis: BalanceSpec, subset: AnalysisSet) -> None:
    """Refuse what is not two groups, and columns that cannot be balanced."""
    groups = subset.groups
    if groups.column is None or len(groups.levels) != 2:
        n = 0 if groups.column is None else len(groups.levels)
        there = {0: "there are none", 1: "there is one"}.get(n, f"there are {n}")
        raise SpecError(
            f"Balancing compares two groups; {there}.",
            hint="Choose which two levels are compared, and which of them is the reference.",
        )
    known = [str(name) for name in subset.cohort.patients.frame.columns]
    for name in (*analysis.covariates, *analysis.matching.exact):
        if name == groups.column:
            raise SpecError(f"'{name}' makes the groups and cannot be balanced as well.")
        if name not in known:
            raise MissingColumnError.from_available(name, known, needed_for="balancing")
    if np.unique(groups.codes).size < 2:
        raise SpecError("All patients are in one group.", hint="Loosen a filter.")
