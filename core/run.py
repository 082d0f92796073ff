"""Specification and cohort to results: the one place where every room of the core meets.

Belongs here: which patients, columns and options each kind of analysis gets, and the notes that concern all of them.
Does not belong here: statistics, words for tables.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from core.cohort.cohort import Cohort, Table
from core.cohort.select import AnalysisSet, Exclusion, analysis_set
from core.cohort.values import codes_of, match_levels
from core.errors import CohortError, SpecError
from core.patients.baseline import baseline_table
from core.regression.model import cox_analysis
from core.reporting.footnotes import SYNTHETIC
from core.reporting.format import row_list
from core.reporting.sentences import exclusion_sentence
from core.result import AnalysisResult
from core.safety.adverse_events import adverse_event_table
from core.spec import (
    AdverseEventsSpec,
    Analysis,
    AnalysisSpec,
    BaselineSpec,
    CompareSpec,
    CoxSpec,
    GroupSpec,
    KaplanMeierSpec,
    Scalar,
)
from core.survival.compare import Comparison, compare
from core.survival.summary import SurvivalSummary, summarise
from core.timetoevent import BoolArray, IntArray, TimeToEvent

if TYPE_CHECKING:
    from core.result import ResultValue

__all__ = ["AnalysisResult", "run", "run_analysis"]

FEW_EVENTS = 10  # below this a group's curve and test say little

_Answer: TypeAlias = "tuple[ResultValue, AnalysisSet, tuple[str, ...]]"


def run(spec: AnalysisSpec, cohort: Cohort) -> dict[str, AnalysisResult]:
    """Answer every analysis of a specification.

    Parameters
    ----------
    spec : AnalysisSpec
    cohort : Cohort
        Loaded from ``spec.cohort``, or the one on screen.

    Returns
    -------
    dict of analysis id to AnalysisResult
        In the order of the specification.

    Raises
    ------
    CohortError
        If one analysis cannot be answered; the message names it.
    """
    return {analysis.id: run_analysis(spec, cohort, analysis) for analysis in spec.analyses}


def run_analysis(spec: AnalysisSpec, cohort: Cohort, analysis: Analysis) -> AnalysisResult:
    """Answer one analysis, see :func:`run`.

    Its own filters are added to the specification's; its own group replaces the specification's.
    """
    try:
        subset = analysis_set(
            cohort,
            filters=(*spec.filters, *analysis.filters),
            group=_group(spec, analysis),
            endpoint=getattr(analysis, "endpoint", None),
        )
        value, subset, notes = _ROOMS[analysis.kind](analysis, subset)
    except CohortError as error:
        raise _named(error, analysis) from error
    said = (
        *(exclusion_sentence(exclusion) for exclusion in subset.exclusions),
        *subset.notes,
        *notes,
        *value.notes,
        *((SYNTHETIC,) if cohort.synthetic else ()),
    )
    return AnalysisResult(
        id=analysis.id,
        kind=analysis.kind,
        value=value,
        subset=subset,
        analysis=analysis,
        notes=tuple(dict.fromkeys(said)),
    )


def _group(spec: AnalysisSpec, analysis: Analysis) -> GroupSpec | None:
    """The compared levels; a regression without the group's column is of everybody, whatever is compared elsewhere."""
    group = analysis.group or spec.group
    if isinstance(analysis, CoxSpec) and analysis.group is None and group is not None:
        return group if group.column in (*analysis.covariates, *analysis.strata) else None
    return group


def _named(error: CohortError, analysis: Analysis) -> CohortError:
    """The same error, saying which analysis could not be answered."""
    named = type(error)(f"Analysis '{analysis.id}': {error.message}", hint=error.hint)
    return named.with_traceback(error.__traceback__)


def _kaplan_meier(analysis: KaplanMeierSpec, subset: AnalysisSet) -> _Answer:
    value: SurvivalSummary = summarise(
        _data(subset),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
        times=analysis.times,
        quantiles=analysis.quantiles,
        tau=analysis.tau,
    )
    return value, subset, _few_events(subset)


def _compare(analysis: CompareSpec, subset: AnalysisSet) -> _Answer:
    strata, subset = _strata(subset, analysis.strata)
    value: Comparison = compare(
        _data(subset),
        subset.groups.codes,
        subset.groups.levels,
        subset.groups.reference,
        weighting=analysis.weighting,
        strata=strata,
        pairwise=analysis.pairwise,
        trend=analysis.trend,
        conf_level=analysis.conf_level,
    )
    return value, subset, _few_events(subset)


def _cox(analysis: CoxSpec, subset: AnalysisSet) -> _Answer:
    for name in analysis.references:
        if name not in analysis.covariates:
            raise SpecError.unknown_key(name, analysis.covariates, where="references, which name covariates")
    frame, groups = subset.frame, subset.groups
    kinds: dict[str, str] = {column.name: column.kind for column in subset.cohort.patients.columns}
    # A number with a reference level is meant as a category.
    kinds.update(dict.fromkeys(analysis.references, "category"))
    references: dict[str, Scalar] = dict(analysis.references)
    if groups.column is not None:
        levels = pd.Categorical.from_codes(groups.codes, categories=list(groups.levels))  # type: ignore[arg-type]
        frame = frame.assign(**{groups.column: levels})
        kinds[groups.column] = "category"
        references[groups.column] = _level_of(subset, references.get(groups.column, groups.reference))
    value = cox_analysis(
        _data(subset),
        frame,
        analysis.covariates,
        mode=analysis.mode,
        enter_below=analysis.enter_below,
        ties=analysis.ties,
        strata=analysis.strata,
        weights=analysis.weights,
        cluster=analysis.cluster,
        references={name: level for name, level in references.items() if name in analysis.covariates},
        conf_level=analysis.conf_level,
        penalty=analysis.penalty,
        kinds=kinds,
    )
    return value, subset, _rows_missing(subset, frame, value.missing)


def _level_of(subset: AnalysisSet, value: Scalar) -> Scalar:
    """The compared level that a reference means: a level's name, or a value of the column that was put into one."""
    groups = subset.groups
    assert groups.column is not None
    if match_levels(groups.levels, [value]).any():
        return value
    codes, levels = codes_of(subset.cohort.patients, groups.column)
    means = np.append(match_levels(levels, [value]), False)[codes][subset.positions]
    found = np.unique(groups.codes[means])
    return groups.levels[int(found[0])] if found.size == 1 else value


def _rows_missing(subset: AnalysisSet, frame: pd.DataFrame, missing: Mapping[str, int]) -> tuple[str, ...]:
    """The rows behind the counts of missing values."""
    row_numbers = np.asarray(subset.row_numbers)
    return tuple(
        f"{column} is missing in {row_list(row_numbers[frame[column].isna().to_numpy()].tolist())}."
        for column, n in missing.items()
        if n and frame[column].isna().any()
    )


def _baseline(analysis: BaselineSpec, subset: AnalysisSet) -> _Answer:
    value = baseline_table(
        subset.frame,
        analysis.variables,
        {column.name: column.kind for column in subset.cohort.patients.columns},
        subset.groups.codes,
        subset.groups.levels,
    )
    return value, subset, ()


def _adverse_events(analysis: AdverseEventsSpec, subset: AnalysisSet) -> _Answer:
    cohort = subset.cohort
    table = cohort.adverse_events
    if table is None:
        raise SpecError(
            "The cohort has no adverse events.", hint="Name a table with one row per event as 'adverse_events'."
        )
    patient = cohort.patients.with_role("patient_id")
    if patient is None:
        raise SpecError(
            "Adverse events need a column that identifies patients, and none was found in the patients' table.",
            hint="Name it under 'roles' as 'patient_id'.",
        )
    # Patients who are not analysed keep code -1, so that their events are not taken for events of strangers.
    codes = np.full(cohort.n, -1, dtype=np.int64)
    codes[subset.positions] = subset.groups.codes
    value = adverse_event_table(
        _event_columns(table),
        cohort.patients.frame[patient],
        codes,
        subset.groups.levels,
        subset.groups.reference,
        classes=analysis.classes,
        difference=analysis.difference,
        conf_level=analysis.conf_level,
    )
    return value, subset, ()


def _event_columns(table: Table) -> pd.DataFrame:
    """The long table with its columns named for what they are."""
    roles = {"ae_patient_id": "patient", "ae_term": "term", "ae_grade": "grade", "ae_class": "class"}
    columns = {column: name for role, name in roles.items() if (column := table.with_role(role)) is not None}
    return table.frame[list(columns)].rename(columns=columns)


def _data(subset: AnalysisSet) -> TimeToEvent:
    assert subset.data is not None, "analyses of time to event name an endpoint"
    return subset.data


def _strata(subset: AnalysisSet, columns: Sequence[str]) -> tuple[IntArray | None, AnalysisSet]:
    """Stratum of each patient from one or several columns; patients without a value are left out and counted."""
    for column in columns:
        missing = _codes(subset, column) < 0
        if missing.any():
            subset = _without(subset, missing, f"{column} missing (stratification)")
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


def _without(subset: AnalysisSet, out: BoolArray, reason: str) -> AnalysisSet:
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


def _few_events(subset: AnalysisSet) -> tuple[str, ...]:
    """Groups with so few events that their curve says little."""
    data, groups = _data(subset), subset.groups
    counts = np.bincount(groups.codes[data.event], minlength=len(groups.levels))
    return tuple(
        f"Fewer than {FEW_EVENTS} events{'' if level == 'all' else f' in {level}'} ({count}): read with care."
        for level, count in zip(groups.levels, counts.tolist(), strict=True)
        if count < FEW_EVENTS
    )


_ROOMS: dict[str, Callable[[Any, AnalysisSet], _Answer]] = {
    "kaplan_meier": _kaplan_meier,
    "compare": _compare,
    "cox": _cox,
    "baseline": _baseline,
    "adverse_events": _adverse_events,
}
