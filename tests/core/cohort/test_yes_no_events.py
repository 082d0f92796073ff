"""Columns of yes and no for one adverse event each: offered in a block, never from what patients bring with them."""

import pytest

from core.cohort.load import cohort_from_files, with_spec
from core.cohort.read import read_table
from core.cohort.yes_no_events import yes_no_columns
from core.errors import MissingColumnError
from tests.core.cohort.tables import codes, delimited, issue

YES_NO = (("yes", "no"), (0, 1), ("有", "无"))


def rows(names):
    cells = [YES_NO[k % 3] for k in range(len(names))]
    body = [[f"P{i:02}", i + 1, i % 2, *(pair[(i + k) % 2] for k, pair in enumerate(cells))] for i in range(12)]
    return [["id", "os_months", "os_event", *names], *body]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["nausea", "vomiting", "fever"], ["nausea", "vomiting", "fever"]),
        (["发热", "恶心", "皮疹", "乏力"], ["发热", "恶心", "皮疹", "乏力"]),
        (["nausea", "fever", "rash", "hypertension", "diabetes"], ["nausea", "fever", "rash"]),
        (["fever", "hypertension", "rash", "nausea"], ["fever", "hypertension", "rash", "nausea"]),
        (["ae_hypertension", "ae_bleeding", "ae_edema"], ["ae_hypertension", "ae_bleeding", "ae_edema"]),
        (["nausea", "fever"], []),
        (["hypertension", "diabetes", "hepatitis", "anaemia"], []),
        (["高血压", "糖尿病", "乙型肝炎", "贫血"], []),
        (["baseline_fever", "baseline_nausea", "baseline_pain"], []),
        (["symptom fever", "symptom pain", "symptom fatigue"], []),
        (["nausea", "age", "fever", "sex", "rash"], []),
    ],
)
def test_which_columns(names, found):
    assert yes_no_columns(read_table(delimited(rows(names)), name="p.csv")) == found


def test_grades_and_words_are_none():
    table = rows(["nausea", "vomiting", "fever"])
    for i, row in enumerate(table[1:]):
        row[3] = (0, 2, 3)[i % 3]
    assert yes_no_columns(read_table(delimited(table), name="p.csv")) == []


def test_they_become_events_only_when_asked_for():
    names = ["nausea", "vomiting", "fever"]
    cohort = cohort_from_files({"p.csv": delimited(rows(names))}, name="p")
    assert cohort.adverse_events is None
    assert cohort.patients.column("nausea").role == "covariate"
    asked = with_spec(cohort, cohort.spec.model_copy(update={"event_columns": tuple(names)}))
    assert len(asked.adverse_events.frame) == 18
    assert list(asked.adverse_events.frame) == ["patient", "term"]
    assert "18 events whose grade is not known" in issue(asked, "yes-no-events").message
    assert "ae-no-grade" in codes(asked)
    assert asked.patients.column("nausea").role == "ignore"
    undone = with_spec(asked, asked.spec.model_copy(update={"event_columns": ()}))
    assert undone.adverse_events is None
    with pytest.raises(MissingColumnError, match="event_columns"):
        with_spec(cohort, cohort.spec.model_copy(update={"event_columns": ("nausae",)}))


def test_beside_columns_of_grades():
    table = rows(["nausea", "vomiting", "fever", "pain_grade", "rash_grade"])
    for i, row in enumerate(table[1:]):
        row[3:] = [*(("yes", "no")[i % 2] for _ in range(3)), (0, 2, 3)[i % 3], (0, 1, 0)[i % 3]]
    cohort = cohort_from_files({"p.csv": delimited(table)}, name="p")
    graded = len(cohort.adverse_events.frame)
    asked = with_spec(cohort, cohort.spec.model_copy(update={"event_columns": ("nausea", "vomiting", "fever")}))
    events = asked.adverse_events.frame
    assert len(events) == graded + 18
    assert events["grade"].isna().sum() == 18
    assert f"{graded} events; 0 and empty mean no event" in issue(asked, "events-in-columns").message
