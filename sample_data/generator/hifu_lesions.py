"""Target lesions of the HIFU cohort: diameters over time that give each patient's best response and progression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sample_data.generator.chance import Chance
from sample_data.generator.files import days

EVERY = 56  # days between two assessments
_CLEAR_OF_PROGRESSION = 14
_SMALLEST, _LARGEST = 15, 60
# Sum of diameters in the end, relative to baseline; clear of the thresholds by more than whole millimetres round.
_LEVEL = {"CR": (0.0, 0.0), "PR": (0.35, 0.62), "SD": (0.8, 1.1)}


def lesion_rows(rows: list[dict[str, object]], chance: Chance) -> list[dict[str, object]]:
    """One row per target lesion and assessment, patients in their order."""
    return [row for patient in rows for row in _patient(patient, chance)]


def _patient(patient: Mapping[str, object], chance: Chance) -> Iterator[dict[str, object]]:
    best = str(patient["best_response"])
    end = days(float(str(patient["pfs_months"])))
    progressed = patient["progression_date"] is not None
    baseline = [chance.between(_SMALLEST, _LARGEST) for _ in range(1 + chance.index(3))]
    low, high = _LEVEL.get(best, (1.0, 1.0))
    level = chance.between(low, high)
    yield from _assessment(patient, -1 - chance.index(14), baseline, new=False)
    last = end - _CLEAR_OF_PROGRESSION if progressed else end
    scans = range(EVERY, last + 1, EVERY) if best in _LEVEL else ()
    for k, day in enumerate(scans):
        share = level if k else (1 + level) / 2 if best == "SD" else max(level, 0.66)
        yield from _assessment(patient, day, [mm * share * chance.between(0.98, 1.02) for mm in baseline], new=False)
    if progressed:
        grown = max(level, 0.1) * chance.between(1.3, 1.7)
        larger = [max(mm * grown, mm * level + 6) for mm in baseline]
        yield from _assessment(patient, end, larger, new=chance.happens(0.4))


def _assessment(
    patient: Mapping[str, object], day: int, lesions: list[float], *, new: bool
) -> Iterator[dict[str, object]]:
    for i, mm in enumerate(lesions):
        yield {
            "patient_id": patient["patient_id"],
            "lesion_id": f"{patient['patient_id']}-{i + 1}",
            "day": day,
            "diameter_mm": round(mm),
            "new_lesion": "Yes" if new else "No",
        }
