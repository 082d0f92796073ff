"""Median and other quantiles of survival."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import all_quantiles, crossing_times, quantile
from tests.core.survival.cohorts import follow, random_cohort

NAN = math.nan


def curve(time, event, **options):
    (estimate,) = kaplan_meier(event_table(follow(time, event)), **options)
    return estimate


@pytest.mark.parametrize(
    ("time", "event", "p", "expected"),
    [
        pytest.param([1, 2, 3], [1, 1, 1], 0.5, 2, id="first time below"),
        pytest.param([1, 2, 4, 8], [1, 1, 1, 1], 0.5, 3, id="plateau at one half: midpoint (R and Prism, 2 in SPSS)"),
        pytest.param([1, 2, 3, 4, 8], [1, 1, 0, 1, 1], 0.4, 3, id="plateau over a censoring: to the next event"),
        pytest.param([1, 2, 7], [1, 0, 0], 1 / 3, 4, id="plateau to the end: to the last follow-up"),
        pytest.param([1, 2, 7], [1, 0, 0], 0.5, NAN, id="not reached"),
        pytest.param([1, 2, 7], [0, 0, 0], 0.5, NAN, id="no events"),
        pytest.param([5], [1], 0.5, 5, id="one subject"),
        pytest.param([0, 0, 3], [1, 1, 0], 0.5, 0, id="event at time 0"),
        pytest.param([], [], 0.5, NAN, id="no subjects"),
        pytest.param(range(1, 11), [1] * 10, 0.3, 3.5, id="1 - 0.7 is not 0.3 in floating point"),
    ],
)
def test_by_hand(time, event, p, expected):
    # quantile(survfit(Surv(time, event) ~ 1), p)
    np.testing.assert_array_equal(quantile(curve(list(time), event), p).value, expected)


def test_limits_are_where_the_band_crosses():
    data, _ = random_cohort(2, n=80)
    (estimate,) = kaplan_meier(event_table(data), conf_type="log")
    median = quantile(estimate, 0.5)

    assert median.conf_low == estimate.time[np.nanargmax(estimate.conf_low <= 0.5)]
    assert median.conf_high == estimate.time[np.nanargmax(estimate.conf_high <= 0.5)]
    assert median.conf_low < median.value < median.conf_high


def test_upper_limit_not_reached():
    estimate = curve([1, 2, 3, 10, 10, 10], [1, 1, 1, 0, 0, 0], conf_type="log")

    assert math.isnan(quantile(estimate, 0.5).conf_high)
    assert quantile(estimate, 0.5).conf_low == 2  # at 1: 0.833 exp(-z 0.183) = 0.58; at 2: 0.667 exp(-z 0.289) = 0.38


def test_band_that_is_not_monotone_is_read_where_it_first_comes_down():
    estimate = curve([1, 2, 3, 4, 5], [1, 1, 1, 1, 0])
    estimate = dataclasses.replace(estimate, conf_high=np.array([1.0, 0.9, 0.7, 0.78, 0.5]))

    assert [q.conf_high for q in all_quantiles(estimate, (0.2, 0.25, 0.4))] == [3, 3, 5]
    # back at one half after it had been below: that is no plateau
    estimate = dataclasses.replace(estimate, conf_high=np.array([1.0, 0.9, 0.4, 0.6, 0.5]))
    assert quantile(estimate, 0.5).conf_high == 3


@pytest.mark.parametrize("seed", range(20))
def test_bands_by_the_whole_rule(seed):
    # row by row: the first time at the level, and the first time lower than a level reached exactly
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    band = np.round(np.clip(np.sort(rng.random(n))[::-1] + rng.normal(0, 0.1, n), 0, 1), 1)
    time = np.cumsum(rng.integers(1, 4, n)).astype(float)
    ends = rng.integers(0, 3, 2)
    band[: ends[0]], band[n - ends[1] :] = NAN, NAN
    known = ~np.isnan(band)

    for p in (0.1, 0.25, 0.3, 0.5, 0.8):
        reached = [t for level, t in zip(band[known], time[known], strict=True) if level <= 1 - p + 1.5e-8]
        passed = [t for level, t in zip(band[known], time[known], strict=True) if level <= 1 - p - 1.5e-8]
        expected = (reached[0] + passed[0]) / 2 if reached and passed else NAN
        if reached and not passed and known[-1]:
            expected = (reached[0] + time[-1]) / 2
        np.testing.assert_equal(crossing_times(time, band, (p,))[0], expected)


def test_all_at_once_are_one_by_one():
    data, _ = random_cohort(3)
    (estimate,) = kaplan_meier(event_table(data))

    for p, together in zip((0.1, 0.5, 0.9), all_quantiles(estimate, (0.1, 0.5, 0.9)), strict=True):
        np.testing.assert_equal(dataclasses.astuple(together), dataclasses.astuple(quantile(estimate, p)))


@pytest.mark.parametrize("p", [0, 1, 50, math.nan])
def test_refused(p):
    with pytest.raises(SpecError, match="Quantiles must lie between 0 and 1"):
        quantile(curve([1, 2], [1, 1]), p)
