"""Profile-likelihood limits: closed forms, a second root finder, one-sided limits, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq, minimize
from scipy.special import chdtrc, chdtri

from core.errors import SpecError
from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import design, design_of, random_cohort, six_subjects


def test_six_subjects_by_hand():
    """With one covariate the profile is the likelihood, r^2 / ((3 r + 3)(r + 3)^2)."""
    data, x = six_subjects()

    (term,) = fit_cox(data, x, ties="breslow", intervals="profile").terms

    def log_likelihood(r):
        return 2 * math.log(r) - math.log(3 * r + 3) - 2 * math.log(r + 3)

    best = (3 + math.sqrt(33)) / 2
    target = log_likelihood(best) - chdtri(1, 0.05) / 2
    assert term.conf_low == pytest.approx(
        brentq(lambda r: log_likelihood(r) - target, 1e-3, best, xtol=1e-14), rel=1e-8
    )
    assert term.conf_high == pytest.approx(
        brentq(lambda r: log_likelihood(r) - target, best, 1e5, rtol=1e-14), rel=1e-8
    )
    ratio = 2 * (log_likelihood(best) - log_likelihood(1))
    assert term.statistic == pytest.approx(math.sqrt(ratio), rel=1e-9)
    assert term.p_value == pytest.approx(chdtrc(1, ratio), rel=1e-9)


@pytest.mark.parametrize("options", [{}, {"late": True}, {"strata": True}])
@pytest.mark.parametrize("conf_level", [0.8, 0.95])
def test_a_second_maximiser_and_root_finder(options, conf_level):
    data, X, strata = random_cohort(4, n=50, p=2, **options)

    fit = fit_cox(data, design_of(X), strata=strata, intervals="profile", conf_level=conf_level)

    def profile(value):
        found = minimize(
            lambda b: -naive.log_likelihood(np.array([value, b[0]]), X, data, strata), [0.0], method="BFGS", tol=1e-10
        )
        return -found.fun

    target = fit.log_likelihood[1] - chdtri(1, 1 - conf_level) / 2
    for limit in (fit.terms[0].conf_low, fit.terms[0].conf_high):
        assert profile(math.log(limit)) == pytest.approx(target, abs=1e-6)
    assert fit.terms[0].conf_low < fit.terms[0].hazard_ratio < fit.terms[0].conf_high


@pytest.mark.parametrize(("reference", "sign"), [("a", -1), ("z", 1)], ids=["no-events", "reference-without-events"])
def test_a_hazard_ratio_without_end_has_one_limit(reference, sign):
    """Level z has no events: seen from a its hazard ratio is 0, seen from z the others are infinite."""
    rng = np.random.default_rng(2)
    level = np.repeat(["a", "b", "z"], [25, 25, 12])
    data = TimeToEvent(time=rng.exponential(5, 62), event=(rng.random(62) < 0.7) & (level != "z"))
    x = build_design(pd.DataFrame({"g": level}), ["g"], references={"g": reference})

    fit = fit_cox(data, x, intervals="profile")

    term = next(one for one in fit.terms if (one.level == "z" if sign < 0 else one.level == "a"))
    finite, infinite = (term.conf_high, term.conf_low) if sign < 0 else (term.conf_low, term.conf_high)
    assert math.isnan(term.hazard_ratio)
    assert math.isnan(infinite)
    columns = [(level == one.level).astype(float) for one in fit.terms]
    j = fit.terms.index(term)
    others = np.delete(np.column_stack(columns), j, axis=1)

    def profile(value):
        held = value * columns[j]
        found = minimize(
            lambda b: -naive.log_likelihood(np.ones(1), (others @ b + held)[:, None], data),
            np.full(others.shape[1], value),
            method="BFGS",
            tol=1e-10,
        )
        return -found.fun

    assert profile(math.log(finite)) == pytest.approx(fit.log_likelihood[1] - chdtri(1, 0.05) / 2, abs=1e-5)
    assert term.p_value == pytest.approx(chdtrc(1, 2 * (fit.log_likelihood[1] - profile(0.0))), rel=1e-4)
    side = "upper" if sign < 0 else "lower"
    assert any(f"has a {side} limit only" in note for note in fit.notes)


def test_limits_do_not_depend_on_units():
    data, X, _ = random_cohort(3)

    plain, scaled = (
        fit_cox(data, design_of(X * np.array([unit, 1.0, 1.0])), intervals="profile").terms[0] for unit in (1.0, 1e4)
    )

    assert math.log(scaled.conf_low) * 1e4 == pytest.approx(math.log(plain.conf_low), rel=1e-7)
    assert math.log(scaled.conf_high) * 1e4 == pytest.approx(math.log(plain.conf_high), rel=1e-7)


def test_its_test_of_a_factor_is_the_likelihood_ratio():
    data, X, _ = random_cohort(8, p=3)
    level = np.array(["x", "y", "z"])[(X[:, 1] + X[:, 2]).astype(int)]

    fit = fit_cox(data, design(age=X[:, 0], g=level), intervals="profile")
    without = fit_cox(data, design(age=X[:, 0]))

    overall = fit.overall[1]
    assert (overall.method, overall.df) == ("likelihood_ratio", 2)
    expected = 2 * (fit.log_likelihood[1] - without.log_likelihood[1])
    assert overall.statistic == pytest.approx(expected, rel=1e-8)


def test_a_collinear_column_stays_without_numbers():
    data, X, _ = random_cohort(8)

    fit = fit_cox(data, design(a=X[:, 0], b=2 * X[:, 0]), intervals="profile")

    assert math.isnan(fit.terms[1].conf_low)
    assert fit.terms[0].conf_low < fit.terms[0].conf_high


@pytest.mark.parametrize("options", [{"robust": True}, {"cluster": np.arange(60) // 2}], ids=["robust", "cluster"])
def test_not_with_robust_errors(options):
    data, X, _ = random_cohort(1)

    with pytest.raises(SpecError, match="Profile likelihood does not go with"):
        fit_cox(data, design_of(X), intervals="profile", **options)
