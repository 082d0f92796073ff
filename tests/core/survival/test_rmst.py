"""Restricted mean survival time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from core.errors import SpecError
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.rmst import restricted_mean
from tests.core.survival import naive
from tests.core.survival.cohorts import follow, random_cohort, six_subjects


def mean_of(data, **options):
    (estimate,) = kaplan_meier(event_table(data))
    return restricted_mean(estimate, **options)


def test_six_subjects_by_hand():
    mean = mean_of(six_subjects()[0])

    # 1 * 1 + 5 * 5/6 + 3 * 5/12 = 77/12; areas after 1 and 6: 65/12 and 5/4; the event at 9 empties the risk set
    assert mean.value == pytest.approx(77 / 12, rel=1e-15)
    assert mean.std_error == pytest.approx(math.sqrt((65 / 12) ** 2 / 30 + (5 / 4) ** 2 * 2 / 8), rel=1e-14)
    assert mean.tau == 9
    assert mean.conf_high - mean.value == pytest.approx(-ndtri(0.025) * mean.std_error, rel=1e-12)
    assert mean.notes == ()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("tau", [0.5, 4, 9.5, 40])
def test_naive_second_implementation(seed, tau):
    data, _ = random_cohort(seed, weights=seed % 2 == 0)
    value, std_error = naive.restricted_mean(data, tau)
    mean = mean_of(data, tau=tau)

    assert mean.value == pytest.approx(value, rel=1e-12)
    assert mean.std_error == pytest.approx(std_error, rel=1e-12)


def test_without_censoring_it_is_the_mean_of_what_was_lived_up_to_tau():
    time = np.random.default_rng(4).uniform(0, 30, 200)
    mean = mean_of(follow(time, np.ones(200)), tau=12)
    lived = np.minimum(time, 12)

    assert mean.value == pytest.approx(lived.mean(), rel=1e-12)
    assert mean.std_error == pytest.approx(lived.std() / math.sqrt(200), rel=1e-12)


@pytest.mark.parametrize(
    ("time", "event", "tau", "value", "std_error", "notes"),
    [
        pytest.param([5], [1], None, 5, 0, 0, id="one subject"),
        pytest.param([5, 8], [0, 0], 6, 6, 0, 0, id="all censored"),
        pytest.param([5, 8], [1, 1], 3, 3, 0, 0, id="before the first time"),
        pytest.param([5, 8], [1, 1], 20, 6.5, 1.5 / math.sqrt(2), 0, id="beyond a curve that ended at 0"),
        pytest.param([4, 8], [1, 0], 12, 4 + 8 * 0.5, 4 / math.sqrt(2), 1, id="carried on beyond the last follow-up"),
        pytest.param([4, 8], [1, 0], 8, 4 + 4 * 0.5, 2 / math.sqrt(2), 0, id="exactly at the last follow-up"),
        pytest.param([0, 4], [1, 1], 4, 2, 2 / math.sqrt(2), 0, id="event at time 0"),
    ],
)
def test_edges(time, event, tau, value, std_error, notes):
    # summary(survfit(Surv(time, event) ~ 1), rmean = tau)
    mean = mean_of(follow(time, event), tau=tau)

    assert (mean.value, mean.std_error) == (pytest.approx(value), pytest.approx(std_error))
    assert len(mean.notes) == notes


def test_carried_on_is_said():
    estimate = kaplan_meier(event_table(follow([4, 8], [1, 0]), np.array([0, 0]), ("ICI alone",)))[0]

    assert restricted_mean(estimate, tau=12).notes == (
        "Last follow-up in ICI alone is at 8 months, before 12 months: the restricted mean carries the last value on.",
    )


def test_no_subjects():
    mean = mean_of(follow([], []), tau=3)

    assert mean.tau == 3
    assert np.isnan([mean.value, mean.std_error, mean.conf_low, mean.conf_high]).all()


@pytest.mark.parametrize("tau", [0, -3, math.nan])
def test_refused(tau):
    with pytest.raises(SpecError, match="restricted mean needs a time above 0"):
        mean_of(six_subjects()[0], tau=tau)
