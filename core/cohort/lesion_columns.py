"""Measurements of target lesions over time, read from a cohort's table of lesions.

Belongs here: which columns hold patient, lesion, day, diameter. Does not belong here: what the measurements mean
(``core.patients.lesion_response``). A table with one row per treated lesion, without assessments over time, holds none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import Cohort, Table
from core.cohort.values import codes_of, fold, numbers_of
from core.cohort.vocabulary import aliases, compact, date_form
from core.timetoevent import BoolArray, FloatArray

_YES = frozenset(("yes", "y", "true", "1", "new", "是", "有"))
_NODE = frozenset(("node", "lymph node", "ln", "yes", "y", "true", "1", "淋巴结", "是"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionMeasurements:
    """One element per lesion and assessment, shape (n,); ``viable_mm`` None where it is not recorded."""

    patient: npt.NDArray[np.object_]
    lesion: npt.NDArray[np.object_]
    day: FloatArray
    diameter_mm: FloatArray
    viable_mm: FloatArray | None
    node: BoolArray
    new_lesion: BoolArray


def lesion_measurements(cohort: Cohort) -> LesionMeasurements | None:
    """The cohort's measurements of lesions over time; None where its tables hold none.

    Days are numbers, or dates less the patient's start date. Diameters whose column is named in cm are turned into mm.
    Rows without a day are no assessment and are left out.
    """
    table = cohort.other_tables.get("lesions")
    if table is None:
        return None
    columns = {
        role: named_column(table, role) for role in ("patient_id", "lesion_id", "assessment_day", "assessment_date")
    }
    size, viable = named_column(table, "lesion_diameter"), named_column(table, "lesion_viable")
    patient, lesion = columns["patient_id"], columns["lesion_id"]
    day = days_from_start(cohort, table, patient, day=columns["assessment_day"], date=columns["assessment_date"])
    if patient is None or lesion is None or day is None or (size is None and viable is None):
        return None
    kept = np.isfinite(day)
    viable_mm = None if viable is None else _millimetres(table, viable)[kept]
    size_mm = _millimetres(table, size)[kept] if size is not None else viable_mm
    assert size_mm is not None
    return LesionMeasurements(
        patient=texts_of(table, patient)[kept],
        lesion=texts_of(table, lesion)[kept],
        day=day[kept],
        diameter_mm=size_mm,
        viable_mm=viable_mm,
        node=_flags(table, "lesion_node", _NODE)[kept],
        new_lesion=_flags(table, "new_lesion", _YES)[kept],
    )


def named_column(table: Table, role: str) -> str | None:
    """The column whose name is the most telling alias of a role."""
    known = aliases(role)
    names = list(map(str, table.frame.columns))
    ranked = [(known[called(name)], name) for called in (compact, date_form) for name in names if called(name) in known]
    return min(ranked)[1] if ranked else None


def days_from_start(
    cohort: Cohort, table: Table, patient: str | None, *, day: str | None, date: str | None
) -> FloatArray | None:
    """Days since time zero of each row: a column of days, or dates less the patient's start date; None without."""
    if day is not None:
        return numbers_of(table, day)
    identifier, start = cohort.patients.with_role("patient_id"), cohort.patients.with_role("start_date")
    if date is None or patient is None or identifier is None or start is None:
        return None
    origin = numbers_of(cohort.patients, start)
    at = numbers_of(table, date)
    if origin is None or at is None:
        return None
    starts = pd.Series(origin, index=pd.Index(texts_of(cohort.patients, identifier)))
    starts = starts[~starts.index.duplicated()]
    first: Any = starts.reindex(texts_of(table, patient)).to_numpy(dtype=np.float64)
    result: FloatArray = at - first
    return result


def _millimetres(table: Table, column: str) -> FloatArray:
    numbers = numbers_of(table, column)
    values = np.full(table.n, np.nan) if numbers is None else np.array(numbers)
    return values * 10.0 if compact(column).endswith("cm") else values


def _flags(table: Table, role: str, meaning: frozenset[str]) -> BoolArray:
    column = named_column(table, role)
    if column is None:
        return np.zeros(table.n, dtype=np.bool_)
    codes, levels = codes_of(table, column)
    result: BoolArray = np.array([*(fold(level) in meaning for level in levels), False], dtype=np.bool_)[codes]
    return result


def texts_of(table: Table, column: str) -> npt.NDArray[np.object_]:
    """A column as text, whole numbers without decimals, so that identifiers of two tables meet; empty where missing."""
    codes, levels = codes_of(table, column)
    result: npt.NDArray[np.object_] = np.array([*levels, ""], dtype=object)[codes]
    return result
