"""What the columns of a table of treatment sessions are for: by their names, else by their kind and values.

Belongs here: which column is which, with the reason. Does not belong here: reading the rows (``session_columns``).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from core.cohort.cohort import ColumnKind
from core.cohort.kinds import TypedColumns
from core.cohort.roles import Role
from core.cohort.vocabulary import aliases, compact
from core.timetoevent import FloatArray

_WORDS: tuple[ColumnKind, ...] = ("category", "text", "number")
_NUMBERS: tuple[ColumnKind, ...] = ("number", "category")  # few numbers look like codes; the role makes them numbers
_BY_NAME: dict[str, tuple[str, tuple[ColumnKind, ...]]] = {
    "session_day": ("assessment_day", _NUMBERS),
    "session_date": ("assessment_date", ("date",)),
    "session_treatment": ("session_treatment", _WORDS),
    "session_site": ("session_site", _WORDS),
    "session_energy": ("session_energy", _NUMBERS),
    "session_power": ("session_power", _NUMBERS),
    "session_time": ("session_time", _NUMBERS),
    "session_volume": ("session_volume", _NUMBERS),
}
_MOST_TREATMENTS = 12
_FEWEST_ROWS, _AGREE, _WITHIN = 5, 0.8, 0.02
_UNITS = (1.0, 1000.0, 1 / 60, 1000 / 60)  # J = W s; kJ; minutes; both


def session_roles(columns: TypedColumns, *, taken: Mapping[str, Role]) -> dict[str, Role]:
    """Role of each column of a table of sessions that has one.

    Parameters
    ----------
    columns : TypedColumns
    taken : dict of column to Role
        Found already: the column that names the patient.

    Returns
    -------
    dict of column to Role
        Confidence 0.9 by name; less by values: the only column of dates, whole numbers that do not fall within a
        patient, few words that repeat, and the number that is the product of two others.
    """
    patient = next((name for name, role in taken.items() if role.role == "patient_id"), None)
    found: dict[str, Role] = {}
    for own, (called, kinds) in _BY_NAME.items():
        known = aliases(called)
        ranked = [
            (known[compact(name)], name)
            for name, kind in columns.kinds.items()
            if compact(name) in known and kind in kinds and name != patient and name not in found
        ]
        if ranked:
            found[min(ranked)[1]] = Role(role=own, confidence=0.9, reason="by its name")
    frame = columns.frame()
    free = {name: kind for name, kind in columns.kinds.items() if name != patient}
    by_values = [*_timed(frame, free, found, patient), *_measured(frame, free, found), *_named(columns, free, found)]
    for column, guessed in by_values:
        if column not in found and guessed.role not in {one.role for one in found.values()}:
            found[column] = guessed
    return found


def _timed(
    frame: pd.DataFrame, free: Mapping[str, ColumnKind], found: Mapping[str, Role], patient: str | None
) -> list[tuple[str, Role]]:
    """The only dates, or else whole numbers in order within each patient that do not merely count the sessions."""
    if {role.role for role in found.values()} & {"session_day", "session_date"}:
        return []
    dates = [name for name, kind in free.items() if kind == "date" and name not in found]
    if len(dates) == 1:
        return [(dates[0], Role(role="session_date", confidence=0.7, reason="the only column of dates"))]
    if dates or patient is None:
        return []
    days = [
        name
        for name, kind in free.items()
        if kind == "number" and name not in found and _like_days(frame[name], frame[patient])
    ]
    reason = "whole numbers that rise within each patient"
    return [(days[0], Role(role="session_day", confidence=0.5, reason=reason))] if len(days) == 1 else []


def _like_days(values: pd.Series[float], patient: pd.Series[str]) -> bool:
    numbers = values.to_numpy(dtype=np.float64)
    known = numbers[np.isfinite(numbers)]
    if len(known) < _FEWEST_ROWS or (known != np.round(known)).any() or len(known) < 0.5 * len(numbers):
        return False
    grouped = pd.Series(numbers).groupby(patient.to_numpy(dtype=object), sort=False)
    steps = grouped.diff().dropna()
    counts = (grouped.cumcount() + 1).to_numpy()
    return bool(len(steps) > 0 and (steps >= 0).all() and steps.max() > 1 and (numbers != counts).mean() > 0.5)


def _measured(frame: pd.DataFrame, free: Mapping[str, ColumnKind], found: Mapping[str, Role]) -> list[tuple[str, Role]]:
    """Energy, power and time by what they must be: the one is the product of the others, whatever they are called."""
    roles = {role.role: name for name, role in found.items()}
    wanted = [role for role in ("session_energy", "session_power", "session_time") if role not in roles]
    numbers = [
        name for name, kind in free.items() if kind == "number" and (name not in found or name in roles.values())
    ]
    if not wanted or len(numbers) > 40:
        return []
    for energy, first, second in itertools.permutations(numbers, 3):
        if first > second or roles.get("session_energy", energy) != energy:
            continue
        rows = _product(*(frame[name].to_numpy(dtype=np.float64) for name in (energy, first, second)))
        if rows is None:
            continue
        power, time = _power_and_time(frame, first, second, roles)
        if roles.get("session_power", power) != power or roles.get("session_time", time) != time:
            continue
        said = f"in {rows[0]} of {rows[1]} rows energy is power times time"
        trio = {"session_energy": energy, "session_power": power, "session_time": time}
        return [(name, Role(role=role, confidence=0.6, reason=said)) for role, name in trio.items() if role in wanted]
    return []


def product_unit(energy: FloatArray, power: FloatArray, time: FloatArray) -> float:
    """What power times time over energy is, of J, kJ, minutes; NaN where it is none of them in most rows."""
    known = np.isfinite(energy) & np.isfinite(power) & np.isfinite(time) & (energy > 0)
    if known.sum() < _FEWEST_ROWS:
        return float("nan")
    ratio = power[known] * time[known] / energy[known]
    return next((unit for unit in _UNITS if (abs(ratio / unit - 1) <= _WITHIN).mean() >= _AGREE), float("nan"))


def _product(energy: FloatArray, first: FloatArray, second: FloatArray) -> tuple[int, int] | None:
    """Rows in which the first is the product of the others, and all rows with three numbers; None for too few."""
    unit = product_unit(energy, first, second)
    if not np.isfinite(unit):
        return None
    known = np.isfinite(energy + first + second) & (energy > 0)
    ratio = first[known] * second[known] / energy[known] / unit
    # Columns of one and the same number prove nothing.
    if min(len(np.unique(values[known])) for values in (energy, first, second)) < 3:
        return None
    return int((abs(ratio - 1) <= _WITHIN).sum()), int(known.sum())


def _power_and_time(frame: pd.DataFrame, first: str, second: str, roles: Mapping[str, str]) -> tuple[str, str]:
    """Which of two factors is the power: as named, else the one that varies less, as devices run at few powers."""
    if roles.get("session_power") in (first, second):
        return roles["session_power"], second if roles["session_power"] == first else first
    if roles.get("session_time") in (first, second):
        return second if roles["session_time"] == first else first, roles["session_time"]
    spread = {name: float(frame[name].std() / frame[name].mean()) for name in (first, second)}
    power = min(spread, key=lambda name: spread[name])
    return power, second if power == first else first


def _named(columns: TypedColumns, free: Mapping[str, ColumnKind], found: Mapping[str, Role]) -> list[tuple[str, Role]]:
    """The treatment: the only free column of few words."""
    few = [
        name
        for name, kind in free.items()
        if kind == "category" and name not in found and len(columns.texts(name).texts) <= _MOST_TREATMENTS
        and not all(text.replace(".", "", 1).isdigit() for text in columns.texts(name).texts)
    ]  # fmt: skip
    reason = "the only column of few words that repeat"
    return [(few[0], Role(role="session_treatment", confidence=0.5, reason=reason))] if len(few) == 1 else []
