"""The swimmer plot: a lane per patient, marks where they belong, and the longest of many."""

from __future__ import annotations

import pytest

from core.patients.treatment import PatientCourse, Session, TreatmentCourse, given_treatments
from ui.charts.specification import plain
from ui.charts.swimmer import describe_swimmer, shown_courses, swimmer_spec

NAN = float("nan")


def course(patient, level, end, *, died=False, progression=NAN, days=()):
    sessions = tuple(Session(patient=patient, treatment="HIFU", number=i + 1, day=day) for i, day in enumerate(days))
    return PatientCourse(
        patient=patient, level=level, end=end, died=died, progression=progression, response=NAN, best="PR",
        sessions=sessions,
    )  # fmt: skip


def made(*courses, levels=("x", "y")):
    return TreatmentCourse(
        levels=levels, courses=courses, given=given_treatments(courses, levels), measured=(), dose=None,
        progression="PFS",
    )  # fmt: skip


def test_lanes_and_marks():
    table = made(course("a", "x", 304.375, died=True, progression=60.875, days=(-30.4375,)), course("b", "y", 30.4375))
    data = plain(swimmer_spec(table))["datasets"]
    first, second = data["lanes"]
    assert (first["start"], first["end"], first["key"]) == (-1, 10, "x")
    assert (second["start"], second["end"]) == (0, 1)
    marks = {(mark["kind"], mark["y"]): mark["time"] for mark in data["marks"]}
    assert marks == {
        ("HIFU", 0.5): -1,
        ("Progression", 0.5): pytest.approx(2),
        ("Death", 0.5): 10,
        ("Last contact", 1.5): 1,
    }
    assert "2 patients" not in describe_swimmer(table)
    assert "1 patient in x: 1 progressed, 1 died" in describe_swimmer(table)


def test_of_many_the_longest_of_each_group():
    many = [course(f"x{i}", "x", 1000.0 - i) for i in range(180)] + [course(f"y{i}", "y", 500.0 - i) for i in range(60)]
    shown = shown_courses(made(*many))
    assert len(shown) == 120
    assert sum(one.level == "x" for one in shown) == 90
    assert shown[0].patient == "x0"
