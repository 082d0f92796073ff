"""Treatment over time: when each patient was treated, what a session measured, and whether that adds up.

Belongs here: courses of patients, sums of doses, the check of energy against power and time, rank correlation. Does not
belong here: which columns they come from (``core.cohort.session_columns``), regression on the dose (``core.answers``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from core.patients.association import midranks
from core.patients.dose import Dose, DoseResponse
from core.timetoevent import FloatArray

NAN = float("nan")
ONE_PER_CENT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session or dose.

    Attributes
    ----------
    patient, treatment, site : str
    number : int
        Among the patient's sessions of this treatment, by day, from 1.
    day : float
        From time zero; NaN where it is not recorded.
    energy, power, time, volume : float
        J, W, s, cm³; NaN where not measured.
    """

    patient: str
    treatment: str
    number: int
    day: float
    site: str = ""
    energy: float = NAN
    power: float = NAN
    time: float = NAN
    volume: float = NAN

    @property
    def energy_per_volume(self) -> float:
        """J per cm³; NaN without both."""
        return self.energy / self.volume if self.volume > 0 else NAN

    @property
    def energy_by_power(self) -> float:
        """Average power times time, J."""
        return self.power * self.time

    @property
    def adds_up(self) -> bool | None:
        """Whether energy is power times time, up to 1 % or rounding to whole W and s; None where one is missing."""
        if not math.isfinite(self.energy + self.power + self.time):
            return None
        rounding = 0.5 * (self.power + self.time) + 0.25
        return abs(self.energy - self.energy_by_power) <= max(rounding, ONE_PER_CENT * self.energy)

    @property
    def measured(self) -> bool:
        """Whether anything was measured."""
        return any(map(math.isfinite, (self.energy, self.power, self.time, self.volume)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCourse:
    """One patient from time zero to death or last contact; days, NaN where it did not happen."""

    patient: str
    level: str
    end: float
    died: bool
    progression: float
    response: float
    best: str | None
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTreatment:
    """One treatment in one group: patients who had it, sessions, and sessions per treated patient."""

    treatment: str
    level: str
    n: int
    patients: int
    sessions: int
    per_patient: tuple[float, float, float]
    first_day: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TreatmentCourse:
    """The courses of all patients, longest first within a group, and what was measured in their sessions."""

    levels: tuple[str, ...]
    courses: tuple[PatientCourse, ...]
    given: tuple[GivenTreatment, ...]
    measured: tuple[Session, ...]
    dose: DoseResponse | None
    progression: str | None
    notes: tuple[str, ...] = ()

    @property
    def treatments(self) -> tuple[str, ...]:
        """Treatments, the most frequent last: doses of a drug are drawn under sessions."""
        return tuple(dict.fromkeys(item.treatment for item in self.given))

    @property
    def faults(self) -> tuple[Session, ...]:
        """Sessions whose energy is not power times time."""
        return tuple(session for session in self.measured if session.adds_up is False)


def given_treatments(courses: Sequence[PatientCourse], levels: Sequence[str]) -> tuple[GivenTreatment, ...]:
    """How often each treatment was given in each group, treatments with few sessions first."""
    counts: dict[str, int] = {}
    for course in courses:
        for session in course.sessions:
            counts[session.treatment] = counts.get(session.treatment, 0) + 1
    return tuple(
        _given(treatment, level, [course for course in courses if course.level == level])
        for treatment in sorted(counts, key=lambda name: (counts[name], name))
        for level in levels
    )


def _given(treatment: str, level: str, courses: Sequence[PatientCourse]) -> GivenTreatment:
    own = [[one.day for one in course.sessions if one.treatment == treatment] for course in courses]
    treated = [days for days in own if days]
    first = [min(days) for days in treated if all(map(math.isfinite, days))]
    return GivenTreatment(
        treatment=treatment,
        level=level,
        n=len(courses),
        patients=len(treated),
        sessions=sum(map(len, treated)),
        per_patient=spread([float(len(days)) for days in treated]),
        first_day=spread(first),
    )


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Median, smallest and largest of the known values; NaN without any."""
    known = np.array([value for value in values if math.isfinite(value)])
    return (float(np.median(known)), float(known.min()), float(known.max())) if known.size else (NAN, NAN, NAN)


def dose_of(sessions: Sequence[Session], dose: Dose) -> float:
    """Dose of one patient: sums over the measured sessions, or energy over volume; NaN where one is missing."""
    measured = [session for session in sessions if session.measured]
    if not measured:
        return NAN
    energy, volume, time = (sum(getattr(one, name) for one in measured) for name in ("energy", "volume", "time"))
    if dose == "energy_per_volume":
        return energy / volume if volume > 0 else NAN
    return float({"energy": energy, "volume": volume, "time": time}[dose])


def spearman(first: FloatArray, second: FloatArray) -> tuple[float, float]:
    """Spearman's rank correlation and its p-value by the t distribution.

    Same as ``cor.test(x, y, method = "spearman", exact = FALSE)``; NaN for fewer than three pairs or constant values.
    """
    n = len(first)
    if n < 3:
        return NAN, NAN
    a, b = midranks([first])[0], midranks([second])[0]
    a, b = a - a.mean(), b - b.mean()
    spread_of_both = float((a**2).sum() * (b**2).sum())
    if spread_of_both <= 0:
        return NAN, NAN
    rho = float((a * b).sum()) / math.sqrt(spread_of_both)
    if abs(rho) >= 1 - 1e-12:
        return rho, 0.0
    return rho, 2 * float(stdtr(n - 2, -abs(rho) * math.sqrt((n - 2) / (1 - rho * rho))))
