"""What was confirmed is remembered for the same header: names and roles only, never a patient's values."""

import json
import sys

import pytest

from core.cohort.load import cohort_from_files, with_spec
from core.cohort.mapping_memory import (
    SETTING,
    forget,
    forget_everything,
    header_key,
    memory_file,
    recalled,
    recalled_encoding,
    remember,
    remember_encoding,
)
from core.spec import CohortSpec, EndpointSpec

DAY = "2026-01-31"
HEADER = ["Case No", "Therapy", "Score", "Follow up", "Outcome"]
ROWS = [[f"K{i:03d}", "AB"[i % 2], i % 3, i + 0.25, ("well", "lost", "died of it")[i % 3]] for i in range(30)]
EVENTS = [["case", "term", "severity"], *([f"K{i:03d}", "Fever", 1 + i % 3] for i in range(5))]
OS = EndpointSpec(time="Follow up", event="Outcome", event_is=("died of it",), unit="weeks")


def csv(rows):
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


def draft(header=HEADER, rows=ROWS, events=None):
    files = {"ward.csv": csv([header, *rows])} | ({} if events is None else {"ae.csv": csv(events)})
    return cohort_from_files(files, name="ward")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "folder" / "mappings.json"


@pytest.fixture
def kept(file):
    """The memory after one cohort was confirmed."""
    cohort = draft()
    roles = cohort.spec.roles | {"patient_id": "Case No"}
    confirmed = with_spec(
        cohort, cohort.spec.model_copy(update={"roles": roles, "kinds": {"Score": "category"}, "endpoints": {"OS": OS}})
    )
    remember(confirmed, date=DAY, file=file)
    return file


def test_the_same_header_in_another_order_and_case(kept):
    order = [4, 0, 3, 2, 1]
    names = [HEADER[i].upper().replace(" ", "_") for i in order]
    found = recalled(draft(names, [[row[i] for i in order] for row in ROWS]), file=kept)
    assert found is not None
    spec, date = found
    assert date == DAY
    assert spec.roles["patient_id"] == "CASE_NO"
    assert spec.kinds == {"SCORE": "category"}
    assert spec.endpoints == {"OS": OS.model_copy(update={"time": "FOLLOW_UP", "event": "OUTCOME"})}


@pytest.mark.parametrize("header", [[*HEADER[:4], "Result"], [*HEADER[:4], "Follow-up"]])
def test_another_header(kept, header):
    assert recalled(draft(header), file=kept) is None


def test_no_patient_is_in_it(kept):
    text = kept.read_text(encoding="utf-8")
    for row in ROWS:
        assert row[0] not in text
    assert "ward" not in text
    assert set(json.loads(text).popitem()[1]) == {"date", "roles", "kinds", "endpoints"}
    if sys.platform != "win32":
        assert kept.stat().st_mode & 0o077 == 0


def test_adverse_events_have_a_header_of_their_own(kept):
    cohort = draft(events=EVENTS)
    roles = {"ae_patient_id": "case", "ae_term": "term", "ae_grade": "severity"}
    spec = CohortSpec(patients="ward.csv", adverse_events="ae.csv", roles=roles, endpoints={"OS": OS})
    cohort = cohort_from_files({"ward.csv": csv([HEADER, *ROWS]), "ae.csv": csv(EVENTS)}, name="w", spec=spec)
    remember(cohort, date=DAY, file=kept)
    assert len(json.loads(kept.read_text())) == 2
    found = recalled(draft([*HEADER, "new"], [[*row, 1] for row in ROWS]), file=kept)
    assert found is None


def test_forgotten(kept):
    forget(draft(), file=kept)
    assert recalled(draft(), file=kept) is None
    forget_everything(file=kept)
    assert not kept.exists()
    forget_everything(file=kept)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"x": 1}', "[" * 100_000])
def test_a_memory_that_cannot_be_read_is_none(kept, text):
    kept.write_text(text)
    assert recalled(draft(), file=kept) is None
    remember(draft(), date=DAY, file=kept)
    assert isinstance(json.loads(kept.read_text()), dict)


@pytest.mark.parametrize("entry", [1, {}, {"date": DAY, "roles": {"patient_id": "gone"}}, {"date": DAY, "more": 1}])
def test_an_entry_that_does_not_fit_is_none(kept, entry):
    kept.write_text(json.dumps({header_key(HEADER): entry}))
    assert recalled(draft(), file=kept) is None


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    remember(draft(), date=DAY, file=tmp_path / "file" / "mappings.json")


def test_names_that_are_alike_or_say_nothing_are_not_remembered():
    assert header_key(["OS", "os"]) is None
    assert header_key(["a", "?"]) is None
    assert header_key([]) is None
    assert header_key(["b", "A"]) == header_key(["a", "B"]) != header_key(["a", "c"])


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv(SETTING, "off")
    assert memory_file() is None
    monkeypatch.setenv(SETTING, str(tmp_path))
    assert memory_file() == tmp_path / "mappings.json"
    monkeypatch.delenv(SETTING)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert memory_file() == tmp_path / "data" / "cohortscope" / "mappings.json"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert memory_file() == tmp_path / "local" / "cohortscope" / "mappings.json"


def test_that_columns_of_grades_are_variables_is_remembered(file):
    header = ["id", "os_months", "os_event", "fever", "pain_grade"]
    rows = [[f"K{i:03d}", i + 0.5, i % 2, i % 4, (i + 1) % 3] for i in range(24)]
    cohort = draft(header, rows)
    said = cohort.spec.model_copy(update={"grade_columns": "variables", "roles": {"patient_id": "id"}})
    remember(with_spec(cohort, said), date=DAY, file=file)
    spec, _ = recalled(draft(header, rows), file=file)
    assert spec.grade_columns == "variables"
    assert with_spec(cohort, spec).adverse_events is None


def test_an_encoding_is_remembered_for_files_that_begin_alike(kept):
    first, later, other = "yaş;os\n40;5".encode("cp1254"), "yaş;os\r\n51;7\n".encode("cp1254"), b"age;os\n40;5"
    remember_encoding(first, None, file=kept)
    assert recalled_encoding(first, file=kept) is None
    remember_encoding(first, "cp1254", file=kept)
    assert recalled_encoding(later, file=kept) == "cp1254"
    assert recalled_encoding(other, file=kept) is None
    assert recalled(draft(), file=kept) is not None
    remember_encoding(later, None, file=kept)
    assert recalled_encoding(first, file=kept) is None
