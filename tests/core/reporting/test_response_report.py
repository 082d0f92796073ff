"""Best response in a table, a sentence, a methods section and JSON."""

import json

import pandas as pd
import pytest

from core.reporting import format as fmt
from core.reporting.as_json import as_json
from core.reporting.methods_text import method_line, method_lines
from core.reporting.response_report import response_report
from core.reporting.response_sentence import response_headline


@pytest.fixture
def patients():
    """Of ten without HIFU two respond, of eight with HIFU four; one of each is not evaluable."""
    response = ["PR"] * 2 + ["SD"] * 3 + ["PD"] * 4 + ["NE"] + ["CR"] + ["PR"] * 3 + ["SD"] * 2 + ["PD", "NE"]
    return pd.DataFrame(
        {
            "best_response": response,
            "hifu": ["No"] * 10 + ["Yes"] * 8,
            "site": ["A", "B"] * 9,
            "grade": ["G1", "G2", "G3", "G4", "G1", "G2"] * 3,
            "time": [1] * 18,
            "event": [1] * 18,
        }
    )


@pytest.fixture
def ask(answer, patients):
    def asked(group, **options):
        return answer(patients, {"kind": "response", "column": "best_response", **options}, group=group)

    return asked


def printed(result):
    table = response_report(result)
    frame = table.to_frame()
    return table, frame.set_index(frame.columns[0])


def test_two_groups(ask, hifu):
    table, frame = printed(ask(hifu))
    assert list(frame.columns) == [
        "No HIFU (N = 10)", "HIFU (N = 8)", "Difference (95 % CI)", "Odds ratio (95 % CI)", "P",
    ]  # fmt: skip
    assert frame.loc["Partial response (PR)"].tolist() == ["2 (20.0)", "3 (37.5)", "", "", ""]
    row = frame.loc["Objective response (CR + PR)"]
    assert row.iloc[0] == "2 (20.0) [2.5–55.6]"  # binom.test(2, 10)
    assert row.iloc[1] == "4 (50.0) [15.7–84.3]"  # binom.test(4, 8)
    assert row.iloc[2].startswith("30.0 (")
    assert row.iloc[4] == "0.32"  # fisher.test(matrix(c(4, 4, 2, 8), 2))
    assert [row.kind for row in table.rows] == ["body"] * 5 + ["total"] * 2
    said = " ".join(table.footnotes)
    assert "Difference: HIFU minus No HIFU" in said
    assert "2 patients were not evaluable and stayed in the denominators" in said


def test_the_numbers_behind_it_are_not_rounded(ask, hifu):
    result = ask(hifu)
    frame = response_report(result).values_frame()
    row = frame[frame.iloc[:, 0] == "Objective response (CR + PR)"].iloc[0]
    assert row["HIFU, share"] == 0.5
    assert row["Difference, 95 % CI low"] == result.response.orr.difference.conf_low
    assert row["P"] == result.response.orr.p_value


def test_evaluable_patients(ask, hifu):
    result = ask(hifu, denominator="evaluable")
    table, frame = printed(result)
    assert list(frame.columns)[:2] == ["No HIFU (N = 10, 9 evaluable)", "HIFU (N = 8, 7 evaluable)"]
    assert frame.loc["Objective response (CR + PR)"].iloc[0] == "2 (22.2) [2.8–60.0]"  # binom.test(2, 9)
    assert frame.loc["Not evaluable (NE)"].iloc[0] == "1"
    assert "evaluable patients" in table.footnotes[0]
    assert "2 patients were not evaluable and are left out." in response_headline(result)


def test_strata_add_columns(ask, hifu):
    result = ask(hifu, strata=["site"])
    _, frame = printed(result)
    assert list(frame.columns)[-3:] == [
        "Difference, stratified (95 % CI)",
        "Common odds ratio (95 % CI)",
        "P, stratified",
    ]
    found = result.response.orr.stratified_difference
    expected = fmt.percentage_points(found.estimate, found.conf_low, found.conf_high)
    assert frame.iloc[5]["Difference, stratified (95 % CI)"] == expected
    assert "mantelhaen.test" in method_line(result)
    assert "stratified by Site" in method_line(result)


def test_more_groups_have_p_only(ask):
    result = ask({"column": "grade"}, strata=["site"])
    _, frame = printed(result)
    assert list(frame.columns)[-2:] == ["P", "P, stratified"]
    text = response_headline(result)
    assert "between" in text
    assert "(G" in text


def test_one_group(ask):
    result = ask(None)
    _, frame = printed(result)
    assert list(frame.columns) == ["All patients (N = 18)"]
    assert response_headline(result) == (
        "An objective response (CR or PR) was seen in 6 of 18 patients (33.3 %, 95 % CI 13.3–59.0). "
        "The disease was controlled (CR, PR or SD) in 61.1 %. "
        "2 patients were not evaluable and count as no response."
    )
    assert "fisher" not in method_line(result)


def test_the_sentence_of_two_groups(ask, hifu):
    text = response_headline(ask(hifu))
    assert text.startswith(
        "An objective response (CR or PR) was seen in 2 of 10 patients without HIFU (20.0 %, 95 % CI 2.5–55.6) and "
        "4 of 8 with HIFU (50.0 %, 15.7–84.3): a difference of 30.0 percentage points ("
    )
    assert "Fisher P = 0.32" in text
    assert "50.0 % and 75.0 %" in text


def test_an_odds_ratio_without_an_end_has_words(answer, hifu):
    frame = pd.DataFrame(
        {"best_response": ["PD", "SD", "PD", "PR", "PR", "PR"], "hifu": ["No"] * 3 + ["Yes"] * 3, "time": 1, "event": 1}
    )
    _, shown = printed(answer(frame, {"kind": "response", "column": "best_response"}, group=hifu))
    assert shown.loc["Objective response (CR + PR)", "Odds ratio (95 % CI)"].startswith("infinite (")
    assert "or more" in shown.loc["Objective response (CR + PR)", "Odds ratio (95 % CI)"]


@pytest.mark.parametrize("interval", ["clopper-pearson", "wilson", "jeffreys", "agresti-coull", "wald"])
@pytest.mark.parametrize("difference", ["miettinen-nurminen", "newcombe", "wald"])
def test_the_method_names_what_was_asked(ask, hifu, interval, difference):
    result = ask(hifu, interval=interval, difference=difference, odds_ratio="woolf", conf_level=0.9)
    text = " ".join(method_lines(result)).lower()
    for word in (interval, difference, "woolf", "90 % ci", "fisher.test"):
        assert word in text


def test_json(ask, hifu):
    result = ask(hifu, strata=["site"])
    body = json.loads(json.dumps(as_json(result), allow_nan=False))
    assert body["groups"]["HIFU"]["counts"] == {"CR": 1, "PR": 3, "SD": 2, "PD": 1, "NE": 1}
    assert body["groups"]["HIFU"]["dcr"]["count"] == 6
    for key in ("p_value", "difference", "odds_ratio", "stratified", "stratified_difference"):
        assert set(body[key]) == {"orr", "dcr"}
    assert set(body["difference"]["orr"]) == {"estimate", "conf_low", "conf_high", "p_value"}
