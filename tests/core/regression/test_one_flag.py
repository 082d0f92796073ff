"""A single flag fitted from counts: the same fit as from every patient's row, and left alone where that cannot be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from core.regression import cox
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.one_flag import by_counts
from core.timetoevent import GRID_FROM, TimeToEvent
from tests.core.regression import naive

SHAPES = {
    "tied": (80, lambda t: t.round()),
    "tenths": (300, lambda t: t.round(1)),
    "continuous": (120, lambda t: t),
    "days": (2 * GRID_FROM, lambda t: np.rint(t * 30.4375) / 30.4375),
    "tiny": (7, lambda t: t.round()),
    "at zero": (60, lambda t: np.maximum(t - 5, 0).round()),
    "tied by rounding only": (90, lambda t: t.round() * (1 + 1e-12 * np.resize([0, 1, 2], t.size))),
}


def _cohort(n, shape, *, share, seed):
    rng = np.random.default_rng(seed)
    flag = (rng.random(n) < share).astype(float)
    flag[:2] = 0, 1
    time = shape(rng.weibull(1.2, n) * 18 * np.exp(-flag / 2))
    event = rng.random(n) < 0.7
    event[:2] = True
    return TimeToEvent(time=time, event=event), flag


def _design(values):
    return build_design(pd.DataFrame({"arm": values}), ["arm"])


def _numbers(fit):
    terms = [
        [v for v in dataclasses.asdict(term).values() if isinstance(v, float | int) and not isinstance(v, bool)]
        for term in fit.terms
    ]
    tests = [(t.statistic, t.df, t.p_value) for t in (*fit.tests.values(), *fit.overall)]
    return np.concatenate([np.ravel(terms), np.ravel(tests), fit.coefficients, fit.covariance.ravel()])


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("share", [0.5, 0.05])
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_same_fit_as_row_by_row(monkeypatch, name, share, ties, seed):
    data, flag = _cohort(*SHAPES[name], share=share, seed=seed)
    values = np.where(flag == 1, "b", "a") if seed == 1 else flag
    counted = fit_cox(data, _design(values), ties=ties)
    monkeypatch.setattr(cox, "by_counts", lambda *_, **__: None)
    row_by_row = fit_cox(data, _design(values), ties=ties)

    np.testing.assert_allclose(counted.log_likelihood, row_by_row.log_likelihood, rtol=1e-12)
    np.testing.assert_allclose(_numbers(counted), _numbers(row_by_row), rtol=1e-9, atol=1e-11)
    for own, other in zip(counted.terms, row_by_row.terms, strict=True):
        assert (own.term, own.level, own.reference, own.note) == (other.term, other.level, other.reference, other.note)
    assert counted.notes == row_by_row.notes
    assert counted.n_iterations == row_by_row.n_iterations
    assert list(counted.tests) == list(row_by_row.tests)
    assert counted.concordance == row_by_row.concordance


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_as_defined(ties):
    data, flag = _cohort(*SHAPES["tied"], share=0.4, seed=5)
    found = by_counts(data, _design(flag), ties=ties, conf_level=0.95)
    assert found is not None
    _, estimate = found

    def value(beta):
        return naive.log_likelihood(beta, flag[:, None], data, None, ties=ties)

    np.testing.assert_allclose(estimate.log_likelihood, (value(np.zeros(1)), value(estimate.coefficients)), rtol=1e-12)
    np.testing.assert_allclose(naive.gradient(value, estimate.coefficients), 0, atol=1e-6)
    slope = naive.gradient(lambda b: naive.gradient(value, b), estimate.coefficients)
    np.testing.assert_allclose(estimate.covariance, -1 / slope, rtol=1e-3)


def test_missing_values_leave_their_rows_out():
    data, flag = _cohort(*SHAPES["tenths"], share=0.5, seed=4)
    absent = np.arange(data.n) % 7 == 0
    some = fit_cox(data, _design(np.where(absent, np.nan, flag)))
    fewer = fit_cox(data.subset(~absent), _design(flag[~absent]))
    np.testing.assert_array_equal(some.coefficients, fewer.coefficients)
    assert some.n_missing == absent.sum()
    assert some.n == fewer.n


def _by_counts(data, values):
    return by_counts(data, _design(values), ties="efron", conf_level=0.95)


def test_left_to_the_general_fit():
    data, flag = _cohort(*SHAPES["tenths"], share=0.5, seed=4)
    assert _by_counts(data, flag) is not None
    assert _by_counts(data, 2 * flag) is None
    assert _by_counts(data, np.arange(data.n) / 7) is None
    assert _by_counts(TimeToEvent(time=data.time + 1, event=data.event, entry=data.time / 2), flag) is None
    assert _by_counts(TimeToEvent(time=data.time, event=data.event, weights=np.full(data.n, 2.0)), flag) is None


def test_never_a_number_where_the_likelihood_is_monotone():
    data, flag = _cohort(*SHAPES["tied"], share=0.5, seed=6)
    only = TimeToEvent(time=data.time, event=data.event & (flag == 1))
    none = TimeToEvent(time=data.time, event=data.event & (flag == 0))
    last = TimeToEvent(time=np.where(flag == 1, 1.0, 5.0), event=np.ones(data.n, dtype=bool))
    for given in (only, none, last):
        assert _by_counts(given, flag) is None
        fit = fit_cox(given, _design(flag))
        assert np.isnan(fit.coefficients).all()
        assert fit.terms[0].note
