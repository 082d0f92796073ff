"""Laboratory values of one patient over time: from a long table, a table of visits, or repeated columns.

Belongs here: which columns hold test, day and value, and what a repeated column's name says. Does not belong here: what
the values mean, and how they are drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.cohort.cohort import Cohort, Column, Table
from core.cohort.column_names import column_label
from core.cohort.lesion_columns import days_from_start, named_column, texts_of
from core.cohort.values import numbers_of
from core.timetoevent import DAYS_PER, FloatArray

NAN = float("nan")
_UNITS = {
    "d": "days", "day": "days", "days": "days", "天": "days", "日": "days",
    "w": "weeks", "wk": "weeks", "week": "weeks", "weeks": "weeks", "周": "weeks",
    "m": "months", "mo": "months", "mon": "months", "month": "months", "months": "months", "月": "months",
    "个月": "months",
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_GAP = r"[\s_.\-(]"
_AT = re.compile(
    rf"(?P<what>.+?){_GAP}*?(?:{_GAP}(?P<unit>{_UNIT}){_GAP}*(?P<n>\d+)|{_GAP}*(?P<n2>\d+)\s*_?(?P<unit2>{_UNIT}))\)?",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    rf"(?P<what>.+?){_GAP}+(?:baseline|base|bl|pre|t0)\)?|(?P<chinese>.+?){_GAP}*基线\)?", re.IGNORECASE
)
_FIRST = re.compile(rf"(?:baseline|基线){_GAP}*(?P<what>.+)", re.IGNORECASE)
_NEVER = frozenset(("patient_id", "time", "event", "entry", "weight", "ignore"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabSeries:
    """One test of one patient, by day.

    Attributes
    ----------
    test, unit : str
        Unit empty where it is not recorded, or not one.
    day, value : array, shape (k,)
        Days from time zero; both known.
    low, high : float
        Reference limits; NaN where not recorded, or not the same throughout.
    """

    test: str
    unit: str
    day: FloatArray
    value: FloatArray
    low: float = NAN
    high: float = NAN

    def __post_init__(self) -> None:
        self.day.setflags(write=False)
        self.value.setflags(write=False)

    @property
    def outside(self) -> tuple[bool, ...]:
        """Whether each value is outside the reference limits that are known."""
        return tuple(bool(value < self.low or value > self.high) for value in self.value)


def lab_series(cohort: Cohort, patient: str, position: int) -> tuple[LabSeries, ...]:
    """Every test of one patient with at least one dated value.

    Parameters
    ----------
    cohort : Cohort
    patient : str
        Identifier as ``texts_of`` writes it.
    position : int
        Row of the patient in the patients' table.

    Notes
    -----
    A table of labs is long where it has a column of tests and one of values, else each of its columns of numbers is a
    test. Columns of the patients' table count where at least two differ by the time in their names only: ``AFP
    baseline``, ``AFP 1 month``, ``afp_m3``.
    """
    table = cohort.other_tables.get("labs")
    found = [] if table is None else _of_table(cohort, table, patient)
    return tuple((*found, *_repeated(cohort.patients, position)))


def _of_table(cohort: Cohort, table: Table, patient: str) -> list[LabSeries]:
    who = table.with_role("patient_id") or named_column(table, "patient_id")
    day, date = named_column(table, "assessment_day"), named_column(table, "assessment_date")
    days = days_from_start(cohort, table, who, day=day, date=date)
    if who is None or days is None:
        return []
    own = (texts_of(table, who) == patient) & np.isfinite(days)
    test, value = named_column(table, "lab_test"), named_column(table, "lab_value")
    if test is None or value is None:
        used = {who, day, date}
        names = [one.name for one in table.columns if one.kind == "number" and one.name not in used]
        made = [_series(column_label(name), days[own], _numbers(table, name)[own]) for name in names]
        return [series for series in made if series is not None]
    tests, numbers = texts_of(table, test), _numbers(table, value)
    unit = named_column(table, "lab_unit")
    units = None if unit is None else texts_of(table, unit)
    limits = [named_column(table, role) for role in ("lab_low", "lab_high")]
    found = []
    for name in dict.fromkeys(tests[own].tolist()):
        rows = own & (tests == name)
        said = set() if units is None else set(units[rows].tolist()) - {""}
        low, high = (_one_value(table, column, rows) for column in limits)
        series = _series(name, days[rows], numbers[rows], unit=said.pop() if len(said) == 1 else "", limits=(low, high))
        found += [series] if name and series is not None else []
    return found


def _series(
    test: str, day: FloatArray, value: FloatArray, *, unit: str = "", limits: tuple[float, float] = (NAN, NAN)
) -> LabSeries | None:
    known = np.isfinite(day) & np.isfinite(value)
    if not known.any():
        return None
    order = np.argsort(day[known], kind="stable")
    return LabSeries(
        test=test, unit=unit, day=day[known][order], value=value[known][order], low=limits[0], high=limits[1]
    )


def _numbers(table: Table, column: str) -> FloatArray:
    values = numbers_of(table, column)
    return np.full(table.n, np.nan) if values is None else np.array(values, dtype=np.float64)


def _one_value(table: Table, column: str | None, rows: np.ndarray) -> float:
    values = np.array([NAN]) if column is None else np.unique(_numbers(table, column)[rows])
    known = values[np.isfinite(values)]
    return float(known[0]) if len(known) == 1 else NAN


def _repeated(table: Table, position: int) -> list[LabSeries]:
    found = []
    for what, columns in repeated_columns(table.columns).items():
        days = np.array([day for day, _ in columns])
        values = np.array([_numbers(table, name)[position] for _, name in columns])
        series = _series(what, days, values)
        found += [] if series is None else [series]
    return found


def repeated_columns(columns: Iterable[Column]) -> dict[str, list[tuple[float, str]]]:
    """Measurements that stand in several columns, by their common name: day from time zero, and column."""
    found: dict[str, list[tuple[float, str]]] = {}
    for column in columns:
        read = read_time(column.name) if column.kind == "number" and column.role not in _NEVER else None
        if read is not None:
            found.setdefault(column_label(read[0]), []).append((read[1], column.name))
    return {what: sorted(named) for what, named in found.items() if len({day for day, _ in named}) > 1}


def read_time(name: str) -> tuple[str, float] | None:
    """What a column measures and on which day, ``afp_m3`` as ``afp`` on day 91.3; None without a time in its name."""
    if (first := _FIRST.fullmatch(name)) is not None:
        return first["what"], 0.0
    if (base := _BASELINE.fullmatch(name)) is not None:
        return base["what"] or base["chinese"], 0.0
    at = _AT.fullmatch(name)
    if at is None:
        return None
    unit = _UNITS[(at["unit"] or at["unit2"]).casefold()]
    return at["what"].strip(" _.-("), float(at["n"] or at["n2"]) * DAYS_PER[unit]
