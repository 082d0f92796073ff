"""Causes: what fits together, and counting them."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InvalidTimeToEventError, SpecError, TooFewEventsError
from core.survival.competing_risks import CompetingRisks, cause_table, competing_risks
from core.survival.event_table import event_table
from tests.core.survival.cohorts import follow, random_cohort
from tests.core.survival.competing import five_subjects, random_risks, risks_of


def test_five_subjects_by_hand():
    risks, codes = five_subjects()
    table = cause_table(risks, codes, ("A", "B"))

    assert table.whole.time.tolist() == [1, 2, 3, 4, 5]
    assert table.whole.n_at_risk.tolist() == [[3, 2, 1, 1, 1], [2, 2, 2, 1, 0]]
    assert table.n_events[0].tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 1, 0]]
    assert table.n_events[1].tolist() == [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0]]
    assert table.whole.n_censored.tolist() == [[0, 0, 0, 0, 1], [0, 0, 1, 0, 0]]
    assert table.whole.n_subjects.tolist() == [3, 2]


@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
@pytest.mark.parametrize("weights", [False, True], ids=["unweighted", "weighted"])
def test_all_causes_together_are_the_event_table(entry, weights):
    risks, codes = random_risks(1, entry=entry, weights=weights)
    levels = ("a", "b", "c")
    table, plain = cause_table(risks, codes, levels), event_table(risks.data, codes, levels)

    for name in ("time", "n_at_risk", "n_events", "n_censored", "n_subjects"):
        np.testing.assert_allclose(getattr(table.whole, name), getattr(plain, name), rtol=1e-14)
    assert table.whole.delayed == entry
    np.testing.assert_array_equal(table.n_events.sum(axis=0), plain.n_events)
    for cause in range(3):
        own = CompetingRisks(data=risks.data, cause=risks.cause, causes=risks.causes)
        only = own.cause == cause + 1
        direct = [risks.data.weights[only].sum() if weights else only.sum()]
        assert table.n_events[cause].sum() == pytest.approx(direct[0])


def test_fractional_weights_keep_their_squares():
    data, codes = random_cohort(2)
    rng = np.random.default_rng(2)
    weighted = follow(data.time, data.event, weights=rng.uniform(0.2, 3, data.n))
    cause = np.where(data.event, rng.integers(1, 3, data.n), 0)
    levels = ("a", "b", "c")
    table = cause_table(CompetingRisks(data=weighted, cause=cause, causes=("x", "y")), codes, levels)
    plain = event_table(weighted, codes, levels)

    np.testing.assert_allclose(table.whole.squared_events, plain.squared_events, rtol=1e-13)
    np.testing.assert_allclose(table.whole.squared_censored, plain.squared_censored, rtol=1e-13)
    np.testing.assert_allclose(table.squared_events.sum(axis=0), plain.squared_events, rtol=1e-13)


def test_who_is_in_no_group_is_left_out():
    risks, _ = five_subjects()
    table = cause_table(risks, np.array([0, -1, 0, -1, 0]), ("A",))

    assert table.whole.time.tolist() == [1, 3, 5]
    assert table.n_events[:, 0].tolist() == [[1, 0, 0], [0, 0, 0]]


def test_some_of_the_groups():
    risks, codes = random_risks(3)
    table = cause_table(risks, codes, ("a", "b", "c")).select([2, 0])

    assert table.levels == ("c", "a")
    np.testing.assert_array_equal(table.n_events[:, 0], cause_table(risks, codes, ("a", "b", "c")).n_events[:, 2])


def test_an_endpoint_and_its_competing_events():
    data = follow([1, 2, 3, 4], [1, 0, 0, 0])
    risks = competing_risks(data, "relapse", {"death": np.array([0, 1, 0, 0], dtype=bool)})

    assert risks.causes == ("relapse", "death")
    assert risks.cause.tolist() == [1, 2, 0, 0]
    assert risks.data.event.tolist() == [True, True, False, False]
    assert risks.subset(risks.data.time > 1).cause.tolist() == [2, 0, 0]


@pytest.mark.parametrize(
    ("flags", "name", "match"),
    [
        pytest.param([1, 0], "death", "A patient with 'death' has another event", id="two events"),
        pytest.param([0, 1], "relapse", "Two events are called 'relapse'", id="one name"),
    ],
)
def test_events_that_contradict_each_other(flags, name, match):
    with pytest.raises(SpecError, match=match):
        competing_risks(follow([1, 2], [1, 0]), "relapse", {name: np.array(flags, dtype=bool)})


@pytest.mark.parametrize(
    ("cause", "match"),
    [
        pytest.param([1], "Causes have 1 values", id="length"),
        pytest.param([3, 0], "not one of 0 .censored. to 2", id="unknown cause"),
        pytest.param([-1, 0], "not one of 0 .censored. to 2", id="negative"),
        pytest.param([0, 0], "Causes and events do not agree", id="event without cause"),
        pytest.param([1, 2], "Causes and events do not agree", id="cause without event"),
    ],
)
def test_causes_that_do_not_fit(cause, match):
    with pytest.raises(InvalidTimeToEventError, match=match):
        CompetingRisks(data=follow([1, 2], [1, 0]), cause=np.array(cause), causes=("x", "y"))


def test_refused():
    risks, codes = five_subjects()
    with pytest.raises(InvalidTimeToEventError, match="'death' has 1 values"):
        competing_risks(follow([1, 2], [1, 0]), "relapse", {"death": np.array([True])})
    with pytest.raises(InvalidTimeToEventError, match="Groups have 2 values"):
        cause_table(risks, np.array([0, 1]), ("A", "B"))
    with pytest.raises(InvalidTimeToEventError, match="A subject is in group 2 of only 1 levels"):
        cause_table(risks, codes, ("A",))
    with pytest.raises(TooFewEventsError, match="no group to count"):
        cause_table(risks, codes, ())


def test_arrays_are_read_only():
    risks = risks_of([1, 2], [1, 0])
    with pytest.raises(ValueError, match="read-only"):
        risks.cause[0] = 2
    with pytest.raises(ValueError, match="read-only"):
        cause_table(risks).n_events[0, 0, 0] = 2
