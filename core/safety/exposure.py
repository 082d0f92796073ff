"""Incidence of adverse events per person-time: patients with a first event over the time until it.

Belongs here: whose time counts until when. Does not belong here: intervals (``core.proportions.rates``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.cohort.issues import counted
from core.proportions.rates import poisson_limits, rate_ratio_limits
from core.safety.events import Events
from core.safety.results import Ratio
from core.spec import Unit
from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateRow:
    """Incidence of one term, arrays (g,); rates per unit of time, not per 100.

    ``term`` is None for any event; ``ratio`` (other level over the reference) is None without two levels.
    """

    term: str | None
    events: IntArray
    person_time: FloatArray
    rate: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    ratio: Ratio | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExposureTable:
    """Incidence rates of all terms.

    Attributes
    ----------
    endpoint : str
        Whose follow-up is the time at risk.
    unit : str
    n : int array, shape (g,)
        Patients with follow-up.
    rows : tuple of RateRow
        Any event first, then the terms, most frequent first.
    notes : tuple of str
    """

    endpoint: str
    unit: Unit
    n: IntArray
    rows: tuple[RateRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FollowUp:
    """End of follow-up of every patient (n,) by one endpoint, NaN where not known, and its unit."""

    endpoint: str
    unit: Unit
    end: FloatArray


def exposure_table(
    found: Events,
    group: IntArray,
    follow_up: FollowUp,
    *,
    days: FloatArray,
    n_levels: int,
    reference: int,
    conf_level: float,
) -> ExposureTable:
    """First events per person-time at risk, by group.

    Parameters
    ----------
    found : Events
    group : int array, shape (n,)
        -1 where not analysed.
    follow_up : FollowUp
        Patients without it are left out.
    days : array, shape (m,)
        Start of each event in the unit of ``follow_up``; NaN where not known.

    Notes
    -----
    A patient is at risk until the first event of the term, or the end of follow-up. Events after it do not count. An
    event without a start counts at the end of follow-up, so that its time at risk is too long; the notes count them.
    """
    end = follow_up.end
    usable = (group >= 0) & (end > 0)
    kept = usable[found.patient] & ~(days > end[found.patient])
    patient, term = found.patient[kept], found.term[kept]
    undated = np.isnan(days[kept])
    start = np.clip(np.where(undated, end[patient], days[kept]), 0.0, None)
    whole = np.bincount(group[usable], weights=end[usable], minlength=n_levels)
    # Any event is one more term that all events have.
    k = len(found.terms) + 1
    cell = np.concatenate([patient * k + term + 1, patient * k])
    order = np.lexsort((np.tile(start, 2), cell))
    cells, first = np.unique(cell[order], return_index=True)
    who, what, at = cells // k, cells % k, np.tile(start, 2)[order][first]
    place = group[who] * k + what
    events = np.bincount(place, minlength=n_levels * k).reshape(n_levels, k)
    lost = np.bincount(place, weights=end[who] - at, minlength=n_levels * k).reshape(n_levels, k)
    time: FloatArray = np.asarray(whole[:, None] - lost, dtype=np.float64)
    seen = [1 + i for i in np.argsort(-events.sum(axis=0)[1:], kind="stable").tolist() if events[:, 1 + i].any()]
    low, high = poisson_limits(events, time, conf_level)
    names = (None, *found.terms)
    ratios = _ratios(events, time, reference, conf_level) if n_levels == 2 else None
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = events / time
    rows = tuple(
        RateRow(
            term=names[i], events=events[:, i], person_time=time[:, i], rate=rate[:, i], conf_low=low[:, i],
            conf_high=high[:, i], ratio=None if ratios is None else ratios[i],
        )
        for i in [0, *seen]
    )  # fmt: skip
    return ExposureTable(
        endpoint=follow_up.endpoint,
        unit=follow_up.unit,
        n=np.bincount(group[usable], minlength=n_levels),
        rows=rows,
        notes=_notes(
            without=int(((group >= 0) & ~usable).sum()),
            later=int((usable[found.patient] & ~kept).sum()),
            undated=int(undated.sum()),
        ),
    )


def _ratios(events: IntArray, time: FloatArray, reference: int, conf_level: float) -> list[Ratio]:
    found = []
    for i in range(events.shape[1]):
        (x0, x1), (t0, t1) = (values[[reference, 1 - reference], i].tolist() for values in (events, time))
        low, high = rate_ratio_limits([x1], t1, [x0], t0, conf_level)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float((np.float64(x1) / t1) / (np.float64(x0) / t0))
        found.append(Ratio(value=value, conf_low=float(low[0]), conf_high=float(high[0])))
    return found


def _notes(*, without: int, later: int, undated: int) -> tuple[str, ...]:
    notes = [f"{counted(without, 'patient')} without follow-up not in the rates."] if without else []
    notes += [f"{counted(later, 'event')} after the end of follow-up not in the rates."] if later else []
    notes += [f"{counted(undated, 'event')} without a start: at risk until the end of follow-up."] if undated else []
    return tuple(notes)
