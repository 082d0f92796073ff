"""Times of one column in two units, and endpoints in units of their own, told from the times alone.

Belongs here: two clusters of one column a month in days apart, and times of two endpoints of a patient that differ by a
unit. Does not belong here: what the dates of the file say (``validate_units``).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from core.cohort.cohort import DataIssue, Table
from core.cohort.endpoints import Endpoint, row_number_array
from core.cohort.issues import IssueLog, counted
from core.cohort.values import numbers_of
from core.spec import EndpointSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray, IntArray

_MONTH = DAYS_PER["months"]
_FEWEST, _SHARE = 3, 0.02  # rows in the smaller cluster
_ENOUGH = 20  # times; fewer have no shape
_APART = 3.6  # distance of the two means in spreads around them: halves of one bell are 2.6 apart
_NEAR = np.log(2.2)  # how far the distance may be from a month's days
_GAP = np.log(3.0)  # between the clusters; no follow-up leaves one
_ALL_DIED = 0.7  # early deaths are a cluster too, of events
_CLUSTER = 6  # whole numbers in each cluster
_WITH_PARTS = 0.3  # share of times with a fraction in a column of months
_ABOVE = 2.5  # how far above all others whole numbers must stand
_LEAST_RATIO, _MOST_RATIO = 8.0, 150.0
_LONGEST_DAYS = 60 * 365.25
_SAME = 0.04
_UNUSUAL = 15.0  # OS is a few times PFS, never this many in most patients
_PAIRS = 5  # patients with both times
_FACTORS = (_MONTH, 1 / _MONTH, DAYS_PER["years"], 1 / DAYS_PER["years"])  # a week's 7 may be a true ratio


def check_mixed_units(
    table: Table,
    endpoints: dict[str, tuple[Endpoint, EndpointSpec]],
    log: IssueLog,
    *,
    told: Sequence[DataIssue] = (),
) -> None:
    """Report times of one column in days and in months, and endpoints of which one seems to be in another unit.

    Codes: ``mixed-units``, ``unit-contradicted``; not of a column of which ``told`` says one of them.
    """
    known = {str(issue.column) for issue in told if issue.code in ("mixed-units", "unit-contradicted")}
    rows = row_number_array(table)
    for name, (endpoint, spec) in endpoints.items():
        times = None if spec.time is None or spec.time in known else numbers_of(table, spec.time)
        if times is None or spec.time is None:
            continue
        odd = other_unit(times, endpoint.event)
        if odd.any():
            known.add(spec.time)
            _report_column(name, spec.time, times, odd, rows=rows, log=log)
    _check_pairs(endpoints, rows, log, known)


def _report_column(name: str, column: str, times: FloatArray, odd: BoolArray, *, rows: IntArray, log: IssueLog) -> None:
    is_longer = float(np.nanmedian(times[odd])) > float(np.nanmedian(times[~odd]))
    unit, others, how = ("days", "months", "longer") if is_longer else ("months", "days", "shorter")
    log.add(
        "mixed-units", "warning",
        f"{name} time seems to mix units: {counted(int(odd.sum()), 'row')} of '{column}' look like {unit} among "
        f"{others}, far {how} than the others.",
        column=column, rows=rows[odd].tolist(), remedy="Write all times in one unit.",
    )  # fmt: skip


def other_unit(times: FloatArray, event: BoolArray) -> BoolArray:
    """Rows of a column whose times stand in another unit than most: days among months or the contrary, shape (n,).

    Three signs, each of which follow-up in one unit does not show: whole numbers far above all that have a fraction
    (days among months); fractions far below whole numbers (months among days); and, of whole numbers only, two clusters
    about a month's days apart with a gap between them, of which the shorter one is not just early deaths.

    Parameters
    ----------
    times : array, shape (n,)
    event : bool array, shape (n,)
    """
    none = np.zeros(times.shape, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        known = np.isfinite(times) & (times > 0)
    if int(known.sum()) < _ENOUGH:
        return none
    whole = known & (times == np.floor(times))
    parts = known & ~whole
    share = float(parts.sum() / known.sum())
    if share >= _WITH_PARTS:
        short = times[parts]
        found = whole & (times > _ABOVE * short.max())
        return found if _are_apart(times[found], short) else none
    if parts.any():
        found = parts & (times * _MONTH < _LONGEST_DAYS)
        return found if _are_apart(times[whole], times[found]) and share <= 1 - _WITH_PARTS else none
    return _clusters(times, event, known)


def _are_apart(long: FloatArray, short: FloatArray) -> bool:
    """Whether there are enough of both, and their middles differ about as months and days do."""
    if long.size < _FEWEST or short.size < _FEWEST:
        return False
    return _LEAST_RATIO < float(np.median(long) / np.median(short)) < _MOST_RATIO


def _clusters(times: FloatArray, event: BoolArray, known: BoolArray) -> BoolArray:
    """Whole numbers in two clusters: the rows of the smaller one."""
    none = np.zeros(times.shape, dtype=np.bool_)
    order = np.sort(np.log(times[known]))
    cut = _tightest_cut(order)
    if cut is None or order[cut] - order[cut - 1] < _GAP:
        return none
    border = float(np.exp((order[cut - 1] + order[cut]) / 2))
    is_long = known & (np.where(known, times, 0.0) > border)
    is_short = known & ~is_long
    if min(is_short.sum(), is_long.sum()) < max(_CLUSTER, 0.1 * known.sum()) or event[is_short].mean() > _ALL_DIED:
        return none
    return is_long if is_long.sum() <= is_short.sum() else is_short


def _tightest_cut(order: FloatArray) -> int | None:
    """Where sorted logarithms fall into two clusters that are a month's days apart; None where they do not."""
    n = order.size
    fewest = max(_FEWEST, int(np.ceil(_SHARE * n)))
    at = np.arange(fewest, n - fewest + 1)
    if not at.size:
        return None
    sums, squares = np.cumsum(order), np.cumsum(order**2)
    below, above = sums[at - 1] / at, (sums[-1] - sums[at - 1]) / (n - at)
    within = (squares[-1] - at * below**2 - (n - at) * above**2) / n
    best = int(np.argmin(within))
    apart, spread = float(above[best] - below[best]), float(np.sqrt(max(within[best], 1e-12)))
    if abs(apart - np.log(_MONTH)) > _NEAR or apart < _APART * spread:
        return None
    return int(at[best])


def _check_pairs(
    endpoints: dict[str, tuple[Endpoint, EndpointSpec]], rows: IntArray, log: IssueLog, told: set[str]
) -> None:
    """OS beside PFS and its like: the same patient's times differ by a unit."""
    if "OS" not in endpoints or endpoints["OS"][1].time in (None, *told):
        return
    death, whole = endpoints["OS"]
    for name, (earlier, spec) in endpoints.items():
        if name == "OS" or spec.time in (None, whole.time, *told):
            continue
        both = earlier.usable & death.usable & (earlier.time > 0) & (death.time > 0)
        if int(both.sum()) < _PAIRS:
            continue
        ratio, first = death.time * DAYS_PER[death.unit], earlier.time * DAYS_PER[earlier.unit]
        if both.all():
            ratio /= first
        else:
            ratio = np.divide(ratio, first, out=np.ones(both.shape), where=both)
        _report_pair(name, spec, ratio, both, rows=rows, log=log)


def _report_pair(
    name: str, spec: EndpointSpec, ratio: FloatArray, both: BoolArray, *, rows: IntArray, log: IssueLog
) -> None:
    middle = float(np.median(ratio) if both.all() else np.median(ratio[both], overwrite_input=True))
    if max(middle, 1 / middle) > _UNUSUAL:
        longer, shorter = ("OS", name) if middle > 1 else (name, "OS")
        log.add(
            "unit-contradicted", "warning",
            f"{longer} times are about {max(middle, 1 / middle):.0f} times those of {shorter}: one of the two seems to "
            "be in another unit.",
            column=spec.time, rows=rows[both].tolist(), remedy=f"Check the units; {name} is read in {spec.unit}.",
        )  # fmt: skip
        return
    far = both & functools.reduce(np.logical_or, (_is_near(ratio, factor) for factor in _FACTORS))
    agree = int(np.count_nonzero(both & _is_near(ratio, 1.0)))
    if int(far.sum()) >= _FEWEST and agree >= _FEWEST:
        log.add(
            "mixed-units", "warning",
            f"{name} and OS times are in different units in {counted(int(far.sum()), 'row')}: they differ by the "
            "factor between two units there, and agree elsewhere.",
            column=spec.time, rows=rows[far].tolist(), remedy="Write all times in one unit.",
        )  # fmt: skip


def _is_near(ratio: FloatArray, factor: float) -> BoolArray:
    near: BoolArray = (ratio > factor * (1 - _SAME)) & (ratio < factor * (1 + _SAME))
    return near
