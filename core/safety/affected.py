"""The patients behind one row of the table of adverse events: their rows, grades and days.

Belongs here: which events of a term the analysed patients had. Does not belong here: counting (``counting``), the
filter that keeps these patients on every page (``core.cohort.event_filter``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from core.cohort.cohort import Cohort
from core.cohort.select import AnalysisSet
from core.cohort.values import numbers_of
from core.safety.chosen import chosen_events
from core.spec import AdverseEventsSpec
from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedPatient:
    """One event of an analysed patient.

    Attributes
    ----------
    row : int
        Row of the patient in the file.
    group : str
    grade : int or None
    start : str
        As the file has it: a day or a date; empty where missing.
    day : float
        Days from the patient's start of treatment; NaN where not known.
    """

    row: int
    group: str
    grade: int | None
    start: str
    day: float


def affected_patients(
    subset: AnalysisSet, term: str, asked: AdverseEventsSpec, *, least: int = 0
) -> tuple[AffectedPatient, ...]:
    """Every event of one term among the analysed patients, by row of the patient and day.

    Parameters
    ----------
    subset : AnalysisSet
    term : str
    asked : AdverseEventsSpec
        As the table was asked for.
    least : int
        Only events of this grade or more; with 0 those without grade too.
    """
    cohort = subset.cohort
    found = chosen_events(subset, asked)
    if found is None or term not in found.terms:
        return ()
    level = np.zeros(cohort.n, dtype=np.int64)
    level[subset.positions] = subset.groups.codes
    chosen = np.flatnonzero((found.term == found.terms.index(term)) & (found.grade >= least))
    starts, days = _starts(cohort), event_days(cohort, found.row, found.patient)
    listed = [
        AffectedPatient(
            row=int(cohort.patients.row_numbers[found.patient[i]]),
            group=subset.groups.levels[level[found.patient[i]]],
            grade=int(found.grade[i]) or None,
            start="" if starts is None else starts[found.row[i]],
            day=float(days[i]),
        )
        for i in chosen.tolist()
    ]
    return tuple(sorted(listed, key=lambda one: (one.row, np.nan_to_num(one.day, nan=np.inf))))


def _starts(cohort: Cohort) -> list[str] | None:
    events = cohort.adverse_events
    column = None if events is None else events.with_role("ae_start")
    if events is None or column is None:
        return None
    values = events.frame[column]
    if values.dtype.kind == "M":
        return ["" if pd.isna(value) else value.date().isoformat() for value in values]
    return ["" if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value) for value in values]


def event_days(
    cohort: Cohort,
    rows: IntArray,
    patients: IntArray,
    *,
    zero: FloatArray | None = None,
    role: Literal["ae_start", "ae_end"] = "ae_start",
) -> FloatArray:
    """Days from each patient's time zero to the start of each event, NaN where not known.

    Parameters
    ----------
    cohort : Cohort
    rows : int array, shape (m,)
        Positions in the long table.
    patients : int array, shape (m,)
        Positions in the table of patients.
    zero : array, shape (n,), optional
        Day of every patient's time zero since 1970; of the column with the start date unless given.
    role : {'ae_start', 'ae_end'}
        Whether the day on which each event began, or ended.

    Notes
    -----
    A number is the day as it stands; a date is taken from the patients' start date, where there is one.
    """
    events = cohort.adverse_events
    unknown: FloatArray = np.full(len(rows), np.nan)
    column = None if events is None else events.with_role(role)
    numbers = None if events is None or column is None else numbers_of(events, column)
    if events is None or column is None or numbers is None:
        return unknown
    if events.column(column).kind == "number":
        day: FloatArray = numbers[rows]
        return day
    begun = cohort.patients.with_role("start_date")
    if zero is None and begun is not None:
        zero = numbers_of(cohort.patients, begun)
    return unknown if zero is None else numbers[rows] - zero[patients]
