"""CDISC ADaM: parameters become endpoints, CNSR is turned round once, TRTEMFL and BOR are honoured."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from core.__main__ import main
from core.cohort.adam import event_of
from core.cohort.load import cohort_from_files, load_cohort, load_files
from core.cohort.select import analysis_set
from core.errors import ReadError
from core.spec import CohortSpec
from tests.core.cohort.tables import delimited, issue

N = 20
SUBJECTS = [f"01-{i:03d}" for i in range(1, N + 1)]
ADSL = [
    ["STUDYID", "USUBJID", "AGE", "SEX", "TRT01P", "SAFFL"],
    *(["S1", subject, 50 + i, "MF"[i % 2], ("HIFU", "Control")[i % 2], "Y"] for i, subject in enumerate(SUBJECTS)),
]


def adtte(**columns):
    """Two parameters per patient; every third OS is a death, CNSR 1 and 2 are reasons to be censored."""
    header = ["USUBJID", "PARAMCD", "PARAM", "AVAL", "CNSR", *columns]
    rows = [header]
    for i, subject in enumerate(SUBJECTS):
        extra = [value(i) for value in columns.values()]
        rows.append([subject, "OS", "Overall Survival", 100 + 10 * i, 0 if i % 3 == 0 else 1 + i % 2, *extra])
        rows.append([subject, "LTPFS", "Local control", 50 + 5 * i, 0 if i % 2 == 0 else 1, *extra])
    return rows


ADAE = [
    ["USUBJID", "AEDECOD", "AEBODSYS", "AETOXGR", "TRTEMFL"],
    [SUBJECTS[0], "PYREXIA", "GENERAL", 2, "Y"],
    [SUBJECTS[0], "PAIN", "GENERAL", 3, ""],
    [SUBJECTS[1], "RASH", "SKIN", 1, "Y"],
]
ADRS = [
    ["USUBJID", "PARAMCD", "PARAM", "AVISIT", "AVALC", "ANL01FL"],
    *([s, "OVRLRESP", "Overall response", "WEEK 6", "SD", "Y"] for s in SUBJECTS),
    *([s, "BOR", "Best overall response", "", ("CR", "PR", "SD", "PD")[i % 4], "Y"] for i, s in enumerate(SUBJECTS)),
    [SUBJECTS[3], "BOR", "Best overall response", "", "CR", ""],
]
STUDY = {
    "adsl.csv": delimited(ADSL),
    "adtte.csv": delimited(adtte()),
    "adae.csv": delimited(ADAE),
    "adrs.csv": delimited(ADRS),
}


@pytest.mark.parametrize(
    ("cnsr", "event"),
    [("0", "1"), ("1", "0"), ("2", "0"), ("0.0", "1"), (None, None), ("", None), ("Y", None)],
)
def test_cnsr_is_turned_round(cnsr, event):
    assert event_of([cnsr]) == [event]


class TestOneStudy:
    def test_every_parameter_is_an_endpoint(self):
        cohort = cohort_from_files(STUDY, name="study")
        assert list(cohort.spec.endpoints) == ["OS", "LTPFS"]
        os, local = (analysis_set(cohort, endpoint=name) for name in ("OS", "LTPFS"))
        assert (os.n, int(os.data.event.sum()), float(os.data.time.max())) == (N, 7, 290)
        assert int(local.data.event.sum()) == 10

    def test_the_times_belong_to_the_patients_named_beside_them(self):
        shuffled = delimited([adtte()[0], *reversed(adtte()[1:])])
        for files in (STUDY, STUDY | {"adtte.csv": shuffled}):
            frame = cohort_from_files(files, name="study").patients.frame
            assert frame["OS (days)"].tolist() == [100 + 10 * i for i in range(N)]

    def test_events_after_treatment_are_left_out_and_said(self):
        cohort = cohort_from_files(STUDY, name="study")
        assert cohort.adverse_events.frame["AEDECOD"].tolist() == ["PYREXIA", "RASH"]
        assert issue(cohort, "not-treatment-emergent").rows == (3,)

    def test_best_response_is_the_one_meant_for_analysis(self):
        frame = cohort_from_files(STUDY, name="study").patients.frame
        assert frame["Best response"].tolist() == [("CR", "PR", "SD", "PD")[i % 4] for i in range(N)]

    def test_patients_without_times_are_counted(self):
        cohort = cohort_from_files(STUDY | {"adtte.csv": delimited(adtte()[:-2])}, name="study")
        (left,) = analysis_set(cohort, endpoint="OS").exclusions
        assert (left.n, left.rows) == (1, (N + 1,))
        assert "1 patient without any time" in issue(cohort, "patients-without-rows").message

    def test_times_of_unknown_patients_are_shown(self):
        extra = ["99-999", "OS", "Overall Survival", 5, 0]
        cohort = cohort_from_files(STUDY | {"adtte.csv": delimited([*adtte(), extra])}, name="study")
        assert issue(cohort, "unknown-patient").rows == (2 * N + 2,)
        assert cohort.n == N

    def test_a_parameter_twice_for_one_patient_is_said_and_the_first_counts(self):
        again = [SUBJECTS[0], "OS", "Overall Survival", 9999, 0]
        cohort = cohort_from_files(STUDY | {"adtte.csv": delimited([*adtte(), again])}, name="study")
        assert issue(cohort, "adam-repeated").rows == (2 * N + 2,)
        assert cohort.patients.frame["OS (days)"].iloc[0] == 100

    def test_times_alone_name_their_patients(self):
        content = delimited(adtte(TRT01P=lambda i: ("HIFU", "Control")[i % 2], AVALU=lambda i: "MONTHS"))
        cohort = cohort_from_files({"adtte.csv": content}, name="study")
        assert cohort.n == N
        assert set(cohort.patients.frame.columns) >= {"USUBJID", "TRT01P", "OS (months)", "OS event"}
        assert "CNSR" not in cohort.patients.frame.columns
        assert analysis_set(cohort, endpoint="LTPFS").n == N

    def test_described_then_run(self, tmp_path, monkeypatch, capfdbinary):
        monkeypatch.chdir(tmp_path)
        for name, content in STUDY.items():
            (tmp_path / name).write_bytes(content)
        assert main(["describe", *STUDY]) == 0
        spec = json.loads(capfdbinary.readouterr().out)["spec"]
        assert (spec["cohort"]["time_to_event"], spec["cohort"]["response"]) == ("adtte.csv", "adrs.csv")
        spec["analyses"] = [
            {"id": "km", "kind": "kaplan_meier", "endpoint": "LTPFS"},
            {"id": "ae", "kind": "adverse_events"},
        ]
        (tmp_path / "spec.json").write_text(json.dumps(spec))
        assert main(["run", "spec.json"]) == 0
        results = json.loads(capfdbinary.readouterr().out)
        assert sum(group["n_events"] for group in results["km"]["groups"].values()) == 10

    def test_read_again_it_is_the_same_cohort(self, tmp_path):
        for name, content in STUDY.items():
            (tmp_path / name).write_bytes(content)
        found = load_files([tmp_path / name for name in STUDY])
        again = load_cohort(found.spec, base=tmp_path)
        assert (again.spec, again.digest) == (found.spec, found.digest)
        assert again.patients.frame.equals(found.patients.frame)
        bare = CohortSpec(patients="adsl.csv", time_to_event="adtte.csv")
        assert load_cohort(bare, base=tmp_path).spec.endpoints == found.spec.endpoints


class TestUnits:
    @pytest.mark.parametrize(
        ("columns", "unit"),
        [
            ({"AVALU": lambda i: "DAYS"}, "days"),
            ({"AVALU": lambda i: "Months"}, "months"),
            ({}, "days"),
        ],
    )
    def test_as_said(self, columns, unit):
        cohort = cohort_from_files({"adsl.csv": STUDY["adsl.csv"], "t.csv": delimited(adtte(**columns))}, name="s")
        assert cohort.spec.endpoints["OS"].unit == unit

    def test_as_the_dates_show(self):
        start = dt.date(2020, 1, 1)
        rows = [["USUBJID", "PARAMCD", "AVAL", "CNSR", "STARTDT", "ADT"]]
        for i, subject in enumerate(SUBJECTS):
            months = round((40 * i + 1) / 30.4375, 4)
            rows.append([subject, "OS", months, i % 2, start, start + dt.timedelta(days=40 * i)])
        cohort = cohort_from_files({"adsl.csv": STUDY["adsl.csv"], "t.csv": delimited(rows)}, name="s")
        assert cohort.spec.endpoints["OS"].unit == "months"
        assert "as ADT and STARTDT show" in issue(cohort, "adam-endpoints").message


@pytest.mark.parametrize("name", ["adae.csv", "adrs.csv"])
def test_events_or_responses_alone_are_refused(name):
    with pytest.raises(ReadError, match=r"not one row per patient, and no table of patients is beside it"):
        cohort_from_files({name: STUDY[name]}, name="x")


FOLDER = Path(os.environ.get("COHORTSCOPE_ADAM", Path(__file__).parents[4] / "shared" / "adam"))


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the public ADaM example is not beside the repository")
def test_the_public_example():
    cohort = load_files([FOLDER / f"{name}.csv" for name in ("adsl", "adtte_onco", "adae", "adrs_onco")])
    assert (cohort.n, cohort.adverse_events.n) == (306, 1122)
    counts = {name: analysis_set(cohort, endpoint=name) for name in ("OS", "PFS", "RSD")}
    assert {name: (one.n, int(one.data.event.sum())) for name, one in counts.items()} == {
        "OS": (254, 3), "PFS": (254, 6), "RSD": (4, 1),
    }  # fmt: skip
    assert {spec.unit for spec in cohort.spec.endpoints.values()} == {"days"}
    assert cohort.patients.frame["Best response"].value_counts()["CR"] == 3
    assert len(issue(cohort, "not-treatment-emergent").rows) == 69
