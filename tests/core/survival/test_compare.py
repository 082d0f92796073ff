"""The log-rank family: overall, stratified, pairwise, trend and the two-group ratios."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.special import chdtrc

from core.errors import InvalidTimeToEventError, SpecError, TooFewEventsError
from core.spec import FlemingHarrington
from core.survival.compare import compare
from tests.core.survival import naive
from tests.core.survival.cohorts import follow, random_cohort, repeated, six_subjects

AB, ABC = ("A", "B"), ("A", "B", "C")


def fleming_harrington(rho, gamma):
    return FlemingHarrington.model_validate({"fleming-harrington": (rho, gamma)})


NAIVE_WEIGHTS = {
    "logrank": lambda before, after, n: 1.0,
    "gehan": lambda before, after, n: n,
    "tarone-ware": lambda before, after, n: math.sqrt(n),
    "peto": lambda before, after, n: after,
    fleming_harrington(1, 0): lambda before, after, n: before,
    fleming_harrington(0.5, 2): lambda before, after, n: before**0.5 * (1 - before) ** 2,
}


def test_six_subjects_by_hand():
    data, codes = six_subjects()
    result = compare(data, codes, AB)

    # at 1: 1 of 6 dies, A has 3 of 6; at 6: 2 of 4 die, A has 3 of 4; at 9: A alone
    assert result.observed.tolist() == [2, 2]
    np.testing.assert_allclose(result.expected, [0.5 + 1.5 + 1, 0.5 + 0.5], rtol=1e-15)
    variance = 1 * 5 / 5 * 3 * 3 / 36 + 2 * 2 / 3 * 3 * 1 / 16
    np.testing.assert_allclose(result.covariance, variance * np.array([[1, -1], [-1, 1]]), rtol=1e-14)
    assert result.statistic == pytest.approx(1 / variance, rel=1e-14)
    assert result.p_value == pytest.approx(chdtrc(1, 1 / variance), rel=1e-14)
    assert (result.df, result.n.tolist()) == (1, [3, 3])
    assert result.z == pytest.approx(1 / math.sqrt(variance), rel=1e-14)  # B has one more than expected


def test_ratios_by_hand():
    # O 12 and 8, E 9.828 and 10.172: 1.5525 (0.646 to 3.730), an example in print of (O1/E1)/(O2/E2)
    data, codes = six_subjects()
    ours = compare(data, codes, AB, reference="A").conventions
    variance = 0.25 + 0.25

    assert ours["logrank_hazard_ratio"].value == pytest.approx((2 / 1) / (2 / 3))
    assert ours["logrank_hazard_ratio"].conf_high == pytest.approx(3 * math.exp(1.96 * math.sqrt(1 + 1 / 3)))
    assert ours["mantel_haenszel_hazard_ratio"].value == pytest.approx(math.exp((2 - 1) / variance))
    assert ours["mantel_haenszel_hazard_ratio"].conf_low == pytest.approx(math.exp(2 - 1.96 / math.sqrt(variance)))
    assert ours["median_ratio"].value == pytest.approx(6 / 9)  # B 2/3 at 1 and 0 at 6; A 2/3 at 6 and 0 at 9
    assert ours["median_ratio"].conf_low == pytest.approx(6 / 9 * math.exp(-1.96 * math.sqrt(1 / 2 + 1 / 2)))


def test_ratios_turn_over_with_the_reference():
    data, codes = random_cohort(1, groups=2)
    first, second = (compare(data, codes, AB, reference=reference) for reference in AB)

    for key, ratio in first.conventions.items():
        inverse = second.conventions[key]
        assert ratio.value * inverse.value == pytest.approx(1)
        assert ratio.conf_low * inverse.conf_high == pytest.approx(1)
    assert first.z == pytest.approx(-second.z)
    assert first.statistic == second.statistic


def test_ratios_use_the_normal_quantile_at_other_levels():
    data, codes = random_cohort(1, groups=2)
    at95, at90 = (compare(data, codes, AB, conf_level=level) for level in (0.95, 0.90))
    width95, width90 = (
        math.log(
            result.conventions["logrank_hazard_ratio"].conf_high / result.conventions["logrank_hazard_ratio"].value
        )
        for result in (at95, at90)
    )

    assert width90 / width95 == pytest.approx(1.6448536269514722 / 1.96, rel=1e-12)
    assert "with the quantile 1.96" in at95.notes[0]
    assert "with the normal quantile" in at90.notes[0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("weighting", NAIVE_WEIGHTS, ids=str)
@pytest.mark.parametrize(
    "kind",
    [{}, {"entry": True}, {"weights": True}, {"entry": True, "weights": True}],
    ids=lambda k: "+".join(k) or "plain",
)
def test_naive_second_implementation(seed, weighting, kind):
    data, codes = random_cohort(seed, **kind)
    result = compare(data, codes, ABC, weighting=weighting)
    observed, expected, covariance = naive.log_rank(data, codes, 3, NAIVE_WEIGHTS[weighting])

    np.testing.assert_allclose(result.observed, observed, rtol=1e-12)
    np.testing.assert_allclose(result.expected, expected, rtol=1e-12)
    np.testing.assert_allclose(result.covariance, covariance, rtol=1e-10, atol=1e-12 * np.abs(covariance).max())
    excess = (observed - expected)[:2]
    assert result.statistic == pytest.approx(excess @ np.linalg.solve(covariance[:2, :2], excess), rel=1e-9)


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(5, weights=True)
    weighted, plain = compare(data, codes, ABC), compare(*repeated(data, codes), ABC)

    assert weighted.statistic == pytest.approx(plain.statistic, rel=1e-12)
    assert weighted.n.sum() == data.n
    assert any("Case weights" in note for note in weighted.notes)


def test_splitting_follow_up_changes_nothing():
    data, codes = random_cohort(6)
    middle = data.time / 3
    split = follow(
        np.append(middle, data.time),
        np.append(np.zeros(data.n), data.event),
        entry=np.append(middle * 0 - 1e-9, middle),
    )

    whole, parts = compare(data, codes, ABC), compare(split, np.tile(codes, 2), ABC)
    assert parts.statistic == pytest.approx(whole.statistic, rel=1e-12)
    np.testing.assert_allclose(parts.covariance, whole.covariance, rtol=1e-12)


def test_strata_are_summed():
    data, codes = random_cohort(7, n=90)
    strata = np.random.default_rng(70).integers(0, 3, data.n)
    result = compare(data, codes, ABC, strata=strata, weighting="gehan")
    parts = [compare(data.subset(strata == s), codes[strata == s], ABC, weighting="gehan") for s in range(3)]

    for name in ("observed", "expected", "covariance"):
        np.testing.assert_allclose(getattr(result, name), sum(getattr(part, name) for part in parts), rtol=1e-13)
    assert "Stratified: 3 strata." in result.notes


def test_ratios_ignore_strata_and_weighting_and_say_so():
    data, codes = random_cohort(8, groups=2)
    plain = compare(data, codes, AB)
    other = compare(data, codes, AB, strata=codes * 0 + (data.time > 9), weighting="peto")

    assert other.conventions == plain.conventions
    assert "Two-group ratios are from the unweighted, unstratified log-rank test." in other.notes
    assert "Two-group ratios are from the unweighted, unstratified log-rank test." not in plain.notes


def test_subjects_in_no_stratum_or_group_are_left_out():
    data, codes = random_cohort(9)
    strata = np.where(np.arange(data.n) < 10, -1, 0)
    kept = compare(data.subset(strata == 0), codes[strata == 0], ABC)

    assert compare(data, codes, ABC, strata=strata).statistic == pytest.approx(kept.statistic, rel=1e-13)
    assert compare(data, np.where(strata < 0, -1, codes), ABC).statistic == pytest.approx(kept.statistic, rel=1e-13)


def test_pairs_are_tests_of_two_groups_alone():
    data, codes = random_cohort(10)
    result = compare(data, codes, ABC, pairwise="holm", weighting="tarone-ware")

    assert [(pair.a, pair.b) for pair in result.pairwise] == list(itertools.combinations(ABC, 2))
    for pair, (a, b) in zip(result.pairwise, itertools.combinations(range(3), 2), strict=True):
        keep = (codes == a) | (codes == b)
        alone = compare(data.subset(keep), (codes[keep] == b).astype(int), (pair.a, pair.b), weighting="tarone-ware")
        assert pair.statistic == pytest.approx(alone.statistic, rel=1e-12)
        assert pair.p_adjusted >= pair.p_value == pytest.approx(alone.p_value, rel=1e-12)


def test_a_pair_without_test_does_not_count():
    # C is never at risk at an event time
    data, codes = random_cohort(11, groups=2)
    late = follow(np.append(data.time, 0.5), np.append(data.event, False))
    result = compare(late, np.append(codes, 2), ABC, pairwise="bonferroni")

    assert [math.isnan(pair.p_value) for pair in result.pairwise] == [False, True, True]
    assert result.pairwise[0].p_adjusted == result.pairwise[0].p_value
    assert "Nobody in C was at risk when events occurred: it does not enter the test." in result.notes


def test_trend_of_two_groups_is_the_log_rank_test():
    data, codes = random_cohort(12, groups=2)
    result = compare(data, codes, AB, trend=True)

    assert result.trend.statistic == pytest.approx(result.statistic, rel=1e-12)
    assert result.trend.z == pytest.approx(result.z, rel=1e-12)


def test_trend_follows_the_order():
    data, codes = random_cohort(13, n=200)  # later groups live longer
    up, down = (compare(data, order[codes], ABC, trend=True).trend for order in (np.arange(3), np.arange(3)[::-1]))

    assert up.z < 0
    assert up.z == pytest.approx(-down.z, rel=1e-12)


def test_p_far_in_the_tail_is_not_zero():
    time = np.arange(1.0, 801)
    result = compare(follow(time, np.ones(800)), (time > 400).astype(int), AB)

    assert 0 < result.p_value < 1e-90


@pytest.mark.parametrize(
    ("time", "event", "codes", "statistic"),
    [
        pytest.param([1, 2, 1, 2], [1, 1, 1, 1], [0, 0, 1, 1], 0.0, id="identical groups"),
        pytest.param([4, 4, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1], math.nan, id="all events at one time"),
        pytest.param([4, 4, 4, 4], [1, 1, 0, 0], [0, 0, 1, 1], 1 / (4 * 1 / 12), id="one group without events"),
        pytest.param([0, 3, 3, 5], [1, 0, 1, 0], [0, 0, 1, 1], 1 / 17, id="event at time 0"),
        pytest.param([1, 2, 3, 4], [1, 1, 0, 0], [0, 1, 0, 1], None, id="last observations censored"),
    ],
)
def test_edges(time, event, codes, statistic):
    result = compare(follow(time, event), np.array(codes), AB)

    if statistic is None:
        assert result.statistic >= 0
        assert result.df == 1
    else:
        np.testing.assert_allclose(result.statistic, statistic, atol=1e-15)
    assert math.isnan(result.p_value) == math.isnan(result.statistic)


def test_a_group_without_events_still_compares():
    data = follow([2, 3, 4, 9, 9, 9], [1, 1, 1, 0, 0, 0])
    result = compare(data, np.array([0, 0, 0, 1, 1, 1]), AB)

    assert result.p_value < 0.05
    assert result.conventions["logrank_hazard_ratio"].value == 0
    assert math.isnan(result.conventions["logrank_hazard_ratio"].conf_low)
    assert math.isnan(result.conventions["median_ratio"].value)
    assert "No ratio of medians: a median was not reached." in result.notes


def test_an_empty_level_takes_no_degree_of_freedom():
    data, codes = random_cohort(14, groups=2)
    result = compare(data, codes * 2, ABC)

    assert result.df == 1
    assert result.statistic == pytest.approx(compare(data, codes, AB).statistic, rel=1e-12)
    assert "No patients in B." in result.notes


def test_groups_never_at_risk_together():
    data = follow([2, 3, 8, 9], [1, 1, 1, 1], entry=np.array([0, 0, 5, 5.0]))
    result = compare(data, np.array([0, 0, 1, 1]), AB)

    assert math.isnan(result.p_value)
    assert result.df == 0
    assert "No two groups were at risk together when events occurred: there is no test." in result.notes


def test_fewer_degrees_of_freedom_when_groups_come_in_separate_times():
    early, codes = random_cohort(15, n=40, groups=2)
    late = early.time.max() + 1
    data = follow(
        np.append(early.time, early.time + late),
        np.tile(early.event, 2),
        entry=np.append(early.time * 0 - 1, early.time * 0 + late),
    )
    result = compare(data, np.append(codes, codes + 2), ("A", "B", "C", "D"))

    assert result.df == 2
    assert result.statistic == pytest.approx(2 * compare(early, codes, AB).statistic, rel=1e-10)
    assert "Some groups were never at risk at the same time: the test has fewer degrees of freedom." in result.notes


@pytest.mark.parametrize(
    ("time", "event", "codes", "levels", "match"),
    [
        pytest.param([1, 2], [1, 1], [0, 0], ("A",), "at least two groups; only A has patients", id="one level"),
        pytest.param([1, 2], [1, 1], [1, 1], AB, "only B has patients", id="one group with patients"),
        pytest.param([], [], [], AB, "no group has patients", id="no patients"),
        pytest.param([1, 2], [0, 0], [0, 1], AB, "Nobody had the event", id="no events"),
    ],
)
def test_too_few(time, event, codes, levels, match):
    with pytest.raises(TooFewEventsError, match=match):
        compare(follow(time, event), np.array(codes, dtype=int), levels)


def test_refused():
    data, codes = six_subjects()
    with pytest.raises(SpecError, match="Reference 'C' is not one of the levels"):
        compare(data, codes, AB, reference="C")
    with pytest.raises(SpecError, match="Unknown weighting 'wilcoxon'"):
        compare(data, codes, AB, weighting="wilcoxon")
    with pytest.raises(SpecError, match="Unknown adjustment 'sidak'"):
        compare(data, codes, AB, pairwise="sidak")
    with pytest.raises(InvalidTimeToEventError, match="Strata have 2 values"):
        compare(data, codes, AB, strata=np.array([0, 1]))
    with pytest.raises(TooFewEventsError, match="No patient is in a stratum"):
        compare(data, codes, AB, strata=codes * 0 - 1)


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        compare(*six_subjects(), AB).observed[0] = 1
