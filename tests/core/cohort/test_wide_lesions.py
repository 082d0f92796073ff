"""Lesions that stand in columns of the patients' table: which columns those are, the rows they make, the way back."""

import pytest

from core.cohort.lesion_columns import lesion_measurements
from core.cohort.load import cohort_from_files, with_spec
from core.cohort.read import read_table
from core.cohort.wide_lesions import lesion_columns
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.core.cohort.tables import codes, delimited, issue

HEADER = ["id", "os_months", "os_event", "target1_baseline", "target1_month3", "target2_baseline", "target2_month3"]
ROWS = [
    ["A", 5, 1, 40, 20, 20, 10],  # -50 %: PR
    ["B", 6, 0, 40, 52, "", ""],  # +30 %: PD
    ["C", 7, 1, 40, 38, 20, 21],  # -2 %: SD
    ["D", 8, 0, 40, 0, "", ""],  # gone: CR
    ["E", 9, 1, 40, "NA", 20, 20],  # one not measured: NE
]


def loaded(rows, header=HEADER):
    return cohort_from_files({"p.csv": delimited([header, *rows])}, name="p")


def best(cohort):
    spec = AnalysisSpec.model_validate(
        {"cohort": cohort.spec.model_dump(), "analyses": [{"id": "r", "kind": "response", "source": "lesions"}]}
    )
    lesions = run_analysis(spec, cohort, spec.analyses[0]).value.lesions
    return {course.patient: course.best for course in lesions.courses}


def test_response_is_computed_from_them():
    cohort = loaded(ROWS)
    assert best(cohort) == {"A": "PR", "B": "PD", "C": "SD", "D": "CR", "E": "NE"}
    measured = lesion_measurements(cohort)
    assert (len(measured.day), set(measured.day.round(1))) == (15, {0.0, 91.3})
    found = issue(cohort, "lesions-in-columns")
    assert "4 columns" in found.message
    assert "15 measurements in mm" in found.message
    assert "wide-lesions" not in codes(cohort)
    assert cohort.patients.column("target1_month3").role == "ignore"
    assert cohort.other_tables["lesions"].row_numbers[:4] == (2, 2, 2, 2)


def test_it_can_be_undone_and_asked_for_again():
    cohort = loaded(ROWS)
    undone = with_spec(cohort, cohort.spec.model_copy(update={"lesion_columns": "variables"}))
    assert "lesions" not in undone.other_tables
    assert undone.patients.column("target1_month3").role == "covariate"
    again = with_spec(undone, undone.spec.model_copy(update={"lesion_columns": None}))
    assert best(again) == best(cohort)


def test_a_new_lesion_is_a_progression():
    rows = [[*row, "yes" if row[0] in ("A", "F") else "no"] for row in [*ROWS, ["F", 3, 1, 40, "", "", ""]]]
    found = best(loaded(rows, [*HEADER, "new_lesion_month3"]))
    assert (found["A"], found["F"], found["C"]) == ("PD", "PD", "SD")


def test_centimetres():
    rows = [[*row[:3], *(value / 10 if isinstance(value, int) else value for value in row[3:])] for row in ROWS]
    cohort = loaded(rows)
    assert "in cm" in issue(cohort, "lesions-in-columns").message
    assert best(cohort) == best(loaded(ROWS))


@pytest.mark.parametrize(
    ("names", "n"),
    [
        (["target1_baseline", "target1_month3"], 2),
        (["Lesion 1 baseline (mm)", "Lesion 1 month 3 (mm)"], 2),
        (["TL1_ld_m0_mm", "TL1_ld_m3_mm", "TL2_ld_m0_mm"], 3),
        (["靶病灶1基线", "靶病灶1_3个月"], 2),
        (["target1_baseline", "target2_baseline"], 0),  # no time later
        (["target1_month3", "target1_month6"], 0),  # no baseline
        (["tumor1_size", "tumor2_size"], 0),
        (["target1_baseline_mm", "target1_month3_cm"], 0),  # two units
        (["afp_baseline", "afp_month3"], 0),
        (["lesion1_ltp_months", "lesion1_ltp_event"], 0),
    ],
)
def test_which_columns(names, n):
    rows = [["id", *names], *([f"P{i}", *(20 + i for _ in names)] for i in range(6))]
    assert len(lesion_columns(read_table(delimited(rows), name="p.csv"))) == n
