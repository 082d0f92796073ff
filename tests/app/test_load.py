"""Loading a cohort: files and sheets dropped, what was recognised corrected, saved analyses opened again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from tests.app.conftest import no_traceback, text_of
from tests.core.cohort.workbooks import xlsx

PAGE = "pages/cohort/load.py"
CONFIRM = "Looks right, show survival"
Open = Callable[..., AppTest]
Rows = list[list[Any]]

N = 30
PATIENTS: Rows = [
    ["id", "arm", "ecog", "os_months", "os_event"],
    *([f"p{i}", ("HIFU", "No HIFU")[i % 2], i % 3, i + 0.5, int(i % 3 > 0)] for i in range(N)),
]
EVENTS: Rows = [["patient", "term", "class", "grade"], ["p1", "Fever", "All", 1], ["p1", "Pain", "All", 3]]
NOTES: Rows = [["What", "Says"], ["os_event", "1 = dead"]]
DAY = "2020-{:02d}-{:02d}"
DATES: Rows = [
    ["id", "first_dose_date", "progression_date", "death_date", "last_seen_date", "status"],
    *(
        [
            f"p{i}",
            DAY.format(1, 1 + i % 28),
            DAY.format(3, 1 + i % 28) if i % 2 else "",
            DAY.format(6, 1 + i % 28) if i % 3 else "",
            DAY.format(9, 1 + i % 28),
            ("alive", "dead")[i % 3 > 0],
        ]
        for i in range(N)
    ),
]


def csv(rows: Rows) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in rows).encode()


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop files onto the page."""
    app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files])
    return no_traceback(app.run())


def widget(found: Sequence[Any], label: str) -> Any:
    return next(one for one in found if one.label == label)


def confirm(app: AppTest) -> Cohort:
    """Press the button and return the cohort that is now on screen."""
    button = widget(app.button, CONFIRM)
    assert not button.disabled
    no_traceback(button.click().run())
    assert app.title[0].value.endswith("?")
    assert app.query_params["cohort"] == "upload"
    uploaded: Cohort = app.session_state["uploaded_cohort"]
    return uploaded


def found(app: AppTest) -> list[str]:
    """What is said of the data."""
    listed = [text for table in app.table for text in table.value["What"]]
    return [*listed, *(one.value for one in app.markdown)]


class TestDropped:
    def test_one_file(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        assert "30 rows of patients" in text_of(app)
        assert widget(app.selectbox, "It is timed by").value == "os_months"
        assert "Nothing to report" in text_of(app)
        cohort = confirm(app)
        assert (cohort.name, cohort.n, cohort.adverse_events) == ("ward", N, None)
        assert "30 patients · 20 events · 0 excluded" in text_of(app)

    @pytest.mark.parametrize("order", [1, -1], ids=["patients first", "events first"])
    def test_two_files_in_either_order(self, open_app: Open, order: int) -> None:
        files = [("a.csv", csv(PATIENTS)), ("b.csv", csv(EVENTS))][::order]
        cohort = confirm(drop(open_app(PAGE), *files))
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("a.csv", "b.csv")
        assert cohort.adverse_events is not None
        assert cohort.adverse_events.n == 2

    def test_one_workbook_with_two_sheets(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("study.xlsx", xlsx({"Legend": NOTES, "Patients": PATIENTS, "AE": EVENTS})))
        said = text_of(app)
        assert "30 rows of patients, 5 columns, sheet Patients" in said.replace("*", "")
        assert "2 rows of adverse events, 4 columns, sheet AE" in said.replace("*", "")
        assert any("that were not used" in text and "'Legend'" in text for text in found(app))
        cohort = confirm(app)
        assert (cohort.spec.patients, cohort.spec.adverse_events) == ("study.xlsx#Patients", "study.xlsx#AE")
        no_traceback(app.switch_page("pages/safety/adverse_events.py").run())
        assert "Fever" in "\n".join(str(table.value) for table in app.table)

    def test_a_bad_file_after_a_good_one_keeps_the_first(self, open_app: Open) -> None:
        app = open_app(PAGE)
        first = confirm(drop(app, ("ward.csv", csv(PATIENTS))))
        no_traceback(app.switch_page(PAGE).run())
        drop(app, ("scan.csv", b"%PDF-1.7 nothing"))
        assert "'scan.csv' is not a table: it is a PDF document." in text_of(app)
        assert "the cohort you had before is still there" in text_of(app)
        assert [button for button in app.button if button.label == CONFIRM] == []
        assert app.session_state["uploaded_cohort"] is first
        no_traceback(app.switch_page("pages/survival/kaplan_meier.py").run())
        assert "30 patients · 20 events" in text_of(app)

    def test_a_bad_file_beside_a_good_one_can_be_taken_away(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)), ("scan.csv", b"%PDF-1.7 nothing"))
        assert app.error
        drop(app, ("ward.csv", csv(PATIENTS)))
        assert not app.error
        assert confirm(app).n == N

    def test_two_files_of_one_name(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("a.csv", csv(PATIENTS)), ("a.csv", csv(EVENTS)))
        assert [error.value.replace("\\", "") for error in app.error] == ["Two files are called 'a.csv'."]

    def test_questions_about_the_data_are_put(self, open_app: Open) -> None:
        rows = [PATIENTS[0], *([*row[:-1], i % 3] for i, row in enumerate(PATIENTS[1:]))]
        app = drop(open_app(PAGE), ("ward.csv", csv(rows)))
        assert any(text.startswith("**What do the codes in") for text in found(app))
        assert widget(app.button, CONFIRM).disabled


class TestCorrected:
    def test_another_value_means_the_event(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        values = widget(app.multiselect, "Values that mean the event")
        assert values.value == ["1"]
        no_traceback(values.set_value(["0"]).run())
        assert confirm(app).spec.endpoints["OS"].event_is == ("0",)
        assert "30 patients · 10 events" in text_of(app)

    def test_without_a_value_there_is_nothing_to_confirm(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        no_traceback(widget(app.multiselect, "Values that mean the event").set_value([]).run())
        assert widget(app.button, CONFIRM).disabled
        assert "Say which values mean that the event happened" in text_of(app)

    def test_columns_nobody_would_recognise(self, open_app: Open) -> None:
        rows = [["who", "group", "ecog", "duration of it", "outcome of it"], *PATIENTS[1:]]
        app = drop(open_app(PAGE), ("ward.csv", csv(rows)))
        assert widget(app.button, CONFIRM).disabled
        assert any("No endpoint was recognised" in text for text in found(app))
        widget(app.selectbox, "It is timed by").set_value("duration of it")
        no_traceback(widget(app.selectbox, "What happened stands in").set_value("outcome of it").run())
        assert widget(app.multiselect, "Values that mean the event").value == ["1"]
        cohort = confirm(app)
        assert cohort.spec.endpoints["OS"].time == "duration of it"
        assert "30 patients · 20 events" in text_of(app)

    def test_another_unit_and_another_endpoint(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        widget(app.selectbox, "in").set_value("weeks")
        no_traceback(widget(app.selectbox, "Another endpoint").set_value("RFS").run())
        assert widget(app.button, CONFIRM).disabled
        no_traceback(widget(app.button, "Remove RFS").click().run())
        cohort = confirm(app)
        assert {name: spec.unit for name, spec in cohort.spec.endpoints.items()} == {"OS": "weeks"}

    def test_the_class_of_an_adverse_event_stands_elsewhere(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("a.csv", csv(PATIENTS)), ("b.csv", csv(EVENTS)))
        no_traceback(widget(app.selectbox, "Adverse event").set_value("class").run())
        assert confirm(app).spec.roles["ae_term"] == "class"


class TestDates:
    def test_os_and_pfs_from_dates(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("dates.csv", csv(DATES)))
        events = [select.value for select in app.multiselect if select.label == "to the event on"]
        assert events == [["death_date"], ["progression_date", "death_date"], ["progression_date"]]
        before = [select.value for select in app.multiselect if select.label == "unless before that came"]
        assert before == [[], [], ["death_date"]]
        cohort = confirm(app)
        assert cohort.spec.endpoints["OS"].event_date == "death_date"
        assert cohort.spec.endpoints["PFS"].event_date == ("progression_date", "death_date")
        assert cohort.spec.endpoints["TTP"].competing_date == {"death": "death_date"}
        no_traceback(widget(app.selectbox, "Endpoint").set_value("PFS").run())
        assert "30 patients · 25 events" in text_of(app)

    def test_death_no_longer_counts_as_progression(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("dates.csv", csv(DATES)))
        second = [select for select in app.multiselect if select.label == "to the event on"][1]
        no_traceback(second.set_value(["progression_date"]).run())
        assert confirm(app).spec.endpoints["PFS"].event_date == "progression_date"
        no_traceback(widget(app.selectbox, "Endpoint").set_value("PFS").run())
        assert "30 patients · 15 events" in text_of(app)

    def test_follow_up_ends_at_a_data_cut(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("dates.csv", csv(DATES)))
        assert widget(app.selectbox, "It runs from").options[0] == "first_dose_date (first treatment)"
        no_traceback(widget(app.segmented_control, "Follow-up ends").set_value("at a data cut").run())
        assert widget(app.button, CONFIRM).disabled
        assert "Choose the day of the data cut." in text_of(app)
        no_traceback(widget(app.date_input, "on").set_value(datetime.date(2020, 4, 30)).run())
        assert {spec.data_cut for spec in confirm(app).spec.endpoints.values()} == {"2020-04-30"}
        assert "30 patients · 0 events" in text_of(app)

    def test_follow_up_of_a_column_of_times_ends_after_a_time(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        no_traceback(widget(app.segmented_control, "Follow-up ends").set_value("after a time").run())
        no_traceback(widget(app.number_input, "after").set_value(12.0).run())
        assert confirm(app).spec.endpoints["OS"].until == 12
        assert "30 patients · 8 events" in text_of(app)

    def test_a_data_cut_without_dates_cannot_be_confirmed(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        no_traceback(widget(app.segmented_control, "Follow-up ends").set_value("at a data cut").run())
        no_traceback(widget(app.date_input, "on").set_value(datetime.date(2020, 4, 30)).run())
        assert widget(app.button, CONFIRM).disabled
        assert "a data cut cannot be applied to them" in text_of(app)

    def test_a_status_says_whether_and_one_date_when(self, open_app: Open) -> None:
        rows = [[row[0], row[1], row[4], row[5]] for row in DATES]
        app = drop(open_app(PAGE), ("dates.csv", csv(rows)))
        assert widget(app.selectbox, "Whether it happened stands in").value == "status"
        assert widget(app.multiselect, "Values that mean the event").value == ["dead"]
        cohort = confirm(app)
        spec = cohort.spec.endpoints["OS"]
        assert (spec.event_date, spec.censor_date, spec.event) == ("last_seen_date", "last_seen_date", "status")
        assert "30 patients · 20 events" in text_of(app)

    def test_one_date_without_a_status_cannot_be_confirmed(self, open_app: Open) -> None:
        rows = [[row[0], row[1], row[4], row[5]] for row in DATES]
        app = drop(open_app(PAGE), ("dates.csv", csv(rows)))
        no_traceback(widget(app.selectbox, "Whether it happened stands in").set_value("the date of the event").run())
        assert widget(app.button, CONFIRM).disabled
        assert "choose the column that says which of them it was" in text_of(app)


def change_kind(app: AppTest, **kinds: str) -> AppTest:
    """Change kinds in the list of columns."""
    editor = app.data_editor[0]
    columns = editor.value["Column"].tolist()
    edited = {columns.index(name): {"Kind": kind} for name, kind in kinds.items()}
    app.session_state[editor.key] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    return no_traceback(app.run())


class TestKinds:
    def test_a_code_becomes_a_number(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        listed = app.data_editor[0].value
        assert dict(zip(listed["Column"], listed["Kind"], strict=True))["ecog"] == "category"
        change_kind(app, ecog="number")
        cohort = confirm(app)
        assert cohort.spec.kinds == {"ecog": "number"}
        assert cohort.patients.column("ecog").kind == "number"

    def test_the_list_follows(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        change_kind(app, ecog="text")
        listed = app.data_editor[0].value.set_index("Column").loc["ecog"]
        assert (listed["Taken for"], listed["Why"]) == ("not used", "it is free text")

    def test_recognition_starts_again_from_it(self, open_app: Open) -> None:
        rows = [[row[0], row[1], row[4].replace("-", "") if "-" in row[4] else "seen", row[5]] for row in DATES]
        app = drop(open_app(PAGE), ("dates.csv", csv(rows)))
        assert any("No endpoint was recognised" in text for text in found(app))
        change_kind(app, seen="date")
        widget(app.segmented_control, "Times come from").set_value("dates")
        no_traceback(app.run())
        assert "seen" in widget(app.selectbox, "or was last seen on").options

    def test_unchanged_it_is_not_written(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        change_kind(app, ecog="category")
        assert confirm(app).spec.kinds == {}

    def test_a_kind_that_no_value_is_of_is_said(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("ward.csv", csv(PATIENTS)))
        change_kind(app, arm="number")
        assert [error.value.replace("\\", "") for error in app.error] == [
            "'arm' cannot be read as a number: none of its values is one."
        ]
        assert widget(app.button, CONFIRM).disabled
        change_kind(app, arm="text")
        assert confirm(app).patients.column("arm").kind == "text"

    def test_an_identifier_stays_text(self, open_app: Open) -> None:
        rows = [PATIENTS[0], *([i, *row[1:]] for i, row in enumerate(PATIENTS[1:], start=100))]
        app = change_kind(drop(open_app(PAGE), ("ward.csv", csv(rows))), id="number")
        assert [error.value.replace("\\", "") for error in app.error] == [
            "'id' names the patients and is read as text, not as a number."
        ]


SPEC = {
    "cohort": {
        "patients": "data/study.xlsx#Second",
        "kinds": {"ecog": "number"},
        "endpoints": {"DFS": {"time": "os_months", "event": "os_event", "event_is": [1], "unit": "weeks"}},
    },
    "group": {"column": "arm"},
    "analyses": [{"id": "km", "kind": "kaplan_meier", "endpoint": "DFS"}],
}


class TestSavedAnalysis:
    BOOK = xlsx({"First": PATIENTS, "Second": PATIENTS[: N // 2 + 1]})

    def test_with_its_data(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("SPEC.json", json.dumps(SPEC).encode()), ("study.xlsx", self.BOOK))
        cohort = confirm(app)
        assert (cohort.n, cohort.spec.patients) == (N // 2, "study.xlsx#Second")
        assert cohort.spec.kinds == {"ecog": "number"}
        assert list(cohort.spec.endpoints) == ["DFS"]
        assert app.query_params["endpoint"] == "DFS"
        assert cohort.spec.endpoints["DFS"].unit == "weeks"

    def test_kinds_changed_on_top_of_it(self, open_app: Open) -> None:
        app = drop(open_app(PAGE), ("SPEC.json", json.dumps(SPEC).encode()), ("study.xlsx", self.BOOK))
        change_kind(app, arm="text")
        cohort = confirm(app)
        assert cohort.spec.kinds == {"ecog": "number", "arm": "text"}
        assert list(cohort.spec.endpoints) == ["DFS"]

    def test_with_data_that_do_not_fit(self, open_app: Open) -> None:
        spec = SPEC | {"cohort": SPEC["cohort"] | {"kinds": {"ecogg": "number"}}}  # type: ignore[operator]
        app = drop(open_app(PAGE), ("SPEC.json", json.dumps(spec).encode()), ("study.xlsx", self.BOOK))
        assert "Column 'ecogg'" in app.error[0].value

    def test_alone_it_opens_on_the_cohort_that_has_its_columns(self, open_app: Open) -> None:
        app = open_app(PAGE)
        confirm(drop(app, ("ward.csv", csv(PATIENTS))))
        no_traceback(app.switch_page(PAGE).run())
        saved = json.dumps(SPEC | {"filters": [{"column": "ecog", "op": "==", "value": 0}]}).encode()
        drop(app, ("SPEC.json", saved))
        assert app.query_params["cohort"] == "upload"
        assert "10 patients" in text_of(app)

    def test_a_bad_file_after_it_is_said(self, open_app: Open) -> None:
        app = open_app(PAGE)
        confirm(drop(app, ("ward.csv", csv(PATIENTS))))
        for dropped in (("SPEC.json", json.dumps(SPEC).encode()), ("scan.csv", b"%PDF-1.7 nothing")):
            no_traceback(app.switch_page(PAGE).run())
            drop(app, dropped)
        assert "a PDF document" in app.error[0].value


def test_a_cohort_without_an_event_can_be_loaded(open_app: Open) -> None:
    rows = [PATIENTS[0], *([*row[:4], 0] for row in PATIENTS[1:])]
    app = drop(open_app(PAGE), ("p.csv", csv(rows)))
    confirm(app)
    assert "Nobody of 30 patients had the event" in text_of(app)


def test_nobody_having_the_event_can_be_said(open_app: Open) -> None:
    rows = [[*PATIENTS[0][:3], "x", "y"], *([*row[:4], "seen"] for row in PATIENTS[1:])]
    app = drop(open_app(PAGE), ("p.csv", csv(rows)))
    for label, column in (("It is timed by", "x"), ("What happened stands in", "y")):
        widget(app.selectbox, label).set_value(column)
        no_traceback(app.run())
    assert "say above how each endpoint is timed" in text_of(app)
    widget(app.checkbox, "Nobody had the event").check()
    no_traceback(app.run())
    assert confirm(app).spec.endpoints["OS"].event_is == ("(nobody)",)


def test_a_cohort_without_survival_can_be_loaded(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("p.csv", csv([row[:3] for row in PATIENTS])))
    widget(app.checkbox, "This file has no survival data").check()
    no_traceback(app.run())
    assert not confirm(app).spec.endpoints


def test_dates_without_a_recognised_start_open_on_dates(open_app: Open) -> None:
    renamed = [["id", "visit one", "visit two", "x", "visit three", "status"], *DATES[1:]]
    app = drop(open_app(PAGE), ("p.csv", csv(renamed)))
    assert any(box.label == "It runs from" for box in app.selectbox)
