"""One patient's course as a picture: a row each, adverse events as bars, nothing undated."""

from __future__ import annotations

import numpy as np
import pytest

from core.cohort.lab_columns import LabSeries
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


def test_laboratory_values_are_lines_within_their_rows():
    month = 30.4375
    alt = LabSeries(
        test="ALT", unit="U/L", day=np.array([-month, 0.0, month]), value=np.array([20.0, 80.0, 50.0]), low=7, high=56
    )
    one = LabSeries(test="AFP", unit="", day=np.array([0.0]), value=np.array([400.0]))
    course = PatientCourse(
        patient="p", level="all", end=2 * month, died=False, progression=NAN, response=NAN, best=None, sessions=()
    )  # fmt: skip
    profile = PatientProfile(course=course, lesions=None, adverse_events=(), facts=(), labs=(alt, one))
    spec = plain(patient_course_spec(profile))
    values = spec["datasets"]["labs"]
    assert [(value["row"], round(value["time"], 9)) for value in values] == [
        ("ALT (U/L)", -1), ("ALT (U/L)", 0), ("ALT (U/L)", 1), ("AFP", 0)
    ]  # fmt: skip
    # rows: follow-up, ALT, AFP; the largest value stands highest in its row, a single one in the middle
    lowest, highest, between, single = (value["level"] for value in values)
    assert 1 < highest < between < lowest < 2
    assert single == 2.5
    colors = [value["color"] for value in values]
    assert colors[1] != colors[0] == colors[2]
    assert [value["label"] for value in spec["datasets"]["lab_labels"]] == ["50", "400"]
    assert "ALT 80 U/L, day 0" in {value["told"] for value in values}
    assert describe_patient_course(profile).endswith("Laboratory values over time: ALT, AFP.")
