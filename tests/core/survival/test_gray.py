"""Gray's test."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from core.errors import InvalidTimeToEventError, SpecError, TooFewEventsError
from core.survival.compare import compare
from core.survival.competing_risks import CompetingRisks
from core.survival.gray import gray_test
from core.timetoevent import TimeToEvent
from tests.core.survival import competing
from tests.core.survival.cohorts import random_cohort, repeated
from tests.core.survival.competing import five_subjects, random_risks, risks_of

AB, ABC = ("A", "B"), ("A", "B", "C")


def test_three_subjects_by_hand():
    # A: recurrence at 1, death at 2. B: recurrence at 3.
    # At 1: h = 2 and 1, so E_A = 2/3. At 3 only B is left: E_B = 1.
    tests = gray_test(risks_of([1, 2, 3], [1, 2, 1]), np.array([0, 0, 1]), AB)
    recurrence = tests["recurrence"]

    assert recurrence.observed.tolist() == [1, 1]
    np.testing.assert_allclose(recurrence.expected, [2 / 3, 4 / 3], rtol=1e-14)


def test_two_subjects_by_hand():
    # one of each group, recurrence at 1 in A: score 1/2, variance 1/4 as the log-rank test's
    (recurrence, _) = gray_test(risks_of([1, 2], [1, 0]), np.array([0, 1]), AB).values()

    assert recurrence.observed.tolist() == [1, 0]
    assert recurrence.expected.tolist() == [0.5, 0.5]
    assert recurrence.statistic == pytest.approx(1, rel=1e-14)
    assert (recurrence.df, recurrence.levels, recurrence.rho) == (1, AB, 0)


@pytest.mark.parametrize("rho", [0, 1, 0.5])
@pytest.mark.parametrize("groups", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_naive_second_implementation(seed, groups, rho):
    risks, codes = random_risks(seed, groups=groups, n=90)
    for cause, test in enumerate(gray_test(risks, codes, ABC[:groups], rho=rho).values(), start=1):
        observed, expected, covariance = competing.gray(risks, codes, groups, cause=cause, rho=rho)
        kept = slice(0, groups - 1)
        excess = (observed - expected)[kept]
        np.testing.assert_allclose(test.observed, observed, rtol=1e-11)
        np.testing.assert_allclose(test.expected, expected, rtol=1e-11)
        assert test.statistic == pytest.approx(excess @ np.linalg.solve(covariance[kept, kept], excess), rel=1e-8)
        assert test.observed.sum() == pytest.approx(test.expected.sum(), rel=1e-12)


def test_is_close_to_the_log_rank_test_with_a_single_cause():
    # not the same: Gray's variance is not the hypergeometric one
    data, codes = random_cohort(4, n=300, groups=2)
    risks = CompetingRisks(data=data, cause=data.event.astype(int), causes=("death",))
    gray, logrank = gray_test(risks, codes, AB)["death"], compare(data, codes, AB)

    np.testing.assert_allclose(gray.observed, logrank.observed)
    np.testing.assert_allclose(gray.expected, logrank.expected, rtol=1e-12)
    assert gray.statistic == pytest.approx(logrank.statistic, rel=0.03)


def test_the_level_is_kept_under_the_null_hypothesis():
    rng = np.random.default_rng(5)
    p_values = []
    for _ in range(400):
        time, cause = np.ceil(rng.exponential(10, 80)), rng.integers(0, 3, 80)
        p_values.append(gray_test(risks_of(time, cause), rng.integers(0, 2, 80), AB)["recurrence"].p_value)
    rejected = np.mean(np.array(p_values) < 0.05)

    assert 0.02 < rejected < 0.085


def test_names_of_groups_do_not_matter():
    risks, codes = random_risks(6)
    one, other = gray_test(risks, codes, ABC), gray_test(risks, np.array([2, 0, 1])[codes], ABC)
    for cause in risks.causes:
        assert one[cause].statistic == pytest.approx(other[cause].statistic, rel=1e-10)


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(7, weights=True)
    cause = np.where(data.event, np.random.default_rng(7).integers(1, 3, data.n), 0)
    rows = np.repeat(np.arange(data.n), data.weights.astype(int))
    plain = CompetingRisks(data=repeated(data, codes)[0], cause=cause[rows], causes=("x", "y"))
    weighted = gray_test(CompetingRisks(data=data, cause=cause, causes=("x", "y")), codes, ABC)

    for name, test in gray_test(plain, codes[rows], ABC).items():
        assert weighted[name].statistic == pytest.approx(test.statistic, rel=1e-10)
        assert any("Case weights" in note for note in weighted[name].notes)


def test_strata_are_summed():
    risks, codes = random_risks(8, n=120, groups=2)
    strata = np.random.default_rng(8).integers(0, 3, 120)
    whole = gray_test(risks, codes, AB, strata=strata)
    parts = [competing.gray(risks.subset(strata == s), codes[strata == s], 2, cause=1, rho=0) for s in range(3)]
    score = sum((observed - expected)[0] for observed, expected, _ in parts)
    variance = sum(covariance[0, 0] for _, _, covariance in parts)

    assert whole["recurrence"].statistic == pytest.approx(score**2 / variance, rel=1e-9)
    assert "Stratified: 3 strata." in whole["recurrence"].notes
    one = gray_test(risks, codes, AB, strata=codes * 0)
    assert one["death"].statistic == gray_test(risks, codes, AB)["death"].statistic


def test_pairs_are_tests_of_two_groups_alone():
    risks, codes = random_risks(9, n=100)
    result = gray_test(risks, codes, ABC, pairwise="bonferroni", rho=1)["recurrence"]

    for pair, (a, b) in zip(result.pairwise, itertools.combinations(range(3), 2), strict=True):
        keep = (codes == a) | (codes == b)
        alone = gray_test(risks.subset(keep), (codes[keep] == b).astype(int), AB, rho=1)["recurrence"]
        assert (pair.a, pair.b) == (ABC[a], ABC[b])
        assert pair.statistic == pytest.approx(alone.statistic, rel=1e-10)
        assert pair.p_adjusted == pytest.approx(min(1, 3 * alone.p_value), rel=1e-10)


def test_an_empty_level_takes_no_degree_of_freedom():
    risks, codes = random_risks(10, groups=2)
    three, two = gray_test(risks, codes * 2, ABC)["recurrence"], gray_test(risks, codes, AB)["recurrence"]

    assert three.df == 1
    assert three.statistic == pytest.approx(two.statistic, rel=1e-12)
    assert "No patients in B." in three.notes


@pytest.mark.parametrize(
    ("time", "cause", "codes", "note"),
    [
        pytest.param([1, 2, 3], [2, 2, 0], [0, 1, 0], "Nobody had recurrence: there is no test", id="no such event"),
        pytest.param([4, 4, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1], "There is no test of the incidence", id="all at once"),
        pytest.param([9, 1], [1, 0], [0, 1], "There is no test of the incidence", id="the other group is gone"),
    ],
)
def test_without_a_test(time, cause, codes, note):
    recurrence = gray_test(risks_of(time, cause), np.array(codes), AB)["recurrence"]

    assert math.isnan(recurrence.p_value)
    assert recurrence.df == 0
    assert any(said.startswith(note) for said in recurrence.notes)


def test_event_at_time_zero_and_last_observation_an_event():
    tests = gray_test(risks_of([0, 0, 3, 5], [1, 0, 2, 1]), np.array([0, 1, 0, 1]), AB)

    assert tests["recurrence"].p_value > 0
    assert tests["recurrence"].observed.tolist() == [1, 1]


def test_refused():
    risks, codes = five_subjects()
    late = CompetingRisks(
        data=TimeToEvent(time=risks.data.time, event=risks.data.event, entry=risks.data.time / 2),
        cause=risks.cause,
        causes=risks.causes,
    )
    with pytest.raises(SpecError, match="not defined with delayed entry"):
        gray_test(late, codes, AB)
    with pytest.raises(SpecError, match="Rho must not be negative: -1"):
        gray_test(risks, codes, AB, rho=-1)
    with pytest.raises(TooFewEventsError, match="at least two groups; only A has patients"):
        gray_test(risks, codes * 0, AB)
    with pytest.raises(TooFewEventsError, match="Nobody had the event"):
        gray_test(risks_of([1, 2], [0, 0]), np.array([0, 1]), AB)
    with pytest.raises(InvalidTimeToEventError, match="Strata have 2 values"):
        gray_test(risks, codes, AB, strata=np.array([0, 1]))


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        gray_test(*five_subjects(), AB)["death"].observed[0] = 1
