"""The treatment course of the HIFU cohort, and of cohorts that lack something."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.cohort.load import cohort_from_files, load_cohort
from core.errors import CohortError
from core.reporting.as_json import as_json
from core.reporting.treatment_report import given_report, sessions_report
from core.reporting.treatment_sentence import dose_sentence, treatment_headline
from core.run import run_analysis
from core.spec import AnalysisSpec

FOLDER = Path(__file__).parents[2] / "sample_data" / "hifu_ici"
PATIENTS = "patient_id,arm,os_months,os_event,pfs_months,pfs_event\na,x,10,1,4,1\nb,x,5,0,5,0\nc,y,8,1,8,1\n"
SESSIONS = "patient_id,treatment,day\na,TACE,0\na,TACE,40\nc,TACE,3\nstranger,TACE,3\nb,TACE,\n"


def answer(cohort, **asked):
    question = {"id": "t", "kind": "treatment_course", "endpoint": "OS", "progression": "PFS", **asked}
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": [question]})
    return run_analysis(spec, cohort, spec.analyses[0])


@pytest.fixture(scope="module")
def hifu():
    return load_cohort(AnalysisSpec.from_file(FOLDER / "spec.json").cohort, base=FOLDER, name="hifu")


def small(sessions=SESSIONS, patients=PATIENTS):
    return cohort_from_files({"patients.csv": patients.encode(), "sessions.csv": sessions.encode()}, name="small")


def test_courses_are_those_of_the_files(hifu):
    table = answer(hifu).treatment_course
    patients = pd.read_csv(FOLDER / "patients.csv").set_index("patient_id")
    sessions = pd.read_csv(FOLDER / "sessions.csv")
    assert len(table.courses) == 94
    assert table.treatments == ("HIFU", "ICI")
    for course in table.courses:
        row = patients.loc[course.patient]
        assert course.end == pytest.approx(row["os_months"] * 30.4375)
        assert course.died == bool(row["os_event"])
        assert np.isfinite(course.progression) == isinstance(row["progression_date"], str)
        assert np.isfinite(course.response) == (row["best_response"] in ("CR", "PR"))
        own = sessions[sessions["patient_id"] == course.patient]
        assert [one.day for one in course.sessions] == own["day"].tolist()
        assert [one.number for one in course.sessions if one.treatment == "HIFU"] == list(
            range(1, row["hifu_sessions"] + 1)
        )


def test_the_published_sessions_and_the_two_that_do_not_add_up(hifu):
    result = answer(hifu)
    table = result.treatment_course
    printed = pd.read_csv(FOLDER.parent / "hifu_sessions.csv")
    assert sorted(one.energy for one in table.measured) == sorted(printed["total_energy_j"])
    assert sorted((one.energy, one.energy_by_power) for one in table.faults) == [(130200, 167650), (213600, 203504)]
    said = treatment_headline(result)
    assert "28 patients had 36 sessions of HIFU" in said
    assert "not power times time in 2 of 36 sessions" in said
    report = sessions_report(result)
    assert sorted(row.cells[-1].text for row in report.rows[:-1] if row.cells[-1].text) == ["+28.8 %", "−4.7 %"]
    energy = printed["total_energy_j"]
    assert report.rows[-1].cells[3].text == f"{energy.median():.0f} ({energy.min():.0f} to {energy.max():.0f})"


def test_dose_against_outcome_as_r(hifu):
    # R, energy over volume of the patients with HIFU, last session in months from time zero:
    # coxph(Surv(last, time, event) ~ log2(dose)); cor.test(dose, response, method = "spearman", exact = FALSE)
    result = answer(hifu)
    dose = result.treatment_course.dose
    assert (dose.n, dose.n_events, dose.rho_n) == (28, 20, 27)
    found = [dose.hazard_ratio, dose.conf_low, dose.conf_high, dose.p_value, dose.rho, dose.rho_p_value]
    r = [
        0.9911123573290791,
        0.708231795991819,
        1.386980520233168,
        0.9584755966965823,
        -0.04107439504921245,
        0.838810550930686,
    ]
    np.testing.assert_allclose(found, r, rtol=1e-8)
    assert "Wald P" in dose_sentence(result)
    assert any("exploratory" in note for note in result.notes)


def test_json_says_the_same(hifu):
    written = json.loads(json.dumps(as_json(answer(hifu))))
    assert len(written["patients"]) == 94
    assert sum(one["adds_up"] is False for one in written["sessions"]) == 2
    assert written["dose"]["n_events"] == 20


def test_a_small_cohort():
    result = answer(small())
    table = result.treatment_course
    by_name = {course.patient: course for course in table.courses}
    assert [len(by_name[name].sessions) for name in "abc"] == [2, 1, 1]
    # c progressed and died at once: that is the death. b was never seen to progress.
    assert [np.isfinite(by_name[name].progression) for name in "abc"] == [True, False, False]
    assert table.dose is None
    assert dose_sentence(result) == ""
    assert any("1 session without a day" in note for note in result.notes)
    assert any("1 session of nobody in the patients' table" in note for note in result.notes)
    assert [cell.text for cell in given_report(result).rows[0].cells[:3]] == ["TACE", "3 (100.0)", "4"]


@pytest.mark.parametrize(
    ("cohort", "asked", "message"),
    [
        (lambda: small("patient_id,day\nz,3\n"), {}, "no treatment sessions"),
        (small, {"progression": "PFSS"}, "not defined"),
        (lambda: cohort_from_files({"patients.csv": PATIENTS.encode()}, name="alone"), {}, "no treatment sessions"),
    ],
)
def test_what_is_missing_is_said(cohort, asked, message):
    with pytest.raises(CohortError, match=message):
        answer(cohort(), **asked)
