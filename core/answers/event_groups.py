"""Who had an adverse event and who had not, as the two groups of a comparison that starts when the event came."""

from __future__ import annotations

import dataclasses

import numpy as np

from core.answers.subset import data_of, without
from core.bias.start_times import day_zero, origin_of
from core.cohort.select import AnalysisSet, Grouping
from core.safety.first_event import FirstEvent, first_event
from core.timetoevent import DAYS_PER, FloatArray


def by_adverse_event(asked: str, subset: AnalysisSet) -> AnalysisSet:
    """The patients grouped by whether they ever had the event; those whose event has no day are left out and counted.

    Parameters
    ----------
    asked : str
        A term or a kind of events.
    subset : AnalysisSet
        With an endpoint.
    """
    found = _found(asked, subset)
    unknown = found.had & np.isnan(found.day)
    had = found.had
    if unknown.any():
        subset, had = without(subset, unknown, f"{found.name} without a start"), had[~unknown]
    name = found.name[0].upper() + found.name[1:]
    groups = Grouping(
        codes=had.astype(np.int64), levels=(f"No {found.name}", name), reference=f"No {found.name}", column=found.name
    )
    return dataclasses.replace(subset, groups=groups)


def event_starts(asked: str, subset: AnalysisSet) -> FloatArray:
    """Time of the first event in the endpoint's unit, shape (m,); NaN: none."""
    return _found(asked, subset).day / DAYS_PER[data_of(subset).unit]


def _found(asked: str, subset: AnalysisSet) -> FirstEvent:
    """The first events; dates are counted from the endpoint's own time zero where it is a date."""
    return first_event(subset, asked, zero=event_day_zero(subset))


def event_day_zero(subset: AnalysisSet) -> FloatArray | None:
    """Day of time zero of every patient of the cohort since 1970, shape (n,), NaN of those not analysed.

    None where adverse events have no dates, or nothing says which day time zero was.
    """
    origin, events = origin_of(subset), subset.cohort.adverse_events
    columns = [] if events is None else [events.with_role(role) for role in ("ae_start", "ae_end")]
    dated = any(events is not None and column and events.column(column).kind == "date" for column in columns)
    if not dated or origin is None:
        return None
    zero = np.full(subset.cohort.n, np.nan)
    zero[subset.positions] = day_zero(subset, origin, needed_for="The start of adverse events is a date")
    return zero
