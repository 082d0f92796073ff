"""Loading: files told apart, specification first, digests, corrections; and describing."""

import hashlib
import json

import pytest

from core.cohort.describe import describe, describe_files
from core.cohort.load import cohort_from_files, load_cohort, load_files, with_spec
from core.cohort.select import analysis_set, levels_of
from core.errors import MissingColumnError, ReadError, SpecError
from core.run import run
from core.spec import AnalysisSpec, CohortSpec, EndpointSpec

PATIENTS = "id,arm,age,os_months,os_event\n" + "".join(
    f"{i},{'HIFU' if i % 3 else 'No HIFU'},{50 + i % 30},{i + 0.5},{i % 2}\n" for i in range(1, 41)
)
EVENTS = """patient,term,class,grade
1.0,Fever,All-cause,1
1,Pain,All-cause,3
 2,Fever,Immune-mediated,Grade 2
99,Rash,All-cause,2
001,Rash,All-cause,1
"""
SESSIONS = "patient,session,energy_j\n1,1,1000\n1,2,2000\n2,1,1500\n"
LESIONS = "patient,lesion,size_cm\n1,1,2.5\n1,2,3.5\n2,1,4.5\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.csv").write_text(PATIENTS, encoding="utf-8")
    (tmp_path / "ae.csv").write_text(EVENTS, encoding="utf-8")
    (tmp_path / "lesions.csv").write_text(LESIONS, encoding="utf-8")
    (tmp_path / "sessions.csv").write_text(SESSIONS, encoding="utf-8")
    return tmp_path


def codes(cohort):
    return [issue.code for issue in cohort.issues]


def test_endpoints_are_recognised_beside_columns_that_are_left_out():
    names = [f"{first} {last}" for first in ("Anna", "Boris", "Clara", "David") for last in ("Keller", "Meyer", "Wolf")]
    rows = "".join(f"{name},{i + 0.5},{i % 2}\n" for i, name in enumerate(names))
    content = f"Patient name,os_months,os_event\n{rows}".encode()
    for shift in (None, 7):
        spec = CohortSpec(patients="p.csv", shift_dates=shift)
        cohort = cohort_from_files({"p.csv": content}, name="p", spec=spec)
        assert "patients-numbered" in codes(cohort)
        assert cohort.spec.endpoints == {"OS": EndpointSpec(time="os_months", event="os_event", event_is=(1,))}
        assert "no-endpoint" not in codes(cohort)


class TestLoad:
    def test_paths_are_relative_to_the_base(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv", adverse_events="ae.csv"), base=folder)
        assert (cohort.name, cohort.n, cohort.synthetic) == ("p", 40, False)
        assert cohort.spec.patients == "p.csv"
        assert cohort.spec.endpoints["OS"] == EndpointSpec(time="os_months", event="os_event", event_is=(1,))
        assert cohort.spec.roles["patient_id"] == "id"
        assert cohort.spec.roles["ae_term"] == "term"
        assert cohort.adverse_events is not None
        assert cohort.adverse_events.frame["grade"].tolist() == [1, 3, 2, 2, 1]

    def test_identifiers_are_written_as_the_patients_write_them(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv", adverse_events="ae.csv"), base=folder)
        assert cohort.adverse_events.frame["patient"].tolist() == ["1", "1", "2", "99", "001"]
        issue = next(issue for issue in cohort.issues if issue.code == "ae-unknown-patient")
        assert (issue.rows, issue.table) == ((5, 6), "adverse_events")
        assert "'99', '001'" in issue.message

    def test_the_digest_of_one_file_is_its_own(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv"), base=folder)
        assert cohort.digest == hashlib.sha256(PATIENTS.encode()).hexdigest()

    def test_the_digest_depends_on_every_file(self, folder):
        spec = CohortSpec(patients="p.csv", adverse_events="ae.csv")
        before = load_cohort(spec, base=folder).digest
        assert load_cohort(spec, base=folder).digest == before
        (folder / "ae.csv").write_text(EVENTS + "2,Rash,All-cause,1\n", encoding="utf-8")
        assert load_cohort(spec, base=folder).digest != before
        assert load_cohort(CohortSpec(patients="p.csv"), base=folder).digest != before

    def test_other_tables(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv", lesions="lesions.csv", sessions="sessions.csv"), base=folder)
        assert set(cohort.other_tables) == {"lesions", "sessions"}
        assert cohort.other_tables["lesions"].n == 3
        assert cohort.spec.sessions == "sessions.csv"

    def test_the_specification_wins_over_recognition(self, folder):
        spec = CohortSpec(
            patients="p.csv",
            roles={"patient_id": "age"},
            endpoints={"DFS": EndpointSpec(time="os_months", event="os_event", event_is=(0,), unit="weeks")},
        )
        cohort = load_cohort(spec, base=folder)
        assert cohort.spec.endpoints == spec.endpoints
        assert cohort.patients.with_role("patient_id") == "age"
        assert cohort.patients.column("os_months").endpoint == "DFS"
        assert analysis_set(cohort, endpoint="DFS").data.n_events == 20

    def test_what_is_synthetic_in_the_specification_stays_so(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv", synthetic=True), base=folder)
        assert (cohort.synthetic, cohort.spec.synthetic) == (True, True)
        again = with_spec(cohort, cohort.spec.model_copy(update={"synthetic": False}))
        assert (again.synthetic, again.spec.synthetic) == (True, True)
        assert describe(cohort)["spec"]["cohort"]["synthetic"] is True
        assert "synthetic" not in describe(load_cohort(CohortSpec(patients="p.csv"), base=folder))["spec"]["cohort"]

    def test_the_argument_makes_the_specification_say_it_too(self, folder):
        assert load_cohort(CohortSpec(patients="p.csv"), base=folder, synthetic=True).spec.synthetic

    def test_names_and_synthetic_data_are_said(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv"), base=folder, name="Sample", synthetic=True)
        assert (cohort.name, cohort.synthetic) == ("Sample", True)

    def test_a_missing_file(self, folder):
        with pytest.raises(ReadError, match=r"'none\.csv' is not there"):
            load_cohort(CohortSpec(patients="none.csv"), base=folder)

    def test_a_role_that_names_no_column(self, folder):
        with pytest.raises(MissingColumnError, match=r"'idd'.*Did you mean 'id'"):
            load_cohort(CohortSpec(patients="p.csv", roles={"patient_id": "idd"}), base=folder)

    def test_issues_of_reading_typing_and_checking_come_together(self, folder):
        text = PATIENTS.replace("id,arm,age", "id,arm,arm").replace("\n3,", "\n\n2,").replace(",5.5,", ",-5.5,")
        (folder / "p.csv").write_text(text, encoding="utf-8")
        found = codes(load_cohort(CohortSpec(patients="p.csv"), base=folder))
        assert {"duplicate-header", "blank-rows", "duplicate-patient", "negative-time"} <= set(found)


class TestFiles:
    def test_patients_and_adverse_events_are_told_apart(self):
        digests = set()
        for files in ({"a.csv": PATIENTS, "b.csv": EVENTS}, {"b.csv": EVENTS, "a.csv": PATIENTS}):
            cohort = cohort_from_files({name: text.encode() for name, text in files.items()}, name="upload")
            assert cohort.name == "upload"
            assert (cohort.spec.patients, cohort.spec.adverse_events) == ("a.csv", "b.csv")
            assert cohort.n == 40
            digests.add(cohort.digest)
        assert len(digests) == 1

    def test_one_file_is_the_patients(self):
        cohort = cohort_from_files({"a.csv": PATIENTS.encode()}, name="x")
        assert cohort.adverse_events is None

    def test_lesions_and_sessions_by_their_file_names(self):
        cohort = cohort_from_files({"p.csv": PATIENTS.encode(), "Lesions.csv": LESIONS.encode()}, name="x")
        assert set(cohort.other_tables) == {"lesions"}

    def test_two_tables_of_patients(self):
        with pytest.raises(ReadError, match=r"not clear which of a\.csv, b\.csv holds one row per patient"):
            cohort_from_files({"a.csv": PATIENTS.encode(), "b.csv": PATIENTS.encode()}, name="x")

    def test_no_file(self):
        with pytest.raises(ReadError, match="no file"):
            cohort_from_files({}, name="x")

    def test_issues_name_the_table_they_are_about(self):
        odd = EVENTS.replace("patient,term,class,grade", "patient,term,class,grade,grade")
        cohort = cohort_from_files({"p.csv": PATIENTS.encode(), "ae.csv": odd.encode()}, name="x")
        issue = next(issue for issue in cohort.issues if issue.code == "duplicate-header")
        assert issue.table == "adverse_events"


class TestCorrected:
    def test_columns_are_typed_and_checked_again(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv", adverse_events="ae.csv"), base=folder)
        said = cohort.spec.model_copy(
            update={"endpoints": {"OS": EndpointSpec(time="os_months", event="os_event", event_is=(0,), unit="years")}}
        )
        corrected = with_spec(cohort, said)
        assert corrected.digest == cohort.digest
        assert corrected.spec.endpoints["OS"].unit == "years"
        assert analysis_set(corrected, endpoint="OS").data.unit == "years"
        assert analysis_set(cohort, endpoint="OS").data.unit == "months"
        assert corrected.adverse_events is not None
        assert corrected.adverse_events.n == 5

    def test_a_correction_that_cannot_be(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv"), base=folder)
        with pytest.raises(SpecError, match="Unknown key 'patients_id'"):
            with_spec(cohort, cohort.spec.model_copy(update={"roles": {"patients_id": "id"}}))

    def test_the_same_specification_changes_nothing(self, folder):
        cohort = load_cohort(CohortSpec(patients="p.csv", adverse_events="ae.csv"), base=folder)
        again = with_spec(cohort, cohort.spec)
        assert again.spec == cohort.spec
        assert again.patients.frame.equals(cohort.patients.frame)


CODED = "id,ecog,centre,seen,note,os_months,os_event\n" + "".join(
    f"{i},{i % 4},{100 + i % 40},2024{1 + i % 9:02d}11,word {i},{i + 0.5},{i % 2}\n" for i in range(1, 81)
)


class TestKinds:
    """What the user says about how a column is read."""

    @pytest.fixture
    def load(self, tmp_path):
        (tmp_path / "p.csv").write_text(CODED, encoding="utf-8")

        def load_it(kinds, **spec):
            return load_cohort(CohortSpec(patients="p.csv", kinds=kinds, **spec), base=tmp_path)

        return load_it

    def test_without_them_the_cells_speak(self, load):
        cohort = load({})
        kinds = {column.name: column.kind for column in cohort.patients.columns}
        assert kinds == {
            "id": "text", "ecog": "category", "centre": "number", "seen": "number", "note": "text",
            "os_months": "number", "os_event": "category",
        }  # fmt: skip
        assert cohort.spec.kinds == {}

    def test_codes_become_numbers_and_numbers_categories(self, load):
        said = {"ecog": "number", "centre": "category", "seen": "date", "note": "category"}
        cohort = load(said)
        assert {name: cohort.patients.column(name).kind for name in said} == said
        assert cohort.patients.frame["ecog"].tolist()[:4] == [1.0, 2.0, 3.0, 0.0]
        assert levels_of(cohort.patients, "centre")[:2] == ("100", "101")
        assert str(cohort.patients.frame["seen"].iloc[0].date()) == "2024-02-11"
        assert cohort.spec.kinds == said
        assert describe(cohort)["spec"]["cohort"]["kinds"] == said

    def test_a_number_is_one_term_of_a_model_and_a_category_several(self, load):
        asked = {"id": "cox", "kind": "cox", "endpoint": "OS", "covariates": ["ecog"]}

        def terms(kinds):
            cohort = load(kinds)
            spec = AnalysisSpec.model_validate({"cohort": cohort.spec, "analyses": [asked]})
            return [term.level for term in run(spec, cohort)["cox"].cox.multivariable.terms]

        assert terms({}) == ["1", "2", "3"]
        assert terms({"ecog": "number"}) == [None]

    def test_they_win_over_what_an_endpoint_asks_for(self, load):
        endpoints = {"OS": EndpointSpec(time="os_months", event="os_event", event_is=(1,))}
        cohort = load({"os_months": "text"}, endpoints=endpoints)
        assert cohort.patients.column("os_months").kind == "text"
        assert "endpoint-unreadable" in codes(cohort)

    def test_roles_follow_them(self, load):
        assert load({}).patients.column("seen").role == "covariate"
        assert load({"seen": "date"}).patients.column("seen").role == "other_date"
        assert load({"ecog": "text"}).patients.column("ecog").role == "ignore"

    def test_they_can_be_corrected_and_taken_back(self, load):
        cohort = load({})
        changed = with_spec(cohort, cohort.spec.model_copy(update={"kinds": {"ecog": "number"}}))
        assert changed.patients.column("ecog").kind == "number"
        back = with_spec(changed, cohort.spec)
        assert (back.patients.column("ecog").kind, back.spec) == ("category", cohort.spec)

    def test_a_column_that_is_not_there(self, load):
        with pytest.raises(MissingColumnError, match=r"'ecogg', needed for the kind 'number'.*Did you mean 'ecog'"):
            load({"ecogg": "number"})

    @pytest.mark.parametrize("kind", ["number", "date"])
    def test_a_kind_that_no_cell_is_of(self, load, kind):
        with pytest.raises(SpecError, match=rf"'note' cannot be read as a {kind}: none.*'word 1', 'word 2'"):
            load({"note": kind})

    def test_an_empty_column_is_empty_whatever_is_said(self, tmp_path):
        (tmp_path / "p.csv").write_text("id,note\n1,\n2,\n", encoding="utf-8")
        cohort = load_cohort(CohortSpec(patients="p.csv", kinds={"note": "number"}), base=tmp_path)
        assert cohort.patients.column("note").kind == "empty"

    def test_a_number_names_no_patient(self, load):
        assert load({"id": "number"}).patients.with_role("patient_id") is None
        with pytest.raises(SpecError, match="'id' names the patients and is read as text, not as a number"):
            load({"id": "number"}, roles={"patient_id": "id"})


class TestDescribe:
    def test_tables_issues_and_a_specification_that_loads(self, folder):
        described = describe_files([folder / "p.csv", folder / "ae.csv"])
        assert json.loads(json.dumps(described)) == described
        assert [(table["name"], table["file"], table["rows"]) for table in described["tables"]] == [
            ("patients", "p.csv", 40),
            ("adverse_events", "ae.csv", 5),
        ]
        column = described["tables"][0]["columns"][3]
        assert (column["name"], column["type"], column["role"], column["endpoint"]) == (
            "os_months",
            "number",
            "time",
            "OS",
        )
        assert 0 < column["confidence"] <= 1
        assert column["reason"]
        issue = described["issues"][0]
        assert set(issue) == {"code", "severity", "column", "rows", "message", "remedy", "table"}
        spec = AnalysisSpec.from_json(json.dumps(described["spec"]))
        assert spec.group is not None
        assert spec.group.column == "arm"
        loaded = load_cohort(spec.cohort, base=folder / "elsewhere")
        assert loaded.spec == load_files([folder / "p.csv", folder / "ae.csv"]).spec

    def test_analyses_can_be_added(self, folder):
        described = describe_files([folder / "p.csv"])
        described["spec"]["analyses"] = [{"id": "km", "kind": "kaplan_meier", "endpoint": "OS"}]
        assert AnalysisSpec.from_json(json.dumps(described["spec"])).analyses[0].id == "km"

    def test_a_file_that_is_no_table(self, folder):
        (folder / "x.pdf").write_bytes(b"%PDF-1.4")
        with pytest.raises(ReadError, match="a PDF document"):
            describe_files([folder / "x.pdf"])
