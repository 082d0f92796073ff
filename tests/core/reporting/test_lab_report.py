"""Laboratory values of one patient in a table, JSON and the profile."""

import json

import pytest

from core.cohort.load import cohort_from_files
from core.reporting.as_json import as_json
from core.reporting.lab_report import lab_number, lab_report
from core.run import run_analysis
from core.spec import AnalysisSpec
from tests.core.cohort.test_lab_columns import LONG, PATIENTS


def answer(labs=LONG, patient="P1"):
    files = {"patients.csv": PATIENTS.encode()} | ({} if labs is None else {"labs.csv": labs.encode()})
    cohort = cohort_from_files(files, name="c")
    question = {"id": "p", "kind": "patient_profile", "patient": patient, "endpoint": "OS"}
    spec = AnalysisSpec.model_validate({"cohort": cohort.spec.model_dump(), "analyses": [question]})
    return run_analysis(spec, cohort, spec.analyses[0])


def test_a_table_by_test():
    report = lab_report(answer())
    assert [[cell.text for cell in row.cells] for row in report.rows] == [
        ["ALT (U/L)", "", "", ""],
        ["", "0", "41", "7 to 56"],
        ["", "21", "60 *", "7 to 56"],
        ["AFP (ng/mL)", "", "", ""],
        ["", "0", "400 *", "up to 20"],
    ]
    assert "*: outside the reference limits." in report.footnotes


def test_without_labs_there_is_no_table():
    assert lab_report(answer(labs=None)) is None
    assert as_json(answer(labs=None))["labs"] == []


def test_json():
    written = json.loads(json.dumps(as_json(answer())))["labs"]
    assert written[0] == {"test": "ALT", "unit": "U/L", "low": 7, "high": 56, "day": [0, 21], "value": [41, 60]}
    assert written[1]["low"] is None


def test_values_after_the_end_are_said():
    later = LONG.replace("P1,21,ALT", "P1,400,ALT")
    assert any("1 laboratory value dated after the end of follow-up" in note for note in answer(later).notes)


@pytest.mark.parametrize(
    ("value", "text"), [(41.0, "41"), (0.05, "0.05"), (-1.5, "−1.5"), (1234.5, "1234.5"), (2_345_678.0, "2,345,678")]
)
def test_a_value_has_the_figures_it_was_measured_with(value, text):
    assert lab_number(value) == text
