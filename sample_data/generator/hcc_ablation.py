"""The HCC cohort: 240 patients after thermal ablation and their lesions, with competing events.

No study's figures are fitted here: the second review gives none for a single cohort. Rates are of the usual size.
"""

from __future__ import annotations

from datetime import date, timedelta

from sample_data.generator.adverse_events import Term, long_table, spread
from sample_data.generator.chance import Chance
from sample_data.generator.files import after, csv_text, days
from sample_data.generator.hcc_course import DISTANT, EXTRAHEPATIC, LOCAL, Course, simulate
from sample_data.generator.hcc_patients import Patient, patient

SEED = 10
N = 240
FIRST_ENROLMENT, LAST_ENROLMENT, CUT_OFF = date(2014, 1, 6), date(2021, 12, 30), date(2023, 12, 31)
LOST = 0.004  # per month
ADJUVANT_DAYS = (21, 42)  # adjuvant therapy starts between these days after ablation
# term: class, share of the patients with it, grade 3 or more among them, typical day of onset
AFTER_ABLATION = {
    "Pain": ("Procedure-related", 0.44, 0.04, 1),
    "Fever": ("Procedure-related", 0.30, 0.01, 2),
    "ALT/AST elevation": ("Procedure-related", 0.52, 0.10, 2),
    "Bilirubin elevation": ("Procedure-related", 0.12, 0.06, 4),
    "Nausea": ("Procedure-related", 0.14, 0.0, 1),
    "Pleural effusion": ("Procedure-related", 0.07, 0.12, 3),
    "Ascites": ("Procedure-related", 0.05, 0.25, 14),
    "Bleeding": ("Procedure-related", 0.02, 0.6, 1),
    "Liver abscess": ("Procedure-related", 0.015, 1.0, 16),
    "Biliary injury": ("Procedure-related", 0.015, 0.5, 30),
}
WITH_ICI = {
    "Skin reactions": ("Immune-mediated", 0.22, 0.0, 40),
    "Thyroid dysfunction": ("Immune-mediated", 0.17, 0.0, 80),
    "Hepatitis": ("Immune-mediated", 0.10, 0.5, 50),
    "Pneumonitis": ("Immune-mediated", 0.05, 0.5, 90),
}


def files() -> dict[str, str]:
    """The files of this cohort by name."""
    chance = Chance(SEED)
    patients: list[dict[str, object]] = []
    lesions: list[dict[str, object]] = []
    last_day: dict[str, int] = {}
    on_ici: list[str] = []
    for i in range(N):
        person = patient(chance)
        start = FIRST_ENROLMENT + timedelta(days=chance.index((LAST_ENROLMENT - FIRST_ENROLMENT).days + 1))
        to_cut_off = (CUT_OFF - start).days / 30.4375
        follow_up = min(to_cut_off, 2.0 + chance.exponential(LOST))
        course = simulate(person, int(follow_up * 10) / 10, chance)
        name = f"C{i + 1:03d}"
        patients.append({"patient_id": name, **_row(person, course, start, chance)})
        lesions += _lesion_rows(name, person, course, chance)
        last_day[name] = max(3, days(course.end))
        if person.adjuvant == "ICI":
            on_ici.append(name)
    return {
        "patients.csv": csv_text(patients),
        "lesions.csv": csv_text(lesions),
        "adverse_events.csv": csv_text(_adverse_events(last_day, on_ici, chance)),
    }


def _row(person: Patient, course: Course, start: date, chance: Chance) -> dict[str, object]:
    """One row of patients.csv; a laboratory value now and then is missing."""
    afp = None if chance.happens(0.05) else person.afp
    return {
        "sex": person.sex,
        "age_years": person.age,
        "etiology": person.etiology,
        "cirrhosis": _yes(person.cirrhosis),
        "ecog": person.ecog,
        **_liver(person, chance),
        "bclc_stage": person.bclc,
        "n_lesions": len(person.lesions),
        "largest_lesion_cm": person.largest,
        "distance_to_vessel_mm": int(person.nearest_vessel),
        "ablation_modality": person.modality,
        "complete_ablation": _yes(person.complete),
        "smallest_margin_mm": int(min(lesion.margin_mm for lesion in person.lesions)),
        "afp_ng_ml": afp,
        "afp_group": None if afp is None else "<20" if afp < 20 else "20-400" if afp <= 400 else ">400",
        "vegf_pg_ml": None if chance.happens(0.25) else person.vegf,
        "lactate_mmol_l": None if chance.happens(0.18) else person.lactate,
        **{
            name: None if person.markers is None else "Positive" if person.markers[name] else "Negative"
            for name in ("pd_l1", "hsp90", "cd133", "epcam")
        },
        "adjuvant_therapy": person.adjuvant,
        "adjuvant_start_day": None if person.adjuvant == "None" else ADJUVANT_DAYS[0] + chance.index(22),
        **_outcome(course),
        "ablation_date": start,
        "recurrence_date": _recurrence_date(course, start),
        "transplant_date": None if course.transplant is None else after(start, course.transplant),
        "death_date": after(start, course.end) if course.died else None,
        "last_seen_date": after(start, course.end),
    }


def _liver(person: Patient, chance: Chance) -> dict[str, object]:
    """Liver function; where bilirubin is missing, so is what is computed from it."""
    unknown = chance.happens(0.02)
    return {
        "albumin_g_l": person.albumin,
        "bilirubin_umol_l": None if unknown else person.bilirubin,
        "ascites": _yes(person.ascites),
        "platelets_10e9_l": None if chance.happens(0.03) else person.platelets,
        "child_pugh_points": None if unknown else person.child_pugh,
        "child_pugh_class": None if unknown else "A" if person.child_pugh <= 6 else "B",
        "albi_score": None if unknown else f"{person.albi:.2f}",
        "albi_grade": None if unknown else person.albi_grade,
    }


def _outcome(course: Course) -> dict[str, object]:
    """Each endpoint as a time and one status column; the first event with its type."""
    local = course.endpoint(course.first_local, LOCAL)
    distant = course.endpoint(course.distant, DISTANT)
    extrahepatic = course.endpoint(course.extrahepatic, EXTRAHEPATIC)
    recurrence, first = course.recurrence(), course.first_event()
    return {
        "os_months": course.end,
        "os_event": int(course.died),
        "rfs_months": course.end if recurrence is None else recurrence[0],
        "rfs_event": int(course.died or recurrence is not None),
        "recurrence_type": None if recurrence is None else recurrence[1],
        "first_event_months": first[0],
        "first_event": first[1],
        "ltp_months": local[0],
        "ltp_status": local[1],
        "idr_months": distant[0],
        "idr_status": distant[1],
        "ehr_months": extrahepatic[0],
        "ehr_status": extrahepatic[1],
    }


def _recurrence_date(course: Course, start: date) -> date | None:
    recurrence = course.recurrence()
    return None if recurrence is None else after(start, recurrence[0])


def _lesion_rows(name: str, person: Patient, course: Course, chance: Chance) -> list[dict[str, object]]:
    """Rows of lesions.csv: each lesion with its own time to local progression."""
    rows: list[dict[str, object]] = []
    for i, (lesion, progressed) in enumerate(zip(person.lesions, course.local, strict=True)):
        time, status = course.endpoint(progressed, LOCAL)
        rows.append(
            {
                "patient_id": name,
                "lesion_id": f"{name}-{i + 1}",
                "segment": lesion.segment,
                "size_cm": lesion.size_cm,
                "distance_to_vessel_mm": int(lesion.vessel_mm),
                "subcapsular": _yes(lesion.subcapsular),
                "margin_mm": None if chance.happens(0.05) else int(lesion.margin_mm),
                "complete_ablation": _yes(lesion.complete),
                "ltp_months": time,
                "ltp_status": status,
            }
        )
    return rows


def _adverse_events(last_day: dict[str, int], on_ici: list[str], chance: Chance) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    treated_long_enough = [name for name in on_ici if last_day[name] > 2 * ADJUVANT_DAYS[1]]
    for table, ids, share, related, first_day in (
        (AFTER_ABLATION, list(last_day), 0.78, 0.9, 1),
        (WITH_ICI, treated_long_enough, 0.40, 1.0, ADJUVANT_DAYS[1] + 1),
    ):
        terms = [
            Term(name, kind, round(k * len(ids)), round(severe * k * len(ids)), day, related, first_day)
            for name, (kind, k, severe, day) in table.items()
        ]
        given = spread(terms, ids, with_any=round(share * len(ids)), chance=chance)
        rows += long_table(terms, given, last_day, chance=chance)
    return sorted(rows, key=lambda row: str(row["patient_id"]))


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
