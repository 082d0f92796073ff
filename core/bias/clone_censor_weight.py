"""Emulation of a trial of two strategies: begin within a grace period, or do not begin within it.

Belongs here: clones, their artificial censoring, weighted curves and hazard ratio, and the bootstrap. Does not belong
here: the models behind the weights (``clone_weights``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.bias.clone_weights import NotStarted, chance_of_start, not_started, some_rows
from core.bias.later_treatment import LaterTreatment, MethodRatio
from core.errors import CohortError
from core.regression.design import Design, build_design
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times

SEED = 20250101
DRAWS = 200
FEWEST_DRAWS = 20  # below this a spread says nothing
LARGE_WEIGHT = 10.0
LARGEST = 30.0  # log of a weight; more is not a number one can add others to
MOST_STEPS = 100
LONGEST_STEP = 2.0
CONVERGED = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloneCensorWeight:
    """Both strategies had everybody followed them.

    Attributes
    ----------
    grace : float
        End of the grace period, in the unit of the data.
    ratio : MethodRatio
        Begin within it over do not; standard error and limits by bootstrap of patients.
    time : array, shape (k,)
        Event times.
    survival : array, shape (2, k)
        Weighted Kaplan-Meier of not beginning and of beginning within the grace period.
    conf_low, conf_high : array, shape (2, k)
        Percentiles of the bootstrap, pointwise.
    n_started : int
        Patients who began within the grace period.
    n_censored : tuple of int
        Clones censored because their patient left the strategy: not beginning, beginning.
    largest_weight : float
    draws, n_failed, seed : int
        Bootstrap samples, those in which the ratio could not be estimated, and the seed.
    notes : tuple of str
    """

    grace: float
    ratio: MethodRatio
    time: FloatArray
    survival: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray
    n_started: int
    n_censored: tuple[int, int]
    largest_weight: float
    draws: int
    n_failed: int
    seed: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.time, self.survival, self.conf_low, self.conf_high):
            array.setflags(write=False)


def clone_censor_weight(
    study: LaterTreatment, *, grace: float, draws: int = DRAWS, seed: int = SEED
) -> CloneCensorWeight | None:
    r"""Compare beginning within a grace period with not beginning within it; None with delayed entry.

    Parameters
    ----------
    study : LaterTreatment
        Its covariates are those of the weights.
    grace : float
        In the unit of the data.
    draws : int
        Bootstrap samples of patients.
    seed : int

    Returns
    -------
    CloneCensorWeight or None

    Notes
    -----
    Every patient is in both strategies. The clone that should not begin is censored when the patient begins within the
    grace period; the clone that should is censored at its end if the patient has not begun. A treatment that begins
    later changes nothing. Weights: of the first clones 1 / P(not begun before t), Kaplan-Meier of the start, with
    covariates a Cox model (Breslow); of the second 1 until the end of the grace period, then
    1 / P(begun by then, given still followed), a share, with covariates a logistic regression. Curves are weighted
    Kaplan-Meier estimates, the hazard ratio a weighted Cox model (Breslow). Same as
    ``coxph(Surv(tstart, tstop, event) ~ strategy, weights = w, ties = "breslow")`` of the split clones.

    References
    ----------
    .. [1] Hernan MA. BMJ 2018;360:k182.
    .. [2] Maringe C, et al. Int J Epidemiol 2020;49:1719-1729.
    """
    if study.data.entry is not None:
        return None
    clones = _Clones(study, grace)
    found = clones.emulate(np.ones(study.data.n))
    if clones.time.size == 0:
        return None
    log_ratio = float(weighted_log_ratio(found.at_risk, found.events))
    drawn_ratio, drawn_curves = _bootstrap(clones, draws=draws, seed=seed)
    usable = np.isfinite(drawn_ratio)
    ratio = _ratio(clones, log_ratio, drawn_ratio[usable], conf_level=study.conf_level)
    low, high = _percentiles(drawn_curves, study.conf_level, shape=found.survival.shape)
    return CloneCensorWeight(
        grace=grace,
        ratio=ratio,
        time=clones.time,
        survival=found.survival,
        conf_low=low,
        conf_high=high,
        n_started=int(clones.started.sum()),
        n_censored=(int(clones.started.sum()), int(np.count_nonzero(clones.beyond & ~clones.started))),
        largest_weight=found.largest_weight,
        draws=draws,
        n_failed=int(draws - usable.sum()),
        seed=seed,
        notes=_notes(found.largest_weight, draws, int(draws - usable.sum()), clones, log_ratio),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Emulated:
    at_risk: FloatArray
    events: FloatArray
    largest_weight: float

    @property
    def survival(self) -> FloatArray:
        """Weighted Kaplan-Meier of both strategies, shape (2, k)."""
        share = np.divide(self.events, self.at_risk, out=np.zeros_like(self.events), where=self.at_risk > 0)
        return np.cumprod(1 - np.clip(share, 0, 1), axis=1)


class _Clones:
    """Both clones of every patient, counted at event times for any number of times each patient is taken."""

    def __init__(self, study: LaterTreatment, grace: float) -> None:
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
        self.kept_to: BoolArray = ~self.started
        ends = np.where(self.started, begun, np.minimum(data.time, grace))
        self.until = TimeToEvent(time=ends, event=self.started, unit=data.unit)
        self.design: Design | None = None
        if study.covariates:
            self.design = build_design(study.frame, study.covariates, kinds=study.kinds, references=study.references)

    def _last(self, ends: FloatArray) -> IntArray:
        """Event times at or before each end."""
        return np.searchsorted(self.time, ends * (1 + TIE_TOLERANCE), side="right")

    def emulate(self, count: FloatArray) -> _Emulated:
        """Both strategies in a sample in which each patient stands ``count`` times."""
        begin, largest = self._beginning(count)
        wait, also = self._waiting(not_started(self.until, self.design, count=count), count)
        return _Emulated(
            at_risk=np.stack((wait[0], begin[0])),
            events=np.stack((wait[1], begin[1])),
            largest_weight=max(largest, also),
        )

    def _beginning(self, count: FloatArray) -> tuple[tuple[FloatArray, FloatArray], float]:
        """At risk and events of the clones that should begin, and the largest weight."""
        weight = np.zeros(self.n)
        beyond = self.beyond
        if (self.started & beyond & (count > 0)).any():
            rows = beyond & (count > 0)
            chance = chance_of_start(
                self.started[rows].astype(np.float64),
                None if self.design is None else some_rows(self.design, rows),
                count=count[rows],
            )
            weight[rows] = np.where(self.started[rows], 1 / chance, 0.0)
        early = self._counted(count, self.row, self.event)
        later = self._counted(count * weight, self.row, self.event)
        at_risk, events = (np.where(self.late, b, a) for a, b in zip(early, later, strict=True))
        return (at_risk, events), float(weight.max(initial=1.0))

    def _waiting(self, model: NotStarted, count: FloatArray) -> tuple[tuple[FloatArray, FloatArray], float]:
        """At risk and events of the clones that should not begin, and the largest weight."""
        log_weights = model.weights_before(self.time)
        has_event = self.event & self.kept_to
        if self.design is None:
            weights = np.where(np.isfinite(log_weights), np.exp(np.minimum(log_weights, LARGEST)), 0.0)
            at_risk, events = self._counted(count, self.leaves, has_event)
            return (at_risk * weights, events * weights), float(weights[at_risk > 0].max(initial=1.0))
        at_risk, events = np.zeros((2, self.time.size))
        start, largest = 0, 1.0
        changes = np.append(np.flatnonzero(np.diff(log_weights)) + 1, self.time.size)
        for stop in changes.tolist():  # the weights of all patients are the same between two starts
            weight = np.exp(np.minimum(model.power * log_weights[start], LARGEST))
            part = self._counted(count * weight, self.leaves, has_event)
            at_risk[start:stop], events[start:stop] = part[0][start:stop], part[1][start:stop]
            inside = (self.leaves > start) & (count > 0)
            largest = max(largest, float(weight[inside].max(initial=1.0)))
            start = stop
        return (at_risk, events), largest

    def _counted(self, weight: FloatArray, last: IntArray, has_event: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Weighted numbers at risk and events at each event time; ``last`` says how many times each is at risk."""
        size = self.time.size
        ends = np.bincount(last, weights=weight, minlength=size + 1)
        at_risk = np.cumsum(ends[::-1])[::-1][1:]
        events = np.bincount(last[has_event] - 1, weights=weight[has_event], minlength=size)
        return at_risk.astype(np.float64), events.astype(np.float64)


def weighted_log_ratio(at_risk: FloatArray, events: FloatArray) -> FloatArray:
    """Log hazard ratio of the second group over the first by Breslow's partial likelihood.

    Parameters
    ----------
    at_risk, events : array, shape (..., 2, k)
        Weighted counts of each group at each time.

    Returns
    -------
    array, shape (...,)
        NaN where a group has no event while both are at risk: the likelihood has no maximum.
    """
    total = np.where((at_risk > 0).all(axis=-2), events.sum(axis=-2), 0.0)
    observed = np.where(total > 0, events[..., 1, :], 0.0).sum(axis=-1)
    moves = (observed > 0) & (observed < total.sum(axis=-1) * (1 - 1e-12))
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = np.where(total > 0, np.log(at_risk[..., 1, :] / at_risk[..., 0, :]), 0.0)
    beta = np.zeros(observed.shape)
    for _ in range(MOST_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(offset + beta[..., None], -700, 700)))
        information = (total * chance * (1 - chance)).sum(axis=-1)
        score = observed - (total * chance).sum(axis=-1)
        step = np.where(moves, score / np.where(information > 0, information, 1.0), 0.0)
        beta = beta + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
        if np.abs(step).max(initial=0.0) < CONVERGED:
            break
    return np.where(moves & (np.abs(step) < CONVERGED), beta, np.nan)


def _bootstrap(clones: _Clones, *, draws: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Log ratios (draws,) and curves (draws, 2, k) of samples of patients; NaN where a sample allows no estimate."""
    rng = np.random.default_rng(seed)
    at_risk, events, curves = np.zeros((3, draws, 2, clones.time.size))
    for draw in range(draws):
        count = np.bincount(rng.integers(0, clones.n, clones.n), minlength=clones.n).astype(np.float64)
        try:
            found = clones.emulate(count)
        except CohortError:  # a sample in which nobody can be compared
            curves[draw] = np.nan
            continue
        at_risk[draw], events[draw], curves[draw] = found.at_risk, found.events, found.survival
    return weighted_log_ratio(at_risk, events), curves


def _ratio(clones: _Clones, log_ratio: float, drawn: FloatArray, *, conf_level: float) -> MethodRatio:
    spread = float(drawn.std(ddof=1)) if drawn.size >= FEWEST_DRAWS and math.isfinite(log_ratio) else math.nan
    half = float(ndtri(0.5 + conf_level / 2)) * spread
    z = abs(log_ratio) / spread if spread > 0 else math.nan
    return MethodRatio(
        n=clones.n,
        n_events=int(clones.event.sum()),
        n_treated=int(clones.started.sum()),
        n_events_treated=int(np.count_nonzero(clones.started & clones.event)),
        log_hazard_ratio=log_ratio,
        std_error=spread,
        hazard_ratio=math.exp(log_ratio),
        conf_low=math.exp(log_ratio - half),
        conf_high=math.exp(log_ratio + half),
        p_value=float(2 * ndtr(-z)),
        conf_level=conf_level,
    )


def _percentiles(curves: FloatArray, conf_level: float, *, shape: tuple[int, ...]) -> tuple[FloatArray, FloatArray]:
    usable = curves[np.isfinite(curves).all(axis=(1, 2))]
    if usable.shape[0] < FEWEST_DRAWS:
        return np.full(shape, np.nan), np.full(shape, np.nan)
    tail = (1 - conf_level) / 2
    low, high = np.quantile(usable, [tail, 1 - tail], axis=0)
    return low, high


def _notes(largest: float, draws: int, failed: int, clones: _Clones, log_ratio: float) -> tuple[str, ...]:
    notes = [f"Clones: limits by bootstrap of {draws:,} samples of patients."]
    if failed:
        notes.append(f"Clones: in {failed:,} of {draws:,} bootstrap samples there was no hazard ratio.")
    if not clones.beyond.any():
        notes.append("Clones: nobody is followed beyond the grace period, so the strategies never part.")
    if largest > LARGE_WEIGHT:
        notes.append(f"Clones: the largest weight is {largest:.0f}: the estimate rests on few patients.")
    if not math.isfinite(log_ratio):
        who = "nobody began" if not clones.started.any() else "one strategy had no event"
        notes.append(f"Clones: {who} within the grace period, so there is no hazard ratio.")
    return tuple(notes)
