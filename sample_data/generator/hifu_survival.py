"""Overall and progression-free survival of the HIFU cohort, fitted to the printed figures.

Every count is built in (how many events before 6 and 12 months, the two times around each median); the search only
orders events and censorings between the arms until the log-rank hazard ratio, its p-value and the follow-up fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sample_data.generator.chance import Chance, Part, settle
from sample_data.generator.survival import Record, curve, log_rank, median_midpoint

LAST = 48.0  # months: the longest follow-up drawn
FOLLOW_UP = 13.8


@dataclass(frozen=True)
class Slot:
    """Where one patient's time may lie; a fixed time has equal ends."""

    arm: str
    low: float
    high: float
    event: int


def overall_survival(chance: Chance) -> dict[str, list[Record]]:
    """OS of both arms: 6 / 43 deaths by 12 months, 20 / 46 in all, medians 19.6 and (10.63 + 10.71) / 2."""
    slots = [
        *_slots("HIFU", [(6, 6.2, 11.95, 1), (13, 12.05, 46, 1), (1, 19.6, 19.6, 1), (8, 12.05, LAST, 0)]),
        *_slots("No HIFU", [(17, 1.5, 5.95, 1), (15, 6.05, 10.6, 1), (1, 10.63, 10.63, 1), (1, 10.71, 10.71, 1)]),
        *_slots("No HIFU", [(9, 10.75, 11.95, 1), (3, 12.2, 36, 1), (20, 12.05, LAST, 0)]),
    ]
    times = [_draw(chance, slot) for slot in slots]

    def cost() -> float:
        arms = _by_arm(slots, times)
        test = log_rank(arms["HIFU"], arms["No HIFU"])
        censored_as_event = [(t, 1 - e) for records in arms.values() for t, e in records]
        return (
            100 * abs(math.log(test.hazard_ratio / 0.5920))
            + 300 * abs(test.p_value - 0.0418)
            + 3 * abs(median_midpoint(curve(arms["HIFU"])) - 19.6)
            + 2 * abs(median_midpoint(curve(censored_as_event)) - FOLLOW_UP)
        )

    whole = [Part(frozenset(range(len(times))), cost)]
    settle(times, lambda i: _draw(chance, slots[i]), whole, chance=chance, steps=40000, heat=0.3, enough=0.03)
    return {arm: sorted(records) for arm, records in _by_arm(slots, times).items()}


# Progression-free survival, latest first: (patients, from, to, of them dead without progression); row one is after 12.
PFS_LAYOUT = {
    "HIFU": [
        (11, 12.1, 34.0, 0), (1, 10.97, 10.97, 0),
        (1, 10.93, 10.93, 0), (9, 6.1, 10.9, 1), (4, 1.5, 3.6, 0),
    ],
    "No HIFU": [
        (2, 12.1, 20.0, 0), (20, 6.1, 11.95, 2), (4, 4.7, 5.95, 1),
        (1, 4.63, 4.63, 0), (1, 4.57, 4.57, 0), (32, 0.9, 4.55, 3),
    ],
}  # fmt: skip
PFS_CENSORED = {"HIFU": 2, "No HIFU": 6}


def progression_free_survival(overall: dict[str, list[Record]], chance: Chance) -> dict[str, list[Record]]:
    """PFS of the same patients, in the order of ``overall``: never after OS, death counts as an event."""
    slots: list[Slot] = []
    for arm, records in overall.items():
        slots += _pfs_slots(arm, records, chance)
    times = [_draw(chance, slot) for slot in slots]

    def cost() -> float:
        arms = _by_arm(slots, times)
        return 100 * abs(math.log(log_rank(arms["HIFU"], arms["No HIFU"]).hazard_ratio / 0.4192))

    whole = [Part(frozenset(range(len(times))), cost)]
    settle(times, lambda i: _draw(chance, slots[i]), whole, chance=chance, steps=40000, heat=0.3, enough=0.02)
    return _by_arm(slots, times)


def _pfs_slots(arm: str, overall: list[Record], chance: Chance) -> list[Slot]:
    """One slot per patient, within the patient's own survival; long survivors tend to progress late."""
    slots: dict[int, Slot] = {}
    alive = [i for i, (_, died) in enumerate(overall) if not died]
    for i in chance.sample(alive, PFS_CENSORED[arm]):  # last seen without progression: the same day for both
        slots[i] = Slot(arm, overall[i][0], overall[i][0], 0)
    for n, low, high, unprogressed in PFS_LAYOUT[arm]:
        free = [i for i in range(len(overall)) if i not in slots]
        died_there = [i for i in free if overall[i][1] and low < overall[i][0] < high]
        for i in chance.sample(died_there, unprogressed):
            slots[i] = Slot(arm, overall[i][0], overall[i][0], 1)
        able = [i for i in free if i not in slots and overall[i][0] > low + 0.3]
        able.sort(key=lambda i: -overall[i][0] * chance.between(0.4, 1.6))
        for i in able[: n - unprogressed]:
            slots[i] = Slot(arm, low, min(high, max(low, overall[i][0] - 0.1)), 1)
    return [slots[i] for i in range(len(overall))]


def _slots(arm: str, layout: list[tuple[int, float, float, int]]) -> list[Slot]:
    return [Slot(arm, low, high, event) for n, low, high, event in layout for _ in range(n)]


def _draw(chance: Chance, slot: Slot) -> float:
    """A time in the slot; in a wide slot early times are likelier, as hazards go."""
    u = chance.fraction()
    if slot.high - slot.low > 15 and chance.happens(0.5):
        u *= u
    return round(slot.low + (slot.high - slot.low) * u, 2)


def _by_arm(slots: list[Slot], times: list[float]) -> dict[str, list[Record]]:
    arms: dict[str, list[Record]] = {"HIFU": [], "No HIFU": []}
    for slot, time in zip(slots, times, strict=True):
        arms[slot.arm].append((time, slot.event))
    return arms
