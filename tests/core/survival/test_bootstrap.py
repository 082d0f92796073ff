"""The bootstrap of a difference of medians."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from core.errors import SpecError, TooFewEventsError
from core.survival.bootstrap import drawn_quantiles, median_difference
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from tests.core.survival.cohorts import follow, random_cohort

AB = ("A", "B")


def test_without_spread_by_hand():
    # everybody in A dies at 4, everybody in B at 9: every draw has the same medians
    data, codes = follow([4] * 6 + [9] * 5, [1] * 11), np.repeat([0, 1], [6, 5])
    result = median_difference(data, codes, AB, draws=50)

    assert result.medians == (9, 4)
    assert (result.estimate, result.conf_low, result.conf_high, result.std_error) == (5, 5, 5, 0)
    assert (result.level, result.reference, result.draws) == ("B", "A", 50)
    assert result.notes == ("Percentile interval of 50 bootstrap samples.",)


@pytest.mark.parametrize("p", [0.25, 0.5, 0.8])
@pytest.mark.parametrize("ties", [True, False], ids=["ties", "no ties"])
@pytest.mark.parametrize("seed", range(3))
def test_every_draw_is_an_ordinary_curve(seed, ties, p):
    data, _ = random_cohort(seed, n=30)
    if not ties:
        data = follow(data.time + np.random.default_rng(seed).random(30), data.event)
    order = np.lexsort((~data.event, data.time))
    data = data.subset(order)
    found = drawn_quantiles(np.random.default_rng(9), data, p=p, draws=60)

    ids = np.random.default_rng(9).integers(0, 30, (60, 30), dtype=np.uint32)
    expected = [quantile(kaplan_meier(event_table(data.subset(chosen.astype(int))))[0], p).value for chosen in ids]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_draws_in_chunks_are_draws(monkeypatch):
    data, _ = random_cohort(3)
    whole = drawn_quantiles(np.random.default_rng(1), data, p=0.5, draws=100)
    monkeypatch.setattr("core.survival.bootstrap.CELLS", 60 * 7)
    np.testing.assert_array_equal(drawn_quantiles(np.random.default_rng(1), data, p=0.5, draws=100), whole)


def test_the_interval_covers_the_truth():
    # exponential times with medians 10 log 2 and 15 log 2
    rng = np.random.default_rng(4)
    truth, covered = 5 * math.log(2), 0
    for trial in range(80):
        codes = np.repeat([0, 1], 60)
        death, lost = rng.exponential(np.where(codes, 15, 10)), rng.uniform(5, 60, 120)
        data = follow(np.minimum(death, lost), death <= lost)
        result = median_difference(data, codes, AB, draws=200, seed=trial)
        covered += result.conf_low <= truth <= result.conf_high

    assert 0.86 < covered / 80 <= 1


def test_limits_are_percentiles_of_the_draws():
    data, codes = random_cohort(5, n=120, groups=2)
    result = median_difference(data, codes, AB, draws=500, seed=3, conf_level=0.9)
    rng = np.random.default_rng(3)
    b, a = (drawn_quantiles(rng, data.subset(codes == g), p=0.5, draws=500) for g in (1, 0))

    np.testing.assert_allclose([result.conf_low, result.conf_high], np.quantile(b - a, [0.05, 0.95]))
    assert result.std_error == pytest.approx(np.std(b - a, ddof=1))
    assert result.estimate == result.medians[0] - result.medians[1]


def test_the_reference_turns_the_sign_of_the_estimate():
    data, codes = random_cohort(6, n=150, groups=2)
    a, b = (median_difference(data, codes, AB, reference) for reference in AB)

    assert a.estimate == -b.estimate
    assert a.conf_low == pytest.approx(-b.conf_high, abs=3)  # other draws


def test_seeded():
    data, codes = random_cohort(7, n=100, groups=2)
    one, again, other = (median_difference(data, codes, AB, seed=seed) for seed in (1, 1, 2))

    assert dataclasses.astuple(one) == dataclasses.astuple(again)
    assert (one.conf_low, one.std_error) != (other.conf_low, other.std_error)


def test_arms_are_drawn_independently():
    # the same subjects in both groups: were the draws the same too, every difference would be 0
    data, _ = random_cohort(8, n=40)
    twice = follow(np.tile(data.time, 2), np.tile(data.event, 2))
    assert median_difference(twice, np.repeat([0, 1], 40), AB).std_error > 0


def test_a_median_that_is_not_reached():
    data = follow([1, 2, 3, 4, 9, 9, 9, 9], [1, 1, 1, 1, 1, 0, 0, 0])
    result = median_difference(data, np.repeat([0, 1], 4), AB, draws=400)

    assert math.isnan(result.medians[0])
    assert math.isnan(result.estimate)
    assert not math.isnan(result.conf_low)  # later than all is later than the lower limit
    assert math.isnan(result.conf_high)
    assert result.n_not_reached > 0
    assert result.notes[1] == f"A median was not reached in {result.n_not_reached} of 400 bootstrap samples."


def test_no_median_anywhere():
    data = follow([1, 5, 5, 5, 5, 5], [1, 0, 0, 0, 0, 0])
    result = median_difference(data, np.array([0, 0, 0, 1, 1, 1]), AB, draws=20, p=0.99)

    assert math.isnan(result.conf_low)
    assert result.n_not_reached == 20


@pytest.mark.parametrize(
    ("time", "event", "codes"),
    [
        pytest.param([3, 5], [1, 1], [0, 1], id="one subject each"),
        pytest.param([0, 0, 2, 4], [1, 0, 1, 1], [0, 0, 1, 1], id="event at time 0"),
        pytest.param([2, 2, 2, 2], [1, 1, 1, 1], [0, 1, 0, 1], id="all at one time"),
        pytest.param([2, 4, 3, 5], [0, 0, 1, 1], [0, 0, 1, 1], id="no events in a group"),
    ],
)
def test_edges(time, event, codes):
    result = median_difference(follow(time, event), np.array(codes), AB, draws=30)
    assert result.draws == 30


def test_refused():
    data, codes = random_cohort(9, groups=2)
    for late in (follow([1, 2], [1, 1], entry=np.zeros(2)), follow([1, 2], [1, 1], weights=np.ones(2))):
        with pytest.raises(SpecError, match="takes no delayed entry and no case weights"):
            median_difference(late, np.array([0, 1]), AB)
    with pytest.raises(SpecError, match="needs two groups, not 3"):
        median_difference(data, codes, ("A", "B", "C"))
    with pytest.raises(SpecError, match="Reference 'C' is not one of the levels"):
        median_difference(data, codes, AB, "C")
    with pytest.raises(SpecError, match="at least two draws, not 1"):
        median_difference(data, codes, AB, draws=1)
    with pytest.raises(SpecError, match="confidence level must lie between"):
        median_difference(data, codes, AB, conf_level=95)
    with pytest.raises(SpecError, match="Quantiles must lie between"):
        median_difference(data, codes, AB, p=50)
    with pytest.raises(TooFewEventsError, match="only A has patients"):
        median_difference(data, codes * 0, AB)
    with pytest.raises(TooFewEventsError, match="Nobody had the event"):
        median_difference(follow([1, 2], [0, 0]), np.array([0, 1]), AB)
