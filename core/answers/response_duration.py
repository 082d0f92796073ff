"""Duration of response: from the first response in measured lesions to the event of an endpoint, responders only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.cohort.endpoints import resolve_endpoint
from core.cohort.select import AnalysisSet
from core.errors import SpecError, nearest
from core.patients.lesion_response import LesionResponse
from core.reporting.format import patients, row_list
from core.survival.summary import SurvivalSummary, summarise
from core.timetoevent import DAYS_PER, TimeToEvent


def response_duration(
    endpoint: str, subset: AnalysisSet, names: Sequence[str], *, lesions: LesionResponse, conf_level: float
) -> tuple[SurvivalSummary | None, list[str]]:
    """Kaplan-Meier of the duration of response by group; None without a responder who can be followed.

    Parameters
    ----------
    endpoint : str
        Its time zero must be day 0 of the lesions; its event ends the response (PFS: progression or death).
    subset : AnalysisSet
    names : sequence of str
        Identifier of each patient of the set, as in ``lesions``.
    """
    cohort = subset.cohort
    if endpoint not in cohort.spec.endpoints:
        near = nearest(endpoint, cohort.spec.endpoints)
        hint = f"Did you mean '{near}'?" if near else f"Defined: {', '.join(cohort.spec.endpoints) or 'none'}."
        raise SpecError(f"Endpoint '{endpoint}' of the duration of response is not defined.", hint=hint)
    found = resolve_endpoint(cohort.patients, endpoint, cohort.spec.endpoints[endpoint])
    day = {course.patient: course.response_day for course in lesions.courses}
    start = np.array([day.get(name, np.nan) for name in names]) / DAYS_PER[found.unit]
    responders = np.isfinite(start)
    lasting = found.time[subset.positions] - start
    usable = responders & found.usable[subset.positions] & (np.nan_to_num(lasting, nan=-1.0) >= 0)
    notes = [
        f"Duration of response: from the first response to the event of {endpoint}, among responders only; groups of "
        "responders are not alike by design."
    ]
    lost = np.flatnonzero(responders & ~usable)
    if lost.size:
        rows = row_list([subset.row_numbers[i] for i in lost])
        notes.append(
            f"Duration of response: {patients(lost.size)} without a usable {endpoint} after it left out ({rows})."
        )
    if not usable.any():
        return None, [*notes, "Duration of response: no responder to follow."]
    present = np.unique(subset.groups.codes[usable])
    levels = tuple(subset.groups.levels[i] for i in present)
    summary = summarise(
        TimeToEvent(time=lasting[usable], event=found.event[subset.positions][usable], unit=found.unit),
        np.searchsorted(present, subset.groups.codes[usable]).astype(np.int64),
        levels,
        subset.groups.reference if subset.groups.reference in levels else levels[0],
        conf_level=conf_level,
    )
    return summary, notes
