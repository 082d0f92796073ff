"""Harrell's concordance."""

from __future__ import annotations

import numpy as np
import pytest

from core.regression.concordance import concordance
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import random_cohort


def test_five_subjects_by_hand():
    # events at 1 (score 3) and 2 (scores 1 and 1), censored at 2 (score 1) and 4 (score 2)
    data = TimeToEvent(time=[1, 2, 2, 2, 4], event=[1, 1, 1, 0, 0])

    found = concordance(data, np.array([3.0, 1.0, 1.0, 1.0, 2.0]))

    # the first beats all four; the two events at 2 tie with the censored and lose to the last
    assert (found.concordant, found.discordant, found.tied_score) == (4, 2, 2)
    assert (found.tied_time, found.tied_both) == (0, 1)
    assert found.value == 5 / 8
    # influence (pairs won or half won - C * pairs) / 8: 3/16, three times -1.5*... by subject
    won = np.array([4, 1.5, 1.5, 2, 1])
    pairs = np.array([4, 3, 3, 3, 3])
    assert found.std_error == pytest.approx(np.sqrt((((won - 5 / 8 * pairs) / 8) ** 2).sum()), rel=1e-14)


@pytest.mark.parametrize("seed", range(12))
def test_as_defined(seed):
    data, X, strata = random_cohort(
        seed, n=25 + seed, tied=seed % 2 == 0, late=seed % 3 == 0, weighted=seed % 4 < 2, strata=seed % 5 == 0
    )
    score = np.round(X[:, 0]) + X[:, 1]
    counts, value, std_error = naive.concordance(data, score, strata)

    found = concordance(data, score, strata=strata)

    np.testing.assert_allclose(
        (found.concordant, found.tied_score, found.concordant + found.discordant + found.tied_score), counts, rtol=1e-12
    )
    np.testing.assert_allclose((found.value, found.std_error), (value, std_error), rtol=1e-12)
    np.testing.assert_allclose(
        (found.tied_time, found.tied_both), naive.tied_event_pairs(data, score, strata), rtol=1e-12, atol=1e-10
    )


def test_perfect_and_reversed():
    data = TimeToEvent(time=[1, 2, 3, 4], event=[1, 1, 1, 1])

    assert concordance(data, np.array([4.0, 3, 2, 1])).value == 1
    assert concordance(data, np.array([1.0, 2, 3, 4])).value == 0
    assert concordance(data, np.zeros(4)).value == 0.5


def test_rounding_does_not_break_ties():
    data = TimeToEvent(time=[1, 2, 3], event=[1, 1, 0])

    found = concordance(data, np.array([0.1 + 0.2, 0.3, 0.3]))

    assert found.tied_score == 3


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TimeToEvent(time=[1], event=[1]), id="one subject"),
        pytest.param(TimeToEvent(time=[1, 2], event=[0, 0]), id="no events"),
        pytest.param(TimeToEvent(time=[3, 3], event=[1, 1]), id="all at one time"),
    ],
)
def test_no_usable_pair(data):
    found = concordance(data, np.arange(data.n, dtype=float))

    assert np.isnan(found.value)
    assert np.isnan(found.std_error)
    assert found.concordant == 0


def test_clusters_are_left_out_together():
    data, X, _ = random_cohort(2, n=40)
    cluster = np.arange(40) // 4
    alone = concordance(data, X[:, 0])

    together = concordance(data, X[:, 0], cluster=cluster)

    assert together.value == alone.value
    assert together.std_error != alone.std_error
    assert concordance(data, X[:, 0], cluster=np.arange(40)).std_error == pytest.approx(alone.std_error, rel=1e-14)
