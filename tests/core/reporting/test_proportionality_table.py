"""Tests of proportional hazards as printed."""

import pytest

from core.reporting.proportionality_table import proportional_hazards_table

ASKED = {"kind": "proportional_hazards", "covariates": ["age", "hifu", "grade"]}


@pytest.fixture
def result(answer, two_arms, hifu):
    frame = two_arms.assign(age=[50, 61, 55, 70, 66, 59, 48, 52, 57, 75, 68, 63])
    return answer(frame, ASKED, group=hifu)


def test_a_row_per_factor_and_one_for_all(result):
    table = proportional_hazards_table(result)
    printed = table.to_frame()
    assert list(printed["Factor"]) == ["Age", "HIFU", "Grade", "All together"]
    assert list(printed["Degrees of freedom"]) == ["1", "1", "1", "3"]
    assert table.title == "Test of proportional hazards, overall survival"
    assert table.rows[-1].kind == "total"
    tests = result.proportional_hazards
    assert list(table.values_frame()["χ²"]) == [test.statistic for test in (*tests.terms, tests.overall)]


def test_what_cannot_be_tested_has_no_number(answer, two_arms, hifu):
    result = answer(
        two_arms.assign(same=1), {"kind": "proportional_hazards", "covariates": ["hifu", "same"]}, group=hifu
    )
    table = proportional_hazards_table(result)
    assert list(table.to_frame().iloc[1]) == ["Same", "not estimable", "0", "–"]
    assert table.values_frame().iloc[1]["χ²"] is None
    assert "Proportional hazards cannot be tested for same." in result.notes
