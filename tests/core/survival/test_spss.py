"""SPSS's mean, median and quartiles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from core.survival.rmst import restricted_mean
from core.survival.spss import FRACTIONS, spss_summary
from tests.core.survival.cohorts import follow, random_cohort


def curve(time, event):
    return kaplan_meier(event_table(follow(time, event)))[0]


def test_ten_deaths_by_hand():
    # S falls by .1 at 1, 2, ..., 10. Median: first S <= .5 is at 5. u = 4 (S = .6 >= .55), l = 6 (S = .4 <= .45):
    # density .2 / 2, se(S) = sqrt(.5 * .5 / 10)
    summary = spss_summary(curve(range(1, 11), [1] * 10))
    median = summary.quantiles[0.5]

    assert median.value == 5
    assert median.std_error == pytest.approx(math.sqrt(0.025) / 0.1, rel=1e-13)
    assert median.conf_low == pytest.approx(5 - 1.96 * median.std_error, rel=1e-14)
    assert quantile(curve(range(1, 11), [1] * 10), 0.5).value == 5.5  # the middle of the plateau, as R, SAS and Prism
    assert summary.quantiles[0.25].value == 3  # S = .7 is the first at or below .75
    assert summary.mean.value == pytest.approx(5.5)
    assert summary.mean.std_error == pytest.approx(np.std(range(1, 11)) / math.sqrt(10), rel=1e-12)
    assert not summary.limited
    assert summary.notes == ()


def naive_quantile(estimate, p):
    """Straight from the description, looking at every event time."""
    points = [(0.0, 1.0, 0.0)] + [
        (t, s, 0.0 if s == 0 else e)
        for t, s, e, d in zip(estimate.time, estimate.survival, estimate.std_error, estimate.n_events, strict=True)
        if d
    ]
    at = [(t, e) for t, s, e in points if s <= 1 - p + 1e-9]
    u = [(t, s) for t, s, _ in points if s >= 1 - p + 0.05 - 1e-9]
    low = [(t, s) for t, s, _ in points if s <= 1 - p - 0.05 + 1e-9]
    if not at:
        return math.nan, math.nan
    if not low:
        return at[0][0], math.nan
    return at[0][0], at[0][1] * (low[0][0] - u[-1][0]) / (u[-1][1] - low[0][1])


@pytest.mark.parametrize("seed", range(8))
def test_naive_second_implementation(seed):
    data, _ = random_cohort(seed, n=35)
    estimate = kaplan_meier(event_table(data))[0]
    summary = spss_summary(estimate)

    for p in FRACTIONS:
        np.testing.assert_allclose(
            [summary.quantiles[p].value, summary.quantiles[p].std_error], naive_quantile(estimate, p), rtol=1e-12
        )
    assert summary.mean.value == restricted_mean(estimate).value


def test_the_interval_type_does_not_matter():
    data, _ = random_cohort(1)
    one, other = (
        spss_summary(kaplan_meier(event_table(data), conf_type=kind, conf_level=level)[0])
        for kind, level in (("log", 0.9), ("plain", 0.99))
    )
    assert one.quantiles == other.quantiles
    assert one.mean == other.mean


def test_a_censored_longest_time_limits_the_mean():
    summary = spss_summary(curve([2, 4, 9], [1, 1, 0]))

    assert summary.limited
    assert summary.mean.value == pytest.approx(2 + 2 * 2 / 3 + 5 / 3)
    assert summary.notes == ("The longest time is censored: the mean is limited to 9 months.",)


@pytest.mark.parametrize(
    ("time", "event", "median", "has_error"),
    [
        pytest.param([5, 6, 7], [1, 0, 0], math.nan, False, id="not reached"),
        pytest.param([1, 2], [1, 0], 1, False, id="no event beyond"),
        pytest.param([4, 4, 4], [1, 1, 1], 4, True, id="all at one time"),
        pytest.param([0, 3], [1, 1], 0, True, id="event at time 0"),
        pytest.param([5], [1], 5, True, id="one subject"),
    ],
)
def test_edges(time, event, median, has_error):
    found = spss_summary(curve(time, event)).quantiles[0.5]

    np.testing.assert_array_equal(found.value, median)
    assert math.isnan(found.conf_low) != has_error


@pytest.mark.parametrize(("time", "event"), [([], []), ([3, 4], [0, 0])], ids=["no subjects", "no events"])
def test_without_events_there_is_nothing(time, event):
    summary = spss_summary(curve(time, event))

    assert math.isnan(summary.mean.value)
    assert math.isnan(summary.quantiles[0.5].value)
    assert summary.notes == ("SPSS prints no mean and no median without events.",)
