"""The difference of two curves: by hand, by a second version, and where its interval leaves out 0."""

import math

import numpy as np
import pytest

from core.survival.difference_curve import difference_curve
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from tests.core.survival.cohorts import follow, random_cohort

Z = 1.959963984540054


def difference(data, codes, **options):
    reference, other = kaplan_meier(event_table(data, codes, ("a", "b")))
    return difference_curve(other, reference, **options)


def test_by_hand():
    # a: event at 2 of 4, then 3 censored at 6; b: event at 3 of 2, the other censored at 5
    data = follow([2, 6, 6, 6, 3, 5], [1, 0, 0, 0, 1, 0])
    found = difference(data, np.array([0, 0, 0, 0, 1, 1]))
    assert (found.level, found.reference, found.until) == ("b", "a", 5)
    assert found.time.tolist() == [0, 2, 3]
    assert found.estimate.tolist() == [0, 0.25, -0.25]
    at_two, at_three = 0.75 * math.sqrt(1 / 12), math.hypot(0.75 * math.sqrt(1 / 12), 0.5 * math.sqrt(1 / 2))
    assert found.std_error == pytest.approx([0, at_two, at_three])
    assert found.conf_low == pytest.approx([0, 0.25 - Z * at_two, -0.25 - Z * at_three])
    assert found.conf_high == pytest.approx([0, 0.25 + Z * at_two, -0.25 + Z * at_three])
    assert found.apart == ()
    assert found.few_from == 0
    assert "ends at 5 months" in found.notes[0]


@pytest.mark.parametrize("seed", range(6))
def test_as_a_second_version_that_counts_patients(seed):
    data, codes = random_cohort(seed, n=80, groups=2)
    found = difference(data, codes, conf_level=0.9)

    def naive(group, t):
        time, event = data.time[codes == group], data.event[codes == group]
        s = total = 0.0
        s = 1.0
        for u in sorted(set(time[event].tolist())):
            if u <= t:
                n, d = (time >= u).sum(), ((time == u) & event).sum()
                s *= 1 - d / n
                total += d / (n * (n - d)) if n > d else math.nan
        return s, s * math.sqrt(total)

    last = min(data.time[codes == group].max() for group in (0, 1))
    for i, t in enumerate(found.time):
        (s0, e0), (s1, e1) = naive(0, t), naive(1, t)
        assert found.estimate[i] == pytest.approx(s1 - s0)
        assert found.std_error[i] == pytest.approx(math.hypot(e0, e1), nan_ok=True)
        assert t <= last
    assert found.until == last


@pytest.mark.parametrize("seed", range(4))
def test_turned_round_it_changes_its_sign(seed):
    data, codes = random_cohort(seed, groups=2)
    one, other = difference(data, codes), difference(data, 1 - codes)
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.conf_low == pytest.approx(-other.conf_high, nan_ok=True)
    assert one.apart == other.apart


def test_the_stretches_are_where_the_interval_leaves_out_zero():
    rng = np.random.default_rng(5)
    time = np.concatenate([rng.exponential(10, 200), rng.exponential(30, 200)]).round(1) + 0.1
    found = difference(follow(time, np.ones(400)), np.repeat([0, 1], 200))
    assert found.apart
    inside = np.zeros(found.time.size, dtype=bool)
    for start, end in found.apart:
        inside |= (found.time >= start) & (found.time < end)
    with np.errstate(invalid="ignore"):
        outside = (found.conf_low > 0) | (found.conf_high < 0)
    assert inside.tolist() == outside.tolist()


def test_an_interval_without_width_says_nothing():
    # nobody of b dies before all of a but one are dead: a has events, b none; at 0 both are 1 without error
    found = difference(follow([1, 2, 9, 9, 9], [1, 1, 0, 0, 0]), np.array([0, 0, 0, 1, 1]))
    assert found.std_error[0] == 0
    assert all(start > 0 for start, _ in found.apart)


def test_where_a_curve_is_at_zero_there_are_no_limits():
    found = difference(follow([1, 2, 1, 9], [1, 1, 1, 0]), np.array([0, 0, 1, 1]))
    assert math.isnan(found.conf_low[-1])
    assert "not defined" in found.notes[1]


def test_read_at_a_time():
    found = difference(follow([2, 6, 6, 6, 3, 5], [1, 0, 0, 0, 1, 0]), np.array([0, 0, 0, 0, 1, 1]))
    assert [found.at(t).estimate for t in (0, 1.9, 2, 2.9, 3, 5)] == [0, 0, 0.25, 0.25, -0.25, -0.25]


def test_without_patients_there_is_nothing():
    found = difference(follow([1, 2], [1, 0]), np.array([0, 0]))
    assert found.time.size == 0
    assert found.notes == ("No patients in b: no difference of curves.",)
