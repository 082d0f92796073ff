"""The fit of a single 0/1 covariate from counts: no design, no risk sets, two numbers per event.

Belongs here: the same maximum ``newton`` finds, step for step, where the covariate is one flag and every patient counts
once from time zero on. Does not belong here: a likelihood that rises without limit, or a flag without information:
those are left to the general fit, which says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from core.regression.alike import flags
from core.regression.design import Design
from core.regression.estimate import Estimate
from core.regression.newton import CONVERGED, MAX_ITERATIONS, MONOTONE_DECREMENT, PIVOT_TOLERANCE
from core.regression.scope import Scope, complete_rows
from core.regression.two_groups import tied_layers
from core.spec import Ties
from core.survival.counting import Counts, count_by_sorting, count_on_grid
from core.timetoevent import FloatArray, TimeToEvent

NEAR = 1e-6  # Newton decrement within which a step cannot pass the maximum by more than it gains


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Layers:
    """Who is at risk at each event, shape (n_events,), with Efron's share of the tied events taken out."""

    without: FloatArray
    flagged: FloatArray
    n_flagged_events: int

    def at(self, beta: float) -> tuple[float, float]:
        """Gradient and information."""
        risk = math.exp(beta) * self.flagged
        total = risk + self.without
        risk /= total
        np.divide(self.without, total, out=total)
        return self.n_flagged_events - float(np.add.reduce(risk)), float(risk @ total)

    def log_likelihood(self, beta: float) -> float:
        total = math.exp(beta) * self.flagged
        total += self.without
        return beta * self.n_flagged_events - float(np.log(total, out=total).sum())

    @property
    def has_maximum(self) -> bool:
        """Whether some event hits each side while the other is at risk too."""
        n_other_events = self.flagged.size - self.n_flagged_events
        moves_up = self.n_flagged_events < int(np.count_nonzero(self.flagged > 0))
        return moves_up and n_other_events < int(np.count_nonzero(self.without > 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maximum:
    """Where Newton's steps ended; the information is that before the last step."""

    beta: float
    last: float
    information: float
    score_test: float
    n_iterations: int


def by_counts(data: TimeToEvent, design: Design, *, ties: Ties, conf_level: float) -> tuple[Scope, Estimate] | None:
    """The estimate of a design of one flag; None where the general fit has to look.

    The same numbers as the general fit of that design gives.
    """
    if design.matrix.shape[1] != 1 or data.entry is not None or data.weights is not None:
        return None
    codes = flags(design.matrix)
    if codes is None:
        return None
    data, _, _ = complete_rows(data, design)
    counted = count_on_grid(data, codes, 2) or count_by_sorting(data, codes, 2)
    if counted is None:
        return None
    layers = _layers(counted[1], ties)
    if not layers.has_maximum:
        return None
    share = np.count_nonzero(codes) / data.n
    scale = math.sqrt(share * (1 - share))
    found = _climb(layers, least=PIVOT_TOLERANCE * layers.flagged.size * scale**2)
    if found is None:
        return None
    scope = Scope(
        data=data, design=design, strata=None, cluster=None, ties=ties, kept=np.zeros(1, dtype=np.int64), reasons={}
    )
    return scope, _estimate(found, layers, score=found.beta * design.matrix[:, 0], scale=scale, conf_level=conf_level)


def _layers(ends: Counts, ties: Ties) -> _Layers:
    """From events and censorings, shape (2, 2, k)."""
    leaving = ends[0] + ends[1]
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    tied = ends[0, 0] + ends[0, 1]
    slots = tied.nonzero()[0]
    n_tied = tied[slots]
    risk = at_risk[:, slots].astype(np.float64)
    n_flagged_events = int(ends[0, 1].sum())
    if n_tied.size and int(n_tied.max()) > 1:
        slot, taken = tied_layers(n_tied, ties)
        risk = risk.take(slot, axis=1)
        risk -= ends[0][:, slots].astype(np.float64).take(slot, axis=1) * taken
    return _Layers(without=risk[0], flagged=risk[1], n_flagged_events=n_flagged_events)


def _climb(layers: _Layers, *, least: float) -> _Maximum | None:
    """Newton's steps from zero, each whole; None where a step would have to be cut or there is too little to go by."""
    beta, before, previous, slope, score_test = 0.0, 0.0, math.inf, 0.0, 0.0
    for iteration in range(1, MAX_ITERATIONS + 1):
        gradient, information = layers.at(beta)
        if not information > least:
            return None
        decrement = gradient * gradient / information
        if iteration == 1:
            score_test = decrement
        if decrement < CONVERGED:
            return _Maximum(
                beta=beta + gradient / information,
                last=beta,
                information=information,
                score_test=score_test,
                n_iterations=iteration,
            )
        # the likelihood is concave: it can only have fallen where the slope has turned round
        has_turned = gradient * slope < 0 and decrement > NEAR
        if has_turned and layers.log_likelihood(beta) < layers.log_likelihood(before):
            return None
        if decrement < MONOTONE_DECREMENT and decrement > 0.1 * previous:
            return None
        before, previous, slope = beta, decrement, gradient
        beta += gradient / information
    return None


def _estimate(found: _Maximum, layers: _Layers, *, score: FloatArray, scale: float, conf_level: float) -> Estimate:
    std_error = math.sqrt(1 / found.information)
    half = float(ndtri(0.5 + conf_level / 2)) * std_error
    statistic = found.beta / std_error
    covariance = np.array([[1 / found.information]])
    return Estimate(
        score=score,
        log_likelihood=(layers.log_likelihood(0.0), layers.log_likelihood(found.last)),
        coefficients=np.array([found.beta]),
        covariance=covariance,
        model_covariance=covariance.copy(),
        conf_low=np.array([found.beta - half]),
        conf_high=np.array([found.beta + half]),
        statistic=np.array([statistic]),
        p_value=np.array([2 * float(ndtr(-abs(statistic)))]),
        infinite=np.zeros(1),
        group_ratio={},
        standard=np.array([found.beta * scale]),
        converged=True,
        n_iterations=found.n_iterations,
        score_test=found.score_test,
    )
