"""Regression with competing events against R's cmprsk::crr, survival::finegray and cause-specific coxph."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.regression.cox import fit_cox
from core.regression.design import Design, build_design
from core.regression.fine_gray import fit_fine_gray
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE
from tests.reference.test_cox_against_r import assert_fit, reference, table

MODELS = [
    pytest.param(name, model, cause, id=f"{name}-{model}-cause{cause}")
    for name in ("bmt", "cgvhd")
    for model in reference(name)["competing_risks"]["fine_gray"]
    for cause in reference(name)["competing_risks"]["causes"]
]


def of_cause(name: str, model: str, cause: int) -> tuple[TimeToEvent, np.ndarray, Design]:
    known, frame = reference(name), table(name)
    risks = known["competing_risks"]
    formula = risks["cause_specific_cox"][model]["cause1"]["formula"]
    covariates = [word.strip() for word in formula.split("~")[1].split("+")]
    levels = {column: order for column, order in known["meta"]["levels"].items() if column in covariates}
    design = build_design(frame, covariates, kinds=dict.fromkeys(levels, "category"), levels=levels)
    status = frame[risks["status_col"]].to_numpy()
    data = TimeToEvent(time=frame[risks["time_col"]], event=status == cause, unit=known["meta"]["time_unit"])
    return data, (status != cause) & (status != 0), design


def expected_of(name: str, model: str, cause: int, kind: str) -> Any:
    return reference(name)["competing_risks"][kind][model][f"cause{cause}"]


@pytest.mark.parametrize(("name", "model", "cause"), MODELS)
def test_crr(name: str, model: str, cause: int) -> None:
    """crr(time, status, model.matrix(formula), failcode = cause, cencode = 0)"""
    data, competing, design = of_cause(name, model, cause)
    fit, expected = fit_fine_gray(data, competing, design), expected_of(name, model, cause, "fine_gray")
    terms = list(expected["terms"].values())
    assert fit.n == expected["n"]
    np.testing.assert_allclose(fit.log_likelihood, [expected["loglik_null"], expected["loglik"]], rtol=1e-10)
    for term, value in zip(fit.terms, terms, strict=True):
        # crr stops when its gradient is below 1e-6
        np.testing.assert_allclose(term.log_hazard_ratio, value["coef"], rtol=0, atol=1e-5 * value["se"])
        np.testing.assert_allclose(term.std_error, value["se"], rtol=1e-6)
        np.testing.assert_allclose(
            [term.hazard_ratio, term.conf_low, term.conf_high], [value[k] for k in ("shr", "lower", "upper")], rtol=2e-5
        )
        np.testing.assert_allclose(term.p_value, value["p"], rtol=1e-4)


@pytest.mark.parametrize(("name", "model", "cause"), MODELS)
def test_finegray(name: str, model: str, cause: int) -> None:
    """coxph(formula, finegray(Surv(time, status) ~ .), weights = fgwt, ties = "breslow", cluster = id)

    Its standard errors take the weights as known, so only the coefficients are the same.
    """
    data, competing, design = of_cause(name, model, cause)
    expected = expected_of(name, model, cause, "fine_gray")["finegray_coxph_breslow"]
    fit = fit_fine_gray(data, competing, design, censoring_ties="after")
    errors = np.array(expected["robust_se"])
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=0, atol=1e-7 * errors.max())
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), errors, rtol=2e-3)


@pytest.mark.parametrize(("name", "model", "cause"), MODELS)
def test_cause_specific_cox(name: str, model: str, cause: int) -> None:
    """coxph(Surv(time, status == cause) ~ x)"""
    data, _, design = of_cause(name, model, cause)
    assert_fit(fit_cox(data, design), expected_of(name, model, cause, "cause_specific_cox"))


def test_every_model_of_the_reference_is_here() -> None:
    assert len(MODELS) == 8


TIGHT = json.loads((HERE / "r" / "fine_gray.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "covariates", "cause"),
    [(name, covariates, cause) for name, covariates in (("bmt", ["dis"]), ("cgvhd", ["tx", "age"]))
     for cause in map(int, TIGHT[name])],
)  # fmt: skip
def test_crr_carried_on_to_the_maximum(name: str, covariates: list[str], cause: int) -> None:
    """crr(time, status, model.matrix(formula), failcode = cause, gtol = 1e-14, maxiter = 100)"""
    known, frame = reference(name), table(name)
    levels = {column: order for column, order in known["meta"]["levels"].items() if column in covariates}
    design = build_design(frame, covariates, kinds=dict.fromkeys(levels, "category"), levels=levels)
    status = frame["status"].to_numpy()
    data = TimeToEvent(time=frame["time"], event=status == cause)
    fit, expected = fit_fine_gray(data, (status != cause) & (status != 0), design), TIGHT[name][str(cause)]
    np.testing.assert_allclose(fit.coefficients, expected["coef"], rtol=1e-8)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance)), expected["se"], rtol=1e-8)
    np.testing.assert_allclose(fit.log_likelihood[1], expected["loglik"], rtol=1e-12)
