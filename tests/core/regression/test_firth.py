"""Firth's penalised likelihood: derivatives, a second maximiser, and an independent package."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, minimize
from scipy.special import chdtrc, chdtri

from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.firth import Firth
from core.regression.risk_sets import risk_sets
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import design, design_of, frame_of, random_cohort


def penalised(beta, X, data, strata=None, *, ties):
    """The definition: log likelihood plus half the log determinant of its negative second derivative."""

    def gradient(b):
        return naive.score_residuals(b, X, data, strata, ties=ties).sum(axis=0)

    information = -naive.gradient(gradient, beta, step=1e-6)
    return naive.log_likelihood(beta, X, data, strata, ties=ties) + np.linalg.slogdet(information)[1] / 2


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("options", [{}, {"late": True}, {"strata": True}, {"tied": False}])
def test_value_and_score(options, ties):
    data, X, strata = random_cohort(31, n=40, **options)
    sets = risk_sets(data, strata)
    firth = Firth(X=np.ascontiguousarray(X.T[:, sets.order]), risk_sets=sets, ties=ties)
    beta = np.array([0.3, -0.6, 0.4])

    found = firth.at(beta)

    assert found.value == pytest.approx(penalised(beta, X, data, strata, ties=ties), rel=1e-7)
    slope = naive.gradient(lambda b: firth.at(b).value, beta)
    np.testing.assert_allclose(found.score, slope, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_against_a_second_maximiser(ties):
    data, X, strata = random_cohort(32, n=40, p=2, strata=True)
    fit = fit_cox(data, design_of(X), ties=ties, strata=strata, penalty="firth")
    sets = risk_sets(data, strata)
    firth = Firth(X=np.ascontiguousarray(X.T[:, sets.order]), risk_sets=sets, ties=ties)

    def best(fixed):
        free = [j for j in range(2) if j not in fixed]

        def loss(values):
            beta = np.zeros(2)
            beta[free] = values
            beta[list(fixed)] = list(fixed.values())
            return -firth.at(beta).value

        if not free:
            return -loss([])
        return -minimize(loss, np.zeros(len(free)), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}).fun

    top = best({})
    assert fit.log_likelihood == pytest.approx((best({0: 0.0, 1: 0.0}), top), rel=1e-7)
    assert fit.tests["likelihood_ratio"].statistic == pytest.approx(2 * (top - best({0: 0.0, 1: 0.0})), rel=1e-5)
    for j, term in enumerate(fit.terms):
        ratio = 2 * (top - best({j: 0.0}))
        assert term.p_value == pytest.approx(chdtrc(1, ratio), rel=1e-4)
        assert abs(term.statistic) == pytest.approx(math.sqrt(ratio), rel=1e-4)

        def drop(value, j=j):
            return 2 * (top - best({j: value})) - chdtri(1, 0.05)

        middle, reach = term.log_hazard_ratio, 4 * term.std_error
        assert math.log(term.conf_low) == pytest.approx(brentq(drop, middle - reach, middle), rel=1e-4)
        assert math.log(term.conf_high) == pytest.approx(brentq(drop, middle, middle + reach), rel=1e-4)


def no_events_in_one_arm():
    rng = np.random.default_rng(3)
    time = np.round(rng.exponential(5, 70), 3)
    arm = np.arange(70) % 6 == 0
    event = (rng.random(70) < 0.5) & ~arm
    frame = pd.DataFrame({"arm": np.where(arm, "HIFU", "none"), "age": rng.normal(60, 10, 70)})
    return TimeToEvent(time=time, event=event), build_design(frame, ["arm", "age"], references={"arm": "none"})


def separated():
    return TimeToEvent(time=[1, 2, 3, 4, 5, 6], event=[1, 1, 1, 0, 0, 0]), design(x=[9.0, 8, 7, 3, 2, 4])


def ordinary():
    data, X, _ = random_cohort(33, n=50, tied=False)
    return data, design_of(X)


@pytest.mark.parametrize("make", [no_events_in_one_arm, separated, ordinary])
def test_against_firthmodels(make):
    from firthmodels import FirthCoxPH

    data, x = make()
    y = np.array(list(zip(data.event, data.time, strict=True)), dtype=[("event", bool), ("time", float)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # with tight tolerances it complains where rounding ends its progress
        theirs = FirthCoxPH(backend="numpy", gtol=1e-8, xtol=1e-8, max_iter=500).fit(x.matrix, y)
        limits = theirs.conf_int(method="pl", tol=1e-9, max_iter=500)
    tested = FirthCoxPH(backend="numpy").fit(x.matrix, y).lrt()  # and gives no p-values then

    fit = fit_cox(data, x, penalty="firth", ties="breslow")

    np.testing.assert_allclose(fit.coefficients, theirs.coef_, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), theirs.bse_, rtol=1e-5)
    assert fit.log_likelihood[1] == pytest.approx(theirs.loglik_, rel=1e-9)
    np.testing.assert_allclose(np.log([[t.conf_low, t.conf_high] for t in fit.terms]), limits, rtol=1e-5)
    np.testing.assert_allclose([t.p_value for t in fit.terms], tested.lrt_pvalues_, rtol=1e-4)


def test_a_group_without_events_has_a_finite_ratio():
    data, x = no_events_in_one_arm()

    plain, firth = fit_cox(data, x), fit_cox(data, x, penalty="firth")

    term = firth.terms[0]
    assert math.isnan(plain.terms[0].hazard_ratio)
    assert 0 < term.conf_low < term.hazard_ratio < term.conf_high < 1
    assert term.note == ""
    assert "Firth's penalised likelihood" in firth.notes[-1]
    assert "score" not in firth.tests
    assert [test.method for test in firth.overall] == ["likelihood_ratio"] * 2
    assert firth.overall[0].p_value == pytest.approx(term.p_value, rel=1e-12)


def test_the_unit_of_a_covariate_only_scales_its_coefficient():
    data, X, _ = random_cohort(34, n=40)
    frame = frame_of(X)

    one = fit_cox(data, build_design(frame, list(frame.columns)), penalty="firth")
    frame["x0"] *= 100
    other = fit_cox(data, build_design(frame, list(frame.columns)), penalty="firth")

    np.testing.assert_allclose(other.coefficients * [100, 1, 1], one.coefficients, rtol=1e-8)
    assert other.log_likelihood[1] == pytest.approx(one.log_likelihood[1] + math.log(100), rel=1e-10)
    assert other.tests["likelihood_ratio"].p_value == pytest.approx(one.tests["likelihood_ratio"].p_value, rel=1e-8)


def test_a_factor_is_tested_as_a_whole():
    data, *_ = random_cohort(35, n=60)
    grade = np.array(["G1", "G2", "G3"])[np.arange(60) % 3]

    fit = fit_cox(data, design(grade=grade), penalty="firth")

    (test,) = fit.overall
    assert (test.df, test.statistic) == (2, pytest.approx(fit.tests["likelihood_ratio"].statistic, rel=1e-9))


def test_without_a_covariate_that_varies():
    data, _, _ = random_cohort(36, n=10)

    fit = fit_cox(data, design(x=np.ones(10)), penalty="firth")

    assert np.isnan(fit.coefficients).all()
    assert fit.penalty == "firth"
