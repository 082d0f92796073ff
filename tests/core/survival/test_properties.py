"""What must hold for any cohort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.survival.compare import compare
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.survival.rmst import restricted_mean
from tests.core.survival.cohorts import follow

AB = ("A", "B")
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def cohorts(draw, events=None):
    """Times on a half-month grid with many ties, events, and a group for each subject; both groups are there."""
    n = draw(st.integers(4, 40))
    time = draw(st.lists(st.integers(0, 30).map(lambda t: t / 2), min_size=n, max_size=n))
    event = draw(st.lists(st.booleans() if events is None else events, min_size=n, max_size=n))
    codes = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    return follow(time, event), np.array([0, 1, *codes[2:]])


def curve(data, **options):
    (estimate,) = kaplan_meier(event_table(data), **options)
    return estimate


def comparable(data, codes):
    """The comparison, or None where there are no events."""
    return compare(data, codes, AB) if data.n_events else None


@quick
@given(cohorts(), st.sampled_from(["log-log", "log", "plain"]))
def test_curves_fall_from_one_and_stay_inside_their_band(cohort, conf_type):
    data, _ = cohort
    estimate = curve(data, conf_type=conf_type)

    assert ((estimate.survival >= 0) & (estimate.survival <= 1)).all()
    assert (np.diff(np.append(1, estimate.survival)) <= 0).all()
    known = ~np.isnan(estimate.conf_low)
    tiny = 1e-12
    assert (estimate.conf_low[known] <= estimate.survival[known] + tiny).all()
    assert (estimate.conf_high[known] >= estimate.survival[known] - tiny).all()
    assert ((estimate.conf_low[known] >= 0) & (estimate.conf_high[known] <= 1)).all()


@quick
@given(cohorts())
def test_at_risk_is_a_direct_count(cohort):
    data, codes = cohort
    table = event_table(data, codes, AB)

    for group in range(2):
        mine = data.time[codes == group]
        assert table.n_at_risk[group].tolist() == [int((mine >= t).sum()) for t in table.time]
        assert table.n_events[group].sum() == data.event[codes == group].sum()
        assert table.n_censored[group].sum() == (~data.event)[codes == group].sum()


@quick
@given(cohorts(events=st.just(True)))
def test_without_censoring_it_is_one_minus_the_distribution_function(cohort):
    data, _ = cohort
    estimate = curve(data)

    lived_longer = [(data.time > t).mean() for t in estimate.time]
    np.testing.assert_allclose(estimate.survival, lived_longer, rtol=1e-12, atol=1e-15)
    binomial = np.sqrt(estimate.survival * (1 - estimate.survival) / data.n)
    np.testing.assert_allclose(estimate.std_error[:-1], binomial[:-1], rtol=1e-9)


@quick
@given(cohorts(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(cohort, random):
    data, codes = cohort
    order = np.array(random.sample(range(data.n), data.n))

    np.testing.assert_array_equal(curve(data.subset(order)).survival, curve(data).survival)
    if data.n_events:
        np.testing.assert_array_equal(
            compare(data.subset(order), codes[order], AB).covariance, compare(data, codes, AB).covariance
        )


@quick
@given(cohorts(), st.sampled_from([1 / 30.4375, 12.0, 7.0]))
def test_the_unit_of_time_scales_times_only(cohort, factor):
    data, codes = cohort
    scaled = follow(data.time * factor, data.event)
    one, other = curve(data), curve(scaled)

    np.testing.assert_array_equal(one.survival, other.survival)
    np.testing.assert_array_equal(one.conf_low, other.conf_low)
    np.testing.assert_allclose(one.time * factor, other.time, rtol=1e-12)
    np.testing.assert_allclose(quantile(one, 0.5).value * factor, quantile(other, 0.5).value, rtol=1e-12)
    means = restricted_mean(one, tau=6.0), restricted_mean(other, tau=6.0 * factor)
    np.testing.assert_allclose(means[0].value * factor, means[1].value, rtol=1e-10)
    np.testing.assert_allclose(means[0].std_error * factor, means[1].std_error, rtol=1e-10, atol=1e-14)
    if data.n_events:
        np.testing.assert_equal(compare(data, codes, AB).statistic, compare(scaled, codes, AB).statistic)


@quick
@given(cohorts(), st.sampled_from(["logrank", "gehan", "tarone-ware", "peto"]))
def test_observed_and_expected_have_the_same_sum(cohort, weighting):
    data, codes = cohort
    if not data.n_events:
        return
    result = compare(data, codes, AB, weighting=weighting)

    assert result.observed.sum() == pytest.approx(result.expected.sum(), rel=1e-12)
    np.testing.assert_allclose(result.covariance.sum(axis=0), 0, atol=1e-9 * max(1, np.abs(result.covariance).max()))


@quick
@given(cohorts())
def test_names_and_order_of_groups_do_not_matter(cohort):
    data, codes = cohort
    if data.n_events:
        np.testing.assert_allclose(
            compare(data, codes, AB).statistic, compare(data, 1 - codes, AB).statistic, rtol=1e-9, atol=1e-15
        )


@quick
@given(cohorts())
def test_one_stratum_is_unstratified(cohort):
    data, codes = cohort
    if data.n_events:
        one = compare(data, codes, AB, strata=np.zeros(data.n, dtype=int))
        np.testing.assert_equal(one.statistic, compare(data, codes, AB).statistic)


@quick
@given(cohorts(), st.integers(1, 5))
def test_a_group_censored_before_the_first_event_changes_nothing(cohort, n_early):
    data, codes = cohort
    later = follow(data.time + 1, data.event)
    if not later.n_events:
        return
    early = follow(np.append(later.time, np.full(n_early, 0.5)), np.append(later.event, np.zeros(n_early)))
    result = compare(early, np.append(codes, np.full(n_early, 2)), ("A", "B", "C"))
    before = compare(later, codes, AB)

    np.testing.assert_allclose(result.statistic, before.statistic, rtol=1e-12)
    assert result.df == before.df


@quick
@given(cohorts())
def test_the_median_is_where_the_curve_passes_one_half(cohort):
    data, _ = cohort
    estimate = curve(data)
    median = quantile(estimate, 0.5).value

    if np.isnan(median):
        assert (estimate.survival > 0.5).all()
    else:
        assert estimate.at([median]).survival[0] <= 0.5 + 1e-9
        before = estimate.time[estimate.time < median]
        assert (estimate.at(before).survival >= 0.5 - 1e-9).all()


@quick
@given(cohorts())
def test_the_area_is_at_most_tau_and_grows_with_it(cohort):
    data, _ = cohort
    estimate = curve(data)
    areas = [restricted_mean(estimate, tau=tau).value for tau in (2.0, 5.0, 9.0, 30.0)]

    assert all(0 <= area <= tau + 1e-9 for area, tau in zip(areas, (2, 5, 9, 30), strict=True))
    assert areas == sorted(areas)
