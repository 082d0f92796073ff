"""Exact ties, profile limits, time-dependent covariates and periods against R (scripts/make_cox_fitting.R)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.regression.cox import fit_cox
from core.regression.design import Design, build_design
from core.regression.results import CoxFit
from core.timetoevent import FloatArray, TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "cox_fitting.json").read_text(encoding="utf-8"))
ITERATIVE = 1e-6
MONTH = 30.4375


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "data" / f"{name}.csv", keep_default_na=False, na_values=[""])


def assert_as_r(fit: CoxFit, expected: Any, order: list[int] | None = None) -> None:
    picked = slice(None) if order is None else order
    error = np.array(expected["se"])
    np.testing.assert_allclose(fit.log_likelihood, expected["loglik"], rtol=1e-11)
    np.testing.assert_allclose(fit.coefficients[picked], expected["coef"], rtol=ITERATIVE, atol=1e-8 * error.max())
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance))[picked], error, rtol=1e-6)
    for name in ("likelihood_ratio", "score", "wald"):
        # R rounds the Wald statistic to two decimals
        tolerance = {"atol": 0.0051} if name == "wald" else {"rtol": 1e-7}
        assert fit.tests[name].df == expected[name]["df"]
        np.testing.assert_allclose(fit.tests[name].statistic, expected[name]["chi2"], err_msg=name, **tolerance)
    np.testing.assert_allclose(fit.concordance.value, expected["concordance"]["c"], rtol=1e-9)
    np.testing.assert_allclose(fit.concordance.std_error, expected["concordance"]["se"], rtol=1e-7)


def months(days: Any) -> FloatArray:
    return np.ceil(np.asarray(days, dtype=float) / MONTH)


def lung_entry(frame: pd.DataFrame) -> FloatArray:
    return np.where((frame.time > 60) & (frame.index.to_numpy() % 3 == 2), 40.0, 0.0)


EXACT: dict[str, dict[str, Any]] = {
    "lung_sex": {"data": "lung", "time": lambda d: months(d.time), "x": ["sex"]},
    "lung": {"data": "lung", "time": lambda d: months(d.time), "x": ["age", "sex", "ecog"]},
    "lung_days": {"data": "lung", "x": ["age", "sex", "ecog"]},
    "veteran": {
        "data": "veteran",
        "time": lambda d: months(d.time),
        "x": ["trt", "karno", "diagtime", "age", "prior"],
    },
    "veteran_strata": {
        "data": "veteran",
        "time": lambda d: months(d.time),
        "x": ["trt", "karno", "age"],
        "strata": "celltype",
    },
    "whas500": {"data": "whas500", "time": lambda d: months(d.time + 1), "x": ["chf", "age", "bmi", "hr"]},
    "lung_entry": {"data": "lung", "entry": lung_entry, "x": ["age", "sex", "ecog"]},
    "lung_entry_strata": {"data": "lung", "entry": lung_entry, "x": ["age", "ecog"], "strata": "sex"},
    "gbsg2": {"data": "gbsg2", "time": lambda d: months(d.time), "x": ["horTh", "tsize", "pnodes"]},
}


def data_and_design(frame: pd.DataFrame, case: dict[str, Any]) -> tuple[TimeToEvent, Design]:
    data = TimeToEvent(
        time=case["time"](frame) if "time" in case else frame.time,
        event=frame.event == 1,
        entry=case["entry"](frame) if "entry" in case else None,
    )
    # R's order of levels: by the alphabet
    levels = {name: sorted(frame[name].dropna().unique()) for name in case["x"] if frame[name].dtype == object}
    return data, build_design(frame, case["x"], levels=levels)


@pytest.mark.parametrize("name", EXACT, ids=[f"coxph({name},ties='exact')" for name in EXACT])
def test_exact_ties(name: str) -> None:
    case = EXACT[name]
    frame = table(case["data"])
    data, design = data_and_design(frame, case)
    strata = pd.factorize(frame[case["strata"]])[0] if "strata" in case else None

    assert_as_r(fit_cox(data, design, ties="exact", strata=strata), R["exact"][name])


def test_every_exact_model_of_the_reference_is_here() -> None:
    assert set(EXACT) == set(R["exact"])


PROFILE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "lung": ({"data": "lung", "x": ["age", "sex", "ecog"]}, {}),
    "lung_90": ({"data": "lung", "x": ["age", "sex", "ecog"]}, {"conf_level": 0.9}),
    "veteran_strata": ({"data": "veteran", "x": ["trt", "karno", "age"], "strata": "celltype"}, {}),
    "veteran_exact": (
        {"data": "veteran", "time": lambda d: months(d.time), "x": ["trt", "karno"]},
        {"ties": "exact"},
    ),
}


@pytest.mark.parametrize("name", PROFILE, ids=[f"uniroot(coxph({name},offset))" for name in PROFILE])
def test_profile_limits(name: str) -> None:
    case, options = PROFILE[name]
    expected, frame = R["profile"][name], table(case["data"])
    data, design = data_and_design(frame, case)
    strata = pd.factorize(frame[case["strata"]])[0] if "strata" in case else None

    fit = fit_cox(data, design, strata=strata, intervals="profile", **options)

    # R's veteran has trt "standard" first by the alphabet, as here
    scale = np.array([term.std_error for term in fit.terms]).max()
    np.testing.assert_allclose(np.log([t.conf_low for t in fit.terms]), expected["low"], rtol=1e-6, atol=1e-6 * scale)
    np.testing.assert_allclose(np.log([t.conf_high for t in fit.terms]), expected["high"], rtol=1e-6, atol=1e-6 * scale)
    np.testing.assert_allclose([t.statistic**2 for t in fit.terms], expected["ratio"], rtol=1e-6, atol=1e-9)


def test_the_one_limit_of_a_hazard_ratio_without_end() -> None:
    """coxph with offset(b * none) and uniroot; none flags 15 patients without events."""
    expected = R["profile_monotone"]
    frame = table("lung")
    frame = frame[frame[["age", "sex", "ecog"]].notna().all(axis=1)].reset_index(drop=True)
    frame = frame.assign(none=((frame.event == 0) & (frame.index % 5 == 4)).astype(float))
    assert frame.none.sum() == expected["n_level"]

    fit = fit_cox(*data_and_design(frame, {"x": ["none", "age"]}), intervals="profile")

    none, age = fit.terms
    assert np.isnan([none.hazard_ratio, none.conf_low]).all()
    np.testing.assert_allclose(np.log(none.conf_high), expected["none_high"], rtol=1e-6)
    np.testing.assert_allclose(none.statistic**2, expected["none_ratio"], rtol=1e-6)
    np.testing.assert_allclose(age.log_hazard_ratio, expected["age_coef"], rtol=1e-6)
    limits = [expected["age_low"], expected["age_high"]]
    np.testing.assert_allclose(np.log([age.conf_low, age.conf_high]), limits, rtol=1e-5)
