"""Overall and progression-free survival of the NET cohort, fitted to every printed row.

Who has an event is laid out first (the printed counts leave little choice); the search then moves times until medians,
means, their standard errors and the log-rank p-values of the overlapping populations fit together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sample_data.generator.chance import Chance, Part, settle
from sample_data.generator.survival import curve, log_rank, mean, mean_std_error, median_first, median_midpoint

LONGEST = {"G1": 195.0, "G2": 195.0, "G3": 110.0}  # months; the first patient could be followed for 201
PATIENT_CELLS = {
    # arm, grade: patients, deaths and PFS events, each as (pancreas, other primary)
    ("TACE", "G1"): ((5, 3), (2, 2), (2, 2)),
    ("TACE", "G2"): ((20, 12), (11, 5), (16, 12)),
    ("TACE", "G3"): ((13, 9), (7, 3), (7, 8)),
    ("Ablation+TACE", "G1"): ((9, 4), (3, 3), (4, 4)),
    ("Ablation+TACE", "G2"): ((15, 8), (6, 4), (9, 7)),
    ("Ablation+TACE", "G3"): ((5, 5), (3, 3), (4, 5)),
}
STEPS = 40000
NEVER = 250.0  # stands for a median that is not reached


@dataclass
class Patient:
    """What the search needs to know of one patient, and the times it finds."""

    arm: str
    grade: str
    primary: str
    died: int
    progressed: int
    os: float = 0.0
    pfs: float = 0.0


POPULATIONS: Mapping[str, Callable[[Patient], bool]] = {
    "all": lambda _: True,
    "G2": lambda p: p.grade == "G2",
    "G1/2": lambda p: p.grade != "G3",
    "G3": lambda p: p.grade == "G3",
    "pancreas": lambda p: p.primary == "Pancreas",
    "TACE": lambda p: p.arm == "TACE",
    "Ablation+TACE": lambda p: p.arm == "Ablation+TACE",
}


def patients(published: Mapping[str, Any], chance: Chance) -> list[Patient]:
    """All 108 patients with their times."""
    everyone = [
        Patient(arm, grade, primary, int(i < died[k]), int(i < progressed[k]))
        for (arm, grade), (n, died, progressed) in PATIENT_CELLS.items()
        for k, primary in enumerate(("Pancreas", "Other"))
        for i in range(n[k])
    ]
    os = _fit_overall(everyone, published, chance)
    for patient, time in zip(everyone, os, strict=True):
        patient.os = time
    _shorten_follow_up_of_unprogressed(everyone)
    for patient, time in zip(everyone, _fit_progression(everyone, published, chance), strict=True):
        patient.pfs = time
    return everyone


def _fit_overall(everyone: list[Patient], published: Mapping[str, Any], chance: Chance) -> list[float]:
    times = [0.0] * len(everyone)

    def redraw(i: int) -> float:
        low = 2.5 if everyone[i].died else 6.0
        return _moved(times[i], low, LONGEST[everyone[i].grade], chance)

    for i in range(len(times)):
        times[i] = redraw(i)
    events = [p.died for p in everyone]
    settle(times, redraw, _parts(everyone, times, events, published, "OS"), chance=chance, steps=STEPS, heat=3.0)
    return times


def _fit_progression(everyone: list[Patient], published: Mapping[str, Any], chance: Chance) -> list[float]:
    times = [0.0] * len(everyone)

    def redraw(i: int) -> float:
        patient = everyone[i]
        latest = patient.os if patient.died or not patient.progressed else patient.os - 0.5
        if not patient.progressed and chance.happens(0.5):
            return latest
        return min(latest, _moved(times[i], 1.2, min(latest, 140.0), chance))

    for i in range(len(times)):
        times[i] = redraw(i)
    events = [p.progressed for p in everyone]
    parts = _parts(everyone, times, events, published, "PFS")
    parts += [_seen_to_the_end(i, p, times) for i, p in enumerate(everyone) if not p.progressed]
    settle(times, redraw, parts, chance=chance, steps=STEPS, heat=3.0)
    return times


def _moved(time: float, low: float, high: float, chance: Chance) -> float:
    """A new time in months with one decimal: near the old one, or anywhere with early times likelier."""
    if time == 0 or chance.happens(0.4):
        return round(low + (high - low) * chance.fraction() ** 2, 1)
    return min(high, max(low, round(time * (1 + chance.normal(0, 0.12)), 1)))


def _shorten_follow_up_of_unprogressed(everyone: list[Patient]) -> None:
    """Among the living of a cell (alike for OS), those without progression get the shortest follow-up."""
    cells: dict[tuple[str, str, str], list[Patient]] = {}
    for patient in everyone:
        if not patient.died:
            cells.setdefault((patient.arm, patient.grade, patient.primary), []).append(patient)
    for cell in cells.values():
        times = sorted((p.os for p in cell), reverse=True)
        for patient, time in zip(sorted(cell, key=lambda p: -p.progressed), times, strict=True):
            patient.os = time


def _seen_to_the_end(i: int, patient: Patient, times: list[float]) -> Part:
    """Patients without progression are best followed for it as long as for survival."""
    return Part(frozenset([i]), lambda: 0.15 * (times[i] < patient.os))


def _parts(
    everyone: list[Patient], times: list[float], events: list[int], published: Mapping[str, Any], endpoint: str
) -> list[Part]:
    """One part of the cost per printed row and per printed p-value."""

    def members(*populations: str) -> list[int]:
        return [i for i, p in enumerate(everyone) if all(POPULATIONS[name](p) for name in populations)]

    parts = [
        _row_part(members(row["arm"], row["population"]), times, events, row)
        for row in published["survival"]
        if row["endpoint"] == endpoint
    ]
    for test in published["log_rank_p"]:
        if test["endpoint"] == endpoint:
            halves = ("TACE", "Ablation+TACE") if test["compare"] == "arm" else ("G1/2", "G3")
            first, second = (members(half, test["population"]) for half in halves)
            parts.append(_test_part(first, second, times, events, test["p"]))
    return parts


def _row_part(ids: list[int], times: list[float], events: list[int], row: Mapping[str, Any]) -> Part:
    """Months off the median, mean and standard error of the mean in relation to the printed."""
    wanted = float(row["median"][0])
    area, low, high = (float(value) for value in row["mean"])
    std_error = (high - low) / 3.92

    def cost() -> float:
        km = curve([(times[i], events[i]) for i in ids])
        first, middle = min(median_first(km), NEVER), min(median_midpoint(km), NEVER)
        off = abs(math.log(max(mean_std_error(km), 0.01) / std_error))
        return abs(first - wanted) + 0.3 * abs(middle - first) + 20 * abs(mean(km) / area - 1) + 3 * off

    return Part(frozenset(ids), cost)


def _test_part(first: list[int], second: list[int], times: list[float], events: list[int], p_value: float) -> Part:
    """Distance to the printed p-value, and a high price for the other side of 0.05."""

    def cost() -> float:
        test = log_rank([(times[i], events[i]) for i in first], [(times[i], events[i]) for i in second])
        found = max(test.p_value, 1e-9)
        across = found - 0.045 if p_value < 0.05 else 0.06 - found
        return abs(math.log(found / p_value)) + 60 * max(0.0, across)

    return Part(frozenset(first + second), cost)
