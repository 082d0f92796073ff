"""Fine-Gray regression: by hand, against the definition in loops, and as a Cox model where it is one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.errors import InvalidTimeToEventError, SpecError, TooFewEventsError
from core.regression import risk
from core.regression.cox import fit_cox
from core.regression.fading import censoring, subdistribution_sets
from core.regression.fine_gray import fine_gray_analysis, fit_fine_gray
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import design, design_of, random_cohort


def competing_cohort(seed, *, n=60, tied=True, scale=1.0):
    data, X, _ = random_cohort(seed, n=n, p=2, tied=tied)
    rng = np.random.default_rng(1000 + seed)
    competing = data.event & (rng.random(n) < 0.4)
    event = data.event & ~competing
    return TimeToEvent(time=scale * data.time, event=event), competing, X


def test_by_hand():
    # The competing event at 2 counts G(4-) = 2/3 at 4, and r solves 2/(3r + 2) = r/(5/3 + r).
    data = TimeToEvent(time=[1, 2, 3, 4, 5], event=[1, 0, 0, 1, 0])
    fit = fit_fine_gray(data, np.array([False, True, False, False, False]), design(x=[1, 0, 1, 0, 1]))
    ratio = np.sqrt(10) / 3
    np.testing.assert_allclose(fit.terms[0].hazard_ratio, ratio, rtol=1e-12)
    log_likelihood = np.log(ratio) - np.log(3 * ratio + 2) - np.log(5 / 3 + ratio)
    np.testing.assert_allclose(fit.log_likelihood[1], log_likelihood, rtol=1e-12)
    assert (fit.n, fit.n_events, fit.robust, fit.ties) == (5, 2, True, "breslow")


class Definition:
    """Weights, likelihood and residuals subject by subject."""

    def __init__(self, data, competing, X):
        self.data, self.competing, self.X = data, competing, X
        self.censored = ~data.event & ~competing
        self.times = np.unique(data.time[data.event])

    def left(self, t):
        """Kaplan-Meier estimate of not being censored before t."""
        g = 1.0
        for s in np.unique(self.data.time[self.censored & (self.data.time < t)]):
            g *= 1 - np.sum(self.censored & (self.data.time == s)) / np.sum(self.data.time >= s)
        return g

    def weight(self, i, t):
        if self.data.time[i] >= t:
            return 1.0
        return self.left(t) / self.left(self.data.time[i]) if self.competing[i] else 0.0

    def at_risk(self, beta, t):
        return np.array([self.weight(i, t) for i in range(self.data.n)]) * np.exp(self.X @ beta)

    def log_likelihood(self, beta):
        total = float(self.data.event @ (self.X @ beta))
        for t in self.times:
            total -= np.sum(self.data.event & (self.data.time == t)) * np.log(self.at_risk(beta, t).sum())
        return total

    def influences(self, beta):
        """Fine and Gray's eta + psi of each subject, shape (n, p)."""
        data, X = self.data, self.X
        eta, q = np.zeros_like(X), {u: 0.0 for u in np.unique(data.time[self.censored])}
        for t in self.times:
            share = self.at_risk(beta, t)
            mean = share @ X / share.sum()
            dying = data.event & (data.time == t)
            hazard = dying.sum() / share.sum()
            eta += dying[:, None] * (X - mean) - (share * hazard)[:, None] * (X - mean)
            for u in q:
                late = self.competing & (data.time < u)
                if t >= u:
                    q[u] = q[u] + (share * hazard * late) @ (X - mean)
        psi = np.zeros_like(X)
        for u, value in q.items():
            here, n_at_risk = self.censored & (data.time == u), np.sum(data.time >= u)
            psi += here[:, None] * value / n_at_risk
            psi -= (data.time >= u)[:, None] * here.sum() / n_at_risk**2 * value
        return eta + psi


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_as_defined(seed, tied):
    data, competing, X = competing_cohort(seed, tied=tied)
    fit, known = fit_fine_gray(data, competing, design_of(X)), Definition(data, competing, X)
    beta = fit.coefficients
    np.testing.assert_allclose(fit.log_likelihood[1], known.log_likelihood(beta), rtol=1e-12)
    np.testing.assert_allclose(fit.log_likelihood[0], known.log_likelihood(np.zeros(2)), rtol=1e-12)
    np.testing.assert_allclose(naive.gradient(known.log_likelihood, beta), 0, atol=1e-7)
    information = -naive.gradient(lambda b: naive.gradient(known.log_likelihood, b, step=1e-3), beta, step=1e-3)
    np.testing.assert_allclose(np.linalg.inv(fit.model_covariance), information, rtol=1e-4)
    pulled = known.influences(beta) @ fit.model_covariance
    np.testing.assert_allclose(fit.covariance, pulled.T @ pulled, rtol=1e-9)


@pytest.mark.parametrize("seed", [4, 5])
def test_steep_risks_give_the_same(seed, monkeypatch):
    data, competing, X = competing_cohort(seed)
    usual = fit_fine_gray(data, competing, design_of(X))
    monkeypatch.setattr(risk, "STEEP", 0.0)
    steep = fit_fine_gray(data, competing, design_of(X))
    np.testing.assert_allclose(steep.coefficients, usual.coefficients, rtol=1e-9)
    np.testing.assert_allclose(steep.covariance, usual.covariance, rtol=1e-9)


def test_without_competing_events_it_is_a_cox_model():
    data, _, X = competing_cohort(6)
    fit = fit_fine_gray(data, np.zeros(data.n, dtype=bool), design_of(X))
    cox = fit_cox(data, design_of(X), ties="breslow", robust=True)
    np.testing.assert_allclose(fit.coefficients, cox.coefficients, rtol=1e-12)
    np.testing.assert_allclose(fit.covariance, cox.covariance, rtol=1e-12)
    assert fit.concordance == cox.concordance
    assert "Nobody had a competing event: this is Cox regression with Breslow's method for ties." in fit.notes


def test_without_censoring_competing_events_are_never_over():
    data, competing, X = competing_cohort(7)
    everybody = data.event | competing
    data, competing, X = data.subset(everybody), competing[everybody], X[everybody]
    fit = fit_fine_gray(data, competing, design_of(X))
    endless = TimeToEvent(time=np.where(competing, 1e6, data.time), event=data.event)
    cox = fit_cox(endless, design_of(X), ties="breslow", robust=True)
    np.testing.assert_allclose(fit.coefficients, cox.coefficients, rtol=1e-11)
    np.testing.assert_allclose(fit.covariance, cox.covariance, rtol=1e-11)


def test_order_and_unit_do_not_matter():
    data, competing, X = competing_cohort(8)
    fit = fit_fine_gray(data, competing, design_of(X))
    order = np.random.default_rng(8).permutation(data.n)
    other = fit_fine_gray(
        TimeToEvent(time=data.time[order] / 30.4375, event=data.event[order]), competing[order], design_of(X[order])
    )
    np.testing.assert_allclose(other.coefficients, fit.coefficients, rtol=1e-10)
    np.testing.assert_allclose(other.covariance, fit.covariance, rtol=1e-10)


def test_sums_over_risk_sets_are_weighted_sums():
    data, competing, X = competing_cohort(9)
    _, sets = subdistribution_sets(data, competing)
    known = Definition(data, competing, X)
    values = np.random.default_rng(9).normal(size=(2, data.n))
    weights = np.array([[known.weight(i, t) for i in range(data.n)] for t in known.times])[:, sets.order]
    np.testing.assert_allclose(sets.sums(values[:, sets.order]), values[:, sets.order] @ weights.T, rtol=1e-10)
    np.testing.assert_allclose(sets.presence(), weights, rtol=1e-12)
    per_slot = np.random.default_rng(10).normal(size=sets.n_slots)
    np.testing.assert_allclose(sets.while_at_risk(per_slot), per_slot @ weights, rtol=1e-9, atol=1e-12)


def test_ties_of_censoring_with_events():
    # One event and one censoring at 1: the event is at risk of being censored with "together" only.
    time, is_censored = np.array([1.0, 1.0, 2.0]), np.array([False, True, False])
    np.testing.assert_allclose(censoring(time, is_censored).remaining, [1, 2 / 3])
    np.testing.assert_allclose(censoring(time, is_censored, ties="after").remaining, [1, 1 / 2])


class TestEdges:
    def test_delayed_entry_and_weights_are_refused(self):
        data, competing, X = competing_cohort(10)
        late = dataclasses.replace(data, entry=np.zeros(data.n))
        weighted = dataclasses.replace(data, weights=np.ones(data.n))
        for refused in (late, weighted):
            with pytest.raises(SpecError, match="not defined here with delayed entry or case weights"):
                fit_fine_gray(refused, competing, design_of(X))

    def test_two_events_of_one_subject_are_refused(self):
        data, competing, X = competing_cohort(11)
        with pytest.raises(InvalidTimeToEventError):
            fit_fine_gray(data, competing | data.event, design_of(X))
        with pytest.raises(InvalidTimeToEventError):
            fit_fine_gray(data, competing[1:], design_of(X))

    def test_no_event_of_interest(self):
        data = TimeToEvent(time=[1, 2, 3], event=[0, 0, 0])
        with pytest.raises(TooFewEventsError, match="None of the 3 patients"):
            fit_fine_gray(data, np.array([True, True, False]), design(x=[1, 0, 1]))

    def test_a_competing_event_before_all_others_counts(self):
        data = TimeToEvent(time=[1, 2, 3, 4], event=[0, 1, 1, 0])
        fit = fit_fine_gray(data, np.array([True, False, False, False]), design(x=[1, 1, 0, 0]))
        # r/(2r + 2) at 2 and 1/(r + 2) at 3, nobody censored before
        ratio = fit.terms[0].hazard_ratio
        np.testing.assert_allclose(1 - 2 * ratio / (2 * ratio + 2) - ratio / (ratio + 2), 0, atol=1e-12)

    def test_an_infinite_ratio_is_said(self):
        data = TimeToEvent(time=[1, 2, 3, 4, 5, 6], event=[1, 1, 1, 0, 0, 0])
        fit = fit_fine_gray(data, np.array([0, 0, 0, 1, 0, 1], dtype=bool), design(arm=list("aaabbb")))
        assert np.isnan(fit.terms[0].hazard_ratio)
        assert any("No events among the 3 patients with arm = b" in note for note in fit.notes)


def test_analysis_leaves_out_and_counts():
    data, competing, X = competing_cohort(12)
    frame = pd.DataFrame({"x": X[:, 0], "y": np.where(np.arange(data.n) < 5, None, X[:, 1].astype(str))})
    found = fine_gray_analysis(data, competing, frame, ["x", "y"], references={"y": "1"})
    rows = np.arange(data.n) >= 5
    alone = fit_fine_gray(data.subset(rows), competing[rows], design(x=X[rows, 0], y=-X[rows, 1]))
    assert found.multivariable.n == data.n - 5
    assert found.missing == {"x": 0, "y": 5}
    assert found.notes[0] == f"5 of {data.n} patients left out for missing values (y 5)."
    np.testing.assert_allclose(found.multivariable.coefficients, alone.coefficients, rtol=1e-10)
    np.testing.assert_allclose(found.multivariable.covariance, alone.covariance, rtol=1e-9)
