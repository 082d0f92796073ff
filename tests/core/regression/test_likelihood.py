"""The partial likelihood and its derivatives against the definition and against differences."""

from __future__ import annotations

import numpy as np
import pytest

from core.regression.likelihood import evaluate
from core.regression.risk_sets import risk_sets
from core.regression.robust import score_residuals
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import random_cohort, six_subjects

COMPLICATIONS = [
    pytest.param({}, id="tied"),
    pytest.param({"tied": False}, id="continuous"),
    pytest.param({"late": True}, id="delayed entry"),
    pytest.param({"late": True, "tied": False}, id="delayed entry, continuous"),
    pytest.param({"weighted": True}, id="weights"),
    pytest.param({"strata": True}, id="strata"),
    pytest.param({"strata": True, "late": True, "weighted": True}, id="everything"),
]
TIES = ["efron", "breslow"]


def at(beta, X, data, strata=None, *, ties="efron"):
    sets = risk_sets(data, strata)
    return evaluate(np.asarray(beta, dtype=float), np.ascontiguousarray(X.T[:, sets.order]), sets, ties=ties), sets


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("options", COMPLICATIONS)
@pytest.mark.parametrize("seed", [1, 2])
def test_as_defined(seed, options, ties):
    data, X, strata = random_cohort(seed, **options)
    beta = np.array([0.4, -0.7, 0.3])

    found, _ = at(beta, X, data, strata, ties=ties)

    np.testing.assert_allclose(found.log_likelihood, naive.log_likelihood(beta, X, data, strata, ties=ties), rtol=1e-12)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("options", COMPLICATIONS)
def test_gradient_is_the_slope(options, ties):
    data, X, strata = random_cohort(3, **options)
    beta = np.array([0.2, 0.5, -0.4])

    found, _ = at(beta, X, data, strata, ties=ties)

    slope = naive.gradient(lambda b: naive.log_likelihood(b, X, data, strata, ties=ties), beta)
    np.testing.assert_allclose(found.gradient, slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("options", COMPLICATIONS)
def test_information_is_the_curvature(options, ties):
    data, X, strata = random_cohort(4, **options)
    beta = np.array([-0.3, 0.5, 0.1])

    found, _ = at(beta, X, data, strata, ties=ties)

    curvature = -naive.gradient(lambda b: at(b, X, data, strata, ties=ties)[0].gradient, beta)
    np.testing.assert_allclose(found.information, curvature, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("options", COMPLICATIONS)
def test_score_residuals_as_defined(options, ties):
    data, X, strata = random_cohort(5, **options)
    beta = np.array([0.6, -0.2, 0.3])

    found, sets = at(beta, X, data, strata, ties=ties)
    residuals = score_residuals(found, np.ascontiguousarray(X.T[:, sets.order]), sets)

    np.testing.assert_allclose(
        residuals.T, naive.score_residuals(beta, X, data, strata, ties=ties), rtol=1e-10, atol=1e-12
    )
    np.testing.assert_allclose(residuals.sum(axis=1), found.gradient, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        # -log 6 - 2 log 4; score 2 - 1/2 - 2/4; information 1/4 + 6/16
        pytest.param("breslow", (-np.log(96), 1.0, 5 / 8), id="breslow"),
        # -log 6 - log 4 - log 3; score 2 - 1/2 - 1/4 - 1/6; information 1/4 + 3/16 + 5/36
        pytest.param("efron", (-np.log(72), 13 / 12, 83 / 144), id="efron"),
    ],
)
def test_six_subjects_at_zero(ties, expected):
    data, design = six_subjects()

    found, _ = at([0.0], design.matrix, data, ties=ties)

    np.testing.assert_allclose((found.log_likelihood, found.gradient[0], found.information[0, 0]), expected, rtol=1e-14)


def test_without_ties_efron_is_breslow():
    data, X, _ = random_cohort(6, tied=False)

    efron, sets = at([0.1, 0.2, 0.3], X, data, ties="efron")
    breslow, _ = at([0.1, 0.2, 0.3], X, data, ties="breslow")

    assert sets.layers is None
    assert efron.log_likelihood == breslow.log_likelihood


@pytest.mark.parametrize("options", [{}, {"late": True}, {"strata": True, "weighted": True}])
def test_steep_coefficients_do_not_underflow(options):
    data, X, strata = random_cohort(7, **options)
    beta = np.array([400.0, -300.0, 200.0])

    found, sets = at(beta, X, data, strata)

    # the definition with each risk set's own largest eta taken out
    eta, weights = X @ beta, np.ones(data.n) if data.weights is None else data.weights
    expected = float((weights * data.event) @ eta)
    for mean_weight, present, _ in naive.layers(data, strata):
        there = present > 0
        highest = eta[there].max()
        total = (weights[there] * present[there] * np.exp(eta[there] - highest)).sum()
        expected -= mean_weight * (highest + np.log(total))
    assert found.log_likelihood == pytest.approx(expected, rel=1e-12)
    slope = naive.gradient(lambda b: at(b, X, data, strata)[0].log_likelihood, beta)
    np.testing.assert_allclose(found.gradient, slope, rtol=1e-4, atol=1e-4)
    residuals = score_residuals(found, np.ascontiguousarray(X.T[:, sets.order]), sets)
    np.testing.assert_allclose(residuals.sum(axis=1), found.gradient, rtol=1e-9, atol=1e-9)


def test_days_and_years_tie_alike():
    days = np.array([30, 60, 60, 90, 120, 120, 150, 365], dtype=float)
    event = np.array([1, 1, 1, 0, 1, 1, 0, 1], dtype=bool)
    X = np.arange(8.0)[:, None] % 3
    entry = np.array([0, 30, 0, 60, 60, 0, 120, 0], dtype=float)

    in_days, _ = at([0.5], X, TimeToEvent(time=days, event=event, entry=entry, unit="days"))
    in_years, _ = at([0.5], X, TimeToEvent(time=days / 365.25, event=event, entry=entry / 365.25, unit="years"))

    assert in_days.log_likelihood == in_years.log_likelihood
    assert in_days.information == in_years.information


def test_rows_never_at_risk_carry_nothing():
    # leaves before the first event; enters after the last; enters and leaves between two events
    data = TimeToEvent(time=[1, 2, 5, 9, 10, 4.5], event=[0, 1, 1, 0, 0, 0], entry=[0, 0, 0, 6, 0, 2.5])
    X = np.array([[5.0], [1.0], [0.0], [7.0], [0.0], [9.0]])
    rest = [1, 2, 4]

    found, sets = at([0.3], X, data)

    assert sorted(sets.order.tolist()) == rest
    assert found.log_likelihood == pytest.approx(naive.log_likelihood([0.3], X[rest], data.subset(rest)), rel=1e-14)
