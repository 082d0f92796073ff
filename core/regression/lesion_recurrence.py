"""Local progression of lesions that share patients: incidence with robust errors, hazard ratios, clustered tests.

Belongs here: computing one question of lesions. Does not belong here: which columns hold what (``core.cohort``), the
estimators.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.errors import CohortError
from core.regression.model import cox_analysis
from core.regression.results import CoxFit, CoxTerm, CoxTest
from core.spec import ConfType, Scalar
from core.survival.clustered_incidence import clustered_incidence
from core.survival.competing_risks import CompetingRisks
from core.survival.incidence_summary import IncidenceSummary, summarise_incidence
from core.timetoevent import BoolArray, FloatArray, IntArray

CLUSTER = "patient of the lesion"
_FEWEST_PATIENTS = 3  # who progressed, for a robust error


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ComparedLesions:
    """Groups of lesions that are to be compared.

    Attributes
    ----------
    column : str
    codes : int array, shape (n,)
        -1 where missing.
    levels : tuple of str
    reference : str
    of_patients : bool
        Whether it is the same for all lesions of a patient.
    """

    column: str
    codes: IntArray
    levels: tuple[str, ...]
    reference: str
    of_patients: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionFactorResult:
    """One factor.

    Attributes
    ----------
    factor : ComparedLesions
    n_missing : int
        Lesions without a value.
    incidence : IncidenceSummary
        By level, robust errors.
    n_patients, n_patients_with : tuple of int
        By level: patients with such a lesion, and those of them with progression of one.
    terms : tuple of CoxTerm
        Cause-specific hazard ratios against the reference with robust errors; empty where there are none.
    test : CoxTest or None
        Robust score test that all levels are the same.
    notes : tuple of str
    """

    factor: ComparedLesions
    n_missing: int
    incidence: IncidenceSummary
    n_patients: tuple[int, ...]
    n_patients_with: tuple[int, ...]
    terms: tuple[CoxTerm, ...]
    test: CoxTest | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionRecurrence:
    """Local progression by lesion and, beside it, by patient.

    Attributes
    ----------
    causes : tuple of str
        Local progression first.
    unit : str
    n_lesions, n_patients, n_events, n_patients_with : int
        Lesions, patients, lesions that progressed, patients with one that did.
    per_patient : dict of int to int
        Lesions per patient to patients.
    lesions : IncidenceSummary
        All lesions, robust errors.
    naive_error : array, shape (m,)
        Error of the incidence at each chosen time as if lesions were independent.
    patients : IncidenceSummary
        First local progression of each patient, competing events as in the lesions.
    factors : tuple of LesionFactorResult
    model : CoxFit or None
        All factors together, numbers as they are.
    missing : dict of str to int
        Lesions without a value, of the model's covariates.
    notes : tuple of str
    """

    causes: tuple[str, ...]
    unit: str
    n_lesions: int
    n_patients: int
    n_events: int
    n_patients_with: int
    per_patient: dict[int, int]
    lesions: IncidenceSummary
    naive_error: FloatArray
    patients: IncidenceSummary
    factors: tuple[LesionFactorResult, ...]
    model: CoxFit | None
    missing: dict[str, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionStudy:
    """Lesions with their outcome and patients; ``patient`` (n,) counts from 0."""

    risks: CompetingRisks
    patient: IntArray
    times: tuple[float, ...]
    conf_type: ConfType
    conf_level: float

    @property
    def progressed(self) -> BoolArray:
        """Lesions with the event, shape (n,)."""
        flags: BoolArray = self.risks.cause == 1
        return flags


def lesion_recurrence(
    study: LesionStudy,
    factors: Sequence[ComparedLesions],
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    references: Mapping[str, Scalar],
    kinds: Mapping[str, str],
) -> LesionRecurrence:
    """Incidence of all lesions, of each factor's levels, of patients, and a model of all factors together.

    Parameters
    ----------
    study : LesionStudy
    factors : sequence of ComparedLesions
    frame : DataFrame, n rows
        With the covariates of the model.
    covariates : sequence of str
        None: no model.
    references, kinds : as ``cox_analysis`` takes them
    """
    risks, patient = study.risks, study.patient
    options = {"times": study.times, "conf_type": study.conf_type, "conf_level": study.conf_level}
    lesions = clustered_incidence(risks, patient, **options)  # type: ignore[arg-type]
    alone = summarise_incidence(risks, variance="jackknife", **options)  # type: ignore[arg-type]
    first = first_of_each_patient(risks, patient)
    counts = np.bincount(np.bincount(patient))
    with_event = np.unique(patient[study.progressed]).size
    model, missing, said = _model(study, frame, covariates, references=references, kinds=kinds)
    return LesionRecurrence(
        causes=risks.causes,
        unit=risks.data.unit,
        n_lesions=risks.data.n,
        n_patients=int(np.unique(patient).size),
        n_events=int(study.progressed.sum()),
        n_patients_with=int(with_event),
        per_patient={k: int(n) for k, n in enumerate(counts.tolist()) if k and n},
        lesions=lesions,
        naive_error=np.array(alone.groups[0].causes[0].at.std_error),
        patients=summarise_incidence(first, **options),  # type: ignore[arg-type]
        factors=tuple(_factor(study, factor) for factor in factors),
        model=model,
        missing=missing,
        notes=said,
    )


def first_of_each_patient(risks: CompetingRisks, patient: IntArray) -> CompetingRisks:
    """Each patient's first local progression; without one, what was last known of any of the lesions."""
    progressed, time = risks.cause == 1, risks.data.time
    rank = np.where(progressed, time, np.inf)
    order = np.lexsort((-time, rank, patient))
    chosen = order[np.unique(patient[order], return_index=True)[1]]
    return risks.subset(chosen)


def _factor(study: LesionStudy, factor: ComparedLesions) -> LesionFactorResult:
    known = factor.codes >= 0
    used = np.unique(factor.codes[known])
    levels = tuple(factor.levels[code] for code in used)
    reference = factor.reference if factor.reference in levels else (levels[0] if levels else factor.reference)
    place = np.full(len(factor.levels) + 1, -1, dtype=np.int64)
    place[used] = np.arange(used.size)
    kept = dataclasses.replace(factor, codes=place[factor.codes][known], levels=levels, reference=reference)
    patient, progressed = study.patient[known], study.progressed[known]
    risks = study.risks.subset(np.flatnonzero(known))
    incidence = clustered_incidence(
        risks, patient, kept.codes, levels or ("all",), times=study.times, conf_type=study.conf_type,
        conf_level=study.conf_level,
    )  # fmt: skip
    terms, test, notes = _ratios(study, risks, patient, kept)
    return LesionFactorResult(
        factor=kept,
        n_missing=int(np.count_nonzero(~known)),
        incidence=incidence,
        n_patients=tuple(np.unique(patient[kept.codes == i]).size for i in range(len(levels))),
        n_patients_with=tuple(np.unique(patient[(kept.codes == i) & progressed]).size for i in range(len(levels))),
        terms=terms,
        test=test,
        notes=notes,
    )


def _ratios(
    study: LesionStudy, risks: CompetingRisks, patient: IntArray, factor: ComparedLesions
) -> tuple[tuple[CoxTerm, ...], CoxTest | None, tuple[str, ...]]:
    """Hazard ratios of the levels and their robust score test; none where there is nothing to compare."""
    if len(factor.levels) < 2:
        return (), None, ("All lesions are alike in this: nothing to compare.",)
    data = dataclasses.replace(risks.data, event=risks.cause == 1)
    values = pd.Categorical.from_codes(factor.codes, categories=list(factor.levels))  # type: ignore[arg-type]
    try:
        fit = cox_analysis(
            data,
            pd.DataFrame({factor.column: values, CLUSTER: patient}),
            (factor.column,),
            cluster=CLUSTER,
            references={factor.column: factor.reference},
            kinds={factor.column: "category"},
            conf_level=study.conf_level,
        ).multivariable
    except CohortError as error:
        return (), None, (of_lesions(error.message),)
    assert fit is not None
    terms, few = _without_few(fit.terms, factor, patient[data.event.astype(np.bool_)], data.event.astype(np.bool_))
    return terms, fit.tests.get("robust_score"), (*map(of_lesions, fit.notes), *few)


def _without_few(
    terms: tuple[CoxTerm, ...], factor: ComparedLesions, whose: IntArray, event: BoolArray
) -> tuple[tuple[CoxTerm, ...], tuple[str, ...]]:
    """The ratios, without those of levels with progression in very few patients.

    The robust error of a level is made of its patients' scores: of one patient it is far too small.
    """
    codes = factor.codes[event]
    n = {level: int(np.unique(whose[codes == i]).size) for i, level in enumerate(factor.levels)}
    few = {str(term.level) for term in terms if 0 < n.get(str(term.level), _FEWEST_PATIENTS) < _FEWEST_PATIENTS}
    nothing: dict[str, Any] = dict.fromkeys(
        ("log_hazard_ratio", "std_error", "hazard_ratio", "conf_low", "conf_high", "statistic", "p_value"), math.nan
    )
    kept = tuple(dataclasses.replace(term, **nothing) if str(term.level) in few else term for term in terms)
    return kept, tuple(
        f"{factor.column} = {level}: lesions of fewer than {_FEWEST_PATIENTS} patients progressed, too few for an "
        "error that allows for lesions of one patient being alike; no ratio is given."
        for level in factor.levels
        if level in few
    )


def _model(
    study: LesionStudy,
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    references: Mapping[str, Scalar],
    kinds: Mapping[str, str],
) -> tuple[CoxFit | None, dict[str, int], tuple[str, ...]]:
    if not covariates:
        return None, {}, ()
    data = dataclasses.replace(study.risks.data, event=study.progressed)
    try:
        fitted = cox_analysis(
            data,
            frame.assign(**{CLUSTER: study.patient}),
            covariates,
            cluster=CLUSTER,
            references=dict(references),
            kinds=kinds,
            conf_level=study.conf_level,
        )
    except CohortError as error:
        return None, {}, (of_lesions(error.message),)
    missing = {name: n for name, n in fitted.missing.items() if name != CLUSTER}
    of_fit = () if fitted.multivariable is None else fitted.multivariable.notes
    return fitted.multivariable, missing, tuple(dict.fromkeys(map(of_lesions, (*fitted.notes, *of_fit))))


def of_lesions(note: str) -> str:
    """A remark about rows, which here are lesions and not patients."""
    return note.replace("patients", "lesions").replace("clusters", "patients")
