"""What could name a person does not reach an analysis, unless the user keeps it; nothing else changes."""

import numpy as np
import pytest

from core.cohort.load import cohort_from_files, with_spec
from core.cohort.select import analysis_set
from core.spec import EndpointSpec
from tests.core.cohort.tables import delimited

ROWS = 12
IDS = [f"00{4711 + i}" for i in range(ROWS)]
PATIENTS = "住院号,姓名,电话,DOB,sex,start,death,last_seen\n" + "".join(
    f"{IDS[i]},王某{'某' * (i % 2)}{i},1381234567{i % 10},19{50 + i}-03-0{1 + i % 9},{'MF'[i % 2]},2020-01-{i + 1:02d},"
    f"{f'2021-02-{i + 1:02d}' if i % 3 else ''},2021-03-{i + 1:02d}\n"
    for i in range(ROWS)
)
EVENTS = (
    "住院号,term,grade,start_date\n4711,Nausea,1,2020-02-01\n"
    + "".join(f"{IDS[i]},Rash,{1 + i % 4},2020-03-0{i + 1}\n" for i in range(8))
    + "9999,Fever,2,2020-03-09\n"
)
FILES = {"patients.csv": PATIENTS.encode(), "ae.csv": EVENTS.encode()}
SECRETS = [*IDS, "王某", "138123", "1950-03-01"]


def loaded(**said):
    cohort = cohort_from_files(FILES, name="c")
    endpoint = EndpointSpec(start="start", event_date="death", censor_date="last_seen", unit="days")
    return with_spec(cohort, cohort.spec.model_copy(update={"endpoints": {"OS": endpoint}, **said}))


@pytest.fixture(scope="module")
def cohort():
    return loaded()


def test_identifying_columns_are_left_out_and_said(cohort):
    assert [column.name for column in cohort.patients.columns] == ["住院号", "sex", "start", "death", "last_seen"]
    assert list(cohort.patients.frame.columns) == ["住院号", "sex", "start", "death", "last_seen"]
    left_out = {issue.column for issue in cohort.issues if issue.code == "identifying-column"}
    assert left_out == {"姓名", "电话", "DOB"}


def test_patients_get_numbers_that_join_the_tables(cohort):
    own = cohort.patients.frame["住院号"].tolist()
    assert own == [f"P{i + 1:03d}" for i in range(ROWS)]
    events = cohort.adverse_events.frame
    assert events["住院号"].tolist()[1:9] == own[:8]
    assert events["住院号"].tolist()[-1].startswith("not in the cohort")
    assert [issue.rows for issue in cohort.issues if issue.code == "ae-unknown-patient"] == [(2, 11)]


def test_no_finding_repeats_what_was_left_out(cohort):
    said = " ".join(f"{issue.message} {issue.remedy}" for issue in cohort.issues)
    assert not [secret for secret in SECRETS if secret in said]


def test_a_column_can_be_kept():
    kept = loaded(keep_identifiers=("姓名", "住院号"))
    assert "姓名" in kept.patients.frame.columns
    assert "DOB" not in kept.patients.frame.columns
    assert kept.patients.frame["住院号"].tolist() == IDS
    assert kept.adverse_events.frame["住院号"].tolist()[1] == IDS[0]


def test_shifted_dates_keep_every_time_and_hide_the_calendar(cohort):
    shifted = loaded(shift_dates=7)
    before, after = (analysis_set(one, endpoint="OS").data for one in (cohort, shifted))
    np.testing.assert_array_equal(before.time, after.time)
    np.testing.assert_array_equal(before.event, after.event)
    days = (shifted.patients.frame["start"] - cohort.patients.frame["start"]).dt.days.to_numpy()
    assert (np.abs(days) >= 1).all()
    assert (np.abs(days) <= 182).all()
    assert len(set(days.tolist())) > ROWS / 2
    events = (shifted.adverse_events.frame["start_date"] - cohort.adverse_events.frame["start_date"]).dt.days
    assert events.tolist()[1:9] == days[:8].tolist()
    assert any(issue.code == "dates-shifted" for issue in shifted.issues)


def test_another_seed_gives_other_dates_and_the_same_seed_the_same():
    one, again, other = loaded(shift_dates=7), loaded(shift_dates=7), loaded(shift_dates=8)
    assert one.patients.frame["start"].tolist() == again.patients.frame["start"].tolist()
    assert one.patients.frame["start"].tolist() != other.patients.frame["start"].tolist()


def test_a_study_number_stays_as_it_is():
    sheet = "patient_id,os_months,os_event\n" + "".join(f"H{i:03d},{i},1\n" for i in range(1, 9))
    cohort = cohort_from_files({"a.csv": sheet.encode()}, name="a")
    assert cohort.patients.frame["patient_id"].tolist()[0] == "H001"
    assert not [issue for issue in cohort.issues if issue.code in ("identifying-column", "patients-numbered")]


def test_endpoints_stay_where_a_name_is_left_out():
    rows = [["name", "MRN", "os_months", "os_event"]]
    rows += [[f"Ann Smith{i}", 1000234 + i, i + 1.5, i % 2] for i in range(20)]
    cohort = cohort_from_files({"a.csv": delimited(rows)}, name="a")
    assert "name" not in cohort.patients.frame.columns
    assert list(cohort.spec.endpoints) == ["OS"]
    assert "no-endpoint" not in {issue.code for issue in cohort.issues}
