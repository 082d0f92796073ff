"""Entropy balancing: weights as even as possible under which the means of all covariates are the same.

Belongs here: finding the weights. Does not belong here: what is compared with them.
"""

from __future__ import annotations

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.bias.weighted_sample import Tilt, WeightedSample
from core.errors import TooFewEventsError
from core.regression.newton import estimable
from core.spec import Estimand
from core.timetoevent import BoolArray, FloatArray, IntArray

MOST_STEPS = 200
MOST_HALVINGS = 40
EXACT = 1e-12  # of a mean, in standard deviations
FARTHEST = 200.0  # exponent of a weight, beyond which no weights will do


def entropy_balance(study: BalanceStudy, *, estimand: Estimand = "ate") -> WeightedSample:
    r"""Weights of greatest entropy that make the means of all columns of the design those of the target.

    Parameters
    ----------
    study : BalanceStudy
    estimand : {'ate', 'att'}
        Both groups get the means of all patients; or the reference those of the other group, which is not weighted.

    Returns
    -------
    WeightedSample
        The weights of each group sum to its number of patients.

    Raises
    ------
    TooFewEventsError
        If no positive weights reach the means.

    Notes
    -----
    In each weighted group :math:`w_i \propto \exp(\lambda^\top (x_i - \tau))`, :math:`\tau` the target's means, where
    :math:`\lambda` minimises :math:`\log \sum \exp(\lambda^\top (x_i - \tau))`: Newton's method on the dual, whose
    gradient is what the means still lack. Same as ``ebal::ebalance`` (``att``) with a smaller tolerance.

    References
    ----------
    .. [1] Hainmueller J. Polit Anal 2012;20:25-46.
    .. [2] Zhao Q, Percival D. J Causal Inference 2017;5:20160010.
    """
    treated, matrix = study.treated, study.design.matrix
    scale = matrix.std(axis=0)
    X = (matrix / np.where(scale > 0, scale, 1.0))[:, scale > 0]
    target = treated if estimand == "att" else np.ones(study.n, dtype=np.bool_)
    means = X[target].mean(axis=0) if X.size else np.zeros(0)
    weights = np.ones(study.n)
    slopes: list[FloatArray] = []
    influences: list[FloatArray] = []
    for rows, level in zip((~treated, treated), study.levels, strict=True):
        if level == study.levels[1] and estimand == "att":
            continue
        away = X - means
        tilted, kept = _weights(away[rows], level, other=study.levels[int(level == study.levels[0])])
        weights[rows] = tilted * np.count_nonzero(rows)
        slope, influence = _tilt(weights, away[:, kept], rows, target)
        slopes.append(slope)
        influences.append(influence)
    return WeightedSample(
        method="entropy",
        weights=weights,
        treated=treated,
        tilt=Tilt(slope=np.column_stack(slopes), influence=np.column_stack(influences)),
    )


def _weights(away: FloatArray, level: str, *, other: str) -> tuple[FloatArray, IntArray]:
    """Weights of one group, which sum to 1, and the positions of the columns that were needed."""
    n, q = away.shape
    kept = np.arange(q)
    centred = away - away.mean(axis=0)
    if q:
        kept = np.flatnonzero(estimable(centred.T @ centred, float(n))[0])
    Z = away[:, kept]
    value = np.zeros(kept.size)
    current = _log_sum(Z @ value)
    for _ in range(MOST_STEPS):
        weights = _share(Z @ value)
        gradient = weights @ Z
        if np.abs(gradient).max(initial=0.0) < EXACT:
            break
        middle = Z - gradient
        step = np.linalg.lstsq((middle * weights[:, None]).T @ middle, -gradient, rcond=1e-14)[0]
        for halving in range(MOST_HALVINGS):
            trial = value + step / 2**halving
            moved = _log_sum(Z @ trial)
            if moved <= current + 1e-15:
                value, current = trial, moved
                break
        else:
            break
        if np.ptp(Z @ value) > FARTHEST:
            break
    weights = _share(Z @ value)
    # columns left out as determined by others must be balanced with them
    if np.abs(weights @ away).max(initial=0.0) > 1e3 * EXACT:
        raise TooFewEventsError(
            f"No weights of the patients in {level} give the means of the covariates that are wanted: some values "
            f"stand only in {other}, or hardly in {level}.",
            hint="Balance fewer covariates, or merge rare levels.",
        )
    return weights, kept


def _share(eta: FloatArray) -> FloatArray:
    raised = np.exp(eta - eta.max(initial=0.0))
    return np.asarray(raised / raised.sum(), dtype=np.float64)


def _log_sum(eta: FloatArray) -> float:
    top = float(eta.max())
    return top + float(np.log(np.exp(eta - top).sum()))


def _tilt(weights: FloatArray, away: FloatArray, rows: BoolArray, target: BoolArray) -> tuple[FloatArray, FloatArray]:
    """How the weights of one group move with its multipliers and its sum, and what each patient moved these.

    With m_i = u_i (x_i - tau) the condition of patient i: d lambda = -H^-1 (m_i in the group - U (x_i - tau) / N in the
    target), H = sum u (x - tau)(x - tau)'; all in units where u are the weights themselves.
    """
    w, n = np.where(rows, weights, 0.0), float(np.count_nonzero(rows))
    moment = w[:, None] * away
    wanted = np.where(target[:, None], away, 0.0) * (w.sum() / np.count_nonzero(target))
    H = moment.T @ away
    influence = -(moment - wanted) @ np.linalg.pinv(H, hermitian=True, rcond=1e-14)
    of_sum = np.where(rows, 1 - w, 0.0) / n
    return np.column_stack([w[:, None] * away, w]), np.column_stack([influence, of_sum])
