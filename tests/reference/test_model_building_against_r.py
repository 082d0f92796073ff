"""Backward elimination, interactions, curves, variance inflation and influence against R (make_model_building.R).

R 4.2.2 with MASS::stepAIC, survival 3.5-3, rms::rcs inside coxph, rms::vif; coxph with eps = 1e-13.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from core.regression.design import build_design
from core.regression.model import cox_analysis
from core.regression.proportionality import proportional_hazards
from core.regression.results import CoxAnalysis
from core.regression.splines import harrell_knots, spline_basis
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE
from tests.reference.test_cox_against_r import reference, table

RTOL = 1e-7


@cache
def r() -> Any:
    return json.loads((HERE / "r" / "model_building.json").read_text(encoding="utf-8"))


def analysis(name: str, covariates: list[str], **options: Any) -> CoxAnalysis:
    meta, frame = reference(name)["meta"], table(name)
    levels = {column: order for column, order in meta["levels"].items() if column in covariates}
    data = TimeToEvent(time=frame[meta["time_col"]], event=frame[meta["event_col"]] == 1, unit=meta["time_unit"])
    return cox_analysis(data, frame, covariates, kinds=dict.fromkeys(levels, "category"), levels=levels, **options)


def as_pairs(terms: list[str]) -> list[tuple[str, str]]:
    return [tuple(term.split(":")) for term in terms]  # type: ignore[misc]


def same_test(found: Any, expected: Any) -> None:
    assert found.df == expected["df"]
    np.testing.assert_allclose(found.statistic, expected["chi2"], rtol=1e-6)
    np.testing.assert_allclose(found.p_value, expected["p"], rtol=1e-6)


@pytest.mark.parametrize("case", r()["backward"])
def test_backward_elimination(case: str) -> None:
    """MASS::stepAIC(coxph(Surv(time, event) ~ ..., complete cases), direction = "backward")"""
    expected = r()["backward"][case]
    forced = ["age", "menostat"] if case.endswith("forced") else []
    pairs = as_pairs(expected["extra"])
    found = analysis(case.split("_")[0], expected["covariates"], mode="backward", forced=forced, interactions=pairs)

    selection, model = found.building.selection, found.multivariable
    assert selection is not None
    assert model is not None
    assert (selection.n, selection.n_events, model.n) == (expected["n"], expected["events"], expected["n"])
    assert [name.replace(" × ", ":") for name in selection.dropped] == expected["dropped"]
    np.testing.assert_allclose([step.aic for step in selection.steps], expected["aic"], rtol=1e-11)
    assert {name.replace(" × ", ":") for name in selection.steps[-1].kept} == set(expected["kept"])
    np.testing.assert_allclose(sorted(model.coefficients), sorted(expected["coef"].values()), rtol=RTOL)
    np.testing.assert_allclose(sorted(np.sqrt(np.diag(model.covariance))), sorted(expected["se"]), rtol=RTOL)


@pytest.mark.parametrize("case", r()["interactions"])
def test_interaction(case: str) -> None:
    """anova(coxph(~ a + b), coxph(~ a * b)); ratios: the coefficient after relevel(b, level), or with b - quartile"""
    expected = r()["interactions"][case]
    pair = (expected["a"], expected["b"])
    found = analysis(expected["data"], [*pair, *expected["others"]], interactions=[pair])

    model, (interaction,) = found.multivariable, found.building.interactions
    assert model is not None
    assert (model.n, interaction.method) == (expected["n"], "likelihood_ratio")
    np.testing.assert_allclose(model.log_likelihood[1], expected["loglik"], rtol=1e-11)
    np.testing.assert_allclose(sorted(model.coefficients), sorted(expected["coef"].values()), rtol=RTOL, atol=1e-10)
    same_test(interaction.test, expected)
    assert len(interaction.ratios) == len(expected["ratios"])
    theirs = {
        (row["column"], row["at"] if isinstance(row["at"], str) else f"{row['at']:.10g}"): row
        for row in expected["ratios"]
    }
    for ratio in interaction.ratios:
        at = ratio.at if isinstance(ratio.at, str) else f"{ratio.at:.15g}"
        row = theirs[ratio.factor + (ratio.level or ""), at]
        np.testing.assert_allclose(ratio.log_hazard_ratio, row["coef"], rtol=RTOL, atol=1e-10)
        np.testing.assert_allclose(ratio.std_error, row["se"], rtol=RTOL)


@pytest.mark.parametrize("case", r()["curves"])
def test_curve(case: str) -> None:
    """coxph(Surv(time, event) ~ rcs(x, k) + others); curve and Wald tests by hand from basis and vcov, LR by anova"""
    expected = r()["curves"][case]
    name, asked = expected["covariate"], expected["asked"]
    splines = {name: asked[0] if len(asked) == 1 else tuple(asked)}
    found = analysis(expected["data"], [name, *expected["others"]], splines=splines)

    model, (curve,) = found.multivariable, found.building.curves
    assert model is not None
    m = len(expected["coef"])
    assert model.n == expected["n"]
    assert curve.reference == pytest.approx(expected["reference"], rel=1e-14)
    np.testing.assert_allclose(curve.knots, expected["knots"], rtol=1e-12)
    np.testing.assert_allclose(model.log_likelihood[1], expected["loglik"], rtol=1e-11)
    # R's own columns are nearly collinear: its coefficients hold about 7 digits
    np.testing.assert_allclose(model.coefficients[:m], expected["coef"], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(model.covariance))[:m], expected["se"], rtol=1e-6)
    at = np.array(expected["at"])
    np.testing.assert_allclose(spline_basis(at, curve.knots), np.array(expected["basis"])[:, 0, :], rtol=1e-11)
    apart = spline_basis(at, curve.knots) - spline_basis(np.array([curve.reference]), curve.knots)
    error = np.sqrt(np.einsum("ij,jk,ik->i", apart, model.covariance[:m, :m], apart))
    np.testing.assert_allclose(apart @ model.coefficients[:m], expected["log_hr"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(error, expected["log_hr_se"], rtol=1e-6, atol=1e-9)
    # the ends of the curve are the smallest and the largest value, which R was asked for too
    for end in (0, -1):
        assert curve.value[end] == at[end]
        np.testing.assert_allclose(curve.log_hazard_ratio[end], expected["log_hr"][end], rtol=1e-6)
        np.testing.assert_allclose(curve.std_error[end], expected["log_hr_se"][end], rtol=1e-6)
    for test, ours in curve.tests.items():
        same_test(ours, expected[test])
    assert len(curve.tests) == 4


def test_outer_knots_of_few_patients() -> None:
    """attr(rms::rcs(x, k), "parms") with 60 values: the outer knots are the fifth from either end"""
    few = r()["knots_of_few"]
    for k, knots in few["knots"].items():
        np.testing.assert_allclose(harrell_knots(np.array(few["values"], dtype=float), int(k)), knots, rtol=1e-12)


@pytest.mark.parametrize("name", r()["vif"])
def test_variance_inflation(name: str) -> None:
    """rms::vif(coxph()); GVIF from cov2cor(vcov(fit)) as in car::vif"""
    expected = r()["vif"][name]
    found = analysis(name, expected["covariates"], diagnostics=True).building.collinearity
    assert found is not None
    np.testing.assert_allclose(list(found.columns.values()), list(expected["vif"].values()), rtol=1e-6)
    assert [factor.covariate for factor in found.factors] == list(expected["gvif"])
    for factor in found.factors:
        value = expected["gvif"][factor.covariate]
        assert factor.df == value["df"]
        np.testing.assert_allclose([factor.vif, factor.widening], [value["gvif"], value["scaled"]], rtol=1e-6)


MODELS = {
    "veteran": ["trt", "celltype", "karno"],
    "lung": ["age", "sex", "wt_loss"],
    "gbsg2": ["horTh", "tgrade", "pnodes"],
    "lung_breslow": ["age", "sex"],
}


@pytest.mark.parametrize("case", r()["influence"])
def test_influence(case: str) -> None:
    """residuals(fit, "dfbeta"), residuals(fit, "dfbetas"), and coxph without the row"""
    expected = r()["influence"][case]
    ties: Any = "breslow" if case.endswith("breslow") else "efron"
    found = analysis(case.split("_")[0], MODELS[case], diagnostics=True, ties=ties)
    influence = found.building.influence
    assert influence is not None
    shown = len(expected["rows"])
    assert influence.dfbeta.shape[0] == expected["n"]
    assert (influence.rows[:shown] + 1).tolist() == expected["rows"]
    np.testing.assert_allclose(influence.dfbeta[:shown].T, expected["dfbeta"], rtol=1e-6, atol=1e-11)
    np.testing.assert_allclose(influence.dfbetas[:shown].T, expected["dfbetas"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose((influence.dfbeta**2).sum(axis=0), expected["dfbeta_sum_of_squares"], rtol=1e-6)
    if ties == "efron":
        for left, most in zip(influence.most, expected["most"], strict=True):
            ours = np.log(left.hazard_ratio_without)
            np.testing.assert_allclose(ours, most["without"][most["row"].index(left.row + 1)], rtol=1e-6)
            start = np.log(left.hazard_ratio)
            assert abs(ours - start) == pytest.approx(np.abs(np.array(most["without"]) - start).max(), rel=1e-6)


def test_influence_in_strata() -> None:
    """residuals(coxph(~ trt + karno + strata(celltype)), "dfbeta")"""
    expected = r()["influence_stratified"]
    influence = analysis("veteran", ["trt", "karno"], strata=["celltype"], diagnostics=True).building.influence
    assert influence is not None
    np.testing.assert_allclose(influence.dfbeta[:20].T, expected["dfbeta"], rtol=1e-6, atol=1e-11)
    np.testing.assert_allclose((influence.dfbeta**2).sum(axis=0), expected["dfbeta_sum_of_squares"], rtol=1e-6)


def test_proportional_hazards_of_an_interaction() -> None:
    """cox.zph(coxph(Surv(time, event) ~ age * sex)), one test per term (make_reference.R)"""
    expected = reference("lung")["cox"]["models"]["interaction"]["efron"]
    frame, meta = table("lung"), reference("lung")["meta"]
    design = build_design(
        frame, ["age", "sex"], levels={"sex": meta["levels"]["sex"]}, interactions=[("age", "sex")]
    )  # fmt: skip
    data = TimeToEvent(time=frame["time"], event=frame["event"] == 1)
    found = proportional_hazards(data, design)
    assert [test.term.replace(" × ", ":") for test in (*found.terms, found.overall)] == list(expected["zph"]["km"])
    for test in (*found.terms, found.overall):
        same_test(test, {**expected["zph"]["km"][test.term.replace(" × ", ":")]})
