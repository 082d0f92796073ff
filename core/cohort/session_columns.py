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
from core.cohort.values import numbers_of
from core.timetoevent import FloatArray

UNNAMED = "Treatment"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionRows:
    """One element per row of the table, shape (n,); NaN and empty text where nothing is recorded.

    ``day`` counts from time zero, ``energy`` is in J, ``power`` in W, ``time`` in s, ``volume`` in cm³.
    """

    patient: npt.NDArray[np.object_]
    treatment: npt.NDArray[np.object_]
    site: npt.NDArray[np.object_]
    day: FloatArray
    energy: FloatArray
    power: FloatArray
    time: FloatArray
    volume: FloatArray


def session_rows(cohort: Cohort) -> SessionRows | None:
    """The cohort's sessions; None where it has no table of them with a patient and a day or date."""
    table = cohort.other_tables.get("sessions")
    if table is None:
        return None
    patient = named_column(table, "patient_id")
    day = days_from_start(
        cohort,
        table,
        patient,
        day=named_column(table, "assessment_day"),
        date=named_column(table, "assessment_date"),
    )
    if patient is None or day is None:
        return None
    treatment = _texts(table, "session_treatment")
    return SessionRows(
        patient=texts_of(table, patient),
        treatment=np.where(treatment == "", UNNAMED, treatment),
        site=_texts(table, "session_site"),
        day=day,
        energy=_numbers(table, "session_energy"),
        power=_numbers(table, "session_power"),
        time=_numbers(table, "session_time"),
        volume=_numbers(table, "session_volume"),
    )


def _texts(table: Table, role: str) -> npt.NDArray[np.object_]:
    column = named_column(table, role)
    return np.full(table.n, "", dtype=object) if column is None else texts_of(table, column)


def _numbers(table: Table, role: str) -> FloatArray:
    column = named_column(table, role)
    values = None if column is None else numbers_of(table, column)
    return np.full(table.n, np.nan) if values is None else np.array(values, dtype=np.float64)
