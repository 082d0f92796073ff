"""Immortal time: a group that is known only after time zero could not have had the event before.

Belongs here: noticing it, and how much follow-up is at stake. The compared groups are set against the columns with the
start of what they are named after (``first_hifu_day``, ``hifu_date``), and against response and adverse events, which
happen during follow-up. Does not belong here: what it does to the comparison (``side_by_side``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from core.bias.start_times import origin_of, start_columns, start_times
from core.cohort.grouping import Grouping
from core.cohort.select import AnalysisSet
from core.cohort.values import codes_of, fold, numbers_of
from core.spec import Unit
from core.timetoevent import DAYS_PER, BoolArray, FloatArray

Basis: TypeAlias = Literal["time", "date", "response", "adverse_event"]
_RESPONSE = re.compile(r"\b(response|responder|responders|recist|mrecist|orr|dcr)\b")
_ADVERSE = re.compile(r"\b(ae|aes|irae|iraes|adverse|toxicity|toxicities|complication|complications)\b")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LateStart:
    """A compared group that is known only after time zero.

    Attributes
    ----------
    group : str
        The column that makes the groups.
    level : str or None
        The group that began late; None where every level is decided after time zero (response).
    basis : {'time', 'date', 'response', 'adverse_event'}
        A column of times or of dates says when; or the groups are made of something that happens during follow-up.
    column : str or None
        The column that says when; None where none does.
    unit : str or None
        Of its times.
    starts : array, shape (m,), or None
        Start of each patient in the endpoint's unit from time zero; NaN: never. None where it is not known.
    n, n_late : int
        Patients of the group, and those in whom it began after time zero.
    share : float
        Share of the group's follow-up that lies before the start; NaN where it is not known.
    """

    group: str
    level: str | None
    basis: Basis
    column: str | None
    unit: Unit | None
    starts: FloatArray | None
    n: int
    n_late: int
    share: float


def late_start(subset: AnalysisSet) -> LateStart | None:
    """Whether a compared group began after time zero; None where nothing speaks for it.

    Parameters
    ----------
    subset : AnalysisSet
        Its groups come from one column. Columns named after it or after a level that hold times or dates say when it
        began, if they are empty in the other groups.
    """
    groups = subset.groups
    if groups.column is None or len(groups.levels) < 2:
        return None
    return _from_columns(subset, groups) or _from_events(subset, groups) or _from_response(subset, groups)


def _from_columns(subset: AnalysisSet, groups: Grouping) -> LateStart | None:
    for column, unit in start_columns(subset.cohort.patients, (str(groups.column), *groups.levels)):
        starts = _read(subset, column.name, unit)
        if starts is None:
            continue
        for code, level in enumerate(groups.levels):
            inside = groups.codes == code
            if np.isfinite(starts[~inside]).any() or not np.isfinite(starts[inside]).any():
                continue
            if (starts[inside] > 0).any():
                basis: Basis = "date" if column.kind == "date" else "time"
                return _late(subset, level, inside, starts, basis=basis, column=column.name, unit=unit)
    return None


def _read(subset: AnalysisSet, column: str, unit: Unit | None) -> FloatArray | None:
    """Starts, in days where there is no endpoint; None where dates have no time zero to be counted from."""
    table = subset.cohort.patients
    if table.column(column).kind == "date" and origin_of(subset) is None:
        return None
    if subset.endpoint is not None:
        return start_times(subset, column, unit=unit, origin=origin_of(subset))
    numbers = numbers_of(table, column)
    if numbers is None:
        return None
    zero = numbers_of(table, str(origin_of(subset))) if table.column(column).kind == "date" else None
    return (numbers if zero is None else numbers - zero)[subset.positions]


def _from_events(subset: AnalysisSet, groups: Grouping) -> LateStart | None:
    """Groups made of an adverse event: named so, or after a term of the table of adverse events."""
    name = str(groups.column)
    days = _first_days(subset, name)
    if days is not None:
        codes = [i for i in range(len(groups.levels)) if np.isfinite(days[groups.codes == i]).any()]
        if len(codes) == 1 and (days[np.isfinite(days)] > 0).any():
            inside = groups.codes == codes[0]
            return _late(subset, groups.levels[codes[0]], inside, days, basis="adverse_event", column=None, unit=None)
    if days is None and not _ADVERSE.search(fold(name).replace("_", " ")):
        return None
    return _unknown(groups, "adverse_event")


def _first_days(subset: AnalysisSet, term: str) -> FloatArray | None:
    """Day of the first adverse event of that term in each patient, in the endpoint's unit; None without such a term."""
    events = subset.cohort.adverse_events
    identifier = subset.cohort.patients.with_role("patient_id")
    if events is None or identifier is None:
        return None
    who, what, when = (events.with_role(role) for role in ("ae_patient_id", "ae_term", "ae_start"))
    if who is None or what is None:
        return None
    wanted = fold(term).replace("_", " ")
    codes, terms = codes_of(events, what)
    same = np.array([*(fold(name) == wanted for name in terms), False])[codes]
    if not same.any():
        return None
    found = np.full(subset.n, np.nan)
    if when is not None and events.column(when).kind == "number":
        first = events.frame.loc[same].groupby(events.frame[who].astype(str))[when].min()
        patients = subset.cohort.patients.frame[identifier].astype(str).take(subset.positions)
        unit = subset.data.unit if subset.data is not None else "days"
        found = patients.map(first).to_numpy(dtype=np.float64) / DAYS_PER[unit]
    return found


def _from_response(subset: AnalysisSet, groups: Grouping) -> LateStart | None:
    role = subset.cohort.patients.column(str(groups.column)).role
    if role != "best_response" and not _RESPONSE.search(fold(str(groups.column)).replace("_", " ")):
        return None
    return _unknown(groups, "response")


def _unknown(groups: Grouping, basis: Basis) -> LateStart:
    return LateStart(
        group=str(groups.column),
        level=None,
        basis=basis,
        column=None,
        unit=None,
        starts=None,
        n=int(groups.codes.size),
        n_late=0,
        share=math.nan,
    )


def _late(
    subset: AnalysisSet,
    level: str,
    inside: BoolArray,
    starts: FloatArray,
    *,
    basis: Basis,
    column: str | None,
    unit: Unit | None,
) -> LateStart:
    starts.setflags(write=False)
    return LateStart(
        group=str(subset.groups.column),
        level=level,
        basis=basis,
        column=column,
        unit=unit,
        starts=starts,
        n=int(inside.sum()),
        n_late=int((starts[inside] > 0).sum()),
        share=share_before(subset, inside, starts),
    )


def share_before(subset: AnalysisSet, inside: BoolArray, starts: FloatArray) -> float:
    """Share of the follow-up of some patients that lies before the start; NaN without an endpoint or follow-up."""
    data = subset.data
    if data is None:
        return math.nan
    entry = np.zeros(data.n) if data.entry is None else data.entry
    begun = np.where(np.isfinite(starts), starts, -np.inf)
    before = np.clip(np.minimum(begun, data.time) - entry, 0.0, None)[inside].sum()
    whole = (data.time - entry)[inside].sum()
    return float(before / whole) if whole > 0 else math.nan
