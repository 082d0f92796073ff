"""Adjusted survival and cut-points through the specification: R's numbers, JSON, tables, sentences, methods, errors."""

import json
from functools import cache

import pytest

from core.cohort.load import load_cohort
from core.errors import MissingColumnError, SpecError, TooFewEventsError
from core.reporting.adjusted_sentence import adjusted_caveat, adjusted_headline, patient_sentence
from core.reporting.adjusted_tables import adjusted_table, difference_table, patient_table
from core.reporting.as_json import as_json
from core.reporting.cut_point_sentence import (
    cut_levels_of,
    cut_point_headline,
    cut_point_warning,
    stability_sentence,
)
from core.reporting.cut_point_table import cut_group_table, cut_p_table, cut_stability_table
from core.reporting.methods_text import method_lines
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.reference.oracles import HERE, numbers

SEX = {"column": "sex", "levels": {"Male": ["male"], "Female": ["female"]}}
COHORT = {
    "patients": "lung.csv",
    "roles": {"patient_id": "id"},
    "kinds": {"ecog": "category"},
    "endpoints": {"OS": {"time": "time", "event": "event", "event_is": [1], "unit": "days"}},
}
ADJUSTED = {"kind": "adjusted_survival", "covariates": ["ecog", "age"], "times": [180, 365]}
CUT = {"kind": "cut_point", "column": "age", "permutations": 500, "bootstraps": 200}


@cache
def lung():
    return load_cohort(AnalysisSpec.model_validate({"cohort": COHORT}).cohort, base=HERE / "data")


def ask(analysis, *, group=SEX, filters=()):
    asked = {"id": "a", "endpoint": "OS", **analysis}
    spec = AnalysisSpec.model_validate({"cohort": COHORT, "group": group, "filters": filters, "analyses": [asked]})
    return run_analysis(spec, lung(), spec.analyses[0])


@cache
def adjusted():
    return ask({**ADJUSTED, "profile": {"sex": "Female", "ecog": 2, "age": 70}})


@cache
def cut():
    return ask(CUT)


class TestAdjustedSurvival:
    def test_as_r(self):
        written = as_json(adjusted())
        r = json.loads((HERE / "r" / "prediction.json").read_text())
        for level, name in (("Male", "male"), ("Female", "female")):
            expected = r["standard"]["lung"]["efron"][name]
            curve = dict(zip(written["groups"][level]["time"], written["groups"][level]["survival"], strict=True))
            assert [curve[time] for time in expected["time"]] == pytest.approx(expected["survival"], rel=1e-8)
        patient = written["patient"]["groups"]
        assert list(patient) == ["Female"]
        expected = r["profile"]["lung"]["efron"]
        limits = dict(zip(patient["Female"]["time"], patient["Female"]["conf_low"], strict=True))
        assert [limits[time] for time in expected["time"]] == pytest.approx(
            list(numbers(expected["low_log-log"])), rel=1e-8
        )
        assert written["patient"]["profile"] == {"ecog": "2", "age": 70}

    def test_the_whole_is_json_with_its_model(self):
        written = as_json(adjusted())
        assert json.loads(json.dumps(written, allow_nan=False)) == written
        assert written["adjusted_for"] == ["ecog", "age"]
        assert next(term["level"] for term in written["model"]["terms"]) == "Female"
        assert set(written["differences"]["Female"]) == {"adjusted", "crude"}
        assert written["missing"]["ecog"] == 1
        assert written["model"]["n"] == 227
        assert any("ecog is missing in row" in note for note in written["notes"])

    def test_the_groups_are_compared_whether_or_not_their_column_is_a_covariate(self):
        named = ask({**ADJUSTED, "covariates": ["sex", "ecog", "age"]})
        assert as_json(named)["groups"] == as_json(ask(ADJUSTED))["groups"]

    def test_own_baseline_strata_weights_and_level(self):
        own = ask({**ADJUSTED, "own_baseline": True}).adjusted_survival
        assert all(term.term != "sex" for term in own.fit.terms)
        stratified = ask({"kind": "adjusted_survival", "covariates": ["age"], "strata": ["ecog"]}, filters=(
            {"column": "ecog", "op": "!=", "value": 3},))  # fmt: skip
        assert stratified.adjusted_survival.groups[0].at_average is None
        wide = ask({**ADJUSTED, "conf_level": 0.99}).adjusted_survival.groups[0].adjusted
        narrow = adjusted().adjusted_survival.groups[0].adjusted
        assert wide.at([365]).conf_low[0] < narrow.at([365]).conf_low[0]
        weighted = ask({**ADJUSTED, "weights": "w_iptw"})
        assert "case weights W iptw" in method_lines(weighted)[0]
        assert "weights = w_iptw" in method_lines(weighted)[2]

    def test_a_group_may_be_a_number_that_is_cut(self):
        group = {"column": "age", "cut": [60, 70]}
        value = ask({"kind": "adjusted_survival", "covariates": ["sex"], "times": [365]}, group=group)
        assert [group.level for group in value.adjusted_survival.groups] == ["<60", "60 to <70", "≥70"]
        assert len(value.adjusted_survival.differences) == 2
        assert "for <60" in adjusted_headline(value)

    def test_without_groups(self):
        value = ask(ADJUSTED, group=None)
        assert list(as_json(value)["groups"]) == ["all"]
        assert "choose a group" in adjusted_headline(value)
        assert difference_table(value) is None
        assert patient_table(value) is None
        assert patient_sentence(value, (180,)) == ""

    def test_what_cannot_be_asked(self):
        with pytest.raises(SpecError, match="own_baseline"):
            ask({**ADJUSTED, "strata": ["sex"]})
        with pytest.raises(SpecError, match="profile"):
            ask({**ADJUSTED, "profile": {"wt_loss": 3}})
        with pytest.raises(MissingColumnError):
            ask({**ADJUSTED, "covariates": ["aeg"]})

    def test_sentences(self):
        text = adjusted_headline(adjusted())
        assert text.startswith("With the same ECOG and age in every group, overall survival at 365 days would be ")
        assert "a difference of 19 percentage points (95 % CI 8 to 29; P < 0.001), against 19 unadjusted" in text
        assert text.endswith("These factors do not account for the whole difference.")
        assert "not measured" in adjusted_caveat(adjusted().adjusted_survival)
        assert "One hazard ratio" not in adjusted_caveat(ask({**ADJUSTED, "own_baseline": True}).adjusted_survival)
        told = patient_sentence(adjusted(), (180, 5000))
        assert told.startswith("Predicted median 284 days (95 % CI 199–353); 68 %")
        assert "5000" not in told

    def test_the_median_of_the_patient_is_r_s(self):
        r = json.loads((HERE / "r" / "prediction.json").read_text())["profile"]["lung"]["efron"]["median"]
        median = as_json(adjusted())["patient"]["groups"]["Female"]["median"]
        assert list(median.values()) == r

    def test_nothing_is_said_of_a_difference_that_the_interval_does_not_show(self):
        group = {"column": "ph_karno", "cut": [80]}
        text = adjusted_headline(ask({**ADJUSTED, "times": [180]}, group=group))
        assert text.endswith("The data do not show that the groups differ once these are the same.")

    def test_tables(self):
        table = adjusted_table(adjusted())
        printed = table.to_frame()
        assert list(printed["Estimate"]) == ["Adjusted", "Average patient", "Crude (Kaplan-Meier)"] * 2
        assert printed.iloc[0, 2:4].tolist() == ["137", "111"]
        assert any("not the mean of all curves" in note for note in table.footnotes)
        beyond = adjusted_table(ask({**ADJUSTED, "times": [5000]})).to_frame()
        assert set(beyond.iloc[:, -1]) == {"–"}
        differences = difference_table(adjusted()).to_frame()
        assert differences.iloc[:, 0].tolist() == ["Female, 180 days", "Female, 365 days"]
        patient = patient_table(adjusted())
        assert any("not validated for prediction" in note for note in patient.footnotes)
        assert "The patient: ECOG 2; Age 70." in patient.footnotes

    def test_methods(self):
        lines = method_lines(ask({**ADJUSTED, "strata": ["inst"], "own_baseline": False}, filters=(
            {"column": "inst", "op": "in", "value": [1, 12, 13]},)))  # fmt: skip
        assert "direct standardisation" in lines[0]
        assert "strata(inst)" in lines[2]
        assert "delta method" in lines[0]


class TestCutPoint:
    def test_as_r(self):
        written = as_json(cut())
        case = json.loads((HERE / "r" / "cut_point.json").read_text())["cases"]["lung.age"]
        assert written["cut_point"] == case["cut"]
        assert written["statistic"] == pytest.approx(case["statistic"], rel=1e-12)
        assert written["p_value_lausen_1994"] == pytest.approx(case["p_Lau94"])
        assert written["hazard_ratio"]["value"] == pytest.approx(case["hr"][0])
        assert written["cuts"]["cut"] == case["cuts"]
        assert written["n_cuts"] == 24
        assert json.loads(json.dumps(written, allow_nan=False)) == written

    def test_it_is_of_everybody_unless_it_has_a_group_of_its_own(self):
        some = {"column": "sex", "levels": {"Female": ["female"]}}
        assert ask(CUT, group=some).cut_point.n == 228
        assert ask({**CUT, "group": some}).cut_point.n == 90

    def test_missing_values_are_counted_with_their_rows(self):
        found = ask({**CUT, "column": "wt_loss"})
        assert found.cut_point.n_missing == 14
        assert any(note.startswith("wt_loss is missing in rows") for note in found.notes)

    def test_the_seed_is_the_result(self):
        assert as_json(ask({**CUT, "seed": 1}))["p_value"] != as_json(cut())["p_value"]
        assert as_json(ask(CUT)) == as_json(cut())

    def test_what_cannot_be_asked(self):
        with pytest.raises(MissingColumnError):
            ask({**CUT, "column": "aeg"})
        with pytest.raises(SpecError, match="words or dates"):
            ask({**CUT, "column": "sex"})
        with pytest.raises(SpecError, match="shares"):
            ask({**CUT, "minprop": 0.9, "maxprop": 0.1})
        with pytest.raises(TooFewEventsError, match="at least 10 events; there are 4"):
            ask(CUT, filters=({"column": "age", "op": ">", "value": 76},))

    def test_sentences(self):
        p = cut().cut_point.p.permutation
        text = f"The best cut of age is 70; after correction for 24 cuts tried P = {p:.2f}: no clear sign that any cut"
        assert cut_point_headline(cut()).startswith(text)
        warning = cut_point_warning(cut())
        assert "1.49 (95 % CI 1.03–2.14), is too far from 1 and the uncorrected P = 0.044 is not valid" in warning
        assert "chose it is 0.85" in warning
        assert "so the cut is not well determined" in stability_sentence(cut().cut_point)
        assert stability_sentence(ask({**CUT, "bootstraps": 0}).cut_point) == ""
        assert cut_levels_of(cut().cut_point) == ("≤70", ">70")

    def test_a_cut_that_separates_is_said_to(self):
        found = ask({**CUT, "column": "ph_karno"})
        assert "survival differs with" in cut_point_headline(found)
        assert "P = 0.0" in cut_point_headline(found)

    def test_the_levels_make_the_group(self):
        below, above = cut_levels_of(cut().cut_point)
        group = {"column": "age", "cut": [70], "labels": [below, above]}
        groups = ask({"kind": "kaplan_meier"}, group=group).survival.groups
        assert [group.estimate.n for group in groups] == [cut().cut_point.below.n, cut().cut_point.above.n]

    def test_tables(self):
        groups = cut_group_table(cut()).to_frame()
        assert groups.iloc[:, 0].tolist() == ["≤70", ">70"]
        assert groups.iloc[0, -1] == "reference"
        assert groups.iloc[1, -2] == "1.49 (1.03–2.14)"
        p = cut_p_table(cut())
        assert p.to_frame().iloc[-1, 0] == "Not corrected: not valid"
        assert len(p.rows) == 5
        stability = cut_stability_table(cut())
        assert len(stability.rows) == 10
        assert stability.rows[0].cells[1].values[0] == max(cut().cut_point.stability.share)
        assert cut_stability_table(ask({**CUT, "bootstraps": 0})) is None

    def test_methods(self):
        lines = method_lines(cut())
        assert "the 24 cuts that leave 10 % to 90 %" in lines[0]
        assert "maxstat.test(Surv(time, event) ~ age" in lines[2]

    def test_nothing_is_nan_in_words(self):
        few = ask({**CUT, "minprop": 0.4, "maxprop": 0.6}, filters=({"column": "age", "op": ">", "value": 72},))
        assert few.cut_point.n < 40
        assert "nan" not in cut_point_warning(few) + cut_point_headline(few) + stability_sentence(few.cut_point)
