"""Files and sheets told apart: one workbook with two sheets, sheets that are neither, and sheets named in a path."""

import json

import pytest

from core.__main__ import main
from core.cohort.describe import describe_files
from core.cohort.load import cohort_from_files, load_cohort, load_files
from core.cohort.select import analysis_set
from core.cohort.sources import split_sheet
from core.errors import ReadError
from core.spec import AnalysisSpec, CohortSpec, EndpointSpec
from tests.core.cohort.workbooks import ods, xls, xlsx

N = 40
PATIENTS = [
    ["id", "arm", "age", "os_months", "os_event"],
    *([f"p{i}", ("HIFU", "No HIFU")[i % 2], 50 + i % 30, i + 0.5, i % 2] for i in range(1, N + 1)),
]
EVENTS = [
    ["patient", "term", "class", "grade"],
    ["p1", "Fever", "All", 1],
    ["p1", "Pain", "All", 3],
    ["p2", "Rash", "I", 2],
]
LEGEND = [["column", "meaning"], ["arm", "treatment"], ["os_event", "1 = dead"]]
NOTES = [["This file was made for the tumour board."], ["Ask the registry."], ["Dates are ISO."]]
BOOK = {"Notes": NOTES, "Patients": PATIENTS, "AE": EVENTS, "Legend": LEGEND, "Blank": []}


def csv(rows):
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


def shape(cohort):
    """How many patients and adverse events a cohort holds."""
    return cohort.n, None if cohort.adverse_events is None else cohort.adverse_events.n


def unused(cohort):
    return [(issue.severity, issue.message) for issue in cohort.issues if issue.code == "other-sheets"]


class TestOneWorkbook:
    @pytest.mark.parametrize("made", [xlsx, xls, ods], ids=["xlsx", "xls", "ods"])
    def test_two_sheets_make_one_cohort(self, made):
        cohort = cohort_from_files({"study.xlsx": made({"Patients": PATIENTS, "AE": EVENTS})}, name="study")
        assert shape(cohort) == (N, 3)
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("study.xlsx#Patients", "study.xlsx#AE")
        assert cohort.spec.roles["ae_term"] == "term"
        assert unused(cohort) == []

    def test_the_order_and_the_names_of_the_sheets_do_not_matter(self):
        cohort = cohort_from_files({"s.xlsx": xlsx({"Sheet1": EVENTS, "Sheet2": LEGEND, "Sheet3": PATIENTS})}, name="s")
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("s.xlsx#Sheet3", "s.xlsx#Sheet1")

    def test_sheets_that_are_neither_are_named_not_refused(self):
        cohort = cohort_from_files({"study.xlsx": xlsx(BOOK | {"Old": PATIENTS}, hidden=["Old"])}, name="study")
        assert shape(cohort) == (N, 3)
        (found,) = unused(cohort)
        assert found == (
            "info",
            "Sheets of 'study.xlsx' that were not used: 'Blank' (empty), 'Old' (hidden), 'Notes', 'Legend'.",
        )

    def test_a_second_sheet_of_patients_is_a_warning(self):
        cohort = cohort_from_files({"s.xlsx": xlsx({"A": PATIENTS, "B": PATIENTS, "AE": EVENTS})}, name="s")
        assert cohort.spec.patients == "s.xlsx#A"
        assert unused(cohort) == [("warning", "Sheets of 's.xlsx' that were not used: 'B' (patients too).")]

    def test_a_second_sheet_of_adverse_events_is_a_warning(self):
        cohort = cohort_from_files({"s.xlsx": xlsx({"P": PATIENTS, "AE": EVENTS, "SAE": EVENTS})}, name="s")
        assert cohort.spec.adverse_events == "s.xlsx#AE"
        assert unused(cohort) == [("warning", "Sheets of 's.xlsx' that were not used: 'SAE' (adverse events too).")]

    def test_patients_alone_among_notes(self):
        cohort = cohort_from_files({"s.xlsx": xlsx({"Notes": NOTES, "Data": PATIENTS})}, name="s")
        assert (shape(cohort), cohort.spec.patients) == ((N, None), "s.xlsx#Data")

    def test_one_sheet_with_content_needs_no_name(self):
        cohort = cohort_from_files({"s.xlsx": xlsx({"Data": PATIENTS, "Sheet2": []})}, name="s")
        assert cohort.spec.patients == "s.xlsx"
        assert unused(cohort) == [("info", "Sheets of 's.xlsx' that were not used: 'Sheet2' (empty).")]

    def test_survival_wins_over_a_sheet_called_patients(self):
        demographics = [row[:3] for row in PATIENTS]
        survival = [[row[0], *row[3:]] for row in PATIENTS]
        cohort = cohort_from_files({"s.xlsx": xlsx({"Patients": demographics, "Survival": survival})}, name="s")
        assert cohort.spec.patients == "s.xlsx#Survival"

    def test_patients_nobody_would_recognise_beside_adverse_events(self):
        plain = [["who", "how long", "what"], *([f"x{i}", i + 1.5, "ab"[i % 2]] for i in range(20))]
        cohort = cohort_from_files({"s.xlsx": xlsx({"One": plain, "Two": EVENTS})}, name="s")
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("s.xlsx#One", "s.xlsx#Two")

    def test_words_only_are_taken_where_nothing_else_is_there(self):
        cohort = cohort_from_files(
            {"s.xlsx": xlsx({"One": [["sex", "arm"], ["m", "a"], ["f", "b"]], "Two": LEGEND})}, name="s"
        )
        assert cohort.spec.patients == "s.xlsx#One"

    def test_adverse_events_without_patients(self):
        with pytest.raises(ReadError, match=r"not clear which of s\.xlsx#AE, s\.xlsx#Legend holds one row per patient"):
            cohort_from_files({"s.xlsx": xlsx({"AE": EVENTS, "Legend": LEGEND})}, name="s")
        with pytest.raises(ReadError, match="holds one row per patient"):
            cohort_from_files({"s.xlsx": xlsx({"AE": EVENTS, "SAE": EVENTS})}, name="s")

    def test_lesions_and_sessions_by_the_names_of_their_sheets(self):
        lesions = [["patient", "lesion", "size_cm"], ["p1", 1, 2.5], ["p1", 2, 3.5]]
        sheets = {"Patients": PATIENTS, "Lesions": lesions, "Session notes": LEGEND}
        cohort = cohort_from_files({"s.xlsx": xlsx(sheets)}, name="s")
        assert cohort.spec.lesions == "s.xlsx#Lesions"
        assert set(cohort.other_tables) == {"lesions"}
        assert unused(cohort) == [("info", "Sheets of 's.xlsx' that were not used: 'Session notes'.")]

    def test_adverse_events_without_grade_by_the_name_of_their_sheet(self):
        bare = [row[:2] for row in EVENTS]
        cohort = cohort_from_files({"s.xlsx": xlsx({"P": PATIENTS, "AE": bare, "AE codes": LEGEND})}, name="s")
        assert (cohort.spec.adverse_events, shape(cohort)) == ("s.xlsx#AE", (N, 3))

    def test_issues_name_the_table_of_their_sheet(self):
        twice = [[*row, row[-1]] for row in EVENTS]
        cohort = cohort_from_files({"s.xlsx": xlsx({"P": PATIENTS, "AE": twice})}, name="s")
        assert next(issue for issue in cohort.issues if issue.code == "duplicate-header").table == "adverse_events"

    def test_the_digest_tells_sheets_apart(self):
        content = xlsx({"A": PATIENTS, "B": PATIENTS[:30]})
        spec = [CohortSpec(patients=f"s.xlsx#{sheet}") for sheet in "AB"]
        first, second = (cohort_from_files({"s.xlsx": content}, name="s", spec=one) for one in spec)
        assert first.digest != second.digest
        assert first.digest == cohort_from_files({"s.xlsx": content}, name="s").digest


class TestWithOtherFiles:
    def test_patients_in_one_file_and_adverse_events_on_a_sheet_of_another(self):
        files = {"p.csv": csv(PATIENTS), "ae.xlsx": xlsx({"Legend": LEGEND, "AE": EVENTS})}
        cohort = cohort_from_files(files, name="x")
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("p.csv", "ae.xlsx#AE")
        assert unused(cohort) == [("info", "Sheets of 'ae.xlsx' that were not used: 'Legend'.")]

    def test_a_whole_file_that_is_neither_is_refused(self):
        files = {"legend.csv": csv(LEGEND), "s.xlsx": xlsx({"P": PATIENTS, "AE": EVENTS})}
        with pytest.raises(ReadError, match=r"not clear what 'legend\.csv' holds"):
            cohort_from_files(files, name="x")

    def test_patients_with_columns_called_event_and_grade_are_no_adverse_events(self):
        rows = [["id", "time", "event", "grade"], *([f"p{i}", 3 * i, i % 2, f"G{i % 3}"] for i in range(1, 30))]
        cohort = cohort_from_files({"a.csv": csv(rows), "b.csv": csv(EVENTS)}, name="x")
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("a.csv", "b.csv")


class TestAsSpecified:
    def test_the_specification_says_which_sheet_is_meant(self):
        content = xlsx({"A": PATIENTS, "B": PATIENTS[:30], "AE": EVENTS})
        spec = CohortSpec(patients="folder/s.xlsx#B", roles={"patient_id": "id"}, kinds={"age": "category"})
        cohort = cohort_from_files({"s.xlsx": content}, name="s", spec=spec)
        assert (cohort.n, cohort.spec.patients) == (29, "s.xlsx#B")
        assert cohort.patients.column("age").kind == "category"

    def test_a_specification_of_other_files_leaves_it_to_their_looks(self):
        spec = CohortSpec(patients="other.csv", adverse_events="s.xlsx")
        cohort = cohort_from_files({"s.xlsx": xlsx({"AE": EVENTS, "P": PATIENTS})}, name="s", spec=spec)
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("s.xlsx#P", "s.xlsx#AE")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study.xlsx").write_bytes(xlsx(BOOK))
    (tmp_path / "p#1.csv").write_bytes(csv(PATIENTS))
    (tmp_path / "book#2.xlsx").write_bytes(xlsx({"P#1": PATIENTS, "AE": EVENTS}))
    return tmp_path


class TestNamedInAPath:
    @pytest.mark.parametrize(
        ("path", "parts"),
        [
            ("study.xlsx", ("study.xlsx", None)),
            ("study.xlsx#AE", ("study.xlsx", "AE")),
            ("study.xlsx#A#E", ("study.xlsx", "A#E")),
            ("p#1.csv", ("p#1.csv", None)),
            ("book#2.xlsx", ("book#2.xlsx", None)),
            ("book#2.xlsx#P#1", ("book#2.xlsx", "P#1")),
            ("none.xlsx#AE", ("none.xlsx", "AE")),
            ("none#1.csv", ("none#1.csv", None)),
        ],
    )
    def test_paths_and_sheets(self, folder, path, parts):
        assert split_sheet(path, base=folder) == parts

    def test_each_table_from_its_sheet(self, folder):
        spec = CohortSpec(patients="study.xlsx#Patients", adverse_events="study.xlsx#AE")
        cohort = load_cohort(spec, base=folder)
        assert (cohort.name, shape(cohort), unused(cohort)) == ("study", (N, 3), [])
        assert (cohort.spec.patients, cohort.spec.adverse_events) == (spec.patients, spec.adverse_events)

    def test_a_file_whose_name_holds_the_sign(self, folder):
        cohort = load_cohort(CohortSpec(patients="p#1.csv"), base=folder)
        assert (cohort.name, cohort.n) == ("p#1", N)
        assert load_cohort(CohortSpec(patients="book#2.xlsx#P#1"), base=folder).n == N

    def test_without_a_sheet_the_one_that_looks_like_the_table(self, folder):
        spec = CohortSpec(patients="study.xlsx", adverse_events="study.xlsx")
        cohort = load_cohort(spec, base=folder)
        assert shape(cohort) == (N, 3)
        said = {issue.table: issue for issue in cohort.issues if issue.code == "other-sheets"}
        assert "Sheet 'Patients' of 'study.xlsx' was read" in said["patients"].message
        assert "'AE' of" in said["adverse_events"].message
        assert said["patients"].remedy == "Name another one after '#': study.xlsx#Notes."

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("study.xlsx#Patient", r"'study\.xlsx' has no sheet 'Patient'.*Did you mean 'Patients'"),
            ("study.xlsx#Blank", "no sheet with data"),
            ("none.xlsx#AE", r"'none\.xlsx' is not there"),
            ("p#1.csv#AE", r"'p#1\.csv' is no workbook and has no sheet 'AE'"),
        ],
    )
    def test_sheets_that_are_not_there(self, folder, path, said):
        with pytest.raises(ReadError, match=said):
            load_cohort(CohortSpec(patients=path), base=folder)


class TestHeadless:
    def test_describe_names_the_sheets_and_run_takes_what_it_wrote(self, folder, capfdbinary, monkeypatch):
        monkeypatch.chdir(folder)
        assert main(["describe", "study.xlsx"]) == 0
        described = json.loads(capfdbinary.readouterr().out)
        assert [(table["name"], table["file"], table["sheet"]) for table in described["tables"]] == [
            ("patients", "study.xlsx", "Patients"),
            ("adverse_events", "study.xlsx", "AE"),
        ]
        assert "other-sheets" in [issue["code"] for issue in described["issues"]]
        spec = described["spec"]
        assert spec["cohort"]["patients"] == "study.xlsx#Patients"
        spec["analyses"] = [
            {"id": "km", "kind": "kaplan_meier", "endpoint": "OS"},
            {"id": "ae", "kind": "adverse_events"},
        ]
        (folder / "spec.json").write_text(json.dumps(spec))
        assert main(["run", "spec.json"]) == 0
        results = json.loads(capfdbinary.readouterr().out)
        assert sum(group["n_events"] for group in results["km"]["groups"].values()) == N / 2
        assert results["ae"]["overall"]["groups"]["HIFU"]["any"] == 1

    def test_described_again_and_again_it_is_the_same_cohort(self, folder):
        found = load_files([folder / "study.xlsx"])
        spec = AnalysisSpec.from_json(json.dumps(describe_files([folder / "study.xlsx"])["spec"])).cohort
        again = load_cohort(spec, base=folder / "elsewhere")
        assert (again.spec, again.digest) == (found.spec, found.digest)
        assert again.patients.frame.equals(found.patients.frame)

    def test_describe_takes_a_sheet_too(self, folder):
        cohort = load_files([folder / "study.xlsx#Patients", folder / "book#2.xlsx#AE"])
        assert shape(cohort) == (N, 3)
        assert cohort.spec.patients.endswith("study.xlsx#Patients")
        assert analysis_set(cohort, endpoint="OS").n == N

    def test_endpoints_come_from_the_specification(self, folder):
        endpoints = {"DFS": EndpointSpec(time="os_months", event="os_event", event_is=(0,))}
        cohort = load_cohort(CohortSpec(patients="study.xlsx#Patients", endpoints=endpoints), base=folder)
        assert cohort.spec.endpoints == endpoints
