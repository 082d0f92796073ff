"""Adjusted survival and cut-points: the columns and levels they get.

Belongs here: which columns they read, as what, of whom. Does not belong here: computing (``core.regression``).
"""

from __future__ import annotations

import numpy as np

from core.answers.competing import one_event
from core.answers.regression import columns_of, rows_missing
from core.answers.subset import FEW_EVENTS, Answer, data_of, few_events
from core.cohort.select import AnalysisSet
from core.cohort.values import numbers_of
from core.errors import MissingColumnError, SpecError, TooFewEventsError
from core.regression.adjusted_model import ComparedGroups
from core.regression.adjusted_survival import adjusted_survival
from core.regression.cut_point import best_cut_point
from core.spec import AdjustedSurvivalSpec, CutPointSpec
from core.timetoevent import FloatArray


def adjusted_survival_answer(analysis: AdjustedSurvivalSpec, subset: AnalysisSet) -> Answer:
    """Survival of the groups had they the same covariates, and of one patient."""
    groups = subset.groups
    if groups.column in analysis.strata:
        raise SpecError(
            f"'{groups.column}' makes the groups and cannot be a stratum as well.",
            hint="To give each group a baseline hazard of its own, ask for 'own_baseline'.",
        )
    own = [] if groups.column is None else [groups.column]
    others = [name for name in analysis.covariates if name not in own]
    columns = columns_of(analysis.model_copy(update={"covariates": (*own, *others)}), subset)
    value = adjusted_survival(
        data_of(subset),
        columns.frame,
        others,
        groups=ComparedGroups(column=groups.column, levels=groups.levels, reference=groups.reference),
        times=analysis.times,
        profile=analysis.profile,
        own_baseline=analysis.own_baseline,
        ties=analysis.ties,
        strata=analysis.strata,
        weights=analysis.weights,
        references=columns.references,
        conf_type=analysis.conf_type,
        conf_level=analysis.conf_level,
        kinds=columns.kinds,
    )
    return value, subset, (*rows_missing(subset, columns.frame, value.missing), *few_events(subset))


def cut_point_answer(analysis: CutPointSpec, subset: AnalysisSet) -> Answer:
    """The best cut of a number."""
    of_those = number_column(subset, analysis.column, needed_for="the cut-point")
    data, said = data_of(subset), tuple[str, ...]()
    if analysis.event is not None:
        one = one_event(subset, analysis.event)
        data, subset, said = one.data, one.subset, (f"Event: {one.name}; others count as censored at their time.",)
    n_events = int(np.count_nonzero(data.event & np.isfinite(of_those)))
    if n_events < FEW_EVENTS:
        raise TooFewEventsError(
            f"A search for a cut-point needs at least {FEW_EVENTS} events; there are {n_events}.",
            hint="Loosen a filter, or group by a cut that was chosen beforehand.",
        )
    value = best_cut_point(
        data,
        of_those,
        analysis.column,
        minprop=analysis.minprop,
        maxprop=analysis.maxprop,
        permutations=analysis.permutations,
        bootstraps=analysis.bootstraps,
        seed=analysis.seed,
        conf_level=analysis.conf_level,
    )
    return value, subset, (*said, *rows_missing(subset, subset.frame, {analysis.column: value.n_missing}))


def number_column(subset: AnalysisSet, column: str, *, needed_for: str) -> FloatArray:
    """Values of the patients in a column of numbers; NaN where missing.

    Raises
    ------
    MissingColumnError
        If it is not there.
    SpecError
        If it holds words or dates.
    """
    table = subset.cohort.patients
    if column not in table.frame.columns:
        known = [str(name) for name in table.frame.columns]
        raise MissingColumnError.from_available(column, known, needed_for=needed_for)
    numbers = numbers_of(table, column)
    if numbers is None or table.column(column).kind != "number":
        raise SpecError(f"'{column}' holds words or dates: there is no cut.", hint="Choose a number.")
    return np.asarray(numbers[subset.positions], dtype=np.float64)
