"""Survival of groups had they the same covariates, beside their crude curves, and what is predicted for one patient.

Belongs here: putting the curves together and saying what limits them. Does not belong here: the model and one curve
(``adjusted_model``), averages (``standardisation``), reading a patient's values (``patient_profile``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from core.cohort.values import match_levels
from core.errors import SpecError
from core.regression.adjusted_model import AdjustedModel, ComparedGroups, complete_patients
from core.regression.adjusted_results import AdjustedGroup, AdjustedSurvival, PatientCurves, SurvivalDifferences
from core.regression.overlap import overlap_notes
from core.regression.patient_profile import read_profile
from core.regression.rows import regression_rows
from core.regression.standardisation import standardised_difference
from core.spec import ConfType, Scalar, Ties
from core.survival.contrasts import contrast, survival_difference
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.timetoevent import TimeToEvent

FEW_IN_GROUP = 5  # patients of a group below which its curve is hardly its own


def adjusted_survival(  # noqa: PLR0913 - one keyword per key of the specification
    data: TimeToEvent,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    groups: ComparedGroups,
    times: Sequence[float] = (),
    profile: Mapping[str, Scalar] | None = None,
    own_baseline: bool = False,
    ties: Ties = "efron",
    strata: Sequence[str] = (),
    weights: str | None = None,
    references: Mapping[str, Scalar] | None = None,
    conf_type: ConfType = "log-log",
    conf_level: float = 0.95,
    kinds: Mapping[str, str] | None = None,
) -> AdjustedSurvival:
    """Curves of each group, standardised to the covariates of all patients.

    Parameters
    ----------
    data : TimeToEvent, n subjects
        ``entry`` is honoured.
    frame : DataFrame, n rows
        The same subjects in the same order.
    covariates : sequence of str
        What to adjust for; the group's own column among them changes nothing.
    groups : ComparedGroups
    times : sequence of float
        Where survival and its differences are read.
    profile : mapping of column to value, optional
        One patient; naming the group gives one curve, else there is one per group. Values not given are the middle of
        the patients analysed.
    own_baseline : bool
        Give each group its own baseline hazard (stratify by it) instead of one hazard ratio for all times.
    ties : {'efron', 'breslow'}
    strata, weights, references, kinds
        As ``cox_analysis`` takes them. With ``weights`` the averages are weighted too.
    conf_type : {'log-log', 'log', 'plain'}
    conf_level : float

    Returns
    -------
    AdjustedSurvival

    Raises
    ------
    MissingColumnError, SpecError
        As ``build_design`` and ``read_profile`` raise them, and when groups are not in every stratum.
    TooFewEventsError
        If there are no events, or a hazard ratio is infinite.

    Notes
    -----
    Means of ``survival::survfit(coxph(Surv(time, event) ~ group + covariates), newdata)`` over the cohort with the
    group set to each level.
    """
    rows = regression_rows(data, frame, strata=strata, weights=weights)
    others = [name for name in covariates if name != groups.column]
    patients = complete_patients(
        rows, others, groups=groups, own_baseline=own_baseline, references=references, kinds=kinds
    )
    model = AdjustedModel(
        patients, groups, own_baseline=own_baseline, ties=ties, conf_type=conf_type, conf_level=conf_level
    )
    found = _groups(model, groups, conf_type=conf_type, conf_level=conf_level)
    overlap = overlap_notes(patients.frame, patients.design, patients.group, groups.levels, column=groups.column)
    patient = None if profile is None else _patient(model, groups, profile, others, strata)
    return AdjustedSurvival(
        unit=data.unit,
        reference=groups.reference,
        times=tuple(map(float, times)),
        groups=found,
        differences=_differences(model, groups, found, times, conf_level=conf_level),
        patient=patient,
        fit=model.fit,
        adjusted_for=(*others, *strata),
        own_baseline=own_baseline,
        ties=ties,
        conf_type=conf_type,
        conf_level=conf_level,
        missing={**patients.given.missing, **rows.missing},
        overlap=overlap,
        notes=tuple(
            dict.fromkeys(
                (
                    *model.fit.notes,
                    *overlap,
                    *_notes(model, groups, found, times, unit=data.unit),
                    *(() if patient is None else patient.profile.notes),
                )
            )
        ),
    )


def _groups(
    model: AdjustedModel, groups: ComparedGroups, *, conf_type: ConfType, conf_level: float
) -> tuple[AdjustedGroup, ...]:
    """Curves of every group that has patients, at all event times."""
    times = np.unique(np.concatenate([baseline.time for baseline in model.fitted.strata]))
    data, codes = model.patients.data, model.patients.group
    crude = kaplan_meier(event_table(data, codes, groups.levels), conf_type=conf_type, conf_level=conf_level)
    return tuple(
        AdjustedGroup(
            level=groups.levels[i],
            n=int((codes == i).sum()),
            n_events=int((data.event & (codes == i)).sum()),
            adjusted=model.adjusted(i, times),
            at_average=model.at_average(i),
            crude=crude[i],
        )
        for i in model.present
    )


def _differences(
    model: AdjustedModel,
    groups: ComparedGroups,
    found: Sequence[AdjustedGroup],
    times: Sequence[float],
    *,
    conf_level: float,
) -> tuple[SurvivalDifferences, ...]:
    """Every level but the reference minus the reference."""
    base = next((group for group in found if group.level == groups.reference), None)
    if base is None or not len(times):
        return ()
    asked = np.array(times, dtype=np.float64)
    reference = model.population(groups.levels.index(base.level))
    differences = []
    for group in found:
        if group is base:
            continue
        other = model.population(groups.levels.index(group.level))
        mean, error = standardised_difference(model.fitted, other, reference, asked, weights=model.patients.weights)
        parts = zip(asked.tolist(), mean.tolist(), error.tolist(), strict=True)
        adjusted = tuple(contrast(d, e, time=time, conf_level=conf_level) for time, d, e in parts)
        crude = survival_difference(group.crude.at(asked), base.crude.at(asked), conf_level=conf_level)
        differences.append(SurvivalDifferences(level=group.level, adjusted=adjusted, crude=crude))
    return tuple(differences)


def _patient(
    model: AdjustedModel,
    groups: ComparedGroups,
    given: Mapping[str, Scalar],
    covariates: Sequence[str],
    strata: Sequence[str],
) -> PatientCurves:
    """Curves of one patient: in the group the profile names, else in each."""
    own = groups.column
    rest = {name: value for name, value in given.items() if name != own}
    columns = tuple(dict.fromkeys([*covariates, *strata]))
    profile = read_profile(model.patients.frame, model.patients.design, columns, rest)
    chosen = model.present
    if own is not None and own in given:
        meant = match_levels(groups.levels, [given[own]])
        chosen = tuple(i for i in model.present if meant[i])
        if not chosen:
            there = ", ".join(groups.levels[i] for i in model.present)
            raise SpecError(f"No patients are in the group '{given[own]}'.", hint=f"Groups: {there}.")
    curves = {groups.levels[i]: model.for_patient(profile.values, i, strata) for i in chosen}
    return PatientCurves(profile=profile, curves=curves)


def _notes(
    model: AdjustedModel,
    groups: ComparedGroups,
    found: Sequence[AdjustedGroup],
    times: Sequence[float],
    *,
    unit: str,
) -> list[str]:
    """Who is missing, and where a curve rests on other patients."""
    notes = [f"No patients in {level}: no curve." for i, level in enumerate(groups.levels) if i not in model.present]
    notes += [
        f"Only {group.n} patients in {group.level}: its curve is nearly all the model's."
        for group in found
        if group.n < FEW_IN_GROUP
    ]
    for group in found:
        beyond = [time for time in times if time > group.adjusted.last_time]
        if beyond and len(found) > 1:
            notes.append(
                f"Follow-up in {group.level} ends at {group.adjusted.last_time:g} {unit}: what is given at "
                f"{', '.join(f'{time:g}' for time in beyond)} {unit} rests on the model and the other patients."
            )
        elif beyond:
            notes.append(
                f"Follow-up ends at {group.adjusted.last_time:g} {unit}: later survival is the last value carried on."
            )
    return notes
