"""Survival curves of which every step stands for several patients.

Belongs here: the times at which a curve may be printed, and what stands there. Does not belong here: which numbers
beside it are withheld (``withhold``), drawing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.reporting import format as fmt
from core.reporting.suppression.linked_counts import Key, LinkedCounts
from core.survival.event_table import EventTable
from core.survival.kaplan_meier import KaplanMeierEstimate
from core.survival.summary import SurvivalSummary
from core.timetoevent import FloatArray, IntArray

_STEPS = {
    "days": (30.0, 60.0, 90.0, 180.0, 365.0),
    "weeks": (4.0, 13.0, 26.0, 52.0),
    "months": (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0),
    "years": (0.25, 0.5, 1.0, 2.0, 5.0),
}
_MOST_POINTS = 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProtectedCurve:
    """The curve of one group at a few round times.

    Attributes
    ----------
    level : str
    time : array, shape (p,)
        Ascending from 0, in the unit of the endpoint; round, never a patient's own.
    survival, conf_low, conf_high : array, shape (p,)
        Fractions in whole per cent; the limits NaN where there are none.
    followed : tuple of int or None, length p
        Patients still followed after each time; None: withheld.
    """

    level: str
    time: FloatArray
    survival: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    followed: tuple[int | None, ...]

    def median(self) -> tuple[float, float] | None:
        """The printed times between which half have had the event; None where that is not reached."""
        below = np.flatnonzero(self.survival <= 0.5)
        return None if below.size == 0 else (float(self.time[below[0] - 1]), float(self.time[below[0]]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Round times, with events, censored and still followed between and at them.

    Attributes
    ----------
    time : array, shape (p,)
        Without 0.
    events, censored : int array, shape (g, p)
        After the time before, up to and with this one.
    followed : int array, shape (g, p)
        After this time.
    """

    time: FloatArray
    events: IntArray
    censored: IntArray
    followed: IntArray


def grid_of(table: EventTable, threshold: int, *, among: FloatArray | None = None) -> Grid:
    """The round times at which every group has had no event or ``threshold`` since the one before.

    All groups share their times, and these are ``among`` those of all patients: else the curve of all patients, less
    that of one group, would show another's single events. A time also needs ``threshold`` patients still followed in
    every group.

    Raises
    ------
    SpecError
        Where patients were not followed from time zero, or count with weights.
    """
    if table.delayed or table.weighted:
        raise SpecError("Curves of patients who enter late or count with weights are not protected, so not shown.")
    round_times = _round_times(table, threshold) if among is None else among
    up_to = np.searchsorted(table.time, round_times * (1 + 1e-9), side="right")
    events = _cumulated(table.n_events, up_to)
    gone = events + _cumulated(table.n_censored, up_to)
    followed = table.n_subjects[:, None] - gone
    kept: list[int] = []
    before = np.zeros(len(table.levels), dtype=np.int64)
    for position in range(round_times.size):
        new = events[:, position] - before
        told = (new >= threshold).any() or position == round_times.size - 1  # a time without news says nothing
        if told and ((new == 0) | (new >= threshold)).all() and (followed[:, position] >= threshold).all():
            kept.append(position)
            before = events[:, position]
    return Grid(
        time=round_times[kept],
        events=np.diff(events[:, kept], axis=1, prepend=0),
        censored=np.diff((gone - events)[:, kept], axis=1, prepend=0),
        followed=followed[:, kept],
    )


def link_curves(counts: LinkedCounts, table: EventTable, grid: Grid) -> None:
    """Enter what the curves and the numbers beside them say: patients, events, those still followed.

    Those who have the endpoint, ``("analysed", level)``, must be there. Events between printed times are fixed: the
    curve itself tells them.
    """
    times = [fmt.time_label(float(time)) for time in (0.0, *grid.time)]
    for group, level in enumerate(table.levels):
        start: Key = ("analysed", level)
        all_events = counts.show(("events", level), int(table.n_events[group].sum()), rank=1)
        known = []
        for at, (before, time) in enumerate(itertools.pairwise(times)):
            between = f"{before} to {time}"  # another page may have other times between
            now = counts.show(("followed", time, level), int(grid.followed[group, at]))
            known.append(counts.fix(("events", between, level), int(grid.events[group, at])))
            lost = counts.imply(("censored", between, level), int(grid.censored[group, at]))
            counts.add_up(start, [now, known[-1], lost])
            start = now
        rest = counts.counts[all_events].value - int(grid.events[group].sum())
        later = counts.imply(("events", f"after {times[-1]}", level), rest)
        counts.add_up(all_events, [*known, later])
        last = int(counts.counts[start].value) - rest
        counts.add_up(start, [later, counts.imply(("censored", f"after {times[-1]}", level), last)])
        total = int(table.n_censored[group].sum())
        counts.add_up(("analysed", level), [all_events, counts.imply(("censored", level), total)])


def curves_of(summary: SurvivalSummary, grid: Grid, gone: frozenset[Key]) -> tuple[ProtectedCurve, ...]:
    """The curves at the times of the grid, with the numbers that are withheld left out."""
    return tuple(_curve(group.estimate, index, grid, gone) for index, group in enumerate(summary.groups))


def _curve(estimate: KaplanMeierEstimate, index: int, grid: Grid, gone: frozenset[Key]) -> ProtectedCurve:
    at = np.searchsorted(estimate.time, grid.time * (1 + 1e-9), side="right") - 1

    def read(values: FloatArray, start: float) -> FloatArray:
        found = np.where(at >= 0, values[np.maximum(at, 0)], start) if values.size else np.full(at.size, start)
        made = np.round(np.concatenate([[start], found]), 2)
        made.setflags(write=False)
        return made

    size = None if ("analysed", estimate.group) in gone else estimate.n
    followed = (
        None
        if ("followed", fmt.time_label(float(grid.time[position])), estimate.group) in gone
        else int(grid.followed[index, position])
        for position in range(grid.time.size)
    )
    time = np.concatenate([[0.0], grid.time])
    time.setflags(write=False)
    return ProtectedCurve(
        level=estimate.group,
        time=time,
        survival=read(estimate.survival, 1.0),
        conf_low=read(estimate.conf_low, 1.0),
        conf_high=read(estimate.conf_high, 1.0),
        followed=(size, *followed),
    )


def _round_times(table: EventTable, threshold: int) -> FloatArray:
    followed = table.n_subjects[:, None] - np.cumsum(table.n_events + table.n_censored, axis=1)
    long_enough = np.flatnonzero((followed >= threshold).all(axis=0))
    last = float(table.time[long_enough[-1]]) if long_enough.size else 0.0
    steps = _STEPS[table.unit]
    step = next((one for one in steps if last / one <= _MOST_POINTS), steps[-1])
    return step * np.arange(1, int(last / step + 1e-9) + 1, dtype=np.float64)


def _cumulated(counts: FloatArray | IntArray, up_to: IntArray) -> IntArray:
    sums = np.concatenate([np.zeros((counts.shape[0], 1)), np.cumsum(counts, axis=1)], axis=1)
    return np.asarray(sums[:, up_to], dtype=np.int64)
