"""Mean number of recurrent events: by hand, loops over patients, derivatives by small weights, sums of incidences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidTimeToEventError
from core.survival.clustered import clustered
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.mean_count import mean_count_difference, mean_counts
from core.timetoevent import TimeToEvent


def count(end, died, events, **options):
    """Of (patient, time) pairs."""
    subject = np.array([who for who, _ in events], dtype=np.int64)
    time = np.array([when for _, when in events], dtype=float)
    data = TimeToEvent(time=np.array(end, dtype=float), event=np.array(died, dtype=bool))
    return mean_counts(data, subject, time, **options)


def by_loops(end, died, events, times, weights):
    """Both estimates at each time, patients weighted, straight from the definitions."""
    alive, mean, nelson, found = 1.0, 0.0, 0.0, []
    for time in times:
        at_risk = sum(w for w, last in zip(weights, end, strict=True) if last >= time)
        rate = sum(weights[who] for who, when in events if when == time) / at_risk
        mean, nelson = mean + alive * rate, nelson + rate
        lost = sum(w for w, last, d in zip(weights, end, died, strict=True) if last == time and d)
        alive *= 1 - lost / at_risk
        found.append((mean, nelson))
    return np.array(found).T


class TestByHand:
    # Four patients followed 2, 4, 6, 8; the second dies at 4. Events: A at 1, B at 3 and 4, C at 6, D at 5.
    @pytest.fixture
    def one(self):
        return count([2, 4, 6, 8], [0, 1, 0, 0], [(0, 1), (1, 3), (1, 4), (2, 6), (3, 5)])[0]

    def test_mean_and_nelson(self, one):
        # At risk 4 until 2, then 3 until 4, then 2 until 6, then 1. Alive after 4: 2/3.
        assert one.time.tolist() == [1, 2, 3, 4, 5, 6, 8]
        assert one.n_at_risk.tolist() == [4, 4, 3, 3, 2, 2, 1]
        steps = [1 / 4, 0, 1 / 3, 1 / 3, 1 / 2, 1 / 2, 0]
        np.testing.assert_allclose(one.nelson, np.cumsum(steps))
        np.testing.assert_allclose(one.mean, np.cumsum([1 / 4, 0, 1 / 3, 1 / 3, 2 / 3 / 2, 2 / 3 / 2, 0]))

    def test_first_variance_is_that_of_a_mean(self, one):
        # At time 1 everybody is at risk: the variance of the mean of 1, 0, 0, 0, divided by n, not n - 1.
        assert one.std_error[0] ** 2 == pytest.approx((1 / 4) * (3 / 4) / 4)
        assert one.nelson_std_error[0] == pytest.approx(one.std_error[0])

    def test_limits_on_the_logarithm(self, one):
        assert one.conf_low[0] == pytest.approx(0.25 * np.exp(-1.959963984540054 * one.std_error[0] / 0.25))
        assert one.conf_low[0] * one.conf_high[0] == pytest.approx(0.25**2)

    def test_counts(self, one):
        assert (one.n, one.n_events_total, one.n_with_event, one.n_deaths_total) == (4, 5, 4, 1)

    def test_read_at_times(self, one):
        at = one.at([0, 1, 4.5, 8, 10])
        np.testing.assert_allclose(at.mean, [0, 0.25, one.mean[3], one.mean[-1], one.mean[-1]])
        assert at.n_at_risk.tolist() == [4, 4, 2, 1, 0]
        assert at.notes == ("Follow-up ends at 8 months: the mean count at 10 months is the last one carried on.",)


def test_nobody_censored_is_the_plain_mean():
    # All die: after the last death the mean count is events over patients, its error that of a mean.
    events = [(0, 1), (0, 2), (0, 2.5), (1, 1), (2, 3)]
    one = count([3, 2, 5, 7], [1, 1, 1, 1], events)[0]
    counts = np.array([3, 1, 1, 0])
    assert one.mean[-1] == pytest.approx(counts.mean())
    assert one.std_error[-1] == pytest.approx(counts.std() / 2)
    assert one.nelson[-1] > one.mean[-1]


def test_nobody_dies_both_are_the_same():
    one = count([3, 5, 6], [0, 0, 0], [(0, 1), (1, 4), (1, 5)])[0]
    np.testing.assert_allclose(one.mean, one.nelson)
    np.testing.assert_allclose(one.std_error, one.nelson_std_error)


def test_equals_the_sum_of_cumulative_incidences_without_censoring():
    # Dong's other form: of the first, second, ... event, each with death competing.
    rng = np.random.default_rng(2)
    n = 40
    end = rng.permutation(np.arange(10, 10 + n)).astype(float)
    events = [(i, t) for i in range(n) for t in rng.choice(np.arange(1, end[i]), rng.poisson(1.5), replace=False)]
    one = count(end, np.ones(n), events)[0]
    nth = np.array([sum(who == i and when <= 15 for who, when in events) for i in range(n)])
    incidences = [(nth >= k).mean() for k in range(1, nth.max() + 1)]
    assert one.at([15]).mean[0] == pytest.approx(sum(incidences))


@st.composite
def cohorts(draw):
    n = draw(st.integers(1, 9))
    end = draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
    died = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    events = [(i, t) for i in range(n) for t in draw(st.lists(st.integers(0, end[i]), max_size=4))]
    return end, died, events


@settings(max_examples=50, deadline=None)
@given(cohorts())
def test_equals_loops_and_derivatives(cohort):
    end, died, events = cohort
    one = count(end, died, events)[0]
    ones = np.ones(len(end))
    np.testing.assert_allclose([one.mean, one.nelson], by_loops(end, died, events, one.time, ones), atol=1e-12)
    step, variance = 1e-5, np.zeros((2, len(one.time)))
    for i in range(len(end)):
        nudge = np.eye(len(end))[i] * step
        more, less = (by_loops(end, died, events, one.time, ones + s * nudge) for s in (1, -1))
        variance += ((more - less) / (2 * step)) ** 2
    np.testing.assert_allclose([one.std_error, one.nelson_std_error], np.sqrt(variance), atol=1e-6)


def test_groups_are_computed_apart():
    end, died, events = [3, 5, 6, 4], [0, 1, 0, 1], [(0, 1), (1, 4), (2, 5), (3, 4)]
    together = count(end, died, events, codes=np.array([0, 1, 0, 1]), levels=("A", "B"))
    alone = count([3, 6], [0, 0], [(0, 1), (1, 5)])[0]
    np.testing.assert_allclose(together[0].mean, alone.mean)
    np.testing.assert_allclose(together[0].std_error, alone.std_error)
    (difference,) = mean_count_difference(together[1].at([4]), together[0].at([4]), conf_level=0.95)
    a, b = together[1].at([4]), together[0].at([4])
    assert difference.estimate == pytest.approx(a.mean[0] - b.mean[0])
    assert difference.std_error == pytest.approx(np.hypot(a.std_error[0], b.std_error[0]))


def test_blocks_of_patients_change_nothing(monkeypatch):
    rng = np.random.default_rng(5)
    end = rng.integers(1, 20, 30)
    events = [(i, t) for i in range(30) for t in rng.integers(0, end[i] + 1, rng.poisson(1))]
    died = rng.random(30) < 0.4
    whole = count(end, died, events)[0]
    monkeypatch.setattr("core.survival.mean_count._CELLS", 50)
    parts = count(end, died, events)[0]
    np.testing.assert_allclose(parts.std_error, whole.std_error)


def test_edges():
    nobody, nothing = count([3.0], [False], [], codes=np.array([1]), levels=("A", "B"))
    assert nobody.notes == ("No patients in A.",)
    assert np.isnan(nobody.at([1]).mean).all()
    assert nothing.at([1]).mean.tolist() == [0]
    assert np.isnan(nothing.conf_low).all()
    with pytest.raises(InvalidTimeToEventError, match="after the end"):
        count([3], [0], [(0, 4)])
    with pytest.raises(ValueError, match="read-only"):
        nothing.mean[0] = 1


class TestClustered:
    def test_every_time_its_own_cluster_is_greenwood(self):
        rng = np.random.default_rng(1)
        data = TimeToEvent(time=rng.integers(1, 9, 40).astype(float), event=rng.random(40) < 0.7)
        plain = kaplan_meier(event_table(data))[0]
        robust = clustered(plain, data, np.arange(40))
        np.testing.assert_allclose(robust.std_error, plain.std_error, equal_nan=True)
        np.testing.assert_allclose(robust.conf_low, plain.conf_low, equal_nan=True)

    def test_everything_twice_has_the_error_of_once(self):
        time, event = np.array([1.0, 2, 2, 3, 5, 6]), np.array([1, 1, 0, 1, 0, 1], dtype=bool)
        once = TimeToEvent(time=time, event=event)
        twice = TimeToEvent(time=np.tile(time, 2), event=np.tile(event, 2))
        found = clustered(kaplan_meier(event_table(twice))[0], twice, np.tile(np.arange(6), 2))
        np.testing.assert_allclose(found.std_error, kaplan_meier(event_table(once))[0].std_error, equal_nan=True)
