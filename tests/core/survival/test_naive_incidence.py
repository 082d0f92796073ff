"""One minus Kaplan-Meier beside the cumulative incidence: by hand, by recoding, and never below it."""

from __future__ import annotations

import numpy as np
import pytest

from core.survival.competing_risks import CompetingRisks, cause_table
from core.survival.cumulative_incidence import cumulative_incidence
from core.survival.event_table import event_table
from core.survival.kaplan_meier import kaplan_meier
from core.survival.naive_incidence import naive_incidence
from core.timetoevent import TimeToEvent


def risks(time, cause, *, entry=None, weights=None, causes=("recurrence", "death")):
    cause = np.array(cause)
    given = {
        name: None if x is None else np.array(x, dtype=float) for name, x in (("entry", entry), ("weights", weights))
    }
    data = TimeToEvent(time=np.array(time, dtype=float), event=cause > 0, **given)
    return CompetingRisks(data=data, cause=cause, causes=causes)


def naive(data, *, times=(), cause=0):
    table = cause_table(data)
    return naive_incidence(table, cumulative_incidence(table)[0][cause], group=0, cause=cause, times=times)


def test_four_patients_by_hand():
    # recurrence at 1 and 3, a death at 2, one censored at 4: naive 1 - 3/4 * 1/2, incidence 1/4 + 1/4
    found = naive(risks([1, 2, 3, 4], [1, 2, 1, 0]), times=[0.5, 1, 2.5, 3, 9])
    np.testing.assert_allclose(found.incidence, [0.25, 0.25, 0.625, 0.625], rtol=1e-15)
    np.testing.assert_allclose(found.at, [0, 0.25, 0.25, 0.625, 0.625], rtol=1e-15)
    np.testing.assert_allclose(found.bias, [0, 0, 0, 0.125, 0.125], rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["plain", "entry", "weights"])
def test_kaplan_meier_of_the_recoded_data(seed, kind):
    rng = np.random.default_rng(seed)
    n = 60
    time = np.round(rng.exponential(10, n), int(rng.integers(0, 3))) + 1
    cause = rng.integers(0, 3, n)
    options = {"entry": {"entry": time * rng.random(n)}, "weights": {"weights": rng.integers(1, 4, n)}}.get(kind, {})
    data = risks(time, cause, **options)
    for code in (1, 2):
        recoded = TimeToEvent(
            time=data.data.time, event=cause == code, entry=data.data.entry, weights=data.data.weights
        )
        (curve,) = kaplan_meier(event_table(recoded))
        times = np.array([0.5, 3.0, 8.0, time.max()])
        found = naive(data, times=times, cause=code - 1)
        np.testing.assert_allclose(found.at, 1 - curve.at(times).survival, rtol=1e-12, atol=1e-14)
        assert (found.bias >= -1e-12).all()


def test_without_another_event_there_is_no_bias():
    found = naive(risks([1, 2, 2, 5, 6], [1, 1, 0, 1, 0]), times=[2, 5])
    np.testing.assert_allclose(found.bias, 0, atol=1e-15)


def test_a_group_without_patients_has_none():
    table = cause_table(risks([1, 2], [1, 2]), np.array([0, 0]), ("a", "b"))
    curves = cumulative_incidence(table)
    found = naive_incidence(table, curves[1][0], group=1, cause=0, times=[1])
    assert found.incidence.size == 0
    assert np.isnan(found.at).all()
    assert np.isnan(found.bias).all()
    with pytest.raises(ValueError, match="read-only"):
        found.at[0] = 1
