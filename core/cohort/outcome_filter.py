"""Patients chosen by the course of an endpoint: who had its event in a stretch of time, was censored, was at risk.

Belongs here: which rows such a filter keeps. Does not belong here: times and events (``endpoints``), what it means for
an analysis (``chosen_later``).
"""

from __future__ import annotations

import numpy as np

from core.cohort.cohort import Cohort
from core.cohort.endpoints import Endpoint, resolve_endpoint
from core.errors import SpecError, nearest
from core.spec import FilterSpec
from core.timetoevent import DAYS_PER, BoolArray, FloatArray


def holds_outcome(cohort: Cohort, spec: FilterSpec) -> BoolArray:
    """Rows of the patients' table for which a filter by an endpoint's course holds, shape (n,).

    Both times are included, as in the number at risk at a time of a Kaplan-Meier estimate. A competing event counts
    as censored, as it does in the curve. A patient whose endpoint cannot be used is not kept.

    Raises
    ------
    SpecError
        If the endpoint is not defined.
    """
    found = endpoint_of(cohort, spec)
    times = [one * DAYS_PER[spec.unit or found.unit] / DAYS_PER[found.unit] for one in spec.times]
    with np.errstate(invalid="ignore"):
        if spec.op == "at risk at":
            return found.usable & at_risk(found.time, found.entry, times[0])
        within = (found.time >= times[0]) & (found.time <= times[1])
    return found.usable & within & (found.event if spec.op == "event between" else ~found.event)


def at_risk(time: FloatArray, entry: FloatArray | None, when: float) -> BoolArray:
    """Who is at risk at a time: followed until then or longer, and under observation before; everybody at time 0."""
    with np.errstate(invalid="ignore"):
        followed: BoolArray = time >= when
        return followed if entry is None else followed & ((entry < when) | (entry <= 0))


def outcome_unknown(cohort: Cohort, spec: FilterSpec) -> BoolArray:
    """Rows whose endpoint cannot be used, shape (n,)."""
    return ~endpoint_of(cohort, spec).usable


def endpoint_of(cohort: Cohort, spec: FilterSpec) -> Endpoint:
    """The endpoint a filter asks for."""
    defined = cohort.spec.endpoints
    if spec.column not in defined:
        near = nearest(spec.column, defined)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(defined) or 'none'}."
        raise SpecError(f"The filter asks for endpoint '{spec.column}', which is not defined.", hint=hint)
    return resolve_endpoint(cohort.patients, spec.column, defined[spec.column])
