"""Checks of a balanced comparison through the specification: JSON, tables, sentences, and what is refused."""

import json
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.cohort.load import load_cohort
from core.errors import SpecError
from core.regression.e_value import e_value
from core.reporting.all_tables import all_tables
from core.reporting.as_json import as_json
from core.reporting.balance_checks_report import (
    control_sentence,
    doubly_robust_sentence,
    hidden_factor_sentence,
    imputed_table,
    imputed_variables_table,
)
from core.reporting.balance_tables import ratios_table
from core.reporting.methods_text import method_lines
from core.run import run_analysis
from core.spec import AnalysisSpec

SAMPLES = Path(__file__).parents[2] / "sample_data"


@cache
def sample(name):
    spec = AnalysisSpec.from_json((SAMPLES / name / "spec.json").read_text(encoding="utf-8"))
    return spec, load_cohort(spec.cohort, base=SAMPLES / name)


def ask(name="hifu_ici", *, group=None, **asked):
    spec, cohort = sample(name)
    whole = spec.model_copy(update={"analyses": ()}).model_dump()
    if group is not None:
        whole["group"] = group
    analysis = {"id": "b", "kind": "balance", "endpoint": "OS", "covariates": ["age_years", "sex"], "draws": 20}
    whole["analyses"] = [{**analysis, **asked}]
    spec = AnalysisSpec.model_validate(whole)
    return run_analysis(spec, cohort, spec.analyses[0])


@cache
def plain():
    return ask()


@cache
def imputed():
    return ask(
        "hcc_ablation",
        group={"column": "sex"},
        covariates=["age_years", "vegf_pg_ml", "pd_l1"],
        missing="impute",
        imputation={"sets": 4, "iterations": 2},
    )


def test_every_method_has_an_e_value():
    written = as_json(plain())
    for method, found in written["e_values"].items():
        ratio = written["comparisons"][method]
        expected = e_value(ratio["hazard_ratio"], ratio["conf_low"], ratio["conf_high"], kind="hazard", common=True)
        assert found["value"] == pytest.approx(expected.value)
    printed = ratios_table(plain()).values_frame()
    assert list(printed["E-value"]) == [one["value"] for one in written["e_values"].values()]
    assert "HIFU against No HIFU, IPTW" in hidden_factor_sentence(plain())


def test_the_doubly_robust_difference_stands_beside_the_crude_one():
    written = as_json(plain())["doubly_robust"]
    assert written["means"][1] - written["means"][0] == pytest.approx(written["estimate"])
    crude = as_json(plain())["comparisons"]["crude"]["rmst_difference"]["estimate"]
    assert written["crude"]["estimate"] == pytest.approx(crude, rel=1e-6)
    said = doubly_robust_sentence(plain())
    assert f"{written['estimate']:.1f}" in said
    assert "all patients" in said
    att = as_json(ask(estimand="att"))["doubly_robust"]
    assert att["estimand"] == "att"
    assert att["estimate"] != written["estimate"]


@pytest.mark.parametrize(
    ("asked", "name", "words"),
    [
        ({"endpoint": "PFS"}, "progression-free survival", "They do differ"),
        ({"adverse_event": "Nausea"}, "Nausea", "percentage points"),
        ({"column": "oligometastasis"}, "Oligometastasis: Yes", "No sign that something else"),
        ({"within": 3}, "overall survival, first 3 months", "says nothing"),
    ],
)
def test_negative_controls(asked, name, words):
    result = ask(negative_control=asked)
    written = as_json(result)["negative_control"]
    assert written["name"] == name
    said = control_sentence(result)
    assert words in said
    assert "nan" not in said
    assert json.loads(json.dumps(as_json(result), allow_nan=False))
    assert f"negative control: {name}" in " ".join(method_lines(result))


def test_of_a_column_it_is_the_weighted_difference_of_shares():
    result = ask(negative_control={"column": "oligometastasis"})
    found, value = result.balance.checks.control, result.balance
    sample, study = value.main.sample, value.study
    yes = (result.subset.frame["oligometastasis"] == "Yes").to_numpy()
    shares = [
        (sample.weights * yes)[rows].sum() / sample.weights[rows].sum() for rows in (~study.treated, study.treated)
    ]
    assert found.adjusted.estimate == pytest.approx(shares[1] - shares[0])
    assert found.n_events == int(yes.sum())


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"column": "age_years"}, "made alike or makes the groups"),
        ({"column": "histology"}, "has 3 levels"),
        ({"endpoint": "RFS"}, "RFS"),
        ({"adverse_event": "Hiccups"}, "Hiccups"),
    ],
)
def test_what_is_no_negative_control_is_said(asked, words):
    with pytest.raises(SpecError, match=words):
        ask(negative_control=asked)


def test_a_negative_control_is_one_thing():
    with pytest.raises(ValidationError, match="one of"):
        ask(negative_control={"endpoint": "PFS", "within": 3})
    with pytest.raises(ValidationError, match="one of"):
        ask(negative_control={})


def test_without_one_nothing_is_said():
    assert control_sentence(plain()) == ""
    assert as_json(plain())["negative_control"] is None
    assert imputed_table(plain()) is None
    assert imputed_variables_table(plain()) is None


def test_imputed_factors_keep_everybody():
    written = as_json(imputed())
    assert written["n"] < 150  # those with a value of every factor
    ratios = written["imputed"]["ratios"]
    assert ratios["iptw"]["n_patients"] == ratios["crude"]["n_patients"] == 240
    assert "g_formula" not in ratios
    assert {one["variable"]: one["n_missing"] for one in written["imputed"]["variables"]} == {
        "vegf_pg_ml": 48,
        "pd_l1": 110,
    }
    table = imputed_table(imputed()).values_frame()
    assert list(table["Imputed"]) == [one["hazard_ratio"] for one in ratios.values()]
    assert table["Complete patients"].iloc[0] == written["n"]
    assert "pooled by Rubin's rules" in " ".join(method_lines(imputed()))


def test_nothing_missing_is_nothing_imputed():
    assert as_json(ask(missing="impute"))["imputed"] is None


def test_the_tables_are_among_those_of_the_result():
    titles = [table.title for table in all_tables([imputed()])]
    assert [title for title in titles if "mputed" in title] == [
        imputed_table(imputed()).title,
        imputed_variables_table(imputed()).title,
    ]
    assert not any("mputed" in table.title for table in all_tables([plain()]))
