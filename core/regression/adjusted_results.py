"""What adjusted survival gives back: curves of groups, differences and a patient's curves.

Belongs here: frozen results. Does not belong here: computing them (``adjusted_survival``).
"""

from __future__ import annotations

from dataclasses import dataclass

from core.regression.patient_profile import Profile
from core.regression.prediction import PredictedCurve
from core.regression.results import CoxFit
from core.spec import ConfType, Ties
from core.survival.contrasts import Contrast
from core.survival.kaplan_meier import KaplanMeierEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdjustedGroup:
    """One group's curves.

    Attributes
    ----------
    level : str
    n, n_events : int
        Patients of the group in the model, and their events.
    adjusted : PredictedCurve
        Mean of the curves predicted for all patients, each put into this group.
    at_average : PredictedCurve or None
        Curve of one fictitious patient with the average of every covariate; None with strata beside the group.
    crude : KaplanMeierEstimate
        Of the same patients, not adjusted.
    """

    level: str
    n: int
    n_events: int
    adjusted: PredictedCurve
    at_average: PredictedCurve | None
    crude: KaplanMeierEstimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalDifferences:
    """Survival of one level minus that of the reference at each chosen time, adjusted and crude."""

    level: str
    adjusted: tuple[Contrast, ...]
    crude: tuple[Contrast, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatientCurves:
    """What is predicted for one patient: a curve per group, or of the group the profile names."""

    profile: Profile
    curves: dict[str, PredictedCurve]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AdjustedSurvival:
    """Survival of groups had they the same covariates.

    Attributes
    ----------
    unit, reference : str
    times : tuple of float
        Chosen times.
    groups : tuple of AdjustedGroup
    differences : tuple of SurvivalDifferences
        Every level but the reference.
    patient : PatientCurves or None
    fit : CoxFit
        The model behind all of it; the group's hazard ratios are among its terms unless it has its own baseline.
    adjusted_for : tuple of str
        Covariates and strata beside the group.
    own_baseline : bool
        Whether each group has its own baseline hazard.
    ties, conf_type, conf_level
    missing : dict of str to int
        Rows without a value, per covariate, group, stratum and weight column.
    overlap : tuple of str
        Where a group has no patients like many of the others; also among ``notes``.
    notes : tuple of str
    """

    unit: str
    reference: str
    times: tuple[float, ...]
    groups: tuple[AdjustedGroup, ...]
    differences: tuple[SurvivalDifferences, ...]
    patient: PatientCurves | None
    fit: CoxFit
    adjusted_for: tuple[str, ...]
    own_baseline: bool
    ties: Ties
    conf_type: ConfType
    conf_level: float
    missing: dict[str, int]
    overlap: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
