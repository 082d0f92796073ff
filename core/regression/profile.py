"""Profile likelihood: the largest likelihood with one coefficient held, and where it has fallen too far.

Belongs here: limits and likelihood ratios of any likelihood that can be maximised over some of its coefficients, and
the ordinary partial likelihood as one. Does not belong here: Firth's penalised likelihood (``firth``), the first
maximum (``newton``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import chdtri

from core.regression.exact import evaluate
from core.regression.newton import FLAT
from core.regression.problem import Problem
from core.timetoevent import BoolArray, FloatArray
from core.work.progress import go_on

MAX_ITERATIONS = 100
MAX_HALVINGS = 30
CONVERGED = 1e-18
MAX_ETA_STEP = 5.0
LIMIT_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Point:
    """A log-likelihood at one set of coefficients; ``score`` is its gradient."""

    value: float
    score: FloatArray
    information: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Peak:
    """Where a likelihood is largest, over all coefficients or over the free ones."""

    beta: FloatArray
    at_beta: Point
    converged: bool
    n_iterations: int


class Surface(Protocol):
    """A log-likelihood as a function of the coefficients."""

    def at(self, beta: FloatArray) -> Point:
        """Evaluate; the value is -inf where it cannot be."""

    def maximise(self, start: FloatArray, free: BoolArray) -> Peak:
        """Maximise over the ``free`` coefficients from ``start``; the others stay."""


def profile_limit(surface: Surface, best: Peak, column: int, *, width: float, conf_level: float) -> float:
    """Where the profile of one coefficient falls by half the chi-squared quantile; infinite if it never does.

    Parameters
    ----------
    surface : Surface
    best : Peak
        Of all coefficients.
    column : int
    width : float
        Where to look first, seen from the maximum; its sign is the side of the limit.
    conf_level : float
    """
    target = best.at_beta.value - 0.5 * float(chdtri(1, 1 - conf_level))
    free = np.ones(best.beta.size, dtype=np.bool_)
    free[column] = False
    state = best.beta.copy()

    def gap_and_slope(value: float) -> tuple[float, float]:
        nonlocal state
        start = state.copy()
        start[column] = value
        found = surface.maximise(start, free) if free.any() else None
        state = start if found is None else found.beta
        at_beta = surface.at(start) if found is None else found.at_beta
        return at_beta.value - target, float(at_beta.score[column])

    return _crossing(gap_and_slope, float(best.beta[column]), width)


def likelihood_ratio(surface: Surface, best: Peak, tested: BoolArray) -> float:
    """Twice the log-likelihood lost when the tested coefficients are zero."""
    start = np.where(tested, 0.0, best.beta)
    constrained = surface.maximise(start, ~tested).at_beta.value
    return max(0.0, 2 * (best.at_beta.value - constrained))


def _crossing(gap_and_slope: Callable[[float], tuple[float, float]], center: float, width: float) -> float:
    """Root of the gap away from ``center``: Newton's steps kept inside a bracket that widens until it holds."""
    inside, outside = center, np.inf * np.sign(width)
    value = center + width
    for _ in range(60):
        gap, slope = gap_and_slope(value)
        if abs(gap) < LIMIT_TOLERANCE:
            return value
        if gap > 0:
            inside = value
        else:
            outside = value
        if abs(inside - center) > 60 * abs(width):
            return float(outside)
        newton = value - gap / slope if slope * width < 0 else np.nan
        furthest = outside if np.isfinite(outside) else inside + 2 * width
        low, high = min(inside, furthest), max(inside, furthest)
        value = newton if low < newton < high else (low + high) / 2
    return value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartialLikelihood:
    """The partial likelihood of one problem, on standardised covariates."""

    problem: Problem

    def at(self, beta: FloatArray) -> Point:
        """See ``Surface``."""
        problem = self.problem
        found = evaluate(beta, problem.X, problem.risk_sets, ties=problem.ties)
        return Point(value=found.log_likelihood, score=found.gradient, information=found.information)

    def maximise(self, start: FloatArray, free: BoolArray) -> Peak:
        """See ``Surface``: Newton's steps; along directions without information no further than ``MAX_ETA_STEP``."""
        beta, current = start, self.at(start)
        floor = FLAT * float(self.problem.risk_sets.event_weight.sum())
        decrement, taken = np.inf, 0
        while taken < MAX_ITERATIONS:
            values, vectors = np.linalg.eigh(current.information[np.ix_(free, free)])
            step = np.zeros_like(beta)
            step[free] = (vectors / np.maximum(values, floor)) @ (vectors.T @ current.score[free])
            decrement = abs(float(current.score @ step))
            if decrement < CONVERGED:
                break
            step *= min(1.0, MAX_ETA_STEP / float(np.ptp(step @ self.problem.X)))
            moved = self._climb(beta, step, current)
            if moved is None:
                break
            beta, current = moved
            taken += 1
        return Peak(beta=beta, at_beta=current, converged=decrement < 1e-10, n_iterations=taken)

    def _climb(self, beta: FloatArray, step: FloatArray, current: Point) -> tuple[FloatArray, Point] | None:
        """Move along ``step``, halved until the likelihood does not fall; None where it always does."""
        slack = 1e-13 * (1 + abs(current.value))
        for halving in range(MAX_HALVINGS):
            go_on()
            trial = beta + step / 2**halving
            taken = self.at(trial)
            if taken.value >= current.value - slack and np.isfinite(taken.information).all():
                return trial, taken
        return None
