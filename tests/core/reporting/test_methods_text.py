"""Methods in words: they name what was asked for."""

import pandas as pd
import pytest

from core import __version__
from core.reporting.methods_text import method, method_line, method_lines

EVENTS = pd.DataFrame({"id": ["P1"], "term": ["Fever"], "grade": [3]})
CASES = {
    "survival": (
        {"kind": "kaplan_meier", "conf_type": "plain", "conf_level": 0.9},
        [
            "plain 90 % CI",
            "reverse Kaplan-Meier",
            'survfit(Surv(time, event) ~ group, conf.type = "plain", conf.int = 0.9)',
        ],
    ),
    "log-rank": ({"kind": "compare"}, ["Log-rank test, two-sided", "survdiff(Surv(time, event) ~ group)"]),
    "stratified": (
        {"kind": "compare", "strata": ["grade"]},
        ["Stratified log-rank test", "survdiff(Surv(time, event) ~ group + strata(grade))"],
    ),
    "gehan": ({"kind": "compare", "weighting": "gehan"}, ["Gehan-Breslow-Wilcoxon test", "w = n"]),
    "rho": (
        {"kind": "compare", "weighting": {"fleming-harrington": [1, 0]}},
        ["Fleming-Harrington (1, 0) test", "survdiff(Surv(time, event) ~ group, rho = 1)"],
    ),
    "rho gamma": (
        {"kind": "compare", "weighting": {"fleming-harrington": [0.5, 1]}},
        ["none in survival; w = S(t−)^0.5 · (1 − S(t−))^1"],
    ),
    "pairs and trend": (
        {"kind": "compare", "pairwise": "bh", "trend": True},
        ["Benjamini-Hochberg's adjustment", "test for trend"],
    ),
    "cox": (
        {"kind": "cox", "covariates": ["age", "hifu"], "strata": ["grade"]},
        [
            "Efron's method",
            "stratified by grade",
            'coxph(Surv(time, event) ~ age + group + strata(grade), ties = "efron")',
        ],
    ),
    "robust": (
        {"kind": "cox", "covariates": ["age"], "ties": "breslow", "cluster": "id"},
        ["robust (sandwich) Wald 95 % CI", 'ties = "breslow", cluster = id)'],
    ),
    "firth": ({"kind": "cox", "covariates": ["age"], "penalty": "firth"}, ["profile penalised likelihood", "coxphf("]),
    "proportional hazards": (
        {"kind": "proportional_hazards", "covariates": ["age"], "strata": ["grade"], "transform": "log"},
        [
            "Score test of proportional hazards against the logarithm of time",
            "stratified by grade",
            'cox.zph(coxph(Surv(time, event) ~ age + strata(grade), ties = "efron"), transform = "log")',
        ],
    ),
    "entered": (
        {"kind": "cox", "covariates": ["age"], "mode": "univariable-then-multivariable", "enter_below": 0.2},
        ["each factor alone, then together those with P < 0.2"],
    ),
    "baseline": ({"kind": "baseline", "variables": ["age"]}, ["tests as named per row", "standardised"]),
    "adverse events": (
        {"kind": "adverse_events", "difference": "newcombe"},
        ["worst grade per patient and term", "Newcombe (hybrid Wilson) 95 % CI", "fisher.test"],
    ),
}


@pytest.fixture
def frame(two_arms):
    return two_arms.assign(age=[50, 61, 55, 70, 66, 59, 48, 52, 57, 75, 68, 63], id=[f"P{i}" for i in range(1, 13)])


@pytest.mark.parametrize(("analysis", "said"), CASES.values(), ids=CASES.keys())
def test_method_says_what_was_asked(answer, frame, hifu, analysis, said):
    result = answer(frame, analysis, group=hifu, events=EVENTS)
    text = " ".join(method_lines(result))
    for words in said:
        assert words in text
    line = method_line(result)
    assert "\n" not in line
    assert line.endswith(f"; Cohortscope {__version__}.")
    assert method(result).r_call in line
    assert all(line for line in method_lines(result))


def test_ungrouped(answer, frame):
    text = method_line(answer(frame, {"kind": "kaplan_meier"}))
    assert "~ 1, " in text
    assert "fisher.test" not in method_line(answer(frame, {"kind": "adverse_events"}, events=EVENTS))


def test_names_that_r_cannot_read_stand_in_backticks(answer, frame):
    odd = frame.rename(columns={"age": "age (years)"})
    assert "~ `age (years)`," in method(answer(odd, {"kind": "cox", "covariates": ["age (years)"]})).r_call


@pytest.mark.parametrize(
    ("times", "distribution"), [(1, 'distribution = "exact"'), (4, "distribution = approximate(nresample = 200)")]
)
def test_the_call_for_permutations_counts_or_draws_them(answer, frame, hifu, times, distribution):
    patients = pd.concat([frame] * times, ignore_index=True)
    assert distribution in method(answer(patients, {"kind": "compare", "permutations": 200}, group=hifu)).r_call
