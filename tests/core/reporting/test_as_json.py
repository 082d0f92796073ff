"""Results as JSON: plain values, full precision, null with a reason."""

import json

import numpy as np
import pandas as pd
import pytest

from core.reporting.as_json import as_json
from core.reporting.json_text import json_text

EVENTS = pd.DataFrame({"id": ["P1", "P7"], "term": ["Fever", "Fever"], "grade": [3, 1]})
ANALYSES = {
    "kaplan_meier": {"kind": "kaplan_meier", "times": [6, 100], "tau": 12, "quantiles": [0.1, 0.5]},
    "compare": {"kind": "compare", "pairwise": "none", "trend": True},
    "cox": {"kind": "cox", "covariates": ["age", "hifu"]},
    "univariable": {"kind": "cox", "covariates": ["age", "hifu"], "mode": "univariable"},
    "both": {"kind": "cox", "covariates": ["age", "hifu"], "mode": "univariable-then-multivariable", "enter_below": 1},
    "proportional_hazards": {"kind": "proportional_hazards", "covariates": ["age", "hifu"]},
    "baseline": {"kind": "baseline", "variables": ["age", "grade"]},
    "adverse_events": {"kind": "adverse_events"},
}


@pytest.fixture
def frame(two_arms):
    return two_arms.assign(age=[50, 61, 55, 70, 66, 59, 48, 52, 57, 75, 68, 63], id=[f"P{i}" for i in range(1, 13)])


@pytest.fixture
def written(answer, frame, hifu):
    return {name: as_json(answer(frame, analysis, group=hifu, events=EVENTS)) for name, analysis in ANALYSES.items()}


def leaves(value):
    if isinstance(value, dict):
        for key, item in value.items():
            assert type(key) is str
            yield from leaves(item)
    elif type(value) is list:
        for item in value:
            yield from leaves(item)
    else:
        yield value


def test_only_plain_values(written):
    for body in written.values():
        assert {type(leaf) for leaf in leaves(body)} <= {str, int, float, bool, type(None)}
        assert json.loads(json_text(body)) == body


def test_every_kind_has_kind_notes_and_exclusions(written):
    for name, body in written.items():
        assert body["kind"] == ANALYSES[name]["kind"]
        assert all(type(note) is str for note in body["notes"])
        assert body["exclusions"] == []
        assert body["n"] == 12


def test_full_precision(answer, frame, hifu):
    result = answer(frame, ANALYSES["kaplan_meier"], group=hifu)
    body = json.loads(json_text(as_json(result)))
    for group in result.survival.groups:
        assert body["groups"][group.level]["survival"] == group.estimate.survival.tolist()


def test_quantile_keys_are_the_numbers_asked_for(written):
    assert list(written["kaplan_meier"]["groups"]["HIFU"]["quantiles"]) == ["0.1", "0.5"]


def test_counts_are_whole_numbers(written):
    group = written["kaplan_meier"]["groups"]["HIFU"]
    assert {type(n) for key in ("n_at_risk", "n_events_at", "n_censored_at") for n in group[key]} == {int}
    assert type(group["n_events"]) is int


def test_null_has_a_reason(written):
    body = written["kaplan_meier"]
    assert body["groups"]["No HIFU"]["std_error"][-1] is None  # survival is 0
    assert any(note.startswith("null: ") and "std_error" in note for note in body["notes"])
    assert not [note for note in written["compare"]["notes"] if note.startswith("null: ")]


def test_what_was_not_asked_for_is_null(answer, frame, hifu):
    body = as_json(answer(frame, {"kind": "kaplan_meier"}, group=hifu))
    assert body["groups"]["HIFU"]["rmst"] is None
    assert body["groups"]["HIFU"]["at"] == []
    assert body["contrasts"]["rmst_difference"] is None
    assert as_json(answer(frame, {"kind": "compare"}, group=hifu))["trend"] is None


def test_cox_modes(written, answer, frame, hifu):
    top = written["cox"]
    assert [term["term"] for term in top["terms"]] == ["age", "hifu"]
    assert top["terms"][1]["level"] == "HIFU"
    assert top["terms"][1]["reference"] == "No HIFU"
    assert set(top["tests"]["wald"]) == {"statistic", "df", "p_value", "robust"}
    alone = written["univariable"]
    assert [term["term"] for term in alone["terms"]] == ["age", "hifu"]
    assert alone["log_likelihood"] is None  # there are two fits
    assert set(alone["fits"]) == {"age", "hifu"}
    both = written["both"]
    assert both["univariable"]["terms"] == alone["terms"]
    assert both["multivariable"]["terms"] == top["terms"]
    assert both["entered"] == ["age", "hifu"]
    one = as_json(answer(frame, {"kind": "cox", "covariates": ["hifu"], "mode": "univariable"}, group=hifu))
    assert one["log_likelihood"] == one["fits"]["hifu"]["log_likelihood"]
    assert one["n_events"] == 8


def test_proportional_hazards(written, answer, frame, hifu):
    body = written["proportional_hazards"]
    assert [set(test) for test in body["terms"]] == [{"term", "statistic", "df", "p_value"}] * 2
    assert set(body["global"]) == {"statistic", "df", "p_value"}
    assert (body["transform"], body["n_events"], body["global"]["df"]) == ("km", 8, 2)
    tests = answer(frame, ANALYSES["proportional_hazards"], group=hifu).proportional_hazards
    assert body["residuals"]["scaled"]["hifu: HIFU"] == tests.residuals[:, 1].tolist()
    assert len(body["residuals"]["time"]) == len(body["residuals"]["transformed"]) == 8


def test_nothing_entered(answer, frame):
    asked = {"kind": "cox", "covariates": ["grade"], "mode": "univariable-then-multivariable", "enter_below": 0.001}
    body = as_json(answer(frame, asked))
    assert body["multivariable"] is None
    assert body["entered"] == []
    assert body["univariable"]["terms"]


def test_an_infinite_hazard_ratio_is_null(answer, frame, hifu):
    none = frame.assign(event=[1, 1, 1, 1, 0, 1, *[0] * 6])
    body = as_json(answer(none, {"kind": "cox", "covariates": ["hifu"]}, group=hifu))
    term = body["terms"][0]
    assert [term[key] for key in ("hazard_ratio", "conf_low", "conf_high", "p_value")] == [None] * 4
    assert np.isfinite(body["log_likelihood"]).all()
    assert body["tests"]["likelihood_ratio"]["p_value"] < 0.05
    assert any("No events among the 6 patients" in note for note in body["notes"])


def test_baseline(written):
    age, grade = written["baseline"]["variables"]
    assert (age["variable"], age["type"]) == ("age", "number")
    assert age["rows"][0]["groups"]["No HIFU"]["median"] == 60.0
    assert [row["level"] for row in grade["rows"]] == ["G1", "G2"]
    assert grade["rows"][0]["groups"]["HIFU"] == {"n": 3, "percent": 50.0}
    assert grade["missing"] == {"No HIFU": 0, "HIFU": 0}
    assert written["baseline"]["groups"] == {"No HIFU": {"n": 6}, "HIFU": {"n": 6}}


def test_adverse_events(written):
    body = written["adverse_events"]
    assert body["denominators"] == {"No HIFU": 6, "HIFU": 6}
    row = body["rows"][0]
    assert (row["term"], row["class"]) == ("Fever", None)
    assert row["groups"]["No HIFU"]["by_grade"] == {"1": 0, "2": 0, "3": 1, "4": 0, "5": 0}
    assert row["difference"]["grade3plus"]["estimate"] == pytest.approx(-1 / 6)
    assert set(body["overall"]) == set(row)


def test_exclusions(answer, frame, hifu):
    body = as_json(answer(frame.assign(time=[None, *frame["time"][1:]]), ANALYSES["compare"], group=hifu))
    assert body["exclusions"] == [{"reason": "OS time missing", "n": 1, "rows": [2]}]
    assert body["notes"][0] == "1 patient left out: OS time missing (row 2)."


class TestText:
    def test_layout(self):
        text = json_text({"a": [1, 2.5], "b": [{"c": None}], "d": {}, "e": [], "f": ["x", "y"], "g": "é"})
        assert text == (
            '{\n  "a": [1, 2.5],\n  "b": [\n    {\n      "c": null\n    }\n  ],\n  "d": {},\n  "e": [],\n'
            '  "f": [\n    "x",\n    "y"\n  ],\n  "g": "é"\n}\n'
        )

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_what_json_cannot_write_is_refused(self, value):
        with pytest.raises(ValueError, match="not JSON compliant"):
            json_text({"a": [value]})

    def test_keys_are_escaped(self):
        assert json.loads(json_text({'a"\n': {"b\\": [[1], [2]]}})) == {'a"\n': {"b\\": [[1], [2]]}}
