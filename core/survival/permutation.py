"""The log-rank test by permutation, for groups too small for its chi-squared distribution.

Belongs here: scores, exact and drawn permutations. Does not belong here: the asymptotic test (``compare``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.spec import Weighting
from core.survival.event_table import checked_codes, event_table
from core.survival.rank_test import chi_squared_p
from core.survival.strata import need_two_groups_with_events, stratum_masks
from core.survival.weights import weights
from core.timetoevent import TIE_TOLERANCE, FloatArray, IntArray, TimeToEvent
from core.work.progress import each

SEED = 20250101
DRAWS = 100_000
CELLS = 1 << 21  # subjects times draws held at once
SUBSETS = 1 << 20  # of either half, for the exact distribution
EQUAL = 1e-10  # sums this close, relative to the root of the sum of squares, are as extreme


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PermutationTest:
    """Permutation test of groups.

    Attributes
    ----------
    weighting : Weighting
    statistic : float
        Chi-squared with the permutation variance; as extreme means as large.
    df : int
    z : float
        Two groups: its signed root, positive where the last level has more events than expected; else NaN.
    p_value : float
        Share of the permutations at least as extreme.
    asymptotic_p_value : float
        Of the same statistic by the chi-squared distribution, for comparison.
    exact : bool
        Whether every permutation was counted.
    n_permutations : int
        All there are, or those drawn.
    seed : int or None
        Of the drawing; None where exact.
    std_error : float
        Of ``p_value`` by the drawing; 0 where exact.
    levels : tuple of str
    n : int array, shape (g,)
    notes : tuple of str
    """

    weighting: Weighting
    statistic: float
    df: int
    z: float
    p_value: float
    asymptotic_p_value: float
    exact: bool
    n_permutations: int
    seed: int | None
    std_error: float
    levels: tuple[str, ...]
    n: IntArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.n.setflags(write=False)


def permutation_test(
    data: TimeToEvent,
    codes: IntArray,
    levels: tuple[str, ...],
    *,
    weighting: Weighting = "logrank",
    strata: IntArray | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> PermutationTest:
    r"""Log-rank family test by permuting who is in which group.

    Parameters
    ----------
    data : TimeToEvent
        Without case weights.
    codes : int array, shape (n,)
        Group of each subject as a position in ``levels``; negative is left out.
    levels : tuple of str
        Two or more.
    weighting : Weighting
        As in :func:`core.survival.compare`.
    strata : int array, shape (n,), optional
        Permute within strata only. Negative is left out.
    draws : int
        Permutations to draw where there are too many to count.
    seed : int
        Of the drawing.

    Returns
    -------
    PermutationTest

    Raises
    ------
    SpecError
        With case weights, or fewer than one draw.
    TooFewEventsError
        With fewer than two groups with patients, or no event.

    Notes
    -----
    Observed minus expected of a group is the sum of its subjects' scores :math:`w(t_i) \delta_i - \sum_{t_j \le t_i}
    w_j d_j / n_j`, which permuting does not change. Two unstratified groups are counted exactly as long as neither half
    of the subjects has more than a million subsets up to the size of the smaller group (40 subjects at any sizes, 200
    with 3 in one group): sums of both halves are sorted and joined. Else :math:`P = (1 + extreme) / (1 + draws)`. Same
    as ``coin::logrank_test(Surv(time, event) ~ group, distribution = "exact")``, ties included, as long as coin's
    ``ties.method`` is its default (mid-ranks). Supposes that, were there no difference, censoring would be alike in the
    groups too.

    References
    ----------
    .. [1] Peto R, Peto J. J R Stat Soc A 1972;135:185-207.
    .. [2] Heimann G, Neuhaus G. Biometrics 1998;54:168-184.
    """
    if data.weights is not None:
        raise SpecError("Case weights cannot be permuted.", hint="Use the log-rank test, or leave the weights out.")
    if draws < 1:
        raise SpecError(f"At least one permutation must be drawn, not {draws}.")
    codes = checked_codes(data, codes, levels)
    inside = codes >= 0
    masks = [mask & inside for mask in stratum_masks(data, codes, strata)]
    parts = [(_scores(data.subset(mask), weighting), codes[mask]) for mask in masks if mask.any()]
    n = np.bincount(np.concatenate([group for _, group in parts] or [codes[:0]]), minlength=len(levels))
    any_event = any(bool(data.event[mask].any()) for mask in masks)
    need_two_groups_with_events(levels, n, any_event=any_event)
    present = np.flatnonzero(n)
    parts = [(scores, np.searchsorted(present, group)) for scores, group in parts]
    sums = _sums(parts, present.size)
    inverse, df = _inverse(parts, present.size)
    statistic = float(sums @ inverse @ sums) if df else math.nan
    extreme, total, exact = _count(parts, sums, inverse, df=df, draws=draws, seed=seed)
    p_value = (extreme / total if exact else (1 + extreme) / (1 + total)) if df else math.nan
    return PermutationTest(
        weighting=weighting,
        statistic=statistic,
        df=df,
        z=math.copysign(math.sqrt(statistic), float(sums[-1])) if len(levels) == 2 and df else math.nan,
        p_value=p_value,
        asymptotic_p_value=chi_squared_p(statistic, df),
        exact=exact,
        n_permutations=total,
        seed=None if exact else seed,
        std_error=0.0 if exact else math.sqrt(p_value * (1 - p_value) / total) if df else math.nan,
        levels=tuple(levels),
        n=n,
        notes=_notes(total, None if exact else seed, n_strata=len(masks), df=df),
    )


_Parts = list[tuple[FloatArray, IntArray]]


def _scores(data: TimeToEvent, weighting: Weighting) -> FloatArray:
    """Score of each subject of a stratum, shape (n,); they add up to 0."""
    table = event_table(data)
    d, n = table.n_events[0].astype(np.float64), table.n_at_risk[0].astype(np.float64)
    w = np.zeros(d.shape)
    w[d > 0] = weights(weighting, n[d > 0], d[d > 0])
    expected = np.append(0.0, np.cumsum(np.divide(w * d, n, out=np.zeros(n.shape), where=d > 0)))
    row = np.searchsorted(table.time, data.time * (1 + TIE_TOLERANCE), side="right")
    scores = np.where(data.event, w[row - 1], 0.0) - expected[row]
    if data.entry is not None:
        scores = scores + expected[np.searchsorted(table.time, data.entry * (1 + TIE_TOLERANCE), side="right")]
    return np.asarray(scores, dtype=np.float64)


def _sums(parts: _Parts, groups: int) -> FloatArray:
    sums = np.zeros(groups)
    for scores, group in parts:
        sums += np.bincount(group, scores, minlength=groups)
    return sums


def _inverse(parts: _Parts, groups: int) -> tuple[FloatArray, int]:
    """Generalised inverse of the permutation covariance of the sums, and its rank."""
    covariance = np.zeros((groups, groups))
    for scores, group in parts:
        size = np.bincount(group, minlength=groups).astype(np.float64)
        total = size.sum()
        if total > 1:
            spread = float(np.square(scores).sum()) / (total * (total - 1))
            covariance += spread * (np.diag(total * size) - np.outer(size, size))
    scale = float(np.trace(covariance))
    if not scale > 0:
        return covariance, 0
    inverse = np.asarray(np.linalg.pinv(covariance, rcond=EQUAL, hermitian=True), dtype=np.float64)
    return inverse, int(np.linalg.matrix_rank(covariance, tol=EQUAL * scale, hermitian=True))


def _count(
    parts: _Parts, sums: FloatArray, inverse: FloatArray, *, df: int, draws: int, seed: int
) -> tuple[int, int, bool]:
    """Permutations at least as extreme, permutations in all, and whether those are all there are."""
    if not df:
        return 0, 0, False
    if len(parts) == 1 and sums.size == 2:
        scores, group = parts[0]
        chosen = int((group == 1).sum())
        size = min(chosen, scores.size - chosen)
        if _subsets((scores.size + 1) // 2, size) <= SUBSETS:
            return count_extreme(scores, size, abs(float(sums[1]))), math.comb(scores.size, size), True
    statistic = float(sums @ inverse @ sums)
    rng = np.random.default_rng(seed)
    rows = max(1, CELLS // sum(scores.size for scores, _ in parts))
    extreme = 0
    for start in each(range(0, draws, rows), "permutations"):
        drawn = np.sum([_drawn(rng, *part, rows=min(rows, draws - start), groups=sums.size) for part in parts], axis=0)
        extreme += int(((drawn @ inverse * drawn).sum(axis=1) >= statistic * (1 - EQUAL)).sum())
    return extreme, draws, False


def _drawn(rng: np.random.Generator, scores: FloatArray, group: IntArray, *, rows: int, groups: int) -> FloatArray:
    """Sums of scores by group in random permutations, shape (rows, groups)."""
    permuted = rng.permuted(np.broadcast_to(group.astype(np.int8), (rows, group.size)), axis=1)
    first = np.stack([(permuted == g) @ scores for g in range(groups - 1)], axis=1)
    return np.column_stack((first, scores.sum() - first.sum(axis=1)))


def _subsets(n: int, size: int) -> int:
    """Subsets of ``n`` with at most ``size`` members."""
    return sum(math.comb(n, k) for k in range(min(size, n) + 1))


def count_extreme(scores: FloatArray, size: int, limit: float) -> int:
    """Subsets of ``size`` subjects whose scores add up to ``limit`` or more, or to minus that or less.

    The sums of the subsets of either half of the subjects are sorted by size of subset; a subset of all is one of each.
    """
    halves = [_sums_by_size(half, size) for half in np.array_split(np.sort(scores), 2)]
    limit -= EQUAL * math.sqrt(float(np.square(scores).sum()))
    extreme = 0
    for k, left in enumerate(halves[0]):
        if size - k >= len(halves[1]):
            continue
        right = halves[1][size - k]
        above = right.size - np.searchsorted(right, limit - left, side="left")
        below = np.searchsorted(right, -limit - left, side="right")
        # A limit of 0 makes everything extreme, once.
        extreme += int(np.minimum(above + below, right.size).sum())
    return extreme


def _sums_by_size(scores: FloatArray, size: int) -> list[FloatArray]:
    """Sorted sums of the subsets with 0, 1, ... ``size`` members."""
    sums = [np.zeros(1)]
    for score in scores:
        longer = [np.concatenate(pair) for pair in zip(sums[1:], [part + score for part in sums[:-1]], strict=True)]
        sums = [sums[0], *longer] + ([sums[-1] + score] if len(sums) <= size else [])
    return [np.sort(part) for part in sums]


def _notes(total: int, seed: int | None, *, n_strata: int, df: int) -> tuple[str, ...]:
    if not df:
        return ("All permutations are alike: there is no test.",)
    notes = [
        f"All {total:,} permutations of the groups were counted."
        if seed is None
        else f"{total:,} random permutations of the groups were drawn (seed {seed}); the error is that of the drawing."
    ]
    if n_strata > 1:
        notes.append(f"Permuted within {n_strata} strata.")
    notes.append("Permuting supposes that censoring would be alike in the groups were there no difference.")
    return tuple(notes)
