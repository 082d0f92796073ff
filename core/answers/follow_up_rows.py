"""Patients' follow-up in several rows: treatments that start later, periods, and start-stop sheets.

Belongs here: reading when a treatment starts, and whose row is whose. Does not belong here: splitting
(``core.regression.episodes``), fitting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.bias.start_times import start_times
from core.cohort.select import AnalysisSet
from core.errors import SpecError
from core.regression.episodes import Episodes, are_one_patients, has_started, split_at
from core.regression.periods import check_splits
from core.spec import TimeDependent
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent

NOT_YET, STARTED = "No", "Yes"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowUpRows:
    """What a regression of patients with several rows gets.

    Attributes
    ----------
    data : TimeToEvent, m rows
    frame : DataFrame, m rows
        With a column ``No``/``Yes`` per treatment that starts later.
    kinds : dict of str to str
        Of the columns added.
    row : int array, shape (m,)
        Position of each row among the patients of the analysis set.
    patient : int array, shape (m,), or None
        Whose row each is; None where every patient has one.
    notes : tuple of str
    """

    data: TimeToEvent
    frame: pd.DataFrame
    kinds: dict[str, str]
    row: IntArray
    patient: IntArray | None
    notes: tuple[str, ...]


def follow_up_rows(
    data: TimeToEvent,
    frame: pd.DataFrame,
    subset: AnalysisSet,
    *,
    time_dependent: Mapping[str, TimeDependent],
    time_splits: Mapping[str, tuple[float, ...]],
    cluster: str | None = None,
) -> FollowUpRows:
    """Rows split where a treatment starts and where a period ends; as they are where nothing is asked."""
    given = whose_rows(data, subset, cluster)
    notes = [] if given is None else [_sheet(data, given)]
    if not time_dependent and not time_splits:
        return FollowUpRows(data=data, frame=frame, kinds={}, row=np.arange(data.n), patient=given, notes=tuple(notes))
    check_splits(time_splits, data)
    starts = {name: _starts(asked, subset, name) for name, asked in time_dependent.items()}
    cuts = [*starts.values(), *(np.full(data.n, cut) for cut in sorted({c for cs in time_splits.values() for c in cs}))]
    episodes = split_at(data, np.column_stack(cuts))
    for name, start in starts.items():
        notes.append(_started(name, start, data, given))
    return FollowUpRows(
        data=episodes.data,
        frame=_with_states(frame, episodes, starts),
        kinds=dict.fromkeys(starts, "category"),
        row=episodes.row,
        patient=episodes.row if given is None else given[episodes.row],
        notes=tuple(notes),
    )


def _with_states(frame: pd.DataFrame, episodes: Episodes, starts: Mapping[str, FloatArray]) -> pd.DataFrame:
    states = {
        name: pd.Categorical.from_codes(
            has_started(episodes, start).astype(int),  # type: ignore[arg-type]
            categories=[NOT_YET, STARTED],  # type: ignore[arg-type]
        )
        for name, start in starts.items()
    }
    return frame.take(episodes.row).reset_index(drop=True).assign(**states)


def _starts(asked: TimeDependent, subset: AnalysisSet, name: str) -> FloatArray:
    """When the treatment starts, in the unit of the endpoint from its time zero; NaN: never."""
    if name in {column.name for column in subset.cohort.patients.columns}:
        raise SpecError(f"'{name}' is a column already.", hint="Give the treatment that starts later another name.")
    return start_times(subset, asked.starts, unit=asked.unit, what=name)


def _started(name: str, start: FloatArray, data: TimeToEvent, given: IntArray | None) -> str:
    """How many start when."""
    entry = np.zeros(data.n) if data.entry is None else data.entry
    last = data.time
    if given is not None:  # a patient's follow-up goes from the first row to the last
        entry = pd.Series(entry).groupby(given).transform("min").to_numpy()
        last = pd.Series(last).groupby(given).transform("max").to_numpy()
    once = np.ones(data.n, dtype=np.bool_) if given is None else ~pd.Series(given).duplicated().to_numpy()

    def count(rows: BoolArray) -> int:
        return int(np.count_nonzero(rows & once))

    zero, late = count(start <= entry), count((start >= last) & (start > entry))
    during = count((start > entry) & (start < last))
    said = [f"{name}: {NOT_YET} until it starts, {STARTED} from then on; "]
    said.append(f"{during} of {count(np.ones_like(once))} patients start during follow-up")
    if zero:
        said.append(f", {zero} at or before its beginning ({STARTED} throughout)")
    if late:
        said.append(f", {late} only at or after its end ({NOT_YET} throughout)")
    return "".join(said) + "."


def whose_rows(data: TimeToEvent, subset: AnalysisSet, cluster: str | None) -> IntArray | None:
    """Whose row each is, in a sheet with several rows (start, stop] per patient; None where each row is a patient."""
    if data.entry is None:
        return None
    table = subset.cohort.patients
    candidates = [name for name in (table.with_role("patient_id"), cluster) if name is not None]
    for name in candidates:
        series = table.frame[name].take(subset.positions) if name in table.frame else None
        if series is None:
            continue
        codes = np.asarray(pd.factorize(series)[0], dtype=np.int64)
        alone = codes < 0
        codes[alone] = codes.max(initial=0) + 1 + np.arange(int(alone.sum()))
        if are_one_patients(data, codes):
            return codes
    return None


def _sheet(data: TimeToEvent, given: IntArray) -> str:
    return (
        f"{data.n} rows of {np.unique(given).size} patients, each at risk from a row's start to its end: patients are "
        "counted, not rows."
    )
