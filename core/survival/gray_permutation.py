"""Gray's test by permutation, for groups with too few events for its chi-squared distribution.

Belongs here: dealing the patients to the groups anew. Does not belong here: the statistic (``gray``).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.survival.competing_risks import CompetingRisks
from core.survival.gray import gray_test
from core.survival.permutation import EQUAL, SEED
from core.timetoevent import IntArray
from core.work.progress import each


@dataclass(frozen=True, slots=True, kw_only=True)
class GrayPermutation:
    """Gray's test of one cause by permutation.

    Attributes
    ----------
    p_value : float
        NaN where the test itself is not defined.
    std_error : float
        Of ``p_value`` by the drawing; 0 where exact.
    exact : bool
        Whether every way to deal the patients was counted.
    n_permutations : int
    seed : int or None
        None where exact.
    """

    p_value: float
    std_error: float
    exact: bool
    n_permutations: int
    seed: int | None


def gray_permutation(
    risks: CompetingRisks,
    codes: IntArray,
    levels: tuple[str, ...],
    *,
    draws: int,
    rho: float = 0.0,
    strata: IntArray | None = None,
    seed: int = SEED,
) -> dict[str, GrayPermutation]:
    """Share of the ways to deal the patients to groups of these sizes whose statistic is at least as large.

    Parameters
    ----------
    risks : CompetingRisks
    codes, levels, rho, strata
        As :func:`core.survival.gray_test` takes them; patients are dealt within strata.
    draws : int
        Drawn at random, unless two groups can be dealt in no more ways: then all are counted.
    seed : int

    Returns
    -------
    dict of cause to GrayPermutation

    Raises
    ------
    SpecError
        If ``draws`` is not positive; and as ``gray_test`` raises.

    Notes
    -----
    P is (1 + as large) / (1 + drawn), or the share where all are counted. It supposes that follow-up ends alike in the
    groups: unlike the chi-squared test it asks whether time, event and censoring together have nothing to do with the
    group.

    References
    ----------
    .. [1] Gray RJ. Ann Stat 1988;16:1141-1154 (statistic).
    .. [2] Phipson B, Smyth GK. Stat Appl Genet Mol Biol 2010;9:39 (one added).
    """
    if draws < 1:
        raise SpecError(f"At least one permutation must be drawn, not {draws}.")
    codes = np.asarray(codes, dtype=np.int64)
    kept = codes >= 0
    risks, codes = risks.subset(kept), codes[kept]
    strata = None if strata is None else np.asarray(strata)[kept]
    found = {name: test.statistic for name, test in gray_test(risks, codes, levels, rho=rho, strata=strata).items()}
    exact = strata is None and len(levels) == 2 and _ways(codes) <= draws
    dealt = _every(codes) if exact else _drawn(codes, strata, draws=draws, seed=seed)
    as_large, n = dict.fromkeys(found, 0), 0
    for once in dealt:
        n += 1
        for name, test in gray_test(risks, once, levels, rho=rho, strata=strata).items():
            as_large[name] += not test.statistic < found[name] * (1 - EQUAL)  # one that is not defined counts against
    return {
        name: _result(as_large[name], n, exact=exact, seed=seed, known=math.isfinite(x)) for name, x in found.items()
    }


def _ways(codes: IntArray) -> int:
    return math.comb(codes.size, int(np.count_nonzero(codes == codes[0]))) if codes.size else 0


def _every(codes: IntArray) -> Iterator[IntArray]:
    """Every way to choose the patients of the second group."""
    for chosen in itertools.combinations(range(codes.size), int(codes.sum())):
        once = np.zeros(codes.size, dtype=np.int64)
        once[list(chosen)] = 1
        yield once


def _drawn(codes: IntArray, strata: IntArray | None, *, draws: int, seed: int) -> Iterator[IntArray]:
    rng = np.random.default_rng(seed)
    places = [np.arange(codes.size)] if strata is None else [np.flatnonzero(strata == s) for s in np.unique(strata)]
    for _ in each(range(draws), "permutations"):
        once = codes.copy()
        for place in places:
            once[place] = codes[rng.permutation(place)]
        yield once


def _result(as_large: int, n: int, *, exact: bool, seed: int, known: bool) -> GrayPermutation:
    p = as_large / n if exact else (1 + as_large) / (1 + n)
    return GrayPermutation(
        p_value=p if known else math.nan,
        std_error=0.0 if exact else math.sqrt(p * (1 - p) / n),
        exact=exact,
        n_permutations=n,
        seed=None if exact else seed,
    )
