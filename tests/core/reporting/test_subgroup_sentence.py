"""Subgroups in a sentence: the ratio of everybody, the factor that changes it, the number of comparisons."""

import numpy as np
import pandas as pd
import pytest

from core.reporting.subgroup_sentence import many_subgroups, subgroup_headline

FACTORS = ["sex", "grade", "age"]


@pytest.fixture
def patients():
    rng = np.random.default_rng(12)
    n = 160
    arm = np.arange(n) % 2
    sex = rng.choice(["F", "M"], n)
    scale = 10 * np.exp(0.9 * arm * np.where(sex == "M", 1, -1))  # helps men, harms women
    time = rng.exponential(scale).round(1) + 0.1
    return pd.DataFrame(
        {
            "time": time.clip(max=20),
            "event": (time < 20).astype(int),
            "hifu": np.where(arm, "Yes", "No"),
            "sex": sex,
            "grade": rng.choice(["G1", "G2", "G3"], n),
            "age": rng.normal(60, 9, n).round(),
        }
    )


@pytest.fixture
def subgroups(answer, patients, hifu):
    return answer(patients, {"kind": "subgroups", "factors": FACTORS}, group=hifu)


def test_the_headline_names_the_factor_that_changes_the_ratio(subgroups):
    said = subgroup_headline(subgroups)
    assert said.startswith("Hazard ratio of HIFU over No HIFU: ")
    assert "of 3 factors tested, it may differ by Sex (P < 0.001)." in said


def test_no_interaction_is_said_with_the_number_of_tests(answer, patients, hifu):
    result = answer(patients, {"kind": "subgroups", "factors": ["grade", "age"]}, group=hifu)
    least = min(factor.interaction.p_value for factor in result.subgroups.factors)
    assert least >= 0.05
    said = subgroup_headline(result)
    assert (
        f"no sign that it differs between subgroups (2 factors tested, the smallest interaction P = {least:.2f})"
        in said
    )


def test_many_comparisons_are_counted(subgroups, answer, patients, hifu):
    assert many_subgroups(subgroups).startswith("7 subgroups are compared and 3 interactions tested")
    assert "about 14 %" in many_subgroups(subgroups)  # 1 - 0.95^3
    assert not many_subgroups(answer(patients, {"kind": "subgroups", "factors": ["sex"]}, group=hifu))


def test_without_a_ratio_among_all_nothing_is_said_about_subgroups(answer, two_arms, hifu):
    nobody = two_arms.assign(event=two_arms["event"].where(two_arms["hifu"] != "Yes", 0))
    result = answer(nobody, {"kind": "subgroups", "factors": ["grade"]}, group=hifu)
    assert subgroup_headline(result) == (
        "There is no hazard ratio of HIFU over No HIFU (no events with HIFU), so subgroups cannot be compared."
    )
    assert many_subgroups(result) == ""


def test_an_interaction_with_a_level_of_no_events_says_so(answer, patients, hifu):
    rare = patients.assign(ascites=np.where(np.arange(len(patients)) < 12, "Yes", "No"))
    treated = (rare["ascites"] == "Yes") & (rare["hifu"] == "Yes")
    rare.loc[rare["ascites"] == "Yes", "event"] = 1
    rare.loc[treated, "event"] = 0
    rare.loc[treated, "time"] = 20.0
    result = answer(rare, {"kind": "subgroups", "factors": ["ascites"]}, group=hifu)
    said = subgroup_headline(result)
    assert ", with no ratio to be estimated in Yes)" in said
