"""The HIFU cohort: 28 patients with HIFU and immune checkpoint inhibitor, 66 with the inhibitor alone."""

from __future__ import annotations

from datetime import date, timedelta

from sample_data.generator.adverse_events import Term, long_table, spread
from sample_data.generator.chance import Chance
from sample_data.generator.files import after, csv_text, days
from sample_data.generator.hifu_baseline import ARMS, ages, baseline
from sample_data.generator.hifu_lesions import lesion_rows
from sample_data.generator.hifu_sessions import session_rows
from sample_data.generator.hifu_survival import overall_survival, progression_free_survival
from sample_data.generator.survival import Record

SEED = 38
FIRST_ENROLMENT, LAST_ENROLMENT, CUT_OFF = date(2018, 2, 5), date(2023, 12, 29), date(2024, 6, 11)
# Disease control 23 of 28 and 44 of 66; how it divides into CR, PR and SD is not printed and is invented here.
RESPONSE = {"HIFU": {"CR": 1, "PR": 9, "SD": 13, "PD": 4, "NE": 1}, "No HIFU": {"PR": 17, "SD": 27, "PD": 19, "NE": 3}}
HIFU_BEFORE_ICI = 2
HIFU_SESSIONS = [3] + [2] * 6 + [1] * 21

# term: class, any grade and grade 3 or more in HIFU, the same in No HIFU; typical day of onset
TERMS = {
    "Myelosuppression": ("All-cause", (27, 11), (60, 19), 18),
    "Vomiting": ("All-cause", (4, 1), (7, 2), 12),
    "Fatigue": ("All-cause", (12, 2), (27, 2), 25),
    "Nausea": ("All-cause", (7, 0), (18, 2), 10),
    "Diarrhea": ("All-cause", (3, 0), (2, 0), 30),
    "Decreased appetite": ("All-cause", (10, 0), (23, 0), 20),
    "ALT/AST elevation": ("All-cause", (17, 1), (40, 1), 35),
    "Bilirubin elevation": ("All-cause", (13, 0), (32, 0), 40),
    "Thyroid dysfunction": ("Immune-mediated", (4, 0), (14, 0), 85),
    "Pneumonitis": ("Immune-mediated", (2, 0), (2, 0), 90),
    "Skin reactions": ("Immune-mediated", (4, 0), (12, 0), 30),
    "Renal dysfunction": ("Immune-mediated", (3, 0), (5, 0), 75),
    "Troponin elevation": ("Immune-mediated", (6, 0), (13, 0), 50),
    "Arthralgia": ("Immune-mediated", (3, 0), (5, 0), 70),
    "CCEP": ("Immune-mediated", (2, 0), (8, 0), 45),
}
ANY_ADVERSE_EVENT = {"HIFU": 27, "No HIFU": 63}


def files() -> dict[str, str]:
    """The files of this cohort by name."""
    chance = Chance(SEED)
    overall = overall_survival(chance)
    progression = progression_free_survival(overall, chance)
    rows = [row for arm in ARMS for row in _arm(arm, overall[arm], progression[arm], chance)]
    ages(rows, chance)
    _enrolment(rows, chance)
    rows = chance.shuffled(rows)
    for i, row in enumerate(rows):
        row["patient_id"] = f"H{i + 1:03d}"
    return {
        "patients.csv": csv_text(rows),
        "adverse_events.csv": csv_text(_adverse_events(rows, chance)),
        "lesions.csv": csv_text(lesion_rows(rows, chance)),  # after these, so that they stay as they were
        "sessions.csv": csv_text(session_rows(rows, Chance(SEED + 1))),
    }


def _arm(arm: str, overall: list[Record], progression: list[Record], chance: Chance) -> list[dict[str, object]]:
    response = _responses(arm, overall, progression, chance)
    given = _hifu(progression, chance) if arm == "HIFU" else [_NO_HIFU] * len(overall)
    rows = baseline(arm, len(overall), chance)
    for row, (os, died), (pfs, progressed), best, hifu in zip(rows, overall, progression, response, given, strict=True):
        outcome: dict[str, object] = {
            "best_response": best,
            "pfs_months": f"{pfs:.2f}",
            "pfs_event": progressed,
            "os_months": f"{os:.2f}",
            "os_event": died,
        }
        facts = {**row, **hifu, **outcome}
        row.clear()
        row.update({"patient_id": "", "hifu": "Yes" if arm == "HIFU" else "No", **facts})
    return rows


_NO_HIFU: dict[str, object] = {"first_hifu_day": None, "hifu_sessions": 0, "hifu_sequence": None}


def _hifu(progression: list[Record], chance: Chance) -> list[dict[str, object]]:
    """First session in days from the first ICI dose: 2 patients before it, 26 after it and before progression."""
    sessions = chance.shuffled(HIFU_SESSIONS)
    before = set(chance.sample(range(len(progression)), HIFU_BEFORE_ICI))
    rows: list[dict[str, object]] = []
    for i, (pfs, _) in enumerate(progression):
        latest = days(pfs) - 10
        day = -7 - chance.index(20) if i in before else min(6 + int(chance.exponential(1 / 50)), latest)
        sequence = "Before ICI" if day < 0 else "After first ICI dose"
        rows.append({"first_hifu_day": day, "hifu_sessions": sessions[i], "hifu_sequence": sequence})
    return rows


def _responses(arm: str, overall: list[Record], progression: list[Record], chance: Chance) -> list[str]:
    """Best response: PD for the earliest progressions, NE for deaths before a scan, CR and PR for the longest PFS."""
    counts = RESPONSE[arm]
    order = sorted(range(len(progression)), key=lambda i: progression[i][0])
    died_first = [i for i in order if progression[i] == overall[i] and progression[i][1]]
    unseen = died_first[: counts["NE"]]
    progressed = [i for i in order if i not in unseen and progression[i][1]][: counts["PD"]]
    out = dict.fromkeys(unseen, "NE") | dict.fromkeys(progressed, "PD")
    controlled = [i for i in order if i not in out]
    controlled.sort(key=lambda i: -progression[i][0] * chance.between(0.5, 1.5))
    levels = [level for level in ("CR", "PR", "SD") for _ in range(counts.get(level, 0))]
    out |= dict(zip(controlled, levels, strict=True))
    return [out[i] for i in range(len(progression))]


def _enrolment(rows: list[dict[str, object]], chance: Chance) -> None:
    """Dates that agree with the times: the first dose within the enrolment, nothing after the cut-off."""
    by_time = sorted(rows, key=lambda row: float(str(row["os_months"])))
    for row in rows:
        follow_up = timedelta(days=days(float(str(row["os_months"]))))
        span = (min(LAST_ENROLMENT, CUT_OFF - follow_up) - FIRST_ENROLMENT).days
        start = FIRST_ENROLMENT + timedelta(days=chance.index(span + 1))
        if not row["os_event"] and chance.happens(0.5) and FIRST_ENROLMENT <= CUT_OFF - follow_up <= LAST_ENROLMENT:
            start = CUT_OFF - follow_up  # alive at the cut-off
        if row is by_time[0]:
            start = LAST_ENROLMENT
        if row is by_time[-1]:
            start = FIRST_ENROLMENT
        _dates(row, start)


def _dates(row: dict[str, object], start: date) -> None:
    os, pfs = float(str(row["os_months"])), float(str(row["pfs_months"]))
    end = after(start, os)
    progressed = row["pfs_event"] and not (row["os_event"] and os == pfs)
    first_hifu = row["first_hifu_day"]
    row["first_ici_date"] = start
    row["first_hifu_date"] = None if first_hifu is None else start + timedelta(days=int(str(first_hifu)))
    row["progression_date"] = after(start, pfs) if progressed else None
    row["death_date"] = end if row["os_event"] else None
    row["last_seen_date"] = end


def _adverse_events(rows: list[dict[str, object]], chance: Chance) -> list[dict[str, object]]:
    last_day = {str(row["patient_id"]): days(float(str(row["os_months"]))) for row in rows}
    out: list[dict[str, object]] = []
    for which, arm in enumerate(ARMS):
        patients = [str(row["patient_id"]) for row in rows if (row["hifu"] == "Yes") == (arm == "HIFU")]
        terms = [
            Term(name, kind, *counts[which], typical=day, related=1.0 if kind == "Immune-mediated" else 0.75)
            for name, (kind, *counts, day) in TERMS.items()
        ]
        given = spread(terms, patients, with_any=ANY_ADVERSE_EVENT[arm], chance=chance)
        out += long_table(terms, given, last_day, chance=chance)
    return sorted(out, key=lambda row: str(row["patient_id"]))
