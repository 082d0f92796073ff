"""How long adverse events last: days from start to end, events that go on censored.

Belongs here: durations by term and group. Does not belong here: which events (``onsets``), the curve
(``core.survival``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.cohort.issues import counted
from core.safety.onsets import Onsets
from core.spec import ConfType, Unit
from core.survival.clustered import clustered
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import IntervalEstimate, quantile
from core.timetoevent import DAYS_PER, TIE_TOLERANCE, BoolArray, FloatArray, IntArray, TimeToEvent

_NONE = IntervalEstimate(value=float("nan"), conf_low=float("nan"), conf_high=float("nan"))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DurationRow:
    """Events of one term, arrays by group (g,).

    Attributes
    ----------
    term : str or None
        None for all events together.
    patients, events, resolved, ongoing : int array, shape (g,)
        ``events == resolved + ongoing``.
    median : tuple of IntervalEstimate, length g
        Days; NaN where not reached.
    """

    term: str | None
    patients: IntArray
    events: IntArray
    resolved: IntArray
    ongoing: IntArray
    median: tuple[IntervalEstimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Durations:
    """Durations of all events and by term, most frequent first.

    Attributes
    ----------
    rows : tuple of DurationRow
        All events first.
    notes : tuple of str
    """

    rows: tuple[DurationRow, ...]
    notes: tuple[str, ...]


def duration_table(
    onsets: Onsets,
    followed: FloatArray,
    codes: IntArray,
    levels: tuple[str, ...],
    *,
    unit: Unit,
    conf_type: ConfType,
    conf_level: float,
) -> Durations:
    """Durations in days by term and group.

    Parameters
    ----------
    onsets : Onsets
        With ends; events without a start are left out.
    followed : array, shape (n,)
        How long each patient was followed, in ``unit``.
    codes : int array, shape (n,)
    levels : tuple of str

    Notes
    -----
    An event from day 3 to day 5 lasts 3 days (first and last day included, as ADaM's ADURN). One without an end, or
    with an end after the end of follow-up, goes on at the end of follow-up and is censored there. The median is that of
    Kaplan-Meier; its limits are robust to several events of one patient.
    """
    assert onsets.end is not None
    last = followed[onsets.patient] * DAYS_PER[unit]
    with np.errstate(invalid="ignore"):
        resolved = onsets.end <= last * (1 + TIE_TOLERANCE)
        backwards = onsets.end < onsets.start
        stop = np.where(resolved, onsets.end, np.maximum(last, onsets.start))
        usable = ~np.isnan(onsets.start) & ~backwards
    own = np.flatnonzero(usable)
    lasting = _Lasting(
        days=(stop - onsets.start + 1)[own], resolved=resolved[own], patient=onsets.patient[own],
        conf_type=conf_type, conf_level=conf_level,
    )  # fmt: skip
    g, k = len(levels), len(onsets.terms)
    group = codes[lasting.patient]
    place = onsets.term[own] * g + group
    order, sizes = np.argsort(place, kind="stable"), np.bincount(place, minlength=k * g)
    of_term = np.split(order, np.cumsum(sizes)[:-1]) if k else []
    rows = [_row(None, [np.flatnonzero(group == code) for code in range(g)], lasting)]
    by_term = sizes.reshape(k, g).sum(axis=1)
    for term in sorted(np.flatnonzero(by_term).tolist(), key=lambda i: (-by_term[i], onsets.terms[i].casefold())):
        rows.append(_row(onsets.terms[term], of_term[term * g : (term + 1) * g], lasting))
    return Durations(rows=tuple(rows), notes=_notes(usable, resolved, backwards))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lasting:
    """Usable events: days, whether they ended, and whose they are; the limits asked for."""

    days: FloatArray
    resolved: BoolArray
    patient: IntArray
    conf_type: ConfType
    conf_level: float

    def median(self, rows: IntArray) -> IntervalEstimate:
        """Of some of the events, its limits robust to patients with several."""
        if not len(rows):
            return _NONE
        own = TimeToEvent(time=self.days[rows], event=self.resolved[rows], unit="days")
        (curve,) = kaplan_meier(event_table(own), conf_type=self.conf_type, conf_level=self.conf_level)
        return quantile(clustered(curve, own, self.patient[rows]), 0.5)


def _row(term: str | None, groups: Sequence[IntArray], lasting: _Lasting) -> DurationRow:
    """The row of one term; ``groups`` are the positions of its events by level."""
    events = np.array([len(rows) for rows in groups], dtype=np.int64)
    resolved = np.array([lasting.resolved[rows].sum() for rows in groups], dtype=np.int64)
    return DurationRow(
        term=term,
        patients=np.array([len(np.unique(lasting.patient[rows])) for rows in groups], dtype=np.int64),
        events=events,
        resolved=resolved,
        ongoing=events - resolved,
        median=tuple(lasting.median(rows) for rows in groups),
    )


def _notes(usable: BoolArray, resolved: BoolArray, backwards: BoolArray) -> tuple[str, ...]:
    notes = []
    if n := int(backwards.sum()):
        notes.append(f"{counted(n, 'event')} that ended before they began have no duration.")
    if n := int((usable & ~resolved).sum()):
        notes.append(f"{counted(n, 'event')} without an end by the end of follow-up: taken as still going on then.")
    return tuple(notes)
