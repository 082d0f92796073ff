"""The NET cohort: neuroendocrine liver metastases, 46 patients with ablation and TACE, 62 with TACE alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

from sample_data.generator import net_markers
from sample_data.generator.adverse_events import Term, long_table, spread
from sample_data.generator.chance import Chance
from sample_data.generator.files import after, csv_text, days
from sample_data.generator.net_survival import Patient, patients

SEED = 31
PUBLISHED = Path(__file__).parents[1] / "published" / "ablation_tace_net_2025.json"
FIRST_ENROLMENT, LAST_ENROLMENT, CUT_OFF = date(2006, 11, 1), date(2022, 12, 31), date(2023, 7, 31)
MALE = 55
PRIMARY_RESECTED = 40
SYSTEMIC = {  # from what is given for low grades to what is given for high ones
    "Somatostatin analogue": 13, "None": 69, "Targeted": 7, "Radiotherapy": 1, "Combined": 4, "Chemotherapy": 14,
}  # fmt: skip
# Not printed (only that no serious complication occurred): what is usual after embolisation, grade 1 and 2 only.
# term: class, patients in Ablation+TACE and in TACE, typical day of onset
TERMS = {
    "Fever": ("Post-embolisation syndrome", (27, 33), 2),
    "Abdominal pain": ("Post-embolisation syndrome", (29, 38), 2),
    "Nausea": ("Post-embolisation syndrome", (16, 24), 2),
    "Vomiting": ("Post-embolisation syndrome", (9, 15), 2),
    "ALT/AST elevation": ("Liver function", (31, 40), 4),
    "Bilirubin elevation": ("Liver function", (8, 12), 6),
    "Fatigue": ("Other", (11, 13), 8),
    "Pleural effusion": ("Other", (4, 1), 5),
}
ANY_ADVERSE_EVENT = {"Ablation+TACE": 38, "TACE": 51}
RESPONSE_ORDER = ("CR", "PR", "SD", "PD")
RESPONSE = {"Ablation+TACE": (9, 19, 11, 7), "TACE": (2, 22, 24, 14)}


def files() -> dict[str, str]:
    """The files of this cohort by name."""
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    chance = Chance(SEED)
    everyone = chance.shuffled(patients(published, chance))
    rows = _baseline(everyone, chance)
    response = _responses(everyone, chance)
    for i, (row, patient) in enumerate(zip(rows, everyone, strict=True)):
        row["best_response"] = response[i]
        row |= _times_and_dates(patient, chance, first=i == _longest(everyone), last=i == _shortest(everyone))
    return {"patients.csv": csv_text(rows), "adverse_events.csv": csv_text(_adverse_events(everyone, chance))}


def _baseline(everyone: list[Patient], chance: Chance) -> list[dict[str, object]]:
    n = len(everyone)
    sex = chance.shuffled(["Male"] * MALE + ["Female"] * (n - MALE))
    resected = chance.shuffled(["Yes"] * PRIMARY_RESECTED + ["No"] * (n - PRIMARY_RESECTED))
    systemic = _systemic_therapy(everyone, chance)
    ages = [int(min(81, max(24, chance.normal(54, 11)))) for _ in everyone]
    proliferation = [net_markers.ki67(p.grade, chance) for p in everyone]
    others = {
        "ablation": [float(p.arm == "Ablation+TACE") for p in everyone],
        "male": [float(s == "Male") for s in sex],
        "age": [float(age) for age in ages],
        "g3": [float(p.grade == "G3") for p in everyone],
        "ki67": [float(value) for value in proliferation],
        "resected": [float(r == "Yes") for r in resected],
    }
    markers = net_markers.values(net_markers.flags(everyone, others, chance), chance)
    return [
        {
            "patient_id": f"N{i + 1:03d}",
            "arm": p.arm,
            "sex": sex[i],
            "age_years": ages[i],
            "primary_site": p.primary,
            "primary_resected": resected[i],
            "who_grade": p.grade,
            "grade_group": "G3" if p.grade == "G3" else "G1/2",
            "ki67_percent": proliferation[i],
            "n_liver_metastases": 1 + int(chance.exponential(1 / (4 if p.arm == "Ablation+TACE" else 7))),
            "largest_metastasis_cm": f"{max(0.8, chance.normal(3.1 if p.arm == 'Ablation+TACE' else 4.4, 1.4)):.1f}",
            **markers[i],
            "systemic_therapy": systemic[i],
        }
        for i, p in enumerate(everyone)
    ]


def _systemic_therapy(everyone: list[Patient], chance: Chance) -> list[str]:
    """The printed counts; somatostatin analogues tend to the lower grades, chemotherapy to the higher."""
    order = sorted(range(len(everyone)), key=lambda i: int(everyone[i].grade[1]) + chance.between(-1.5, 1.5))
    out = [""] * len(everyone)
    for i, name in zip(order, [name for name, k in SYSTEMIC.items() for _ in range(k)], strict=True):
        out[i] = name
    return out


def _responses(everyone: list[Patient], chance: Chance) -> list[str]:
    """Best response by mRECIST (not printed): the longer without progression, the better."""
    out = [""] * len(everyone)
    for arm, counts in RESPONSE.items():
        order = [i for i, p in enumerate(everyone) if p.arm == arm]
        noisy = {i: -everyone[i].pfs * chance.between(0.6, 1.4) for i in order}
        levels = [level for level, n in zip(RESPONSE_ORDER, counts, strict=True) for _ in range(n)]
        for i, level in zip(sorted(order, key=noisy.__getitem__), levels, strict=True):
            out[i] = level
    return out


def _longest(everyone: list[Patient]) -> int:
    return max(range(len(everyone)), key=lambda i: everyone[i].os)


def _shortest(everyone: list[Patient]) -> int:
    """The last enrolled: the longest follow-up that still fits between enrolment's end and the cut-off."""
    fitting = [i for i, p in enumerate(everyone) if days(p.os) <= (CUT_OFF - LAST_ENROLMENT).days]
    return max(fitting, key=lambda i: everyone[i].os)


def _times_and_dates(patient: Patient, chance: Chance, *, first: bool, last: bool) -> dict[str, object]:
    """Times as fitted, and dates that agree: enrolment within the printed years, nothing after the cut-off."""
    follow_up = timedelta(days=days(patient.os))
    latest = min(LAST_ENROLMENT, CUT_OFF - follow_up)
    start = FIRST_ENROLMENT + timedelta(days=chance.index((latest - FIRST_ENROLMENT).days + 1))
    if not patient.died and chance.happens(0.6):
        start = latest  # alive at the cut-off, or among the last enrolled
    if first or last:
        start = FIRST_ENROLMENT if first else LAST_ENROLMENT
    end = after(start, patient.os)
    died_unprogressed = patient.died and patient.pfs == patient.os
    return {
        "pfs_months": f"{patient.pfs:.1f}",
        "pfs_event": patient.progressed,
        "os_months": f"{patient.os:.1f}",
        "os_event": patient.died,
        "first_treatment_date": start,
        "progression_date": after(start, patient.pfs) if patient.progressed and not died_unprogressed else None,
        "death_date": end if patient.died else None,
        "last_seen_date": end,
    }


def _adverse_events(everyone: list[Patient], chance: Chance) -> list[dict[str, object]]:
    last_day = {f"N{i + 1:03d}": days(p.os) for i, p in enumerate(everyone)}
    out: list[dict[str, object]] = []
    for which, arm in enumerate(ANY_ADVERSE_EVENT):
        ids = [f"N{i + 1:03d}" for i, p in enumerate(everyone) if p.arm == arm]
        terms = [
            Term(name, kind, counts[which], 0, typical=day, related=0.9) for name, (kind, counts, day) in TERMS.items()
        ]
        given = spread(terms, ids, with_any=ANY_ADVERSE_EVENT[arm], chance=chance)
        out += long_table(terms, given, last_day, chance=chance)
    return sorted(out, key=lambda row: str(row["patient_id"]))
