"""One patient's course as a picture: a row each, adverse events as bars, nothing undated."""

from __future__ import annotations

import pytest

from core.patients.profile import PatientEvent, PatientProfile
from core.patients.treatment import PatientCourse, Session
from ui.charts.patient_course import describe_patient_course, patient_course_spec
from ui.charts.specification import plain

NAN = float("nan")


def test_rows_bars_and_marks():
    month = 30.4375
    profile = PatientProfile(
        course=PatientCourse(
            patient="p", level="all", end=10 * month, died=True, progression=4 * month, response=NAN, best=None,
            sessions=(
                Session(patient="p", treatment="TACE", number=1, day=-month),
                Session(patient="p", treatment="TACE", number=2, day=NAN),
            ),
        ),
        lesions=None,
        adverse_events=(
            PatientEvent(term="Pain", grade=2, start=month, end=3 * month),
            PatientEvent(term="Fever", grade=3, start=2 * month),
            PatientEvent(term="Undated", grade=1, start=NAN),
        ),
        facts=(),
    )  # fmt: skip
    spec = plain(patient_course_spec(profile))
    bars = {bar["row"]: (bar["start"], bar["end"]) for bar in spec["datasets"]["bars"]}
    assert bars["Follow-up"] == (0, 10)
    assert bars["Pain"] == (1, 3)
    assert bars["Fever"] == (2, pytest.approx(2 + 2 / month))
    assert "Undated" not in bars
    colors = {bar["row"]: bar["color"] for bar in spec["datasets"]["bars"]}
    assert colors["Pain"] != colors["Fever"]
    marks = [(mark["row"], round(mark["time"], 9)) for mark in spec["datasets"]["marks"]]
    assert marks == [("Follow-up", 4), ("Follow-up", 10), ("TACE", -1)]
    labels = {(one["row"], one["label"]) for one in spec["datasets"]["labels"]}
    assert {("Pain", "2"), ("Fever", "3"), ("Follow-up", "death")} <= labels
    assert "on day 304 (Death)" in describe_patient_course(profile)
