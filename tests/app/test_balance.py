"""The page of balance: its answer, its options, and cohorts in which there is nothing to balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/bias/balance.py"
Open = Callable[..., AppTest]


def choose(app: AppTest, kind: str, label: str, value: Any) -> None:
    next(box for box in getattr(app, kind) if box.label == label).set_value(value)


def test_it_says_what_is_left_of_the_difference(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    said = text_of(app)
    assert app.title[0].value.startswith("What is left of the difference between Ablation+TACE and TACE")
    assert "the hazard ratio of Ablation+TACE against TACE is 0.81 (95 % CI 0.47–1.42" in said
    assert "weighted by the inverse chance of their treatment (IPTW), it is 0.98" in said
    assert "7 of 9 covariates differed by a standardised difference of 0.1 or more before, none after" in said
    assert "none of these methods replaces a trial" in said
    assert "They do not say the same: each speaks for other patients." in said  # matched 1.39, the others 0.98
    assert "Synthetic" in said
    assert "5.1 each: fewer than 10" in said
    assert len(app.get("vega_lite_chart")) == 4
    methods = list(app.table[0].value["Method"])
    assert methods == ["Crude", "Cox with covariates", "IPTW", "Overlap weights", "Matched", "Entropy balancing",
                       "G-formula"]  # fmt: skip


def test_options_change_the_question(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    choose(app, "multiselect", "Make alike", ["sex", "age_years", "ki67_percent"])
    choose(app, "selectbox", "Method shown", "matching")
    choose(app, "multiselect", "The same in", ["sex"])
    choose(app, "multiselect", "Along a curve, not a straight line", ["age_years"])
    no_traceback(app.run())
    said = text_of(app)
    assert not app.error
    assert "matched by their propensity score" in said
    assert "the same sex" in said
    assert "along restricted cubic splines" in said
    assert "Matched: " in said
    choose(app, "number_input", "Restricted means up to (months)", 60.0)
    choose(app, "selectbox", "Method shown", "iptw")
    choose(app, "radio", "IPTW and entropy balancing speak for", "att")
    next(box for box in app.checkbox if "Crump" in box.label).set_value(True)
    no_traceback(app.run())
    assert "patients like those in Ablation+TACE, after trimming" in text_of(app)
    assert "Restricted means: up to 60 months" in text_of(app)


def test_no_factors_is_a_sentence(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    choose(app, "multiselect", "Make alike", [])
    assert "Choose at least one factor" in text_of(no_traceback(app.run()))


def test_more_than_two_groups_asks_which_two(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net", group="who_grade", endpoint="OS")
    said = text_of(app)
    assert "has 3" in said
    assert "which two levels are compared" in said


def test_without_groups_it_asks_for_them(open_app: Open) -> None:
    said = text_of(open_app(PAGE, cohort="hifu_ici", endpoint="OS"))
    assert "This page compares two groups, and there is one." in said


def test_a_treatment_that_began_later_is_noticed(open_app: Open) -> None:
    said = text_of(open_app(PAGE))
    assert "Making the groups alike does not take that away." in said


def test_too_few_patients_is_a_sentence(open_app: Open) -> None:
    rows = "\n".join(f"p{i},{i % 17 + 1},{i % 2},{'B' if i < 7 else 'A'},{40 + i * 7 % 30}" for i in range(30))
    uploaded = cohort_from_files({"p.csv": f"id,os_months,os_event,arm,age\n{rows}".encode()}, name="p")
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", endpoint="OS", group="arm")
    assert "at least 10 patients" in app.error[0].value


def test_it_may_be_something_else(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert "Could it be something else?" in said
    assert "a weaker one could not" in said
    assert "Doubly robust" in said
    assert "is chosen under Options" in said
    control = next(box for box in app.selectbox if box.label == "Negative control")
    app = no_traceback(control.set_value("Progression-free survival (PFS)").run())
    said = text_of(app)
    assert "Negative control, progression-free survival" in said
    assert "They do differ" in said
    control = next(box for box in app.selectbox if box.label == "Negative control")
    app = no_traceback(control.set_value("Early events of this endpoint").run())
    assert "first 1 months" not in text_of(app)
    assert not app.error
    control = next(box for box in app.selectbox if box.label == "Negative control")
    app = no_traceback(control.set_value("Adverse event: Nausea").run())
    assert "Negative control, nausea" in text_of(app) or "Negative control, Nausea" in text_of(app)


def test_missing_factors_are_imputed_when_asked_for(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hcc_ablation", endpoint="OS", group="sex")
    factors = next(box for box in app.multiselect if box.label == "Make alike")
    app = no_traceback(factors.set_value(["age_years", "vegf_pg_ml"]).run())
    box = next(box for box in app.checkbox if box.label.startswith("Impute missing factors"))
    app = no_traceback(box.set_value(True).run())
    assert not app.error
    table = next(one.value for one in app.table if "Patients, imputed" in one.value)
    assert table["Patients, imputed"].iloc[0] == "240"
    assert "imputed in 20 tables" in text_of(app)
