"""Specification and cohort to results: the right patients, options, levels and notes, and R's numbers at the end."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core.cohort.load import load_cohort
from core.errors import CohortError, MissingColumnError, SpecError, TooFewEventsError
from core.run import run, run_analysis
from core.spec import AnalysisSpec

REFERENCE = Path(__file__).parents[1] / "reference"
SEX = {"column": "sex", "levels": {"Male": ["male"], "Female": ["female"]}}
LUNG = {
    "patients": "lung.csv",
    "roles": {"patient_id": "id"},
    "endpoints": {"OS": {"time": "time", "event": "event", "event_is": [1], "unit": "days"}},
}


@cache
def lung():
    return load_cohort(AnalysisSpec.model_validate({"cohort": LUNG}).cohort, base=REFERENCE / "data")


@cache
def r(dataset="lung"):
    """R's answers (tests/reference/scripts/make_reference.R)."""
    return json.loads((REFERENCE / "r" / f"{dataset}.json").read_text())


def ask(analysis, *, group=SEX, filters=(), cohort=None):
    """The result of one analysis of the lung data, or of another cohort."""
    analysis = (
        {"id": "a"} | ({} if analysis["kind"] in ("baseline", "adverse_events") else {"endpoint": "OS"}) | analysis
    )
    spec = AnalysisSpec.model_validate(
        {"cohort": LUNG, "group": group, "filters": list(filters), "analyses": [analysis]}
    )
    return run_analysis(spec, cohort or lung(), spec.analyses[0])


@pytest.fixture
def small(tmp_path):
    """A function: CSV texts to a cohort."""

    def load(patients, adverse_events=None, **cohort):
        (tmp_path / "p.csv").write_text(patients)
        if adverse_events is not None:
            (tmp_path / "ae.csv").write_text(adverse_events)
            cohort["adverse_events"] = "ae.csv"
        spec = {"patients": "p.csv", "endpoints": {"OS": {"time": "t", "event": "e", "event_is": [1]}}} | cohort
        return load_cohort(AnalysisSpec.model_validate({"cohort": spec}).cohort, base=tmp_path)

    return load


PATIENTS = """id,t,e,arm,grade
P1,1,1,A,G1
P2,2,1,B,G1
P3,,1,A,G1
P4,4,0,B,
P5,5,1,A,G2
P6,6,1,B,G2
P7,7,1,A,G1
P8,8,0,B,G2
"""
EVENTS = """id,term,grade,class
P1,Fever,2,All-cause
P1,Fever,3,All-cause
P2,Nausea,1,All-cause
P4,Fever,1,All-cause
P8,Rash,2,Immune-mediated
"""


class TestAgainstR:
    def test_kaplan_meier(self):
        # survfit(Surv(time, event) ~ sex, conf.type = "log-log"); summary(times = ), quantile(), rmean = 700
        result = ask({"kind": "kaplan_meier", "times": [90, 180, 365, 730], "tau": 700})
        for level, name in (("Male", "male"), ("Female", "female")):
            group, expected = result.survival.group(level), r()["km"]["by_group"]["sex"][name]
            assert (group.estimate.n, group.estimate.n_events_total) == (expected["n"], expected["events"])
            np.testing.assert_allclose(group.at.survival, expected["landmarks"]["surv"], rtol=1e-12)
            np.testing.assert_allclose(group.at.conf_low, expected["landmarks"]["lower_loglog"], rtol=1e-12)
            median, band = group.quantiles[0.5], expected["quantiles"]["loglog"]
            assert [median.value, median.conf_low, median.conf_high] == [band[k][1] for k in ("q", "lower", "upper")]
            assert group.rmst is not None
            np.testing.assert_allclose(
                [group.rmst.value, group.rmst.std_error],
                [expected["rmean_tau"][k] for k in ("rmean", "se")],
                rtol=1e-12,
            )
            assert group.median_follow_up.value == expected["reverse_km"]["q"][1]

    def test_contrasts_are_the_other_level_against_the_reference(self):
        expected = r()["two_group"]["sex"][0]  # b is female
        contrasts = ask({"kind": "kaplan_meier", "times": [90, 180, 365, 730], "tau": 700}).survival.contrasts
        assert (contrasts.level, contrasts.reference) == ("Female", "Male")
        np.testing.assert_allclose(
            [c.estimate for c in contrasts.survival_difference], expected["landmark_diff_b_minus_a"]["diff"], rtol=1e-12
        )
        np.testing.assert_allclose(
            contrasts.rmst_difference.estimate, expected["rmst"]["diff_b_minus_a"]["est"], rtol=1e-12
        )

    @pytest.mark.parametrize(
        ("weighting", "key"),
        [
            ("logrank", "logrank"),
            ("gehan", "gehan_breslow"),
            ("tarone-ware", "tarone_ware"),
            ("peto", "peto_peto"),
            ({"fleming-harrington": [1, 0]}, "fh_1_0"),  # survdiff(rho = 1)
            ({"fleming-harrington": [0, 1]}, "fh_0_1"),
        ],
    )
    def test_compare(self, weighting, key):
        comparison = ask({"kind": "compare", "weighting": weighting}).comparison
        expected = r()["rank_tests"]["sex"][key]
        np.testing.assert_allclose(
            [comparison.statistic, comparison.p_value], [expected["chi2"], expected["p"]], rtol=1e-10
        )

    def test_stratified_compare_leaves_out_and_counts_who_has_no_stratum(self):
        # survdiff(Surv(time, event) ~ sex + strata(ecog)); one ecog is missing
        result = ask({"kind": "compare", "strata": ["ecog"]})
        expected = r()["rank_tests"]["sex"]["stratified"]
        np.testing.assert_allclose(result.comparison.statistic, expected["stratified_logrank"]["chi2"], rtol=1e-10)
        assert result.subset.n == expected["n"] == 227
        assert result.notes[0] == "1 patient left out: ECOG missing (stratification) (row 15)."

    @pytest.mark.parametrize("transform", ["km", "rank", "identity", "log"])
    def test_proportional_hazards(self, transform):
        # cox.zph(coxph(Surv(time, event) ~ age + sex + ecog), transform = ); ecog is a factor
        covariates = ["age", "sex", "ecog"]
        asked = {"covariates": covariates, "references": {"ecog": 0}, "transform": transform}
        found = ask({"kind": "proportional_hazards", **asked}).proportional_hazards
        expected = r()["cox"]["models"]["factor_ecog"]["efron"]["zph"][transform]
        for test in (*found.terms, found.overall):
            assert test.df == expected[test.term]["df"]
            np.testing.assert_allclose(test.statistic, expected[test.term]["chi2"], rtol=1e-6)

    def test_proportional_hazards_of_a_stratified_model(self):
        # cox.zph(coxph(Surv(time, event) ~ age + sex + ph_karno + strata(ecog))); one ph_karno and one ecog missing
        asked = {"covariates": ["age", "sex", "ph_karno"], "strata": ["ecog"]}
        result = ask({"kind": "proportional_hazards", **asked})
        expected = r()["cox"]["models"]["stratified"]["efron"]["zph"]["km"]["GLOBAL"]
        np.testing.assert_allclose(result.proportional_hazards.overall.statistic, expected["chi2"], rtol=1e-6)
        assert "ecog is missing in row 15." in result.notes

    def test_cox(self):
        # coxph(Surv(time, event) ~ age + sex + ph_karno + wt_loss)
        covariates = ["age", "sex", "ph_karno", "wt_loss"]
        fit = ask({"kind": "cox", "covariates": covariates}).cox.multivariable
        expected = r()["cox"]["models"]["multi"]["efron"]
        assert (fit.n, fit.n_events) == (expected["n"], expected["events"])
        for term, name in zip(fit.terms, ("age", "sexfemale", "ph_karno", "wt_loss"), strict=True):
            want = expected["terms"][name]
            got = [term.log_hazard_ratio, term.std_error, term.conf_low, term.conf_high, term.p_value]
            np.testing.assert_allclose(got, [want[k] for k in ("coef", "se", "lower", "upper", "p")], rtol=1e-6)
        assert [term.level for term in fit.terms] == [None, "Female", None, None]
        np.testing.assert_allclose(fit.log_likelihood, [expected["loglik_null"], expected["loglik"]], rtol=1e-10)
        np.testing.assert_allclose(fit.concordance.value, expected["concordance"]["c"], rtol=1e-10)

    def test_stratified_cox(self):
        # coxph(Surv(time, event) ~ age + sex + ph_karno + strata(ecog))
        fit = ask({"kind": "cox", "covariates": ["age", "sex", "ph_karno"], "strata": ["ecog"]}).cox.multivariable
        expected = r()["cox"]["models"]["stratified"]["efron"]["terms"]
        got = [term.log_hazard_ratio for term in fit.terms]
        np.testing.assert_allclose(got, [expected[k]["coef"] for k in ("age", "sexfemale", "ph_karno")], rtol=1e-6)

    def test_weighted_cox(self):
        # coxph(Surv(time, event) ~ sex, weights = w_iptw, robust = TRUE)
        fit = ask({"kind": "cox", "covariates": ["sex"], "weights": "w_iptw"}).cox.multivariable
        expected = r()["iptw"]["cox_weighted_robust"]["terms"]["sexfemale"]
        got = [fit.terms[0].log_hazard_ratio, fit.terms[0].std_error]
        np.testing.assert_allclose(got, [expected["coef"], expected["robust_se"]], rtol=1e-6)
        assert fit.tests["wald"].robust

    def test_baseline(self):
        # chisq.test(table(sex, ecog)) would be sparse: fisher.test; t.test(age ~ sex)
        result = ask({"kind": "baseline", "variables": ["age", "ecog"]})
        age, ecog = result.baseline.variables
        np.testing.assert_allclose(age.p_value, r()["tables"]["continuous"]["welch_t"]["p"], rtol=1e-10)
        np.testing.assert_allclose(ecog.p_value, r()["tables"]["categorical"]["fisher_p"], rtol=1e-8)
        assert [[cell.n for cell in row.groups] for row in ecog.rows] == np.transpose(
            r()["tables"]["categorical"]["counts"]
        ).tolist()


class TestWhoIsAnalysed:
    def test_exclusions_are_said_with_their_rows(self, small):
        result = ask({"kind": "kaplan_meier"}, group={"column": "arm"}, cohort=small(PATIENTS))
        assert result.notes[0] == "1 patient left out: OS time missing (row 4)."
        assert result.subset.n == 7

    def test_filters_of_an_analysis_are_added_and_its_group_replaces(self):
        young = {"column": "age", "op": "<", "value": 70}
        fit = {"column": "ph_karno", "op": ">=", "value": 80}
        result = ask(
            {
                "kind": "kaplan_meier",
                "filters": [young],
                "group": {"column": "ecog", "levels": {"0-1": [0, 1], "2-3": [2, 3]}},
            },
            filters=[fit],
        )
        frame = lung().patients.frame
        expected = ((frame["age"] < 70) & (frame["ph_karno"] >= 80) & frame["ecog"].notna()).sum()
        assert result.subset.n == expected
        assert result.subset.groups.levels == ("0-1", "2-3")
        assert sum(exclusion.n for exclusion in result.subset.exclusions) == 228 - expected

    @pytest.mark.parametrize("kind", ["kaplan_meier", "compare", "cox", "baseline", "adverse_events"])
    def test_every_result_of_synthetic_data_says_so(self, small, kind):
        asked = {"kind": kind} | {"cox": {"covariates": ["arm"]}, "baseline": {"variables": ["arm"]}}.get(kind, {})
        said = "Synthetic data: no patient is real."
        made_up = small(PATIENTS, EVENTS, synthetic=True)
        assert ask(asked, group={"column": "arm"}, cohort=made_up).notes[-1] == said
        assert said not in ask(asked, group={"column": "arm"}, cohort=small(PATIENTS, EVENTS)).notes

    def test_ungrouped(self):
        result = ask({"kind": "kaplan_meier"}, group=None)
        assert [group.level for group in result.survival.groups] == ["all"]
        assert result.survival.groups[0].quantiles[0.5].value == r()["km"]["overall"]["quantiles"]["loglog"]["q"][1]

    def test_few_events_are_said(self, small):
        notes = ask({"kind": "compare"}, group={"column": "arm"}, cohort=small(PATIENTS)).notes
        assert "Fewer than 10 events in A (3) and B (2): read with care." in notes
        alone = ask({"kind": "kaplan_meier"}, group=None, cohort=small(PATIENTS)).notes
        assert "Fewer than 10 events (5): read with care." in alone
        assert not [note for note in ask({"kind": "compare"}).notes if note.startswith("Fewer than")]

    def test_every_analysis_in_the_order_of_the_specification(self):
        spec = AnalysisSpec.model_validate(
            {
                "cohort": LUNG,
                "analyses": [
                    {"id": "z", "kind": "kaplan_meier", "endpoint": "OS"},
                    {"id": "b", "kind": "baseline", "variables": ["age"]},
                ],
            }
        )
        results = run(spec, lung())
        assert list(results) == ["z", "b"]
        assert [result.kind for result in results.values()] == ["kaplan_meier", "baseline"]
        assert results["b"].subset.data is None

    def test_a_value_is_asked_for_by_its_own_kind(self):
        result = ask({"kind": "kaplan_meier"})
        assert result.survival is result.value
        with pytest.raises(TypeError, match="'a' is a result of kind kaplan_meier, not cox"):
            _ = result.cox


class TestCoxLevels:
    def test_the_groups_own_levels_and_reference_are_used(self):
        group = {"column": "ecog", "levels": {"Fit": [0, 1], "Unfit": [2, 3]}, "reference": "Unfit"}
        result = ask({"kind": "cox", "covariates": ["ecog", "age"]}, group=group)
        term = result.cox.multivariable.terms[0]
        assert (term.term, term.level, term.reference, term.n) == ("ecog", "Fit", "Unfit", 176)

    @pytest.mark.parametrize("reference", ["Unfit", 2, "3"], ids=["level", "value", "value as text"])
    def test_a_reference_may_be_a_level_or_a_value_in_it(self, reference):
        group = {"column": "ecog", "levels": {"Fit": [0, 1], "Unfit": [2, 3]}}
        asked = {"kind": "cox", "covariates": ["ecog"], "references": {"ecog": reference}}
        assert ask(asked, group=group).cox.multivariable.terms[0].reference == "Unfit"

    def test_a_number_cut_into_groups_enters_as_groups(self):
        group = {"column": "age", "cut": [60, 70], "labels": ["<60", "60-69", "≥70"]}
        terms = ask({"kind": "cox", "covariates": ["age"]}, group=group).cox.multivariable.terms
        assert [(term.level, term.reference) for term in terms] == [("60-69", "<60"), ("≥70", "<60")]

    def test_a_number_with_a_reference_is_a_category(self):
        terms = ask(
            {"kind": "cox", "covariates": ["ph_karno"], "references": {"ph_karno": 90}}, group=None
        ).cox.multivariable.terms
        assert {term.reference for term in terms} == {"90"}
        assert "100" in {term.level for term in terms}

    def test_without_the_groups_column_everybody_is_analysed(self):
        group = {"column": "ecog", "levels": {"Fit": [0], "Unfit": [3]}}
        assert ask({"kind": "cox", "covariates": ["age"]}, group=group).cox.multivariable.n == 228
        own = ask({"kind": "cox", "covariates": ["age"], "group": group}, group=None)
        assert own.cox.multivariable.n == 64

    def test_the_groups_column_as_stratum_stratifies_by_its_levels(self):
        group = {"column": "ecog", "levels": {"Fit": [0, 1], "Unfit": [2, 3]}}
        fit = ask({"kind": "cox", "covariates": ["age"], "strata": ["ecog"]}, group=group).cox.multivariable
        assert fit.n_strata == 2

    def test_missing_values_are_said_with_their_rows(self):
        result = ask({"kind": "cox", "covariates": ["age", "ph_karno"]}, group=None)
        assert result.cox.missing == {"age": 0, "ph_karno": 1}
        assert any(note.startswith("ph_karno is missing in row ") for note in result.notes)

    def test_two_modes_at_once(self):
        analysis = ask(
            {"kind": "cox", "covariates": ["age", "sex", "meal_cal"], "mode": "univariable-then-multivariable"}
        ).cox
        assert analysis.entered == ("age", "sex")
        assert {term.term for term in analysis.univariable.terms} == {"age", "sex", "meal_cal"}


class TestAdverseEvents:
    def test_all_patients_are_the_denominator_and_the_worst_grade_counts(self, small):
        table = ask({"kind": "adverse_events"}, group={"column": "arm"}, cohort=small(PATIENTS, EVENTS)).adverse_events
        assert dict(zip(table.levels, table.denominators.tolist(), strict=True)) == {"A": 4, "B": 4}
        fever = next(row for row in table.rows if row.term == "Fever")
        assert fever.any.tolist() == [1, 1]
        assert fever.grade3plus.tolist() == [1, 0]

    def test_classes_and_levels_left_out(self, small):
        result = ask(
            {"kind": "adverse_events", "classes": ["Immune-mediated"]},
            group={"column": "arm", "levels": {"B": ["B"]}},
            cohort=small(PATIENTS, EVENTS),
        )
        assert [row.term for row in result.adverse_events.rows] == ["Rash"]
        assert result.adverse_events.denominators.tolist() == [4]

    def test_events_of_patients_not_analysed_are_said(self, small):
        result = ask(
            {"kind": "adverse_events"},
            group={"column": "arm"},
            filters=[{"column": "id", "op": "!=", "value": "P1"}],
            cohort=small(PATIENTS, EVENTS),
        )
        assert "2 events of 1 patient outside this analysis not counted." in result.notes

    def test_without_a_table_of_events(self):
        with pytest.raises(SpecError, match="'a': The cohort has no adverse events"):
            ask({"kind": "adverse_events"})


class TestErrors:
    @pytest.mark.parametrize(
        ("analysis", "group", "error", "message"),
        [
            ({"kind": "kaplan_meier"}, {"column": "sexx"}, MissingColumnError, r"Analysis 'a': Column 'sexx'.*'sex'"),
            ({"kind": "cox", "covariates": ["agee"]}, None, MissingColumnError, r"Analysis 'a': Column 'agee'.*'age'"),
            ({"kind": "baseline", "variables": ["agee"]}, None, MissingColumnError, r"'a': Column 'agee'.*'age'"),
            ({"kind": "compare", "strata": ["ecogg"]}, SEX, MissingColumnError, r"'a': Column 'ecogg'.*'ecog'"),
            ({"kind": "compare"}, None, TooFewEventsError, r"'a': Comparing needs at least two groups"),
            (
                {"kind": "kaplan_meier", "filters": [{"column": "age", "op": ">", "value": 200}]},
                SEX,
                TooFewEventsError,
                r"'a': No patients left",
            ),
            (
                {"kind": "cox", "covariates": ["sex"], "references": {"sex": "maale"}},
                None,
                SpecError,
                r"'a': The reference 'maale' is not a level",
            ),
            (
                {"kind": "cox", "covariates": ["sex"], "references": {"sexx": "male"}},
                None,
                SpecError,
                r"'a': Unknown key 'sexx' in references, which name covariates.*Did you mean 'sex'",
            ),
        ],
        ids=["group", "covariate", "variable", "stratum", "one group", "nobody", "reference", "reference of nothing"],
    )
    def test_the_analysis_is_named(self, analysis, group, error, message):
        with pytest.raises(error, match=message):
            ask(analysis, group=group)

    def test_an_error_keeps_its_hint(self):
        with pytest.raises(CohortError) as caught:
            ask({"kind": "compare"}, group=None)
        assert caught.value.hint
        assert caught.value.message.startswith("Analysis 'a': ")


@pytest.mark.parametrize("kind", ["cox", "fine_gray"])
def test_response_among_the_factors_is_warned_of(small, kind):
    rows = [f"p{i},{3 + i * 7 % 31},{i % 3},{('CR', 'PD', 'SD')[i % 7 % 3]},{40 + i * 5 % 37}" for i in range(60)]
    table = "\n".join(["id,t,e,best_response,age", *rows])
    endpoints = {"OS": {"time": "t", "event": "e", "event_is": [1], "competing": {"transplant": [2]}}}
    cohort = small(table, endpoints=endpoints)
    found = ask({"kind": kind, "covariates": ["best_response", "age"]}, group=None, cohort=cohort)
    assert any("known only after treatment began" in note for note in found.notes)
    found = ask({"kind": kind, "covariates": ["age"]}, group=None, cohort=cohort)
    assert not any("known only after" in note for note in found.notes)
