"""Model building in words and tables: selection, interactions, curves, overlap, influence."""

import numpy as np
import pandas as pd
import pytest

from core.reporting.as_json import as_json
from core.reporting.cox_sentence import cox_headline
from core.reporting.cox_table import cox_table
from core.reporting.interaction_table import interaction_table
from core.reporting.methods_text import method_lines
from core.reporting.model_sentences import (
    curve_sentence,
    influence_sentence,
    overlap_sentence,
    selection_sentence,
)
from core.reporting.model_tables import (
    all_influences_table,
    curve_table,
    influence_table,
    overlap_table,
    selection_table,
)


@pytest.fixture
def cohort():
    """160 patients: HIFU helps unless grade is G2; hazard is lowest at 60 years; afp and its twin say the same."""
    rng = np.random.default_rng(9)
    n = 160
    hifu, grade = rng.integers(0, 2, n), rng.integers(0, 2, n)
    age = rng.uniform(35, 85, n).round()
    afp = rng.normal(5, 1, n)
    effect = -1.6 * hifu * (grade == 0) + 0.004 * (age - 60) ** 2
    time = rng.exponential(20 / np.exp(effect))
    censor = rng.uniform(4, 60, n)
    return pd.DataFrame(
        {
            "time": np.minimum(time, censor),
            "event": (time <= censor).astype(float),
            "hifu": np.where(hifu, "HIFU", "No HIFU"),
            "grade": np.where(grade, "G2", "G1"),
            "age_years": age,
            "afp": afp,
            "twin": afp + rng.normal(0, 0.05, n),
        }
    )


@pytest.fixture
def full(answer, cohort):
    """Everything at once."""
    asked = {
        "kind": "cox",
        "covariates": ["hifu", "grade", "age_years", "afp", "twin"],
        "mode": "backward",
        "forced": ["afp", "twin"],
        "references": {"hifu": "No HIFU", "age_years": 60},
        "splines": {"age_years": 4},
        "interactions": [["hifu", "grade"]],
        "diagnostics": True,
    }
    return answer(cohort, asked)


class TestHazardRatios:
    def test_a_factor_that_depends_on_another_has_no_ratio_of_its_own(self, full):
        frame = cox_table(full).to_frame()
        ratio = frame.set_index("Factor")["Multivariable hazard ratio (95 % CI)"]
        assert ratio["\u2003HIFU"] == "depends on grade"
        assert ratio["\u2003G2"] == "depends on HIFU"
        assert ratio["Age (years)"] == "along a curve"
        assert frame["Factor"].tolist()[-3:] == ["HIFU by grade", "\u2003Grade G1", "\u2003Grade G2"]
        values = cox_table(full).values_frame()["Factor"].tolist()
        assert values[-1] == "HIFU against No HIFU, where Grade G2"
        assert frame["Univariable P"].iloc[-1] == "–"

    def test_its_numbers_are_those_of_the_interaction(self, full):
        values = cox_table(full).values_frame()
        ratios = full.cox.building.interactions[0].ratios
        assert values["Multivariable hazard ratio"].tolist()[-2:] == [ratios[0].hazard_ratio, ratios[1].hazard_ratio]
        curve = full.cox.building.curves[0]
        assert curve.reference == 60
        printed = values.set_index("Factor")["Multivariable P"]["Age (years)"]
        assert printed == curve.tests["overall_likelihood_ratio"].p_value

    def test_footnotes_say_how_to_read_them(self, full):
        said = " ".join(cox_table(full).footnotes)
        assert "Along a curve: no single hazard ratio; P of the whole curve (likelihood ratio)." in said
        assert "P beside the two names is that of the interaction (likelihood-ratio test)" in said
        assert "Hazard ratios of numbers are per unit." in said

    def test_headline(self, full):
        text = cox_headline(full)
        assert "Age (years) along a curve (P < 0.001; not a straight line, P < 0.001)" in text
        assert "The hazard ratio of HIFU depends on grade (P for interaction" in text
        assert "where Grade G1 and" in text
        assert text.endswith("where Grade G2.")

    def test_without_interaction_the_headline_says_there_is_no_sign(self, answer, cohort):
        asked = {"kind": "cox", "covariates": ["afp", "age_years"], "interactions": [["afp", "age_years"]]}
        assert "No sign that the hazard ratio of AFP depends on age (years) (P for interaction" in cox_headline(
            answer(cohort, asked)
        )

    def test_curve_alone(self, answer, cohort):
        asked = {"kind": "cox", "covariates": ["age_years"], "mode": "univariable", "splines": {"age_years": 3}}
        text = cox_headline(answer(cohort, asked))
        assert text.startswith("Taken alone (160 patients")
        assert "Age (years) along a curve (P < 0.001)" in text


def test_interaction_table_has_both_factors(full):
    frame = interaction_table(full).to_frame()
    assert frame.iloc[:, 0].tolist() == [
        "HIFU by grade",
        "\u2003HIFU against No HIFU, where Grade G1",
        "\u2003HIFU against No HIFU, where Grade G2",
        "\u2003Grade, G2 against G1, where No HIFU",
        "\u2003Grade, G2 against G1, where HIFU",
    ]


def test_selection(full, answer, cohort):
    selection = full.cox.building.selection
    table = selection_table(full)
    assert len(table.rows) == len(selection.steps)
    assert table.rows[0].cells[0].text == "Nothing: all factors"
    assert "Always kept: AFP and Twin." in table.footnotes
    dropped = answer(cohort, {"kind": "cox", "covariates": ["hifu", "afp", "twin"], "mode": "backward"})
    text = selection_sentence(dropped.cox.building.selection)
    assert text.startswith("Dropped one after the other: ")
    assert text.endswith("P-values and intervals of a model that was searched for are too optimistic.")
    assert "dropped by AIC" in " ".join(cox_table(dropped).footnotes)


def test_curve_table_and_sentence(full):
    curve = full.cox.building.curves[0]
    table = curve_table(full, curve)
    values = table.values_frame()
    ages = values["Age (years)"].tolist()
    assert ages[0] == curve.observed[0]
    assert ages[-1] == curve.observed[-1]
    assert ages == sorted(ages)
    assert float(np.percentile(curve.observed, 25)) in ages
    assert values["Patients at or below"].iloc[-1] == 100
    assert table.columns[-1].label == "Hazard ratio against 60 (95 % CI)"
    said = " ".join(table.footnotes)
    assert "not a straight line, likelihood ratio P < 0.001" in said
    assert "any effect, Wald P < 0.001" in said
    text = curve_sentence(curve)
    assert text.startswith("Age (years) goes with the hazard (P < 0.001; not a straight line, P < 0.001). Against age")
    assert "between which 8 of 10 patients lie" in text


def test_overlap(full, answer, cohort):
    text = overlap_sentence(full.cox.building.collinearity)
    assert text.startswith("AFP and Twin overlap strongly with the other factors")
    table = overlap_table(full)
    rows = {row.cells[0].text: [cell.text for cell in row.cells] for row in table.rows}
    assert rows["AFP"][-1] == "Twin"
    assert "Of the model without its interactions." in table.footnotes
    quiet = answer(cohort, {"kind": "cox", "covariates": ["afp", "age_years"], "diagnostics": True})
    assert overlap_sentence(quiet.cox.building.collinearity).startswith("Factors do not overlap")
    alone = answer(cohort, {"kind": "cox", "covariates": ["afp"], "diagnostics": True})
    assert "only one factor" in overlap_sentence(alone.cox.building.collinearity)


def test_influence_names_rows_of_the_spreadsheet(answer, cohort):
    """One patient with an absurd value carries the hazard ratio; the header is row 1."""
    odd = cohort.copy()
    odd.loc[41, ["time", "event", "afp"]] = [0.01, 1.0, 60.0]
    found = answer(odd, {"kind": "cox", "covariates": ["afp", "grade"], "diagnostics": True})
    influence = found.cox.building.influence
    assert influence.rows.tolist() == list(range(2, 162))
    assert influence.most[0].row == 43
    assert influence_sentence(influence).startswith("Without row 43 the hazard ratio of AFP would be ")
    table = influence_table(found)
    assert table.rows[0].cells[3].text == "43"
    assert [row.cells[0].text for row in table.rows] == ["AFP", "Grade, G2 against G1"]
    everyone = all_influences_table(found)
    assert len(everyone.rows) == 160
    assert [column.label for column in everyone.columns] == ["Row", "AFP", "Grade: G2"]


def test_influence_table_of_an_interaction_lists_what_stands_alone(full):
    table = influence_table(full)
    assert [row.cells[0].text for row in table.rows] == ["AFP", "Twin"]
    assert any("no single hazard ratio" in note for note in table.footnotes)
    assert [column.label for column in all_influences_table(full).columns][-3:] == [
        "AFP",
        "Twin",
        "HIFU: HIFU × Grade: G2",
    ]


def test_method_lines(full, answer, cohort):
    said = " ".join(method_lines(full))
    assert "backward elimination by AIC" in said
    assert "always with AFP and twin" in said
    assert "age (years) as a restricted cubic spline with 4 knots at quantiles" in said
    assert (
        'MASS::stepAIC(coxph(Surv(time, event) ~ relevel(factor(hifu), "No HIFU") + grade + rms::rcs(age_years, 4) + '
        'afp + twin + relevel(factor(hifu), "No HIFU"):grade, ties = "efron"), '
        'scope = list(lower = ~ afp + twin), direction = "backward")'
    ) in said
    asked = {
        "kind": "proportional_hazards", "covariates": ["age_years", "hifu", "grade"],
        "splines": {"age_years": [45, 55, 70]}, "interactions": [["hifu", "grade"]],
    }  # fmt: skip
    checked = answer(cohort, asked)
    said = " ".join(method_lines(checked))
    assert "knots at 45, 55 and 70" in said
    assert 'rms::rcs(age_years, c(45, 55, 70)) + relevel(factor(hifu), "No HIFU") + grade + ' in said
    assert [test.term for test in checked.proportional_hazards.terms] == ["age_years", "hifu", "grade", "hifu × grade"]


def test_json(full):
    written = as_json(full)
    model = written["multivariable"]
    assert set(model["curves"]["age_years"]["tests"]) == {
        "overall_wald", "nonlinearity_wald", "overall_likelihood_ratio", "nonlinearity_likelihood_ratio",
    }  # fmt: skip
    assert {term["role"] for term in model["terms"]} == {"main", "curve", "product"}
    assert model["interactions"][0]["factors"] == ["hifu", "grade"]
    assert model["influence"]["rows"][:2] == [2, 3]
    assert model["collinearity"]["covariates"][0]["covariate"] == "hifu"
    assert written["selection"]["steps"][0]["dropped"] is None
    assert "column" not in written["univariable"]["terms"][0]
