"""Weights from the propensity score: inverse probability of treatment, and overlap.

Belongs here: who counts how much. Does not belong here: the score (``propensity``), matching, entropy balancing.
"""

from __future__ import annotations

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.bias.propensity import PropensityScore, propensity_score
from core.bias.weighted_sample import Tilt, WeightedSample
from core.errors import TooFewEventsError
from core.spec import Estimand
from core.timetoevent import BoolArray, FloatArray

LARGE = 10.0  # times the mean weight of the group


def inverse_probability(
    study: BalanceStudy,
    score: PropensityScore,
    *,
    estimand: Estimand = "ate",
    stabilised: bool = True,
    trim: tuple[float, float] | None = None,
    truncate: tuple[float, float] | None = None,
) -> WeightedSample:
    r"""Inverse probability of treatment weights.

    Parameters
    ----------
    study : BalanceStudy, n patients
    score : PropensityScore
        Of all of them.
    estimand : {'ate', 'att'}
        For all patients, or for those of the group that is not the reference.
    stabilised : bool
        Weights times the share of the patient's own group (``att``: the reference's times the odds).
    trim : tuple of two floats, optional
        Only patients whose score lies between these; the score is fitted again among them.
    truncate : tuple of two floats, optional
        Weights beyond these quantiles (R's type 7, both groups together) are set to them.

    Raises
    ------
    TooFewEventsError
        If trimming leaves a group without patients.

    Notes
    -----
    With the score e, weights :math:`z/e + (1 - z)/(1 - e)`, for ``att`` :math:`z + (1 - z) e/(1 - e)`. The tilt says
    how they move with the coefficients of the score: estimating the score is part of the method, and mostly makes
    the comparison more precise than a known score would.

    References
    ----------
    .. [1] Robins JM, Hernan MA, Brumback B. Epidemiology 2000;11:550-560.
    .. [2] Cole SR, Hernan MA. Am J Epidemiol 2008;168:656-664.
    .. [3] Crump RK, Hotz VJ, Imbens GW, Mitnik OA. Biometrika 2009;96:187-199.
    """
    rows = np.ones(study.n, dtype=np.bool_)
    notes: list[str] = []
    if trim is not None:
        rows = (score.score >= trim[0]) & (score.score <= trim[1])
        part = study.subset(rows)
        if not all(part.sizes):
            raise TooFewEventsError(
                f"No patients of both groups have a propensity score from {trim[0]:g} to {trim[1]:g}.",
                hint="Trim less.",
            )
        score = propensity_score(part)
        notes.append(_trimmed(study, rows, trim))
    treated = study.treated[rows]
    weights, by_logit = _weights(score.score, treated, estimand)
    slope, influence = by_logit[:, None] * score.fit.X, _of_coefficients(score, treated)
    if stabilised:
        own, by_share = _own_share(treated, estimand)
        slope = np.column_stack([slope * own[:, None], weights * by_share])
        influence = np.column_stack([influence, (treated - treated.mean()) / treated.size])
        weights = weights * own
    if truncate is not None:
        low, high = np.quantile(weights, truncate)
        cut = (weights < low) | (weights > high)
        weights, slope = np.clip(weights, low, high), np.where(cut[:, None], 0.0, slope)
        notes.append(f"{int(cut.sum())} weights truncated at {low:.2f} and {high:.2f}.")
    notes += _large(weights, treated, study.levels)
    return WeightedSample(
        method="iptw",
        weights=_spread(weights, rows),
        treated=study.treated,
        tilt=Tilt(slope=_spread(slope, rows), influence=_spread(influence, rows)),
        notes=tuple(notes),
    )


def overlap_weights(study: BalanceStudy, score: PropensityScore) -> WeightedSample:
    """Overlap weights: each patient counts as much as its chance to be in the other group.

    Notes
    -----
    1 - e for the treated, e for the others. The means of all columns of the score are then exactly the same in both
    groups, no weight exceeds 1, and the comparison is of the patients for whom either treatment was thinkable.

    References
    ----------
    .. [1] Li F, Morgan KL, Zaslavsky AM. J Am Stat Assoc 2018;113:390-400.
    .. [2] Thomas LE, Li F, Pencina MJ. JAMA 2020;323:2417-2418.
    """
    e = score.score
    weights = np.where(study.treated, 1 - e, e)
    by_logit = np.where(study.treated, -1.0, 1.0) * e * (1 - e)
    tilt = Tilt(slope=by_logit[:, None] * score.fit.X, influence=_of_coefficients(score, study.treated))
    return WeightedSample(method="overlap", weights=weights, treated=study.treated, tilt=tilt)


def _weights(e: FloatArray, treated: BoolArray, estimand: Estimand) -> tuple[FloatArray, FloatArray]:
    """Weights, and their derivative by the logit of the score."""
    odds = e / (1 - e)
    if estimand == "att":
        return np.where(treated, 1.0, odds), np.where(treated, 0.0, odds)
    return np.where(treated, 1 / e, 1 / (1 - e)), np.where(treated, -1 / odds, odds)


def _own_share(treated: BoolArray, estimand: Estimand) -> tuple[FloatArray, FloatArray]:
    """What stabilises each weight, and its derivative by the share of the treated."""
    share = float(treated.mean())
    if estimand == "att":
        return np.where(treated, 1.0, (1 - share) / share), np.where(treated, 0.0, -1 / share**2)
    return np.where(treated, share, 1 - share), np.where(treated, 1.0, -1.0)


def _of_coefficients(score: PropensityScore, treated: BoolArray) -> FloatArray:
    """Influence of each patient on the coefficients of the score, shape (n, q)."""
    return np.asarray(((treated - score.score)[:, None] * score.fit.X) @ score.fit.covariance, dtype=np.float64)


def _spread(values: FloatArray, rows: BoolArray) -> FloatArray:
    """The values of some patients among all, zero for the others."""
    everybody = np.zeros((rows.size, *values.shape[1:]))
    everybody[rows] = values
    return everybody


def _trimmed(study: BalanceStudy, rows: BoolArray, trim: tuple[float, float]) -> str:
    gone = [int(np.count_nonzero(~rows & group)) for group in (~study.treated, study.treated)]
    if not sum(gone):
        return f"Trimmed: nobody has a propensity score outside {trim[0]:g} to {trim[1]:g}, so nobody is left out."
    return (
        f"Trimmed: {sum(gone)} patients with a propensity score outside {trim[0]:g} to {trim[1]:g} are left out "
        f"({gone[0]} {study.levels[0]}, {gone[1]} {study.levels[1]}); the score is fitted again among the others."
    )


def _large(weights: FloatArray, treated: BoolArray, levels: tuple[str, str]) -> list[str]:
    """Weights so large that few patients decide."""
    notes = []
    for level, rows in zip(levels, (~treated, treated), strict=True):
        largest = float(weights[rows].max())
        share = largest / float(weights[rows].sum())
        if largest > LARGE * float(weights[rows].mean()):
            notes.append(f"One patient of {level} has a weight of {largest:.1f}, {100 * share:.0f} % of the group.")
    return notes
