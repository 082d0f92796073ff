"""Within one patient everything agrees: times, dates, responses, grades, adverse events, lesions."""

import math

import numpy as np
import pandas as pd
import pytest

DAYS = 30.4375
START = {"hifu_ici": "first_ici_date", "ablation_tace_net": "first_treatment_date", "hcc_ablation": "ablation_date"}
CUT_OFF = {"hifu_ici": "2024-06-11", "ablation_tace_net": "2023-07-31", "hcc_ablation": "2023-12-31"}
ENROLMENT = {
    "hifu_ici": ("2018-02-01", "2023-12-31"),
    "ablation_tace_net": ("2006-11-01", "2022-12-31"),
    "hcc_ablation": ("2014-01-01", "2021-12-31"),
}
N = {"hifu_ici": 94, "ablation_tace_net": 108, "hcc_ablation": 240}
every_cohort = pytest.mark.parametrize("name", list(START))
two_studies = pytest.mark.parametrize("name", ["hifu_ici", "ablation_tace_net"])


def elapsed(table, start, end):
    """Days between two date columns."""
    return (pd.to_datetime(table[end]) - pd.to_datetime(table[start])).dt.days


@pytest.fixture(scope="module")
def lesions(samples):
    return pd.read_csv(samples / "hcc_ablation" / "lesions.csv")


@every_cohort
class TestTimesAndDates:
    def test_as_many_patients_as_there_should_be(self, tables, name):
        assert tables[name]["patient_id"].is_unique
        assert len(tables[name]) == N[name]

    def test_dates_are_the_times_in_completed_days(self, tables, name):
        table = tables[name]
        days = np.floor(table["os_months"] * DAYS + 1e-9)
        assert (elapsed(table, START[name], "last_seen_date") == days).all()

    def test_death_is_the_last_that_was_seen(self, tables, name):
        table = tables[name]
        assert (table["death_date"].notna() == (table["os_event"] == 1)).all()
        dead = table[table["os_event"] == 1]
        assert (dead["death_date"] == dead["last_seen_date"]).all()

    def test_enrolment_and_cut_off(self, tables, name):
        start, seen = tables[name][START[name]], tables[name]["last_seen_date"]
        first, last = ENROLMENT[name]
        assert first <= start.min()
        assert start.max() <= last
        assert seen.max() <= CUT_OFF[name]

    def test_adverse_events_belong_to_patients_and_lie_in_their_follow_up(self, tables, events, name):
        joined = events[name].merge(tables[name], on="patient_id", how="left", validate="many_to_one")
        assert joined["os_months"].notna().all()
        assert joined["ae_grade"].between(1, 4).all()
        assert (joined["start_day"] >= 1).all()
        assert (joined["start_day"] <= joined["os_months"] * DAYS + 1).all()

    def test_some_patient_has_a_term_twice(self, events, name):
        assert events[name].duplicated(["patient_id", "ae_term"]).any()


@two_studies
class TestProgression:
    def test_never_after_survival_and_death_is_an_event(self, tables, name):
        table = tables[name]
        assert (table["pfs_months"] <= table["os_months"]).all()
        assert (table["pfs_event"] >= table["os_event"]).all()

    def test_progression_dates(self, tables, name):
        table = tables[name]
        died_first = (table["os_event"] == 1) & (table["pfs_months"] == table["os_months"])
        progressed = (table["pfs_event"] == 1) & ~died_first
        assert (table["progression_date"].notna() == progressed).all()
        days = elapsed(table[progressed], START[name], "progression_date")
        assert (days == np.floor(table.loc[progressed, "pfs_months"] * DAYS + 1e-9)).all()

    def test_the_enrolment_is_used_from_end_to_end(self, tables, name):
        start = tables[name][START[name]]
        first, last = ENROLMENT[name]
        assert (start.min()[:7], start.max()[:7]) == (first[:7], last[:7])


class TestHifu:
    def test_hifu_starts_before_progression_and_in_life(self, tables):
        table = tables["hifu_ici"]
        treated = table[table["hifu"] == "Yes"]
        assert treated["first_hifu_day"].notna().all()
        assert (treated["first_hifu_day"] < treated["pfs_months"] * DAYS).all()
        assert (elapsed(treated, "first_ici_date", "first_hifu_date") == treated["first_hifu_day"]).all()
        others = table[table["hifu"] == "No"]
        assert others[["first_hifu_day", "first_hifu_date", "hifu_sequence"]].isna().all(axis=None)
        assert (others["hifu_sessions"] == 0).all()

    def test_organs_are_liver_and_the_sites(self, tables):
        table = tables["hifu_ici"]
        sites = sum((table[f"metastasis_{site}"] == "Yes").astype(int) for site in ("lung", "bone", "brain"))
        assert (table["n_organs"] == 1 + sites + table["other_metastatic_organs"]).all()
        assert ((table["metastasis_other"] == "Yes") == (table["other_metastatic_organs"] > 0)).all()

    def test_oligometastasis_is_few_nodules_in_few_organs(self, tables):
        table = tables["hifu_ici"]
        few = (table["n_nodules"] <= 5) & (table["n_organs"] <= 3)
        assert (few == (table["oligometastasis"] == "Yes")).all()
        assert (table["n_nodules"] >= table["n_organs"]).all()

    def test_ages_are_in_their_group(self, tables):
        table = tables["hifu_ici"]
        cut = pd.cut(table["age_years"], [0, 50, 65, 75, 120], labels=["<=50", "51-65", "65-75", ">75"])
        assert (cut.astype(str) == table["age_group"]).all()

    def test_progressive_disease_progressed_early(self, tables):
        table = tables["hifu_ici"]
        worst = table[table["best_response"] == "PD"]
        assert (worst["pfs_event"] == 1).all()
        assert (worst["pfs_months"] <= 4).all()


class TestNet:
    def test_ki67_is_in_the_band_of_the_grade(self, tables):
        table = tables["ablation_tace_net"]
        band = pd.cut(table["ki67_percent"], [-1, 2, 20, 100], labels=["G1", "G2", "G3"]).astype(str)
        assert (band == table["who_grade"]).all()

    def test_markers_are_on_their_side_of_the_limit(self, tables):
        table = tables["ablation_tace_net"]
        assert ((table["albumin_g_l"] < 40) == (table["albumin_low"] == "Yes")).all()
        assert ((table["cea_ng_ml"] > 5) == (table["cea_raised"] == "Yes")).all()
        assert ((table["ca19_9_u_ml"] > 37) == (table["ca19_9_raised"] == "Yes")).all()
        assert table["albumin_g_l"].between(25, 55).all()

    @pytest.mark.parametrize("marker", ["albumin_low", "cea_raised", "ca19_9_raised"])
    def test_abnormal_markers_rise_with_the_grade(self, tables, marker):
        table = tables["ablation_tace_net"]
        share = (table[marker] == "Yes").groupby(table["who_grade"]).mean()
        assert share["G1"] < share["G2"] < share["G3"]

    def test_no_serious_complication(self, events):
        assert events["ablation_tace_net"]["ae_grade"].max() == 2


class TestHcc:
    ENDPOINTS = ("ltp", "idr", "ehr")

    def test_lesions_belong_to_patients(self, tables, lesions):
        counts = lesions.groupby("patient_id").size()
        table = tables["hcc_ablation"].set_index("patient_id")
        assert (counts.reindex(table.index) == table["n_lesions"]).all()
        assert lesions["lesion_id"].is_unique

    def test_patient_columns_summarise_the_lesions(self, tables, lesions):
        table, by_patient = tables["hcc_ablation"].set_index("patient_id"), lesions.groupby("patient_id")
        assert (by_patient["size_cm"].max() == table["largest_lesion_cm"]).all()
        assert (by_patient["distance_to_vessel_mm"].min() == table["distance_to_vessel_mm"]).all()
        complete = by_patient["complete_ablation"].agg(lambda values: (values == "Yes").all())
        assert (complete == (table["complete_ablation"] == "Yes")).all()

    def test_local_progression_is_the_earliest_of_the_lesions(self, tables, lesions):
        table = tables["hcc_ablation"].set_index("patient_id")
        seen = lesions[lesions["ltp_status"] == "Local tumour progression"].groupby("patient_id")["ltp_months"].min()
        progressed = table["ltp_status"] == "Local tumour progression"
        assert set(seen.index) == set(table.index[progressed])
        assert (table.loc[seen.index, "ltp_months"] == seen).all()

    def test_competing_events_occur_in_every_endpoint(self, tables):
        table = tables["hcc_ablation"]
        for endpoint in self.ENDPOINTS:
            found = set(table[f"{endpoint}_status"])
            assert {"Death", "Censored"} < found
            assert ("Transplant" in found) == (endpoint != "ehr")
        assert {"Transplant", "Death"} < set(table["first_event"])

    def test_times_follow_the_events(self, tables):
        table = tables["hcc_ablation"]
        for endpoint in self.ENDPOINTS:
            time, status = table[f"{endpoint}_months"], table[f"{endpoint}_status"]
            assert (time <= table["os_months"]).all()
            dead = status == "Death"
            assert (table.loc[dead, "os_event"] == 1).all()
            assert (time[dead] == table.loc[dead, "os_months"]).all()
        first = table[[f"{endpoint}_months" for endpoint in self.ENDPOINTS]].min(axis=1)
        assert (table["first_event_months"] == first).all()
        assert (table["rfs_months"] >= first).all()
        assert ((table["recurrence_type"].notna() | (table["os_event"] == 1)) == (table["rfs_event"] == 1)).all()
        assert (table["recurrence_date"].notna() == table["recurrence_type"].notna()).all()

    def test_times_tie_and_values_are_missing(self, tables):
        table = tables["hcc_ablation"]
        assert table["rfs_months"].duplicated().sum() > 30
        for column in ("afp_ng_ml", "bilirubin_umol_l", "lactate_mmol_l", "pd_l1"):
            assert 0 < table[column].isna().sum() < 130

    def test_liver_scores_follow_from_their_parts(self, tables):
        table = tables["hcc_ablation"].dropna(subset=["bilirubin_umol_l"])
        score = 0.66 * table["bilirubin_umol_l"].map(math.log10) - 0.085 * table["albumin_g_l"]
        assert np.allclose(score, table["albi_score"], atol=0.00501)
        grade = 1 + (score > -2.60).astype(int) + (score > -1.39).astype(int)
        assert (grade == table["albi_grade"]).all()
        points = (
            3 + (table["bilirubin_umol_l"] > 34).astype(int) + (table["bilirubin_umol_l"] > 51)
            + (table["albumin_g_l"] < 35) + (table["albumin_g_l"] < 28) + (table["ascites"] == "Yes") + 2
        )  # fmt: skip
        assert (points == table["child_pugh_points"]).all()

    def test_immune_events_only_after_adjuvant_ici(self, tables, events):
        immune = events["hcc_ablation"].query("ae_class == 'Immune-mediated'").merge(tables["hcc_ablation"])
        assert len(immune) > 5
        assert (immune["adjuvant_therapy"] == "ICI").all()
        assert (immune["start_day"] > immune["adjuvant_start_day"]).all()
