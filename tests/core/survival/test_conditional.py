"""Conditional survival."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.errors import SpecError
from core.survival.conditional import conditional_survival
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.quantiles import quantile
from tests.core.survival.cohorts import follow, random_cohort


def test_by_hand():
    # of ten, one dies at each of 1 to 10: given alive at 4, six are left, three of them at 7
    (conditional,) = conditional_survival(follow(range(1, 11), [1] * 10), given=4, times=[4, 7, 10])

    assert conditional.estimate.n == 6
    np.testing.assert_allclose(conditional.at.survival, [1, 0.5, 0])
    assert conditional.at.std_error[1] == pytest.approx(math.sqrt(0.25 / 6))
    assert conditional.at.n_at_risk.tolist() == [6, 4, 1]
    assert conditional.median_further.value == 3.5  # the middle of the flat part from 7 to 8, less 4


@pytest.mark.parametrize("given", [0, 3, 7.5])
@pytest.mark.parametrize("entry", [False, True], ids=["from the start", "delayed entry"])
@pytest.mark.parametrize("weights", [False, True], ids=["unweighted", "weighted"])
def test_is_the_ratio_of_survivals_and_greenwood_from_there(given, entry, weights):
    data, codes = random_cohort(1, n=90, entry=entry, weights=weights)
    levels, times = ("a", "b", "c"), np.array([8.0, 11.0, 20.0])
    whole = kaplan_meier(event_table(data, codes, levels))
    for found, curve in zip(conditional_survival(data, codes, levels, given=given, times=times), whole, strict=True):
        at, start = curve.at(times), curve.at([given])
        np.testing.assert_allclose(found.at.survival, at.survival / start.survival, rtol=1e-12)
        greenwood = (at.std_error / at.survival) ** 2 - (start.std_error / start.survival) ** 2
        np.testing.assert_allclose(found.at.std_error, found.at.survival * np.sqrt(greenwood), rtol=1e-9)
        np.testing.assert_array_equal(found.at.n_at_risk, at.n_at_risk)


def test_given_at_the_start_it_is_survival():
    data, _ = random_cohort(2)
    (curve,) = kaplan_meier(event_table(data))
    (found,) = conditional_survival(data, given=0, times=[5])

    assert found.at.conf_low == curve.at([5]).conf_low
    assert found.median_further.value == quantile(curve, 0.5).value


def test_who_leaves_at_the_time_is_not_beyond_it():
    data = follow([365 / 365.25, 365 / 365.25, 2, 3], [1, 0, 1, 0], unit="years")
    (found,) = conditional_survival(data, given=np.nextafter(365 / 365.25, 0), times=[2])

    assert found.estimate.n == 2
    assert found.at.survival.tolist() == [0.5]


def test_nobody_left():
    found, rest = conditional_survival(
        follow([1, 5], [1, 0]), np.array([0, 1]), ("A", "B"), given=2, times=[3], conf_type="plain"
    )

    assert math.isnan(found.at.survival[0])
    assert math.isnan(found.median_further.value)
    assert found.notes == ("Nobody in A was followed beyond 2 months: there is no conditional survival.",)
    assert rest.notes == ()


@pytest.mark.parametrize(
    ("options", "match"),
    [
        pytest.param({"given": -1}, "must not be negative: -1", id="negative"),
        pytest.param({"given": math.nan}, "must not be negative", id="missing"),
        pytest.param({"given": 5, "times": [6, 2]}, "Given event-free at 5, survival at 2 is no question", id="before"),
    ],
)
def test_refused(options, match):
    with pytest.raises(SpecError, match=match):
        conditional_survival(follow([1, 9], [1, 0]), **options)
