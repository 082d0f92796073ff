"""Counts at distinct times."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InvalidTimeToEventError, TooFewEventsError
from core.survival.counting import count_by_sorting
from core.survival.event_table import event_table
from core.timetoevent import DAYS_PER, GRID_FROM
from tests.core.survival import naive
from tests.core.survival.cohorts import follow, random_cohort, repeated, six_subjects


def test_six_subjects_by_hand():
    data, codes = six_subjects()
    table = event_table(data, codes, ("A", "B"))

    assert table.time.tolist() == [1, 6, 8, 9]
    assert table.n_at_risk.tolist() == [[3, 3, 2, 1], [3, 1, 0, 0]]
    assert table.n_events.tolist() == [[0, 1, 0, 1], [1, 1, 0, 0]]
    assert table.n_censored.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert table.n_subjects.tolist() == [3, 3]
    assert table.n_events.dtype.kind == "i"


@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
@pytest.mark.parametrize("weights", [False, True], ids=["unweighted", "weighted"])
def test_counts_are_direct_counts(entry, weights):
    data, codes = random_cohort(3, entry=entry, weights=weights)
    table = event_table(data, codes, ("a", "b", "c"))

    for group in range(3):
        part = data.subset(codes == group)
        for k, time in enumerate(table.time):
            at_risk, events, censored = naive.counts(part, time)
            assert table.n_at_risk[group, k] == at_risk
            assert table.n_events[group, k] == events
            assert table.n_censored[group, k] == censored


def test_whole_weights_are_repeated_rows():
    data, codes = random_cohort(4, weights=True, entry=True)
    weighted = event_table(data, codes, ("a", "b", "c"))
    plain = event_table(*repeated(data, codes), ("a", "b", "c"))

    for name in ("time", "n_at_risk", "n_events", "n_censored"):
        np.testing.assert_array_equal(getattr(weighted, name), getattr(plain, name))
    assert weighted.squared_events is None  # whole weights are counts, not propensity weights


def test_who_enters_at_an_event_time_is_not_at_risk_for_it():
    table = event_table(follow([5, 8], [True, True], entry=np.array([0.0, 5.0])))

    assert table.time.tolist() == [0, 5, 8]
    assert table.n_at_risk.tolist() == [[0, 1, 1]]


def test_days_and_days_as_years_tie_alike():
    days = np.array([365.0, 730.0, 730.0, 1095.0])
    years = days / 365.25
    years[2] *= 1 + 4e-16
    table = event_table(follow(years, [1, 1, 1, 1], unit="years"))

    assert table.n_events.tolist() == [[1, 2, 1]]


def test_codes_below_zero_are_left_out():
    table = event_table(follow([1, 2, 3], [1, 1, 0]), np.array([0, -1, 0]), ("a",))

    assert table.time.tolist() == [1, 3]
    assert table.n_subjects.tolist() == [2]


def test_pooled_selected_and_reversed():
    data, codes = random_cohort(5)
    table = event_table(data, codes, ("a", "b", "c"))
    whole = event_table(data)

    np.testing.assert_array_equal(table.pooled().n_at_risk, whole.n_at_risk)
    np.testing.assert_array_equal(table.pooled().n_events, whole.n_events)
    assert table.pooled().levels == ("all",)
    assert table.select([2, 0]).levels == ("c", "a")
    np.testing.assert_array_equal(table.select([2, 0]).n_events, table.n_events[[2, 0]])
    np.testing.assert_array_equal(
        table.reversed().n_events, event_table(data.reversed(), codes, ("a", "b", "c")).n_events
    )


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(lambda rng, n: rng.integers(0, 400, n).astype(float), id="whole days"),
        pytest.param(lambda rng, n: np.round(rng.weibull(1.2, n) * 20, 1), id="tenths of months"),
        pytest.param(lambda rng, n: rng.integers(0, 3000, n) / DAYS_PER["months"], id="days as months"),
        pytest.param(lambda rng, n: rng.integers(0, 3000, n) / DAYS_PER["years"], id="days as years"),
        pytest.param(lambda rng, n: rng.weibull(1.2, n) * 20, id="no grid"),
        pytest.param(lambda rng, n: np.append(np.round(rng.weibull(1.2, n - 1) * 20, 1), 0.123), id="off at the end"),
        pytest.param(lambda rng, n: np.ones(n), id="all at one time"),
    ],
)
def test_large_cohorts_count_the_same_without_sorting(times):
    rng = np.random.default_rng(6)
    n = 70_000  # more than one chunk
    assert n > GRID_FROM
    time, event, codes = times(rng, n), rng.random(n) < 0.5, rng.integers(0, 3, n)
    table = event_table(follow(time, event), codes, ("a", "b", "c"))
    sorted_way = event_table(follow(time, event, weights=np.ones(n)), codes, ("a", "b", "c"))

    np.testing.assert_array_equal(table.time, sorted_way.time)
    for name in ("n_at_risk", "n_events", "n_censored", "n_subjects"):
        np.testing.assert_array_equal(getattr(table, name), getattr(sorted_way, name))
    assert table.n_events.dtype.kind == "i"


@pytest.mark.parametrize(
    "time",
    [
        pytest.param([0.0, 0.0, 3.5, 1e-3, 3.5], id="time zero"),
        pytest.param([-0.0, 2.0, 0.0, 1.0, 2.0], id="minus zero"),
        pytest.param([0.0, 0.0, 0.0, 0.0, 0.0], id="all at zero"),
        pytest.param([5.0, 5.0 * (1 + 4e-10), 5.0 * (1 + 8e-10), 5.0 * (1 + 3e-9), 4.0], id="near ties in a chain"),
        pytest.param([1e-300, 1e300, 2.0, 2.0, 7.0], id="too wide to be packed"),
        pytest.param([5e-324, 1.0, 1.0, 2.0, 0.0], id="smallest number there is"),
        pytest.param([7.0, 7.0, 7.0, 7.0, 7.0], id="all at one time"),
    ],
)
@pytest.mark.parametrize("groups", [1, 2, 3, 5])
def test_packed_sorting_counts_as_positions_do(time, groups):
    event, codes = np.array([1, 0, 1, 1, 0]), np.arange(5) % groups
    levels = tuple("abcde"[:groups])
    table = event_table(follow(time, event), codes, levels)
    by_positions = event_table(follow(time, event, weights=np.ones(5)), codes, levels)

    np.testing.assert_array_equal(table.time, by_positions.time)
    for name in ("n_at_risk", "n_events", "n_censored", "n_subjects"):
        np.testing.assert_array_equal(getattr(table, name), getattr(by_positions, name))


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 5])
def test_few_ties_are_counted_as_many(monkeypatch, groups):
    monkeypatch.setattr("core.survival.counting.FEW_TIES_FROM", 0)
    rng = np.random.default_rng(groups)
    time = rng.weibull(1.2, 300) * 20
    time[[3, 40, 77]] = time[[4, 41, 78]] * (1 + np.array([0, 3e-10, -3e-10]))
    event, codes, levels = rng.random(300) < 0.6, rng.integers(0, groups, 300), tuple("abcde"[:groups])
    table = event_table(follow(time, event), codes, levels)
    by_positions = event_table(follow(time, event, weights=np.ones(300)), codes, levels)

    assert table.time.size == 297
    assert (table.n_events.dtype == np.int32) == (groups < 5)  # the way meant here is taken
    np.testing.assert_array_equal(table.time, by_positions.time)
    for name in ("n_at_risk", "n_events", "n_censored", "n_subjects"):
        np.testing.assert_array_equal(getattr(table, name), getattr(by_positions, name))


def test_what_does_not_fit_is_not_packed():
    codes = np.array([0, 1, 0])
    assert count_by_sorting(follow([1.0, 2.0, 2.0], [1, 0, 1]), codes, 2) is not None
    assert count_by_sorting(follow([1e-300, 1e300, 1.0], [1, 0, 1]), codes, 2) is None
    assert count_by_sorting(follow([1.0, 2.0, 2.0], [1, 0, 1], weights=np.ones(3)), codes, 2) is None
    assert count_by_sorting(follow([1.0, 2.0, 2.0], [1, 0, 1], entry=np.zeros(3)), codes, 2) is None
    assert count_by_sorting(follow([1.0, 2000.0, 2.0], [1, 0, 1]), codes, 1 << 7) is not None
    assert count_by_sorting(follow([1.0, 2000.0, 2.0], [1, 0, 1]), codes, 1 << 8) is None  # a bit too many


def test_tables_are_read_only():
    table = event_table(*six_subjects(), ("A", "B"))

    with pytest.raises(ValueError, match="read-only"):
        table.n_at_risk[0, 0] = 9


@pytest.mark.parametrize(
    ("codes", "levels", "error", "match"),
    [
        pytest.param([0, 1], (), TooFewEventsError, "no group", id="no level"),
        pytest.param([0], ("a",), InvalidTimeToEventError, "Groups have 1 values, time has 2", id="lengths differ"),
        pytest.param([0, 2], ("a", "b"), InvalidTimeToEventError, "group 3 of only 2 levels", id="code too large"),
    ],
)
def test_refused(codes, levels, error, match):
    with pytest.raises(error, match=match):
        event_table(follow([1, 2], [1, 1]), np.array(codes), levels)


def test_entry_within_the_tie_tolerance_of_time_is_refused():
    with pytest.raises(InvalidTimeToEventError, match="entry and time are the same"):
        event_table(follow([5.0], [True], entry=np.array([5.0 * (1 - 1e-12)])))


def test_no_subjects():
    table = event_table(follow([], []), np.array([], dtype=int), ("a", "b"))

    assert table.time.size == 0
    assert table.n_at_risk.shape == (2, 0)
    assert table.n_subjects.tolist() == [0, 0]
