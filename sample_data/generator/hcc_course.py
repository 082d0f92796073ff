"""What happens after ablation: local progression per lesion, recurrences, transplant and death, seen at visits.

One patient is simulated from hazards per month. A recurrence is known from the next imaging visit on, so times tie as
they do in clinics, and one that no visit saw before transplant, death or the end of follow-up is never known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sample_data.generator.chance import Chance
from sample_data.generator.hcc_patients import Lesion, Patient

CENSORED, LOCAL, DISTANT, EXTRAHEPATIC = (
    "Censored", "Local tumour progression", "Intrahepatic distant recurrence", "Extrahepatic recurrence",
)  # fmt: skip
TRANSPLANT, DEATH = "Transplant", "Death"
LISTING_AGE = 65


@dataclass(frozen=True)
class Course:
    """What is known of one patient at the end of follow-up; times in months, None where it did not happen."""

    local: tuple[float | None, ...]  # per lesion
    distant: float | None
    extrahepatic: float | None
    transplant: float | None
    end: float
    died: bool

    @property
    def first_local(self) -> float | None:
        """The earliest local progression of any lesion."""
        return min((t for t in self.local if t is not None), default=None)

    def endpoint(self, time: float | None, name: str) -> tuple[float, str]:
        """Time and status of one kind of recurrence: it, or what made it impossible, or censored."""
        if time is not None:
            return time, name
        if self.transplant is not None and name != EXTRAHEPATIC:
            return self.transplant, TRANSPLANT
        return self.end, DEATH if self.died else CENSORED

    def recurrence(self) -> tuple[float, str] | None:
        """Time and type of the first recurrence; of two seen at the same visit the graver one."""
        seen = ((self.extrahepatic, EXTRAHEPATIC), (self.distant, DISTANT), (self.first_local, LOCAL))
        happened = [(time, rank, name) for rank, (time, name) in enumerate(seen) if time is not None]
        if not happened:
            return None
        time, _, name = min(happened)
        return time, name

    def first_event(self) -> tuple[float, str]:
        """Time and type of the first thing that happened: recurrence, transplant, death, or nothing yet."""
        recurrence = self.recurrence()
        before = math.inf if self.transplant is None else self.transplant
        if recurrence is not None and recurrence[0] <= before:
            return recurrence
        if self.transplant is not None:
            return self.transplant, TRANSPLANT
        return self.end, DEATH if self.died else CENSORED


def simulate(patient: Patient, follow_up: float, chance: Chance) -> Course:
    """One course up to ``follow_up`` months."""
    frailty = math.exp(chance.normal(0.0, 0.35))
    local = [_onset(_local_hazard(patient, lesion) * frailty, chance) for lesion in patient.lesions]
    distant = _onset(_distant_hazard(patient) * frailty, chance)
    extrahepatic = _onset(_extrahepatic_hazard(patient) * frailty, chance)
    recurrence = min(*local, distant, extrahepatic)
    transplant = _transplant(patient, recurrence, extrahepatic, chance)
    death = _death(patient, recurrence, extrahepatic, transplant, chance)
    end = round(min(death, follow_up), 1)
    died = death <= follow_up
    until_liver = min(end, transplant)

    visits = _visits(chance)

    def known(onset: float, until: float) -> float | None:
        return next((visit for visit in visits if onset <= visit < until), None)

    return Course(
        local=tuple(known(onset, until_liver) for onset in local),
        distant=known(distant, until_liver),
        extrahepatic=known(extrahepatic, end),
        transplant=round(transplant, 1) if transplant < end - 0.5 else None,
        end=end,
        died=died,
    )


def _local_hazard(patient: Patient, lesion: Lesion) -> float:
    score = 0.45 * (lesion.size_cm - 2.2) - 0.14 * min(lesion.margin_mm, 10) + (0.75 if lesion.vessel_mm < 3 else 0.0)
    score += 0.2 if lesion.subcapsular else 0.0
    score += 1.5 if not lesion.complete else 0.0
    score -= 0.15 if patient.modality == "MWA" else 0.0
    return 0.0072 * math.exp(score)


def _distant_hazard(patient: Patient) -> float:
    score = 0.38 * (len(patient.lesions) - 1) + 0.16 * (math.log(patient.afp) - 3.0) + 0.10 * (patient.largest - 2.4)
    score += 0.25 if patient.cirrhosis else 0.0
    score += 0.22 * (patient.lactate - 1.7)
    score += 0.3 if patient.markers is not None and patient.markers["epcam"] else 0.0
    score -= {"ICI": 0.55, "Metformin": 0.25, "Arsenic trioxide": 0.2}.get(patient.adjuvant, 0.0)
    return 0.0145 * math.exp(score)


def _extrahepatic_hazard(patient: Patient) -> float:
    score = 0.30 * (math.log(patient.afp) - 3.0) + 0.30 * (patient.largest - 2.4)
    score += 0.4 if patient.markers is not None and patient.markers["cd133"] else 0.0
    return 0.0013 * math.exp(score)


def _transplant(patient: Patient, recurrence: float, extrahepatic: float, chance: Chance) -> float:
    """Younger patients within reach of a transplant may get one, mostly after recurrence in the liver."""
    if patient.age >= LISTING_AGE or len(patient.lesions) > 3 or patient.largest > 5:
        return math.inf
    listed = min(recurrence, chance.exponential(0.004))
    when = listed + 3 + chance.exponential(0.02)
    return when if chance.happens(0.35) and when < min(extrahepatic, listed + 40) else math.inf


def _death(patient: Patient, recurrence: float, extrahepatic: float, transplant: float, chance: Chance) -> float:
    """Death: from liver and age at first, faster after recurrence, fastest after spread, seldom after transplant."""
    score = 0.55 * (patient.albi + 2.6) + 0.025 * (patient.age - 60) + (0.5 if patient.ecog else 0.0)
    base = 0.0030 * math.exp(score + (0.35 if patient.child_pugh >= 7 else 0.0))
    phases = [(0.0, base), (recurrence, 3.4 * base), (extrahepatic, 12.0 * base)]
    phases = [phase for phase in phases if phase[0] < transplant] + [(transplant, 0.8 * base)]
    phases.sort()
    left = chance.exponential(1.0)
    for (start, hazard), following in zip(phases, [*(p[0] for p in phases[1:]), math.inf], strict=True):
        if following <= start:
            continue
        if left < hazard * (following - start):
            return max(0.4, start + left / hazard)
        left -= hazard * (following - start)
    return math.inf


def _onset(hazard: float, chance: Chance) -> float:
    """Months to an event whose hazard is highest early (Weibull, shape 0.85)."""
    return float(chance.exponential(1.0) ** (1 / 0.85)) / hazard


def _visits(chance: Chance) -> list[float]:
    """Imaging visits in months: every 3 for 2 years, then every 6; each keeps its date within a week or so."""
    planned = [*range(3, 25, 3), *range(30, 127, 6)]
    return [round(month + 0.1 * (chance.index(4) - 1), 1) for month in planned]
