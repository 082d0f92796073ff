"""Patients whom only their names tell apart: they are numbered, joined and counted, and nobody is named."""

import pytest

from core.cohort.load import cohort_from_files, with_spec
from core.spec import CohortSpec
from tests.core.cohort.tables import codes, delimited, issue

CHINESE = ["王伟", "李娜", "张敏", "刘洋", "陈杰", "杨丽", "赵强", "黄磊", "周涛", "吴刚"]
ENGLISH = ["Anna Smith", "John Miller", "Eva Brown", "Tom Green", "Sue White", "Max Black", "Ian Stone", "Kim Fields",
           "Leo Hunt", "Ada Wood"]  # fmt: skip


def sheet(header, names):
    rows = [[*header, "age", "os_months", "os_event"]]
    return rows + [[*name, 40 + i, 3 + i, i % 2] for i, name in enumerate(names)]


def loaded(rows, events=None):
    files = {"p.csv": delimited(rows)} | ({} if events is None else {"ae.csv": delimited(events)})
    return cohort_from_files(files, name="p")


def said_names(cohort, names):
    """Every finding and every cell in which a name of a person stands."""
    tables = [cohort.patients, *([cohort.adverse_events] if cohort.adverse_events else [])]
    texts = [f"{issue.message} {issue.remedy}" for issue in cohort.issues]
    texts += [str(cell) for table in tables for cell in table.frame.to_numpy(dtype=object).ravel()]
    return [text for text in texts for name in names if name in text]


@pytest.mark.parametrize("column", ["姓名", "Patient name", "Name", "患者姓名"])
@pytest.mark.parametrize("names", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_names_become_numbers_that_join_the_tables(column, names):
    events = [[column, "term", "grade"], [names[0], "Fever", 2], [names[3], "Pain", 3], ["周大海", "Rash", 1]]
    cohort = loaded(sheet([column], [[name] for name in names]), events)
    assert cohort.patients.frame[cohort.patients.with_role("patient_id")].tolist() == [
        f"P{i:03d}" for i in range(1, 11)
    ]
    assert cohort.adverse_events.frame[column].tolist() == ["P001", "P004", "not in the cohort 1"]
    assert issue(cohort, "ae-unknown-patient").rows == (4,)
    assert issue(cohort, "patients-numbered").column == column
    assert not said_names(cohort, [*names, "周大海"])
    assert "no-patient-id" not in codes(cohort)


def test_a_patient_entered_twice_is_still_found():
    cohort = loaded(sheet(["姓名"], [[name] for name in [*CHINESE, CHINESE[2]]]))
    found = issue(cohort, "duplicate-patient")
    assert found.rows == (4, 12)
    assert not said_names(cohort, CHINESE)


def test_a_study_number_is_preferred_and_events_are_found_by_name():
    rows = sheet(["id", "姓名"], [[f"H{i:02d}", name] for i, name in enumerate(CHINESE)])
    events = [["姓名", "term", "grade"], [CHINESE[4], "Fever", 2], ["周大海", "Rash", 1]]
    cohort = loaded(rows, events)
    for one in (cohort, with_spec(cohort, cohort.spec)):
        assert one.adverse_events.frame["姓名"].tolist() == ["H04", "not in the cohort 1"]
        assert issue(one, "joined-by").severity == "info"
        assert "姓名" not in one.patients.frame.columns
        assert not said_names(one, [*CHINESE, "周大海"])


def test_a_name_that_two_patients_share_finds_neither():
    names = [*CHINESE[:9], CHINESE[0]]
    rows = sheet(["id", "姓名"], [[f"H{i:02d}", name] for i, name in enumerate(names)])
    events = [["姓名", "term", "grade"], [CHINESE[4], "Fever", 2], [CHINESE[0], "Rash", 1]]
    cohort = loaded(rows, events)
    assert cohort.adverse_events.frame["姓名"].tolist() == ["H04", "not in the cohort 1"]


def test_surname_and_forename_are_one_name():
    parts = [name.split()[::-1] for name in ENGLISH]
    parts[3][0] = parts[1][0]  # two Millers
    events = [["Surname", "Forename", "term", "grade"], ["Miller", "Tom", "Fever", 2], ["Stone", "Ian", "Pain", 3]]
    cohort = loaded(sheet(["Last name", "First name"], parts), events)
    own = cohort.patients.with_role("patient_id")
    assert cohort.patients.frame[own].nunique() == 10
    assert "duplicate-patient" not in codes(cohort)
    assert cohort.adverse_events.frame[cohort.adverse_events.with_role("ae_patient_id")].tolist() == ["P004", "P007"]
    assert not said_names(cohort, [part for pair in parts for part in pair])


def test_where_names_cannot_tell_patients_apart_their_rows_do():
    cohort = loaded(sheet(["First name"], [[("Anna", "John")[i % 2]] for i in range(10)]))
    for one in (cohort, with_spec(cohort, cohort.spec)):
        assert one.patients.frame[one.patients.with_role("patient_id")].tolist()[0] == "row 2"
        assert "called by its number in the file" in issue(one, "no-patient-id").message
    assert not said_names(cohort, ["Anna", "John"])


def test_names_of_adverse_events_are_no_names_of_persons():
    terms = ["Liver Abscess", "Skin Rash", "Pleural Effusion", "Bile Leak", "Portal Thrombosis", "Renal Failure",
             "Wound Infection", "Chest Pain"]  # fmt: skip
    rows = sheet(["id"], [[f"H{i:02d}"] for i in range(10)])
    cohort = loaded(rows, [["id", "term", "grade"], *([f"H{i:02d}", term, 2] for i, term in enumerate(terms))])
    assert cohort.adverse_events.frame["term"].tolist() == terms
    assert "identifying-column" not in codes(cohort)


def test_a_kept_name_stays_a_name():
    cohort = loaded(sheet(["姓名"], [[name] for name in CHINESE]))
    kept = with_spec(cohort, CohortSpec(**cohort.spec.model_dump() | {"keep_identifiers": ("姓名",)}))
    assert kept.patients.frame["姓名"].tolist() == CHINESE
