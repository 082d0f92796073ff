"""Comparing groups with the log-rank family: overall, stratified, pairwise and for trend.

Belongs here: which groups meet which, and what is reported. Does not belong here: the sums themselves
(``rank_test``), their weights (``weights``), p-value adjustment (``adjustment``), Prism's ratios (``conventions``).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import SpecError
from core.spec import Adjustment, FlemingHarrington, RankTest, Weighting
from core.survival.adjustment import adjusted
from core.survival.conventions import PRISM_QUANTILE, two_group_conventions
from core.survival.event_table import EventTable, event_table
from core.survival.quantiles import IntervalEstimate
from core.survival.rank_test import RankSums, chi_squared_p, rank_sums
from core.survival.strata import need_two_groups_with_events, stratum_masks
from core.timetoevent import FloatArray, IntArray, TimeToEvent

if TYPE_CHECKING:
    from core.survival.max_combo import MaxCombo
    from core.survival.permutation import PermutationTest


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseTest:
    """Two of the groups compared with each other alone; ``p_adjusted`` is for all pairs of the comparison."""

    a: str
    b: str
    statistic: float
    p_value: float
    p_adjusted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendTest:
    """Test for trend over ordered groups, scores 1 to g.

    Attributes
    ----------
    statistic : float
        Chi-squared, one degree of freedom.
    p_value : float
    z : float
        Positive where later groups have more events than expected.
    """

    statistic: float
    p_value: float
    z: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Log-rank family test of groups.

    Attributes
    ----------
    weighting : RankTest
    statistic, p_value : float
        Chi-squared; of MaxCombo the largest statistic in size.
    df : int
        0 without a test, and of MaxCombo, which has none.
    levels : tuple of str, length g
    n : int array, shape (g,)
        Subjects.
    observed, expected : array, shape (g,)
        Events; weighted sums under another weighting than the log-rank, as ``survdiff`` prints them.
    covariance : array, shape (g, g)
        Of ``observed - expected``.
    z : float
        Two groups: square root of the statistic, positive where the other level has more events than expected;
        else NaN.
    pairwise : tuple of PairwiseTest
    trend : TrendTest or None
    max_combo : MaxCombo or None
        Behind the statistic, where that is the test.
    permutation : PermutationTest or None
        The same test by permutation, where it was asked for.
    conventions : dict of str to IntervalEstimate, or None
        Two groups: ``logrank_hazard_ratio``, ``mantel_haenszel_hazard_ratio``, ``median_ratio``.
    notes : tuple of str
    """

    weighting: RankTest
    statistic: float
    df: int
    p_value: float
    levels: tuple[str, ...]
    n: IntArray
    observed: FloatArray
    expected: FloatArray
    covariance: FloatArray
    z: float = math.nan
    pairwise: tuple[PairwiseTest, ...] = ()
    trend: TrendTest | None = None
    max_combo: MaxCombo | None = None
    permutation: PermutationTest | None = None
    conventions: dict[str, IntervalEstimate] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for array in (self.n, self.observed, self.expected, self.covariance):
            array.setflags(write=False)


def compare(  # noqa: PLR0913 - one keyword per option of the specification
    data: TimeToEvent,
    codes: IntArray,
    levels: tuple[str, ...],
    reference: str | None = None,
    *,
    weighting: Weighting = "logrank",
    strata: IntArray | None = None,
    pairwise: Adjustment | None = None,
    trend: bool = False,
    conf_level: float = 0.95,
) -> Comparison:
    """Compare survival between groups.

    Asks whether the hazards of the groups are the same at every time; the weighting says which times count most
    (``logrank`` all alike, ``gehan``, ``tarone-ware`` and ``peto`` early ones).

    Parameters
    ----------
    data : TimeToEvent
        Entry and case weights are honoured; weights count as that many subjects.
    codes : int array, shape (n,)
        Group of each subject as a position in ``levels``; negative is left out.
    levels : tuple of str
        Two or more, in the order that ``trend`` takes.
    reference : str, optional
        The level that the two-group conventions are over; the first unless named.
    weighting : Weighting
    strata : int array, shape (n,), optional
        Stratum of each subject; observed, expected and covariance are summed over strata. Negative is left out.
    pairwise : {'none', 'holm', 'bonferroni', 'bh'}, optional
        Also compare every two groups, adjusting the p-values in this way.
    trend : bool
        Also test for trend with scores 1 to g.
    conf_level : float
        Of the two-group conventions.

    Returns
    -------
    Comparison

    Raises
    ------
    TooFewEventsError
        With fewer than two groups with patients, or no event at all.
    SpecError
        If ``reference`` is not a level, or an option is unknown.
    InvalidTimeToEventError
        If codes or strata do not fit the data.

    Notes
    -----
    Same as ``survival::survdiff(Surv(time, event) ~ group + strata(stratum))``; Fleming-Harrington (1, 0) is its
    ``rho = 1``. Prism's "logrank (Mantel-Cox)" is the same test. Groups without patients, or never at risk at an
    event time, take no degree of freedom. Pairs are tested on the two groups alone, stratified if the test is.

    References
    ----------
    .. [1] Mantel N. Cancer Chemother Rep 1966;50:163-170.
    .. [2] Harrington DP, Fleming TR. Biometrika 1982;69:553-566.
    .. [3] Tarone RE. Biometrika 1975;62:679-682 (trend).
    """
    if reference is not None and reference not in levels:
        raise SpecError(f"Reference '{reference}' is not one of the levels {list(levels)}.")
    tables = stratum_tables(data, codes, levels, strata=strata)
    n = np.sum([table.n_subjects for table in tables], axis=0)
    need_two_groups_with_events(levels, n, any_event=any(table.n_events.any() for table in tables))
    sums = rank_sums(tables, weighting)
    statistic, df = sums.test()
    conventions = None
    if len(levels) == 2:
        whole = tables[0] if strata is None else event_table(data, codes, levels)
        plain = sums if strata is None and weighting == "logrank" else rank_sums([whole])
        conventions = two_group_conventions(
            whole, plain, reference=levels.index(reference) if reference else 0, conf_level=conf_level
        )
    return Comparison(
        weighting=weighting,
        statistic=statistic,
        df=df,
        p_value=chi_squared_p(statistic, df),
        levels=tuple(levels),
        n=n,
        observed=sums.observed,
        expected=sums.expected,
        covariance=sums.covariance,
        z=_signed(sums, statistic, other=0 if reference == levels[-1] else 1) if len(levels) == 2 else math.nan,
        pairwise=_pairs(tables, weighting, pairwise) if pairwise is not None else (),
        trend=_trend(sums) if trend else None,
        conventions=conventions,
        notes=_notes(
            data, sums, tables, n=n, df=df, weighting=weighting, conventions=conventions, conf_level=conf_level
        ),
    )


def stratum_tables(
    data: TimeToEvent, codes: IntArray, levels: tuple[str, ...], *, strata: IntArray | None
) -> list[EventTable]:
    """One event table per stratum; one of all without strata."""
    if strata is None:
        return [event_table(data, codes, levels)]
    codes = np.asarray(codes, dtype=np.int64)
    masks = stratum_masks(data, codes, strata)
    return [event_table(data.subset(mask), codes[mask], levels) for mask in masks]


def _signed(sums: RankSums, statistic: float, *, other: int) -> float:
    """Signed square root of a two-group statistic."""
    return math.copysign(math.sqrt(statistic), float(sums.excess[other])) if statistic >= 0 else math.nan


def _pairs(tables: list[EventTable], weighting: Weighting, adjustment: Adjustment) -> tuple[PairwiseTest, ...]:
    levels = tables[0].levels
    pairs = list(itertools.combinations(range(len(levels)), 2))
    tests = [rank_sums([table.select([a, b]) for table in tables], weighting).test() for a, b in pairs]
    return pairwise_tests(levels, pairs, tests, adjustment)


def pairwise_tests(
    levels: tuple[str, ...], pairs: list[tuple[int, int]], tests: list[tuple[float, int]], adjustment: Adjustment
) -> tuple[PairwiseTest, ...]:
    """Statistics and degrees of freedom of pairs of levels as tests, with p-values adjusted for all of them."""
    p_values = [chi_squared_p(statistic, df) for statistic, df in tests]
    return tuple(
        PairwiseTest(a=levels[a], b=levels[b], statistic=statistic, p_value=p_value, p_adjusted=float(p_adjusted))
        for (a, b), (statistic, _), p_value, p_adjusted in zip(
            pairs, tests, p_values, adjusted(p_values, adjustment), strict=True
        )
    )


def _trend(sums: RankSums) -> TrendTest:
    scores = np.arange(1, sums.observed.size + 1, dtype=np.float64)
    variance = float(scores @ sums.covariance @ scores)
    if variance <= 0:
        return TrendTest(statistic=math.nan, p_value=math.nan, z=math.nan)
    z = float(scores @ sums.excess) / math.sqrt(variance)
    return TrendTest(statistic=z * z, p_value=chi_squared_p(z * z, 1), z=z)


def _notes(
    data: TimeToEvent,
    sums: RankSums,
    tables: list[EventTable],
    *,
    n: IntArray,
    df: int,
    weighting: Weighting,
    conventions: dict[str, IntervalEstimate] | None,
    conf_level: float,
) -> tuple[str, ...]:
    levels = tables[0].levels
    notes = [f"No patients in {level}." for level, count in zip(levels, n, strict=True) if not count]
    informative = set(sums.informative.tolist())
    notes += [
        f"Nobody in {level} was at risk when events occurred: it does not enter the test."
        for group, level in enumerate(levels)
        if n[group] and group not in informative
    ]
    if df == 0:
        notes.append("No two groups were at risk together when events occurred: there is no test.")
    elif df < len(informative) - 1:
        notes.append("Some groups were never at risk at the same time: the test has fewer degrees of freedom.")
    if len(tables) > 1:
        notes.append(f"Stratified: {len(tables)} strata.")
    if data.weights is not None:
        notes.append("Case weights count as that many patients; for propensity weights the p-value is not valid.")
    if conventions is not None:
        notes += _convention_notes(conventions, stratified=len(tables) > 1, weighting=weighting, conf_level=conf_level)
    return tuple(notes)


def _convention_notes(
    conventions: dict[str, IntervalEstimate], *, stratified: bool, weighting: Weighting, conf_level: float
) -> list[str]:
    quantile = f"the quantile {PRISM_QUANTILE}" if conf_level == 0.95 else "the normal quantile"
    notes = [f"Two-group ratios follow GraphPad Prism's formulas, with {quantile}."]
    if stratified or isinstance(weighting, FlemingHarrington) or weighting != "logrank":
        notes.append("Two-group ratios are from the unweighted, unstratified log-rank test.")
    if math.isnan(conventions["median_ratio"].value):
        notes.append("No ratio of medians: a median was not reached.")
    return notes
