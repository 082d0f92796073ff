"""Imputed covariates through the specification: JSON, tables, sentences, method, and what is refused."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from core.cohort.load import load_cohort
from core.reporting.as_json import as_json
from core.reporting.cox_table import cox_table
from core.reporting.imputation_table import complete_patients_table, imputation_sentence, imputed_values_table
from core.reporting.methods_text import method_lines
from core.reporting.report.reproduce import reproduction
from core.run import run_analysis
from core.spec import AnalysisSpec

SAMPLE = Path(__file__).parents[2] / "sample_data" / "hcc_ablation"
FACTORS = ["age_years", "vegf_pg_ml", "pd_l1", "child_pugh_class"]


@cache
def sample():
    spec = AnalysisSpec.from_json((SAMPLE / "spec.json").read_text(encoding="utf-8"))
    return spec, load_cohort(spec.cohort, base=SAMPLE)


def ask(**asked):
    spec, cohort = sample()
    whole = spec.model_copy(update={"analyses": (), "group": None}).model_dump()
    analysis = {"id": "a", "kind": "cox", "endpoint": "OS", "covariates": FACTORS, "missing": "impute"}
    whole["analyses"] = [{**analysis, "imputation": {"sets": 4, "iterations": 3}, **asked}]
    spec = AnalysisSpec.model_validate(whole)
    return run_analysis(spec, cohort, spec.analyses[0])


@cache
def found():
    return ask()


def test_everybody_stays_and_the_complete_patients_stand_beside():
    written = as_json(found())
    left_out = as_json(ask(missing="leave-out"))
    assert written["n"] == 240
    assert left_out.get("imputation") is None
    beside = written["imputation"]["complete_patients"]["multivariable"]
    assert beside["n"] == left_out["n"] < 150
    same = [term["hazard_ratio"] for term in left_out["terms"]]
    assert [term["hazard_ratio"] for term in beside["terms"]] == same
    assert written["imputation"]["n_incomplete"] == 240 - beside["n"]


def test_every_incomplete_variable_is_counted():
    variables = {one["variable"]: one for one in as_json(found())["imputation"]["variables"]}
    frame = sample()[1].patients.frame
    assert {name: one["n_missing"] for name, one in variables.items()} == {
        name: int(frame[name].isna().sum()) for name in ("child_pugh_class", "vegf_pg_ml", "pd_l1")
    }
    assert variables["vegf_pg_ml"]["observed"]["mean"] == pytest.approx(frame["vegf_pg_ml"].mean())
    shares = variables["pd_l1"]["levels"].values()
    assert sum(share["imputed"] for share in shares) == pytest.approx(1)


def test_the_same_seed_gives_the_same_numbers_and_the_whole_is_json():
    written = as_json(found())
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert as_json(ask()) == written
    other = as_json(ask(imputation={"sets": 4, "iterations": 3, "seed": 5}))
    assert other["terms"][1]["hazard_ratio"] != written["terms"][1]["hazard_ratio"]


def test_each_factor_alone_is_pooled_too():
    result = ask(mode="univariable-then-multivariable", enter_below=1)
    table = result.cox.univariable
    assert all(term.n_fit == 240 for term in table.terms)
    assert {one.model for one in result.cox.imputation.terms} == {"univariable", "multivariable"}
    age = next(term for term in table.terms if term.term == "age_years")
    assert np.isfinite(age.hazard_ratio)


def test_tables_sentence_and_method():
    result = found()
    model = result.cox.imputation
    said = imputation_sentence(model)
    assert "lack a value" in said
    assert "4 completed tables" in said
    values = imputed_values_table(result).values_frame()
    assert list(values["Imputed patients"].dropna().astype(int)) == [one.n_missing for one in model.imputed.variables]
    beside = complete_patients_table(result).values_frame()
    printed = cox_table(result).values_frame()
    assert set(beside["Imputed"]) <= set(printed["Hazard ratio"])
    method = " ".join(method_lines(result))
    assert "predictive mean matching" in method
    assert "pool(with(mice(d, m = 4, maxit = 3" in method
    assert any("imputed 4 times" in note for note in result.notes)


def test_a_helper_column_predicts_and_is_in_no_model():
    result = ask(imputation={"sets": 4, "iterations": 3, "also": ["afp_ng_ml"]})
    assert "afp_ng_ml" in result.cox.imputation.imputed.predictors
    assert "afp_ng_ml" not in {term.term for term in result.cox.multivariable.terms}


def test_nothing_missing_is_said():
    result = ask(covariates=["age_years", "sex"])
    assert imputation_sentence(result.cox.imputation).startswith("No value of these factors is missing")
    assert imputed_values_table(result) is None
    assert complete_patients_table(result) is None
    plain = ask(covariates=["age_years", "sex"], missing="leave-out")
    assert result.cox.multivariable.terms == plain.cox.multivariable.terms


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"mode": "backward"}, "no factors are selected"),
        ({"mode": "univariable-then-multivariable", "enter_below": 0.1}, "no factors are selected"),
        ({"splines": {"age_years": 3}}, "curves"),
        ({"penalty": "firth"}, "Firth"),
        ({"intervals": "profile"}, "profile likelihood"),
        ({"weights": "age_years"}, "case weights"),
    ],
)
def test_what_cannot_be_pooled_is_refused(asked, words):
    with pytest.raises(ValidationError, match=words):
        ask(**asked)


def test_scripts_that_compute_again_leave_imputed_models_to_the_specification():
    spec = sample()[0]
    names = reproduction(spec, [found(), ask(missing="leave-out")])
    assert len([name for name in names if name.endswith(".csv")]) == 1
    assert "mice" not in names["reproduce.R"].decode()
