"""Odds ratio of two groups: by hand, by search, and what holds for every table."""

import math

import numpy as np
import pytest

from core.errors import CohortError
from core.proportions.odds_ratio import odds_ratio

TABLES = [(10, 28, 17, 66), (1, 3, 2, 9), (4, 4, 1, 4), (0, 5, 2, 5), (7, 30, 1, 90)]


def noncentral(x1, n1, x0, n0, psi):
    """Probabilities of the other group's events, term by term."""
    m = x1 + x0
    ways = {u: math.comb(n1, u) * math.comb(n0, m - u) * psi**u for u in range(max(0, m - n0), min(n1, m) + 1)}
    total = sum(ways.values())
    return {u: value / total for u, value in ways.items()}


def test_one_event_of_two_patients_by_hand():
    # one event among 1 + 1 patients, in the other group: all the weight is on psi -> infinity, P(X = 1) = psi/(1 + psi)
    found = odds_ratio(1, 1, 0, 1)
    assert math.isinf(found.value)
    assert math.isinf(found.conf_high)
    assert found.conf_low == pytest.approx(0.025 / 0.975, rel=1e-12)
    other_way = odds_ratio(0, 1, 1, 1)
    assert (other_way.value, other_way.conf_low) == (0, 0)
    assert other_way.conf_high == pytest.approx(0.975 / 0.025, rel=1e-12)


def test_a_balanced_table_is_one():
    found = odds_ratio(5, 10, 5, 10)
    assert found.value == pytest.approx(1, rel=1e-12)
    assert found.conf_low * found.conf_high == pytest.approx(1, rel=1e-10)


@pytest.mark.parametrize("cells", TABLES)
def test_the_estimate_is_the_most_likely_and_the_limits_cut_off_their_tails(cells):
    found = odds_ratio(*cells, conf_level=0.9)
    x1 = cells[0]
    if 0 < found.value < math.inf:
        best = noncentral(*cells, found.value)[x1]
        assert best >= max(noncentral(*cells, found.value * factor)[x1] for factor in (0.99, 0.999, 1.001, 1.01))
    if found.conf_low > 0:
        tail = noncentral(*cells, found.conf_low)
        assert sum(p for u, p in tail.items() if u >= x1) == pytest.approx(0.05, rel=1e-9)
    if found.conf_high < math.inf:
        tail = noncentral(*cells, found.conf_high)
        assert sum(p for u, p in tail.items() if u <= x1) == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize("method", ["conditional", "woolf"])
def test_exchanging_groups_inverts(method):
    a, b = odds_ratio(10, 28, 17, 66, method), odds_ratio(17, 66, 10, 28, method)
    assert [1 / b.value, 1 / b.conf_high, 1 / b.conf_low] == pytest.approx([a.value, a.conf_low, a.conf_high], rel=1e-9)


def test_woolf_by_hand():
    found = odds_ratio(10, 28, 17, 66, "woolf")
    assert found.value == pytest.approx(10 * 49 / (18 * 17))
    half = 1.959963984540054 * math.sqrt(1 / 10 + 1 / 18 + 1 / 17 + 1 / 49)
    assert found.conf_high == pytest.approx(found.value * math.exp(half))
    assert found.conf_low == pytest.approx(found.value / math.exp(half))


def test_the_conditional_estimate_is_nearer_to_one():
    assert 1 < odds_ratio(10, 28, 17, 66).value < odds_ratio(10, 28, 17, 66, "woolf").value


@pytest.mark.parametrize("cells", [(0, 5, 0, 9), (5, 5, 9, 9), (0, 0, 3, 9), (0, 0, 0, 0)])
@pytest.mark.parametrize("method", ["conditional", "woolf"])
def test_a_table_that_tells_nothing(cells, method):
    found = odds_ratio(*cells, method)
    assert np.isnan([found.value, found.conf_low, found.conf_high]).all()


def test_an_empty_cell_has_no_woolf_limits():
    assert math.isnan(odds_ratio(0, 5, 2, 5, "woolf").value)


def test_large_groups():
    found = odds_ratio(30_000, 100_000, 25_000, 100_000)
    woolf = odds_ratio(30_000, 100_000, 25_000, 100_000, "woolf")
    assert found.value == pytest.approx(woolf.value, rel=1e-4)
    assert found.conf_low == pytest.approx(woolf.conf_low, rel=1e-3)


def test_wrong_use_is_said():
    with pytest.raises(CohortError, match="count <= n"):
        odds_ratio(6, 5, 1, 5)
    with pytest.raises(CohortError, match="Unknown odds ratio"):
        odds_ratio(1, 5, 1, 5, "mid-p")
