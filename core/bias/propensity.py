"""The propensity score: each patient's chance to be in the group that is not the reference, given the covariates.

Belongs here: the score, and where it says that the groups do not overlap. Does not belong here: what is made of it
(``propensity_weights``, ``matching``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.errors import TooFewEventsError
from core.regression.logistic import LogisticFit, fit_logistic
from core.timetoevent import BoolArray, FloatArray, IntArray

FEW_PER_COEFFICIENT = 10.0
BINS = 25  # of a histogram


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityScore:
    """Chance of each of n patients to be in the other group.

    Attributes
    ----------
    score, logit : arrays, shape (n,)
    names : tuple of str
        Columns of the model.
    coefficients, std_error : arrays, shape (p + 1,)
        Log odds, intercept first; NaN where a column could not be estimated.
    n_parameters : int
        Coefficients without the intercept.
    per_coefficient : float
        Patients of the smaller group over coefficients.
    c_statistic : float
        How well the score tells the groups apart. Not a goal: the better it does, the less the groups overlap.
    common : tuple of two floats
        Range of scores that both groups have.
    n_outside : tuple of two ints
        Patients of the reference and of the other group outside it.
    separated : bool
        Whether covariates decide the group of some patients.
    fit : LogisticFit
    notes : tuple of str
    """

    score: FloatArray
    logit: FloatArray
    names: tuple[str, ...]
    coefficients: FloatArray
    std_error: FloatArray
    n_parameters: int
    per_coefficient: float
    c_statistic: float
    common: tuple[float, float]
    n_outside: tuple[int, int]
    separated: bool
    fit: LogisticFit
    notes: tuple[str, ...] = ()


def propensity_score(study: BalanceStudy) -> PropensityScore:
    """The propensity score by logistic regression on all covariates.

    Parameters
    ----------
    study : BalanceStudy

    Returns
    -------
    PropensityScore

    Raises
    ------
    TooFewEventsError
        If the covariates tell the group of every patient.

    Notes
    -----
    Same as ``fitted(glm(group ~ covariates, binomial))``.

    References
    ----------
    .. [1] Rosenbaum PR, Rubin DB. Biometrika 1983;70:41-55.
    """
    design, treated = study.design, study.treated
    fit = fit_logistic(design.matrix, treated.astype(np.float64))
    if fit.separated and float(fit.linear[treated].min()) > float(fit.linear[~treated].max()):
        raise TooFewEventsError(
            f"The covariates tell for every patient whether it is {study.levels[0]} or {study.levels[1]}: no patient "
            "of one group is like one of the other, and nothing can make the groups alike.",
            hint="Leave out covariates that decide the treatment.",
        )
    std_error = np.full(fit.coefficients.shape, np.nan)
    std_error[np.append(0, fit.kept + 1)] = np.sqrt(np.diag(fit.covariance))
    both = fit.chance[treated], fit.chance[~treated]
    common = max(float(part.min()) for part in both), min(float(part.max()) for part in both)
    outside = (fit.chance < common[0]) | (fit.chance > common[1])
    q = int(fit.kept.size)
    smaller = min(study.sizes)
    found = PropensityScore(
        score=fit.chance,
        logit=fit.linear,
        names=design.names,
        coefficients=fit.coefficients,
        std_error=std_error,
        n_parameters=q,
        per_coefficient=smaller / q if q else float("inf"),
        c_statistic=area_under_curve(fit.linear[~treated], fit.linear[treated]),
        common=common,
        n_outside=(int(np.count_nonzero(outside & ~treated)), int(np.count_nonzero(outside & treated))),
        separated=fit.separated,
        fit=fit,
    )
    return _with_notes(found, study)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreCounts:
    """Patients by their score, for a histogram.

    Attributes
    ----------
    edges : array, shape (k + 1,)
    patients : tuple of two int arrays, shape (k,)
        Of the reference and of the other group.
    weighted : tuple of two arrays, shape (k,), or None
        Sums of weights, made to sum to the patients who count in each group.
    """

    edges: FloatArray
    patients: tuple[IntArray, IntArray]
    weighted: tuple[FloatArray, FloatArray] | None = None


def score_counts(score: FloatArray, treated: BoolArray, weights: FloatArray | None = None) -> ScoreCounts:
    """Patients of both groups in ``BINS`` equal bins of the score; with ``weights``, shape (n,), their sums too."""
    edges = np.linspace(0.0, 1.0, BINS + 1)
    bins = np.minimum((score * BINS).astype(np.int64), BINS - 1)
    groups = (~treated, treated)
    patients = [np.bincount(bins[rows], minlength=BINS) for rows in groups]
    if weights is None:
        return ScoreCounts(edges=edges, patients=(patients[0], patients[1]))
    sums = [
        np.bincount(bins[rows], weights[rows], BINS) * np.count_nonzero(weights[rows]) / weights[rows].sum()
        for rows in groups
    ]
    return ScoreCounts(edges=edges, patients=(patients[0], patients[1]), weighted=(sums[0], sums[1]))


def area_under_curve(untreated: FloatArray, treated: FloatArray) -> float:
    """Chance that a treated patient has the higher score than an untreated one, ties half."""
    ordered = np.sort(untreated)
    below = np.searchsorted(ordered, treated, side="left")
    at_most = np.searchsorted(ordered, treated, side="right")
    return float((below + at_most).sum()) / (2.0 * untreated.size * treated.size)


def _with_notes(found: PropensityScore, study: BalanceStudy) -> PropensityScore:
    """What limits the score."""
    return replace(found, notes=tuple(note for note in _notes(found, study) if note))


def _notes(found: PropensityScore, study: BalanceStudy) -> list[str]:
    reference, other = study.levels
    notes = [*study.design.notes, *_deciding_levels(study)]
    if found.separated:
        notes.append(
            "For some patients the covariates decide the group (a chance of 0 or 1): nobody in the other group stands "
            "for them, and weights cannot make the groups alike there."
        )
    if found.per_coefficient < FEW_PER_COEFFICIENT:
        notes.append(
            f"{min(study.sizes)} patients in the smaller group for {found.n_parameters} coefficients of the propensity "
            f"score, {found.per_coefficient:.1f} each: fewer than 10, the score may fit chance."
        )
    if any(found.n_outside):
        notes.append(
            f"Outside the range of scores that both groups have ({found.common[0]:.2f} to {found.common[1]:.2f}): "
            f"{found.n_outside[0]} of {study.sizes[0]} in {reference}, {found.n_outside[1]} of {study.sizes[1]} in "
            f"{other}."
        )
    lost = [found.names[j] for j in range(len(found.names)) if np.isnan(found.coefficients[j + 1])]
    if lost:
        notes.append(f"Not in the propensity score, because other covariates determine it: {', '.join(lost)}.")
    return notes


def _deciding_levels(study: BalanceStudy) -> list[str]:
    """Levels all of whose patients are in one group."""
    notes = []
    design = study.design
    for name in dict.fromkeys(term.term for term in design.terms if term.level is not None):
        columns = [j for j, term in enumerate(design.terms) if term.term == name and term.level is not None]
        flags = {str(design.terms[j].level): design.matrix[:, j] == 1 for j in columns}
        flags[str(design.terms[columns[0]].reference)] = ~np.logical_or.reduce(list(flags.values()))
        for level, rows in flags.items():
            n, n_treated = int(rows.sum()), int(np.count_nonzero(study.treated[rows]))
            if n and n_treated in (0, n):
                notes.append(f"All {n} patients with {name} {level} are {study.levels[int(n_treated > 0)]}.")
    return notes
