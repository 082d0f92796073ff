"""Markers of the NET cohort: plausible for the grade, and prognostic as the printed Cox models say.

Which patients have low albumin, raised CEA and raised CA19-9 is searched by exchanging patients until the multivariable
models come out near the printed p-values; the laboratory values are then drawn on the right side of each limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sample_data.generator.chance import Chance
from sample_data.generator.net_survival import Patient
from sample_data.generator.proportional_hazards import Floats, wald_p_values

# How many are beyond the limit; not printed, plausible for metastatic NET.
ABNORMAL = {"albumin_low": 30, "cea_raised": 22, "ca19_9_raised": 27}
ALBUMIN_LIMIT, CEA_LIMIT, CA19_9_LIMIT = 40.0, 5.0, 37.0  # g/L, ng/mL, U/mL
ENTER_BELOW = 0.1
# Printed: OS CA19-9 0.045; PFS primary site 0.001, albumin < 0.030, CEA < 0.006. The others were not significant.
WANTED = {
    "OS": {"ca19_9_raised": 0.045},
    "PFS": {"primary_pancreas": 0.001, "albumin_low": 0.028, "cea_raised": 0.0055},
}
STEPS = 3000


def ki67(grade: str, chance: Chance) -> int:
    """Ki-67 in whole percent within the WHO band of the grade."""
    if grade == "G1":
        return 1 + chance.index(2)
    if grade == "G2":
        return min(20, 3 + int(chance.exponential(1 / 5)))
    return min(85, 21 + int(chance.exponential(1 / 18)))


def flags(everyone: Sequence[Patient], others: Mapping[str, Sequence[float]], chance: Chance) -> dict[str, list[int]]:
    """Abnormal (1) or not (0) per marker and patient; ``others`` are the remaining candidates of the models."""
    found = {name: _by_grade(everyone, n, chance) for name, n in ABNORMAL.items()}
    fixed = {name: np.array(values, dtype=float) for name, values in others.items()}
    fixed["primary_pancreas"] = np.array([float(p.primary == "Pancreas") for p in everyone])
    endpoints = {
        "OS": (np.array([p.os for p in everyone]), np.array([float(p.died) for p in everyone])),
        "PFS": (np.array([p.pfs for p in everyone]), np.array([float(p.progressed) for p in everyone])),
    }
    alone = {name: _univariable(endpoint, fixed) for name, endpoint in endpoints.items()}

    def cost() -> float:
        columns = fixed | {name: np.array(values, dtype=float) for name, values in found.items()}
        off_grade = sum(max(0.0, 0.2 - _grade_difference(everyone, values)) for values in found.values())
        return 5 * off_grade + sum(_distance(name, endpoints[name], columns, alone[name]) for name in endpoints)

    reached = cost()
    for step in range(STEPS):
        marker = found[chance.pick(list(ABNORMAL))]
        i, j = chance.index(len(marker)), chance.index(len(marker))
        if marker[i] == marker[j]:
            continue
        marker[i], marker[j] = marker[j], marker[i]
        tried = cost()
        if tried < reached + 0.8 * (1 - step / STEPS) ** 2 * chance.fraction():
            reached = tried
        else:
            marker[i], marker[j] = marker[j], marker[i]
    return found


def values(found: Mapping[str, Sequence[int]], chance: Chance) -> list[dict[str, object]]:
    """Laboratory values on the right side of each limit."""
    rows: list[dict[str, object]] = []
    for low, cea, ca in zip(*(found[name] for name in ABNORMAL), strict=True):
        albumin = chance.between(29.5, 39.9) if low else min(51.0, max(40.0, chance.normal(44.0, 2.6)))
        rows.append(
            {
                "albumin_g_l": f"{albumin:.1f}",
                "cea_ng_ml": f"{_skewed(5.1, 9.0, chance) if cea else chance.between(0.6, 4.9):.1f}",
                "ca19_9_u_ml": f"{_skewed(37.5, 70.0, chance) if ca else chance.between(1.0, 36.0):.1f}",
                "albumin_low": "Yes" if low else "No",
                "cea_raised": "Yes" if cea else "No",
                "ca19_9_raised": "Yes" if ca else "No",
            }
        )
    return rows


def _by_grade(everyone: Sequence[Patient], n: int, chance: Chance) -> list[int]:
    """``n`` abnormal patients to start from, likelier the higher the grade."""
    urns = {i: float(p.grade[1]) * chance.between(0.2, 2.0) for i, p in enumerate(everyone)}
    abnormal = set(sorted(urns, key=lambda i: -urns[i])[:n])
    return [int(i in abnormal) for i in range(len(everyone))]


def _grade_difference(everyone: Sequence[Patient], abnormal: Sequence[int]) -> float:
    """Mean grade (1 to 3) of the abnormal minus that of the others."""
    grades = [int(p.grade[1]) for p in everyone]
    inside = sum(g for g, a in zip(grades, abnormal, strict=True) if a)
    n = sum(abnormal)
    return inside / n - (sum(grades) - inside) / (len(grades) - n)


def _skewed(limit: float, typical: float, chance: Chance) -> float:
    return limit + typical * math.exp(chance.normal(0.0, 0.9)) / 2


def _univariable(endpoint: tuple[Floats, Floats], columns: Mapping[str, Floats]) -> dict[str, float]:
    return {name: wald_p_values(*endpoint, column[:, None])[0] for name, column in columns.items()}


def _distance(
    name: str, endpoint: tuple[Floats, Floats], columns: Mapping[str, Floats], alone: Mapping[str, float]
) -> float:
    """How far the model of one endpoint is from the printed one: p-values, and that nothing else is significant."""
    wanted = WANTED[name]
    univariable = dict(alone) | _univariable(endpoint, {marker: columns[marker] for marker in ABNORMAL})
    entered = [column for column in columns if univariable[column] < ENTER_BELOW]
    missed = [column for column in wanted if column not in entered]
    cost = sum(2.0 + math.log(univariable[column] / ENTER_BELOW) for column in missed)
    if not entered:
        return cost + 5.0
    p_values = dict(zip(entered, wald_p_values(*endpoint, np.column_stack([columns[c] for c in entered])), strict=True))
    for column, p_value in p_values.items():
        if column in wanted:
            cost += abs(math.log(max(p_value, 1e-9) / wanted[column]))
        else:
            cost += 0.5 * max(0.0, math.log(0.06 / max(p_value, 1e-9)))
    return cost
