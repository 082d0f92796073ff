"""Weights of clones: the inverse of the chance to have kept to a strategy up to a time.

Belongs here: models of when treatment begins and of when patients are lost. Does not belong here: clones
(``clones``) and what is estimated from them (``clone_censor_weight``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.regression.design import Design
from core.regression.estimate import by_likelihood
from core.regression.problem import prepare
from core.survival.event_table import event_table
from core.survival.kaplan_meier import survival_steps
from core.timetoevent import TIE_TOLERANCE, BoolArray, FloatArray, TimeToEvent, distinct_times

MOST_STEPS = 50
CONVERGED = 1e-20
LEAST = -700.0  # log of a relative hazard
STEEPEST = 30.0  # of a linear predictor; beyond it a chance is 0 or 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """Chance not to have left (started, been lost) before a time, for each of n patients.

    Attributes
    ----------
    time : array, shape (k,)
        When anybody left, ascending.
    log_chance : array, shape (k,)
        At and after each, of a patient with relative hazard 1; minus infinity where everybody at risk has left.
    power : array, shape (n,)
        Relative hazard of each patient; 1 without covariates.
    """

    time: FloatArray
    log_chance: FloatArray
    power: FloatArray

    def weights_before(self, times: FloatArray) -> FloatArray:
        """Log of the weights just before each of m times, for the patient with relative hazard 1, shape (m,)."""
        passed = np.searchsorted(self.time, times * (1 - TIE_TOLERANCE), side="left")
        return -np.append(0.0, self.log_chance)[passed]


def chance_kept(until: TimeToEvent, design: Design | None, *, count: FloatArray) -> Kept:
    """Kaplan-Meier of leaving, or a Cox model of it where there are covariates.

    Parameters
    ----------
    until : TimeToEvent, n patients
        To the start of treatment (or the end of the grace period or of follow-up); to the loss (or the event).
    design : Design or None
    count : array, shape (n,)
        How often each patient stands in the sample.
    """
    inside = count > 0
    found = until.subset(inside)
    weighted = TimeToEvent(time=found.time, event=found.event, weights=count[inside], unit=found.unit)
    power = np.ones(until.n)
    if design is None or not weighted.n_events:
        time, chance = survival_steps(event_table(weighted), 0)
        with np.errstate(divide="ignore"):
            return Kept(time=time, log_chance=np.log(chance), power=power)
    problem = prepare(weighted, some_rows(design, inside), ties="breslow")
    if problem.kept.size:
        # where no patient with a level starts its coefficient only goes far: there the chance to start is all but 0
        beta = by_likelihood(problem, robust=False, conf_level=0.95).standard
        score = beta @ problem.standard(design.matrix)
        power = np.exp(np.maximum(score - score.max(), LEAST))
    time, hazard = _baseline_hazard(weighted, power[inside])
    return Kept(time=time, log_chance=-hazard, power=power)


def _baseline_hazard(data: TimeToEvent, power: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Breslow's cumulative hazard of leaving at each time somebody leaves."""
    assert data.weights is not None
    time, position = distinct_times(data.time)
    at_risk = np.cumsum(np.bincount(position, data.weights * power, time.size)[::-1])[::-1]
    leaving = np.bincount(position, data.weights * data.event, time.size)
    return time[leaving > 0], np.cumsum(leaving[leaving > 0] / at_risk[leaving > 0])


def some_rows(design: Design, inside: BoolArray) -> Design:
    """The design of some of its rows, all of which are complete."""
    return replace(design, matrix=design.matrix[inside], complete=np.ones(int(inside.sum()), dtype=np.bool_))


def chance_of_start(has_started: FloatArray, design: Design | None, *, count: FloatArray) -> FloatArray:
    r"""Chance to have started by the end of the grace period, of each patient still followed then, shape (n,).

    The share of those who have, or by logistic regression on covariates.

    Notes
    -----
    Where all or none of the patients with a level have started, theirs is 1 or 0: nobody stands
    for the others, and weights cannot make the strategies alike.

    Same as ``fitted(glm(started ~ x, binomial, weights = count))``.
    """
    if design is None or not design.matrix.shape[1]:
        return np.full(has_started.size, float(count @ has_started / count.sum()))
    middle, scale = design.matrix.mean(axis=0), design.matrix.std(axis=0)
    varies = scale > 0
    X = np.column_stack([np.ones(has_started.size), (design.matrix[:, varies] - middle[varies]) / scale[varies]])
    beta = np.zeros(X.shape[1])
    for _ in range(MOST_STEPS):
        chance = 1 / (1 + np.exp(-(X @ beta)))
        information = (X * (count * chance * (1 - chance))[:, None]).T @ X
        step = np.linalg.lstsq(information, X.T @ (count * (has_started - chance)), rcond=1e-12)[0]
        beta = beta + step
        # a level in which all or none have started only moves on: the chances of the others stand still before
        if float(step @ information @ step) < CONVERGED * count.sum() or np.abs(X @ beta).max() > STEEPEST:
            break
    return np.asarray(1 / (1 + np.exp(-np.clip(X @ beta, -STEEPEST, STEEPEST))), dtype=np.float64)
