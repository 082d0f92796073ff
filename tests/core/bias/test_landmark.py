"""Landmark analysis by hand, by a plain second way, and at its edges."""

import math

import numpy as np
import pytest

from core.bias.landmark import landmark_analysis
from core.survival.compare import compare
from core.timetoevent import TimeToEvent
from tests.core.bias.studies import NEVER, study, without_effect

# six patients: two leave by 3, one starts at 3 exactly, one after it
SIX = study([2, 3, 5, 6, 8, 9], [1, 0, 1, 1, 0, 1], [NEVER, 1, 3, NEVER, 4, 2])


def test_six_patients_by_hand():
    found = landmark_analysis(SIX, 3.0)
    assert (found.n, found.n_treated, found.n_later) == (4, 2, 1)
    assert found.dropped_event.tolist() == [0]
    assert found.dropped_censored.tolist() == [1]  # censored at the landmark itself
    assert found.n_of_group_dropped == 1
    untreated, treated = found.curves
    assert untreated.time.tolist() == [3, 5]  # 6 and 8, counted from 3; the later start counts as not treated
    assert treated.time.tolist() == [2, 6]
    assert treated.survival.tolist() == [0.5, 0.0]
    # at 2: 1 of 4 dies, treated 2 of 4; at 3: 1 of 3, treated 1 of 3; at 6: only the treated is left
    excess, variance = (1 - 2 / 4) + (0 - 1 / 3), 1 / 4 + 1 / 3 * 2 / 3
    assert found.statistic == pytest.approx(excess**2 / variance)
    # Cox: score of the four at beta solves 1 + 1 - ... = 0
    b = found.ratio.log_hazard_ratio
    assert 1 - 2 * math.exp(b) / (2 + 2 * math.exp(b)) - math.exp(b) / (2 + math.exp(b)) == pytest.approx(0, abs=1e-9)


def test_another_way_with_loops():
    made = without_effect(np.random.default_rng(3), 80)
    found = landmark_analysis(made, 4.0)
    time, event, group = [], [], []
    for t, e, s in zip(made.data.time, made.data.event, made.starts, strict=True):
        if t > 4:
            time.append(t - 4)
            event.append(e)
            group.append(int(s <= 4))
    other = compare(TimeToEvent(time=np.array(time), event=np.array(event)), np.array(group), ("a", "b"))
    assert found.statistic == pytest.approx(other.statistic)
    assert found.n == len(time)


def test_everybody_is_counted_once():
    made = without_effect(np.random.default_rng(4), 80)
    for time in (1.0, 5.0, 20.0):
        found = landmark_analysis(made, time)
        assert found.n + found.dropped_event.size + found.dropped_censored.size == made.data.n


def test_at_time_zero_only_who_was_treated_from_the_beginning_counts():
    found = landmark_analysis(study([2, 3, 5, 6], [1, 1, 1, 1], [0, NEVER, -1, 2]), 0.0)
    assert (found.n, found.n_treated, found.n_later) == (4, 2, 1)


def test_nobody_treated_by_then_is_said_and_not_estimated():
    found = landmark_analysis(SIX, 0.5)
    assert found.n_treated == 0
    assert math.isnan(found.ratio.hazard_ratio)
    assert math.isnan(found.p_value)
    assert "nothing to compare" in " ".join(found.notes)


def test_nobody_with_an_event_afterwards():
    found = landmark_analysis(study([2, 5, 6], [1, 0, 0], [NEVER, 1, NEVER]), 3.0)
    assert math.isnan(found.ratio.hazard_ratio)
    assert "event" in found.ratio.notes[0]


def test_delayed_entry_stays_delayed():
    found = landmark_analysis(study([4, 6, 8], [1, 1, 1], [1, NEVER, 2], entry=[0, 5, 0]), 3.0)
    assert found.curves[0].n_at_risk.tolist() == [1]
    assert found.curves[1].n_at_risk.tolist() == [2, 1]
