"""Emulation of a trial of two strategies: begin within a grace period, or do not begin within it.

Belongs here: weighted curves and hazard ratio, and the bootstrap. Does not belong here: the clones and their
artificial censoring (``clones``), the models behind the weights (``clone_weights``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.bias.clones import Clones
from core.bias.later_treatment import LaterTreatment, MethodRatio
from core.timetoevent import FloatArray

SEED = 20250101
DRAWS = 200
FEWEST_DRAWS = 20  # below this a spread says nothing
LARGE_WEIGHT = 10.0
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
    loss : tuple of str
        Columns by which loss to follow-up is weighted for.
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
    loss: tuple[str, ...]
    draws: int
    n_failed: int
    seed: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.time, self.survival, self.conf_low, self.conf_high):
            array.setflags(write=False)


def clone_censor_weight(
    study: LaterTreatment, *, grace: float, loss: tuple[str, ...] = (), draws: int = DRAWS, seed: int = SEED
) -> CloneCensorWeight | None:
    r"""Compare beginning within a grace period with not beginning within it; None with delayed entry.

    Parameters
    ----------
    study : LaterTreatment
        Its covariates are those of the weights.
    grace : float
        In the unit of the data.
    loss : tuple of str
        Columns of the study's frame by which those still followed stand for those lost to follow-up; none: being lost
        is taken to tell nothing.
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
    With ``loss`` both strategies' weights are multiplied by G(t-) / G(t- | x): Kaplan-Meier of being censored over a
    Cox model (Breslow) of it, ``coxph(Surv(time, !event) ~ x, ties = "breslow")``.

    References
    ----------
    .. [1] Hernan MA. BMJ 2018;360:k182.
    .. [2] Maringe C, et al. Int J Epidemiol 2020;49:1719-1729.
    """
    if study.data.entry is not None:
        return None
    clones = Clones(study, grace, loss=loss)
    if clones.time.size == 0:
        return None
    found = clones.emulate(np.ones((1, study.data.n)))
    log_ratio = float(weighted_log_ratio(found.at_risk, found.events)[0])
    largest, survival = float(found.largest_weight[0]), found.survival[0]
    drawn_ratio, drawn_curves = _bootstrap(clones, draws=draws, seed=seed)
    usable = np.isfinite(drawn_ratio)
    ratio = _ratio(clones, log_ratio, drawn_ratio[usable], conf_level=study.conf_level)
    low, high = _percentiles(drawn_curves, study.conf_level, shape=survival.shape)
    return CloneCensorWeight(
        grace=grace,
        ratio=ratio,
        time=clones.time,
        survival=survival,
        conf_low=low,
        conf_high=high,
        n_started=int(clones.started.sum()),
        n_censored=(int(clones.started.sum()), int(np.count_nonzero(clones.beyond & ~clones.started))),
        largest_weight=largest,
        loss=loss,
        draws=draws,
        n_failed=int(draws - usable.sum()),
        seed=seed,
        notes=_notes(largest, draws, int(draws - usable.sum()), clones, log_ratio),
    )


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


def _bootstrap(clones: Clones, *, draws: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Log ratios (draws,) and curves (draws, 2, k) of samples of patients; NaN where a sample allows no estimate."""
    rng = np.random.default_rng(seed)
    n = clones.n
    counts = np.stack([np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(draws)]).astype(np.float64)
    found = clones.emulate(counts)
    return weighted_log_ratio(found.at_risk, found.events), found.survival


def _ratio(clones: Clones, log_ratio: float, drawn: FloatArray, *, conf_level: float) -> MethodRatio:
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


def _notes(largest: float, draws: int, failed: int, clones: Clones, log_ratio: float) -> tuple[str, ...]:
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
