"""The model behind adjusted curves: complete patients, its fit, and the same patients as they would be in each group.

Belongs here: which rows and strata, and one curve at a time. Does not belong here: hazards and averages
(``baseline_hazard``, ``standardisation``), what is put together for the reader (``adjusted_survival``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.errors import SpecError, TooFewEventsError
from core.regression.baseline_hazard import FittedHazards, fitted_hazards
from core.regression.cox import assemble
from core.regression.design import Design, build_design, category_codes
from core.regression.estimate import by_likelihood
from core.regression.patient_profile import profile_row
from core.regression.prediction import PredictedCurve, curve, predicted_curve
from core.regression.problem import prepare
from core.regression.results import CoxFit
from core.regression.rows import RegressionRows, with_missing
from core.regression.standardisation import Population, standardised
from core.spec import ConfType, Scalar, Ties
from core.timetoevent import FloatArray, IntArray, TimeToEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedGroups:
    """The groups: their column (None: all patients are one), its levels in order and the reference."""

    column: str | None
    levels: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patients:
    """The patients with a value of everything.

    Attributes
    ----------
    data : TimeToEvent, n patients
    frame : DataFrame, n rows
    group : int array, shape (n,)
        Position of the level.
    strata : int array, shape (n,)
        Codes of the strata beside the group; zeros without.
    design : Design
        Of these patients.
    given : Design
        Of all rows, for what is missing.
    rows : RegressionRows
    """

    data: TimeToEvent
    frame: pd.DataFrame
    group: IntArray
    strata: IntArray
    design: Design
    given: Design
    rows: RegressionRows

    @property
    def weights(self) -> FloatArray:
        """Case weights, or ones."""
        return np.ones(self.data.n) if self.data.weights is None else self.data.weights


def complete_patients(
    rows: RegressionRows,
    covariates: Sequence[str],
    *,
    groups: ComparedGroups,
    own_baseline: bool,
    references: Mapping[str, Scalar] | None,
    kinds: Mapping[str, str] | None,
) -> Patients:
    """Leave out who lacks a covariate or the group.

    Raises
    ------
    TooFewEventsError
        If nobody is left.
    """
    own = [] if groups.column is None else [groups.column]
    given = build_design(rows.frame, [*own, *covariates], references=references, kinds=kinds)
    present = given.complete
    if not present.any():
        raise TooFewEventsError(
            f"No patients have a value in every covariate ({', '.join(given.covariates)}).",
            hint="Leave out the covariates with the most missing values.",
        )
    frame = rows.frame[present]
    columns = list(covariates) if own_baseline else [*own, *covariates]
    n = len(frame)
    group = np.zeros(n, dtype=np.int64)
    if groups.column is not None:
        group = category_codes(frame[groups.column], levels=groups.levels)[0]
    return Patients(
        data=rows.data.subset(present),
        frame=frame,
        group=group,
        strata=np.zeros(n, dtype=np.int64) if rows.strata is None else rows.strata[present],
        design=build_design(frame, columns, references=references, kinds=kinds),
        given=given,
        rows=rows,
    )


class AdjustedModel:
    """A fitted model that answers for each group."""

    def __init__(
        self,
        patients: Patients,
        groups: ComparedGroups,
        *,
        own_baseline: bool,
        ties: Ties,
        conf_type: ConfType,
        conf_level: float,
    ) -> None:
        self.patients, self._groups = patients, groups
        self._own_baseline = own_baseline and groups.column is not None
        self._conf_type, self._conf_level = conf_type, conf_level
        self._keys, strata = np.unique(self._key(patients.group, patients.strata), return_inverse=True)
        problem = prepare(
            patients.data, patients.design, ties=ties, strata=strata.reshape(-1) if self._keys.size > 1 else None
        )
        is_robust = patients.data.weights is not None
        estimate = by_likelihood(problem, robust=is_robust, conf_level=conf_level)
        fit = assemble(problem, estimate, is_robust=is_robust, penalty=None, conf_level=conf_level)
        notes = with_missing(fit.notes, patients.given, patients.rows)
        self.fit: CoxFit = replace(fit, n_missing=patients.rows.n_given - fit.n, notes=notes)
        self.fitted: FittedHazards = fitted_hazards(problem, estimate)
        self.present = tuple(i for i in range(len(groups.levels)) if (patients.group == i).any())

    def population(self, level: int) -> Population:
        """All patients as they would be in a group.

        Raises
        ------
        SpecError
            With an own baseline, if a stratum has no patients of the group.
        """
        design = self.patients.design
        rows = self._in_group(design.matrix, level)
        keys = self._key(np.full(len(rows), level, dtype=np.int64), self.patients.strata)
        return Population(rows=rows, strata=self._stratum(keys))

    def adjusted(self, level: int, times: FloatArray) -> PredictedCurve:
        """Mean predicted curve of all patients in a group."""
        mean, error = standardised(self.fitted, self.population(level), times, weights=self.patients.weights)
        return curve(
            times,
            mean,
            error,
            last_time=self.last_time(level),
            conf_type=self._conf_type,
            conf_level=self._conf_level,
        )

    def at_average(self, level: int) -> PredictedCurve | None:
        """Curve of a fictitious patient with the average of every column of the design; None with other strata."""
        if self.patients.strata.any():
            return None
        average = np.average(self.patients.design.matrix, axis=0, weights=self.patients.weights)
        return self._predicted(self._in_group(average[None, :], level)[0], level, stratum=0)

    def for_patient(self, values: Mapping[str, float | str], level: int, strata: Sequence[str]) -> PredictedCurve:
        """Curve of one patient in a group; ``strata`` name the values that choose the baseline."""
        frame, own = self.patients.frame, self._groups.column
        alike = np.ones(len(frame), dtype=np.bool_)
        for name in strata:
            codes, levels = category_codes(frame[name])
            alike &= codes == levels.index(str(values[name]))
        if not alike.any():
            raise SpecError(
                f"None of the patients analysed is in the stratum {', '.join(f'{s} {values[s]}' for s in strata)}."
            )
        everything = values if own is None else {**values, own: self._groups.levels[level]}
        row = profile_row(self.patients.design, everything)
        return self._predicted(row, level, stratum=int(self.patients.strata[alike][0]))

    def last_time(self, level: int) -> float:
        """End of a group's own follow-up."""
        return float(self.patients.data.time[self.patients.group == level].max())

    def _predicted(self, row: FloatArray, level: int, *, stratum: int) -> PredictedCurve:
        code = self._stratum(self._key(np.array([level]), np.array([stratum])))[0]
        found = predicted_curve(
            self.fitted, row, stratum=int(code), conf_type=self._conf_type, conf_level=self._conf_level
        )
        return replace(found, last_time=self.last_time(level))

    def _in_group(self, matrix: FloatArray, level: int) -> FloatArray:
        """Rows of the design with the group's columns set."""
        rows = matrix.copy()
        for j, term in enumerate(self.patients.design.terms):
            if term.term == self._groups.column:
                rows[:, j] = term.level == self._groups.levels[level]
        return rows

    def _key(self, group: IntArray, strata: IntArray) -> IntArray:
        """What decides the baseline hazard."""
        return strata * len(self._groups.levels) + group if self._own_baseline else strata

    def _stratum(self, keys: IntArray) -> IntArray:
        """Codes of the fitted strata."""
        codes = np.searchsorted(self._keys, keys)
        if (codes >= self._keys.size).any() or (self._keys[codes] != keys).any():
            raise SpecError(
                "A group has no patients in one of the strata, so it has no baseline hazard there.",
                hint="Stratify by fewer columns, or let the groups share the baseline hazard.",
            )
        return np.asarray(codes, dtype=np.int64)
