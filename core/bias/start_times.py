"""When a treatment began in each patient, counted from the endpoint's time zero.

Belongs here: reading a column of times or of dates, and which column of a table holds the start of a group. Does not
belong here: what follows from a late start (``immortal_time``, ``landmark``, ``time_dependent``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from core.cohort.cohort import Column, Table
from core.cohort.select import AnalysisSet
from core.cohort.values import numbers_of
from core.errors import SpecError
from core.spec import Unit
from core.timetoevent import DAYS_PER, FloatArray

_START = re.compile(r"first|start|begin|began|onset|time to|days to|until", re.IGNORECASE)
_END = re.compile(r"last|end|stop|finish", re.IGNORECASE)
_UNITS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("days", re.compile(r"\b(day|days|d)\b", re.IGNORECASE)),
    ("weeks", re.compile(r"\b(week|weeks)\b", re.IGNORECASE)),
    ("months", re.compile(r"\b(month|months)\b", re.IGNORECASE)),
    ("years", re.compile(r"\b(year|years)\b", re.IGNORECASE)),
)
_NO_NAMES = frozenset({"yes", "no", "true", "false", "all", "arm", "group", "treatment", "none"})
SHORTEST_NAME = 3  # letters; shorter ones are found in words by chance


def start_times(
    subset: AnalysisSet, column: str, *, unit: Unit | None = None, what: str = "treatment", origin: str | None = None
) -> FloatArray:
    """When it started in each patient, shape (m,), in the unit of the endpoint; NaN: never, or not known.

    Parameters
    ----------
    subset : AnalysisSet
        With an endpoint.
    column : str
        Times since time zero, or dates.
    unit : str, optional
        Of the times; the endpoint's own unless given.
    what : str
        What starts, for messages.
    origin : str, optional
        Column with the date of time zero, from which dates are counted; the endpoint's own unless given.

    Raises
    ------
    MissingColumnError
        If the column is not in the table.
    SpecError
        If it holds neither times nor dates, or dates while nothing says which day time zero was.
    """
    table = subset.cohort.patients
    own = subset.cohort.spec.endpoints[str(subset.endpoint)].unit
    found = table.column(column, needed_for=f"the start of {what}")
    if found.kind == "empty":
        return np.full(subset.n, np.nan)
    numbers = numbers_of(table, column) if found.kind in ("number", "date") else None
    if numbers is None:
        raise SpecError(
            f"Column '{column}', the start of {what}, holds neither times nor dates.",
            hint="Give a column of times since time zero, or of dates; empty means never.",
        )
    values = np.array(numbers[subset.positions], dtype=np.float64)
    if found.kind != "date":
        return values * (DAYS_PER[unit or own] / DAYS_PER[own])
    return (values - day_zero(subset, origin, needed_for=f"'{column}' holds dates")) / DAYS_PER[own]


def day_zero(subset: AnalysisSet, origin: str | None = None, *, needed_for: str) -> FloatArray:
    """The day of time zero of each patient, shape (m,), in days since 1970; ``origin`` as ``start_times`` takes it."""
    origin = origin or subset.cohort.spec.endpoints[str(subset.endpoint)].start
    if origin is None:
        raise SpecError(
            f"{needed_for}, but {subset.endpoint} is not built from dates.",
            hint="Give a column of times since time zero, or build the endpoint from dates.",
        )
    return dates_of(subset, origin, needed_for="time zero")


def dates_of(subset: AnalysisSet, column: str, *, needed_for: str) -> FloatArray:
    """A column of dates of the patients, shape (m,), in days since 1970; SpecError where it holds none."""
    table = subset.cohort.patients
    if table.column(column, needed_for=needed_for).kind != "date":
        raise SpecError(f"'{column}', {needed_for}, holds no dates.", hint="Choose a column of dates.")
    numbers = numbers_of(table, column)
    assert numbers is not None
    return np.array(numbers[subset.positions], dtype=np.float64)


def origin_of(subset: AnalysisSet) -> str | None:
    """The column with the date of time zero: the endpoint's own, or the one with the role ``start_date``."""
    if subset.endpoint is None:
        return subset.cohort.patients.with_role("start_date")
    return subset.cohort.spec.endpoints[subset.endpoint].start or subset.cohort.patients.with_role("start_date")


def start_columns(table: Table, names: Iterable[str]) -> list[tuple[Column, Unit | None]]:
    """Columns that by their names hold the start of what is called one of ``names``, and the unit of times."""
    called = {_plain(name) for name in names}
    called = {name for name in called if len(name) >= SHORTEST_NAME and name not in _NO_NAMES}
    found: list[tuple[Column, Unit | None]] = []
    for column in table.columns:
        label = column.name.replace("_", " ")
        plain = _plain(column.name)
        if _END.search(label) or not any(name in plain and name != plain for name in called):
            continue
        unit = unit_in_name(column.name)
        if column.kind == "date" or (column.kind == "number" and unit is not None and _START.search(label)):
            found.append((column, unit))
    return found


def unit_in_name(name: str) -> Unit | None:
    """The unit of time that a column's name ends with or holds, ``first_hifu_day``: days."""
    label = name.replace("_", " ")
    return next((unit for unit, pattern in _UNITS if pattern.search(label)), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
