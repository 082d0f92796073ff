"""Median follow-up."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.follow_up import follow_up_of, median_follow_up
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from tests.core.survival.cohorts import follow, random_cohort


def test_by_hand():
    # censored at 2, 5, 7, 9, an event at 3: reverse curve 4/5, then 4/5 * 2/3 = 8/15, * 1/2 = 4/15: crosses at 7
    (median,) = median_follow_up(follow([2, 3, 5, 7, 9], [0, 1, 0, 0, 0]))

    assert median.value == 7


def test_an_event_at_the_time_of_a_censoring_is_still_at_risk_of_it():
    # at 4 one event, one censoring of three: reverse curve 2/3, not 1/2 (prodlim takes the event first)
    (median,) = median_follow_up(follow([4, 4, 6], [1, 0, 0]))

    assert median.value == 6


def test_is_the_median_of_the_reversed_data():
    data, codes = random_cohort(1)
    levels = ("a", "b", "c")
    reverse = kaplan_meier(event_table(data.reversed(), codes, levels), conf_type="log", conf_level=0.9)

    medians = median_follow_up(data, codes, levels, conf_type="log", conf_level=0.9)
    np.testing.assert_equal(
        [dataclasses.astuple(median) for median in medians],
        [dataclasses.astuple(quantile(estimate, 0.5)) for estimate in reverse],
    )


def test_table_and_data_agree():
    data, codes = random_cohort(2)

    (pooled,) = follow_up_of(event_table(data, codes, ("a", "b", "c")).pooled())
    np.testing.assert_equal(dataclasses.astuple(pooled), dataclasses.astuple(median_follow_up(data)[0]))


@pytest.mark.parametrize("event", [[1, 1, 1], [1, 1, 0]], ids=["nobody censored", "only the last censored"])
def test_few_censored(event):
    (median,) = median_follow_up(follow([1, 2, 3], event))

    np.testing.assert_array_equal(median.value, 3 if event[-1] == 0 else math.nan)
