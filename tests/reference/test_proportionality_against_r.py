"""Tests of proportional hazards against R's survival::cox.zph (3.5-3) on six data sets."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.regression.design import build_design
from core.regression.proportionality import ProportionalHazards, proportional_hazards
from core.timetoevent import TimeToEvent
from tests.reference.oracles import NAMES
from tests.reference.test_cox_against_r import UNIVARIABLE, reference, table

# R's coefficients stop up to 1e-7 standard errors short of the maximum, see test_cox_against_r
RTOL = 1e-7


def zph_of(name: str, formula: str, **options: Any) -> ProportionalHazards:
    meta = reference(name)["meta"]
    words = [word.strip() for word in formula.split("~")[1].split("+")]
    strata = [found.group(1) for word in words if (found := re.fullmatch(r"strata\((\w+)\)", word))]
    covariates = [word for word in words if not word.startswith("strata(")]
    frame = table(name)
    frame = frame[frame[strata + covariates].notna().all(axis=1)].reset_index(drop=True)
    levels = {column: order for column, order in meta["levels"].items() if column in covariates}
    design = build_design(frame, covariates, kinds=dict.fromkeys(levels, "category"), levels=levels)
    data = TimeToEvent(time=frame[meta["time_col"]], event=frame[meta["event_col"]] == 1, unit=meta["time_unit"])
    codes = pd.factorize(frame[strata[0]])[0] if strata else None
    return proportional_hazards(data, design, strata=codes, **options)


MODELS = [
    (name, model, transform)
    for name in NAMES
    for model, variants in reference(name)["cox"]["models"].items()
    if "*" not in variants["efron"]["formula"]
    for transform in variants["efron"]["zph"]
    if transform != "km_by_coefficient"
]


@pytest.mark.parametrize(("name", "model", "transform"), MODELS, ids=["-".join(m) for m in MODELS])
def test_model(name: str, model: str, transform: Any) -> None:
    """cox.zph(coxph(formula), transform = )"""
    fit = reference(name)["cox"]["models"][model]["efron"]
    found = zph_of(name, fit["formula"], transform=transform)
    expected = fit["zph"][transform]
    assert [test.term for test in (*found.terms, found.overall)] == list(expected)
    for test in (*found.terms, found.overall):
        value = expected[test.term]
        assert test.df == value["df"]
        np.testing.assert_allclose([test.statistic, test.p_value], [value["chi2"], value["p"]], rtol=RTOL)


BRESLOW = [(name, model) for name, model, transform in MODELS if transform == "km"]


@pytest.mark.parametrize(("name", "model"), BRESLOW, ids=["-".join(m) for m in BRESLOW])
def test_model_breslow(name: str, model: str) -> None:
    """cox.zph(coxph(formula, ties = "breslow"))"""
    variants = reference(name)["cox"]["models"][model]
    found = zph_of(name, variants["efron"]["formula"], ties="breslow").overall
    expected = variants["breslow"]["zph"]["km_global"]
    assert found.df == expected["df"]
    np.testing.assert_allclose(found.statistic, expected["chi2"], rtol=RTOL)


@pytest.mark.parametrize(("name", "covariate"), UNIVARIABLE, ids=[f"{n}-cox.zph(~{c})" for n, c in UNIVARIABLE])
def test_univariable(name: str, covariate: str) -> None:
    fit = reference(name)["cox"]["univariable"][covariate]
    found, expected = zph_of(name, fit["formula"]).overall, fit["zph_km_global"]
    assert found.df == expected["df"]
    # chi-squared near zero keeps R's absolute error of the coefficient
    np.testing.assert_allclose(found.statistic, expected["chi2"], rtol=RTOL, atol=1e-8)


def test_every_test_of_the_reference_is_here() -> None:
    assert {transform for _, _, transform in MODELS} == {"km", "rank", "identity", "log"}
    assert len(MODELS) == 47
