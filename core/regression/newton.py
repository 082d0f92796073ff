"""Finding the maximum: which columns can be estimated, Newton's steps, and coefficients that run to infinity.

Belongs here: the iterations, on standardised covariates. Does not belong here: what is reported (``cox``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.regression.exact import evaluate
from core.regression.likelihood import Likelihood
from core.regression.risk_sets import RiskSets
from core.spec import CoxTies
from core.timetoevent import BoolArray, FloatArray
from core.work.progress import go_on

MAX_ITERATIONS = 60
MAX_HALVINGS = 30
# A multiple correlation this close to 1 counts as collinear; R's coxph stops at about 1e-12 on the same pivots.
PIVOT_TOLERANCE = 1e-11
# Newton decrement g' I^-1 g, in squared standard errors: the information, taken before the last step, is then good to
# about 1e-10 and the coefficients to rounding.
CONVERGED = 1e-20
# What rounding takes from the likelihood, relative; it grows as sums of many rows do.
ROUNDING = 1e-14
MANY = 1_000
# Where the likelihood is monotone every step moves eta by about 1 while the decrement only falls by 1/e.
MONOTONE_DECREMENT = 1e-8
MONOTONE_STEP = 0.1
PUSH = 35.0
FLAT = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """Where Newton's steps ended, on the scale of the covariates given.

    Attributes
    ----------
    beta : array, shape (p,)
        Coefficients; for infinite ones a value so far out that the likelihood no longer changes.
    at_beta : Likelihood
        At ``beta``.
    infinite : array, shape (p,)
        -1 or 1 where the likelihood is monotone in the coefficient, else 0.
    converged : bool
    n_iterations : int
    """

    beta: FloatArray
    at_beta: Likelihood
    infinite: FloatArray
    converged: bool
    n_iterations: int


def estimable(information: FloatArray, effective: float) -> tuple[BoolArray, dict[int, list[int]]]:
    """Columns that carry information of their own, and for each collinear one the earlier columns that determine it.

    Parameters
    ----------
    information : array, shape (p, p)
        At zero, of covariates of unit width.
    effective : float
        Weighted number of events: the size of a diagonal entry when a covariate varies in every risk set.

    Returns
    -------
    keep : bool array, shape (p,)
    determined_by : dict of column to columns
        Empty list: the column does not vary among the patients at risk.
    """
    p = information.shape[0]
    scale = np.diag(information).copy()
    keep = scale > PIVOT_TOLERANCE * effective
    determined_by: dict[int, list[int]] = {int(j): [] for j in np.flatnonzero(~keep)}
    if keep.all() and _well_conditioned(information, scale):
        return keep, determined_by
    kept: list[int] = []
    for j in range(p):
        if not keep[j]:
            continue
        if kept:
            on_kept = np.linalg.solve(information[np.ix_(kept, kept)], information[kept, j])
            if scale[j] - information[j, kept] @ on_kept <= PIVOT_TOLERANCE * scale[j]:
                share = np.abs(on_kept) * np.sqrt(scale[kept] / scale[j])
                determined_by[j] = [kept[i] for i in np.flatnonzero(share > 1e-6)]
                keep[j] = False
                continue
        kept.append(j)
    return keep, determined_by


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Surface:
    """The partial likelihood of one data set; ``size`` is the usual information of a covariate of unit width."""

    X: FloatArray
    risk_sets: RiskSets
    ties: CoxTies
    size: float

    def at(self, beta: FloatArray) -> Likelihood:
        return evaluate(beta, self.X, self.risk_sets, ties=self.ties)

    def climb(self, beta: FloatArray, step: FloatArray, current: Likelihood) -> tuple[FloatArray, Likelihood, bool]:
        """Move along ``step``, halved until the likelihood does not fall."""
        # what rounding alone can take away: the likelihood is a difference of sums of eta
        rounding = ROUNDING * max(1.0, np.sqrt(self.X.shape[1] / MANY))
        slack = rounding * (abs(current.log_likelihood) + current.eta_of_events) + 1e-12
        for halving in range(MAX_HALVINGS):
            go_on()
            trial = beta + step / 2**halving
            moved = self.at(trial)
            if moved.log_likelihood >= current.log_likelihood - slack and np.isfinite(moved.information).all():
                return trial, moved, True
        return beta, current, False


def maximise(X: FloatArray, risk_sets: RiskSets, *, ties: CoxTies, start: Likelihood) -> Maximum:
    """Maximise the partial likelihood from zero, where it is ``start``; the columns of X, (p, m), are estimable."""
    surface = _Surface(X=X, risk_sets=risk_sets, ties=ties, size=float(risk_sets.event_weight.sum()))
    beta = np.zeros(X.shape[0])
    current = start
    previous = np.inf
    for iteration in range(1, MAX_ITERATIONS + 1):
        step = _solve(current.information, current.gradient)
        decrement = float(current.gradient @ step)
        if abs(decrement) < CONVERGED:
            return Maximum(
                beta=beta + step,
                at_beta=current,
                infinite=_overshot(surface, beta, current),
                converged=True,
                n_iterations=iteration,
            )
        if abs(decrement) < MONOTONE_DECREMENT and decrement > 0.1 * previous and np.ptp(step @ X) > MONOTONE_STEP:
            return _push(surface, beta, step, current=current, n_iterations=iteration)
        previous = decrement
        beta, current, moved = surface.climb(beta, step, current)
        if not moved:
            break
    is_done = abs(float(current.gradient @ _solve(current.information, current.gradient))) < 1e-10
    return Maximum(
        beta=beta,
        at_beta=current,
        infinite=np.zeros_like(beta),
        converged=is_done,
        n_iterations=iteration,
    )


def _overshot(surface: _Surface, beta: FloatArray, current: Likelihood) -> FloatArray:
    """Signs of the coefficients along directions without information: a long step went to the end of a monotone one."""
    values, vectors = np.linalg.eigh(current.information)
    is_flat = values <= FLAT * surface.size
    if not is_flat.any():
        return np.zeros_like(beta)
    flat = np.abs(vectors[:, is_flat]) * np.ptp(surface.X, axis=1)[:, None]
    runs = (flat > 1e-2 * flat.max(axis=0, initial=0.0)).any(axis=1)
    return np.where(runs, np.sign(beta), 0.0)


def _push(surface: _Surface, beta: FloatArray, step: FloatArray, *, current: Likelihood, n_iterations: int) -> Maximum:
    """Go so far along a monotone direction that nothing changes any more, then settle the other coefficients there."""
    reach = np.abs(step) * np.ptp(surface.X, axis=1)
    runs = reach > 1e-2 * reach.max()
    # rising to the limit proves that the direction is monotone; too far out the likelihood cannot be evaluated
    for distance in (PUSH, PUSH / 2, PUSH / 4):
        far = beta + np.where(runs, distance * step, 0.0)
        at_far = surface.at(far)
        if at_far.log_likelihood >= current.log_likelihood - 1e-6 and np.isfinite(at_far.information).all():
            beta, current = far, at_far
            break
    converged = False
    for _ in range(MAX_ITERATIONS):
        move = flat_inverse(current.information, size=surface.size) @ current.gradient
        converged = abs(float(current.gradient @ move)) < CONVERGED
        if converged:
            beta = beta + move
            break
        beta, current, moved = surface.climb(beta, move, current)
        n_iterations += 1
        if not moved:
            break
    return Maximum(
        beta=beta,
        at_beta=current,
        # with several monotone directions a step shows the fastest only; the others have no information left either
        infinite=np.where(runs, np.sign(step), _overshot(surface, beta, current)),
        converged=converged,
        n_iterations=n_iterations,
    )


def flat_inverse(information: FloatArray, *, size: float) -> FloatArray:
    """Inverse of the information on the directions that have any (of the usual ``size``): a monotone one has none left.

    What stays finite (other covariates, differences between levels whose common reference has no events) has the
    variance it would have without the patients who make the likelihood monotone.
    """
    values, vectors = np.linalg.eigh(information)
    has_any = values > FLAT * size
    inverse: FloatArray = (vectors[:, has_any] / values[has_any]) @ vectors[:, has_any].T
    return inverse


def _solve(information: FloatArray, gradient: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0], dtype=np.float64)


def _well_conditioned(information: FloatArray, scale: FloatArray) -> bool:
    """Whether no pivot of the correlation form comes near the tolerance."""
    root = np.sqrt(scale)
    try:
        pivots = np.diag(np.linalg.cholesky(information / np.outer(root, root)))
    except np.linalg.LinAlgError:
        return False
    return bool((pivots**2).min(initial=1.0) > 1e3 * PIVOT_TOLERANCE)
