"""Several tables make one cohort: adverse events long or wide, lesions, sessions, responses; rows of nobody shown."""

import pytest

from core.cohort.load import cohort_from_files, load_cohort, load_files, with_spec
from core.errors import ReadError
from tests.core.cohort.tables import codes, delimited, issue

N = 12
PATIENTS = [
    ["id", "arm", "os_months", "os_event"],
    *([f"P{i}", "AB"[i % 2], i + 0.5, i % 2] for i in range(1, N + 1)),
]
WIDE = [
    ["id", "Fever", "AE_pain_grade", "ALT increased (grade)", "remark"],
    ["P1", 2, 0, "G3", "stayed"],
    ["P2", None, "none", 1, None],
    ["p3", 1, 5, "NA", None],
    ["P99", 4, 0, 0, None],
]
LESIONS = [["patient", "lesion", "size_cm"], ["P1", 1, 2.5], ["P1", 2, 3], ["P3", 1, 4.5], ["X9", 1, 1]]
SESSIONS = [
    ["patient id", "session", "date"],
    ["P1", 1, "2020-01-02"],
    ["P2", 1, "2020-02-03"],
    ["P2", 2, "2020-03-03"],
]
RESPONSES = [
    ["id", "visit", "RECIST"],
    ["P1", 1, "SD"],
    ["P1", 2, "PR"],
    ["P1", 3, "PD"],
    ["P2", 1, "PD"],
    ["P3", 1, "NE"],
]


def files(**tables):
    return {f"{name}.csv": delimited(rows) for name, rows in {"patients": PATIENTS, **tables}.items()}


class TestWideAdverseEvents:
    def test_one_row_per_event(self):
        cohort = cohort_from_files(files(adverse_events=WIDE), name="x")
        events = cohort.adverse_events.frame
        assert events.to_numpy().tolist() == [
            ["P1", "Fever", 2], ["P1", "ALT increased", 3], ["P2", "ALT increased", 1],
            ["P3", "Fever", 1], ["P3", "pain", 5], ["P99", "Fever", 4],
        ]  # fmt: skip
        assert cohort.adverse_events.row_numbers == (2, 2, 3, 4, 4, 5)

    def test_what_was_done_is_said(self):
        cohort = cohort_from_files(files(adverse_events=WIDE), name="x")
        said = issue(cohort, "wide-adverse-events")
        assert "6 events in 3 columns" in said.message
        assert "remark" in said.remedy
        assert issue(cohort, "ae-unknown-patient").rows == (5,)

    def test_without_a_telling_name_the_columns_must_say_grade(self):
        rows = [["id", "fever grade", "pain grade", "rash grade"], *([f"P{i}", i % 4, 1, 2] for i in range(1, N + 1))]
        cohort = cohort_from_files(files(b=rows), name="x")
        assert cohort.spec.adverse_events == "b.csv"
        plain = [["id", "x", "y", "z"], *rows[1:]]
        with pytest.raises(ReadError, match="not clear"):
            cohort_from_files(files(b=plain), name="x")

    def test_scores_of_the_tumour_are_no_events(self):
        rows = [["id", "ECOG", "WHO grade", "tumour_grade", "fever"], ["P1", 1, 2, 3, 2], ["P2", 0, 1, 1, 1]]
        from core.cohort.read import read_table
        from core.cohort.wide_events import grade_columns

        assert grade_columns(read_table(delimited(rows), name="x")) == ["fever"]

    def test_read_again_from_its_specification(self, tmp_path):
        for name, content in files(adverse_events=WIDE).items():
            (tmp_path / name).write_bytes(content)
        found = load_files(sorted(tmp_path.iterdir()))
        again = load_cohort(found.spec, base=tmp_path)
        assert again.adverse_events.frame.equals(found.adverse_events.frame)
        assert with_spec(again, again.spec).adverse_events.frame.equals(found.adverse_events.frame)


class TestTablesBesidePatients:
    def test_each_is_found_and_kept(self):
        cohort = cohort_from_files(files(lesions=LESIONS, sessions=SESSIONS, response=RESPONSES), name="x")
        assert {name: table.n for name, table in cohort.other_tables.items()} == {
            "lesions": 4, "sessions": 3, "response": 5,
        }  # fmt: skip
        assert (cohort.spec.lesions, cohort.spec.response) == ("lesions.csv", "response.csv")

    def test_rows_of_nobody_are_shown(self):
        cohort = cohort_from_files(files(lesions=LESIONS), name="x")
        assert (issue(cohort, "unknown-patient").rows, issue(cohort, "unknown-patient").table) == ((5,), "lesions")
        assert "10 patients without any lesion" in issue(cohort, "patients-without-rows").message

    def test_the_best_response_is_joined(self):
        frame = cohort_from_files(files(response=RESPONSES), name="x").patients.frame
        assert frame["Best response"].astype(object).where(frame["Best response"].notna(), None).tolist() == [
            "PR", "PD", "NE", *[None] * (N - 3),
        ]  # fmt: skip

    def test_a_table_that_names_no_patient(self):
        cohort = cohort_from_files(files(lesions=[["lesion", "size"], [1, 2.5], [2, 3.5]]), name="x")
        assert "no-patient-column" in codes(cohort)


class TestAlone:
    @pytest.mark.parametrize(
        ("name", "rows", "said"),
        [
            ("ae.csv", [["id", "term", "grade"], ["P1", "Fever", 2], ["P1", "Pain", 1]], "adverse events"),
            ("不良反应.csv", [["患者编号", "不良反应名称", "分级"], ["1", "发热", "2级"]] * 2, "adverse events"),
            ("adverse_events.csv", WIDE, "adverse events"),
            ("lesions.csv", LESIONS, "lesions"),
            ("sessions.csv", SESSIONS, "treatment sessions"),
        ],
    )  # fmt: skip
    def test_a_table_beside_patients_is_not_taken_for_them(self, name, rows, said):
        with pytest.raises(ReadError, match=f"'{name}' holds {said}, not one row per patient") as caught:
            cohort_from_files({name: delimited(rows)}, name="x")
        assert caught.value.hint == "Load the table of patients together with it."

    def test_patients_whose_file_is_called_after_their_lesions(self):
        cohort = cohort_from_files({"lesions_response.csv": delimited(PATIENTS)}, name="x")
        assert cohort.n == N
