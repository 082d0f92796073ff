"""Patients who are alike counted once: the fit must not notice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.regression import problem
from core.regression.alike import alike
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.timetoevent import GRID_FROM, TimeToEvent


def _cohort(n=3 * GRID_FROM, p=2, seed=1):
    rng = np.random.default_rng(seed)
    X = (rng.random((n, p)) < 0.4).astype(float)
    time = (rng.weibull(1.2, n) * 12 * np.exp(-X[:, 0] / 3)).round()
    return TimeToEvent(time=time, event=rng.random(n) < 0.6), X, rng.integers(0, 3, n)


def _design(X):
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(X.shape[1])])
    return build_design(frame, list(frame))


@pytest.mark.parametrize("stratified", [False, True])
def test_counts_are_those_of_the_patients(stratified):
    data, X, strata = _cohort()
    found = alike(data, X, strata if stratified else None)
    assert found is not None
    assert found.data.n < data.n / 2
    own = strata if stratified else np.zeros(data.n, dtype=int)
    theirs = found.strata if stratified else np.zeros(found.data.n, dtype=int)
    patients = pd.DataFrame({"t": data.time, "e": data.event, "a": X[:, 0], "b": X[:, 1], "s": own}).value_counts()
    rows = zip(found.data.time, found.data.event, *found.matrix.T, theirs, strict=True)
    assert {row: weight for row, weight in zip(rows, found.data.weights, strict=True)} == patients.to_dict()


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("stratified", [False, True])
@pytest.mark.parametrize("penalty", [None, "firth"])
def test_fit_is_the_same_patient_by_patient(monkeypatch, ties, stratified, penalty):
    data, X, strata = _cohort()
    options = {"ties": ties, "strata": strata if stratified else None, "penalty": penalty}
    counted = fit_cox(data, _design(X), **options)
    monkeypatch.setattr(problem, "alike", lambda *_: None)
    one_by_one = fit_cox(data, _design(X), **options)

    np.testing.assert_allclose(counted.coefficients, one_by_one.coefficients, rtol=1e-11)
    np.testing.assert_allclose(counted.covariance, one_by_one.covariance, rtol=1e-11)
    np.testing.assert_allclose(counted.log_likelihood, one_by_one.log_likelihood, rtol=1e-12)
    assert counted.concordance == one_by_one.concordance
    assert [(t.n, t.n_events) for t in counted.terms] == [(t.n, t.n_events) for t in one_by_one.terms]
    assert counted.notes == one_by_one.notes


def test_not_where_patients_differ():
    data, X, _strata = _cohort()
    assert alike(data, np.column_stack([X, np.arange(data.n) / 7]), None) is None
    assert alike(TimeToEvent(time=data.time + np.pi, event=data.event), X, None) is None
    assert alike(TimeToEvent(time=data.time, event=data.event, weights=np.full(data.n, 2.0)), X, None) is None
    assert alike(data, X, np.arange(data.n)) is None
    few = slice(0, 100)
    assert alike(TimeToEvent(time=data.time[few], event=data.event[few]), X[few], None) is None


def test_robust_errors_need_every_patient():
    data, X, _ = _cohort()
    usual, robust = fit_cox(data, _design(X)), fit_cox(data, _design(X), robust=True)
    np.testing.assert_allclose(usual.coefficients, robust.coefficients, rtol=1e-11)
    # for a model that holds the two standard errors agree but are not the same
    ratio = np.sqrt(np.diag(robust.covariance) / np.diag(usual.covariance))
    assert ((ratio > 0.95) & (ratio < 1.05) & (ratio != 1)).all()
