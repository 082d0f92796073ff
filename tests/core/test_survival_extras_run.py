"""What can be asked beside the curves and the log-rank test: each key of the specification gets its answer."""

import json

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.errors import SpecError
from core.reporting.as_json import as_json
from core.reporting.survival_tables import at_risk_table
from core.run import run_analysis
from core.spec import AnalysisSpec
from core.survival.completeness import completeness
from core.survival.conditional import conditional_survival
from core.survival.max_combo import max_combo
from core.survival.permutation import permutation_test
from tests.core.test_run import ask
from tests.reference.oracles import oracle

SEX = ("Male", "Female")
DATES = """id,start,died,seen,closed,e,arm,t
P1,2024-01-01,2024-03-01,2024-03-01,2024-12-31,1,A,60
P2,2024-01-01,,2024-12-31,2024-12-31,0,A,365
P3,2024-07-01,,2024-08-01,2024-12-31,0,B,31
P4,2024-07-01,2024-10-01,2024-10-01,,1,B,92
P5,2024-11-01,,2025-02-01,2024-10-01,0,B,92
"""


def km(**options):
    return ask({"kind": "kaplan_meier", **options})


def test(**options):
    return ask({"kind": "compare", **options})


test.__test__ = False


def lung():
    known = oracle("lung")
    return known.data(), known.codes("sex", ("male", "female"))[0]


@pytest.fixture
def dated(tmp_path):
    """A function: completeness as asked of five patients with dates, as JSON and its notes."""

    def run(asked, endpoint=None, **cohort):
        (tmp_path / "p.csv").write_text(DATES)
        endpoint = endpoint or {"start": "start", "event_date": "died", "censor_date": "seen", "unit": "days"}
        spec = AnalysisSpec.model_validate(
            {
                "cohort": {"patients": "p.csv", "endpoints": {"OS": endpoint}} | cohort,
                "group": {"column": "arm"},
                "analyses": [{"id": "a", "kind": "kaplan_meier", "endpoint": "OS", "completeness": asked}],
            }
        )
        result = run_analysis(spec, load_cohort(spec.cohort, base=tmp_path), spec.analyses[0])
        return as_json(result)["completeness"], result.notes

    return run


class TestBesideTheCurves:
    def test_nothing_is_added_unasked(self):
        written = as_json(km(times=[100]))
        assert set(written) == {
            "kind", "n", "unit", "reference", "groups", "median_follow_up", "contrasts", "exclusions", "notes", "says"
        }  # fmt: skip
        assert not {"hazard", "log_log", "cumulative_hazard", "conditional"} & set(written["groups"]["Male"])

    def test_cumulative_hazard_is_parallel_to_the_times(self):
        group = as_json(km(cumulative_hazard=True))["groups"]["Male"]
        assert set(group["cumulative_hazard"]) == {"value", "std_error", "conf_low", "conf_high"}
        assert {len(column) for column in group["cumulative_hazard"].values()} == {len(group["time"])}
        assert group["cumulative_hazard"]["value"][:2] == [3 / 138, 3 / 138 + 1 / 135]

    def test_the_figure_is_part_of_the_answer(self):
        result = km(figure={"risk_table": "kmunicate", "unit": "months", "every": 6, "until": 18}, times=[200])
        written = as_json(result)
        assert written["time_axis"] == {"unit": "months", "ticks": [0, 6, 12, 18], "end": 18}
        table = written["groups"]["Male"]["risk_table"]
        assert table["time"] == [0, 182.625, 365.25, 547.875]
        data, codes = lung()
        time, event = data.time[codes == 0], data.event[codes == 0]
        assert table["n_at_risk"] == [int((time >= t).sum()) for t in table["time"]]
        assert table["n_events"] == [int(((time <= t) & event).sum()) for t in table["time"]]
        assert table["n_censored"] == [int(((time <= t) & ~event).sum()) for t in table["time"]]
        heads = [column.label for column in at_risk_table(result).columns]
        assert heads[1:] == ["0 months", "6 months", "12 months", "18 months"]

    def test_log_log(self):
        group = as_json(km(log_log=True))["groups"]["Female"]
        first = group["log_log"]["time"][0]
        survival = group["survival"][group["time"].index(first)]
        assert group["log_log"]["value"][0] == pytest.approx(np.log(-np.log(survival)), rel=1e-14)
        assert group["log_log"]["log_time"][0] == pytest.approx(np.log(first), rel=1e-14)

    def test_hazard_says_its_bandwidth(self):
        result = km(hazard={"bandwidth": 90, "until": 500})
        hazard = as_json(result)["groups"]["Male"]["hazard"]
        assert (hazard["bandwidth"], hazard["time"][0], hazard["time"][-1]) == (90, 0, 500)
        assert any("smoothed over 90 days" in note for note in result.notes)

    def test_given_alive_at_a_time(self):
        written = as_json(km(given=[180, 365], times=[90, 200, 400]))["groups"]["Male"]["conditional"]
        data, codes = lung()
        assert [(one["given"], [at["time"] for at in one["at"]]) for one in written] == [
            (180, [200, 400]),
            (365, [400]),
        ]
        expected = conditional_survival(data, codes, SEX, given=365, times=[400])[0]
        assert written[1]["n"] == expected.estimate.n
        assert written[1]["at"][0]["survival"] == expected.at.survival[0]
        assert written[1]["median_further"]["value"] == expected.median_further.value

    def test_difference_of_medians_names_its_seed(self):
        first, again, other = (
            as_json(km(median_difference=asked))["median_difference"]
            for asked in ({"draws": 200}, {"draws": 200, "seed": 20250101}, {"draws": 200, "seed": 1})
        )
        assert (first["level"], first["reference"], first["draws"], first["seed"]) == ("Female", "Male", 200, 20250101)
        assert first["medians"] == {"Female": 426, "Male": 270}
        assert first["estimate"] == 156
        assert first == again
        assert (first["conf_low"], first["conf_high"]) != (other["conf_low"], other["conf_high"])

    def test_difference_of_medians_needs_two_groups(self):
        with pytest.raises(SpecError, match="needs two groups, not 1"):
            ask({"kind": "kaplan_meier", "median_difference": {}}, group=None)

    def test_methods_name_what_was_asked(self):
        from core.reporting.methods_text import method

        everything = {
            "cumulative_hazard": True, "hazard": {}, "log_log": True, "given": [100], "completeness": {},
            "median_difference": {"draws": 10},
        }  # fmt: skip
        made = method(km(**everything))
        for words in ("Nelson-Aalen", "smoothed", "log time", "conditional", "Clark", "bootstrap"):
            assert words in made.what
        assert "Hieke" in made.source
        assert "bootstrap" not in method(km()).what


class TestCompleteness:
    def test_a_horizon(self):
        written = as_json(km(completeness={"horizon": 500}))["completeness"]
        data, codes = lung()
        for expected in completeness(data, 500.0, codes, SEX):
            assert written["groups"][expected.level]["value"] == expected.value
        assert written["overall"]["value"] == completeness(data, 500.0)[0].value
        assert written["basis"] == "500 days"

    def test_without_dates_the_longest_follow_up_stands_in(self):
        result = km(completeness={})
        assert as_json(result)["completeness"]["basis"] == "1022 days, the longest follow-up"
        assert any("those who came late count as lost too soon" in note for note in result.notes)

    def test_a_closing_day(self, dated):
        written, notes = dated({"closed_on": "2024-12-31"})
        # A: 60 of 60 (died) and 365 of 365; B: 31 of 183, 92 of 92 (died), 60 of 60 (seen beyond the day)
        assert written["basis"] == "2024-12-31"
        assert written["groups"]["A"] == {"n": 2, "n_lost": 0, "observed": 425, "potential": 425, "value": 1}
        assert written["groups"]["B"] == {
            "n": 3, "n_lost": 1, "observed": 183, "potential": 335, "value": pytest.approx(183 / 335)
        }  # fmt: skip
        assert written["overall"]["value"] == pytest.approx((425 + 183) / (425 + 335))
        assert "Completeness of follow-up: possible until 2024-12-31." in notes

    def test_without_a_day_the_latest_date_of_the_endpoint(self, dated):
        written, _ = dated({})
        assert written["basis"] == "2025-02-01, the latest date of Died and Seen"
        assert written["overall"]["potential"] == 60 + 397 + 215 + 92 + 92

    def test_a_column_of_closing_days_leaves_out_and_counts_who_has_none(self, dated):
        written, notes = dated({"closed_on": "closed"})
        assert written["overall"]["n"] == 3
        assert written["basis"] == "the date in Closed"
        (said,) = (note for note in notes if "leaves out" in note)
        assert "2 patients" in said
        assert "rows 5, 6" in said

    def test_times_from_a_column_take_their_start_from_its_role(self, dated):
        columns = {"time": "t", "event": "e", "event_is": [1], "unit": "days"}
        from_times, _ = dated({"closed_on": "2024-12-31"}, endpoint=columns, roles={"start_date": "start"})
        from_dates, _ = dated({"closed_on": "2024-12-31"})
        assert from_times == from_dates

    def test_a_day_needs_a_start(self):
        with pytest.raises(SpecError, match="is read from a column of times"):
            km(completeness={"closed_on": "2024-12-31"})

    def test_a_column_that_is_no_date(self, dated):
        with pytest.raises(SpecError, match="'arm' holds no dates"):
            dated({"closed_on": "arm"})

    def test_a_horizon_or_a_day_not_both(self):
        with pytest.raises(ValueError, match="not both"):
            km(completeness={"horizon": 1, "closed_on": "2024-01-01"})


class TestBesideTheLogRankTest:
    def test_two_groups_have_a_signed_z(self):
        written = as_json(test())
        assert written["z"] < 0  # women have fewer events than expected
        assert written["z"] ** 2 == pytest.approx(written["statistic"], rel=1e-14)
        assert not {"maxcombo", "permutation"} & set(written)

    def test_the_sign_follows_the_reference(self):
        turned = ask(
            {"kind": "compare"},
            group={"column": "sex", "levels": {"Male": ["male"], "Female": ["female"]}, "reference": "Female"},
        )
        assert as_json(turned)["z"] == -as_json(test())["z"]

    def test_maxcombo(self):
        result = test(weighting="maxcombo", pairwise="holm")
        written = as_json(result)
        expected = max_combo(*lung(), SEX)
        assert (written["statistic"], written["p_value"], written["df"]) == (
            abs(expected.statistic),
            expected.p_value,
            None,
        )
        assert written["z"] == expected.statistic
        assert written["maxcombo"]["largest"] == [1, 0]
        assert written["maxcombo"]["z"] == expected.z.tolist()
        assert "without sampling" in written["maxcombo"]["method"]
        assert written["groups"]["Male"]["observed"] == 112
        assert written["pairwise"][0]["p_value"] == expected.p_value

    def test_maxcombo_compares_two_groups(self):
        with pytest.raises(SpecError, match="two groups, not 4"):
            ask({"kind": "compare", "weighting": "maxcombo"}, group={"column": "ecog"})

    def test_maxcombo_stratified(self):
        result = test(weighting="maxcombo", strata=["ecog"])
        assert any(note.startswith("Stratified") for note in result.notes)
        assert result.comparison.p_value != test(weighting="maxcombo").comparison.p_value

    def test_drawn_permutations_state_seed_and_error(self):
        written = as_json(test(permutations=2000))["permutation"]
        expected = permutation_test(*lung(), SEX, draws=2000)
        assert written["p_value"] == expected.p_value
        assert written["std_error"] == expected.std_error > 0
        assert (written["exact"], written["n_permutations"], written["seed"]) == (False, 2000, 20250101)
        other = as_json(test(permutations=2000, seed=5))["permutation"]
        assert (other["seed"], other["p_value"] != written["p_value"]) == (5, True)

    def test_few_patients_are_counted_exactly(self):
        young = [{"column": "age", "op": "<", "value": 47}]
        written = as_json(ask({"kind": "compare", "permutations": 10, "weighting": "gehan"}, filters=young))
        assert written["permutation"]["exact"] is True
        assert (written["permutation"]["std_error"], written["permutation"]["seed"]) == (0, None)
        assert written["permutation"]["n_permutations"] > 10

    def test_maxcombo_is_not_permuted(self):
        with pytest.raises(ValueError, match="not with maxcombo"):
            test(weighting="maxcombo", permutations=100)

    def test_the_specification_survives_writing(self):
        asked = [
            {"id": "a", "kind": "compare", "endpoint": "OS", "weighting": "maxcombo"},
            {"id": "b", "kind": "compare", "endpoint": "OS", "permutations": 10, "seed": 1},
            {"id": "c", "kind": "kaplan_meier", "endpoint": "OS", "hazard": {"bandwidth": 3}, "completeness": {}},
        ]
        cohort = {"patients": "p.csv", "endpoints": {"OS": {"time": "t", "event": "e"}}}
        spec = AnalysisSpec.from_json(json.dumps({"cohort": cohort, "analyses": asked}))
        assert AnalysisSpec.from_json(spec.to_json()) == spec

    def test_a_misspelt_option_names_the_nearest(self):
        cohort = {"patients": "p.csv", "endpoints": {"OS": {"time": "t", "event": "e"}}}
        analysis = {"id": "a", "kind": "kaplan_meier", "endpoint": "OS", "hazard": {"bandwith": 3}}
        with pytest.raises(SpecError, match="bandwith") as caught:
            AnalysisSpec.from_json(json.dumps({"cohort": cohort, "analyses": [analysis]}))
        assert "bandwidth" in str(caught.value.hint)


class TestNotes:
    PATIENTS = "id,t,e,arm\n" + "".join(f"P{i},{i},{int(i % 2)},A\nQ{i},{i},0,B\n" for i in range(1, 30))

    def notes(self, tmp_path, analysis):
        (tmp_path / "p.csv").write_text(self.PATIENTS)
        endpoints = {"OS": {"time": "t", "event": "e", "event_is": [1]}}
        spec = AnalysisSpec.model_validate(
            {
                "cohort": {"patients": "p.csv", "endpoints": endpoints},
                "group": {"column": "arm"},
                "analyses": [{"id": "a", "endpoint": "OS", **analysis}],
            }
        )
        return run_analysis(spec, load_cohort(spec.cohort, base=tmp_path), spec.analyses[0]).notes

    def test_a_group_without_events_has_one_note(self, tmp_path):
        notes = [*self.notes(tmp_path, {"kind": "kaplan_meier"}), *self.notes(tmp_path, {"kind": "compare"})]
        about = {note for note in notes if " in B" in note}
        assert about == {"No events in B: the curve stays at 100 %."}

    def test_incidence_does_not_speak_of_curves_at_100(self, tmp_path):
        notes = self.notes(tmp_path, {"kind": "cumulative_incidence"})
        assert "No OS in B: its incidence stays at 0." in notes
        assert not any("100 %" in note for note in notes)
