"""A study saved and opened on screen, identifying columns kept, a mapping remembered, and two data cuts."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.load import load_cohort
from core.cohort.study import study_bytes
from core.spec import AnalysisSpec
from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import DATES, PAGE, PATIENTS, Rows, confirm, csv, drop, found, widget

Open = Callable[..., AppTest]
SURVIVAL, ABOUT, CUTS = "pages/survival/kaplan_meier.py", "pages/cohort/about.py", "pages/cohort/data_cuts.py"
SAMPLES = Path(__file__).parents[2] / "sample_data"
NAMED: Rows = [["Patient name", *PATIENTS[0][1:], "seen"]] + [
    [f"{first} {last}", *row[1:], f"2021-03-{i + 1:02d}"]
    for i, (row, (first, last)) in enumerate(
        zip(
            PATIENTS[1:],
            (
                (a, b)
                for a in ("Anna", "Boris", "Clara", "David", "Emil")
                for b in ("Keller", "Meyer", "Sommer", "Wolf", "Otto", "Kurz")
            ),
            strict=True,
        )
    )
]


def study(name: str = "hifu_ici") -> bytes:
    spec = AnalysisSpec.from_file(SAMPLES / name / "spec.json")
    cohort = load_cohort(spec.cohort, base=SAMPLES / name, name=name)
    return study_bytes(cohort, spec, saved="2026-01-31")


NAMES = [str(row[0]) for row in NAMED[1:]]


def named_in(content: bytes) -> list[str]:
    """Names and surnames that stand in any part of a saved study, which is packed."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = "\n".join(part + parts.read(part).decode() for part in parts.namelist())
    assert "os_months" in text
    return [name for name in (*NAMES, *(name.split()[1] for name in NAMES)) if name in text]


def saved_on_screen(app: AppTest) -> bytes:
    """What the button on the page about the cohort hands out."""
    from ui.selection import Selection
    from ui.study_file import questions

    cohort, selection = app.session_state["uploaded_cohort"], app.session_state["selection"]
    assert isinstance(selection, Selection)
    return study_bytes(cohort, selection.spec(cohort.spec, *questions(selection)), saved="2026-01-31")


class TestStudy:
    def test_saved_and_opened_the_pages_say_the_same(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        confirm(app)
        before = text_of(app)
        no_traceback(app.switch_page(ABOUT).run())
        assert "Save this study" in text_of(app)
        assert "Save this study (.cohortscope)" in [one.label for one in app.get("download_button")]
        content = saved_on_screen(app)
        again = drop(open_app(PAGE), ("ward.cohortscope", content))
        said = text_of(again)
        assert "Is this the study you meant?" in said
        assert "Opened from a study saved on 2026-01-31" in said
        no_traceback(widget(again.button, "Open this study").click().run())
        assert text_of(again) == before
        no_traceback(again.switch_page(ABOUT).run())
        assert "Patients: ward.csv, SHA-256" in text_of(again)

    def test_what_was_asked_is_asked_again(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("x.cohortscope", study()))
        no_traceback(widget(app.button, "Open this study").click().run())
        assert "19.6" in text_of(app) + str([table.value for table in app.table])
        assert app.query_params["group"] != [""]

    def test_a_damaged_study_changes_nothing(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("x.cohortscope", study()[:-300]))
        assert "is damaged or was changed" in text_of(app)
        assert "the cohort you had before is still there" in text_of(app)

    def test_a_study_beside_other_files(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("x.cohortscope", study()), ("ward.csv", csv(PATIENTS)))
        assert "A saved study was dropped with other files." in text_of(app)


class TestLeftOut:
    def test_a_column_is_kept_on_request(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(NAMED)))
        assert "patients-numbered" not in text_of(app)
        keep = widget(app.checkbox, "Keep Patient name although it could name a person")
        assert keep.value is False
        app = no_traceback(keep.check().run())
        cohort = confirm(app)
        assert cohort.spec.keep_identifiers == ("Patient name",)
        assert cohort.patients.frame["Patient name"][0] == "Anna Keller"
        assert named_in(saved_on_screen(app)) == []

    def test_by_default_it_is_not(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(NAMED)))
        cohort = confirm(app)
        assert list(cohort.patients.frame["Patient name"][:2]) == ["P001", "P002"]  # it told the patients apart
        assert cohort.spec.keep_identifiers == ()
        assert cohort.spec.shift_dates is None
        said = " ".join(f"{issue.message} {issue.remedy}" for issue in cohort.issues)
        assert not [name for name in NAMES if name in said]
        assert named_in(saved_on_screen(app)) == []

    def test_nor_is_a_second_column_of_names(self, open_app: Open) -> None:
        numbered = [["id", *NAMED[0]], *([f"H{i:03d}", *row] for i, row in enumerate(NAMED[1:]))]
        app = drop(open_app(PAGE), ("ward.csv", csv(numbered)))
        assert "Patient name" not in confirm(app).patients.frame
        assert named_in(saved_on_screen(app)) == []

    def test_nor_where_a_patient_stands_twice(self, open_app: Open) -> None:
        """Findings about rows that share a name do not quote it."""
        app = drop(open_app(PAGE), ("ward.csv", csv([*NAMED, NAMED[3], ["Anna Meyer", *NAMED[20][1:]]])))
        confirm(app)
        assert named_in(saved_on_screen(app)) == []

    def test_dates_are_shifted_once(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(NAMED)))
        app = no_traceback(widget(app.checkbox, "Shift dates per patient").check().run())
        assert any("Dates were shifted" in text for text in found(app))
        seed = confirm(app).spec.shift_dates
        assert seed is not None
        assert seed > 0

    def test_nothing_is_asked_where_nothing_was_left_out(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        assert not [one for one in app.checkbox if "name a person" in one.label]


class TestRemembered:
    @pytest.fixture(autouse=True)
    def memory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("COHORTSCOPE_MEMORY", str(tmp_path))
        return tmp_path / "mappings.json"

    def confirmed(self, open_app: Open) -> None:
        """Patients' times confirmed as weeks, which nothing in the file says."""
        app = drop(open_app(PAGE), ("a.csv", csv(PATIENTS)))
        widget(app.selectbox, "in").set_value("weeks")
        assert confirm(no_traceback(app.run())).spec.endpoints["OS"].unit == "weeks"

    def test_for_another_file_with_the_same_header(self, open_app: Open, memory: Path) -> None:
        self.confirmed(open_app)
        later = [[name.upper() for name in PATIENTS[0]], *([f"q{row[0]}", *row[1:]] for row in PATIENTS[5:])]
        app = drop(open_app(PAGE), ("b.csv", csv(later)))
        assert "A file with the same columns was confirmed on" in text_of(app)
        assert widget(app.selectbox, "in").value == "weeks"
        cohort = confirm(app)
        assert cohort.spec.endpoints["OS"].time == "OS_MONTHS"
        assert "p1" not in memory.read_text()

    def test_forgotten_on_request(self, open_app: Open, memory: Path) -> None:
        self.confirmed(open_app)
        app = drop(open_app(PAGE), ("a.csv", csv(PATIENTS)))
        app = no_traceback(widget(app.button, "Forget it").click().run())
        assert widget(app.selectbox, "in").value == "months"
        assert "was confirmed on" not in text_of(app)
        assert json.loads(memory.read_text()) == {}

    def test_not_for_another_header(self, open_app: Open) -> None:
        self.confirmed(open_app)
        app = drop(open_app(PAGE), ("d.csv", csv(DATES)))
        assert "was confirmed on" not in text_of(app)

    def test_not_where_it_is_switched_off(self, open_app: Open, monkeypatch: pytest.MonkeyPatch, memory: Path) -> None:
        monkeypatch.setenv("COHORTSCOPE_MEMORY", "off")
        self.confirmed(open_app)
        assert not memory.exists()
        assert "was confirmed on" not in text_of(drop(open_app(PAGE), ("a.csv", csv(PATIENTS))))


class TestCuts:
    def test_an_earlier_file(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("later.csv", csv(PATIENTS)))
        confirm(app)
        no_traceback(app.switch_page(CUTS).run())
        assert "Drop the earlier one" in text_of(app)
        app = drop(app, ("earlier.csv", csv([*PATIENTS[:21], ["gone", "HIFU", 1, 9.5, 1]])))
        assert "21 patients, the later one 30: 10 added, 1 removed and 0 changed." in text_of(app)
        assert [table.value.shape[0] > 0 for table in app.table] == [True, True, True]

    def test_an_earlier_study(self, open_app: Open) -> None:
        app = open_app(CUTS)
        app = drop(app, ("x.cohortscope", study()))
        assert "94 patients, the later one 94: 0 added, 0 removed and 0 changed." in text_of(app)
        assert "Nothing: every value is the same." in text_of(app)

    def test_another_study_is_refused_in_words(self, open_app: Open) -> None:
        app = drop(open_app(CUTS), ("x.cohortscope", study("hcc_ablation")))
        assert "The two cuts have no patient in common" in text_of(app)
