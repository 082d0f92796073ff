"""Gray's test of equal cumulative incidence of an event in all groups.

Belongs here: the score and its variance, overall and pairwise. Does not belong here: the curves
(``cumulative_incidence``).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from core.errors import SpecError
from core.spec import Adjustment
from core.survival.compare import PairwiseTest, pairwise_tests
from core.survival.competing_risks import CauseTable, CompetingRisks, cause_table
from core.survival.incidence_error import tie_correction
from core.survival.rank_test import RankSums, chi_squared_p
from core.survival.strata import need_two_groups_with_events, stratum_masks
from core.timetoevent import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GrayTest:
    """Gray's test of one cause.

    Attributes
    ----------
    cause : str
    rho : float
        0 gives all times the same weight, 1 early ones more.
    statistic, p_value : float
        Chi-squared; NaN where there is no test, which ``notes`` explain.
    df : int
    levels : tuple of str, length g
    observed, expected : array, shape (g,)
        Events of the cause (weighted under another rho), and how many were expected were the incidences equal.
    pairwise : tuple of PairwiseTest
    notes : tuple of str
    """

    cause: str
    rho: float
    statistic: float
    df: int
    p_value: float
    levels: tuple[str, ...]
    observed: FloatArray
    expected: FloatArray
    pairwise: tuple[PairwiseTest, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.observed.setflags(write=False)
        self.expected.setflags(write=False)


def gray_test(
    risks: CompetingRisks,
    codes: IntArray,
    levels: tuple[str, ...],
    *,
    rho: float = 0.0,
    strata: IntArray | None = None,
    pairwise: Adjustment | None = None,
) -> dict[str, GrayTest]:
    r"""Compare the cumulative incidence of each cause between groups.

    Asks whether the probability of having had the event by a time is the same in all groups, the other events
    competing; unlike the log-rank test of one cause, which asks for the hazard among those still event-free.

    Parameters
    ----------
    risks : CompetingRisks
    codes : int array, shape (n,)
        Group of each subject as a position in ``levels``; negative is left out.
    levels : tuple of str
        Two or more.
    rho : float
        Weight :math:`(1 - F(t-))^\rho`.
    strata : int array, shape (n,), optional
        Stratum of each subject; scores and variances are summed over strata. Negative is left out.
    pairwise : {'none', 'holm', 'bonferroni', 'bh'}, optional
        Also compare every two groups.

    Returns
    -------
    dict of cause to GrayTest

    Raises
    ------
    TooFewEventsError
        With fewer than two groups with patients, or no event of any cause.
    InvalidTimeToEventError
        If codes or strata do not fit the data.
    SpecError
        If ``rho`` is negative, or with delayed entry.

    Notes
    -----
    With :math:`h_g = n_g / S_g(t-)` and :math:`R_g = h_g (1 - F_g(t-))`, the expected events at a time are
    :math:`d R_g / \sum R`. Same as ``cmprsk::cuminc(time, cause, group, strata, rho)$Tests``. With delayed entry the
    numbers at risk do not fall as the weights :math:`1/S` suppose, so there is no test.

    References
    ----------
    .. [1] Gray RJ. Ann Stat 1988;16:1141-1154.
    """
    if risks.data.entry is not None:
        raise SpecError("Gray's test is not defined with delayed entry.", hint="Compare the cause-specific hazards.")
    if not rho >= 0:
        raise SpecError(f"Rho must not be negative: {rho:g}.", hint="Use 0, or 1 for more weight on early times.")
    tables = _tables(risks, codes, levels, strata=strata)
    n = np.sum([table.whole.n_subjects for table in tables], axis=0)
    need_two_groups_with_events(levels, n, any_event=any(table.n_events.any() for table in tables))
    return {
        name: _test(tables, cause, rho=rho, pairwise=pairwise, n=n, weighted=risks.data.weights is not None)
        for cause, name in enumerate(risks.causes)
    }


def gray_sums(table: CauseTable, cause: int, *, rho: float = 0.0) -> RankSums:
    r"""Score of one cause in one stratum: observed and expected events of each group, and their covariance.

    Notes
    -----
    With :math:`F_0` the incidence common to all groups under the null hypothesis, :math:`dF_0 = d / \sum_g h_g`, the
    weight is :math:`w = (1 - F_0(t-))^\rho`. The covariance is the sum over events of the outer product of their
    influences on the score: an event of the cause in group :math:`k` moves the score of :math:`i` by
    :math:`a_{ik} + b_k (c_{ik}(\infty) - c_{ik})`, another event by the second part with
    :math:`b_k = (1 - F_0) / S_k`, where :math:`a_{ik} = w h_i (\delta_{ik} - h_k / \sum h)` and
    :math:`c_{ik} = \int a_{ik} dF_0 / (1 - F_0)`.
    """
    columns = np.flatnonzero(table.n_events.any(axis=(0, 1)))
    n = table.whole.n_at_risk[:, columns].astype(np.float64)
    own = table.n_events[cause][:, columns].astype(np.float64)
    other = table.whole.n_events[:, columns] - own
    after = np.cumprod(_over(n - own - other, n, otherwise=1.0), axis=1, dtype=np.float64)
    before = _shifted(after, 1.0)
    incidence_before = _shifted(np.cumsum(before * _over(own, n), axis=1), 0.0)
    h = _over(n, before)
    total = h.sum(axis=0)
    d = own.sum(axis=0)
    common = np.cumsum(d / total)
    common_before = _shifted(common, 0.0)
    still = h * (1 - incidence_before)
    weight = np.maximum(1 - common_before, 0.0) ** rho
    a = weight * h[:, None] * (np.eye(len(n))[:, :, None] - h / total)
    c = np.cumsum(a * (d / total / (1 - common_before)), axis=2)
    to_come = c[:, :, -1:] - c
    reach = _over(np.broadcast_to(1 - common, after.shape), after)
    spread = tie_correction(np.broadcast_to(d, n.shape), total * before) * before * _over(d / total, n)
    spread_other = np.where(after > 0, tie_correction(other, n) * _over(before, n) ** 2 * other, 0.0)
    influence, influence_other = a + (1 - reach) * to_come, reach * to_come
    covariance = np.zeros((len(n), len(n)))
    for k in range(len(n)):
        covariance += (influence[:, k] * spread[k]) @ influence[:, k].T
        covariance += (influence_other[:, k] * spread_other[k]) @ influence_other[:, k].T
    return RankSums(observed=own @ weight, expected=(still / still.sum(axis=0)) @ (weight * d), covariance=covariance)


def _over(top: FloatArray, bottom: FloatArray, *, otherwise: float = 0.0) -> FloatArray:
    """Quotient, or ``otherwise`` where the divisor is 0."""
    quotient: FloatArray = np.divide(top, bottom, out=np.full(bottom.shape, otherwise), where=bottom > 0)
    return quotient


def _shifted(values: FloatArray, first: float) -> FloatArray:
    """The value just before each time, given the one after it along the last axis."""
    return np.concatenate((np.full((*values.shape[:-1], 1), first), values[..., :-1]), axis=-1)


def _tables(
    risks: CompetingRisks, codes: IntArray, levels: tuple[str, ...], *, strata: IntArray | None
) -> list[CauseTable]:
    """One table per stratum."""
    if strata is None:
        return [cause_table(risks, codes, levels)]
    codes = np.asarray(codes, dtype=np.int64)
    masks = stratum_masks(risks.data, codes, strata)
    return [cause_table(risks.subset(mask), codes[mask], levels) for mask in masks]


def _test(
    tables: list[CauseTable],
    cause: int,
    *,
    rho: float,
    pairwise: Adjustment | None,
    n: IntArray,
    weighted: bool,
) -> GrayTest:
    sums = _summed(tables, cause, rho)
    statistic, df = _chi_squared(sums)
    return GrayTest(
        cause=tables[0].causes[cause],
        rho=rho,
        statistic=statistic,
        df=df,
        p_value=chi_squared_p(statistic, df),
        levels=tables[0].levels,
        observed=sums.observed,
        expected=sums.expected,
        pairwise=() if pairwise is None else _pairs(tables, cause, rho, pairwise),
        notes=_notes(tables, cause, n=n, df=df, weighted=weighted),
    )


def _summed(tables: list[CauseTable], cause: int, rho: float) -> RankSums:
    parts = [gray_sums(table, cause, rho=rho) for table in tables]
    return RankSums(
        observed=np.sum([part.observed for part in parts], axis=0),
        expected=np.sum([part.expected for part in parts], axis=0),
        covariance=np.sum([part.covariance for part in parts], axis=0),
    )


def _chi_squared(sums: RankSums) -> tuple[float, int]:
    """Statistic and degrees of freedom; none where the common incidence reached 1 before the last event."""
    return sums.test() if np.isfinite(sums.covariance).all() else (math.nan, 0)


def _pairs(tables: list[CauseTable], cause: int, rho: float, adjustment: Adjustment) -> tuple[PairwiseTest, ...]:
    levels = tables[0].levels
    pairs = list(itertools.combinations(range(len(levels)), 2))
    tests = [_chi_squared(_summed([table.select([a, b]) for table in tables], cause, rho)) for a, b in pairs]
    return pairwise_tests(levels, pairs, tests, adjustment)


def _notes(tables: list[CauseTable], cause: int, *, n: IntArray, df: int, weighted: bool) -> tuple[str, ...]:
    levels, name = tables[0].levels, tables[0].causes[cause]
    notes = [f"No patients in {level}." for level, count in zip(levels, n, strict=True) if not count]
    if not any(table.n_events[cause].any() for table in tables):
        notes.append(f"Nobody had {name}: there is no test of its incidence.")
    elif df == 0:
        notes.append(f"There is no test of the incidence of {name}.")
    if len(tables) > 1:
        notes.append(f"Stratified: {len(tables)} strata.")
    if weighted:
        notes.append("Case weights count as that many patients; for propensity weights the p-value is not valid.")
    return tuple(notes)
