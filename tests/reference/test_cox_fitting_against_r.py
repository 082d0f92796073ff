"""Exact ties, profile limits, time-dependent covariates and periods against R (scripts/make_cox_fitting.R)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.cohort.load import load_cohort
from core.regression.cox import fit_cox
from core.regression.design import Design, build_design
from core.regression.results import CoxFit
from core.result import AnalysisResult
from core.run import run
from core.spec import AnalysisSpec
from core.timetoevent import FloatArray, TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "cox_fitting.json").read_text(encoding="utf-8"))
ITERATIVE = 1e-6
MONTH = 30.4375


@cache
def table(name: str) -> pd.DataFrame:
    return pd.read_csv(HERE / "data" / f"{name}.csv", keep_default_na=False, na_values=[""])


def assert_as_r(fit: CoxFit, expected: Any, order: list[int] | None = None, *, one_row: bool = True) -> None:
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
    # of patients with several rows R leaves out row by row unless told cluster = id, here patient by patient
    if one_row:
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


DAYS = {"time": "days", "event": "died", "event_is": [1], "unit": "days"}
STOP = {"time": "stop", "event": "event", "entry": "start", "event_is": [1], "unit": "days"}


def answer(name: str, endpoint: dict[str, Any], analysis: dict[str, Any]) -> AnalysisResult:
    cohort = {"patients": f"{name}.csv", "endpoints": {"OS": endpoint}, "roles": {"patient_id": "id"}}
    asked = {"id": "asked", "endpoint": "OS", **analysis}
    spec = AnalysisSpec.model_validate({"cohort": cohort, "analyses": [asked]})
    return run(spec, load_cohort(spec.cohort, base=HERE / "data"))["asked"]


HEART: dict[str, dict[str, Any]] = {
    "model": {},
    "breslow": {"ties": "breslow"},
    "exact": {"ties": "exact"},
    "cluster": {"cluster": "id"},
}


@pytest.mark.parametrize("name", HEART, ids=[f"coxph(Surv(start,stop,event)~{name})" for name in HEART])
def test_rows_start_stop(name: str) -> None:
    analysis = {"kind": "cox", "covariates": ["age", "surgery", "transplant"], **HEART[name]}

    fit = answer("heart", STOP, analysis).cox.multivariable

    assert fit is not None
    assert (fit.n, fit.n_events) == (103, 75)
    assert_as_r(fit, R["heart"][name], one_row=name == "cluster")


STANFORD: dict[str, dict[str, Any]] = {
    "model": {"covariates": ["transplant", "age", "surgery"]},
    "alone": {"covariates": ["transplant"]},
    "strata": {"covariates": ["transplant", "age"], "strata": ["surgery"]},
}


@pytest.mark.parametrize("name", STANFORD, ids=[f"tmerge(tdc(transplant_day)),coxph({name})" for name in STANFORD])
def test_a_treatment_that_starts_later(name: str) -> None:
    later = {"transplant": {"starts": "transplant_day"}}

    result = answer("stanford", DAYS, {"kind": "cox", "time_dependent": later, **STANFORD[name]})

    fit, counts = result.cox.multivariable, R["stanford"]["tcount"]
    assert fit is not None
    assert_as_r(fit, R["stanford"][name], one_row=False)
    assert (fit.n, fit.terms[0].n) == (103, R["stanford"]["n_started"])
    said = " ".join(result.notes)
    assert f"{counts['within']} of 103 patients start during follow-up" in said
    assert f"{counts['leading']} at or before its beginning (Yes throughout)" in said
    assert f"{counts['trailing']} only at or after its end (No throughout)" in said


def test_the_check_of_a_treatment_that_starts_later() -> None:
    """cox.zph of the rows that tmerge makes."""
    later = {"transplant": {"starts": "transplant_day"}}

    asked = {"kind": "proportional_hazards", "covariates": ["transplant", "age"], "time_dependent": later}
    found = answer("stanford", DAYS, asked).proportional_hazards

    for test in (*found.terms, found.overall):
        expected = R["stanford"]["zph"][test.term]
        np.testing.assert_allclose((test.statistic, test.df), (expected["chi2"], expected["df"]), rtol=1e-6)


VETERAN = {"time": "time", "event": "event", "event_is": [1], "unit": "days"}
PERIODS: dict[str, dict[str, Any]] = {
    "karno": {"covariates": ["trt", "karno"], "time_splits": {"karno": [60, 180]}, "references": {"trt": "standard"}},
    "trt": {"covariates": ["karno", "trt"], "time_splits": {"trt": [60, 180]}, "references": {"trt": "standard"}},
    "celltype": {"covariates": ["karno", "celltype"], "time_splits": {"celltype": [60]}},
}


@pytest.mark.parametrize("name", PERIODS, ids=[f"survSplit,coxph(~{name}:period)" for name in PERIODS])
def test_a_hazard_ratio_per_period(name: str) -> None:
    analysis = answer("veteran", VETERAN, {"kind": "cox", **PERIODS[name]}).cox

    fit, (equal,), expected = analysis.multivariable, analysis.periods, R["periods"][f"{name}_equal"]
    assert fit is not None
    # R has all levels of one period, then those of the next
    order = [0, 1, 3, 5, 2, 4, 6] if name == "celltype" else None
    assert_as_r(fit, R["periods"][name], order, one_row=False)
    assert fit.n == 137
    assert (equal.covariate, equal.df, equal.method) == (name, expected["df"], "likelihood_ratio")
    np.testing.assert_allclose([equal.statistic, equal.p_value], [expected["chi2"], expected["p"]], rtol=1e-6)
