"""Regressions: the columns and levels they get.

Belongs here: which columns a model reads, as what, and with which reference. Does not belong here: fitting
(``core.regression``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.answers.competing import OneEvent, one_event
from core.answers.follow_up_rows import FollowUpRows, follow_up_rows
from core.answers.subset import Answer, data_of, few_events
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of, match_levels
from core.errors import SpecError
from core.regression.e_value import cox_e_values
from core.regression.fine_gray import fine_gray_analysis
from core.regression.imputation import impute
from core.regression.imputed_model import imputed_cox_analysis
from core.regression.model import cox_analysis
from core.regression.proportionality import proportional_hazards_analysis
from core.regression.results import CoxAnalysis
from core.regression.subgroup import subgroup_analysis
from core.reporting.format import in_words, row_list
from core.spec import (
    CoxSpec,
    FineGraySpec,
    HazardModelSpec,
    ProportionalHazardsSpec,
    RegressionSpec,
    Scalar,
    SubgroupsSpec,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Columns:
    """The patients' columns, the compared levels in place of the group's own column."""

    frame: pd.DataFrame
    kinds: dict[str, str]
    references: dict[str, Scalar]
    curve_references: dict[str, float]


def cox_answer(analysis: CoxSpec, subset: AnalysisSet) -> Answer:
    """Hazard ratios of each covariate alone, of all together, or of those that matter alone; of one event if named."""
    columns = columns_of(analysis, subset)
    data = data_of(subset)
    said: tuple[str, ...] = ()
    if analysis.event is not None:
        one = one_event(subset, analysis.event)
        data, subset, said = one.data, one.subset, _censoring(one)
    rows = follow_up_rows(
        data,
        columns.frame,
        subset,
        time_dependent=analysis.time_dependent,
        time_splits=analysis.time_splits,
        cluster=analysis.cluster,
    )
    value = _imputed(analysis, columns, rows) if analysis.missing == "impute" else _fitted(analysis, columns, rows)
    value = _with_row_numbers(value, subset)
    if analysis.e_values is not None:
        value = replace(value, e_values=cox_e_values(value, analysis.e_values))
    said = (*said, *response_as_factor(subset, analysis.covariates))
    return value, subset, (*said, *rows.notes, *rows_missing(subset, columns.frame, value.missing))


def _fitted(analysis: CoxSpec, columns: _Columns, rows: FollowUpRows, frame: pd.DataFrame | None = None) -> CoxAnalysis:
    """The models of the rows, or of a completed table of them."""
    return cox_analysis(
        rows.data,
        rows.frame if frame is None else frame,
        analysis.covariates,
        mode=analysis.mode,
        enter_below=analysis.enter_below,
        ties=analysis.ties,
        strata=analysis.strata,
        weights=analysis.weights,
        cluster=analysis.cluster,
        references=columns.references,
        conf_level=analysis.conf_level,
        penalty=analysis.penalty,
        intervals=analysis.intervals,
        kinds={**columns.kinds, **rows.kinds},
        forced=analysis.forced,
        splines=analysis.splines,
        curve_references=columns.curve_references,
        interactions=analysis.interactions,
        diagnostics=analysis.diagnostics,
        patient=rows.patient,
        time_splits=analysis.time_splits,
    )


def _imputed(analysis: CoxSpec, columns: _Columns, rows: FollowUpRows) -> CoxAnalysis:
    """The models of several completed tables, pooled; columns of the strata predict missing values too."""
    if rows.patient is not None:
        raise SpecError(
            "Missing values are imputed where a patient has one row, and this table has several.",
            hint="Leave patients with missing values out.",
        )
    kinds = {**columns.kinds, **rows.kinds}
    known = [name for name in analysis.strata if not rows.frame[name].isna().any()]
    asked = analysis.imputation.model_copy(update={"also": (*analysis.imputation.also, *known)})
    imputed = impute(rows.data, rows.frame, analysis.covariates, asked=asked, kinds=kinds)
    return imputed_cox_analysis(imputed, lambda frame: _fitted(analysis, columns, rows, frame))


def _censoring(one: OneEvent) -> tuple[str, ...]:
    """Which hazard a cause-specific model is of."""
    others = f"; patients with {in_words(one.others)} count as censored at its time" if one.others else ""
    return (f"Event: {one.name}{others}.",)


def _with_row_numbers(value: CoxAnalysis, subset: AnalysisSet) -> CoxAnalysis:
    """Influential patients by their rows in the table."""
    found = value.building.influence
    if found is None:
        return value
    numbers = np.asarray(subset.row_numbers, dtype=np.int64)
    most = tuple(replace(left, row=int(numbers[left.row])) for left in found.most)
    building = replace(value.building, influence=replace(found, rows=numbers[found.rows], most=most))
    return replace(value, building=building)


def proportional_hazards_answer(analysis: ProportionalHazardsSpec, subset: AnalysisSet) -> Answer:
    """Whether the hazard ratios of all covariates together stay the same over time."""
    columns = columns_of(analysis, subset)
    rows = follow_up_rows(
        data_of(subset), columns.frame, subset, time_dependent=analysis.time_dependent, time_splits={}
    )
    value = proportional_hazards_analysis(
        rows.data,
        rows.frame,
        analysis.covariates,
        transform=analysis.transform,
        ties=analysis.ties,
        strata=analysis.strata,
        weights=analysis.weights,
        references=columns.references,
        kinds={**columns.kinds, **rows.kinds},
        splines=analysis.splines,
        interactions=analysis.interactions,
    )
    return value, subset, (*rows.notes, *rows_missing(subset, columns.frame, value.missing))


def fine_gray_answer(analysis: FineGraySpec, subset: AnalysisSet) -> Answer:
    """Subdistribution hazard ratios of one event, the others competing."""
    if not subset.competing:
        raise SpecError(
            f"Endpoint '{subset.endpoint}' has no competing events.",
            hint="Name them under 'competing', or use Cox regression.",
        )
    columns = columns_of(analysis, subset)
    one = one_event(subset, analysis.event)
    value = fine_gray_analysis(
        one.data,
        one.competing,
        columns.frame,
        analysis.covariates,
        references=columns.references,
        conf_level=analysis.conf_level,
        kinds=columns.kinds,
    )
    told = f"Event: {one.name}; competing: {', '.join(one.others)}."
    said = (told, *response_as_factor(subset, analysis.covariates))
    return value, one.subset, (*said, *rows_missing(subset, columns.frame, value.missing))


def subgroups_answer(analysis: SubgroupsSpec, subset: AnalysisSet) -> Answer:
    """The hazard ratio of two groups in every level of several factors."""
    groups = subset.groups
    if groups.column is None or len(groups.levels) != 2:
        there = "there are none" if groups.column is None else f"there are {len(groups.levels)}"
        raise SpecError(f"Subgroups compare two groups; {there}.", hint="Give a group with two levels.")
    if groups.column in analysis.factors:
        raise SpecError(f"'{groups.column}' makes the groups and cannot be a factor as well.")
    other = next(level for level in groups.levels if level != groups.reference)
    value = subgroup_analysis(
        data_of(subset),
        subset.frame,
        analysis.factors,
        is_other=(groups.codes == groups.levels.index(other)).astype(np.int64),
        groups=(groups.reference, other),
        ties=analysis.ties,
        conf_level=analysis.conf_level,
        kinds={column.name: column.kind for column in subset.cohort.patients.columns},
    )
    return value, subset, few_events(subset)


def columns_of(analysis: RegressionSpec, subset: AnalysisSet) -> _Columns:
    """What the covariates of a regression are read from."""
    for name in analysis.references:
        if name not in analysis.covariates:
            raise SpecError.unknown_key(name, analysis.covariates, where="references, which name covariates")
    frame, groups = _read_columns(analysis, subset), subset.groups
    kinds: dict[str, str] = {column.name: column.kind for column in subset.cohort.patients.columns}
    splines = analysis.splines if isinstance(analysis, HazardModelSpec) else {}
    curve_references = {
        name: _number(name, analysis.references[name]) for name in splines if name in analysis.references
    }
    references: dict[str, Scalar] = {k: v for k, v in analysis.references.items() if k not in splines}
    # A number with a reference level is meant as a category.
    kinds.update(dict.fromkeys(references, "category"))
    if groups.column is not None:
        levels = pd.Categorical.from_codes(groups.codes, categories=list(groups.levels))  # type: ignore[arg-type]
        frame = frame.assign(**{groups.column: levels})
        kinds[groups.column] = "category"
        references[groups.column] = _level_of(subset, references.get(groups.column, groups.reference))
    asked = {name: level for name, level in references.items() if name in analysis.covariates}
    return _Columns(frame=frame, kinds=kinds, references=asked, curve_references=curve_references)


def _number(name: str, reference: Scalar) -> float:
    """The value at which a curve's hazard ratio is 1."""
    if isinstance(reference, str):
        raise SpecError(f"The reference '{reference}' of the curve of '{name}' is not a number.")
    return float(reference)


def _read_columns(analysis: RegressionSpec, subset: AnalysisSet) -> pd.DataFrame:
    """The columns a regression reads, of the kept patients; all columns where one is not there, for the message."""
    everything = subset.cohort.patients.frame
    other = (getattr(analysis, name, None) for name in ("weights", "cluster"))
    later = getattr(analysis, "time_dependent", {})
    covariates = [name for name in analysis.covariates if name not in later]
    also = analysis.imputation.also if isinstance(analysis, CoxSpec) and analysis.missing == "impute" else ()
    names = dict.fromkeys([*covariates, *getattr(analysis, "strata", ()), *filter(None, other), *also])
    if not set(names) <= set(everything.columns):
        return subset.frame
    return everything[list(names)].take(subset.positions).reset_index(drop=True)


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


def rows_missing(subset: AnalysisSet, frame: pd.DataFrame, missing: Mapping[str, int]) -> tuple[str, ...]:
    """The rows behind the counts of missing values."""
    row_numbers = np.asarray(subset.row_numbers)
    return tuple(
        f"{column} is missing in {row_list(row_numbers[frame[column].isna().to_numpy()].tolist())}."
        for column, n in missing.items()
        if n and column in frame and frame[column].isna().any()
    )


def response_as_factor(subset: AnalysisSet, covariates: Sequence[str]) -> tuple[str, ...]:
    """The warning where the response to treatment is among the factors (Anderson et al., J Clin Oncol 1983)."""
    name = subset.cohort.patients.with_role("best_response")
    if name not in covariates:
        return ()
    return (
        f"{name} is known only after treatment began, and who lives longer has longer to respond (immortal time): its "
        "hazard ratios do not show that response prolongs life.",
    )
