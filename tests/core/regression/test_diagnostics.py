"""Which patients drive a hazard ratio, and which factors overlap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.model import cox_analysis
from core.timetoevent import TimeToEvent
from tests.core.regression import naive
from tests.core.regression.cohorts import frame_of, random_cohort


def information(beta, X, data, strata=None):
    """By differences of the score."""
    p, step = beta.size, 1e-5

    def score(b):
        return naive.score_residuals(b, X, data, strata).sum(axis=0)

    return -np.array([(score(beta + step * e) - score(beta - step * e)) / (2 * step) for e in np.eye(p)])


@pytest.mark.parametrize("kind", [{}, {"late": True}, {"weighted": True}, {"strata": True}, {"tied": False}])
def test_dfbeta_by_definition(kind):
    """Score residuals from loops over subjects and event times, times the inverse information by differences."""
    data, X, strata = random_cohort(17, **kind)
    frame = frame_of(X)
    if strata is not None:
        frame["stratum"] = strata
    if data.weights is not None:
        frame["w"], data = data.weights, TimeToEvent(time=data.time, event=data.event, entry=data.entry)
    found = cox_analysis(
        data,
        frame,
        ["x0", "x1", "x2"],
        strata=["stratum"] if strata is not None else [],
        weights="w" if "w" in frame else None,
        diagnostics=True,
    )
    weighted = data if "w" not in frame else TimeToEvent(
        time=data.time, event=data.event, entry=data.entry, weights=frame["w"].to_numpy()
    )  # fmt: skip
    beta = found.multivariable.coefficients
    V = np.linalg.inv(information(beta, X, weighted, strata))
    dfbeta = naive.score_residuals(beta, X, weighted, strata) @ V
    influence = found.building.influence
    np.testing.assert_allclose(influence.dfbeta, dfbeta, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(influence.dfbetas, dfbeta / np.sqrt(np.diag(V)), rtol=1e-5, atol=1e-7)


def coefficients_without(data, frame, row):
    rest = np.arange(data.n) != row
    return fit_cox(data.subset(rest), build_design(frame[rest], ["x0", "x1"])).coefficients


def test_without_a_patient_is_a_fit_without_the_patient():
    data, X, _ = random_cohort(5, n=50)
    frame = frame_of(X)
    frame.loc[[3, 7], "x0"] = np.nan
    found = cox_analysis(data, frame, ["x0", "x1"], diagnostics=True)
    influence = found.building.influence
    assert influence.rows.tolist() == [i for i in range(50) if i not in (3, 7)]
    assert [left.column for left in influence.most] == ["x0", "x1"]
    alone = np.array([coefficients_without(data, frame, i) for i in influence.rows])
    for j, left in enumerate(influence.most):
        kept = np.arange(50) != left.row
        fit = fit_cox(data.subset(kept), build_design(frame[kept], ["x0", "x1"]))
        assert left.hazard_ratio_without == pytest.approx(fit.terms[j].hazard_ratio)
        assert left.p_value_without == pytest.approx(fit.terms[j].p_value)
        assert left.hazard_ratio == found.multivariable.terms[j].hazard_ratio
        at = influence.rows.tolist().index(left.row)
        assert left.dfbetas == influence.dfbetas[at, j]
        everyone = np.abs(alone[:, j] - found.multivariable.coefficients[j])
        change = abs(np.log(left.hazard_ratio_without / left.hazard_ratio))
        assert change == pytest.approx(everyone.max())


def test_the_only_event_of_a_level():
    rng = np.random.default_rng(2)
    data = TimeToEvent(time=rng.exponential(5, 60), event=np.arange(60) < 40)
    grade = np.where(np.arange(60) >= 50, "G2", "G1")
    grade[0] = "G2"
    found = cox_analysis(data, pd.DataFrame({"grade": grade}), ["grade"], diagnostics=True)
    (left,) = found.building.influence.most
    assert left.row == 0
    assert np.isnan(left.hazard_ratio_without)


def test_infinite_hazard_ratios_have_no_influence():
    data, X, _ = random_cohort(5, n=50)
    flag = np.where(data.event, 0.0, (np.arange(50) % 2))
    found = cox_analysis(data, pd.DataFrame({"x": X[:, 0], "flag": flag}), ["x", "flag"], diagnostics=True)
    influence = found.building.influence
    assert np.isnan(influence.dfbeta[:, 1]).all()
    assert np.isfinite(influence.dfbeta[:, 0]).all()
    assert [left.term for left in influence.most] == ["x"]


def test_nothing_unless_asked_for_and_not_with_firth_or_exact_ties():
    data, X, _ = random_cohort(5, n=50)
    frame = frame_of(X)
    assert cox_analysis(data, frame, ["x0"]).building.influence is None
    for options in ({"penalty": "firth"}, {"ties": "exact"}):
        found = cox_analysis(data, frame, ["x0", "x1"], diagnostics=True, **options).building
        assert found.influence is None
        assert found.collinearity is not None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_inflation_is_variance_over_variance_without_overlap(seed):
    """vif of a group: det of its covariance times det of its information, the variance had it been alone."""
    data, X, _ = random_cohort(seed, n=120, p=4)
    frame = frame_of(X)
    frame["x1"] = frame["x1"] + 0.6 * frame["x0"]
    frame["grade"] = np.array(["a", "b", "c"])[(X[:, 2] + (X[:, 0] > 0)).astype(int)]
    names = ["x0", "x1", "grade", "x3"]
    found = cox_analysis(data, frame, names, diagnostics=True)
    fit = found.multivariable
    information = np.linalg.inv(fit.covariance)
    for factor in found.building.collinearity.factors:
        at = [j for j, term in enumerate(fit.terms) if term.term == factor.covariate]
        block = np.ix_(at, at)
        expected = np.linalg.det(fit.covariance[block]) * np.linalg.det(information[block])
        assert factor.vif == pytest.approx(expected)
        assert factor.widening == pytest.approx(expected ** (1 / (2 * len(at))))
        assert factor.vif >= 1
    for j, column in enumerate(fit.names):
        vif = found.building.collinearity.columns[column]
        assert vif == pytest.approx(fit.covariance[j, j] * information[j, j])


def test_partner_and_interactions():
    data, X, _ = random_cohort(4, n=150)
    frame = frame_of(X)
    frame["twin"] = frame["x0"] + 0.1 * np.random.default_rng(0).normal(size=150)
    found = cox_analysis(data, frame, ["x0", "x1", "twin"], diagnostics=True).building.collinearity
    by_name = {factor.covariate: factor for factor in found.factors}
    assert by_name["x0"].vif > 20
    assert (by_name["x0"].partner, by_name["twin"].partner) == ("twin", "x0")
    assert by_name["x1"].vif < 2
    product = cox_analysis(data, frame, ["x0", "x1", "twin"], interactions=[("x0", "x1")], diagnostics=True)
    assert product.building.collinearity.columns == pytest.approx(found.columns)
    alone = cox_analysis(data, frame, ["x0"], diagnostics=True).building.collinearity.factors[0]
    assert (alone.vif, alone.partner) == (pytest.approx(1), None)
