"""Whether times are in the unit they are read in: beside the dates of the file, and against a human life."""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import Cohort, Table
from core.cohort.endpoints import Endpoint, row_number_array
from core.cohort.issues import IssueLog, counted
from core.cohort.values import numbers_of
from core.spec import EndpointSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, IntArray

LONGEST_YEARS = 60.0  # nobody with a liver tumour is followed longer
_SHORTEST_DAYS = 60.0  # shorter follow-up does not tell units apart
_SAME = 0.1  # times rounded to months or counted with other months differ by less
_MOST = 0.8
_FEWEST = 5


def check_units(cohort: Cohort, endpoint: Endpoint, spec: EndpointSpec, log: IssueLog) -> None:
    """Times that are too long for their unit, and those of OS that the dates contradict."""
    if spec.time is None:
        return
    rows = row_number_array(cohort.patients)
    limit = LONGEST_YEARS * 365.25
    longest = float(np.fmax.reduce(endpoint.time, initial=0.0))  # without regard to NaN
    if longest * DAYS_PER[spec.unit] > limit:
        long = endpoint.usable & (endpoint.time * DAYS_PER[spec.unit] > limit)
    else:
        long = np.zeros(endpoint.usable.shape, dtype=np.bool_)
    if long.any():
        message = f"{endpoint.name} time is longer than {LONGEST_YEARS:g} years in {counted(int(long.sum()), 'row')}."
        log.add(
            "implausible-time", "warning", message, column=spec.time, rows=rows[long].tolist(),
            remedy=f"Check the unit: these times were read in {spec.unit}.",
        )  # fmt: skip
    dated = _dated(cohort.patients) if endpoint.name == "OS" else None
    if dated is not None:
        _check_against(dated, endpoint, spec, rows, log)


def _dated(table: Table) -> FloatArray | None:
    """Days from the start to death or last contact by the dates of the file, shape (n,); None without such dates."""
    columns = [table.with_role(role) for role in ("start_date", "last_seen_date", "death_date")]
    start, seen, death = (None if name is None else numbers_of(table, name) for name in columns)
    if start is None or seen is None:
        return None
    end = seen if death is None else np.where(np.isnan(death), seen, death)
    days: FloatArray = end - start
    return days


def _check_against(days: FloatArray, endpoint: Endpoint, spec: EndpointSpec, rows: IntArray, log: IssueLog) -> None:
    with np.errstate(invalid="ignore", divide="ignore"):
        told = endpoint.usable & (days >= _SHORTEST_DAYS) & (endpoint.time > 0)
        per_unit = days / endpoint.time
        fits = {unit: told & _is_about(per_unit, per) for unit, per in DAYS_PER.items()}
    for unit, fit in fits.items():
        n = int(fit.sum())
        if unit == spec.unit or not n:
            continue
        if n >= max(_FEWEST, _MOST * int(told.sum())):
            message = f"{endpoint.name} time is read in {spec.unit}, but the dates say that it is in {unit}."
            log.add(
                "unit-contradicted", "warning", message, column=spec.time, rows=rows[fit].tolist(),
                remedy=f"Read it in {unit}, or correct the dates.",
            )  # fmt: skip
        elif int(fits[spec.unit].sum()) >= _FEWEST:
            message = (
                f"{endpoint.name} time mixes units: by the dates {counted(n, 'row')} of '{spec.time}' "
                f"{'is' if n == 1 else 'are'} in {unit}, most are in {spec.unit}."
            )
            log.add(
                "mixed-units", "warning", message, column=spec.time, rows=rows[fit].tolist(),
                remedy=f"Write all times in {spec.unit}, or let them be computed from the dates.",
            )  # fmt: skip


def _is_about(per_unit: FloatArray, per: float) -> BoolArray:
    """Whether numbers of days are those of a unit, but for rounding, shape (n,)."""
    apart = per_unit / per
    apart -= 1
    near: BoolArray = np.abs(apart, out=apart) < _SAME
    return near
