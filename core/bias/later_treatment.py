"""A treatment that begins during follow-up, and the hazard ratio of any way of counting it.

Belongs here: the data that all methods share, and one Cox model of them. Does not belong here: who counts as treated
when (``landmark``, ``time_dependent``, ``clone_censor_weight``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from core.errors import TooFewEventsError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.spec import Scalar
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, IntArray, TimeToEvent

SMALL_DIFFERENCE = 0.05  # of a log ratio; shares of less are shares of nothing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LaterTreatment:
    """Patients, when their treatment began, and what to adjust for.

    Attributes
    ----------
    data : TimeToEvent, n patients
        One row each.
    starts : array, shape (n,)
        Time since time zero at which the treatment began, in the unit of ``data``; NaN: never. At or before 0: treated
        throughout. At or after the end of follow-up: never treated while it lasted.
    treated : bool array, shape (n,)
        The group of each patient, as if known from the beginning.
    column : str
        The column that makes the groups.
    levels : tuple of str
        Names of the untreated and the treated.
    frame : DataFrame, n rows
        Covariates, complete.
    covariates : tuple of str
    kinds, references
        As ``build_design`` takes them.
    conf_level : float
    """

    data: TimeToEvent
    starts: FloatArray
    treated: BoolArray
    column: str
    levels: tuple[str, str]
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    covariates: tuple[str, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Scalar] = field(default_factory=dict)
    conf_level: float = 0.95

    @property
    def begun(self) -> FloatArray:
        """Start within follow-up, shape (n,); infinite where there is none."""
        during = self.starts < self.data.time * (1 - TIE_TOLERANCE)
        return np.where(during | (self.starts <= 0), self.starts, np.inf)

    def subset(self, rows: IntArray | BoolArray) -> LaterTreatment:
        """Some of the patients."""
        positions = np.arange(self.data.n)[rows]
        return replace(
            self,
            data=self.data.subset(positions),
            starts=self.starts[positions],
            treated=self.treated[positions],
            frame=self.frame.take(positions).reset_index(drop=True) if len(self.frame) else self.frame,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MethodRatio:
    """Hazard ratio of the treated over the untreated by one method.

    Attributes
    ----------
    n, n_events : int
        Patients and events.
    n_treated, n_events_treated : int
        Patients who count as treated at some time, and events while they did.
    log_hazard_ratio, std_error, hazard_ratio, conf_low, conf_high, p_value : float
        NaN where it cannot be estimated, with a note.
    conf_level : float
    notes : tuple of str
    """

    n: int
    n_events: int
    n_treated: int
    n_events_treated: int
    log_hazard_ratio: float = math.nan
    std_error: float = math.nan
    hazard_ratio: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    p_value: float = math.nan
    conf_level: float = 0.95
    notes: tuple[str, ...] = ()

    def share_of(self, naive: MethodRatio) -> float:
        """What is left of a naive difference, on the log scale: 1 all of it, below 0 the other direction.

        NaN where either ratio has no value, or the naive one is within ``SMALL_DIFFERENCE`` of 1.
        """
        if not abs(naive.log_hazard_ratio) >= SMALL_DIFFERENCE:
            return math.nan
        return self.log_hazard_ratio / naive.log_hazard_ratio


def method_ratio(
    study: LaterTreatment, data: TimeToEvent, is_treated: BoolArray, *, patient: IntArray | None = None
) -> MethodRatio:
    """Cox regression (Efron) of the rows, adjusted for the study's covariates.

    Parameters
    ----------
    study : LaterTreatment
    data : TimeToEvent, m rows
    is_treated : bool array, shape (m,)
    patient : int array, shape (m,), optional
        Position in the study of the patient each row is of; row by row unless given.
    """
    whose = np.arange(data.n) if patient is None else patient
    counts = MethodRatio(
        n=int(np.unique(whose).size),
        n_events=data.n_events,
        n_treated=int(np.unique(whose[is_treated]).size),
        n_events_treated=int(np.count_nonzero(data.event & is_treated)),
        conf_level=study.conf_level,
    )
    if is_treated.all() or not is_treated.any():
        one = study.levels[int(bool(is_treated.all() and is_treated.size))]
        return replace(counts, notes=(f"All patients counted are {one}: there is nothing to compare.",))
    states = pd.Categorical.from_codes(is_treated.astype(int), categories=list(study.levels))  # type: ignore[arg-type]
    frame = study.frame[list(study.covariates)].take(whose).reset_index(drop=True) if study.covariates else None
    frame = pd.DataFrame({study.column: states}) if frame is None else frame.assign(**{study.column: states})
    design = build_design(
        frame,
        (study.column, *study.covariates),
        kinds={**study.kinds, study.column: "category"},
        references={**study.references, study.column: study.levels[0]},
    )
    try:
        fit = fit_cox(data, replace(design, patient=patient), conf_level=study.conf_level)
    except TooFewEventsError as error:
        return replace(counts, notes=(error.message,))
    term = next(term for term in fit.terms if term.term == study.column)
    return replace(
        counts,
        log_hazard_ratio=term.log_hazard_ratio,
        std_error=term.std_error,
        hazard_ratio=term.hazard_ratio,
        conf_low=term.conf_low,
        conf_high=term.conf_high,
        p_value=term.p_value,
        notes=fit.notes,
    )


def naive_ratio(study: LaterTreatment) -> MethodRatio:
    """The groups compared as if they had been known at time zero."""
    return method_ratio(study, study.data, study.treated)
