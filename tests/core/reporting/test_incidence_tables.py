"""Competing events as printed."""

import pytest

from core.reporting.cox_table import cox_table
from core.reporting.incidence_tables import incidence_difference_table, incidence_table
from core.reporting.methods_text import method_line
from tests.core.test_competing_run import ask, grouped

TX = grouped("cgvhd", "tx")


@pytest.fixture
def result():
    asked = {"kind": "cumulative_incidence", "times": [1, 2], "tau": 1, "pairwise": "bh"}
    return ask("cgvhd", asked, group=TX)


def test_an_event_is_a_heading_with_its_test_and_a_row_per_group(result):
    table = incidence_table(result)
    printed = table.to_frame()
    assert list(printed.iloc[:, 0].str.strip()) == ["cGVHD", "BM", "PB", "Relapse", "BM", "PB", "Death", "BM", "PB"]
    assert [row.kind for row in table.rows] == ["heading", "body", "body"] * 3
    assert printed["P (Gray)"].iloc[0] == "0.16"
    assert list(printed["P (Gray)"].iloc[1:3]) == ["", ""]
    estimate = result.incidence.group("BM").cause("cGVHD").at.incidence[0]
    assert table.values_frame().iloc[1]["1 year"] == estimate
    assert "Gray's test" in table.footnotes[1]


def test_no_test_in_one_group():
    printed = incidence_table(ask("bmt", {"kind": "cumulative_incidence"})).to_frame()
    assert list(printed.columns) == ["Group", "Patients", "Events"]
    assert list(printed["Events"]) == ["", "9", "", "15"]


def test_differences(result):
    table = incidence_difference_table(result)
    assert list(table.to_frame().iloc[:, 0])[:2] == ["cGVHD, 1 year", "cGVHD, 2 years"]
    assert table.columns[0].label == "PB against BM"
    assert incidence_difference_table(ask("cgvhd", {"kind": "cumulative_incidence"}, group=TX)) is None
    assert incidence_difference_table(ask("cgvhd", {"kind": "cumulative_incidence", "times": [1]})) is None


def test_subdistribution_hazard_ratios():
    result = ask("cgvhd", {"kind": "fine_gray", "covariates": ["tx", "age"], "event": "relapse"})
    table = cox_table(result)
    assert table.title == "Fine-Gray regression, cGVHD: relapse"
    assert table.columns[3].label == "Subdistribution hazard ratio (95 % CI)"
    assert [row.kind for row in table.rows] == ["heading", "body", "body", "body"]


def test_methods(result):
    line = method_line(result)
    assert "log-log 95 % CI" in line
    assert "pairs of groups with Benjamini-Hochberg's adjustment" in line
    assert "R: cmprsk::cuminc(time, status, group);" in line
    alone = method_line(ask("bmt", {"kind": "cumulative_incidence", "conf_type": "plain"}))
    assert "Gray" not in alone
    assert "R: cmprsk::cuminc(time, status);" in alone
    fine_gray = method_line(ask("bmt", {"kind": "fine_gray", "covariates": ["dis"], "event": "relapse"}))
    assert 'cmprsk::crr(time, status, model.matrix(~ dis)[, -1], failcode = "relapse")' in fine_gray


def test_time_lost_to_an_event_nobody_had_has_no_interval():
    asked = {"kind": "cumulative_incidence", "tau": 0.05}  # before the first relapse
    printed = incidence_table(ask("cgvhd", asked, group=TX)).to_frame()
    lost = next(column for column in printed.columns if column.startswith("Time lost"))
    assert "0.00" in set(printed[lost]) or "0.0" in set(printed[lost])
    assert not any(text.endswith("(0.0–0.0)") for text in printed[lost])


def test_the_time_that_divides_early_from_late_has_its_unit():
    line = method_line(ask("cgvhd", {"kind": "cumulative_incidence", "split": 1}, group=TX))
    assert "early and late events divided at 1 years" not in line
    assert "divided at 1 year;" in line
