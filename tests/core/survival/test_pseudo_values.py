"""Pseudo-values of the restricted mean: the times where nobody is censored, by hand, by differences, at edges."""

import numpy as np
import pytest

from core.survival.event_table import event_table
from core.survival.kaplan_meier import survival_steps
from core.survival.pseudo_values import rmst_pseudo_values
from core.timetoevent import TimeToEvent


def data(time, event):
    return TimeToEvent(time=np.array(time, dtype=float), event=np.array(event, dtype=bool))


def area(weights, time, event, tau):
    """Restricted mean of weighted patients, a second way."""
    time, event = np.array(time, dtype=float), np.array(event, dtype=bool)
    survival, total, before = 1.0, 0.0, 0.0
    for at in np.unique(time[event & (time <= tau)]):
        total += survival * (at - before)
        at_risk = weights[time >= at].sum()
        survival *= 1 - weights[(time == at) & event].sum() / at_risk
        before = at
    return total + survival * (tau - before)


def test_without_censoring_they_are_the_times_up_to_tau():
    found = rmst_pseudo_values(data([2, 5, 5, 9, 12], [1, 1, 1, 1, 1]), 10.0)
    assert found == pytest.approx([2, 5, 5, 9, 10])


def test_three_patients_by_hand():
    # 1 dies at 2, 2 is lost at 4, 3 dies at 6; tau 6: S is 1, then 2/3 from 2, 0 from 6; area 2 + 2/3 * 4 = 14/3
    # A(2) = 8/3, and behind the last event no area is left: the loss at 4 takes part at 2 only
    found = rmst_pseudo_values(data([2, 4, 6], [1, 0, 1]), 6.0)
    later = 8 / 3 * 1 / (3 * 2)
    assert found == pytest.approx([14 / 3 + 3 * (later - 8 / 3 / 2), 14 / 3 + 3 * later, 14 / 3 + 3 * later])


@pytest.mark.parametrize("tau", [3.0, 8.0, 30.0])
def test_they_are_the_derivatives_by_each_weight(tau):
    rng = np.random.default_rng(1)
    time, event = np.ceil(rng.exponential(6, 40)), rng.random(40) < 0.6
    found = rmst_pseudo_values(data(time, event), tau)
    step = 1e-6
    for i in range(40):
        up, down = np.ones(40), np.ones(40)
        up[i] += step
        down[i] -= step
        slope = (area(up, time, event, tau) - area(down, time, event, tau)) / (2 * step)
        assert found[i] == pytest.approx(area(np.ones(40), time, event, tau) + 40 * slope, abs=1e-5)


def test_their_mean_is_the_restricted_mean():
    rng = np.random.default_rng(2)
    made = data(rng.exponential(6, 60), rng.random(60) < 0.5)
    time, survival = survival_steps(event_table(made), 0)
    kept = time < 7
    whole = np.append(time[kept], 7.0)
    expected = whole[0] + (survival[kept] * np.diff(whole)).sum()
    assert rmst_pseudo_values(made, 7.0).mean() == pytest.approx(expected)


def test_nobody_with_an_event_lives_to_tau():
    assert rmst_pseudo_values(data([3, 4], [0, 0]), 5.0) == pytest.approx([5, 5])
    assert rmst_pseudo_values(data([3, 4], [1, 1]), 1.0) == pytest.approx([1, 1])


def test_delayed_entry_and_weights_are_refused():
    late = TimeToEvent(time=np.array([3.0, 4]), event=np.array([True, True]), entry=np.array([0.0, 1]))
    with pytest.raises(ValueError, match="follow-up from time zero"):
        rmst_pseudo_values(late, 2.0)
