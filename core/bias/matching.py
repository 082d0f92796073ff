"""Matching: patients of the reference who have nearly the same propensity score as those of the other group.

Belongs here: who is matched with whom, and what each then counts. Does not belong here: the score, the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.bias.balance_study import BalanceStudy
from core.bias.propensity import PropensityScore
from core.bias.weighted_sample import WeightedSample
from core.errors import TooFewEventsError
from core.regression.logistic import STEEPEST
from core.spec import MatchingSpec
from core.timetoevent import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """Who was matched.

    Attributes
    ----------
    partners : int array, shape (m, ratio)
        Patients of the reference matched to each of the m of the other group; -1 where none was near enough.
    treated : int array, shape (m,)
        Those of the other group, by falling score.
    caliper : float
        Largest distance of logits allowed; infinite without.
    """

    partners: IntArray
    treated: IntArray
    caliper: float


def nearest_neighbours(logit: FloatArray, treated: BoolArray, asked: MatchingSpec, exact: IntArray | None) -> Matches:
    """Greedy nearest-neighbour matching on the logit of the score.

    Parameters
    ----------
    logit : array, shape (n,)
    treated : bool array, shape (n,)
    asked : MatchingSpec
    exact : int array, shape (n,), or None
        Codes that must be the same.

    Notes
    -----
    The treated choose in order of falling score, those with the same score in the order of the table; each takes the
    nearest patient of the reference who is still free (with replacement: any), of equally near ones the one with the
    higher score, then the earlier one. With a ratio above 1 everybody chooses a first partner before anybody a second.
    No chance is involved. The caliper is in standard deviations of the logit of all patients. Same as
    ``MatchIt::matchit(method = "nearest", distance = "glm", link = "linear.logit", caliper = 0.2)``.

    References
    ----------
    .. [1] Rosenbaum PR, Rubin DB. Am Stat 1985;39:33-38.
    .. [2] Austin PC. Pharm Stat 2011;10:150-161.
    """
    # where covariates decide the group the logit runs away, and would draw the caliper out with it
    usual = logit[np.abs(logit) <= STEEPEST]
    caliper = float("inf") if asked.caliper is None else asked.caliper * float(usual.std(ddof=1))
    falling = np.argsort(-logit, kind="stable")
    own, pool = falling[treated[falling]], falling[~treated[falling]]
    distance_to, codes = logit[pool], None if exact is None else exact[pool]
    free = np.ones(pool.size, dtype=np.bool_)
    partners = np.full((own.size, asked.ratio), -1, dtype=np.int64)
    for turn in range(asked.ratio):
        for i, patient in enumerate(own):
            allowed = free if codes is None or exact is None else free & (codes == exact[patient])
            if asked.replace and turn:
                allowed = allowed & ~np.isin(pool, partners[i, :turn])
            distance = np.where(allowed, np.abs(distance_to - logit[patient]), np.inf)
            nearest = int(np.argmin(distance)) if distance.size else -1
            if nearest < 0 or not distance[nearest] <= caliper or not allowed[nearest]:
                continue
            partners[i, turn] = pool[nearest]
            free[nearest] = asked.replace
    return Matches(partners=partners, treated=own, caliper=caliper)


def matched_sample(study: BalanceStudy, score: PropensityScore, asked: MatchingSpec) -> WeightedSample:
    """The matched patients, each counting as much as the sets it is in ask for.

    Raises
    ------
    TooFewEventsError
        If nobody could be matched.

    Notes
    -----
    A patient of the reference counts 1/k in a set with k of them, summed over its sets, times the number of different
    patients of the reference over the number of sets, so that these weights sum to the number of patients. Sets are the
    clusters of the variance; with replacement a patient may be in several, and each patient is one.
    """
    found = nearest_neighbours(score.logit, study.treated, asked, study.exact)
    has_any = (found.partners >= 0).any(axis=1)
    if not has_any.any():
        raise TooFewEventsError("No patient found a match.", hint="Widen the caliper, or match exactly on less.")
    weights, sets = np.zeros(study.n), np.full(study.n, -1, dtype=np.int64)
    weights[found.treated[has_any]] = 1.0
    for code, row in enumerate(np.flatnonzero(has_any)):
        chosen = found.partners[row][found.partners[row] >= 0]
        np.add.at(weights, chosen, 1.0 / chosen.size)
        sets[chosen] = sets[found.treated[row]] = code
    reference = ~study.treated & (weights > 0)
    weights[reference] *= np.count_nonzero(reference) / np.count_nonzero(has_any)
    return WeightedSample(
        method="matching",
        weights=weights,
        treated=study.treated,
        sets=None if asked.replace else sets,
        notes=_notes(study, found, score.logit, asked),
    )


def _notes(study: BalanceStudy, found: Matches, logit: FloatArray, asked: MatchingSpec) -> tuple[str, ...]:
    """Who found no match, who is left over, and how near the matches are."""
    reference, other = study.levels
    there = found.partners >= 0
    alone = int(np.count_nonzero(~there.any(axis=1)))
    used = np.unique(found.partners[there])
    rows = np.broadcast_to(found.treated[:, None], found.partners.shape)[there]
    distance = np.abs(logit[rows] - logit[found.partners[there]])
    notes = [
        f"Matched: {found.treated.size - alone} of {found.treated.size} in {other} with {used.size} of "
        f"{study.sizes[0]} in {reference}; largest distance of the logit {distance.max():.3f}"
        + (f" (caliper {found.caliper:.3f})." if np.isfinite(found.caliper) else ".")
    ]
    if alone:
        notes.append(
            f"Without a match, and left out: {alone} of {found.treated.size} in {other}; the comparison is of the "
            "others."
        )
    if asked.replace and there.sum() > used.size:
        most = int(np.unique(found.partners[there], return_counts=True)[1].max())
        notes.append(f"With replacement: one patient of {reference} stands for up to {most} of {other}.")
    short = int(np.count_nonzero(there.any(axis=1) & ~there.all(axis=1)))
    if short:
        notes.append(f"With fewer than {asked.ratio} matches: {short} of {found.treated.size} in {other}.")
    return tuple(notes)
