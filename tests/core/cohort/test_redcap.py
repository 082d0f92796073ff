"""REDCap: a data dictionary explains codes, checkboxes become one cell, repeated instruments tables of their own."""

import pytest

from core.cohort.load import cohort_from_files, load_cohort, load_files
from core.errors import ReadError
from tests.core.cohort.tables import codes, delimited, issue

N = 12
DICTIONARY = [
    ["Variable / Field Name", "Form Name", "Field Type", "Field Label", "Choices, Calculations, OR Slider Labels"],
    ["record_id", "base", "text", "Record ID", ""],
    ["arm", "base", "radio", "<b>Treatment</b> arm", "1, HIFU | 2, No HIFU"],
    ["smoker", "base", "yesno", "Ever smoked", ""],
    ["sites", "base", "checkbox", "Sites of metastasis", "1, Lung | 2, Bone, spine | -9, Unknown"],
    ["os_months", "follow_up", "text", "OS (months)", ""],
    ["vital", "follow_up", "dropdown", "OS status", "0, Alive | 1, Dead"],
]
DATA = [
    ["record_id", "arm", "smoker", "sites___1", "sites___2", "sites____9", "os_months", "vital"],
    *([i, 1 + i % 2, i % 2, i % 2, 1, 0, 3 + i, int(i % 3 == 0)] for i in range(1, N + 1)),
]
FILES = {"data.csv": delimited(DATA), "dictionary.csv": delimited(DICTIONARY)}


class TestDictionary:
    def test_labels_stand_for_codes(self):
        cohort = cohort_from_files(FILES, name="x")
        frame = cohort.patients.frame
        assert frame["arm"].tolist()[:2] == ["No HIFU", "HIFU"]
        assert frame["smoker"].tolist()[:2] == ["Yes", "No"]
        assert cohort.spec.endpoints["OS"].event_is == ("Dead",)
        assert cohort.patients.raw.labels["arm"] == "Treatment arm"
        assert cohort.spec.dictionary == "dictionary.csv"

    def test_ticked_boxes_stand_in_one_cell(self):
        frame = cohort_from_files(FILES, name="x").patients.frame
        assert frame["sites"].tolist()[:2] == ["Lung; Bone, spine", "Bone, spine"]
        assert not [name for name in frame.columns if "___" in name]

    def test_without_the_dictionary_the_codes_stand_for_themselves(self):
        cohort = cohort_from_files({"data.csv": FILES["data.csv"]}, name="x")
        assert cohort.patients.frame["sites"].tolist()[:2] == ["1; 2", "2"]
        assert "3 checkbox columns became 1 column" in issue(cohort, "checkboxes").message

    def test_an_export_with_labels(self):
        rows = [
            ["Record ID", "Sites (choice=Lung)", "Sites (choice=Bone)", "OS months", "OS event"],
            *([i, ("Checked", "Unchecked")[i % 2], "Unchecked", i + 1, i % 2] for i in range(1, N + 1)),
        ]
        frame = cohort_from_files({"d.csv": delimited(rows)}, name="x").patients.frame
        assert frame["Sites"].tolist()[:2] == ["None", "Lung"]

    def test_a_code_that_the_dictionary_does_not_know(self):
        rows = [*DATA[:-1], [N, 7, *DATA[-1][2:]]]
        cohort = cohort_from_files(FILES | {"data.csv": delimited(rows)}, name="x")
        assert issue(cohort, "unknown-choice").column == "arm"

    def test_a_dictionary_alone_is_no_cohort(self):
        with pytest.raises(ReadError, match="holds the fields of a data dictionary"):
            cohort_from_files({"dictionary.csv": FILES["dictionary.csv"]}, name="x")

    def test_read_again_from_its_specification(self, tmp_path):
        for name, content in FILES.items():
            (tmp_path / name).write_bytes(content)
        found = load_files([tmp_path / name for name in FILES])
        again = load_cohort(found.spec, base=tmp_path)
        assert again.patients.frame.equals(found.patients.frame)
        assert again.digest == found.digest


REPEATED = [
    ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "arm", "os_months", "os_event", "ae", "grade"],
    *([i, None, None, "AB"[i % 2], i + 2, i % 2, None, None] for i in range(1, N + 1)),
    [1, "adverse_events", 1, None, None, None, "Fever", 2],
    [1, "adverse_events", 2, None, None, None, "Pain", 3],
    [99, "adverse_events", 1, None, None, None, "Rash", 1],
]  # fmt: skip
EVENTS = [
    ["record_id", "redcap_event_name", "arm", "os_months", "os_event", "weight"],
    *([i, "baseline_arm_1", "AB"[i % 2], None, None, 60 + i] for i in range(1, N + 1)),
    *([i, "follow_up_arm_1", None, i + 2, i % 2, 58 + i] for i in range(1, N + 1)),
]


class TestLongitudinal:
    def test_repeated_instruments_are_tables_of_their_own(self):
        cohort = cohort_from_files({"data.csv": delimited(REPEATED)}, name="x")
        assert (cohort.n, cohort.adverse_events.n) == (N, 3)
        assert cohort.spec.adverse_events == "data.csv#adverse_events"
        assert issue(cohort, "ae-unknown-patient").rows == (N + 4,)

    def test_they_are_read_again_by_their_name(self, tmp_path):
        (tmp_path / "data.csv").write_bytes(delimited(REPEATED))
        found = load_files([tmp_path / "data.csv"])
        again = load_cohort(found.spec, base=tmp_path)
        assert again.adverse_events.frame.equals(found.adverse_events.frame)
        assert load_files([tmp_path / "data.csv#adverse_events", tmp_path / "data.csv"]).adverse_events.n == 3
        with pytest.raises(ReadError, match="has no sheet 'lesions'"):
            load_files([tmp_path / "data.csv#lesions"])

    def test_events_of_a_record_stand_in_one_row(self):
        cohort = cohort_from_files({"data.csv": delimited(EVENTS)}, name="x")
        assert cohort.n == N
        assert cohort.patients.frame["weight (follow_up_arm_1)"].tolist() == [58 + i for i in range(1, N + 1)]
        assert cohort.spec.endpoints["OS"].time == "os_months"
        assert "redcap-events" in codes(cohort)
