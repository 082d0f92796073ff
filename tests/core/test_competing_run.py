"""Competing events through the specification, from status codes in a file to R's numbers."""

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.errors import SpecError
from core.reporting.as_json import as_json
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.reference.oracles import HERE, oracle

EVENTS = {
    "bmt": {"TRM": 1, "relapse": 2},
    "cgvhd": {"cGVHD": 1, "relapse": 2, "death": 3},
}
UNITS = {"bmt": "months", "cgvhd": "years"}


def ask(name, analysis, *, group=None, events=None, filters=()):
    """The result of one analysis; the first event is the endpoint, the others compete."""
    codes = EVENTS[name] if events is None else events
    own, *others = codes
    endpoint = {
        "time": "time",
        "event": "status",
        "event_is": [codes[own]],
        "competing": {other: [codes[other]] for other in others},
        "unit": UNITS[name],
    }
    cohort = {"patients": f"{name}.csv", "endpoints": {own: endpoint}}
    analysis = {"id": "a", "endpoint": own, **analysis}
    spec = AnalysisSpec.model_validate({"cohort": cohort, "group": group, "analyses": [analysis], "filters": filters})
    return run_analysis(spec, load_cohort(spec.cohort, base=HERE / "data"), spec.analyses[0])


def grouped(name, column):
    return {"column": column, "levels": {level: [level] for level in oracle(name).meta["levels"][column]}}


class TestCumulativeIncidence:
    @pytest.mark.parametrize(("name", "column"), [("bmt", "dis"), ("cgvhd", "tx"), ("cgvhd", "dx")])
    def test_as_r(self, name, column):
        # timepoints(cuminc(time, status, group), landmarks); cuminc(...)$Tests
        r = oracle(name).r["competing_risks"]
        asked = {"kind": "cumulative_incidence", "times": r["landmarks"]}
        written = as_json(ask(name, asked, group=grouped(name, column)))
        known = r["by_group"][column]
        for cause, event in enumerate(EVENTS[name], start=1):
            test, expected = written["gray"][event], known["gray_rho0"][f"cause{cause}"]
            np.testing.assert_allclose(
                [test["statistic"], test["df"], test["p_value"]], [expected[k] for k in ("chi2", "df", "p")], rtol=1e-9
            )
            for level in known["levels"]:
                at, expected = written["groups"][level][event]["at"], known["cuminc"][f"{level} {cause}"]
                for row, estimate, variance in zip(at, expected["est"], expected["var"], strict=True):
                    if estimate is not None:  # R says nothing beyond the last follow-up
                        np.testing.assert_allclose(row["incidence"], estimate, rtol=1e-9, atol=1e-14)
                        np.testing.assert_allclose(row["std_error"] ** 2, variance, rtol=1e-9, atol=1e-14)

    def test_the_events_and_the_event_free_add_up_to_one(self):
        written = as_json(ask("cgvhd", {"kind": "cumulative_incidence"}))
        group = written["groups"]["all"]
        total = sum(np.array(group[event]["incidence"]) for event in EVENTS["cgvhd"])
        np.testing.assert_allclose(total + group["relapse"]["event_free"], 1, rtol=1e-12)
        assert written["events"] == list(EVENTS["cgvhd"])
        assert sum(group[event]["n_events"] for event in EVENTS["cgvhd"]) == 96
        assert "gray" not in written

    def test_two_groups_are_compared(self):
        asked = {"kind": "cumulative_incidence", "times": [0.5, 1], "tau": 1, "pairwise": "holm"}
        written = as_json(ask("cgvhd", asked, group=grouped("cgvhd", "tx")))
        contrast = written["contrasts"]["relapse"]
        assert (contrast["level"], contrast["reference"]) == ("PB", "BM")
        groups = written["groups"]
        for i, row in enumerate(contrast["incidence_difference"]):
            both = [groups[level]["relapse"]["at"][i]["incidence"] for level in ("PB", "BM")]
            assert row["estimate"] == both[0] - both[1]
        lost = [groups[level]["relapse"]["time_lost"]["value"] for level in ("PB", "BM")]
        assert contrast["time_lost_difference"]["estimate"] == pytest.approx(lost[0] - lost[1], rel=1e-12)
        assert contrast["time_lost_difference"]["tau"] == 1
        assert [pair["p_adjusted"] for pair in written["gray"]["relapse"]["pairwise"]] == [
            pytest.approx(written["gray"]["relapse"]["p_value"], rel=1e-9)
        ]

    def test_nobody_is_said_to_be_censored_by_a_competing_event(self):
        assert any("censored at its time" in note for note in ask("bmt", {"kind": "kaplan_meier"}).notes)
        for asked in ({"kind": "cumulative_incidence"}, {"kind": "fine_gray", "covariates": ["dis"]}):
            assert not any("censored at its time" in note for note in ask("bmt", asked).notes)

    def test_strata(self):
        asked = {"kind": "cumulative_incidence", "strata": ["dx"]}
        stratified = as_json(ask("cgvhd", asked, group=grouped("cgvhd", "tx")))["gray"]
        plain = as_json(ask("cgvhd", {"kind": "cumulative_incidence"}, group=grouped("cgvhd", "tx")))["gray"]
        assert stratified["relapse"]["statistic"] != plain["relapse"]["statistic"]

    def test_without_competing_events_it_is_one_minus_kaplan_meier(self):
        result = ask("bmt", {"kind": "cumulative_incidence"}, events={"any": 1})
        curve = ask("bmt", {"kind": "kaplan_meier"}, events={"any": 1}).survival.groups[0].estimate
        np.testing.assert_allclose(
            result.incidence.groups[0].causes[0].estimate.incidence, 1 - curve.survival, rtol=1e-12, atol=1e-15
        )
        assert any(note.startswith("any has no competing events") for note in result.notes)


class TestFineGray:
    @pytest.mark.parametrize("event", ["cGVHD", "relapse", "death"])
    def test_as_r(self, event):
        # crr(time, status, model.matrix(~ tx + dx + age), failcode = , cencode = 0)
        expected = oracle("cgvhd").r["competing_risks"]["fine_gray"]["multi"][f"cause{EVENTS['cgvhd'][event]}"]
        result = ask("cgvhd", {"kind": "fine_gray", "covariates": ["tx", "dx", "age"], "event": event})
        written = as_json(result)
        for term, value in zip(written["terms"], expected["terms"].values(), strict=True):
            assert term["log_hazard_ratio"] == pytest.approx(value["coef"], abs=1e-5 * value["se"])
            assert term["std_error"] == pytest.approx(value["se"], rel=1e-6)
            assert term["conf_high"] == pytest.approx(value["upper"], rel=1e-5)
        assert written["tests"]["wald"]["robust"]
        others = ", ".join(name for name in EVENTS["cgvhd"] if name != event)
        assert f"Event: {event}; competing: {others}." in result.notes

    @pytest.mark.parametrize("name", [None, "event", "TRM"])
    def test_the_endpoint_itself_unless_another_event_is_named(self, name):
        asked = {"kind": "fine_gray", "covariates": ["dis"]} | ({} if name is None else {"event": name})
        expected = oracle("bmt").r["competing_risks"]["fine_gray"]["dis"]["cause1"]["terms"]["disAML"]
        (term,) = ask("bmt", asked).fine_gray.multivariable.terms
        assert term.log_hazard_ratio == pytest.approx(expected["coef"], rel=1e-6)
        assert (term.level, term.reference) == ("AML", "ALL")

    def test_an_unknown_event_is_refused(self):
        with pytest.raises(SpecError, match="Endpoint 'TRM' has no event 'relaps'") as error:
            ask("bmt", {"kind": "fine_gray", "covariates": ["dis"], "event": "relaps"})
        assert error.value.hint == "Its events: TRM, relapse."

    def test_no_competing_events_are_refused(self):
        with pytest.raises(SpecError, match="Endpoint 'any' has no competing events"):
            ask("bmt", {"kind": "fine_gray", "covariates": ["dis"]}, events={"any": 1})

    def test_a_reference_may_be_named_and_the_groups_levels_are_used(self):
        asked = {"kind": "fine_gray", "covariates": ["dis"], "references": {"dis": "AML"}}
        usual = ask("bmt", {"kind": "fine_gray", "covariates": ["dis"]}).fine_gray.multivariable
        other = ask("bmt", asked, group=grouped("bmt", "dis")).fine_gray.multivariable
        assert other.coefficients[0] == pytest.approx(-usual.coefficients[0], rel=1e-9)


class TestCauseSpecificCox:
    @pytest.mark.parametrize("event", [None, "event", "cGVHD", "relapse", "death"])
    def test_as_r(self, event):
        # coxph(Surv(time, status == k) ~ tx + dx + age)
        cause = EVENTS["cgvhd"].get(event, 1)
        expected = oracle("cgvhd").r["competing_risks"]["cause_specific_cox"]["multi"][f"cause{cause}"]["terms"]
        asked = {"kind": "cox", "covariates": ["tx", "dx", "age"]} | ({} if event is None else {"event": event})
        written = as_json(ask("cgvhd", asked))
        for term, value in zip(written["terms"], expected.values(), strict=True):
            assert term["log_hazard_ratio"] == pytest.approx(value["coef"], rel=1e-6)
            assert term["std_error"] == pytest.approx(value["se"], rel=1e-6)

    def test_the_notes_say_who_is_censored(self):
        notes = ask("cgvhd", {"kind": "cox", "covariates": ["tx"], "event": "death"}).notes
        assert "Event: death; patients with cGVHD and relapse count as censored at its time." in notes
        assert not any(note.startswith("Competing event") for note in notes)

    def test_an_unknown_event_is_refused(self):
        with pytest.raises(SpecError, match="Endpoint 'TRM' has no event 'relaps'"):
            ask("bmt", {"kind": "cox", "covariates": ["dis"], "event": "relaps"})

    def test_the_endpoint_without_competing_events_has_its_own_event_only(self):
        plain = ask("bmt", {"kind": "cox", "covariates": ["dis"]}, events={"any": 1}).cox.multivariable
        named = ask("bmt", {"kind": "cox", "covariates": ["dis"], "event": "any"}, events={"any": 1})
        assert named.cox.multivariable.coefficients[0] == plain.coefficients[0]
        assert "Event: any." in named.notes


class TestNaive:
    @pytest.mark.parametrize(("name", "column"), [("bmt", "dis"), ("cgvhd", "tx")])
    def test_as_r(self, name, column):
        # 1 - summary(survfit(Surv(time, status == k) ~ 1, subset = group), times = landmarks, extend = TRUE)$surv
        r = oracle(name).r["competing_risks"]
        asked = {"kind": "cumulative_incidence", "times": r["landmarks"]}
        groups = as_json(ask(name, asked, group=grouped(name, column)))["groups"]
        for level, known in r["by_group"][column]["aalen_johansen"].items():
            for cause, event in enumerate(EVENTS[name], start=1):
                rows = groups[level][event]["at"]
                expected = known[f"naive_1_minus_km_cause{cause}"]
                np.testing.assert_allclose([row["naive"] for row in rows], expected, rtol=1e-9, atol=1e-13)
                for row in rows:
                    assert row["naive_bias"] == pytest.approx(row["naive"] - row["incidence"], abs=1e-15)
        assert len(groups[level][event]["naive"]) == len(groups[level][event]["time"])


class TestTypes:
    """Relapse and death as types of one event, transplant-related disease competing: R's three causes again."""

    def ask(self, **analysis):
        endpoint = {"time": "time", "event": "status", "event_is": [2, 3], "competing": {"cGVHD": [1]}, "unit": "years"}
        cohort = {"patients": "cgvhd.csv", "endpoints": {"failure": endpoint}}
        spec = AnalysisSpec.model_validate(
            {"cohort": cohort, "analyses": [{"id": "a", "endpoint": "failure", **analysis}]}
        )
        return run_analysis(spec, load_cohort(spec.cohort, base=HERE / "data"), spec.analyses[0])

    def test_each_value_is_an_event_of_its_own(self):
        r = oracle("cgvhd").r["competing_risks"]
        written = as_json(self.ask(kind="cumulative_incidence", by_type=True, times=r["landmarks"]))
        assert written["events"] == ["2", "3", "cGVHD"]
        for event, cause in (("2", 2), ("3", 3), ("cGVHD", 1)):
            known = r["cuminc_overall"][f"1 {cause}"]
            for row, estimate in zip(written["groups"]["all"][event]["at"], known["est"], strict=True):
                assert estimate is None or row["incidence"] == pytest.approx(estimate, rel=1e-9, abs=1e-14)

    def test_together_they_are_the_event(self):
        typed = self.ask(kind="cumulative_incidence", by_type=True).incidence.groups[0]
        plain = self.ask(kind="cumulative_incidence").incidence.groups[0]
        total = typed.cause("2").estimate.incidence + typed.cause("3").estimate.incidence
        np.testing.assert_allclose(total, plain.cause("failure").estimate.incidence, rtol=1e-12, atol=1e-15)

    @pytest.mark.parametrize("kind", ["cox", "fine_gray"])
    def test_regression_of_one_type(self, kind):
        typed = self.ask(kind=kind, covariates=["tx"], event="2")
        plain = ask("cgvhd", {"kind": kind, "covariates": ["tx"], "event": "relapse"})
        assert as_json(typed)["terms"][0]["log_hazard_ratio"] == as_json(plain)["terms"][0]["log_hazard_ratio"]

    def test_an_event_of_one_type_has_no_types(self):
        with pytest.raises(SpecError, match="has one kind of event"):
            ask("cgvhd", {"kind": "cumulative_incidence", "by_type": True})

    def test_an_unknown_type_is_refused_and_the_types_named(self):
        with pytest.raises(SpecError, match="has no event '4'") as error:
            self.ask(kind="cox", covariates=["tx"], event="4")
        assert error.value.hint == "Its events: failure, cGVHD, 2, 3."


def test_few_events_are_named_by_event_and_group():
    notes = ask("cgvhd", {"kind": "cumulative_incidence"}, group=grouped("cgvhd", "tx")).notes
    (said,) = [note for note in notes if note.startswith("Fewer than 10 events")]
    counts = {
        (group.level, cause.cause): cause.estimate.n_events_total
        for group in ask("cgvhd", {"kind": "cumulative_incidence"}, group=grouped("cgvhd", "tx")).incidence.groups
        for cause in group.causes
    }
    for (level, event), n in counts.items():
        assert (f"{event} in {level} ({n})" in said) == (n < 10)
