"""One endpoint of every patient: time and event from columns or dates, and who cannot be used and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from core.cohort.cohort import Table
from core.cohort.data_cut import data_cut
from core.cohort.endpoint_reading import NO_RESPONSE, Reading
from core.cohort.issues import counted
from core.cohort.latest import latest
from core.cohort.rows import row_array
from core.spec import EndpointSpec
from core.timetoevent import BoolArray, FloatArray, IntArray, TimeUnit

Stage: TypeAlias = Literal["filter", "group", "endpoint", "analysis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Patients left out for one reason.

    Attributes
    ----------
    reason : str
        For example ``OS time missing`` or ``kept only where Age ≥ 50``.
    n : int
    rows : tuple of int
        Row numbers of the file.
    stage : {'filter', 'group', 'endpoint', 'analysis'}
        What asked for it: a filter of the user, the groups compared, the endpoint's time and event, or one analysis.
    """

    reason: str
    n: int
    rows: tuple[int, ...]
    stage: Stage = "analysis"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Endpoint:
    """Time and event of every row of a table.

    Attributes
    ----------
    name : str
    unit : {'days', 'weeks', 'months', 'years'}
    time : array, shape (n,)
        In ``unit``; NaN where unknown.
    event : bool array, shape (n,)
        False where censored, competing or unusable.
    entry : array, shape (n,), optional
    competing : dict of event name to bool array, shape (n,)
        Who had a competing event; censored in ``event``.
    usable : bool array, shape (n,)
    why : int array, shape (n,)
        Position in ``reasons`` of what makes a row unusable; -1 where usable.
    reasons : tuple of str
    exclusions : tuple of Exclusion
        The unusable rows, counted by reason.
    notes : tuple of str
    """

    name: str
    unit: TimeUnit
    time: FloatArray
    event: BoolArray
    entry: FloatArray | None
    competing: dict[str, BoolArray]
    usable: BoolArray
    why: npt.NDArray[np.integer[Any]]
    reasons: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]
    notes: tuple[str, ...]


def count_reasons(
    why: npt.NDArray[np.integer[Any]], reasons: Sequence[str], row_numbers: IntArray, *, stages: Sequence[Stage] = ()
) -> tuple[Exclusion, ...]:
    """Exclusions by reason, in the order of ``reasons``; reasons that nobody has are left out.

    ``stages`` holds the stage of each reason, the endpoint's own unless given.
    """
    found = []
    for position in np.unique(why[why >= 0]):
        rows = row_numbers[why == position]
        stage: Stage = stages[position] if stages else "endpoint"
        found.append(Exclusion(reason=reasons[position], n=int(rows.size), rows=tuple(rows.tolist()), stage=stage))
    return tuple(found)


def row_number_array(table: Table) -> IntArray:
    """Row numbers of the file as an array, made once."""
    if "row_numbers" not in table.cache:
        table.cache["row_numbers"] = row_array(table.row_numbers)
    rows: IntArray = table.cache["row_numbers"]
    return rows


def resolve_endpoint(table: Table, name: str, spec: EndpointSpec) -> Endpoint:
    """Time and event of every row.

    Parameters
    ----------
    table : Table
    name : str
        For messages.
    spec : EndpointSpec
        Columns or dates. A value of ``event`` that is neither in ``event_is`` nor competing nor missing is censored.

    Raises
    ------
    MissingColumnError
        If a column is not in the table.
    SpecError
        If a time column holds words, a date column no dates, or no value means event.

    Notes
    -----
    A month is 30.4375 days, a year 365.25. Of several event dates the earliest that is known counts. Beside the dates
    an ``event`` column may be given: then the column says whether the event occurred, and the dates only when.
    Unusable rows are counted under the first of these that holds: no response (DOR), time missing, event missing, time
    negative, data cut missing, start after the data cut, entry missing, entry not before time. What happened after a
    data cut is censored there.
    """
    return latest(table, "endpoint", name + spec.model_dump_json(), lambda: _resolve(table, name, spec))


def _resolve(table: Table, name: str, spec: EndpointSpec) -> Endpoint:
    for column in spec.columns:
        if column != spec.cut_column:  # said in its own words where it is read
            table.column(column, needed_for=f"endpoint {name}")
    reading = Reading(table=table, name=name, spec=spec)
    course = reading.course()
    entry = None if spec.entry is None else reading.number(spec.entry)
    checks = [
        (f"{name} {NO_RESPONSE}", reading.never_began()),
        (f"{name} time missing", np.isnan(course.time)),
        (f"{name} event missing", course.event_missing),
        (f"{name} time negative", course.time < 0),
    ]
    cut = data_cut(reading)
    checks += [(f"{name} {reason}", rows) for reason, rows in cut.left_out]
    if entry is not None:
        checks += [
            (f"{name} entry missing", np.isnan(entry)),
            (f"{name} entry not before time", entry >= cut.ended(course.time)),
        ]
    why = _first_reasons(table.n, [bad for _, bad in checks])
    usable = why < 0
    course = cut.applied(course, usable)
    time, event, competing, notes = course.time, course.event, course.competing, course.notes
    zero = int(np.count_nonzero(usable & (time == 0)))
    if zero:
        notes.append(f"{name} time is zero for {counted(zero, 'patient')}.")
    for cause, flags in competing.items():
        if n := int(np.count_nonzero(flags & usable)):
            notes.append(f"Competing event '{cause}': {counted(n, 'patient')} censored at its time.")
    reasons = tuple(reason for reason, _ in checks)
    return Endpoint(
        name=name,
        unit=spec.unit,
        time=_fixed(time),
        event=_fixed(event & usable),
        entry=None if entry is None else _fixed(entry),
        competing={cause: _fixed(flags & usable) for cause, flags in competing.items()},
        usable=_fixed(usable),
        why=_fixed(why),
        reasons=reasons,
        exclusions=count_reasons(why, reasons, row_number_array(table)),
        notes=tuple(notes),
    )


def _first_reasons(n: int, reasons: Sequence[BoolArray]) -> npt.NDArray[np.int8]:
    """Position of the first reason that holds of each row, shape (n,); -1 where none does."""
    why = np.full(n, -1, dtype=np.int8)
    for position, bad in enumerate(reasons):
        if bad.any():
            why[bad & (why < 0)] = position
    return why


def _fixed(array: Any) -> Any:
    array.setflags(write=False)
    return array
