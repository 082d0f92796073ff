"""Names of adverse events that mean the same: suggested, merged, changed, undone, and on the next page too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import ROOT, no_traceback, text_of

PAGE = "pages/safety/adverse_events.py"
Open = Callable[..., AppTest]
PATIENTS = "id,arm,os_days,os_event\n" + "".join(f"p{i:02d},{'AB'[i % 2]},{100 + i},{i % 2}\n" for i in range(20))
WRITTEN = ["Fatigue", "Fatige", "FATIGUE gr.3", "fatigue", "ALT increased", "ALT升高", "Rash", "Nausea"]
EVENTS = "id,ae_term,ae_grade,ae_start_day\n" + "".join(
    f"p{i:02d},{WRITTEN[i % 8]},{'' if i % 8 == 2 else 1},{i}\n" for i in range(16)
)


@pytest.fixture
def app(open_app: Open) -> AppTest:
    cohort = cohort_from_files({"patients.csv": PATIENTS.encode(), "ae.csv": EVENTS.encode()}, name="own")
    return open_app(PAGE, uploaded=cohort, cohort="upload", group="arm")


def _terms(app: AppTest) -> list[str]:
    return [str(text).replace("\\", "").replace("\u2003", "").strip("* ") for text in app.table[0].value.iloc[:, 0]]


def _press(app: AppTest, label: str, which: int = 0) -> None:
    [button for button in app.button if button.label == label][which].click()
    no_traceback(app.run())


def test_suggestions_are_said_and_change_nothing(app: AppTest) -> None:
    assert "Names that mean the same (2 suggestions)" in [one.label for one in app.expander]
    said = text_of(app)
    assert "**Fatigue**: Fatige (2), fatigue (2), FATIGUE gr.3 (2). 6 events get this name. A letter differs." in said
    assert "**ALT increased**: ALT升高 (2). 2 events get this name." in said
    assert "Fatige" in _terms(app)


def test_merged_counted_as_one_said_and_undone(app: AppTest) -> None:
    _press(app, "Merge")
    assert "Fatige" not in _terms(app)
    assert "Fatigue" in _terms(app)
    assert "6 events under another name than written" in text_of(app)
    assert "Names that mean the same (1 suggestion)" in [one.label for one in app.expander]
    no_traceback(app.button(key="history_undo").click().run())  # a merge is a step like any option
    assert "Fatige" in _terms(app)
    no_traceback(app.button(key="history_redo").click().run())
    assert "Fatige" not in _terms(app)
    no_traceback(app.button(key="ae_terms_undo_0").click().run())
    assert "Fatige" in _terms(app)
    assert "under another name than written" not in text_of(app)


def test_the_grade_in_a_name(app: AppTest) -> None:
    box = next(one for one in app.checkbox if one.label.startswith("Read the grade written in the name"))
    box.check()
    no_traceback(app.run())
    assert "Grade read from the name of the event: 2 events." in text_of(app)
    next(one for one in app.checkbox if one.label.startswith("Read the grade written in the name")).uncheck()
    no_traceback(app.run())
    assert "Grade read from the name" not in text_of(app)


def test_a_suggestion_is_changed_and_merged_by_hand(app: AppTest) -> None:
    _press(app, "Change")
    chosen = next(one for one in app.multiselect if one.label == "Merge these names")
    assert set(chosen.value) == {"Fatigue", "fatigue", "FATIGUE gr.3", "Fatige"}
    chosen.set_value(["Fatigue", "Fatige", "Nausea"])
    next(one for one in app.text_input if one.label == "under the name").set_value("Feeling ill")
    no_traceback(app.run())
    _press(app, "Merge these")
    assert "Feeling ill" in _terms(app)
    assert "Nausea" not in _terms(app)
    # Merged again under another name it leaves the first.
    next(one for one in app.multiselect if one.label == "Merge these names").set_value(["Nausea", "Rash"])
    no_traceback(app.run())
    _press(app, "Merge these")
    assert "Nausea" in _terms(app)
    assert "Rash" not in _terms(app)
    _press(app, "Undo all")
    assert {"Nausea", "Rash", "Fatige"} <= set(_terms(app))


def test_the_page_over_time_asks_with_it(app: AppTest) -> None:
    _press(app, "Merge")
    no_traceback(app.switch_page("pages/safety/over_time.py").run())
    events = next(one for one in app.selectbox if one.label == "Adverse event")
    assert "Fatige" not in events.options
    events.set_value("Fatigue")
    no_traceback(app.run())
    assert "6 events under another name than written" in text_of(app)


def test_a_cohort_without_anything_to_merge(open_app: Open) -> None:
    labels = [one.label for one in open_app(PAGE).expander]
    assert "Merge names" in labels
    assert not any(label.startswith("Names that mean") for label in labels)


def test_a_saved_analysis_holds_what_was_merged_and_the_link_does_not(app: AppTest) -> None:
    _press(app, "Merge")
    kept = app.session_state["ae_question"]
    assert kept["merge_terms"] == {"Fatigue": ["Fatige", "Fatigue", "fatigue", "FATIGUE gr.3"]}
    assert "Fatige" not in str(dict(app.query_params))


def test_what_was_merged_is_opened_again(open_app: Open) -> None:
    cohort = cohort_from_files({"patients.csv": PATIENTS.encode(), "ae.csv": EVENTS.encode()}, name="own")
    saved = '{"merge_terms":{"Tired":["Fatigue","Fatige","Not there"]},"grades_in_terms":true}'
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.session_state["uploaded_cohort"] = cohort
    app.session_state["views_asked"] = {"adverse-events": saved}
    for key, value in {"cohort": "upload", "group": "arm"}.items():
        app.query_params[key] = value
    no_traceback(app.run())
    no_traceback(app.switch_page(PAGE).run())
    assert "Tired" in _terms(app)
    assert "Fatige" not in _terms(app)
    assert "Grade read from the name of the event: 2 events." in text_of(app)
