"""A call of R gives the numbers on screen: categories, references, groups and periods as R must be told of them."""

import pandas as pd
import pytest

from core.reporting.cox_table import cox_table
from core.reporting.methods_text import method

N = 24
FRAME = pd.DataFrame(
    {
        "time": [float(i % 11 + 1) for i in range(N)],
        "event": [int(i % 3 != 0) for i in range(N)],
        "age": [40.0 + (i * 7) % 31 for i in range(N)],
        "sex": ["Male" if i % 2 else "Female" for i in range(N)],
        "lesions": [str(i // 2 % 3 + 1) for i in range(N)],
        "size_cm": [1.0 + (i * 5) % 6 for i in range(N)],
    }
)
CUT = {"column": "size_cm", "cut": [3.0], "labels": ["<=3", ">3"]}
SEX = 'relevel(factor(sex), "Male")'


@pytest.mark.parametrize(
    ("asked", "formula"),
    [
        ({"covariates": ["age", "sex"]}, f"Surv(time, event) ~ age + {SEX}, "),  # male first on screen, not in R
        ({"covariates": ["sex"], "references": {"sex": "Female"}}, "Surv(time, event) ~ sex, "),
        ({"covariates": ["lesions"]}, "Surv(time, event) ~ factor(lesions), "),
        ({"covariates": ["lesions"], "references": {"lesions": 2}}, '~ relevel(factor(lesions), "2"), '),
        ({"covariates": ["size_cm", "age"]}, "Surv(time, event) ~ group + age, "),  # the groups are cut from it
        ({"covariates": ["age", "sex"], "interactions": [["age", "sex"]]}, f"~ age + {SEX} + age:{SEX}, "),
        (
            {"covariates": ["sex", "age"], "time_splits": {"sex": [5]}},
            'Surv(start, stop, event) ~ I(1 * (sex == "Female")):period + age, ',
        ),
        ({"covariates": ["age", "sex"], "mode": "univariable"}, 'ties = "efron") with each factor alone'),
        ({"covariates": ["age"], "penalty": "firth"}, "coxphf::coxphf(Surv(time, event) ~ age)"),  # has no ties
    ],
)
def test_the_call_asks_r_for_the_numbers_on_screen(answer, asked, formula):
    frame = FRAME.astype({"lesions": "category"})
    result = answer(frame, {"kind": "cox", **asked}, group=CUT)
    assert formula in method(result).r_call


def test_only_what_entered_stands_in_the_multivariable_call(answer):
    asked = {"kind": "cox", "covariates": ["age", "sex", "lesions"], "mode": "univariable-then-multivariable"}
    result = answer(FRAME.astype({"lesions": "category"}), {**asked, "enter_below": 0.0001, "forced": ["age"]})
    entered = result.cox.entered
    assert entered == ("age",)
    call = method(result).r_call
    assert all((name in call) == (name in entered) for name in ("age", "sex", "lesions"))


def test_columns_are_named_in_words(answer):
    result = answer(FRAME, {"kind": "cox", "covariates": ["age"], "strata": ["sex"], "weights": "size_cm"})
    what = method(result).what
    assert "case weights size (cm)" in what
    assert "size_cm" not in what


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "(Wald)"),
        ({"penalty": "firth"}, "(likelihood ratio)"),
        (
            {"mode": "univariable-then-multivariable", "enter_below": 1},
            "(univariable: likelihood ratio; multivariable: Wald)",
        ),
    ],
)
def test_the_test_of_all_levels_is_named_as_it_was_made(answer, asked, words):
    result = answer(FRAME.astype({"lesions": "category"}), {"kind": "cox", "covariates": ["lesions", "age"], **asked})
    assert f"P beside a factor's name: all its levels together {words}." in cox_table(result).footnotes
