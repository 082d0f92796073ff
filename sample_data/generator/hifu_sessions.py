"""Treatments of the HIFU cohort: the 36 published HIFU sessions, given to synthetic patients, and ICI doses."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from sample_data.generator.chance import Chance
from sample_data.generator.files import days

PRINTED = Path(__file__).resolve().parents[1] / "published" / "hifu_sessions_2025.csv"
MEASURED = ("total_energy_j", "average_power_w", "ablation_time_s", "ablation_volume_cm3")
CYCLE, LONGEST = 21, 730  # days between two doses, and the last day of a dose


def session_rows(rows: list[dict[str, object]], chance: Chance) -> list[dict[str, object]]:
    """One row per HIFU session and ICI dose, patients in their order, days ascending."""
    with PRINTED.open(encoding="utf-8", newline="") as stream:
        printed: dict[str, list[dict[str, str]]] = {}
        for row in csv.DictReader(stream):
            printed.setdefault(row["patient"], []).append(row)
    by_number = {n: chance.shuffled([own for own in printed.values() if len(own) == n]) for n in (1, 2, 3)}
    made: list[dict[str, object]] = []
    for patient in rows:
        number = int(str(patient["hifu_sessions"]))
        own = by_number[number].pop() if number else []
        given = [*_doses(patient), *_sessions(patient, own, chance)]
        made += sorted(given, key=lambda row: (int(str(row["day"])), str(row["treatment"])))
    return made


def _doses(patient: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """ICI every three weeks until progression, two years at most."""
    last = min(days(float(str(patient["pfs_months"]))), LONGEST)
    for number, day in enumerate(range(0, last + 1, CYCLE)):
        yield _row(patient, "ICI", number + 1, day) | dict.fromkeys((*MEASURED, "printed_as"))


def _sessions(patient: Mapping[str, object], own: list[dict[str, str]], chance: Chance) -> Iterator[dict[str, object]]:
    """The printed sessions of one printed patient, four to eight weeks apart within the follow-up."""
    day, end = int(str(patient["first_hifu_day"] or 0)), days(float(str(patient["os_months"])))
    for number, printed in enumerate(own):
        if number:
            day = min(day + 28 + chance.index(29), end - len(own) + number)
        measured: dict[str, object] = {name: printed[name] for name in MEASURED}
        where = f"patient {printed['patient']}, session {printed['session']}"
        yield _row(patient, "HIFU", number + 1, day, printed["site"]) | measured | {"printed_as": where}


def _row(
    patient: Mapping[str, object], treatment: str, number: int, day: int, site: str | None = None
) -> dict[str, object]:
    return {
        "patient_id": patient["patient_id"],
        "treatment": treatment,
        "session": number,
        "day": day,
        "site": site,
    }
