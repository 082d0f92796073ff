"""Harrell's concordance with its infinitesimal-jackknife standard error.

Belongs here: counting usable pairs in O(n log n) array operations. Does not belong here: versions weighted by the
inverse of censoring (prediction).

A pair is usable when one subject has the event at t and the other is at risk after t (or is censored at t). It is
concordant when the first has the higher score; equal scores count one half.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.timetoevent import BoolArray, FloatArray, IntArray, TimeToEvent, distinct_times

# Scores that differ by rounding only are ties: the same covariates must give the same score.
SCORE_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """Harrell's C.

    Attributes
    ----------
    value, std_error : float
        NaN without a usable pair.
    concordant, discordant, tied_score : float
        Usable pairs, each counted with the product of its case weights.
    tied_time, tied_both : float
        Pairs with events at the same time, with different and with equal scores (not usable).
    """

    value: float
    std_error: float
    concordant: float
    discordant: float
    tied_score: float
    tied_time: float
    tied_both: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Scored:
    """Subjects with a risk score, whose pairs are counted when their concordance is first asked for.

    Counting pairs takes longer than the fit that gave the scores, and most fits are never asked. Arguments are those
    of :func:`concordance`.
    """

    data: TimeToEvent
    score: FloatArray
    strata: IntArray | None = None
    cluster: IntArray | None = None

    @cached_property
    def concordance(self) -> Concordance:
        """Counted once."""
        return concordance(self.data, self.score, strata=self.strata, cluster=self.cluster)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Elements:
    """Queries (subjects with the event) and items (subjects leaving, or entering late), in order of time.

    A query looks at the items after it. At one time come: items with the event (not usable with each other), queries,
    censored items, and late entries, which take their subject back out of the sight of earlier queries.
    """

    subject: IntArray  # (m,)
    is_query: BoolArray  # (m,)
    weight: FloatArray  # (m,) of the subject; negative for a late entry
    score: IntArray  # (m,) dense rank of the subject's score


def concordance(
    data: TimeToEvent, score: FloatArray, *, strata: IntArray | None = None, cluster: IntArray | None = None
) -> Concordance:
    """Concordance of a risk score with survival (higher score, earlier event).

    Parameters
    ----------
    data : TimeToEvent
    score : array, shape (n,)
        For example the linear predictor of a Cox model.
    strata : int array, shape (n,), optional
        Pairs are formed within strata.
    cluster : int array, shape (n,), optional
        Codes; the jackknife leaves out clusters instead of subjects.

    Returns
    -------
    Concordance

    Notes
    -----
    Same as ``survival::concordance(Surv(time, event) ~ score + strata(s), reverse = TRUE)``.

    References
    ----------
    .. [1] Harrell FE, Lee KL, Mark DB. Stat Med 1996;15:361-387.
    .. [2] Therneau TM, Atkinson E. Concordance. Vignette of the R package survival.
    """
    weight = np.ones(data.n) if data.weights is None else data.weights
    rank = _score_ranks(score)
    leave, enter = _positions(data)
    counts = np.zeros(3)  # concordant, equal, usable
    share = np.zeros((3, data.n))  # of the pairs each subject is in, over its own weight
    tied = np.zeros(2)
    for rows in [np.arange(data.n)] if strata is None else _groups(strata):
        elements = _elements(rows, leave, enter, event=data.event, weight=weight, rank=rank)
        found = _pairs(elements)
        counts += found[:, elements.is_query] @ elements.weight[elements.is_query]
        sign = np.sign(elements.weight)
        share += [np.bincount(elements.subject, weights=sign * one, minlength=data.n) for one in found]
        events = rows[data.event[rows]]
        tied += _tied_events(leave[events], rank[events], weight[events])
    return _summary(counts, share, weight=weight, cluster=cluster, tied=tied)


def _summary(
    counts: FloatArray, share: FloatArray, *, weight: FloatArray, cluster: IntArray | None, tied: FloatArray
) -> Concordance:
    concordant, equal, usable = (float(count) for count in counts)
    value = std_error = np.nan
    if usable > 0:
        value = (concordant + equal / 2) / usable
        influence = weight * (share[0] + share[1] / 2 - value * share[2]) / usable
        if cluster is not None:
            influence = np.bincount(cluster, weights=influence)
        std_error = float(np.sqrt(influence @ influence))
    return Concordance(
        value=value,
        std_error=std_error,
        concordant=concordant,
        discordant=usable - concordant - equal,
        tied_score=equal,
        tied_time=float(tied[0] - tied[1]),
        tied_both=float(tied[1]),
    )


def _elements(
    rows: IntArray,
    leave: IntArray,
    enter: IntArray | None,
    *,
    event: BoolArray,
    weight: FloatArray,
    rank: IntArray,
) -> _Elements:
    """Queries and items of one stratum, sorted by time."""
    asking = rows[event[rows]]
    late = rows[:0] if enter is None else rows
    subject = np.concatenate((rows, asking, late))
    when = np.concatenate((4 * leave[rows] + np.where(event[rows], 0, 2), 4 * leave[asking] + 1))
    if enter is not None:
        when = np.concatenate((when, 4 * enter[late] + 3))
    order = np.argsort(when, kind="stable")
    is_query = np.zeros(subject.size, dtype=np.bool_)
    is_query[rows.size : rows.size + asking.size] = True
    signed = weight[subject]
    signed[rows.size + asking.size :] *= -1
    subject = subject[order]
    return _Elements(subject=subject, is_query=is_query[order], weight=signed[order], score=rank[subject])


def _pairs(elements: _Elements) -> FloatArray:
    """Per element the weight it is paired with: concordant, equal score, usable in all; shape (3, m).

    For a query that of the later items, for an item that of the earlier queries.
    """
    adds = np.where(elements.is_query, 0.0, elements.weight)
    asks = np.where(elements.is_query, elements.weight, 0.0)
    usable = np.where(elements.is_query, adds.sum() - np.cumsum(adds), np.cumsum(asks))
    return np.stack((_concordant(elements, adds, asks), _equal(elements, adds, asks), usable))


def _equal(elements: _Elements, adds: FloatArray, asks: FloatArray) -> FloatArray:
    """Weight each element is paired with at the same score, shape (m,)."""
    order = np.argsort(elements.score, kind="stable")
    score = elements.score[order]
    last = np.searchsorted(score, score, side="right")
    first = np.searchsorted(score, score, side="left")
    added = np.concatenate(([0.0], np.cumsum(adds[order])))
    asked = np.concatenate(([0.0], np.cumsum(asks[order])))
    paired = np.empty(score.size)
    paired[order] = np.where(elements.is_query[order], added[last] - added[1:], asked[:-1] - asked[first])
    return paired


def _concordant(elements: _Elements, adds: FloatArray, asks: FloatArray) -> FloatArray:
    """Weight each element is concordantly paired with, shape (m,).

    Blocks of 2, 4, 8... successive times, largest first: within a block sorted by score, a query in the earlier half is
    paired with the items of the later half before it, an item in the later half with the queries of the earlier half
    after it. Every pair of times is separated in exactly one block size, so each pair is counted once.
    """
    m = elements.score.size
    # at equal scores queries come first, so that neither sees the other
    ids = np.lexsort((~elements.is_query, elements.score))
    paired = np.zeros(m)
    index = np.arange(m)
    for bit in range(max(m - 1, 1).bit_length() - 1, -1, -1):
        is_early = (ids >> bit) & 1 == 0
        begin = (index >> (bit + 1)) << (bit + 1)
        end = np.minimum(begin + (2 << bit), m)
        added = np.concatenate(([0.0], np.cumsum(np.where(is_early, 0.0, adds[ids]))))
        asked = np.concatenate(([0.0], np.cumsum(np.where(is_early, asks[ids], 0.0))))
        seen = np.where(is_early, added[index] - added[begin], asked[end] - asked[index])
        paired[ids] += np.where(is_early == elements.is_query[ids], seen, 0.0)
        # split each block into its halves, keeping the order by score: halves are full but for the last block's
        n_early = np.cumsum(is_early)
        place = (index >> (bit + 1)) << bit
        place = place + np.where(is_early, n_early - 1, (1 << bit) + index - n_early)
        split = np.empty_like(ids)
        split[place] = ids
        ids = split
    return paired


def _tied_events(leave: IntArray, rank: IntArray, weight: FloatArray) -> FloatArray:
    """Weighted pairs of events at one time, and of those at one time with one score."""
    if not leave.size:
        return np.zeros(2)
    both = leave * (int(rank.max()) + 1) + rank
    pairs = np.zeros(2)
    for i, key in enumerate((leave, both)):
        code = np.unique(key, return_inverse=True)[1]
        pairs[i] = (np.bincount(code, weights=weight) ** 2).sum() / 2 - (weight @ weight) / 2
    return pairs


def _score_ranks(score: FloatArray) -> IntArray:
    """Dense ranks, equal where scores differ by rounding only."""
    order = np.argsort(score, kind="stable")
    ordered = score[order]
    tolerance = SCORE_TOLERANCE * max(1.0, float(np.abs(ordered[[0, -1]]).max()))
    ranks = np.empty(score.size, dtype=np.int64)
    ranks[order] = np.concatenate(([0], np.cumsum(np.diff(ordered) > tolerance)))
    return ranks


def _positions(data: TimeToEvent) -> tuple[IntArray, IntArray | None]:
    if data.entry is None:
        return distinct_times(data.time)[1], None
    position = distinct_times(np.concatenate((data.time, data.entry)))[1]
    return position[: data.n], position[data.n :]


def _groups(strata: IntArray) -> list[IntArray]:
    """Rows of each stratum."""
    order = np.argsort(strata, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(strata[order])) + 1)
