"""Gray's test by permutation: every way counted by hand, drawn ways near it, and its level."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.competing_risks import CompetingRisks
from core.survival.gray import gray_test
from core.survival.gray_permutation import gray_permutation
from core.timetoevent import TimeToEvent

LEVELS = ("a", "b")


def risks_of(time, cause):
    cause = np.array(cause)
    return CompetingRisks(
        data=TimeToEvent(time=np.array(time, float), event=cause > 0), cause=cause, causes=("event", "other")
    )


RISKS = risks_of([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 1, 0, 1, 2, 0])
CODES = np.array([0, 0, 0, 0, 1, 1, 1, 1])


def test_all_ways_are_counted_where_they_are_few():
    observed = gray_test(RISKS, CODES, LEVELS)["event"].statistic
    larger = 0
    ways = list(itertools.combinations(range(8), 4))
    for chosen in ways:
        once = np.zeros(8, dtype=np.int64)
        once[list(chosen)] = 1
        larger += gray_test(RISKS, once, LEVELS)["event"].statistic >= observed * (1 - 1e-9)
    found = gray_permutation(RISKS, CODES, LEVELS, draws=1000)["event"]
    assert found.exact
    assert found.n_permutations == len(ways) == 70
    assert found.p_value == pytest.approx(larger / 70)
    assert found.seed is None
    assert found.std_error == 0


def test_drawn_ways_come_near_and_repeat_with_their_seed():
    exact = gray_permutation(RISKS, CODES, LEVELS, draws=70)["event"].p_value
    three = np.where(CODES == 1, 1, 0)
    drawn = gray_permutation(RISKS, three, LEVELS, draws=69, seed=3)["event"]
    again = gray_permutation(RISKS, three, LEVELS, draws=69, seed=3)["event"]
    assert not drawn.exact
    assert drawn == again
    assert abs(drawn.p_value - exact) < 5 * drawn.std_error + 2 / 70


def test_patients_are_dealt_within_strata():
    strata = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    found = gray_permutation(RISKS, CODES, LEVELS, strata=strata, draws=30)["event"]
    assert not found.exact
    assert 0 < found.p_value <= 1


def test_it_keeps_its_level_where_groups_are_alike():
    rng = np.random.default_rng(5)
    below = 0
    for _ in range(60):
        cause = rng.integers(0, 3, 14)
        cause[:2] = 1
        risks = risks_of(rng.permutation(14) + 1, cause)
        found = gray_permutation(risks, np.arange(14) % 2, LEVELS, draws=99, seed=1)
        below += found["event"].p_value <= 0.1
    assert below <= 14  # 6 expected of 60; 15 or more have a chance of 1 in 1,000


def test_no_permutations_are_refused():
    with pytest.raises(SpecError, match="At least one"):
        gray_permutation(RISKS, CODES, LEVELS, draws=0)
