"""Clark's completeness of follow-up."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.errors import InvalidTimeToEventError
from core.survival.completeness import completeness
from tests.core.survival.cohorts import follow, random_cohort, repeated


def test_by_hand():
    # closed at 10: death at 4 counts 4 of 4, lost at 6 counts 6 of 10, still followed at 10 counts 10 of 10
    (c,) = completeness(follow([4, 6, 10], [1, 0, 0]), 10)

    assert (c.observed, c.potential, c.n, c.n_lost) == (20, 24, 3, 1)
    assert c.value == pytest.approx(20 / 24)


def test_potential_time_of_each_subject():
    data = follow([4, 6, 8], [0, 0, 1])
    (c,) = completeness(data, np.array([4.0, 12.0, 20.0]))

    assert c.value == pytest.approx((4 + 6 + 8) / (4 + 12 + 8))
    assert c.n_lost == 1


def test_time_beyond_the_horizon_does_not_count():
    # at 5 the death at 8 has not happened yet and everybody was seen to 5
    (c,) = completeness(follow([8, 6, 3], [1, 0, 0]), 5)

    assert c.value == pytest.approx((5 + 5 + 3) / 15)
    assert c.n_lost == 1


def test_a_loss_as_printed_by_the_r_package_example():
    # times 180, 12, 240, 250 with an event at 12 and 250, to 200: potential 200, 12, 200, 200
    (c,) = completeness(follow([180, 12, 240, 250], [0, 1, 0, 1]), 200)

    assert c.value == pytest.approx((180 + 12 + 200 + 200) / (200 + 12 + 200 + 200))


@pytest.mark.parametrize("seed", range(3))
def test_naive_second_implementation(seed):
    data, codes = random_cohort(seed, entry=True, weights=True)
    end = np.random.default_rng(seed).uniform(5, 60, data.n)
    for group, c in enumerate(completeness(data, end, codes, ("a", "b", "c"))):
        observed = possible = 0.0
        for i in np.flatnonzero(codes == group):
            start = min(data.entry[i], end[i])
            seen = min(data.time[i], end[i])
            complete = data.event[i] and data.time[i] <= end[i]
            observed += data.weights[i] * (seen - start)
            possible += data.weights[i] * ((seen if complete else end[i]) - start)
        assert c.value == pytest.approx(observed / possible, rel=1e-12)


def test_properties():
    data, codes = random_cohort(4)
    last = data.time.max()
    shares = [completeness(data, tau)[0].value for tau in (1.0, 5.0, 15.0, last, last * 3)]

    assert all(0 <= share <= 1 for share in shares)
    assert shares == sorted(shares, reverse=True)  # the longer the horizon the more is missing
    everybody = completeness(follow(data.time, np.ones(data.n)), last)[0]
    assert (everybody.value, everybody.n_lost) == (1, 0)
    parts = completeness(data, last, codes, ("a", "b", "c"))
    assert sum(c.observed for c in parts) == pytest.approx(completeness(data, last)[0].observed)


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(5, weights=True)
    plain, _ = repeated(data, codes)
    assert completeness(data, 20)[0].value == pytest.approx(completeness(plain, 20)[0].value)


def test_groups_of_nobody_and_subjects_of_no_group():
    a, none = completeness(follow([4, 6], [1, 0]), 10, np.array([0, -1]), ("A", "none"))

    assert (a.value, a.n) == (1, 1)
    assert math.isnan(none.value)
    assert none.notes == ("No potential follow-up in none.",)


def test_lost_ties_as_the_data_do():
    (c,) = completeness(follow([365 / 365.25 * (1 - 1e-12)], [0], unit="years"), 365 / 365.25)
    assert c.n_lost == 0


@pytest.mark.parametrize(
    ("potential", "match"),
    [
        pytest.param([1.0], "Potential follow-up has 1 values, time has 2", id="length"),
        pytest.param([1.0, math.nan], "missing or negative", id="missing"),
        pytest.param(-3.0, "missing or negative", id="negative"),
    ],
)
def test_refused(potential, match):
    with pytest.raises(InvalidTimeToEventError, match=match):
        completeness(follow([1, 2], [1, 0]), np.array(potential) if isinstance(potential, list) else potential)
