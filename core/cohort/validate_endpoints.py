"""Checks of the endpoints of a cohort: what cannot be used, what contradicts itself."""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import Cohort, DataIssue, Severity
from core.cohort.data_cut import AFTER_CUT, CUT_MISSING, CUT_START_MISSING
from core.cohort.endpoint_reading import NO_RESPONSE
from core.cohort.endpoints import Endpoint, resolve_endpoint, row_number_array
from core.cohort.issues import IssueLog, counted
from core.cohort.validate_mixed_units import check_mixed_units
from core.cohort.validate_units import check_units
from core.errors import CohortError
from core.spec import EndpointSpec
from core.timetoevent import DAYS_PER, BoolArray
from core.work.threads import on_all

_UNUSABLE: dict[str, tuple[str, Severity, str]] = {
    "time missing": ("missing-time", "warning", "Complete the times, or leave these patients out knowingly."),
    "event missing": ("missing-event", "warning", "Say whether the event occurred."),
    "time negative": ("negative-time", "error", "Check that the end is not before the start."),
    NO_RESPONSE: ("no-response", "info", "Only patients who responded have a duration of response."),
    AFTER_CUT: ("start-after-cut", "warning", "Check the dates, or the day of the data cut."),
    CUT_MISSING: ("missing-data-cut", "warning", "Give these patients a date of the data cut."),
    CUT_START_MISSING: ("missing-start", "warning", "Complete the dates of time zero."),
    "entry missing": ("missing-entry", "warning", "Use 0 for patients followed from time zero."),
    "entry not before time": ("entry-not-before-time", "error", "Patients must enter before they leave."),
}
UNUSABLE = frozenset(code for code, *_ in _UNUSABLE.values())
"""Codes of the findings that leave patients out of an endpoint's analyses."""
_BEFORE_DEATH = ("PFS", "RFS", "DFS", "EFS", "TTP", "TTR", "LTP", "MFS")
_COUNT_DEATH = ("PFS", "RFS", "DFS", "EFS", "MFS")
_ROUNDING = 1.001  # times printed to few digits may differ in the last one


def check_endpoints(cohort: Cohort) -> list[DataIssue]:
    """Findings about every endpoint of the specification, and between them."""
    log = IssueLog("patients")
    resolved: dict[str, Endpoint] = {}
    endpoints = list(cohort.spec.endpoints.items())
    for (name, spec), read in zip(
        endpoints, on_all(lambda one: _resolved(cohort, *one), endpoints, rows=cohort.n), strict=True
    ):
        if isinstance(read, CohortError):
            log.add("endpoint-unreadable", "error", read.message, column=spec.time or spec.start, remedy=read.hint)
            continue
        resolved[name] = read
        _check_one(cohort, resolved[name], spec, log)
        check_units(cohort, resolved[name], spec, log)
        if spec.data_cut is not None:
            _check_cut(cohort, resolved[name], spec, log)
    later = (_check_units_between, _check_order)
    units, order = on_all(lambda check: check(cohort, resolved, log.found), later, rows=cohort.n)
    log.found += units
    if not cohort.spec.endpoints:
        message = "No endpoint was recognised: neither a time with its event nor dates from a start to an event."
        log.add("no-endpoint", "error", message, remedy="Say which columns hold the time and the event.")
    return [*log.found, *order]


def _check_units_between(cohort: Cohort, resolved: dict[str, Endpoint], found: list[DataIssue]) -> list[DataIssue]:
    """Times in units of their own, beside what was ``found`` about units already."""
    log = IssueLog("patients")
    timed = {name: (endpoint, cohort.spec.endpoints[name]) for name, endpoint in resolved.items()}
    check_mixed_units(cohort.patients, timed, log, told=found)
    return log.found


def _check_order(cohort: Cohort, resolved: dict[str, Endpoint], _: list[DataIssue]) -> list[DataIssue]:
    """Endpoints that end with death at the latest, beside survival."""
    log = IssueLog("patients")
    for name, earlier in resolved.items():
        if name in _BEFORE_DEATH and "OS" in resolved:
            _check_pair(cohort, earlier, resolved["OS"], log)
    return log.found


def _resolved(cohort: Cohort, name: str, spec: EndpointSpec) -> Endpoint | CohortError:
    """An endpoint, or why it cannot be read."""
    try:
        return resolve_endpoint(cohort.patients, name, spec)
    except CohortError as error:
        return error


def _check_one(cohort: Cohort, endpoint: Endpoint, spec: EndpointSpec, log: IssueLog) -> None:
    rows = row_number_array(cohort.patients)
    for exclusion in endpoint.exclusions:
        code, severity, remedy = _UNUSABLE[exclusion.reason.removeprefix(f"{endpoint.name} ")]
        column = spec.event if code == "missing-event" else spec.entry if "entry" in code else spec.time or spec.start
        message = f"{exclusion.reason} in {counted(exclusion.n, 'row')}; left out of {endpoint.name} analyses."
        log.add(code, severity, message, column=column, rows=exclusion.rows, remedy=remedy)
    zero = endpoint.usable & (endpoint.time == 0)
    if zero.any():
        message = f"{endpoint.name} time is zero in {counted(int(zero.sum()), 'row')}; they are kept."
        column = spec.time or spec.start
        log.add("time-zero", "info", message, column=column, rows=rows[zero].tolist(), remedy="Check that it is meant.")
    n_events, n_usable = int(endpoint.event.sum()), int(endpoint.usable.sum())
    if n_usable and not n_events:
        message = f"No patient has the {endpoint.name} event."
        log.add(
            "no-events",
            "warning",
            message,
            column=spec.event,
            remedy="Check which values mean that the event occurred.",
        )
    elif n_usable > 1 and n_events == n_usable:
        message = f"Every patient has the {endpoint.name} event; nobody is censored."
        log.add(
            "all-events", "info", message, column=spec.event, remedy="Check which values mean that the event occurred."
        )


def _check_cut(cohort: Cohort, endpoint: Endpoint, spec: EndpointSpec, log: IssueLog) -> None:
    """Who is followed beyond the data cut."""
    whole = resolve_endpoint(cohort.patients, endpoint.name, spec.model_copy(update={"data_cut": None}))
    beyond = endpoint.usable & (whole.time > endpoint.time * (1 + 1e-9))
    if beyond.any():
        n = int(beyond.sum())
        column = spec.time or (spec.censor_date if isinstance(spec.censor_date, str) else None) or spec.start
        log.add(
            "after-data-cut", "info",
            f"{endpoint.name} follow-up goes beyond the data cut in {counted(n, 'row')}.",
            column=column, rows=row_number_array(cohort.patients)[beyond].tolist(),
            remedy=f"{'It is' if n == 1 else 'They are'} censored at the data cut; check the dates if nobody should be "
            "followed longer.",
        )  # fmt: skip


def _check_pair(cohort: Cohort, earlier: Endpoint, death: Endpoint, log: IssueLog) -> None:
    """Progression cannot come after death, and a death is an event of PFS."""
    both: BoolArray = earlier.usable & death.usable
    first, last = earlier.time * DAYS_PER[earlier.unit], death.time * DAYS_PER[death.unit]
    if not both.all():
        first[~both] = last[~both] = 0.0
    limit = last * _ROUNDING
    limit += 1e-9
    rows = row_number_array(cohort.patients)
    after = both & (first > limit)
    if after.any():
        message = f"{earlier.name} time is longer than OS time in {counted(int(after.sum()), 'row')}."
        remedy = f"Nobody is followed for {earlier.name} after death or last contact; check the dates."
        column = cohort.spec.endpoints[earlier.name].time
        log.add("pfs-after-os", "warning", message, column=column, rows=rows[after].tolist(), remedy=remedy)
    if earlier.name in _COUNT_DEATH:
        missed = both & death.event & ~earlier.event
        missed[missed] = np.isclose(first[missed], last[missed], rtol=_ROUNDING - 1, atol=1e-9)
        if missed.any():
            message = f"{counted(int(missed.sum()), 'patient')} died without being counted as {earlier.name} event."
            remedy = f"A death is an event of {earlier.name}; count it, or call the endpoint TTP."
            column = cohort.spec.endpoints[earlier.name].event
            log.add("death-not-counted", "warning", message, column=column, rows=rows[missed].tolist(), remedy=remedy)
