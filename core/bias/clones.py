"""Clones of every patient, one per strategy, counted at event times with their weights.

Belongs here: who counts for which strategy how long and how much, in the sample or in samples drawn from it. Does not
belong here: the models behind the weights (``clone_weights``), estimates and their uncertainty
(``clone_censor_weight``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.bias.clone_weights import chance_kept, chance_of_start, some_rows
from core.bias.later_treatment import LaterTreatment
from core.errors import CohortError
from core.regression.design import Design, build_design
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times
from core.work.progress import each

LARGEST = 30.0  # log of a weight; more is not a number one can add others to
CELLS = 1 << 20  # numbers of drawn samples that are counted at once


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Emulated:
    """Both strategies in b samples.

    Attributes
    ----------
    at_risk, events : array, shape (b, 2, k)
        Weighted counts of not beginning and of beginning, at each event time; NaN where a sample allows none.
    largest_weight : array, shape (b,)
    """

    at_risk: FloatArray
    events: FloatArray
    largest_weight: FloatArray

    @property
    def survival(self) -> FloatArray:
        """Weighted Kaplan-Meier of both strategies, shape (b, 2, k)."""
        share = np.divide(self.events, self.at_risk, out=np.zeros_like(self.events), where=self.at_risk != 0)
        return np.cumprod(1 - np.clip(share, 0, 1), axis=-1)


class Clones:
    """Both clones of every patient, counted at event times for any number of times each patient is taken.

    Parameters
    ----------
    study : LaterTreatment
        Its covariates are those of the weights for leaving a strategy.
    grace : float
    loss : tuple of str
        Columns of the study's frame by which those who stay are weighted for those lost to follow-up; none: not so.
    """

    def __init__(self, study: LaterTreatment, grace: float, *, loss: tuple[str, ...] = ()) -> None:
        data = study.data
        begun = np.maximum(study.begun, 0.0)
        self.study, self.n = study, data.n
        self.started: BoolArray = begun <= grace * (1 + TIE_TOLERANCE)
        self.beyond: BoolArray = data.time > grace * (1 + TIE_TOLERANCE)
        self.event: BoolArray = data.event
        self.time = distinct_times(data.time[data.event])[0]
        self.late: BoolArray = self.time > grace * (1 + TIE_TOLERANCE)
        self.row = self._last(data.time)
        self.leaves = self._last(np.where(self.started, np.minimum(begun, data.time), data.time))
        self.waits: BoolArray = self.event & ~self.started
        ends = np.where(self.started, begun, np.minimum(data.time, grace))
        self.until = TimeToEvent(time=ends, event=self.started, unit=data.unit)
        self.followed = TimeToEvent(time=data.time, event=~data.event, unit=data.unit)
        self.design = self._design(study.covariates)
        self.loss_design = self._design(loss)

    def _design(self, names: tuple[str, ...]) -> Design | None:
        if not names:
            return None
        references = {name: level for name, level in self.study.references.items() if name in names}
        return build_design(self.study.frame, names, kinds=self.study.kinds, references=references)

    def _last(self, ends: FloatArray) -> IntArray:
        """Event times at or before each end."""
        return np.searchsorted(self.time, ends * (1 + TIE_TOLERANCE), side="right")

    def emulate(self, counts: FloatArray) -> Emulated:
        """Both strategies in b samples in which each patient stands ``counts``, shape (b, n), times."""
        most = max(CELLS // max(self.n, self.time.size, 1), 1)
        one = self._plain if self.design is None and self.loss_design is None else self._modelled
        parts = [one(counts[start : start + most]) for start in each(range(0, len(counts), most), "bootstrap")]
        return Emulated(
            at_risk=np.concatenate([part.at_risk for part in parts]),
            events=np.concatenate([part.events for part in parts]),
            largest_weight=np.concatenate([part.largest_weight for part in parts]),
        )

    def _plain(self, counts: FloatArray) -> Emulated:
        """Without covariates the weights are one number a time, for all samples at once."""
        of_beyond = counts * self.beyond
        begun, all_beyond = (of_beyond * self.started).sum(axis=1), of_beyond.sum(axis=1)
        weight = np.where(begun > 0, all_beyond / np.where(begun > 0, begun, 1.0), 0.0)
        early = self._counted(counts, self.row, self.event)
        later = self._counted(of_beyond * self.started, self.row, self.event) * weight[:, None]
        begin = np.where(self.late, later, early)
        kept = self._kept_waiting(counts)
        wait = self._counted(counts, self.leaves, self.waits) * kept
        largest = np.maximum(np.where(wait[0] > 0, kept, 1.0).max(axis=1, initial=1.0), weight)
        return Emulated(
            at_risk=np.stack((wait[0], begin[0]), axis=1),
            events=np.stack((wait[1], begin[1]), axis=1),
            largest_weight=np.maximum(largest, 1.0),
        )

    def _kept_waiting(self, counts: FloatArray) -> FloatArray:
        """One over the Kaplan-Meier chance not to have begun before each event time, shape (b, k)."""
        times, position = distinct_times(self.until.time)
        ends, starts = (
            _sums(counts * of, position, times.size) for of in (np.ones(self.n), self.started.astype(np.float64))
        )
        at_risk = np.cumsum(ends[:, ::-1], axis=1)[:, ::-1]
        chance = np.cumprod(np.divide(at_risk - starts, at_risk, out=np.ones_like(ends), where=at_risk > 0), axis=1)
        passed = np.searchsorted(times, self.time * (1 - TIE_TOLERANCE), side="left")
        before = np.column_stack([np.ones(len(counts)), chance])[:, passed]
        return np.divide(1.0, before, out=np.zeros_like(before), where=before > 0)

    def _counted(self, weights: FloatArray, last: IntArray, has_event: BoolArray) -> FloatArray:
        """Weighted numbers at risk and events, shape (2, b, k); ``last`` says how many times each is at risk."""
        size = self.time.size
        ends = _sums(weights, last, size + 1)
        at_risk = np.cumsum(ends[:, ::-1], axis=1)[:, ::-1][:, 1:]
        events = _sums(weights[:, has_event], last[has_event] - 1, size)
        return np.stack((at_risk, events))

    def _modelled(self, counts: FloatArray) -> Emulated:
        """With covariates the models are fitted to one sample after the other."""
        shape = (len(counts), 2, self.time.size)
        at_risk, events, largest = np.full(shape, np.nan), np.full(shape, np.nan), np.full(len(counts), np.nan)
        for draw, count in enumerate(counts):
            try:
                at_risk[draw], events[draw], largest[draw] = self._one(count)
            except CohortError:  # a sample in which nobody can be compared
                if len(counts) == 1:
                    raise
        return Emulated(at_risk=at_risk, events=events, largest_weight=largest)

    def _one(self, count: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """At risk and events of both strategies in one sample, and the largest weight."""
        staying = _Staying(self, count)
        waiting = chance_kept(self.until, self.design, count=count)
        log_weights = waiting.weights_before(self.time)
        after = self._weights_of_beginners(count)[:, None]

        def begins(at: slice) -> FloatArray:
            return np.where(self.late[at], after, 1.0) * staying.at(at)

        def waits(at: slice) -> FloatArray:
            own: FloatArray = np.exp(np.minimum(np.outer(waiting.power, log_weights[at]), LARGEST))
            return own * staying.at(at)

        begin, most = self._weighed(count, self.row, self.event, weight=begins)
        wait, also = self._weighed(count, self.leaves, self.waits, weight=waits)
        return np.stack((wait[0], begin[0])), np.stack((wait[1], begin[1])), max(most, also)

    def _weights_of_beginners(self, count: FloatArray) -> FloatArray:
        """Weights after the grace period of those who began within it, shape (n,); 0: no longer in the strategy."""
        weight, rows = np.zeros(self.n), self.beyond & (count > 0)
        if (self.started & rows).any():
            design = None if self.design is None else some_rows(self.design, rows)
            chance = chance_of_start(self.started[rows].astype(np.float64), design, count=count[rows])
            weight[rows] = np.where(self.started[rows], 1 / chance, 0.0)
        return weight

    def _weighed(
        self, count: FloatArray, last: IntArray, has_event: BoolArray, *, weight: Callable[[slice], FloatArray]
    ) -> tuple[FloatArray, float]:
        """Counts, shape (2, k), with weights that move from time to time, and the largest weight."""
        found, largest, size = np.zeros((2, self.time.size)), 1.0, self.time.size
        step, rows = max(CELLS // self.n, 1), np.flatnonzero(has_event)
        for start in range(0, size, step):
            at = slice(start, min(start + step, size))
            weights = np.where((last[:, None] > np.arange(size)[at]) & (count[:, None] > 0), weight(at), 0.0)
            found[0, at] = count @ weights
            inside = rows[(last[rows] > at.start) & (last[rows] <= at.stop)]
            own = count[inside] * weights[inside, last[inside] - 1 - at.start]
            found[1, at] = np.bincount(last[inside] - 1 - at.start, own, at.stop - at.start)
            largest = max(largest, float(weights.max(initial=1.0)))
        return found, largest


class _Staying:
    """Weights of those still followed: the chance of anybody to be so over the chance of such a patient."""

    def __init__(self, clones: Clones, count: FloatArray) -> None:
        self.power = np.zeros(clones.n)
        self.base, self.anybody = np.zeros((2, clones.time.size))
        if clones.loss_design is not None:
            found = chance_kept(clones.followed, clones.loss_design, count=count)
            everybody = chance_kept(clones.followed, None, count=count)
            self.power, self.base = found.power, found.weights_before(clones.time)
            self.anybody = everybody.weights_before(clones.time)

    def at(self, times: slice) -> FloatArray:
        """At some of the event times, shape (n, m)."""
        known = np.isfinite(self.anybody[times])
        logs = np.outer(self.power, self.base[times]) - np.where(known, self.anybody[times], 0.0)
        return np.where(known, np.exp(np.minimum(logs, LARGEST)), 0.0)


def _sums(weights: FloatArray, position: IntArray, size: int) -> FloatArray:
    """Sums of each row of weights, shape (b, m), by position: shape (b, size)."""
    rows = len(weights)
    places = (np.arange(rows)[:, None] * size + position).ravel()
    return np.bincount(places, weights.ravel(), rows * size).reshape(rows, size).astype(np.float64)
