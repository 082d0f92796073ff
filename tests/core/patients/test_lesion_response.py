"""Best overall response from lesions: the published rules, one by one, and what holds for every course."""

import math

import numpy as np
import pytest

from core.errors import CohortError
from core.patients.lesion_response import ResponseRules, lesion_response


def one(*assessments, rules=None, **flags):
    """A course of one patient: (day, diameters of lesions 1, 2, ...) each."""
    rows = [(day, i, mm) for day, *lesions in assessments for i, mm in enumerate(lesions)]
    new = [day in flags.get("new", ()) for day, _, _ in rows]
    node = [i in flags.get("nodes", ()) for _, i, _ in rows]
    found = lesion_response(
        ["p"] * len(rows), [f"L{i}" for _, i, _ in rows], [day for day, _, _ in rows], [mm for _, _, mm in rows],
        node=node, new_lesion=new, rules=rules,
    )  # fmt: skip
    return found.courses[0]


def confirmed(**options):
    return ResponseRules(confirmed=True, **options)


@pytest.mark.parametrize(
    ("sums", "best"),
    [
        ([70], "PR"),  # exactly 30 % less
        ([70.1], "SD"),
        ([119.9], "SD"),
        ([120], "PD"),  # exactly 20 % more
        ([0], "CR"),
        ([60, 72], "PR"),  # 20 % above the nadir of 60 is progression, after a response
        ([90, 108], "SD"),
        ([70, 0], "CR"),
        ([130, 60], "PD"),  # nothing counts after progression
    ],
)
def test_thresholds(sums, best):
    assert one((-3, 100), *((56 * (i + 1), mm) for i, mm in enumerate(sums))).best == best


def test_progression_of_small_lesions_needs_five_millimetres_in_recist_only():
    course = (-1, 15), (56, 10), (112, 13)  # 30 % but 3 mm above the nadir
    assert one(*course).response == ("PR", "SD")
    assert one(*course, rules=ResponseRules(criteria="mrecist")).response == ("PR", "PD")
    assert one((-1, 15), (56, 10), (112, 15)).response[-1] == "PD"


def test_a_new_lesion_is_progression():
    course = one((0, 50), (56, 20), (112, 20), new=[112])
    assert course.response == ("PR", "PD")
    assert (course.best, course.progression_day, course.response_day) == ("PR", 112, 56)


def test_nodes_are_gone_below_ten_millimetres():
    assert one((0, 30, 20), (56, 0, 9), nodes=[1]).best == "CR"
    assert one((0, 30, 20), (56, 0, 10), nodes=[1]).best == "PR"
    assert one((0, 30, 20), (56, 0, 9)).best == "PR"


def test_a_lesion_back_after_all_were_gone():
    assert one((0, 30), (56, 0), (112, 3)).response == ("CR", "PD")


def test_what_was_not_measured():
    # 40 of two lesions of 50 + 50: NE without the other; but 130 of the one is progression whatever the other is
    assert one((0, 50, 50), (56, 20, math.nan)).best == "NE"
    assert one((0, 50, 50), (56, 130, math.nan)).best == "PD"
    assert math.isnan(one((0, 50, 50), (56, 20, math.nan)).change[0])


def test_the_last_assessment_before_treatment_is_baseline():
    course = one((-40, 10), (-2, 100), (56, 60))
    assert course.baseline_mm == 100
    assert course.day.tolist() == [56]
    assert course.best_change == pytest.approx(-0.4)
    assert one((10, 80), (66, 40)).baseline_mm == 80


@pytest.mark.parametrize(
    ("after", "best"),
    [
        # RECIST 1.1, table 3: first and next assessment, best response when confirmation is asked for
        ([("CR", 56), ("CR", 112)], "CR"),
        ([("CR", 56), ("PD", 112)], "SD"),
        ([("CR", 20), ("PD", 30)], "PD"),
        ([("CR", 56), ("NE", 112)], "SD"),
        ([("CR", 20), ("NE", 112)], "NE"),
        ([("PR", 56), ("CR", 112)], "PR"),
        ([("PR", 56), ("PR", 112)], "PR"),
        ([("PR", 56), ("SD", 112)], "SD"),
        ([("PR", 56), ("PD", 112)], "SD"),
        ([("PR", 20), ("PD", 30)], "PD"),
        ([("PR", 56), ("NE", 112)], "SD"),
        ([("NE", 56), ("NE", 112)], "NE"),
        ([("PR", 56), ("NE", 84), ("PR", 112)], "PR"),
        ([("PR", 56), ("PR", 70)], "SD"),  # 14 days apart
        ([("PR", 56), ("PR", 70), ("PR", 84)], "PR"),
    ],
)
def test_confirmation(after, best):
    sums = {"CR": 0, "PR": 65, "SD": 75, "NE": math.nan, "PD": 200}
    course = one((0, 100), *((day, sums[code]) for code, day in after), rules=confirmed())
    assert course.response == tuple(code for code, _ in after)
    assert course.best == best


def test_stable_only_after_six_weeks():
    assert one((0, 100), (30, 95)).best == "NE"
    assert one((0, 100), (42, 95)).best == "SD"
    assert one((0, 100), (30, 95), rules=ResponseRules(stable_after=28)).best == "SD"
    assert one((0, 100), (30, 95), (60, 150)).best == "PD"


def test_a_baseline_alone():
    course = one((0, 100))
    assert course.best == "NE"
    assert math.isnan(course.best_change)


def test_patients_without_a_baseline_are_said():
    found = lesion_response(["a", "b"], ["1", "1"], [0, 0], [math.nan, 20])
    assert [course.patient for course in found.courses] == ["b"]
    assert "1 patient without a measured baseline: 'a'" in found.notes[0]


def test_a_lesion_measured_twice_is_said():
    found = lesion_response(["a"] * 3, ["1"] * 3, [0, 56, 56], [20, 20, 10])
    assert found.courses[0].best == "PR"
    assert "1 measurement of a lesion that was measured before on the same day" in found.notes[0]


@pytest.mark.parametrize("seed", range(8))
def test_properties_of_random_courses(seed):
    """The order of rows and the unit do not matter; confirmation never makes a response better."""
    rng = np.random.default_rng(seed)
    patient, lesion, day, mm = [], [], [], []
    for p in range(12):
        for k in range(2):
            size = rng.uniform(15, 60)
            for visit in range(6):
                patient.append(f"p{p}"), lesion.append(str(k)), day.append(56.0 * visit), mm.append(size)
                size = max(0.0, size * rng.choice([0, 0.6, 0.9, 1.05, 1.3], p=[0.05, 0.3, 0.3, 0.25, 0.1]))
    arrays = [np.array(column, dtype=object) for column in (patient, lesion)] + [np.array(day), np.array(mm)]
    order = rng.permutation(len(patient))
    plain = {c.patient: c for c in lesion_response(*arrays).courses}
    mixed = {c.patient: c for c in lesion_response(*(column[order] for column in arrays)).courses}
    strict = {c.patient: c for c in lesion_response(*arrays, rules=confirmed()).courses}
    rank = ["CR", "PR", "SD", "PD", "NE"].index
    assert len(plain) == 12
    for name, course in plain.items():
        assert mixed[name].best == course.best
        assert rank(strict[name].best) >= rank(course.best)
        assert course.change.min() >= -1
        if not math.isnan(course.response_day) and not math.isnan(course.progression_day):
            assert course.response_day < course.progression_day


def test_nothing_measured():
    assert lesion_response([], [], [], []).courses == ()


def test_wrong_use_is_said():
    with pytest.raises(CohortError, match="negative"):
        lesion_response(["a"], ["1"], [0], [-1])
    with pytest.raises(CohortError, match="one value for each"):
        lesion_response(["a"], ["1"], [0, 1], [5])
    with pytest.raises(CohortError, match="day of an assessment"):
        lesion_response(["a"], ["1"], [math.nan], [5])
