"""State occupancy by hand, by a slow second way, and what always holds."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InvalidTimeToEventError
from core.survival.competing_risks import CompetingRisks, cause_table
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.multi_state import STAYS, StateRows, occupancy
from core.survival.patient_states import patient_states
from core.survival.state_occupancy import state_occupancy
from core.timetoevent import TimeToEvent

NAMES = ("free", "after", "dead")


def rows(*given, cluster=None):
    """Rows (start, stop, origin, to)."""
    start, stop, origin, to = (np.array(column) for column in zip(*given, strict=True))
    who = np.arange(len(given)) if cluster is None else np.array(cluster)
    return StateRows(start=start.astype(float), stop=stop.astype(float), origin=origin.astype(np.int64),
                     to=to.astype(np.int64), cluster=who.astype(np.int64))  # fmt: skip


def test_four_patients_by_hand():
    # 1: event at 1, dead at 3; 2: dead at 2; 3: event at 2, seen until 4; 4: seen until 2.5 without either
    found, areas = occupancy(
        rows((0, 1, 0, 1), (1, 3, 1, 2), (0, 2, 0, 2), (0, 2, 0, 1), (2, 4, 1, STAYS), (0, 2.5, 0, STAYS),
             cluster=[0, 0, 1, 2, 2, 3]), 3, tau=4.0)  # fmt: skip
    np.testing.assert_array_equal(found.time, [1, 2, 2.5, 3, 4])
    np.testing.assert_allclose(found.probability[0], [3 / 4, 1 / 4, 1 / 4, 1 / 4, 1 / 4])
    np.testing.assert_allclose(found.probability[1], [1 / 4, 1 / 2, 1 / 2, 1 / 4, 1 / 4])
    np.testing.assert_allclose(found.probability[2], [0, 1 / 4, 1 / 4, 1 / 2, 1 / 2])
    np.testing.assert_array_equal(found.n_at_risk[1], [0, 1, 2, 2, 1])
    np.testing.assert_array_equal(found.transitions, [[0, 2, 1], [0, 0, 1], [0, 0, 0]])
    assert areas is not None
    np.testing.assert_allclose(areas.value, [1 + 3 / 4 + 1 / 4 * 2, 1 / 4 + 1 / 2 + 1 / 4, 1 / 4 + 1 / 2])
    assert areas.value.sum() == pytest.approx(4)


def weighted_share(given: StateRows, weight: np.ndarray, n_states: int, at: float) -> np.ndarray:
    """The estimate with case weights, written as the formula stands: what the jackknife is the derivative of."""
    share = np.eye(n_states)[0]
    for time in np.unique(given.stop[given.to >= 0]):
        if time > at:
            break
        rate = np.eye(n_states)
        for j in range(n_states):
            there = (given.origin == j) & (given.start < time) & (given.stop >= time)
            for k in range(n_states):
                moves = there & (given.stop == time) & (given.to == k)
                if moves.any():
                    d = weight[moves].sum() / weight[there].sum()
                    rate[j, k] += d
                    rate[j, j] -= d
        share = share @ rate
    return share


@pytest.mark.parametrize("seed", range(4))
def test_the_error_is_the_derivative_by_the_weights(seed):
    rng = np.random.default_rng(seed)
    n = 25
    first, end = rng.integers(1, 9, n), rng.integers(3, 15, n)
    moved, dies = first < end, rng.random(n) < 0.6
    who = np.arange(n)
    last = np.where(dies, 2, STAYS)
    given = rows(
        *zip(np.zeros(n), np.where(moved, first, end), np.zeros(n), np.where(moved, 1, last), strict=True),
        *zip(first[moved], end[moved], np.ones(n)[moved], last[moved], strict=True),
        cluster=np.concatenate([who, who[moved]]) // 2,
    )
    at, step = 7.0, 1e-6
    found, _ = occupancy(given, 3)
    row = int(found.row_at(np.array([at]))[0]) - 1
    influences = []
    for cluster in range(given.n_clusters):
        up, down = (1 + sign * step * (given.cluster == cluster) for sign in (1, -1))
        influences.append((weighted_share(given, up, 3, at) - weighted_share(given, down, 3, at)) / (2 * step))
    np.testing.assert_allclose(
        found.probability[:, row], weighted_share(given, np.ones(given.stop.size), 3, at), atol=1e-12
    )
    np.testing.assert_allclose(
        found.std_error[:, row], np.sqrt((np.array(influences) ** 2).sum(axis=0)), rtol=1e-6, atol=1e-9
    )


@pytest.mark.parametrize("seed", range(3))
def test_shares_add_up_and_competing_risks_are_its_special_case(seed):
    rng = np.random.default_rng(seed)
    n = 60
    time, cause = rng.integers(1, 20, n).astype(float), rng.integers(0, 3, n)
    given = StateRows(start=np.zeros(n), stop=time, origin=np.zeros(n, np.int64),
                      to=np.where(cause > 0, cause, STAYS).astype(np.int64), cluster=np.arange(n))  # fmt: skip
    found, _ = occupancy(given, 3)
    np.testing.assert_allclose(found.probability.sum(axis=0), 1.0)
    risks = CompetingRisks(data=TimeToEvent(time=time, event=cause > 0), cause=cause, causes=("a", "b"))
    (curves,) = cumulative_incidence(cause_table(risks), variance="jackknife")
    for state, curve in enumerate(curves, start=1):
        np.testing.assert_allclose(found.probability[state], curve.incidence)
        np.testing.assert_allclose(found.std_error[state], curve.std_error, rtol=1e-8, atol=1e-12)


def test_a_row_without_length_or_way_is_refused():
    with pytest.raises(InvalidTimeToEventError, match="ends where it starts"):
        rows((1, 1, 0, 1))
    with pytest.raises(InvalidTimeToEventError, match="state it is in"):
        rows((0, 1, 1, 1))


def test_nobody_has_no_times():
    none = np.zeros(0, np.int64)
    nobody = StateRows(start=np.zeros(0), stop=np.zeros(0), origin=none, to=none, cluster=none)
    found, areas = occupancy(nobody, 3, tau=5.0)
    assert not found.time.size
    assert np.isnan(found.last_time)
    assert areas is not None


def ways(first, happened, end, died, others=None, unit="months"):
    return patient_states(
        TimeToEvent(time=np.array(first, float), event=np.array(happened, bool), unit="months"),
        others or {},
        TimeToEvent(time=np.array(end, float), event=np.array(died, bool), unit=unit),
        names=NAMES,
    )


def test_an_event_on_the_day_of_death_is_the_death():
    found = ways([5.0, 5.0], [True, True], [5.0, 5.0], [True, False])
    value = state_occupancy(found, np.zeros(2, np.int64), ("all",), "all", times=[5.0])
    assert found.n_at_once == 1
    np.testing.assert_array_equal(value.groups[0].estimate.transitions, [[0, 1, 1], [0, 0, 0], [0, 0, 0]])
    assert "on the day of death" in value.notes[0]


def test_a_composite_counts_a_death_within_a_day_as_its_event():
    almost = 5.0 - 0.5 / 30.4375
    assert ways([almost], [True], [5.0], [True]).rows.to.tolist() == [1, 2]
    found = patient_states(
        TimeToEvent(time=np.array([almost]), event=np.array([True])), {},
        TimeToEvent(time=np.array([5.0]), event=np.array([True])), names=NAMES, composite=True,
    )  # fmt: skip
    assert found.rows.to.tolist() == [2]
    assert found.n_at_once == 0


def test_who_is_no_longer_looked_at_leaves_then():
    found = ways([4.0, 9.0], [False, False], [9.0, 9.0], [True, True])
    assert (found.n_unseen, found.n_unseen_deaths) == (1, 1)
    value = state_occupancy(found, np.zeros(2, np.int64), ("all",), "all", tau=6.0)
    np.testing.assert_array_equal(value.groups[0].estimate.transitions[0], [0, 0, 1])
    assert "no longer looked at" in value.notes[0]


def test_another_event_is_a_state_of_its_own_and_days_meet_months():
    found = ways([3.0, 2.0], [False, True], [10 * 30.4375, 6 * 30.4375], [True, False],
                 {"transplant": np.array([True, False])}, unit="days")  # fmt: skip
    assert found.states == ("free", "after", "transplant", "dead")
    value = state_occupancy(found, np.zeros(2, np.int64), ("all",), "all", times=[12.0], tau=4.0)
    moves = value.groups[0].estimate.transitions
    assert moves[0, 2] == moves[2, 3] == moves[0, 1] == 1
    assert value.groups[0].estimate.last_time == pytest.approx(10)
    assert "carried on" in " ".join(value.notes)


def test_an_empty_group_has_no_numbers_and_no_contrast():
    found = ways([3.0, 2.0], [False, True], [10.0, 6.0], [True, False])
    value = state_occupancy(found, np.zeros(2, np.int64), ("a", "b"), "a", times=[3.0], tau=4.0)
    assert value.groups[1].n == 0
    assert np.isnan(value.groups[1].at.probability).all()
    assert np.isnan(value.groups[1].mean_time[0].value)
    assert value.contrasts == ()
