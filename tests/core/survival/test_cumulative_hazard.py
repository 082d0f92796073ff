"""Cumulative hazard: by hand, by loops over subjects, and where there are no limits. R: tests/reference."""

import math

import numpy as np
import pytest

from core.survival.cumulative_hazard import cumulative_hazard
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from tests.core.survival.cohorts import follow, random_cohort, six_subjects
from tests.core.survival.naive import counts

Z = 1.959963984540054


def hazards(data, codes=None, levels=("all",), **options):
    return [cumulative_hazard(one) for one in kaplan_meier(event_table(data, codes, levels), **options)]


def test_six_subjects_by_hand():
    data, _ = six_subjects()
    (found,) = hazards(data)

    # events at 1 (1 of 6), at 6 (2 of 4) and at 9 (1 of 1)
    steps = np.array([1 / 6, 1 / 6 + 2 / 4, 1 / 6 + 2 / 4, 1 / 6 + 2 / 4 + 1])
    errors = np.sqrt([1 / 36, 1 / 36 + 2 / 16, 1 / 36 + 2 / 16, 1 / 36 + 2 / 16 + 1])
    assert found.time.tolist() == [1, 6, 8, 9]
    np.testing.assert_allclose(found.value, steps, rtol=1e-14)
    np.testing.assert_allclose(found.std_error, errors, rtol=1e-14)
    np.testing.assert_allclose(found.conf_high, steps * np.exp(Z * errors / steps), rtol=1e-12)
    np.testing.assert_allclose(found.conf_low, steps / np.exp(Z * errors / steps), rtol=1e-12)


@pytest.mark.parametrize("conf_type", ["log", "plain"])
def test_limits_of_the_hazard_itself_stay_above_zero(conf_type):
    (found,) = hazards(six_subjects()[0], conf_type=conf_type, conf_level=0.9)
    half = 1.6448536269514722 * found.std_error

    np.testing.assert_allclose(found.conf_high, found.value + half, rtol=1e-12)
    np.testing.assert_allclose(found.conf_low, np.maximum(found.value - half, 0), rtol=1e-12)
    assert found.conf_low[0] == 0


@pytest.mark.parametrize("seed", range(4))
def test_loops_over_subjects(seed):
    data, codes = random_cohort(seed, entry=seed % 2 == 0, weights=seed > 1)
    levels = ("a", "b", "c")
    for group, found in enumerate(hazards(data, codes, levels)):
        mine = data.subset(codes == group)
        value = variance = 0.0
        for row, time in enumerate(sorted(set(mine.time.tolist()))):
            n, d, _ = counts(mine, time)
            value, variance = value + d / n, variance + d / n**2
            assert found.value[row] == pytest.approx(value, rel=1e-12)
            assert found.std_error[row] == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_no_limits_before_the_first_event():
    (found,) = hazards(follow([1, 2, 3], [0, 1, 0]))

    assert found.value[0] == 0
    assert np.isnan([found.conf_low[0], found.conf_high[0]]).all()
    assert np.isfinite([found.conf_low[1:], found.conf_high[1:]]).all()


def test_lies_below_minus_the_log_of_survival():
    """Nelson-Aalen lies below -log of Kaplan-Meier, and close to it with many at risk."""
    data, _ = random_cohort(5, n=2000)
    (estimate,) = kaplan_meier(event_table(data))
    found = cumulative_hazard(estimate)
    many = estimate.n_at_risk > 200

    assert (found.value[many] <= -np.log(estimate.survival[many])).all()
    np.testing.assert_allclose(np.exp(-found.value[many]), estimate.survival[many], atol=0.01)


def test_a_frame_has_a_row_per_time():
    (found,) = hazards(six_subjects()[0])

    assert found.to_frame().shape == (4, 6)
    with pytest.raises(ValueError, match="read-only"):
        found.value[0] = 1
