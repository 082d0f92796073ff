"""The baseline hazard of a fitted Cox model, with what its uncertainty is made of.

Belongs here: cumulative hazard per stratum, its variance, and the drift that ties it to the coefficients. Does not
belong here: the fit (``estimate``), curves for patients (``prediction``) and groups (``standardisation``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import TooFewEventsError
from core.regression.estimate import Estimate
from core.regression.exact import evaluate
from core.regression.likelihood import Likelihood
from core.regression.problem import Problem
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineHazard:
    """Cumulative hazard of one stratum for a patient in the middle of all covariates.

    Attributes
    ----------
    time : array, shape (k,)
        Event times of the stratum.
    hazard : array, shape (k,)
        Cumulative, at and after each time.
    variance : array, shape (k,)
        Of ``hazard``, were the coefficients known.
    drift : array, shape (p, k)
        Minus the derivative of ``hazard`` by the coefficients: the covariates' means over the risk sets, summed with
        the hazard.
    last_time : float
        End of follow-up in the stratum.
    """

    time: FloatArray
    hazard: FloatArray
    variance: FloatArray
    drift: FloatArray
    last_time: float

    def at(self, times: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Hazard (m,), variance (m,) and drift (p, m) at any times; 0 before the first event."""
        row = np.searchsorted(self.time, times * (1 + TIE_TOLERANCE), side="right")
        drift = np.concatenate((np.zeros((self.drift.shape[0], 1)), self.drift), axis=1)
        return np.append(0.0, self.hazard)[row], np.append(0.0, self.variance)[row], drift[:, row]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedHazards:
    """A fitted model, ready to predict.

    Attributes
    ----------
    problem : Problem
    beta : array, shape (p,)
        Coefficients of the kept columns in the problem's standard units.
    covariance : array, shape (p, p)
        Of ``beta``; robust where the estimate is.
    strata : tuple of BaselineHazard
        By code of the stratum.
    """

    problem: Problem
    beta: FloatArray
    covariance: FloatArray
    strata: tuple[BaselineHazard, ...]

    def standard(self, rows: FloatArray) -> FloatArray:
        """Rows of the design's columns, shape (n, p_design), in the problem's standard units, shape (n, p)."""
        return np.ascontiguousarray(self.problem.standard(rows).T)


def fitted_hazards(problem: Problem, estimate: Estimate) -> FittedHazards:
    r"""Baseline hazards of a fit.

    Raises
    ------
    TooFewEventsError
        If a hazard ratio is infinite: then there is no prediction either.

    Notes
    -----
    With the layers of tied events of ``likelihood``, :math:`\hat\Lambda_0(t) = \sum u / D` (Efron's layers, or
    Breslow's :math:`d / S_0`), variance :math:`\sum u / D^2`, drift :math:`\sum u (S_1 - f E_1) / D^2`. Same as
    ``survival::basehaz(fit)`` and the parts of ``survfit(fit)``, up to the patient the baseline is of.

    References
    ----------
    .. [1] Breslow N. Biometrics 1974;30:89-99.
    .. [2] Tsiatis AA. Ann Stat 1981;9:93-108.
    """
    infinite = [problem.design.names[problem.kept[i]] for i in np.flatnonzero(estimate.infinite)]
    if infinite:
        raise TooFewEventsError(
            f"No curve can be predicted: the hazard ratio of {', '.join(infinite)} is infinite, because all or none "
            "of these patients have the event.",
            hint="Leave the factor out, merge its levels, or choose other groups.",
        )
    beta = estimate.coefficients * problem.scale
    at = evaluate(beta, problem.X, problem.risk_sets, ties=problem.ties)
    n_strata = 1 if problem.strata is None else int(problem.strata.max()) + 1
    codes = np.zeros(problem.data.n, dtype=np.int64) if problem.strata is None else problem.strata
    return FittedHazards(
        problem=problem,
        beta=beta,
        covariance=estimate.covariance * np.outer(problem.scale, problem.scale),
        strata=tuple(_one_stratum(problem, at, codes, stratum) for stratum in range(n_strata)),
    )


def _one_stratum(problem: Problem, at: Likelihood, codes: IntArray, stratum: int) -> BaselineHazard:
    sets = problem.risk_sets
    last_row = sets.order[sets.event_rows[sets.event_starts]]  # an event of each slot
    slots = np.flatnonzero(codes[last_row] == stratum)
    drift = at.weighted * at.slots.square
    if at.own_weighted is not None and at.slots.own is not None:
        drift = drift - at.own_weighted * at.slots.own.square
    unscaled = np.exp(-at.risk.shift)[slots]  # sums over risk sets come divided by exp(shift)
    inside = codes == stratum
    return BaselineHazard(
        time=problem.data.time[last_row[slots]],
        hazard=np.cumsum(at.slots.hazard[slots] * unscaled),
        variance=np.cumsum(at.slots.square[slots] * unscaled**2),
        drift=np.cumsum(drift[:, slots] * unscaled, axis=1),
        last_time=float(problem.data.time[inside].max()),
    )
