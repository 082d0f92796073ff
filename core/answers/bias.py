"""Bias: the columns, time zero and patients its analyses get.

Belongs here: when treatment began in whom, and who cannot be used. Does not belong here: computing (``core.bias``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.answers.event_groups import by_adverse_event, event_starts
from core.answers.follow_up_rows import whose_rows
from core.answers.subset import Answer, data_of, without
from core.bias.immortal_time import late_start
from core.bias.later_treatment import LaterTreatment
from core.bias.side_by_side import immortal_time_analysis
from core.bias.start_times import dates_of, day_zero, origin_of, start_times, unit_in_name
from core.cohort.column_names import column_label
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of
from core.errors import MissingColumnError, SpecError, TooFewEventsError
from core.reporting import format as fmt
from core.spec import ImmortalTimeSpec, Unit
from core.timetoevent import DAYS_PER, FloatArray, TimeToEvent

DEFAULT_MONTHS = (3.0, 6.0)


def immortal_time_answer(analysis: ImmortalTimeSpec, subset: AnalysisSet) -> Answer:
    """Two groups, one of which began after time zero, compared by every method."""
    if analysis.adverse_event is not None:
        subset = by_adverse_event(analysis.adverse_event, subset)
    _two_groups(analysis, subset)
    if whose_rows(data_of(subset), subset, None) is not None:
        raise SpecError(
            "Landmarks and clones need one row per patient, and this table has several.",
            hint="Use a Cox regression with the rows as they are.",
        )
    starts, starts_column = _starts(analysis, subset)
    subset, starts, moved = _from_time_zero(analysis, subset, starts)
    treated_code = _treated(subset, starts) if analysis.adverse_event is None else 1
    out = (subset.groups.codes == treated_code) & np.isnan(starts)
    level = subset.groups.levels[treated_code]
    subset, starts = _without(subset, starts, out, f"{level}, but no start in {column_label(starts_column)}")
    named = tuple(dict.fromkeys([*analysis.covariates, *analysis.loss_covariates]))
    for name in named:
        missing = codes_of(subset.cohort.patients, name)[0][subset.positions] < 0
        subset, starts = _without(subset, starts, missing, f"{column_label(name)} missing (adjusted for)")
    treated = subset.groups.codes == treated_code
    month = DAYS_PER["months"] / DAYS_PER[data_of(subset).unit]
    study = _study(analysis, subset, starts, treated=treated_code, named=named)
    value = immortal_time_analysis(
        study,
        starts=starts_column,
        landmarks=tuple(m * month for m in DEFAULT_MONTHS) if analysis.landmarks is None else analysis.landmarks,
        grace=_grace(analysis, month),
        loss=analysis.loss_covariates,
        draws=analysis.draws,
        seed=analysis.seed,
    )
    moved = (*_counted_from(subset, starts_column), *moved)
    contrary = int(np.count_nonzero(~treated & np.isfinite(starts)))
    said = [f"{fmt.patients(contrary)} of {study.levels[0]} with a start: treated from then on."] if contrary else []
    return value, subset, (*moved, *said)


def _study(
    analysis: ImmortalTimeSpec, subset: AnalysisSet, starts: FloatArray, *, treated: int, named: tuple[str, ...]
) -> LaterTreatment:
    """The patients as the methods take them; ``named``: the columns of all models."""
    levels = subset.groups.levels
    level = levels[treated]
    kinds: Mapping[str, str] = {found.name: found.kind for found in subset.cohort.patients.columns}
    return LaterTreatment(
        data=data_of(subset),
        starts=starts,
        treated=subset.groups.codes == treated,
        column=str(subset.groups.column),
        levels=(next(name for name in levels if name != level), level),
        frame=subset.frame[list(named)] if named else pd.DataFrame(),
        covariates=analysis.covariates,
        kinds={**kinds, **dict.fromkeys(analysis.references, "category")},
        references=analysis.references,
        conf_level=analysis.conf_level,
    )


def _grace(analysis: ImmortalTimeSpec, month: float) -> float | None:
    """Grace period of the clones; nobody chooses to have an adverse event, which therefore is no strategy."""
    if analysis.adverse_event is not None:
        return None
    return DEFAULT_MONTHS[0] * month if analysis.grace is None else analysis.grace


def _two_groups(analysis: ImmortalTimeSpec, subset: AnalysisSet) -> None:
    """Refuse what is not two groups, and covariates that cannot be."""
    groups = subset.groups
    if groups.column is None or len(groups.levels) != 2:
        there = "there are none" if groups.column is None else f"there are {len(groups.levels)}"
        raise SpecError(f"Immortal time is a matter of two groups; {there}.", hint="Give a group with two levels.")
    known = [str(name) for name in subset.cohort.patients.frame.columns]
    for name in (*analysis.covariates, *analysis.loss_covariates):
        if name == groups.column:
            raise SpecError(f"'{name}' makes the groups and cannot be adjusted for as well.")
        if name not in known:
            raise MissingColumnError.from_available(name, known, needed_for="adjusting")
    for name in analysis.references:
        if name not in (*analysis.covariates, *analysis.loss_covariates):
            raise SpecError.unknown_key(name, analysis.covariates, where="references, which name covariates")


def _starts(analysis: ImmortalTimeSpec, subset: AnalysisSet) -> tuple[FloatArray, str]:
    """When treatment began, from the column asked for or the one that is recognised, and its name."""
    if analysis.adverse_event is not None:
        return event_starts(analysis.adverse_event, subset), "adverse events"
    if analysis.starts is not None:
        unit = analysis.unit or unit_in_name(analysis.starts)
        return start_times(subset, analysis.starts, unit=unit, origin=origin_of(subset)), analysis.starts
    late = late_start(subset)
    if late is None or late.starts is None:
        raise SpecError(
            f"No column says when {subset.groups.column} began.",
            hint="Name the column with the start under 'starts': days since time zero, or dates.",
        )
    return np.array(late.starts), late.column or f"first {late.group}"


def _counted_from(subset: AnalysisSet, column: str) -> tuple[str, ...]:
    """From which date dates are counted where the endpoint itself has none."""
    origin, own = origin_of(subset), subset.cohort.spec.endpoints[str(subset.endpoint)].start
    dates = [found.name for found in subset.cohort.patients.columns if found.kind == "date"]
    if column not in dates or own is not None or origin is None:
        return ()
    return (f"{column_label(column)} is counted from {column_label(origin)}.",)


def _treated(subset: AnalysisSet, starts: FloatArray) -> int:
    """Position of the level whose patients have a start."""
    groups = subset.groups
    if np.unique(groups.codes).size < 2:
        raise TooFewEventsError(
            "Comparing needs patients in both groups, and one has none with this time zero.",
            hint="Choose a date that patients of both groups have.",
        )
    shares = [float(np.isfinite(starts[groups.codes == code]).mean()) for code in range(len(groups.levels))]
    if shares[0] == shares[1]:
        raise SpecError(
            "The column with the start does not tell which group began later: it is filled alike in both.",
            hint="Give a column that is empty in patients who were never treated.",
        )
    return int(np.argmax(shares))


def _without(subset: AnalysisSet, starts: FloatArray, out: np.ndarray, reason: str) -> tuple[AnalysisSet, FloatArray]:
    """Leave patients out and count them."""
    return (without(subset, out, reason), starts[~out]) if out.any() else (subset, starts)


def _from_time_zero(
    analysis: ImmortalTimeSpec, subset: AnalysisSet, starts: FloatArray
) -> tuple[AnalysisSet, FloatArray, tuple[str, ...]]:
    """Times counted from another day; who was followed only from a later day on enters then."""
    if analysis.time_zero is None:
        return subset, starts, ()
    name = analysis.time_zero
    label = column_label(name)
    unit: Unit = data_of(subset).unit
    shift = dates_of(subset, name, needed_for="the time zero asked for") - day_zero(
        subset, origin_of(subset), needed_for=f"Time zero is to be '{name}'"
    )
    shift = shift / DAYS_PER[unit]
    known = np.isfinite(shift)
    subset = without(subset, ~known, f"{label} missing (time zero)") if not known.all() else subset
    starts, shift = starts[known], shift[known]
    over = data_of(subset).time <= shift
    subset = without(subset, over, f"follow-up ended by {label} (time zero)") if over.any() else subset
    starts, shift, data = starts[~over], shift[~over], data_of(subset)
    entry = np.maximum((np.zeros(data.n) if data.entry is None else data.entry) - shift, 0.0)
    moved = TimeToEvent(time=data.time - shift, event=data.event, entry=entry if entry.any() else None, unit=data.unit)
    late = int(np.count_nonzero(entry))
    said = [f"Time counts from {label}."]
    if late:
        said.append(f"{fmt.patients(late)} followed only from a later day on enter then.")
    return dataclasses.replace(subset, data=moved), starts - shift, tuple(said)
