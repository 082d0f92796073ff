"""What the checks of a balanced comparison are given: the negative control's outcome, and completed tables.

Belongs here: which column or endpoint is the control, of whom. Does not belong here: computing (``core.bias``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from core.answers.event_groups import event_day_zero
from core.answers.subset import data_of
from core.bias.balance_checks import BalanceChecks, ImputedRatios, balance_checks, imputed_ratios
from core.bias.balance_study import BalanceStudy
from core.bias.crude_against_adjusted import Balance
from core.bias.negative_control import NegativeControl, control_of_time, control_of_value, up_to
from core.bias.weighted_sample import WeightedSample
from core.cohort.column_names import column_label
from core.cohort.select import AnalysisSet, analysis_set
from core.cohort.values import codes_of, numbers_of
from core.errors import CohortError, SpecError
from core.regression.imputation import impute
from core.reporting import format as fmt
from core.reporting.labels import endpoint_label
from core.safety.first_event import first_event
from core.spec import BalanceSpec, NegativeControlSpec
from core.timetoevent import BoolArray, FloatArray, TimeToEvent


def checks_of(analysis: BalanceSpec, subset: AnalysisSet, value: Balance) -> BalanceChecks:
    """E-values, the doubly robust difference and the negative control of the patients compared."""
    found = balance_checks(value, analysis)
    if analysis.negative_control is None:
        return found
    if value.main is None or value.main.sample is None:
        return replace(found, notes=(*found.notes, "Negative control: the method asked for could not be computed."))
    try:
        return replace(found, control=_control(analysis.negative_control, subset, value.study, value.main.sample))
    except SpecError:
        raise
    except CohortError as error:
        return replace(found, notes=(*found.notes, f"Negative control: {error.message}"))


def completed(
    analysis: BalanceSpec,
    subset: AnalysisSet,
    kinds: Mapping[str, str],
    study_of: Callable[[pd.DataFrame], BalanceStudy],
) -> ImputedRatios | None:
    """The ratios with imputed covariates; None where nothing is missing. The group predicts missing values too."""
    for name in analysis.imputation.also:
        subset.cohort.patients.column(name, needed_for="imputing missing values")
    names = list(dict.fromkeys([*analysis.covariates, *analysis.imputation.also]))
    group = str(subset.groups.column)
    codes = pd.Categorical.from_codes(subset.groups.codes, categories=list(subset.groups.levels))  # type: ignore[arg-type]
    frame = subset.frame[names].assign(**{group: codes})
    asked = analysis.imputation.model_copy(update={"also": (*analysis.imputation.also, group)})
    imputed = impute(data_of(subset), frame, analysis.covariates, asked=asked, kinds={**kinds, group: "category"})
    if not imputed.variables:
        return None
    tables = [imputed.completed(table)[list(analysis.covariates)] for table in range(asked.sets)]
    return imputed_ratios(imputed, [study_of(table) for table in tables], analysis)


def _control(
    asked: NegativeControlSpec, subset: AnalysisSet, study: BalanceStudy, sample: WeightedSample
) -> NegativeControl:
    if asked.column is not None:
        return _of_column(asked.column, subset, study, sample)
    if asked.adverse_event is not None:
        found = first_event(subset, asked.adverse_event, zero=event_day_zero(subset))
        return control_of_value(study, sample, found.had.astype(np.float64), name=found.name, is_share=True)
    name, data, known = _time(asked, subset)
    return control_of_time(study, sample, data, known=known, name=name)


def _of_column(column: str, subset: AnalysisSet, study: BalanceStudy, sample: WeightedSample) -> NegativeControl:
    table = subset.cohort.patients
    kind = table.column(column, needed_for="the negative control").kind
    if column in (*study.covariates, study.column):
        raise SpecError(
            f"'{column}' is made alike or makes the groups: it tells nothing as a negative control.",
            hint="Choose a column that is not among the factors.",
        )
    numbers = numbers_of(table, column) if kind == "number" else None
    if numbers is not None:
        values: FloatArray = numbers[subset.positions].astype(np.float64)
        shares = set(np.unique(values[np.isfinite(values)]).tolist()) <= {0.0, 1.0}
        return control_of_value(study, sample, values, name=column_label(column), is_share=shares)
    codes, levels = codes_of(table, column)
    if len(levels) != 2:
        raise SpecError(
            f"'{column}' has {len(levels)} levels: a negative control is a number or has two.",
            hint="Choose another column, or put levels together.",
        )
    own = codes[subset.positions]
    flags = np.where(own < 0, np.nan, own.astype(np.float64))
    return control_of_value(study, sample, flags, name=f"{column_label(column)}: {levels[1]}", is_share=True)


def _time(asked: NegativeControlSpec, subset: AnalysisSet) -> tuple[str, TimeToEvent, BoolArray]:
    """Another endpoint, or the early part of this one, of all the patients compared."""
    data = data_of(subset)
    if asked.within is not None:
        end = f"{fmt.time_label(asked.within)} {fmt.unit_word(data.unit, asked.within)}"
        name = f"{endpoint_label(str(subset.endpoint))}, first {end}"
        return name, up_to(data, asked.within), np.ones(data.n, dtype=np.bool_)
    other = analysis_set(subset.cohort, endpoint=str(asked.endpoint))
    place = {int(position): i for i, position in enumerate(other.positions)}
    rows = np.array([place.get(int(position), -1) for position in subset.positions])
    known = rows >= 0
    if not known.any():
        raise SpecError(f"No patient has the endpoint '{asked.endpoint}'.", hint="Choose another negative control.")
    found = data_of(other).subset(np.where(known, rows, 0))
    entry = found.entry
    return endpoint_label(str(asked.endpoint)), replace(found, event=found.event & known, entry=entry), known
