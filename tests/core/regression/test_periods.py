"""A hazard ratio per period: each period is the fit of its own follow-up, and the test that all are equal."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import SpecError
from core.regression.cox import fit_cox
from core.regression.episodes import split_at
from core.regression.model import cox_analysis
from core.regression.periods import check_splits, period_names
from core.timetoevent import TimeToEvent
from tests.core.regression.cohorts import design, frame_of, random_cohort

CUTS = (3.0, 8.0)


def split(data, frame, cuts=CUTS):
    found = split_at(data, np.column_stack([np.full(data.n, cut) for cut in cuts]))
    return found.data, frame.take(found.row).reset_index(drop=True), found.row


def test_each_period_is_the_fit_of_its_own_follow_up():
    """Events of one period say nothing of another: with one covariate the likelihood is a product over periods."""
    data, X, _ = random_cohort(2, n=150)
    rows, frame, patient = split(data, frame_of(X))

    fit = cox_analysis(rows, frame, ["x0"], time_splits={"x0": CUTS}, patient=patient).multivariable

    log_likelihood = 0.0
    for k, (low, high) in enumerate(zip((0.0, *CUTS), (*CUTS, np.inf), strict=True)):
        inside = data.time > low
        late = TimeToEvent(time=np.minimum(data.time, high), event=data.event & (data.time <= high))
        alone = fit_cox(late.subset(inside), design(x0=X[inside, 0]))
        term = fit.terms[k]
        assert term.log_hazard_ratio == pytest.approx(alone.coefficients[0], rel=1e-9)
        assert term.std_error == pytest.approx(alone.terms[0].std_error, rel=1e-9)
        assert (term.n, term.n_events) == (alone.n, alone.n_events)
        log_likelihood += alone.log_likelihood[1]
    assert fit.log_likelihood[1] == pytest.approx(log_likelihood, rel=1e-12)
    assert [term.level for term in fit.terms] == ["0–3 months", "3–8 months", "after 8 months"]


def test_equality_by_both_tests():
    data, X, _ = random_cohort(5, n=600)
    rows, frame, patient = split(data, frame_of(X).assign(who=np.arange(600).astype(str)))
    asked = {"time_splits": {"x0": CUTS}, "patient": patient}

    ratio = cox_analysis(rows, frame, ["x0", "x1"], **asked)
    wald = cox_analysis(rows, frame, ["x0", "x1"], cluster="who", **asked)

    (by_ratio,), (by_wald,) = ratio.periods, wald.periods
    without = cox_analysis(data, frame_of(X), ["x0", "x1"]).multivariable
    expected = 2 * (ratio.multivariable.log_likelihood[1] - without.log_likelihood[1])
    assert by_ratio.statistic == pytest.approx(expected, rel=1e-9)
    assert (by_ratio.method, by_wald.method) == ("likelihood_ratio", "wald")
    assert by_ratio.df == by_wald.df == 2
    beta, covariance = wald.multivariable.coefficients[:3], wald.multivariable.covariance[:3, :3]
    C = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    by_hand = (C @ beta) @ np.linalg.solve(C @ covariance @ C.T, C @ beta)
    assert by_wald.statistic == pytest.approx(by_hand, rel=1e-9)


def test_a_category_has_each_level_in_each_period():
    data, X, _ = random_cohort(5, n=300)
    frame = frame_of(X).assign(g=np.array(["a", "b", "c"])[(X[:, 1] + X[:, 2]).astype(int)])
    rows, frame, patient = split(data, frame, cuts=(4.0,))

    found = cox_analysis(rows, frame, ["g", "x0"], time_splits={"g": (4.0,)}, patient=patient)

    fit = found.multivariable
    levels = [(term.level, term.reference) for term in fit.terms if term.term == "g"]
    assert levels == [
        ("b, 0–4 months", "a"),
        ("b, after 4 months", "a"),
        ("c, 0–4 months", "a"),
        ("c, after 4 months", "a"),
    ]
    assert fit.terms[0].n == int((X[:, 1] + X[:, 2] == 1).sum())
    assert fit.terms[1].n == int(((X[:, 1] + X[:, 2] == 1) & (data.time > 4)).sum())
    assert fit.terms[0].reference_n == int((X[:, 1] + X[:, 2] == 0).sum())
    assert found.periods[0].df == 2
    assert fit.overall[0].df == 4


def test_a_period_without_events_has_no_hazard_ratio_and_the_others_have():
    data, X, _ = random_cohort(9, n=120)
    data = TimeToEvent(time=data.time, event=data.event & ((data.time <= 8) | (X[:, 1] == 0)))
    rows, frame, patient = split(data, frame_of(X).assign(g=np.where(X[:, 1] == 1, "yes", "no")))

    fit = cox_analysis(rows, frame, ["g"], time_splits={"g": CUTS}, patient=patient).multivariable

    finite = {term.level: np.isfinite(term.hazard_ratio) for term in fit.terms}
    assert finite == {"yes, 0–3 months": True, "yes, 3–8 months": True, "yes, after 8 months": False}


def test_names_and_what_cannot_be_split():
    assert period_names((12, 24.5), "months") == ("0–12 months", "12–24.5 months", "after 24.5 months")
    data = TimeToEvent(time=[1.0, 5.0], event=[1, 0])
    with pytest.raises(SpecError, match="cannot be split at 5 months: follow-up ends at 5"):
        check_splits({"x": (2.0, 5.0)}, data)
