"""The log-log plot."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.log_log import log_log_curve
from tests.core.survival.cohorts import follow, random_cohort, six_subjects


def curve(data, **options):
    return log_log_curve(kaplan_meier(event_table(data), **options)[0])


def test_six_subjects_by_hand():
    # S = 5/6 at 1 and 5/12 at 6; at 9 it is 0
    found = curve(six_subjects()[0])

    assert found.time.tolist() == [1, 6]
    np.testing.assert_allclose(found.log_time, [0, math.log(6)])
    np.testing.assert_allclose(found.value, [math.log(-math.log(5 / 6)), math.log(-math.log(5 / 12))])


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_limits_are_those_of_the_log_log_band(level):
    data, _ = random_cohort(1)
    found = curve(data, conf_level=level, conf_type="plain")  # the type of the band does not matter
    (band,) = kaplan_meier(event_table(data), conf_level=level, conf_type="log-log")
    rows = np.searchsorted(band.time, found.time)

    np.testing.assert_allclose(np.exp(-np.exp(found.conf_high)), band.conf_low[rows], rtol=1e-12)
    np.testing.assert_allclose(np.exp(-np.exp(found.conf_low)), band.conf_high[rows], rtol=1e-12)
    assert (np.diff(found.value) > 0).all()


def test_proportional_hazards_are_parallel():
    rng = np.random.default_rng(2)
    base = rng.weibull(1.4, 40_000) * 10
    slow, fast = curve(follow(base, np.ones(base.size))), curve(follow(base * 0.5 ** (1 / 1.4), np.ones(base.size)))
    at = np.log([2.0, 4.0, 8.0])
    apart = np.interp(at, fast.log_time, fast.value) - np.interp(at, slow.log_time, slow.value)

    np.testing.assert_allclose(apart, math.log(2), rtol=0.05)


@pytest.mark.parametrize(
    ("time", "event"),
    [([], []), ([3], [0]), ([3], [1]), ([0, 4], [1, 0])],
    ids=["no subjects", "no events", "survival 0", "event at time 0"],
)
def test_without_points(time, event):
    assert curve(follow(time, event)).value.size == 0


def test_frame_is_read_only_numbers():
    found = curve(six_subjects()[0])
    assert list(found.to_frame().columns) == ["group", "time", "log_time", "value", "conf_low", "conf_high"]
    with pytest.raises(ValueError, match="read-only"):
        found.value[0] = 1
