"""How long each patient could have been followed: to a time, or from the patient's start to the day data were closed.

Belongs here: reading that from the cohort, and saying what it was read from. Does not belong here: the index itself
(``core.survival.completeness``).
"""

from __future__ import annotations

import datetime

import numpy as np

from core.answers.subset import data_of
from core.cohort.cohort import Table
from core.cohort.column_names import column_label
from core.cohort.select import AnalysisSet
from core.cohort.values import numbers_of
from core.errors import SpecError
from core.reporting.format import in_words, patients, quantity, row_list, unit_digits
from core.spec import CompletenessSpec, EndpointSpec
from core.survival.completeness import completeness
from core.survival.extras import FollowUpCompleteness
from core.timetoevent import DAYS_PER, BoolArray, FloatArray

EPOCH = datetime.date(1970, 1, 1)


def follow_up_completeness(asked: CompletenessSpec, subset: AnalysisSet) -> FollowUpCompleteness:
    """Clark's C of every group and of all, patients whose possible follow-up is not known left out and counted.

    Raises
    ------
    SpecError
        If a closing day is asked for and time zero is no date, or the day or column cannot be read.
    """
    possible, basis, notes = _possible(asked, subset)
    known = possible >= 0  # NaN is not
    data, codes = data_of(subset), np.where(known, subset.groups.codes, -1)
    possible = np.where(known, possible, 0.0)
    return FollowUpCompleteness(
        basis=basis,
        overall=completeness(data, possible, np.where(known, 0, -1))[0],
        groups=completeness(data, possible, codes, subset.groups.levels),
        notes=(*notes, *_left_out(subset, ~known)),
    )


def _possible(asked: CompletenessSpec, subset: AnalysisSet) -> tuple[FloatArray, str, tuple[str, ...]]:
    """Possible follow-up of each patient, shape (n,), NaN where unknown; what it is based on; notes."""
    data, spec = data_of(subset), _endpoint(subset)
    if asked.horizon is None and asked.closed_on is None and spec.data_cut is None and not spec.from_dates:
        longest = float(data.time.max())
        said = "The longest follow-up stands for the closing day: those who came late count as lost too soon."
        basis = f"{quantity(longest, data.unit, unit_digits(data.unit))}, the longest follow-up"
        return np.full(data.n, longest), basis, (said,)
    if asked.horizon is not None:
        return np.full(data.n, asked.horizon), f"{asked.horizon:g} {data.unit}", ()
    closed, basis = _closed(asked.closed_on or spec.data_cut, subset, spec)
    return (closed - _start(subset, spec)) / DAYS_PER[data.unit], basis, ()


def _closed(closed_on: str | None, subset: AnalysisSet, spec: EndpointSpec) -> tuple[FloatArray, str]:
    """The closing day of each patient, in days since 1970."""
    table = subset.cohort.patients
    if closed_on is None:
        columns = [*spec.event_dates, *([spec.censor_date] if spec.censor_date else [])]
        last = max(float(np.nanmax(days, initial=-np.inf)) for days in (_days(table, name) for name in columns))
        return np.full(subset.n, last), f"{_written(last)}, the latest date of {in_words(map(column_label, columns))}"
    try:
        day = float((datetime.date.fromisoformat(closed_on) - EPOCH).days)
    except ValueError:
        return _days(table, closed_on)[subset.positions], f"the date in {column_label(closed_on)}"
    return np.full(subset.n, day), closed_on


def _start(subset: AnalysisSet, spec: EndpointSpec) -> FloatArray:
    """Time zero of each patient, in days since 1970."""
    table = subset.cohort.patients
    column = spec.start or table.with_role("start_date")
    if column is None:
        raise SpecError(
            f"A closing day needs to know when each patient started; {subset.endpoint} is read from a column of times.",
            hint="Give a horizon, or name the column with the role start_date.",
        )
    return _days(table, column)[subset.positions]


def _days(table: Table, column: str) -> FloatArray:
    """A column of dates as days since 1970, one per row of the table."""
    if table.column(column, needed_for="completeness of follow-up").kind != "date":
        raise SpecError(f"Column '{column}' holds no dates.", hint="Write a day as 2024-05-31, or name a date column.")
    days = numbers_of(table, column)
    assert days is not None
    return days


def _left_out(subset: AnalysisSet, out: BoolArray) -> tuple[str, ...]:
    if not out.any():
        return ()
    rows = [row for row, is_out in zip(subset.row_numbers, out, strict=True) if is_out]
    return (
        f"Completeness leaves out {patients(len(rows))} who started after the closing day, or whose start or closing "
        f"day is missing ({row_list(rows)}).",
    )


def _endpoint(subset: AnalysisSet) -> EndpointSpec:
    return subset.cohort.spec.endpoints[str(subset.endpoint)]


def _written(day: float) -> str:
    return (EPOCH + datetime.timedelta(days=int(day))).isoformat()
