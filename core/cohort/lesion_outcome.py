"""Local progression of each lesion, read from a cohort's table of lesions.

Belongs here: which columns say whether and when a lesion progressed, and what ended its follow-up. Does not belong
here: which columns describe a lesion (``lesion_factors``), measurements over time (``lesion_columns``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import Cohort, Table
from core.cohort.endpoint_columns import find_endpoints
from core.cohort.endpoint_names import read_name
from core.cohort.endpoints import Endpoint, Exclusion, count_reasons, resolve_endpoint, row_number_array
from core.cohort.event_values import recognise_event_values
from core.cohort.issues import IssueLog
from core.cohort.lesion_columns import days_from_start, named_column, texts_of
from core.cohort.values import codes_of, match_levels
from core.errors import SpecError
from core.spec import EndpointSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, IntArray, TimeUnit

LOCAL = "LTP"
DEATH = "death"
_OVERALL = "OS"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LesionOutcome:
    """Time to local progression of every row of the table of lesions.

    Attributes
    ----------
    name : str
        Of the endpoint.
    unit : str
    patient : int array, shape (n,)
        Position of the lesion's patient in the patients' table; -1 where it is not there.
    time : array, shape (n,)
    event : bool array, shape (n,)
    competing : dict of event to bool array, shape (n,)
    why : int array, shape (n,)
        Position in ``reasons`` of what makes a lesion unusable; -1 where usable.
    reasons : tuple of str
    columns : tuple of str
        That were read.
    notes : tuple of str
    """

    name: str
    unit: TimeUnit
    patient: IntArray
    time: FloatArray
    event: BoolArray
    competing: dict[str, BoolArray]
    why: npt.NDArray[np.integer[Any]]
    reasons: tuple[str, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]

    def left_out(self, table: Table, among: BoolArray) -> tuple[Exclusion, ...]:
        """Unusable lesions among those of some patients, counted by reason."""
        return count_reasons(np.where(among, self.why, -1), self.reasons, row_number_array(table))


def lesion_table(cohort: Cohort) -> tuple[Table, str]:
    """The table of lesions and its column of patients.

    Raises
    ------
    SpecError
        If the cohort has none, or its rows do not say whose they are.
    """
    table = cohort.other_tables.get("lesions")
    if table is None:
        raise SpecError(
            "The cohort has no table of lesions.",
            hint="Name one under 'lesions': a row per ablated lesion, with the patient.",
        )
    patient = table.with_role("patient_id") or named_column(table, "patient_id")
    if patient is None or cohort.patients.with_role("patient_id") is None:
        raise SpecError(
            "The lesions do not say whose they are: a column that identifies patients is needed in both tables.",
            hint="Name it under 'roles' as 'patient_id'.",
        )
    return table, patient


def lesion_outcome(cohort: Cohort, spec: EndpointSpec | None = None) -> LesionOutcome:
    """Time to local progression of every lesion.

    Parameters
    ----------
    cohort : Cohort
    spec : EndpointSpec, optional
        Columns of the table of lesions. Unless given: a time and an event that are named as local progression; else a
        day or date of it (and a yes or no), follow-up of the others ending with the patient's overall survival.

    Raises
    ------
    SpecError
        If the table has neither, or ``spec`` does not fit it.
    """
    table, patient_column = lesion_table(cohort)
    whose = _positions(cohort, texts_of(table, patient_column))
    chosen, name = (spec, LOCAL) if spec is not None else _recognised(table)
    if chosen is None:
        return _from_day(cohort, table, patient_column, whose)
    found = resolve_endpoint(table, name, chosen)
    overall = _overall(cohort)
    competing = {cause: np.array(flags) for cause, flags in found.competing.items()}
    notes = [note for note in found.notes if not note.startswith("Competing event '")]
    if not competing and overall is not None:
        died = _died_unprogressed(found, overall, whose)
        if died.any():
            competing = {DEATH: died}
            n = int(died.sum())
            notes.append(f"{n} lesion{'' if n == 1 else 's'} followed to the patient's death without progression: "
                         "death competes.")  # fmt: skip
    return LesionOutcome(
        name=name,
        unit=found.unit,
        patient=whose,
        time=found.time,
        event=found.event,
        competing=competing,
        why=found.why,
        reasons=found.reasons,
        columns=tuple(chosen.columns),
        notes=tuple(notes),
    )


def _positions(cohort: Cohort, names: np.ndarray) -> IntArray:
    """Position of each lesion's patient in the patients' table; -1 where it is not there."""
    everybody = pd.Index(texts_of(cohort.patients, str(cohort.patients.with_role("patient_id"))))
    first = pd.Series(np.arange(len(everybody)), index=everybody)
    first = first[~first.index.duplicated()]
    return np.asarray(first.reindex(names).fillna(-1).to_numpy(), dtype=np.int64)


def _recognised(table: Table) -> tuple[EndpointSpec | None, str]:
    """The endpoint that the columns' names speak of: local progression, else the only one."""
    found = {one.name: one.spec for one in find_endpoints(table, {}, IssueLog("lesions")) if one.spec.time is not None}
    if LOCAL in found:
        return found[LOCAL], LOCAL
    others = [name for name in found if name in ("TTP", "TTR", "RFS", "PFS")]
    return (found[others[0]], others[0]) if len(others) == 1 else (None, LOCAL)


def _overall(cohort: Cohort) -> Endpoint | None:
    spec = cohort.spec.endpoints.get(_OVERALL)
    return None if spec is None else resolve_endpoint(cohort.patients, _OVERALL, spec)


def _died_unprogressed(found: Endpoint, overall: Endpoint, whose: IntArray) -> BoolArray:
    """Lesions without progression that were followed to the patient's death, within a day."""
    known = (whose >= 0) & ~found.event
    end = overall.time[whose] * DAYS_PER[overall.unit] - 1
    reached = found.time * DAYS_PER[found.unit] >= end * (1 - 1e-9)
    result: BoolArray = known & overall.event[whose] & reached & (found.why < 0)
    return result


def _from_day(cohort: Cohort, table: Table, patient: str, whose: IntArray) -> LesionOutcome:
    """From the day or date of progression; lesions without are followed as long as their patients."""
    day, date = named_column(table, "lesion_progression_day"), named_column(table, "lesion_progression_date")
    flag, overall = _flag(table, taken=(day, date)), _overall(cohort)
    days = days_from_start(cohort, table, patient, day=day, date=date) if day or date else None
    if days is None or overall is None:
        raise SpecError(
            "The table of lesions does not say when a lesion progressed locally.",
            hint="Name the columns under 'progression': a time and an event; or have a column 'LTP date' (and overall "
            "survival of the patients).",
        )
    progressed = np.isfinite(days)
    unknown = np.zeros(table.n, dtype=np.bool_)
    if flag is not None:
        said, unknown = _said(table, flag)
        progressed, unknown = said, unknown | (said & ~np.isfinite(days))
    per = DAYS_PER[overall.unit]
    end = np.where(whose >= 0, overall.time[whose], np.nan)
    checks = (
        ("local progression without a day", unknown),
        ("follow-up of the patient missing", ~progressed & (np.isnan(end) | (overall.why[whose] >= 0))),
        ("local progression before time zero", progressed & (days < 0)),
    )
    why = np.full(table.n, -1, dtype=np.int64)
    for position, (_, bad) in enumerate(checks):
        why[bad & (why < 0)] = position
    usable = why < 0
    return LesionOutcome(
        name=LOCAL,
        unit=overall.unit,
        patient=whose,
        time=np.where(progressed, days / per, end),
        event=progressed & usable,
        competing={DEATH: ~progressed & usable & (whose >= 0) & overall.event[whose]},
        why=why,
        reasons=tuple(reason for reason, _ in checks),
        columns=tuple(name for name in (day or date, flag) if name is not None),
        notes=("Lesions without a day of local progression are followed to the patient's death or last contact.",),
    )


def _flag(table: Table, *, taken: tuple[str | None, ...]) -> str | None:
    """The column of yes and no beside the day."""
    for column in table.columns:
        parts = read_name(column.name)
        named = parts is not None and parts.endpoint == LOCAL and parts.part != "time"
        if named and column.name not in taken and column.kind in ("category", "number"):
            return column.name
    return None


def _said(table: Table, flag: str) -> tuple[BoolArray, BoolArray]:
    """Who progressed and whose answer is missing, by the column of yes and no."""
    codes, levels = codes_of(table, flag)
    coding = recognise_event_values(levels, column=flag, endpoint=LOCAL)
    means = np.append(match_levels(levels, coding.event_is), False)
    said: BoolArray = means[codes]
    return said, codes < 0
