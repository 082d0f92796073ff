"""Rubin's rules on the very tables that mice completed, and imputed values beside those of mice (make_imputation.R)."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from core.regression.imputation import Imputed, ImputedVariable, _outcome, impute
from core.regression.imputed_model import imputed_cox_analysis
from core.regression.model import cox_analysis
from core.regression.pooling import pool
from core.regression.results import CoxAnalysis
from core.spec import ImputationSpec
from core.timetoevent import FloatArray, TimeToEvent
from tests.reference.oracles import HERE

R = json.loads((HERE / "r" / "imputation.json").read_text(encoding="utf-8"))
COVARIATES = ("age", "sex", "stage", "meal_cal", "wt_loss")
LEVELS = ("0", "1", "2")


@cache
def lung() -> tuple[TimeToEvent, pd.DataFrame]:
    frame = pd.read_csv(HERE / "data" / "lung.csv", na_values=[""])
    stage = frame["ecog"].clip(upper=2).map(lambda value: "" if np.isnan(value) else str(int(value)))
    stage[np.array(R["missing_stage"]) - 1] = ""
    frame = frame.assign(stage=pd.Categorical(stage.replace("", None), categories=list(LEVELS)))
    data = TimeToEvent(time=frame["time"].to_numpy(dtype=float), event=frame["event"].to_numpy() == 1, unit="days")
    return data, frame


@cache
def by_mice() -> Imputed:
    """The tables that mice completed, as our own."""
    frame = lung()[1]
    variables = []
    for name, found in R["imputed"].items():
        values = list(found["values"].values()) if isinstance(found["values"], dict) else found["values"]
        levels = LEVELS if name == "stage" else ()
        imputed = np.array(
            [[LEVELS.index(v) if levels else v for v in np.atleast_1d(table)] for table in values], dtype=float
        )
        missing = frame[name].isna().to_numpy()
        assert (np.flatnonzero(missing) + 1).tolist() == np.atleast_1d(found["rows"]).tolist()
        known = frame[name].cat.codes.to_numpy(dtype=float) if levels else frame[name].to_numpy(dtype=float)
        variables.append(
            ImputedVariable(
                name=name, levels=levels, missing=missing, observed=known[~missing], imputed=imputed,
                trace_mean=np.zeros((5, 1)), trace_sd=np.zeros((5, 1)),
            )
        )  # fmt: skip
    asked = ImputationSpec(sets=5)
    return Imputed(frame=frame, variables=tuple(variables), predictors=COVARIATES, asked=asked, n_incomplete=0)


def fit(frame: pd.DataFrame) -> CoxAnalysis:
    return cox_analysis(lung()[0], frame, COVARIATES, references={"sex": "female"})


@cache
def pooled() -> CoxAnalysis:
    return imputed_cox_analysis(by_mice(), fit)


@pytest.mark.parametrize(
    ("name", "key"),
    [("log_hazard_ratio", "estimate"), ("std_error", "se"), ("statistic", "statistic"), ("p_value", "p")],
)
def test_terms(name: str, key: str) -> None:
    assert pooled().multivariable is not None
    found = [getattr(term, name) for term in pooled().multivariable.terms]
    np.testing.assert_allclose(found, R["pooled"][key], rtol=1e-8)


def test_limits() -> None:
    terms = pooled().multivariable.terms
    np.testing.assert_allclose(np.log([term.conf_low for term in terms]), R["pooled"]["low"], rtol=1e-8)
    np.testing.assert_allclose(np.log([term.conf_high for term in terms]), R["pooled"]["high"], rtol=1e-8)


@pytest.mark.parametrize(("name", "key"), [("df", "df"), ("missing_information", "fmi"), ("increase", "riv")])
def test_what_is_missing(name: str, key: str) -> None:
    found = [getattr(term, name) for term in pooled().imputation.terms]
    np.testing.assert_allclose(found, R["pooled"][key], rtol=1e-7)


def each() -> tuple[FloatArray, FloatArray]:
    fits = [fit(by_mice().completed(table)).multivariable for table in range(5)]
    return np.stack([one.coefficients for one in fits]), np.stack([np.diag(one.covariance) for one in fits])


def test_without_the_size_of_the_sample_as_mitools() -> None:
    found, expected = pool(*each()), R["mitools"]
    np.testing.assert_allclose(found.estimate, expected["estimate"], rtol=1e-8)
    np.testing.assert_allclose(found.std_error, expected["se"], rtol=1e-8)
    np.testing.assert_allclose(found.df, expected["df"], rtol=1e-7)


def test_covariance_is_the_square_of_the_standard_errors() -> None:
    fitted = pooled().multivariable
    np.testing.assert_allclose(np.sqrt(np.diag(fitted.covariance)), R["pooled"]["se"], rtol=1e-8)


def test_the_levels_of_a_factor_together() -> None:
    test = next(one for one in pooled().multivariable.overall if one.covariate == "stage")
    assert test.statistic / 2 == pytest.approx(R["stage_test"]["statistic"], rel=1e-8)
    assert test.p_value == pytest.approx(R["stage_test"]["p"], rel=1e-7)


def test_the_outcome_in_the_imputation_model() -> None:
    np.testing.assert_allclose(_outcome(lung()[0])[:, 1], R["hazard"], rtol=1e-10)


@cache
def many() -> Imputed:
    data, frame = lung()
    names = ("age", "sex", "stage", "ph_karno", "meal_cal", "wt_loss")
    return impute(data, frame, names, asked=ImputationSpec(sets=60, iterations=6, seed=3))


@pytest.mark.parametrize("which", [1, 2])
def test_imputed_numbers_look_like_those_of_mice(which: int) -> None:
    expected = R["looks"][which]
    found = next(one for one in many().variables if one.name == expected["variable"])
    assert found.n_missing == expected["n"]
    # the mean of 60 tables is known to about 1/8 of the spread of the tables' means
    assert found.imputed.mean() == pytest.approx(expected["mean"], abs=expected["of_means"] * 0.5)
    assert found.imputed.std() == pytest.approx(expected["sd"], rel=0.1)
    assert found.imputed.mean(axis=1).std(ddof=1) == pytest.approx(expected["of_means"], rel=0.35)


def test_imputed_levels_look_like_those_of_mice() -> None:
    stage = next(one for one in many().variables if one.name == "stage")
    np.testing.assert_allclose(stage.imputed_shares, R["stage_shares"], atol=0.05)
