"""Adverse events that stand in columns of the patients' table: which columns those are, and that it can be undone."""

import pytest

from core.cohort.describe import describe
from core.cohort.load import cohort_from_files, load_cohort, with_spec
from core.cohort.read import read_table
from core.cohort.wide_events import event_columns
from core.spec import CohortSpec
from tests.core.cohort.tables import codes, delimited, issue

N = 24
EVENTS = {"发热": [0, 1, 2, 3], "pain_grade": [0, "none", 3, None], "AE_rash": ["无", "1级", "2级", "0"]}


def rows(*, identifier=True, **columns):
    columns = columns or {
        "发热": [0, 1, 2, 3],
        "pain_grade": [0, "none", 3, None],
        "AE_rash": ["无", "1级", "2级", "0"],
    }
    header = ["id", "os_months", "os_event", *columns]
    body = [[f"H{i:02d}", 3 + i, i % 2, *(cells[i % len(cells)] for cells in columns.values())] for i in range(N)]
    return [row if identifier else row[1:] for row in [header, *body]]


def loaded(table, spec=None):
    return cohort_from_files({"p.csv": delimited(table)}, name="p", spec=spec)


def events_of(cohort):
    return cohort.adverse_events.frame.to_numpy(dtype=object).tolist()


def test_each_grade_becomes_an_event_of_its_patient():
    cohort = loaded(rows())
    events = events_of(cohort)
    assert events[:4] == [["H01", "发热", 1.0], ["H01", "rash", 1.0], ["H02", "发热", 2.0], ["H02", "pain", 3.0]]
    assert len(events) == 6 * (3 + 1 + 2)
    assert cohort.adverse_events.row_numbers[:3] == (3, 3, 4)
    assert "ae-no-grade" not in codes(cohort)
    assert "ae-unknown-patient" not in codes(cohort)
    assert cohort.patients.column("发热").role == "ignore"


def test_it_is_said_and_can_be_undone():
    cohort = loaded(rows())
    found = issue(cohort, "events-in-columns")
    assert "'发热', 'pain_grade', 'AE_rash'" in found.message
    assert "36 events" in found.message
    assert found.remedy
    undone = with_spec(cohort, cohort.spec.model_copy(update={"grade_columns": "variables", "roles": {}}))
    assert undone.adverse_events is None
    assert undone.patients.column("发热").role == "covariate"
    again = with_spec(undone, undone.spec.model_copy(update={"grade_columns": None}))
    assert events_of(again) == events_of(cohort)


def test_a_specification_says_it_too(tmp_path):
    (tmp_path / "p.csv").write_bytes(delimited(rows()))
    spec = CohortSpec.model_validate(describe(loaded(rows()))["spec"]["cohort"])
    assert len(load_cohort(spec, base=tmp_path).adverse_events.frame) == 36
    left = CohortSpec(patients="p.csv", grade_columns="variables")
    assert load_cohort(left, base=tmp_path).adverse_events is None
    asked = CohortSpec(patients="q.csv", grade_columns="events")
    (tmp_path / "q.csv").write_bytes(delimited(rows(swelling=[0, 1, 2, 4])))
    assert len(load_cohort(asked, base=tmp_path).adverse_events.frame) == 18


def test_without_identifiers_the_rows_join_them():
    cohort = loaded(rows(identifier=False))
    assert events_of(cohort)[0][0] == "row 3"
    assert "ae-unknown-patient" not in codes(cohort)


def test_a_table_of_events_beside_the_patients_wins():
    events = delimited([["id", "term", "grade"], ["H01", "Nausea", 2]])
    cohort = cohort_from_files({"p.csv": delimited(rows()), "ae.csv": events}, name="p")
    assert [row[1] for row in events_of(cohort)] == ["Nausea"]


@pytest.mark.parametrize(
    "columns",
    [
        {"ecog": [0, 1, 2], "who_grade": [1, 2, 3], "child_pugh_grade": [1, 2, 1]},
        {"ascites grade": [1, 2, 3], "encephalopathy grade": [1, 1, 2], "fibrosis grade": [0, 1, 4]},
        {"fever": [0, 1], "pain": [0, 1]},
        {"baseline pain": [0, 1, 3], "fever before treatment": [0, 2, 1]},
        {"fever": ["yes", "no"], "pain": ["yes", "no"]},
        {"n_lesions": [1, 2, 3], "n_organs": [1, 2, 2], "ki67_class": [1, 2, 3]},
        {"AE_max_grade": [0, 1, 3], "ae_grade": [0, 1, 3]},
        {"hepatitis": [0, 1, 2], "cirrhosis": [0, 1, 1]},
        {"bilirubin": [1.5, 2.5, 3.0], "creatinine": [0.8, 1.2, 2.0]},
    ],
    ids=lambda columns: "+".join(columns),
)
def test_scales_symptoms_before_treatment_and_yes_or_no_stay_variables(columns):
    assert event_columns(read_table(delimited(rows(**columns)), name="p.csv")) == []
    assert loaded(rows(**columns)).adverse_events is None
