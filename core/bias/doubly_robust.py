"""Difference of restricted means that is right if either the propensity score or the outcome model is.

Belongs here: augmented inverse probability weighting of pseudo-values. Does not belong here: pseudo-values
(``core.survival.pseudo_values``), the score (``propensity``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.bias.propensity import PropensityScore
from core.errors import TooFewEventsError
from core.spec import Estimand
from core.survival.contrasts import Contrast, contrast
from core.survival.pseudo_values import rmst_pseudo_values
from core.timetoevent import BoolArray, FloatArray

NEAREST = 1e-6  # of a score to 0 or 1
SMALLEST = 0.05  # of one less a leverage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DoublyRobust:
    """Restricted means had everybody been in either group.

    Attributes
    ----------
    means : tuple of two floats
        Of the reference and of the other group.
    difference : Contrast
        Other minus reference.
    crude : Contrast
        As the patients are, by the same pseudo-values.
    estimand : {'ate', 'att'}
    """

    means: tuple[float, float]
    difference: Contrast
    crude: Contrast
    estimand: Estimand


def doubly_robust_difference(
    study: BalanceStudy, score: PropensityScore, *, tau: float, estimand: Estimand = "ate"
) -> DoublyRobust:
    r"""Augmented inverse probability weighting of pseudo-values of the restricted mean.

    Parameters
    ----------
    study : BalanceStudy, n patients
    score : PropensityScore
    tau : float
    estimand : {'ate', 'att'}
        For all patients, or for those of the group that is not the reference.

    Returns
    -------
    DoublyRobust

    Raises
    ------
    TooFewEventsError
        With delayed entry, or where a group has no more patients than the outcome model has coefficients.

    Notes
    -----
    Pseudo-values :math:`Y` of each group's own curve, so that censoring may differ between the groups; in each group a
    linear model :math:`m_a(x)`. With the score e and group A, of each patient
    :math:`m_1 + A (Y - m_1)/e - m_0 - (1 - A)(Y - m_0)/(1 - e)`; for those treated
    :math:`[A (Y - m_0) - (1 - A) (Y - m_0)\, e/(1 - e)] / P(A)`. The difference is the mean; its variance that of these
    contributions over n, with residuals over one less the patient's leverage (HC3): in small groups plain ones are too
    small. Same as ``lm`` of ``survival::pseudo`` in each group, ``glm(binomial)`` and these sums in R.

    References
    ----------
    .. [1] Robins JM, Rotnitzky A, Zhao LP. J Am Stat Assoc 1994;89:846-866.
    .. [2] Andersen PK, Syriopoulou E, Parner ET. Stat Med 2017;36:2669-2681.
    """
    if study.data.entry is not None:
        raise TooFewEventsError(
            "A doubly robust difference needs follow-up from time zero.", hint="Leave delayed entry out."
        )
    treated = study.treated
    outcome = np.empty(study.n)
    for rows in (treated, ~treated):
        outcome[rows] = rmst_pseudo_values(study.data.subset(rows), tau)
    models = [_predicted(study, outcome, rows) for rows in (~treated, treated)]
    chance = np.clip(score.score, NEAREST, 1 - NEAREST)
    predicted = [model[0] for model in models]
    parts = _parts(outcome, treated, chance, predicted, estimand=estimand)
    means = float(parts[0].mean()), float(parts[1].mean())
    estimate = means[1] - means[0]
    # the model was fitted to a patient's own value too: without it the residual would be larger
    left_out = np.where(treated, models[1][1], models[0][1])
    own = np.where(treated, predicted[1], predicted[0])
    wider = _parts(own + (outcome - own) / left_out, treated, chance, predicted, estimand=estimand)
    each = wider[1] - wider[0]
    spread = each - estimate if estimand == "ate" else each - treated / treated.mean() * estimate
    crude = [outcome[rows] for rows in (~treated, treated)]
    crude_error = float(np.sqrt(sum(float(part.var()) / part.size for part in crude)))
    return DoublyRobust(
        means=means,
        difference=contrast(
            estimate, float(np.sqrt(float(spread @ spread)) / study.n), time=tau, conf_level=study.conf_level
        ),
        crude=contrast(float(crude[1].mean() - crude[0].mean()), crude_error, time=tau, conf_level=study.conf_level),
        estimand=estimand,
    )


def _parts(
    outcome: FloatArray, treated: BoolArray, chance: FloatArray, models: list[FloatArray], *, estimand: Estimand
) -> tuple[FloatArray, FloatArray]:
    """What each patient brings to the mean of the reference and of the other group."""
    reference, other = models
    if estimand == "ate":
        return (
            reference + ~treated * (outcome - reference) / (1 - chance),
            other + treated * (outcome - other) / chance,
        )
    share = treated.mean()
    odds = chance / (1 - chance)
    return (treated * reference + ~treated * odds * (outcome - reference)) / share, treated * outcome / share


def _predicted(study: BalanceStudy, outcome: FloatArray, rows: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Predictions of the linear model of some, and of these one less their leverage (1 for the others), shape (n,)."""
    X = np.column_stack([np.ones(study.n), study.design.matrix])
    if int(rows.sum()) <= X.shape[1]:
        raise TooFewEventsError(
            f"A group has {int(rows.sum())} patients for an outcome model with {X.shape[1]} coefficients.",
            hint="Choose fewer covariates.",
        )
    scale = np.abs(X[rows]).max(axis=0)
    scale[scale == 0] = 1.0
    u, sizes, v = np.linalg.svd(X[rows] / scale, full_matrices=False)
    kept = sizes > 1e-10 * sizes[0]
    coefficients = v[kept].T @ ((u[:, kept].T @ outcome[rows]) / sizes[kept]) / scale
    left_out = np.ones(study.n)
    left_out[rows] = np.maximum(1 - (u[:, kept] ** 2).sum(axis=1), SMALLEST)
    return np.asarray(X @ coefficients, dtype=np.float64), left_out
