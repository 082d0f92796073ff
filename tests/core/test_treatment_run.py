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
from core.reporting.courses_report import courses_report
from core.reporting.dose_report import dose_report
from core.reporting.dose_words import dose_sentence
from core.reporting.treatment_report import given_report, sessions_report
from core.reporting.treatment_sentence import treatment_headline
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
    assert report.rows[-1].cells[3].text == f"{energy.median():,.0f} ({energy.min():,.0f} to {energy.max():,.0f})"


def test_dose_against_outcome_as_r(hifu):
    # R, energy over volume of the patients with HIFU, last session in months from time zero:
    # coxph(Surv(last, time, event) ~ log2(dose)); cor.test(dose, response, method = "spearman", exact = FALSE)
    result = answer(hifu)
    dose = result.treatment_course.dose
    assert (dose.n, dose.n_events, dose.rho_n) == (28, 20, 27)
    hazard = dose.hazard
    found = [hazard.hazard_ratio, hazard.conf_low, hazard.conf_high, hazard.p_value, dose.rho, dose.rho_p_value]
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


def test_thirds_of_the_dose_and_its_bend_as_r(hifu):
    # R, as above with x = log2(dose), last = day of the last session / 30.4375:
    # sd(x); exp(sd(x) * c(coef(f), confint(f))); 2 * diff(loglik) of coxph(~ x) and
    # coxph(~ rcspline.eval(x, sort(x)[c(5, 24)] and median(x), inclx = TRUE));
    # third <- findInterval(dose, quantile(dose, 1:2 / 3), left.open = TRUE); prop.trend.test(responders, evaluable);
    # summary(coxph(Surv(time - last, event) ~ third, ties = "exact"))$sctest;
    # quantile(survfit(Surv(time - last, event) ~ third, conf.type = "log-log"), 0.5)
    dose = answer(hifu).treatment_course.dose
    hazard = dose.hazard
    np.testing.assert_allclose(
        [hazard.sd, *hazard.per_sd],
        [1.44646708397588, 0.987169865324506, 0.607132773879727, 1.605092633654881],
        rtol=1e-8,
    )
    np.testing.assert_allclose(
        [hazard.bend_statistic, hazard.bend_p_value], [0.219564343335335, 0.639372067538554], rtol=1e-7
    )
    np.testing.assert_allclose(
        [dose.response_trend_p, dose.survival_trend_p], [0.764624571121911, 0.8069329530702979], rtol=1e-10
    )
    np.testing.assert_allclose(
        [dose.sessions_rho, dose.sessions_rho_p_value], [0.0174152503193331, 0.9299101850550072], rtol=1e-9
    )
    assert [(one.n, one.responders, one.evaluable) for one in dose.levels] == [(10, 4, 10), (9, 3, 8), (9, 3, 9)]
    np.testing.assert_allclose(
        [(one.median.value, one.median.conf_low) for one in dose.levels],
        [(16.9059548255, 7.08145790554), (13.8200410678, 6.84449691992), (18.1503490760, 3.87597535934)],
    )
    assert all(np.isnan(one.median.conf_high) for one in dose.levels)


def test_thirds_of_the_dose_in_a_table(hifu):
    report = dose_report(answer(hifu))
    assert [cell.text for cell in report.rows[0].cells] == [
        "Lowest third", "921 to 3,843", "10", "4/10, 40.0 % (12.2–73.8)", "7/10", "16.9 (7.1–NR)"
    ]  # fmt: skip
    assert "Response over the dose: Cochran-Armitage test for trend, P = 0.76." in report.footnotes
    assert "Survival over the dose: log-rank test for trend, P = 0.81." in report.footnotes


def test_each_patient_in_a_row(hifu):
    frame = courses_report(answer(hifu)).values_frame().set_index("Patient")
    sessions = pd.read_csv(FOLDER / "sessions.csv")
    patients = pd.read_csv(FOLDER / "patients.csv").set_index("patient_id")
    assert sorted(frame.index) == sorted(patients.index)
    for name, row in frame.iterrows():
        for treatment in ("HIFU", "ICI"):
            own = sessions[(sessions["patient_id"] == name) & (sessions["treatment"] == treatment)]
            assert row[f"{treatment}, number"] == len(own)
            if len(own):
                assert row[f"{treatment}, first on day"] == own["day"].min()
                assert row[f"{treatment}, last on day"] == own["day"].max()
        assert row["Followed, months"] == pytest.approx(patients.loc[name, "os_months"])
        assert row["End"] == ("died" if patients.loc[name, "os_event"] else "last contact")
        measured = sessions[(sessions["patient_id"] == name) & sessions["total_energy_j"].notna()]
        dose = row["Energy per volume (J/cm³)"]
        if len(measured):
            expected = measured["total_energy_j"].sum() / measured["ablation_volume_cm3"].sum()
            assert dose == pytest.approx(expected)
        else:
            assert dose is None


def test_few_patients_with_a_dose_have_no_thirds():
    sessions = "patient_id,treatment,day,energy_j,volume_cm3\na,HIFU,3,100,5\nb,HIFU,2,300,5\nc,HIFU,300,200,5\n"
    result = answer(small(sessions))
    dose = result.treatment_course.dose
    assert dose.levels == ()
    assert dose_report(result) is None
    assert np.isnan(dose.hazard.hazard_ratio)
    assert (dose.n, dose.n_events) == (2, 1)  # c died before the day of its last session
    assert any("1 patient not followed beyond the last session" in note for note in result.notes)


def test_json_says_the_same(hifu):
    written = json.loads(json.dumps(as_json(answer(hifu))))
    assert len(written["patients"]) == 94
    assert sum(one["adds_up"] is False for one in written["sessions"]) == 2
    assert written["dose"]["n_events"] == 20
    assert [one["n"] for one in written["dose"]["levels"]] == [10, 9, 9]
    assert set(written["dose"]["per_sd"]) == {"sd", "hazard_ratio", "conf_low", "conf_high"}


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
