"""Dose against outcome: which patients have a dose, from when they are at risk, and the regression on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from core.answers.subset import data_of
from core.cohort.select import AnalysisSet
from core.errors import CohortError
from core.patients.dose import DoseHazard, DoseResponse, dose_levels
from core.patients.treatment import PatientCourse, dose_of, spearman
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.results import CoxFit
from core.regression.splines import harrell_knots
from core.reporting.format import patients
from core.spec import TreatmentCourseSpec
from core.timetoevent import DAYS_PER, FloatArray, TimeToEvent

NAN = float("nan")
ORDERED: tuple[str | None, ...] = ("PD", "SD", "PR", "CR")
FEW, FOR_A_BEND = 10, 20
_N_KNOTS = 3
EXPLORATORY = (
    "Dose and outcome: exploratory. Doses were not assigned: larger tumours need more energy and have a smaller energy "
    "per volume, so a relation need not be an effect."
)
LATER_SESSIONS = (
    "Survival counts from the last measured session: before it the dose was not yet given, and who died could not get "
    "more. Who had a further session is still a choice made later, among those who were well enough."
)


def dose_response(
    analysis: TreatmentCourseSpec, subset: AnalysisSet, names: Sequence[str], *, courses: Sequence[PatientCourse]
) -> tuple[DoseResponse, list[str]]:
    """Response and survival by dose, survival from the last measured session on.

    Parameters
    ----------
    names : sequence of str
        Identifier of each patient of the set.
    courses : sequence of PatientCourse
        Theirs, in any order.
    """
    of = {course.patient: course for course in courses}
    doses = np.array([dose_of(of[name].sessions, analysis.dose) for name in names])
    kept = np.flatnonzero(np.isfinite(doses) & (doses > 0))
    own, doses = [of[names[i]] for i in kept.tolist()], doses[kept]
    best = np.array([ORDERED.index(one.best) if one.best in ORDERED else NAN for one in own], dtype=np.float64)
    known = np.isfinite(best)
    rho, rho_p = spearman(doses[known], best[known])
    sessions = np.array([float(sum(one.measured for one in course.sessions)) for course in own])
    sessions_rho, sessions_rho_p = spearman(doses, sessions)
    data = data_of(subset)
    entry = np.array([_last_day(course) for course in own]) / DAYS_PER[data.unit]
    followed = np.flatnonzero(entry < data.time[kept])
    rows, start = kept[followed], entry[followed]
    time, event = data.time[rows], data.event[rows]
    since_last = TimeToEvent(time=time - start, event=event, unit=data.unit)
    responded = np.where(known, best >= ORDERED.index("PR"), NAN)
    levels, response_p, survival_p = dose_levels(
        doses, responded, since_last, followed=followed, conf_level=analysis.conf_level
    )
    hazard, notes = _hazard(
        TimeToEvent(time=time, event=event, entry=start, unit=data.unit), doses[followed], analysis.conf_level
    )
    if len(kept) > len(rows):
        notes.insert(0, f"{patients(len(kept) - len(rows))} not followed beyond the last session: not in the survival.")
    found = DoseResponse(
        dose=analysis.dose, endpoint=str(subset.endpoint), unit=data.unit, n=len(rows), n_events=int(event.sum()),
        hazard=hazard, rho=rho, rho_p_value=rho_p, rho_n=int(known.sum()), sessions_rho=sessions_rho,
        sessions_rho_p_value=sessions_rho_p, levels=levels, response_trend_p=response_p, survival_trend_p=survival_p,
    )  # fmt: skip
    return found, [EXPLORATORY, LATER_SESSIONS, *notes]


def _hazard(data: TimeToEvent, doses: FloatArray, conf_level: float) -> tuple[DoseHazard, list[str]]:
    """Hazard ratios per doubling and per standard deviation, and whether the relation bends."""
    n_events = int(data.event.sum())
    if n_events < 2 or np.ptp(doses) <= 0:
        return DoseHazard(), ["Too few events, or one dose for all: no hazard ratio."]
    doublings = np.log2(doses)
    fit = _fit(data, doublings, conf_level)
    term, sd = fit.terms[0], float(np.std(doublings, ddof=1))
    with np.errstate(over="ignore"):
        per_sd = [float(np.power(x, sd)) for x in (term.hazard_ratio, term.conf_low, term.conf_high)]
    bend = _bend(data, doublings, fit, conf_level) if n_events >= FOR_A_BEND else NAN
    found = DoseHazard(
        hazard_ratio=term.hazard_ratio, conf_low=term.conf_low, conf_high=term.conf_high, p_value=term.p_value, sd=sd,
        per_sd=(per_sd[0], per_sd[1], per_sd[2]), bend_statistic=bend, bend_p_value=float(chdtrc(1, bend)),
        note=term.note,
    )  # fmt: skip
    few = [f"Fewer than {FEW} events among patients with a dose: read with care."] if n_events < FEW else []
    return found, few


def _fit(data: TimeToEvent, doublings: FloatArray, conf_level: float, *, knots: tuple[float, ...] = ()) -> CoxFit:
    frame = pd.DataFrame({"doublings": doublings})
    design = build_design(frame, ["doublings"], knots={"doublings": knots} if knots else None)
    return fit_cox(data, design, conf_level=conf_level)


def _bend(data: TimeToEvent, doublings: FloatArray, straight: CoxFit, conf_level: float) -> float:
    """Twice the gain in log-likelihood of a spline with three knots; NaN where knots cannot be placed."""
    try:
        bent = _fit(data, doublings, conf_level, knots=harrell_knots(doublings, _N_KNOTS, name="the dose"))
    except CohortError:
        return NAN
    return max(0.0, 2 * (bent.log_likelihood[1] - straight.log_likelihood[1]))


def _last_day(course: PatientCourse) -> float:
    """Day of the last measured session, from time zero at the earliest."""
    days = [one.day for one in course.sessions if one.measured and math.isfinite(one.day)]
    return max(0.0, *days) if days else 0.0
