"""Exact ties: closed forms, every set of patients written out, the log-rank test, and what is refused."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SpecError
from core.regression.cox import fit_cox
from core.regression.exact import evaluate
from core.regression.risk_sets import risk_sets
from core.survival.compare import compare
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import design, design_of, random_cohort, six_subjects


def log_likelihood(beta, X, data, strata=None):
    """From the definition: the events among all sets of as many patients at risk."""
    entry = np.full(data.n, -np.inf) if data.entry is None else data.entry
    strata = np.zeros(data.n, dtype=int) if strata is None else strata
    eta, total = X @ beta, 0.0
    for stratum in np.unique(strata):
        inside = strata == stratum
        for t in np.unique(data.time[inside & data.event]):
            at_risk = np.flatnonzero(inside & (entry < t) & (data.time >= t))
            dying = np.flatnonzero(inside & data.event & (data.time == t))
            sets = [eta[list(chosen)].sum() for chosen in combinations(at_risk, dying.size)]
            total += eta[dying].sum() - np.logaddexp.reduce(sets)
    return float(total)


def at(beta, X, data, strata=None):
    sets = risk_sets(data, strata)
    return evaluate(np.asarray(beta, dtype=float), np.ascontiguousarray(X[sets.order].T), sets, ties="exact")


def test_six_subjects_by_hand():
    """coxph(test1, ties = 'exact'): the likelihood (r / (3 r + 3))^2 rises to 1/9 without a maximum."""
    data, x = six_subjects()

    fit = fit_cox(data, x, ties="exact")

    assert math.isnan(fit.coefficients[0])
    assert fit.log_likelihood == pytest.approx((-2 * math.log(6), -2 * math.log(3)), rel=1e-12)
    assert fit.tests["likelihood_ratio"].statistic == pytest.approx(4 * math.log(2), rel=1e-12)
    assert fit.tests["score"].statistic == pytest.approx((1 / 2 + 1 / 2) ** 2 / (1 / 4 + 1 / 4), rel=1e-12)


def test_a_maximum_by_hand():
    """Two of five have the event at once, one of the two with x = 1 and one of the three without."""
    data = TimeToEvent(time=[1, 1, 2, 2, 1], event=[1, 1, 0, 0, 0])

    fit = fit_cox(data, design(x=[1, 0, 1, 0, 0]), ties="exact")

    # e_2 of r, r, 1, 1, 1 is r^2 + 6 r + 3, and r / e_2 is largest at r = sqrt(3)
    r = math.sqrt(3)
    assert fit.coefficients == pytest.approx([math.log(r)], rel=1e-12)
    assert fit.log_likelihood[1] == pytest.approx(math.log(r / (r**2 + 6 * r + 3)), rel=1e-12)
    share = np.array([3, 6 * r, r**2]) / (r**2 + 6 * r + 3)
    variance = share @ np.arange(3) ** 2 - (share @ np.arange(3)) ** 2
    assert fit.covariance[0, 0] == pytest.approx(1 / variance, rel=1e-10)


@pytest.mark.parametrize("options", [{}, {"late": True}, {"strata": True}, {"late": True, "strata": True}])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_set_of_patients_written_out(options, seed):
    data, X, strata = random_cohort(seed, n=24, p=2, **options)
    data = TimeToEvent(time=np.ceil(data.time / 3), event=data.event, entry=_coarse(data), unit="months")
    beta = np.array([0.7, -1.1])

    found = at(beta, X, data, strata)

    def value(b):
        return log_likelihood(b, X, data, strata)

    assert found.log_likelihood == pytest.approx(value(beta), rel=1e-12)
    np.testing.assert_allclose(found.gradient, naive.gradient(value, beta), rtol=1e-7, atol=1e-7)
    slopes = naive.gradient(lambda b: at(b, X, data, strata).gradient, beta)
    np.testing.assert_allclose(found.information, -slopes, rtol=1e-6, atol=1e-7)


def _coarse(data):
    return None if data.entry is None else np.minimum(np.floor(data.entry / 3), np.ceil(data.time / 3) - 1)


@given(seed=st.integers(0, 10_000), scale=st.sampled_from([0.0, 1.0, 40.0, 700.0]))
@settings(max_examples=30, deadline=None)
def test_extreme_coefficients_neither_over_nor_underflow(seed, scale):
    rng = np.random.default_rng(seed)
    data = TimeToEvent(time=rng.integers(1, 4, 12), event=rng.random(12) < 0.6)
    X = rng.normal(size=(12, 1))
    if not data.n_events:
        return

    found = at([scale], X, data)

    assert found.log_likelihood == pytest.approx(log_likelihood(np.array([scale]), X, data), rel=1e-10, abs=1e-9)
    assert np.isfinite(found.information).all()


def test_without_ties_all_methods_are_one():
    data, X, strata = random_cohort(5, tied=False, late=True, strata=True)

    exact, efron = (fit_cox(data, design_of(X), ties=ties, strata=strata) for ties in ("exact", "efron"))

    np.testing.assert_allclose(exact.coefficients, efron.coefficients, rtol=1e-12)
    np.testing.assert_allclose(exact.covariance, efron.covariance, rtol=1e-12)
    assert exact.log_likelihood == efron.log_likelihood


@pytest.mark.parametrize("stratified", [False, True])
def test_its_score_test_of_two_groups_is_the_log_rank_test(stratified):
    """coxph(..., ties = 'exact')$score equals survdiff(...)$chisq: both condition on the events at each time."""
    data, X, strata = random_cohort(7, n=200, strata=True)
    strata = strata if stratified else None
    group = X[:, 1].astype(np.int64)

    fit = fit_cox(data, design(x=group), ties="exact", strata=strata)
    test = compare(data, group, ("A", "B"), "A", strata=strata)

    assert fit.tests["score"].statistic == pytest.approx(test.statistic, rel=1e-10)


def test_where_all_at_risk_have_the_event_nothing_is_learnt():
    time, event, x = np.array([1, 2, 2, 3, 3, 4, 4, 4]), np.array([1, 1, 0, 1, 1, 1, 1, 1]), np.arange(8.0) % 3
    whole = fit_cox(TimeToEvent(time=time, event=event), design(x=x), ties="exact")
    until = fit_cox(TimeToEvent(time=time, event=event & (time < 4)), design(x=x), ties="exact")

    assert whole.coefficients == pytest.approx(until.coefficients, rel=1e-12)
    assert whole.log_likelihood == pytest.approx(until.log_likelihood, rel=1e-12)


def test_a_level_without_events_is_said():
    data = TimeToEvent(time=[1, 1, 2, 2, 3, 4, 4, 5], event=[1, 1, 1, 0, 1, 0, 1, 0])

    fit = fit_cox(data, design(g=list("abacbcab")), ties="exact")

    assert [term.level for term in fit.terms if math.isnan(term.hazard_ratio)] == ["c"]
    assert any("No events among the 2 patients with g = c" in note for note in fit.notes)


@pytest.mark.parametrize(
    "options", [{"robust": True}, {"cluster": np.arange(60) // 2}, {"penalty": "firth"}], ids=lambda o: next(iter(o))
)
def test_what_exact_ties_do_not_go_with(options):
    data, X, _ = random_cohort(1)

    with pytest.raises(SpecError, match="Exact ties do not go with"):
        fit_cox(data, design_of(X), ties="exact", **options)


def test_weights_are_refused():
    data, X, _ = random_cohort(1, weighted=True)

    with pytest.raises(SpecError, match="weights"):
        fit_cox(data, design_of(X), ties="exact")


def test_too_many_ties_are_refused_at_once():
    rng = np.random.default_rng(1)
    n = 20_000
    data = TimeToEvent(time=rng.integers(1, 20, n), event=rng.random(n) < 0.5)

    with pytest.raises(SpecError, match=r"Exact ties would take too long: at one time \d+ of \d+ patients"):
        fit_cox(data, design_of(rng.normal(size=(n, 5))), ties="exact")
