"""Cox regression against R's survival::coxph on six data sets (values and calls: tests/reference/scripts)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.regression.cox import fit_cox
from core.regression.design import build_design
from core.regression.results import CoxFit
from core.timetoevent import TimeToEvent
from tests.reference.oracles import HERE, NAMES, oracle

# R stops when the log-likelihood changes by less than 1e-9 (relative); these iterate to full convergence. R's last step
# is then up to about 1e-7 standard errors short (gbsg2 ~ tgrade), which its standard errors inherit.
ITERATIVE = 1e-6


def reference(name: str) -> Any:
    return oracle(name).r


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "data" / f"{name}.csv", keep_default_na=False, na_values=[""])


def fit(name: str, formula: str, rows: np.ndarray | None = None, **options: Any) -> CoxFit:
    """Fit the model of an R formula (main effects and strata)."""
    meta, frame = reference(name)["meta"], table(name)
    if rows is not None:
        frame = frame[rows].reset_index(drop=True)
    words = [word.strip() for word in formula.split("~")[1].split("+")]
    strata = [found.group(1) for word in words if (found := re.fullmatch(r"strata\((\w+)\)", word))]
    covariates = [word for word in words if not word.startswith("strata(")]
    kept = frame[strata].notna().all(axis=1).to_numpy()
    frame = frame[kept].reset_index(drop=True)
    levels = {column: order for column, order in meta["levels"].items() if column in covariates}
    design = build_design(frame, covariates, kinds=dict.fromkeys(levels, "category"), levels=levels)
    weights = options.pop("weights", None)
    cluster = options.pop("cluster", None)
    data = TimeToEvent(
        time=frame[meta["time_col"]],
        event=frame[meta["event_col"]] == 1,
        weights=None if weights is None else frame[weights],
        unit=meta["time_unit"],
    )
    return fit_cox(
        data,
        design,
        strata=pd.factorize(frame[strata[0]])[0] if strata else None,
        cluster=None if cluster is None else pd.factorize(frame[cluster])[0],
        **options,
    )


def r_name(term: Any) -> str:
    return term.term + (term.level or "")


def assert_tests(found: CoxFit, expected: Any) -> None:
    pairs = {"likelihood_ratio": "lr_test", "wald": "wald_test", "score": "score_test"}
    if "robust_score_test" in expected:
        pairs["robust_score"] = "robust_score_test"
    assert set(found.tests) == set(pairs)
    for ours, theirs in pairs.items():
        test, value = found.tests[ours], expected[theirs]
        assert test.df == value["df"]
        # a coefficient that R left 1e-9 short moves a robust Wald statistic further than a model-based one
        np.testing.assert_allclose(test.statistic, value["chi2"], rtol=ITERATIVE, err_msg=ours)
        np.testing.assert_allclose(test.p_value, value["p"], rtol=1e-5, atol=1e-300, err_msg=ours)


def assert_fit(found: CoxFit, expected: Any) -> None:
    assert (found.n, found.n_events) == (expected["n"], expected["events"])
    assert [r_name(term) for term in found.terms] == list(expected["terms"])
    np.testing.assert_allclose(found.log_likelihood, [expected["loglik_null"], expected["loglik"]], rtol=1e-11)
    model_error = np.sqrt(np.diag(found.model_covariance))
    for j, (term, value) in enumerate(zip(found.terms, expected["terms"].values(), strict=True)):
        error = value.get("robust_se", value["se"])
        np.testing.assert_allclose(term.log_hazard_ratio, value["coef"], rtol=ITERATIVE, atol=1e-8 * error)
        np.testing.assert_allclose(model_error[j], value["se"], rtol=1e-7)
        np.testing.assert_allclose(term.std_error, error, rtol=1e-7)
        np.testing.assert_allclose(term.hazard_ratio, value["hr"], rtol=ITERATIVE)
        np.testing.assert_allclose(term.conf_low, value["lower"], rtol=ITERATIVE)
        np.testing.assert_allclose(term.conf_high, value["upper"], rtol=ITERATIVE)
        np.testing.assert_allclose(term.statistic, value["z"], rtol=ITERATIVE, atol=1e-8)
        np.testing.assert_allclose(term.p_value, value["p"], rtol=1e-5)
    assert_tests(found, expected)
    pairs = expected["concordance"]
    ours = found.concordance
    np.testing.assert_allclose(ours.value, pairs["c"], rtol=1e-12)
    np.testing.assert_allclose(ours.std_error, pairs["se"], rtol=1e-9)
    counts = (ours.concordant, ours.discordant, ours.tied_score, ours.tied_time, ours.tied_both)
    theirs = [pairs[key] for key in ("concordant", "discordant", "tied_x", "tied_y", "tied_xy")]
    np.testing.assert_allclose(counts, theirs, rtol=1e-12)


UNIVARIABLE = [(name, covariate) for name in NAMES for covariate in reference(name)["cox"]["univariable"]]
MODELS = [
    (name, model, variant)
    for name in NAMES
    for model, variants in reference(name)["cox"]["models"].items()
    if "*" not in variants["efron"]["formula"]
    for variant in variants
    if variant in ("efron", "breslow", "robust", "cluster")
]


@pytest.mark.parametrize(("name", "covariate"), UNIVARIABLE, ids=[f"{n}-coxph(~{c})" for n, c in UNIVARIABLE])
def test_univariable_efron(name: str, covariate: str) -> None:
    expected = reference(name)["cox"]["univariable"][covariate]
    assert_fit(fit(name, expected["formula"]), expected)


@pytest.mark.parametrize(
    ("name", "covariate"), UNIVARIABLE, ids=[f"{n}-coxph(~{c},ties='breslow')" for n, c in UNIVARIABLE]
)
def test_univariable_breslow(name: str, covariate: str) -> None:
    both = reference(name)["cox"]["univariable"][covariate]
    expected = both["breslow"]
    found = fit(name, both["formula"], ties="breslow")
    errors = np.array(expected["se"])
    assert (
        np.abs(found.coefficients - expected["coef"]) <= 1e-8 * errors + ITERATIVE * np.abs(found.coefficients)
    ).all()
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), errors, rtol=1e-7)
    np.testing.assert_allclose(found.log_likelihood[1], expected["loglik"], rtol=1e-11)
    np.testing.assert_allclose(found.tests["score"].statistic, expected["score"], rtol=1e-9)


@pytest.mark.parametrize(("name", "model", "variant"), MODELS, ids=["-".join(m) for m in MODELS])
def test_model(name: str, model: str, variant: str) -> None:
    """coxph(formula, ties = , robust = TRUE | cluster = id); the formula is in the JSON."""
    expected = reference(name)["cox"]["models"][model][variant]
    options: dict[str, Any] = {"ties": expected["ties"]}
    rows = None
    if variant == "robust":
        options["robust"] = True
    if variant == "cluster":
        options["cluster"] = expected["cluster"]
        rows = table(name)[expected["cluster"]].notna().to_numpy()
    assert_fit(fit(name, expected["formula"], rows, **options), expected)


WEIGHTED = [name for name in NAMES if "iptw" in reference(name)]


@pytest.mark.parametrize("name", WEIGHTED, ids=[f"{n}-coxph(weights=w_iptw,robust=TRUE)" for n in WEIGHTED])
def test_inverse_probability_weights(name: str) -> None:
    expected = reference(name)["iptw"]
    rows = table(name)[expected["weight_column"]].notna().to_numpy()
    found = fit(name, expected["cox_weighted_robust"]["formula"], rows, weights=expected["weight_column"])
    assert found.robust
    assert_fit(found, expected["cox_weighted_robust"])
    model_error = np.sqrt(np.diag(found.model_covariance))
    np.testing.assert_allclose(model_error, expected["cox_weighted_model_based_se"], rtol=1e-7)


def test_every_model_of_the_reference_is_here() -> None:
    assert len(UNIVARIABLE) == 35
    assert {variant for _, _, variant in MODELS} == {"efron", "breslow", "robust", "cluster"}
    assert len(MODELS) == 39
    assert len(WEIGHTED) == 4
