"""Checks of what cells say: numbers far from all others, dates that cannot be, events without their date."""

from __future__ import annotations

import datetime as dt

import numpy as np

from core.cohort.cohort import Cohort, Column, DataIssue, Table
from core.cohort.column_names import column_label
from core.cohort.distinct import distinct_levels, distinct_numbers
from core.cohort.endpoint_names import read_name
from core.cohort.endpoints import row_number_array
from core.cohort.event_values import recognise_event_values
from core.cohort.issues import IssueLog, counted, listed
from core.cohort.validate_impossible import check_impossible
from core.cohort.values import match_levels, numbers_of
from core.spec import EndpointSpec
from core.timetoevent import BoolArray, FloatArray, IntArray

FEWEST = 20  # numbers; the quartiles of fewer say little about what is far away
FENCE = 3.0  # interquartile ranges beyond the quartiles: Tukey's "far out"
_MOST = 0.05  # share of a column; more are its distribution, not odd cells
_SURE, _DEAD_OR_ALIVE = 0.8, 2  # confidence, levels
_OFTEN = 3  # a number that stands in this many rows is no slip
_EARLIEST = dt.date(1900, 1, 1)
_EPOCH = dt.date(1970, 1, 1)
_AFTER_DEATH = ("last_seen_date",)  # a date of death may be written here as well, a later one may not
_BEFORE_DEATH = ("start_date", "progression_date", "recurrence_date")


def check_plausible(cohort: Cohort, *, today: dt.date | None = None) -> list[DataIssue]:
    """Findings about single cells of the patients' table.

    Codes: those of ``check_impossible``, ``outlier``, ``impossible-date``, ``date-after-death``,
    ``event-without-date``.

    Parameters
    ----------
    cohort : Cohort
    today : date, optional
        Dates after it have not been; the day of the call unless given.
    """
    patients, log = cohort.patients, IssueLog("patients")
    for column in patients.columns:
        if column.kind == "number":
            odd = check_impossible(patients, column, log)
            if column.role not in ("event", "ignore", "patient_id"):
                _check_outliers(patients, column, log, without=odd)
        if column.kind == "date":
            _check_dates(patients, column, log, today=today or dt.date.today())
    _check_after_death(patients, log)
    for name, spec in cohort.spec.endpoints.items():
        if spec.from_dates and spec.event is not None:
            _check_event_dates(patients, name, spec, log)
        elif spec.from_dates and name == "OS":
            _check_status(patients, spec, log)
    return log.found


def far_out(numbers: FloatArray) -> BoolArray:
    """Numbers more than three interquartile ranges beyond the quartiles, shape (n,).

    Of positive numbers that lean to the right the logarithms are judged, as of laboratory values. A number that stands
    in three rows or more is no odd cell; none is where more than one in twenty would be far out.

    References
    ----------
    Tukey, Exploratory Data Analysis, 1977, chapter 2.
    """
    known = np.isfinite(numbers)
    out = np.zeros(numbers.shape, dtype=np.bool_)
    values, position, times = np.unique(numbers[known], return_inverse=True, return_counts=True)
    out[known] = _far_values(values, times)[position]
    return out


def _far_values(values: FloatArray, times: IntArray) -> BoolArray:
    """Which of the distinct values, in ascending order with how often each stands, are far out; shape (k,)."""
    none = np.zeros(values.shape, dtype=np.bool_)
    n = int(times.sum())
    if n < FEWEST:
        return none
    low, middle, high = _quartiles(values, times)
    if values[0] > 0 and high - middle > middle - low:
        values = np.log(values)
        low, _, high = _quartiles(values, times)
    width = FENCE * (high - low)
    if width <= 0:
        return none
    far: BoolArray = ((values < low - width) | (values > high + width)) & (times < _OFTEN)
    return far if int(times[far].sum()) <= _MOST * n else none


def _quartiles(values: FloatArray, times: IntArray) -> tuple[float, float, float]:
    """Quartiles of values that stand several times each (R's type 7)."""
    last = np.cumsum(times) - 1
    at = np.array((0.25, 0.5, 0.75)) * last[-1]
    below, above = (values[np.searchsorted(last, place)] for place in (np.floor(at), np.ceil(at)))
    low, middle, high = (below + (above - below) * (at - np.floor(at))).tolist()
    return low, middle, high


def _check_outliers(table: Table, column: Column, log: IssueLog, *, without: BoolArray | None) -> None:
    """Numbers far from all others, beside those that were reported already (``without``, by distinct number)."""
    found = distinct_numbers(table, column.name)
    if found is None:
        return
    numbers = np.asarray(found.values, dtype=np.float64)
    known = np.isfinite(numbers) if without is None else np.isfinite(numbers) & ~without
    values, position = np.unique(numbers[known], return_inverse=True)
    far = _far_values(values, np.bincount(position, weights=found.counts[known]).astype(np.int64))
    if far.any():
        shown = listed([f"{value:g}" for value in values[far].tolist()])
        rest = values[~far]
        message = f"'{column.name}' is {shown}, far from all others ({rest.min():g} to {rest.max():g})."
        out = np.zeros(numbers.shape, dtype=np.bool_)
        out[known] = far[position]
        log.add(
            "outlier", "info", message, column=column.name, rows=row_number_array(table)[found.rows(out)].tolist(),
            remedy="Check the cell: a slipped decimal point, another unit, or true.",
        )  # fmt: skip


def _check_dates(table: Table, column: Column, log: IssueLog, *, today: dt.date) -> None:
    found = distinct_numbers(table, column.name)
    if found is None:
        return
    days = np.asarray(found.values, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        odd = found.rows((days > (today - _EPOCH).days) | (days < (_EARLIEST - _EPOCH).days))
    if odd.any():
        message = f"'{column.name}' is in the future or before 1900 in {counted(int(odd.sum()), 'row')}."
        log.add(
            "impossible-date", "warning", message, column=column.name, rows=row_number_array(table)[odd].tolist(),
            remedy="Correct these dates.",
        )  # fmt: skip


def _check_after_death(table: Table, log: IssueLog) -> None:
    """Nothing happens to a patient after the date of death."""
    death = table.with_role("death_date")
    died = None if death is None else numbers_of(table, death)
    if death is None or died is None:
        return
    for column in table.columns:
        if column.role not in (*_BEFORE_DEATH, *_AFTER_DEATH) or column.kind != "date":
            continue
        days = numbers_of(table, column.name)
        if days is None:
            continue
        with np.errstate(invalid="ignore"):
            after = days > died
        if after.any():
            message = (
                f"{column_label(column.name)} is after {column_label(death)} in {counted(int(after.sum()), 'row')}."
            )
            log.add(
                "date-after-death", "warning", message, column=column.name,
                rows=row_number_array(table)[after].tolist(), remedy="Correct one of the two dates.",
            )  # fmt: skip


def _check_event_dates(table: Table, name: str, spec: EndpointSpec, log: IssueLog) -> None:
    """An event that the column of events says happened has a date; otherwise it counts at the last contact."""
    assert spec.event is not None
    found = distinct_levels(table, spec.event)
    levels = found.levels
    meant = spec.event_is or recognise_event_values(levels, column=spec.event, endpoint=name).event_is
    happened = found.rows(match_levels(levels, meant))
    dates = [numbers_of(table, column) for column in spec.event_dates if table.column(column).kind == "date"]
    known = [days for days in dates if days is not None]
    without = happened & (np.all([np.isnan(days) for days in known], axis=0) if known else True)
    if without.any():
        message = (
            f"{name} happened without a date in {counted(int(without.sum()), 'row')}; it counts at the last contact."
        )
        log.add(
            "event-without-date", "warning", message, column=spec.event_dates[0],
            rows=row_number_array(table)[without].tolist(), remedy="Enter the date of the event.",
        )  # fmt: skip


def _check_status(table: Table, spec: EndpointSpec, log: IssueLog) -> None:
    """A patient whom another column calls dead has a date of death; without it survival ends at the last contact."""
    used = set(spec.columns)
    for column in table.columns:
        parts = read_name(column.name)
        if column.name in used or column.kind not in ("category", "number") or parts is None or parts.part != "event":
            continue
        found = distinct_levels(table, column.name)
        levels = found.levels
        read = recognise_event_values(levels, column=column.name, endpoint="OS")
        if parts.endpoint not in ("OS", None) or read.confidence < _SURE or len(levels) != _DEAD_OR_ALIVE:
            continue
        died = found.rows(match_levels(levels, read.event_is))
        known = [days for name in spec.event_dates if (days := numbers_of(table, name)) is not None]
        without = died & np.all([np.isnan(days) for days in known], axis=0)
        if without.any() and (died & ~without).sum() >= without.sum():
            label, n = column_label(column.name), int(without.sum())
            log.add(
                "event-without-date", "warning",
                f"{label} says that the event happened without a date in {counted(n, 'row')}; OS counts "
                f"{'it' if n == 1 else 'them'} as censored at the last contact.",
                column=spec.event_dates[0], rows=row_number_array(table)[without].tolist(),
                remedy="Enter the date of the event.",
            )  # fmt: skip
