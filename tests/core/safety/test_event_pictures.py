"""Data of the pictures: worst grades of patients, and events in time with what has no date."""

import math

import numpy as np
import pytest

from core.cohort.load import load_cohort, load_files
from core.cohort.select import analysis_set
from core.safety.event_courses import event_courses
from core.safety.patient_terms import patient_terms
from core.spec import AdverseEventsSpec, CohortSpec, EndpointSpec, GroupSpec

PATIENTS = "id,arm,os_months,os_event\n" + "".join(f"p{i},{'AB'[i % 2]},{i + 1},{i % 2}\n" for i in range(8))
EVENTS = """id,ae_term,grade,ae_start,ae_end
p0,Rash,1,5,9
p0,Rash,3,2,
p0,Fever,2,40,41
p2,Rash,,10,
p1,Fever,4,1,
p1,Cough,1,,
p3,Rash,2,7,3
zz,Rash,5,1,2
"""
TERMS = ("Rash", "Fever")


def asked(**keys):
    return AdverseEventsSpec(id="ae", kind="adverse_events", **keys)


@pytest.fixture
def subset(tmp_path):
    return loaded(tmp_path)


def loaded(folder, patients=PATIENTS, events=EVENTS):
    (folder / "patients.csv").write_text(patients)
    (folder / "ae.csv").write_text(events)
    return analysis_set(load_files([folder / "patients.csv", folder / "ae.csv"]), group=GroupSpec(column="arm"))


class TestPatientTerms:
    def test_worst_grade_by_group_and_burden(self, subset):
        grid = patient_terms(subset, asked(), TERMS)
        assert grid.level.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
        # A: p0 had both, p2 a rash without grade; B: p1 and p3 had one each, the higher grade first
        assert grid.row.tolist() == [2, 4, 6, 8, 3, 5, 7, 9]
        assert grid.worst.tolist() == [[3, 2], [0, -1], [-1, -1], [-1, -1], [-1, 4], [2, -1], [-1, -1], [-1, -1]]
        assert grid.unaffected.tolist() == [2, 2]

    def test_events_of_strangers_count_for_nobody(self, subset):
        assert 5 not in patient_terms(subset, asked(), TERMS).worst

    def test_merged_terms_are_one_column(self, subset):
        grid = patient_terms(subset, asked(merge_terms={"Skin or cough": ("Rash", "Cough")}), ("Skin or cough",))
        assert sorted(grid.worst[:, 0].tolist()) == [-1, -1, -1, -1, 0, 1, 2, 3]

    def test_same_as_a_count_in_plain_python(self, tmp_path):
        rng = np.random.default_rng(1)
        rows = [(f"p{rng.integers(0, 8)}", rng.choice(["Rash", "Fever"]), int(rng.integers(1, 6))) for _ in range(40)]
        text = "id,ae_term,grade\n" + "".join(f"{who},{term},{grade}\n" for who, term, grade in rows)
        grid = patient_terms(loaded(tmp_path, events=text), asked(), TERMS)
        for i, row in enumerate(grid.row.tolist()):
            for k, term in enumerate(TERMS):
                own = [grade for who, name, grade in rows if who == f"p{row - 2}" and name == term]
                assert grid.worst[i, k] == max(own, default=-1)


class TestEventCourses:
    def test_lanes_by_group_and_first_event(self, subset):
        found = event_courses(subset, asked(), TERMS, endpoint="OS")
        assert found.row.tolist() == [2, 4, 3, 5]  # p0 day 2, p2 day 10; p1 day 1, p3 day 7
        assert found.level.tolist() == [0, 0, 1, 1]
        events = sorted(zip(found.patient.tolist(), found.term.tolist(), found.start.tolist(), strict=True))
        assert events == [(0, 0, 2.0), (0, 0, 5.0), (0, 1, 40.0), (1, 0, 10.0), (2, 1, 1.0), (3, 0, 7.0)]

    def test_ends_and_follow_up(self, subset):
        found = event_courses(subset, asked(), TERMS, endpoint="OS")
        ends = dict(zip(found.start.tolist(), found.end.tolist(), strict=True))
        assert ends[5.0] == 9.0
        assert math.isnan(ends[7.0])  # the file says day 3
        assert found.follow_up.tolist() == pytest.approx([30.4375, 3 * 30.4375, 2 * 30.4375, 4 * 30.4375])

    def test_what_is_not_drawn_is_counted(self, subset):
        found = event_courses(subset, asked(), (*TERMS, "Cough"), endpoint="OS")
        assert found.notes == (
            "1 event without a known start not drawn.",
            "The end is known of 2 of 6 events; the others are drawn as their first day.",
            "1 event with an end before the start: the end is not drawn.",
            "1 event after the end of follow-up (OS), drawn beyond it.",
        )

    def test_dates_count_from_the_start_date_and_the_cut_is_said(self, tmp_path):
        (tmp_path / "patients.csv").write_text(
            "id,first_dose,death,last_seen\n"
            + "".join(f"p{i},2024-01-{i + 1:02d},,2024-06-0{i + 1}\n" for i in range(8))
        )
        (tmp_path / "ae.csv").write_text(
            "id,ae_term,grade,ae_start,ae_end\np0,Rash,1,2024-01-11,2024-01-13\np3,Rash,2,2024-01-03,\n"
        )
        spec = CohortSpec(
            patients="patients.csv", adverse_events="ae.csv",
            endpoints={"OS": EndpointSpec(start="first_dose", event_date="death", censor_date="last_seen",
                                          data_cut="2024-03-01", unit="days")},
        )  # fmt: skip
        subset = analysis_set(load_cohort(spec, base=tmp_path))
        found = event_courses(subset, asked(), ("Rash",), endpoint="OS")
        days = {int(found.row[lane]): day for lane, day in zip(found.patient, found.start.tolist(), strict=True)}
        assert days == {2: 10.0, 5: -1.0}
        assert found.end[found.start == 10.0].tolist() == [12.0]
        assert sorted(found.follow_up.tolist()) == [57.0, 60.0]
        assert "Follow-up ends at the data cut of 2024-03-01 at the latest." in found.notes

    def test_without_starts_there_is_nothing(self, tmp_path):
        assert event_courses(loaded(tmp_path, events="id,ae_term\np0,Rash\n"), asked(), TERMS, endpoint="OS") is None
