"""Lesions from a specification to JSON, tables and sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.cohort.load import load_cohort
from core.errors import CohortError
from core.regression.lesion_recurrence import first_of_each_patient
from core.reporting.as_json import as_json
from core.reporting.lesion_sentence import cluster_sentence, factor_sentence, lesion_headline
from core.reporting.lesion_tables import both_levels_table, lesion_factor_table, lesion_model_table
from core.reporting.methods_text import method_lines
from core.run import run
from core.spec import AnalysisSpec
from core.survival.competing_risks import CompetingRisks
from core.timetoevent import TimeToEvent

SAMPLE = Path(__file__).parents[2] / "sample_data" / "hcc_ablation"


@pytest.fixture(scope="module")
def cohort():
    spec = AnalysisSpec.from_json((SAMPLE / "spec.json").read_text(encoding="utf-8"))
    return load_cohort(spec.cohort, base=SAMPLE, synthetic=True)


def answer(cohort, **asked):
    analysis = {"id": "l", "kind": "lesion_recurrence", **asked}
    filters = analysis.pop("patients", [])
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec.model_dump(mode="json", exclude_defaults=True), "filters": filters,
         "analyses": [analysis]}
    )  # fmt: skip
    return run(spec, cohort)["l"]


def test_counts_are_those_of_the_file(cohort):
    value = answer(cohort, times=[24, 36]).lesion_recurrence
    lesions = pd.read_csv(SAMPLE / "lesions.csv")
    progressed = lesions["ltp_status"] == "Local tumour progression"
    assert (value.n_lesions, value.n_events) == (len(lesions), int(progressed.sum()))
    assert value.n_patients == lesions["patient_id"].nunique()
    assert value.n_patients_with == lesions.loc[progressed, "patient_id"].nunique()
    assert value.per_patient == lesions["patient_id"].value_counts().value_counts().sort_index().to_dict()
    size = value.factors[0]
    bands = pd.cut(lesions["size_cm"], [0, 2, 3, 5, 99])
    assert [group.causes[0].estimate.n for group in size.incidence.groups] == bands.value_counts(sort=False).tolist()
    assert [int(g.causes[0].estimate.n_events_total) for g in size.incidence.groups] == [
        int(n) for n in progressed.groupby(bands, observed=False).sum()
    ]


def test_the_patients_first_progression_is_that_of_the_patients_table(cohort):
    value = answer(cohort, times=[36]).lesion_recurrence
    patients = pd.read_csv(SAMPLE / "patients.csv")
    assert int(value.patients.groups[0].causes[0].estimate.n_events_total) == int(
        (patients["ltp_status"] == "Local tumour progression").sum()
    )


def test_first_of_each_patient_by_hand():
    data = TimeToEvent(time=np.array([5.0, 3.0, 8.0, 4.0, 6.0]), event=np.array([True, True, True, False, False]))
    first = first_of_each_patient(
        CompetingRisks(data=data, cause=np.array([1, 1, 2, 0, 0]), causes=("ltp", "death")), np.array([0, 0, 1, 2, 2])
    )
    assert first.data.time.tolist() == [3, 8, 6]
    assert first.cause.tolist() == [1, 2, 0]


def test_factors_are_tested_by_patient_and_the_model_holds_all(cohort):
    result = answer(cohort, times=[36])
    value = result.lesion_recurrence
    assert [one.factor.column for one in value.factors] == [
        "size_cm", "distance_to_vessel_mm", "margin_mm", "complete_ablation",
    ]  # fmt: skip
    complete = value.factors[-1]
    assert complete.factor.reference == "Yes"
    assert complete.terms[0].hazard_ratio > 3
    assert complete.test is not None
    assert complete.test.robust
    assert value.factors[2].n_missing == value.missing["margin_mm"] > 0
    assert value.model is not None
    assert value.model.robust
    assert value.model.n_clusters is not None
    assert value.model.n_clusters < value.model.n


def test_bands_groups_of_patients_and_filters(cohort):
    result = answer(
        cohort,
        factors=["size_cm"],
        bands={"size_cm": [3]},
        covariates=[],
        group={"column": "ablation_modality"},
        patients=[{"column": "sex", "op": "==", "value": "Female"}],
    )
    value = result.lesion_recurrence
    assert value.factors[0].factor.levels == ("≤3 cm", ">3 cm")
    assert value.factors[1].factor.of_patients
    assert value.factors[1].factor.column == "ablation_modality"
    assert value.model is None
    assert any("of patients who are not analysed" in note for note in result.notes)


def test_json_tables_and_sentences_agree(cohort):
    result = answer(cohort, times=[36], group={"column": "ablation_modality"})
    written = as_json(result)
    share = written["lesions"]["all"]["LTP"]["at"][0]["incidence"]
    assert f"{100 * share:.1f} %" in lesion_headline(result)
    table = lesion_factor_table(result)
    assert len(table.rows) == sum(1 + len(one.factor.levels) for one in result.lesion_recurrence.factors)
    assert written["factors"][0]["robust_score"]["df"] == 3
    assert "Lesions" in both_levels_table(result).rows[1].cells[0].text
    model = lesion_model_table(result)
    assert model is not None
    assert len(model.rows) == 4
    assert "standard error" in cluster_sentence(result)
    assert factor_sentence(result.lesion_recurrence.factors[0]).startswith("By size (cm): robust score test")
    assert any("cluster = patient" in line for line in method_lines(result))


def test_few_patients_with_the_event_are_warned_of(cohort):
    result = answer(cohort, times=[36], patients=[{"column": "age_years", "op": "<", "value": 50}])
    assert any(note.startswith("Only ") and "robust errors rest on patients" in note for note in result.notes)
    assert any(note.startswith("Fewer than 10 patients with the event by") for note in result.notes)


def test_what_cannot_be_asked_says_so(cohort):
    with pytest.raises(CohortError, match="Did you mean"):
        answer(cohort, factors=["size_cmm"])
    with pytest.raises(CohortError, match="bands"):
        answer(cohort, factors=["size_cm"], bands={"margin_mm": [5]})


def test_a_level_in_which_one_patient_progressed_has_no_ratio(cohort):
    lesions = pd.read_csv(SAMPLE / "lesions.csv")
    progressed = lesions.loc[lesions["ltp_status"] == "Local tumour progression"]
    cut = float(progressed["size_cm"].max()) - 0.01
    assert progressed.loc[progressed["size_cm"] > cut, "patient_id"].nunique() < 3
    size = answer(cohort, factors=["size_cm"], bands={"size_cm": [2, cut]}).lesion_recurrence.factors[0]
    middle, top = (next(term for term in size.terms if str(term.level) == level) for level in size.factor.levels[1:])
    assert np.isfinite([middle.hazard_ratio, middle.std_error, middle.p_value]).all()
    assert np.isnan([top.hazard_ratio, top.std_error, top.conf_low, top.conf_high, top.p_value]).all()
    assert any("fewer than 3 patients progressed" in note for note in size.notes)
