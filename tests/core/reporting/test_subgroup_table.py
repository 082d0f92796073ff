"""Subgroups as printed, as JSON and in words."""

import numpy as np
import pytest

from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.methods_text import method_line
from core.reporting.subgroup_table import subgroup_table
from core.spec import AnalysisSpec
from ui.charts.forest_table import forest_table

ASKED = {"kind": "subgroups", "factors": ["grade", "age"]}


@pytest.fixture
def result(answer, two_arms, hifu):
    frame = two_arms.assign(age=[50, 61, 55, 70, 66, 59, 48, 52, 57, 75, 68, 63])
    return answer(frame, ASKED, group=hifu)


def test_everybody_first_then_factors_with_their_interaction(result):
    table = subgroup_table(result)
    printed = table.to_frame()
    assert list(printed["Subgroup"].str.strip()) == ["All patients", "Grade", "G1", "G2", "Age", "<60", "≥60"]
    assert [row.kind for row in table.rows] == ["body", "heading", "body", "body", "heading", "body", "body"]
    p = printed["P for interaction"]
    assert [bool(text) for text in p] == [False, True, False, False, True, False, False]
    overall = result.subgroups.overall
    assert table.values_frame().iloc[0]["Hazard ratio"] == overall.hazard_ratio
    assert list(printed.iloc[0])[:4] == ["All patients", "12", "8", "5/6"]
    assert table.footnotes[0] == "Hazard ratios: HIFU over No HIFU, within each level."


def test_a_forest_plot_can_draw_it(result):
    forest = forest_table(subgroup_table(result))
    drawn = {row.label: row.estimates[0].value for row in forest.rows if row.kind == "estimate"}
    assert drawn["All patients"] == result.subgroups.overall.hazard_ratio
    assert set(drawn) == {"All patients", "G1", "G2", "<60", "≥60"}
    assert forest.ratio_head == "HR (95 % CI)"


def test_json(result):
    body = as_json(result)
    assert (body["group"], body["reference"]) == ("HIFU", "No HIFU")
    assert [factor["factor"] for factor in body["factors"]] == ["grade", "age"]
    level = body["factors"][0]["levels"][0]
    assert (level["level"], level["n"]) == ("G1", 6)
    assert set(level["groups"]) == {"HIFU", "No HIFU"}
    assert body["overall"]["hazard_ratio"] == result.subgroups.overall.hazard_ratio
    assert body["factors"][0]["interaction"]["df"] == 1
    assert "age is split at its median, 60." in body["notes"]


def test_method(result):
    line = method_line(result)
    assert "coxph(Surv(time, event) ~ group, subset = factor == level" in line
    assert "interaction by likelihood ratio" in line


def test_the_overall_ratio_is_that_of_cox_regression(answer, two_arms, hifu, result):
    (term,) = answer(two_arms, {"kind": "cox", "covariates": ["hifu"]}, group=hifu).cox.multivariable.terms
    np.testing.assert_allclose(result.subgroups.overall.hazard_ratio, term.hazard_ratio, rtol=1e-10)


def test_two_groups_are_needed(answer, two_arms, hifu):
    with pytest.raises(SpecError, match="Subgroups compare two groups; there are none"):
        answer(two_arms, {"kind": "subgroups", "factors": ["grade"]})
    three = two_arms.assign(arm=list("abc") * 4)
    with pytest.raises(SpecError, match="there are 3"):
        answer(three, {"kind": "subgroups", "factors": ["grade"]}, group={"column": "arm"})
    with pytest.raises(SpecError, match="'hifu' makes the groups"):
        answer(two_arms, {"kind": "subgroups", "factors": ["hifu"]}, group=hifu)


def test_a_factor_is_named_once():
    asked = {"id": "a", "kind": "subgroups", "endpoint": "OS", "factors": ["grade", "grade"]}
    cohort = {"patients": "p.csv", "endpoints": {"OS": {"time": "t", "event": "e"}}}
    with pytest.raises(ValueError, match="a factor is named twice"):
        AnalysisSpec.model_validate({"cohort": cohort, "analyses": [asked]})
