"""Differences and ratios between two curves."""

from __future__ import annotations

import math

import pytest
from scipy.special import ndtr, ndtri

from core.survival.contrasts import rmst_difference, rmst_ratio, survival_difference
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.rmst import RestrictedMean
from tests.core.survival.cohorts import follow


def mean(value, std_error):
    return RestrictedMean(tau=12.0, value=value, std_error=std_error, conf_low=0.0, conf_high=0.0)


def at(time, event, times):
    (estimate,) = kaplan_meier(event_table(follow(time, event)))
    return estimate.at(times)


def test_difference_of_means_by_hand():
    difference = rmst_difference(mean(9.0, 0.3), mean(8.0, 0.4))

    assert (difference.estimate, difference.std_error, difference.time) == (1.0, pytest.approx(0.5), 12.0)
    assert difference.conf_low == pytest.approx(1 + 0.5 * ndtri(0.025))
    assert difference.p_value == pytest.approx(2 * ndtr(-2.0))


def test_ratio_of_means_by_hand():
    ratio = rmst_ratio(mean(9.0, 0.27), mean(8.0, 0.32), conf_level=0.9)

    assert ratio.estimate == pytest.approx(9 / 8)
    assert ratio.std_error == pytest.approx(0.05)  # 3 % and 4 % of the means
    assert ratio.conf_high == pytest.approx(9 / 8 * math.exp(0.05 * ndtri(0.95)))
    assert ratio.p_value == pytest.approx(2 * ndtr(-math.log(9 / 8) / 0.05))


def test_difference_of_survival_by_hand():
    (difference,) = survival_difference(at([1, 5, 6, 7], [0, 1, 0, 0], [5]), at([2, 4, 6, 8], [1, 1, 0, 0], [5]))

    error = math.hypot(2 / 3 * math.sqrt(1 / 6), 0.5 * math.sqrt(1 / 12 + 1 / 6))
    assert difference.estimate == pytest.approx(2 / 3 - 1 / 2)
    assert difference.std_error == pytest.approx(error)
    assert difference.p_value == pytest.approx(2 * ndtr(-(1 / 6) / error))


def test_without_events_there_is_no_p_value():
    (difference,) = survival_difference(at([5, 9], [0, 0], [3]), at([6, 8], [0, 0], [3]))

    assert (difference.estimate, difference.conf_low, difference.conf_high) == (0, 0, 0)
    assert math.isnan(difference.p_value)


def test_a_curve_at_zero_has_no_limits():
    (difference,) = survival_difference(at([1, 2], [1, 1], [3]), at([6, 8], [0, 0], [3]))

    assert difference.estimate == -1
    assert math.isnan(difference.conf_low)
    assert math.isnan(difference.p_value)


@pytest.mark.parametrize("pair", [(0.0, 5.0), (5.0, 0.0), (math.nan, 5.0)])
def test_no_ratio_with_a_mean_of_zero_or_none(pair):
    ratio = rmst_ratio(mean(pair[0], 0.0), mean(pair[1], 0.0))

    assert math.isnan(ratio.estimate)
    assert ratio.time == 12
