"""Time to event: the gate every estimator's data pass."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidTimeToEventError
from core.timetoevent import DAYS_PER, GRID_FROM, TimeToEvent, distinct_times


def data(**changes):
    return TimeToEvent(**({"time": [3.0, 1.0, 2.0], "event": [True, False, True]} | changes))


class TestGate:
    def test_accepts_lists_and_makes_read_only_arrays(self):
        value = data(entry=[0, 0, 1], weights=[1, 2, 0.5])
        for array in (value.time, value.event, value.entry, value.weights):
            assert array is not None
            assert not array.flags.writeable
        assert value.time.dtype == np.float64
        assert value.event.dtype == np.bool_

    def test_does_not_share_memory_with_what_it_was_given(self):
        time = np.array([1.0, 2.0])
        value = TimeToEvent(time=time, event=np.array([True, False]))
        time[0] = 99
        assert value.time[0] == 1.0

    @pytest.mark.parametrize("event", [[1, 0, 1], [1.0, 0.0, 1.0], np.array([1, 0, 1], dtype=np.int8)])
    def test_zero_and_one_are_flags(self, event):
        assert data(event=event).event.tolist() == [True, False, True]

    def test_nobody_is_allowed(self):
        empty = TimeToEvent(time=[], event=np.array([], dtype=bool))
        assert (empty.n, empty.n_events) == (0, 0)

    def test_time_zero_is_allowed(self):
        assert data(time=[0.0, 1.0, 2.0]).n == 3

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"time": [[1.0, 2.0]], "event": [[True, False]]}, "one list of numbers"),
            ({"time": [1.0, 2.0]}, "Event has 3 values, time has 2"),
            ({"entry": [0.0]}, "Entry has 1 values, time has 3"),
            ({"weights": [1.0]}, "Weights has 1 values, time has 3"),
            ({"time": [1.0, float("nan"), 2.0]}, r"For 1 subjects time is missing or infinite \(positions 2\)"),
            ({"time": [1.0, float("inf"), 2.0]}, "missing or infinite"),
            ({"time": [1.0, -1.0, -2.0]}, r"For 2 subjects time is negative \(positions 2, 3\).*not before the start"),
            ({"entry": [0.0, float("nan"), 0.0]}, "entry is missing"),
            ({"entry": [3.0, 0.0, 0.0]}, r"entry is not before time \(positions 1\)"),
            ({"weights": [1.0, 0.0, 1.0]}, r"weight is not positive \(positions 2\)"),
            ({"weights": [1.0, float("nan"), 1.0]}, "weight is not positive"),
            ({"event": [1, 2, 1]}, "true or false.*which value means event"),
            ({"event": ["yes", "no", "yes"]}, "true or false"),
            ({"unit": "fortnights"}, "Unknown time unit 'fortnights'.*days, weeks, months, years"),
        ],
    )
    def test_refuses(self, changes, message):
        with pytest.raises(InvalidTimeToEventError, match=message):
            data(**changes)


class TestValue:
    def test_counts(self):
        assert (data().n, data().n_events) == (3, 2)

    def test_months_are_a_twelfth_of_a_year(self):
        assert DAYS_PER["months"] * 12 == DAYS_PER["years"] == 365.25

    def test_subset_by_flags_and_by_positions(self):
        value = data(entry=[0.5, 0, 0], weights=[1, 2, 3], unit="days")
        for pick in (np.array([True, False, True]), np.array([0, 2])):
            part = value.subset(pick)
            assert part.time.tolist() == [3.0, 2.0]
            assert part.event.tolist() == [True, True]
            assert part.entry is not None
            assert part.entry.tolist() == [0.5, 0]
            assert part.weights is not None
            assert part.weights.tolist() == [1, 3]
            assert part.unit == "days"

    def test_reversed_turns_censoring_into_the_event(self):
        value = data()
        assert (value.reversed().event == ~value.event).all()
        assert (value.reversed().reversed().event == value.event).all()

    @pytest.mark.parametrize(
        "changes",
        [
            {"time": [3.0, 1.0, 2.5]},
            {"event": [True, True, True]},
            {"entry": [0.0, 0.0, 0.0]},
            {"weights": [1.0, 1.0, 1.0]},
            {"unit": "days"},
        ],
    )
    def test_fingerprint_sees_every_part(self, changes):
        assert data().fingerprint == data().fingerprint
        assert data(**changes).fingerprint != data().fingerprint

    def test_fingerprint_tells_entry_from_weights(self):
        ones = [0.5, 0.5, 0.5]
        assert data(entry=ones).fingerprint != data(weights=ones).fingerprint


class TestDistinctTimes:
    @pytest.mark.parametrize(
        ("time", "distinct", "position"),
        [
            ([], [], []),
            ([2.0], [2.0], [0]),
            ([3.0, 1.0, 3.0], [1.0, 3.0], [1, 0, 1]),
            ([0.0, 0.0, 1.0], [0.0, 1.0], [0, 0, 1]),
            ([1.0, 1.0 + 1e-12, 2.0], [1.0, 2.0], [0, 0, 1]),
            ([1.0, 1.0 + 1e-6], [1.0, 1.0 + 1e-6], [0, 1]),
            ([1e6, 1e6 + 1e-5], [1e6], [0, 0]),  # the tolerance is relative
        ],
    )
    def test_small_cases(self, time, distinct, position):
        got_distinct, got_position = distinct_times(np.array(time))
        assert got_distinct.tolist() == distinct
        assert got_position.tolist() == position

    @given(st.lists(st.integers(0, 3000), max_size=40))
    def test_days_and_years_tie_alike(self, days):
        in_days = np.array(days, dtype=float)
        assert (distinct_times(in_days)[1] == distinct_times(in_days / 365.25)[1]).all()

    @given(st.lists(st.floats(min_value=0, max_value=1e4), max_size=40))
    def test_every_time_is_within_tolerance_of_its_representative_chain(self, times):
        time = np.array(times)
        distinct, position = distinct_times(time)
        assert (np.diff(distinct) > 0).all()
        if time.size:
            assert np.allclose(distinct[position], time, rtol=1e-7)

    @pytest.mark.parametrize("scale", [1.0, 10.0, 30.4375])
    def test_grids_are_counted_as_they_are_sorted(self, scale):
        time = np.random.default_rng(1).integers(0, 900, GRID_FROM) / scale
        distinct, position = distinct_times(time)
        sorted_distinct, sorted_position = np.unique(time, return_inverse=True)
        assert distinct.tolist() == sorted_distinct.tolist()
        assert position.tolist() == sorted_position.tolist()

    def test_one_time_off_the_grid_and_negative_entries(self):
        time = np.append(np.arange(GRID_FROM) / 10, 0.25)
        assert distinct_times(time)[0].size == GRID_FROM + 1
        assert distinct_times(-np.arange(GRID_FROM, dtype=float))[0][0] == 1 - GRID_FROM
