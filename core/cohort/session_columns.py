"""Treatment sessions and drug cycles, read from a cohort's table of sessions.

Belongs here: which columns hold patient, day, treatment and what was measured. Does not belong here: what it means
(``core.patients.treatment``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.cohort.cohort import Cohort, Table
from core.cohort.lesion_columns import days_from_start, named_column, texts_of
from core.cohort.session_roles import product_unit
from core.cohort.values import numbers_of
from core.cohort.vocabulary import compact
from core.timetoevent import FloatArray

UNNAMED = "Treatment"
_MEASURES = ("session_energy", "session_power", "session_time", "session_volume")
_WRITTEN_IN = (("session_energy", "kj", 1000.0, "kJ"), ("session_time", "min", 60.0, "minutes"))
_OWN_UNIT = {"session_energy": "J", "session_time": "s"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionRows:
    """One element per row of the table, shape (n,); NaN and empty text where nothing is recorded.

    ``day`` counts from time zero, ``energy`` is in J, ``power`` in W, ``time`` in s, ``volume`` in cm³; ``notes`` say
    where a column was turned into these units.
    """

    patient: npt.NDArray[np.object_]
    treatment: npt.NDArray[np.object_]
    site: npt.NDArray[np.object_]
    day: FloatArray
    energy: FloatArray
    power: FloatArray
    time: FloatArray
    volume: FloatArray
    notes: tuple[str, ...] = ()


def session_rows(cohort: Cohort) -> SessionRows | None:
    """The cohort's sessions; None where it has no table of them with a patient and a day or date."""
    table = cohort.other_tables.get("sessions")
    if table is None:
        return None
    patient = table.with_role("session_patient") or table.with_role("patient_id") or named_column(table, "patient_id")
    day = days_from_start(
        cohort, table, patient, day=table.with_role("session_day"), date=table.with_role("session_date")
    )
    if patient is None or day is None:
        return None
    treatment = _texts(table, "session_treatment")
    measured, notes = _measures(table)
    return SessionRows(
        patient=texts_of(table, patient),
        treatment=np.where(treatment == "", UNNAMED, treatment),
        site=_texts(table, "session_site"),
        day=day,
        energy=measured["session_energy"],
        power=measured["session_power"],
        time=measured["session_time"],
        volume=measured["session_volume"],
        notes=notes,
    )


def _measures(table: Table) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Energy in J, power in W, time in s, volume in cm³; units by names of columns, else by energy = power x time."""
    found = {role: _numbers(table, role) for role in _MEASURES}
    notes: list[str] = []
    for role, ending, factor, words in _WRITTEN_IN:
        column = table.with_role(role)
        if column is not None and compact(column).endswith(ending):
            found[role] = found[role] * factor
            notes.append(f"'{column}' is in {words} by its name: turned into {_OWN_UNIT[role]}.")
    energy, power, time = (found[role] for role in _MEASURES[:3])
    unit = product_unit(energy, power, time)
    if unit in (1000.0, 1000 / 60):
        found["session_energy"] = energy * 1000
        notes.append("Power times time is 1000 times the energy in most sessions: energy read as kJ.")
    if unit in (1 / 60, 1000 / 60):
        found["session_time"] = time * 60
        notes.append("Power times time is the energy only with time in minutes: time read as minutes.")
    return found, tuple(notes)


def _texts(table: Table, role: str) -> npt.NDArray[np.object_]:
    column = table.with_role(role)
    return np.full(table.n, "", dtype=object) if column is None else texts_of(table, column)


def _numbers(table: Table, role: str) -> FloatArray:
    column = table.with_role(role)
    values = None if column is None else numbers_of(table, column)
    return np.full(table.n, np.nan) if values is None else np.array(values, dtype=np.float64)
