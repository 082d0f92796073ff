"""Columns of ablated lesions: what is recognised, in which bands, and when each lesion progressed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.cohort.cohort import Cohort
from core.cohort.lesion_factors import lesion_factor, recognised_factors
from core.cohort.lesion_outcome import lesion_outcome
from core.cohort.load import load_cohort
from core.errors import CohortError, SpecError
from core.spec import CohortSpec, EndpointSpec

PATIENTS = """id,start,os,dead
A,2020-01-01,10,1
B,2020-02-01,20,0
C,2020-03-01,6,1
"""


def cohort_of(tmp_path: Path, lesions: str, patients: str = PATIENTS) -> Cohort:
    (tmp_path / "p.csv").write_text(patients, encoding="utf-8")
    (tmp_path / "l.csv").write_text(lesions, encoding="utf-8")
    spec = CohortSpec.model_validate(
        {
            "patients": "p.csv",
            "lesions": "l.csv",
            "roles": {"patient_id": "id", "start_date": "start"},
            "endpoints": {"OS": {"time": "os", "event": "dead", "event_is": [1]}},
        }
    )
    return load_cohort(spec, base=tmp_path)


HEADERS = [
    ("size_cm", "distance_to_vessel_mm", "margin_mm", "complete_ablation"),
    ("Tumour size (cm)", "Distance to nearest vessel (mm)", "Minimal ablative margin (mm)", "Complete ablation"),
    ("tumor_diameter_cm", "perivascular", "safety margin", "residual tumor"),
    ("肿瘤大小（cm）", "距血管距离（mm）", "消融边缘（mm）", "是否完全消融"),
    ("最大径", "邻近血管", "最小消融边缘", "完全消融"),
]


@pytest.mark.parametrize("header", HEADERS)
def test_columns_are_recognised(tmp_path, header):
    size, vessel, margin, complete = header
    row = "yes" if vessel in ("perivascular", "邻近血管") else "4"
    text = f"id,{size},{vessel},{margin},{complete},ltp_months,ltp_status\n" + "".join(
        f"{name},{value},{row if value < 3 else 'no' if row == 'yes' else 12},7,{answer},5,Censored\n"
        for name, value, answer in (("A", 1.5, "Yes"), ("B", 3.4, "No"), ("C", 2.2, "Yes"))
    )
    table = cohort_of(tmp_path, text).other_tables["lesions"]
    assert list(recognised_factors(table).values()) == list(header)


def test_bands_hold_what_they_say_in_the_columns_unit(tmp_path):
    values = (2.0, 2.1, 3.0, 3.1, 5.0, 5.1)
    text = "id,size_cm,size_in,margin_mm\n" + "".join(
        f"A,{value},{value * 10},{margin}\n" for value, margin in zip(values, (4, 5, 9, 10, 11, 12), strict=True)
    )
    text = text.replace("size_in", "tumour size mm")
    table = cohort_of(tmp_path, text).other_tables["lesions"]
    size = lesion_factor(table, "size_cm")
    assert size.levels == ("≤2 cm", ">2–3 cm", ">3–5 cm", ">5 cm")
    np.testing.assert_array_equal(size.codes, [0, 1, 1, 2, 2, 3])
    margin = lesion_factor(table, "margin_mm")
    assert (margin.levels, margin.reference) == (("<5 mm", "5–<10 mm", "≥10 mm"), "≥10 mm")
    np.testing.assert_array_equal(margin.codes, [0, 1, 1, 2, 2, 2])
    assert lesion_factor(table, "size_cm", cut=[3.0]).levels == ("≤3 cm", ">3 cm")


def test_a_size_without_unit_is_in_mm_where_it_is_large(tmp_path):
    table = cohort_of(tmp_path, "id,diameter\nA,18\nB,25\nC,40\n").other_tables["lesions"]
    assert lesion_factor(table, "diameter").levels[0] == "≤20 mm"


def test_the_reference_is_complete_ablation_and_no_residual(tmp_path):
    text = "id,complete_ablation,residual\nA,Yes,No\nB,No,Yes\nC,Yes,No\n"
    table = cohort_of(tmp_path, text).other_tables["lesions"]
    assert lesion_factor(table, "complete_ablation").reference == "Yes"
    assert lesion_factor(table, "residual").reference == "No"


def test_what_cannot_be_compared_says_so(tmp_path):
    table = cohort_of(tmp_path, "id,note,size_cm\nA,x,1\nB,x,2\nC,x,3\n").other_tables["lesions"]
    with pytest.raises(SpecError, match="different values"):
        lesion_factor(table, "note")
    with pytest.raises(SpecError, match="do not ascend"):
        lesion_factor(table, "size_cm", cut=[3.0, 2.0])
    with pytest.raises(SpecError, match="cannot be cut"):
        lesion_factor(table, "note", cut=[1.0])


def test_times_and_words_give_outcome_and_competing_events(tmp_path):
    text = (
        "id,ltp_months,ltp_status\nA,3,Local tumour progression\nA,10,Death\nB,20,Censored\n"
        "C,6,Death\nB,,Censored\nZ,4,Censored\n"
    )
    found = lesion_outcome(cohort_of(tmp_path, text))
    assert found.name == "LTP"
    np.testing.assert_array_equal(found.event, [True, False, False, False, False, False])
    np.testing.assert_array_equal(found.competing["death"], [False, True, False, True, False, False])
    np.testing.assert_array_equal(found.patient, [0, 0, 1, 2, 1, -1])
    assert (found.why >= 0).tolist() == [False] * 4 + [True, False]


def test_without_words_for_death_the_patients_death_competes(tmp_path):
    found = lesion_outcome(cohort_of(tmp_path, "id,ltp_months,ltp\nA,3,1\nA,10,0\nB,20,0\nC,4,0\n"))
    np.testing.assert_array_equal(found.competing["death"], [False, True, False, False])
    assert "death competes" in " ".join(found.notes)


@pytest.mark.parametrize("header", ["LTP date", "局部进展日期"])
def test_a_date_is_enough_and_the_others_are_followed_with_their_patients(tmp_path, header):
    found = lesion_outcome(cohort_of(tmp_path, f"id,{header}\nA,2020-04-01\nA,\nB,\nC,\n"))
    np.testing.assert_allclose(found.time, [91 / 30.4375, 10, 20, 6])
    np.testing.assert_array_equal(found.event, [True, False, False, False])
    np.testing.assert_array_equal(found.competing["death"], [False, True, False, True])


def test_a_yes_without_a_date_cannot_be_used(tmp_path):
    found = lesion_outcome(cohort_of(tmp_path, "id,LTP,LTP date\nA,yes,\nA,no,\nB,yes,2020-03-01\n"))
    assert found.reasons[found.why[0]] == "local progression without a day"
    np.testing.assert_array_equal(found.event, [False, False, True])


def test_named_columns_win(tmp_path):
    text = "id,ltp_months,ltp_status,t,e\nA,3,Censored,2,1\nB,5,Censored,5,0\nC,5,Censored,4,1\n"
    spec = EndpointSpec.model_validate({"time": "t", "event": "e", "event_is": [1], "unit": "months"})
    np.testing.assert_array_equal(lesion_outcome(cohort_of(tmp_path, text), spec).event, [True, False, True])


def test_a_table_that_says_nothing_of_progression_is_refused(tmp_path):
    with pytest.raises(CohortError, match="does not say when a lesion progressed"):
        lesion_outcome(cohort_of(tmp_path, "id,size_cm\nA,1\nB,2\n"))
