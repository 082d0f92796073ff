"""MaxCombo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.errors import SpecError, TooFewEventsError
from core.spec import FlemingHarrington
from core.survival.compare import compare
from core.survival.max_combo import EXPONENTS, max_combo
from tests.core.survival import naive
from tests.core.survival.cohorts import follow, random_cohort, repeated, six_subjects

AB = ("A", "B")


def test_six_subjects_by_hand():
    # S before the events: 1, 5/6, 5/12. B has the one event at 1 with a share of 1/2 at risk, one of the two at 6 with
    # a share of 1/4, and nobody at 9
    excess, variance = np.array([0.5, 0.5]), np.array([1 / 4, 2 * 2 / 3 * 3 / 16])
    before = np.array([1, 5 / 6])
    w = np.array([before**rho * (1 - before) ** gamma for rho, gamma in EXPONENTS])
    score, covariance = w @ excess, (w * variance) @ w.T
    result = max_combo(*six_subjects(), AB)

    np.testing.assert_allclose(result.z, score / np.sqrt(np.diag(covariance)), rtol=1e-13)
    errors = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(result.correlation, covariance / np.outer(errors, errors), rtol=1e-13)
    assert result.statistic == pytest.approx(np.abs(result.z).max())
    assert result.largest == EXPONENTS[int(np.argmax(np.abs(result.z)))]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", [{}, {"entry": True}, {"weights": True}], ids=lambda k: "+".join(k) or "plain")
def test_parts_are_the_single_tests(seed, kind):
    data, codes = random_cohort(seed, groups=2, **kind)
    result = max_combo(data, codes, AB)

    for (rho, gamma), z in zip(result.exponents, result.z, strict=True):
        weighting = FlemingHarrington.model_validate({"fleming-harrington": (rho, gamma)})
        assert z == pytest.approx(compare(data, codes, AB, weighting=weighting).z, rel=1e-11)
    first = compare(data, codes, AB)
    assert result.p_value <= min(1, 4 * math.erfc(abs(result.statistic) / math.sqrt(2)))
    assert result.p_value >= math.erfc(abs(result.statistic) / math.sqrt(2))
    assert abs(result.statistic) >= abs(first.z)


def test_correlations_by_loops():
    # the variance of a sum of two weighted scores is the sum of variances and twice the covariance
    data, codes = random_cohort(4, groups=2)
    result = max_combo(data, codes, AB)

    def variance(weight):
        return naive.log_rank(data, codes, 2, weight)[2][1, 1]

    def weight_of(rho, gamma):
        return lambda before, after, n: before**rho * (1 - before) ** gamma

    for i, one in enumerate(EXPONENTS):
        for j, other in enumerate(EXPONENTS):
            v1, v2 = variance(weight_of(*one)), variance(weight_of(*other))
            both = variance(lambda b, a, n, one=one, other=other: weight_of(*one)(b, a, n) + weight_of(*other)(b, a, n))
            assert result.correlation[i, j] == pytest.approx((both - v1 - v2) / 2 / math.sqrt(v1 * v2), rel=1e-9)


def test_the_p_value_against_drawn_statistics():
    data, codes = random_cohort(5, n=200, groups=2)
    result = max_combo(data, codes, AB)
    values, vectors = np.linalg.eigh(result.correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    drawn = np.abs(np.random.default_rng(5).normal(size=(200_000, 4)) @ root.T).max(axis=1)
    share = (drawn >= abs(result.statistic)).mean()

    assert result.p_value == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 200_000))


def test_a_late_difference_is_found_better_than_by_the_log_rank_test():
    rng = np.random.default_rng(6)
    codes = np.repeat([0, 1], 150)
    first = rng.exponential(10, 300)  # the same hazard up to 6, a third of it after that in B
    time = np.where((first > 6) & (codes == 1), 6 + (first - 6) * 3, first)
    data = follow(np.minimum(time, 30), time < 30)
    result = max_combo(data, codes, AB)

    assert result.largest in {(0.0, 1.0), (1.0, 1.0)}
    assert result.p_value < compare(data, codes, AB).p_value
    assert result.statistic < 0  # B has fewer than expected


def test_the_reference_turns_the_sign():
    data, codes = random_cohort(7, groups=2)
    a, b = (max_combo(data, codes, AB, reference) for reference in AB)

    np.testing.assert_allclose(a.z, -b.z, rtol=1e-10)
    assert a.p_value == pytest.approx(b.p_value, rel=1e-10)


def test_strata_are_summed_and_one_is_unstratified():
    data, codes = random_cohort(8, n=120, groups=2)
    strata = np.random.default_rng(8).integers(0, 3, 120)
    stratified = max_combo(data, codes, AB, strata=strata)

    assert stratified.z[0] == pytest.approx(compare(data, codes, AB, strata=strata).z, rel=1e-12)
    assert "Stratified: 3 strata." in stratified.notes
    assert max_combo(data, codes, AB, strata=codes * 0).p_value == max_combo(data, codes, AB).p_value


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(9, groups=2, weights=True)
    assert max_combo(data, codes, AB).p_value == pytest.approx(max_combo(*repeated(data, codes), AB).p_value, rel=1e-10)
    assert any("Case weights" in note for note in max_combo(data, codes, AB).notes)


def test_the_level_is_kept_under_the_null_hypothesis():
    rng = np.random.default_rng(10)
    p_values = []
    for _ in range(300):
        death, lost = rng.exponential(10, 120), rng.uniform(5, 30, 120)
        data = follow(np.minimum(death, lost), death <= lost)
        p_values.append(max_combo(data, rng.integers(0, 2, 120), AB).p_value)

    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.09
    assert abs(np.mean(p_values) - 0.5) < 0.07


def test_all_events_at_one_time_leave_one_statistic():
    data, codes = follow([3, 3, 5, 6], [1, 0, 0, 0]), np.array([0, 1, 0, 1])
    result = max_combo(data, codes, AB)

    # the weights (0, 1) and (1, 1) are 0 there, and (1, 0) is the same as (0, 0)
    assert result.exponents == ((0, 0), (1, 0))
    assert result.p_value == pytest.approx(
        compare(follow([3, 3, 5, 6], [1, 0, 0, 0]), np.array([0, 1, 0, 1]), AB).p_value
    )
    assert result.notes == ("No statistic with Fleming-Harrington weights (0, 1), (1, 1): all events are at one time.",)


def test_groups_never_at_risk_together():
    data = follow([2, 3, 8, 9], [1, 1, 1, 1], entry=np.array([0, 0, 5, 5.0]))
    result = max_combo(data, np.array([0, 0, 1, 1]), AB)

    assert math.isnan(result.p_value)
    assert result.largest is None
    assert result.notes == ("The groups were not at risk together when events occurred: there is no test.",)


def test_refused():
    data, codes = six_subjects()
    with pytest.raises(SpecError, match="two groups, not 3"):
        max_combo(data, codes, ("A", "B", "C"))
    with pytest.raises(SpecError, match="Reference 'C' is not one of the levels"):
        max_combo(data, codes, AB, "C")
    with pytest.raises(TooFewEventsError, match="only A has patients"):
        max_combo(data, codes * 0, AB)
    with pytest.raises(TooFewEventsError, match="Nobody had the event"):
        max_combo(follow([1, 2], [0, 0]), np.array([0, 1]), AB)


def test_arrays_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        max_combo(*six_subjects(), AB).z[0] = 1
