"""The adverse-events page: kinds of events, grades as columns, ratios, the overview, and the patients behind a term."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/safety/adverse_events.py"
Open = Callable[..., AppTest]
PATIENTS = "id,arm,os_months,os_event,SAFFL\n" + "".join(
    f"p{i:02d},{'AB'[i % 2]},{i + 1},{i % 2},{'N' if i > 21 else 'Y'}\n" for i in range(24)
)
EVENTS = "id,ae_term,grade,AEREL,AESER,AEACN\n" + "".join(
    f"p{i:02d},{'Rash' if i % 3 else 'Fever'},{i % 5 + 1},{'POSSIBLE' if i % 2 else 'NONE'},"
    f"{'Y' if i % 4 == 0 else 'N'},{'DRUG WITHDRAWN' if i == 4 else ''}\n"
    for i in range(14)
)


def _box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(box for box in app.selectbox if box.label == label)


def _shown(app: AppTest, table: int = 0) -> str:
    return str(app.table[table].value.to_string()).replace("\\", "").replace("\u00a0", " ")


@pytest.fixture
def uploaded() -> object:
    return cohort_from_files({"patients.csv": PATIENTS.encode(), "ae.csv": EVENTS.encode()}, name="own")


def test_the_published_table_is_there(open_app: Open) -> None:
    app = open_app(PAGE)
    assert app.title[0].value == "Do adverse events differ between HIFU and No HIFU?"
    assert "27 (96.4)" in _shown(app)
    overview = app.table[1].value
    assert overview.iloc[:, 0].tolist()[:2] == ["Any adverse event", "Any of grade ≥ 3"]
    assert "Any treatment-related" in overview.iloc[:, 0].tolist()


def test_kinds_of_events_and_the_safety_population(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    assert "(N = 11)" in _shown(app)
    assert "14 of 22" not in text_of(app)
    _box(app, "Events").set_value("serious")
    no_traceback(app.run())
    assert text_of(app).count("Serious adverse events occurred in 4 of 11 patients (36.4 %) in A") == 1
    _box(app, "Events").set_value("stopped")
    no_traceback(app.run())
    assert "Adverse events leading to stop of treatment occurred in 1 of 11 patients" in text_of(app)


def test_grades_counts_ratios_and_tests(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    _box(app, "Ratio").set_value("koopman")
    _box(app, "Exact test").set_value("barnard")
    no_traceback(app.run())
    columns = " ".join(app.table[0].value.columns).replace("\\", "")
    assert "Risk ratio, any grade (95 % CI)" in columns
    assert "q, any grade" in columns
    assert "Barnard" in text_of(app)
    _box(app, "Grades").set_value("bands")
    no_traceback(app.run())
    columns = " ".join(app.table[0].value.columns).replace("\\", "")
    assert "grade 1–2" in columns
    assert "grade 5" in columns
    assert "Difference" not in columns
    _box(app, "Count").set_value("events")
    no_traceback(app.run())
    assert "every one counted" in text_of(app)


def test_search_and_pruning_say_what_is_not_shown(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    next(box for box in app.text_input if box.label == "Show terms that contain").set_value("ras")
    no_traceback(app.run())
    assert "Not shown: terms without 'ras' in their name (1)." in text_of(app)
    assert "Fever" not in _shown(app)
    next(box for box in app.text_input if box.label == "Show terms that contain").set_value("zzz")
    no_traceback(app.run())
    assert "No term is left" in text_of(app)


def test_the_patients_of_a_term_and_their_survival(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    _box(app, "Show the patients with").set_value("Fever")
    no_traceback(app.run())
    assert app.table[0].value.iloc[:, 0].tolist() == ["2", "5", "8", "11", "14"]
    next(button for button in app.button if button.label == "Look at these patients' survival").click()
    no_traceback(app.run())
    said = text_of(app)
    assert "Patient had Fever" in said
    next(button for button in app.button if button.label == "Remove filter").click()
    no_traceback(app.run())
    assert "Patient had Fever" not in text_of(app)


def test_a_link_filters_by_an_event(open_app: Open) -> None:
    one = '{"column":"Fatigue","op":"had event"}'
    app = open_app("pages/survival/kaplan_meier.py", cohort="hifu_ici", endpoint="OS", filter=one)
    assert "immortal time" in text_of(app)
    strange = open_app(cohort="hifu_ici", endpoint="OS", filter='{"column":"Hiccups","op":"had event"}')
    assert "filters by 'Hiccups', which cannot filter here" in text_of(strange)


def test_survival_after_an_event_is_compared_by_landmarks(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    assert "Patients with an event lived long enough" in text_of(app)
    _box(app, "Compare patients with and without").set_value("immune-mediated")
    no_traceback(app.run())
    assert "The naive ratio is biased" in text_of(app)
    rows = [str(row) for row in app.table[-2].value.iloc[:, 0]]
    assert rows[0] == "Naive"
    assert any(row.startswith("Landmark at 3") for row in rows)


def test_incidence_per_person_time_where_asked(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    next(box for box in app.checkbox if box.label == "Incidence per person-time").check()
    no_traceback(app.run())
    columns = " ".join(" ".join(table.value.columns) for table in app.table).replace("\\", "")
    assert "per 100 person-months (95 % CI)" in columns
    assert "Rate ratio (95 % CI)" in columns
    assert "exact Poisson 95 % CI" in text_of(app)


def _pictures(app: AppTest) -> list[str]:
    return next(list(group.options) for group in app.button_group if group.label == "Picture")


def test_a_link_keeps_the_picture_and_what_is_left_out(open_app: Open, uploaded: object) -> None:
    show = '{"count":"patients","show":{"picture":"volcano","effect":"risk-ratio","sort":"p","search":"ras"}}'
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm", show={"adverse-events": show})
    assert _box(app, "Across").value == "risk-ratio"
    assert _box(app, "Sort by").value == "p"
    assert "Not shown: terms without 'ras' in their name (1)." in text_of(app)
    assert "A dot is an adverse event" in text_of(app)
    assert app.session_state["ae_question"]["show"]["picture"] == "volcano"
    assert "volcano" in str(app.query_params["show"])


def test_a_link_that_cannot_be_read_is_said(open_app: Open, uploaded: object) -> None:
    app = open_app(
        PAGE, uploaded=uploaded, cohort="upload", group="arm", show={"adverse-events": '{"show":{"picture":"pie"}}'}
    )
    assert "options of this page that cannot be read" in text_of(app)


def test_only_pictures_that_the_data_have_something_for(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    assert _pictures(app) == ["Bars", "Differences", "Volcano", "Patients"]  # no event has a start
    _box(app, "Count").set_value("events")
    no_traceback(app.run())
    assert _pictures(app) == ["Patients"]
    sample = open_app(PAGE, cohort="hifu_ici", endpoint="OS")
    assert _pictures(sample) == ["Bars", "Patients", "In time"]  # one group


@pytest.mark.parametrize("picture", ["dots", "volcano", "heat-map", "timeline"])
def test_each_picture_says_its_rules(open_app: Open, picture: str) -> None:
    app = open_app(
        PAGE,
        cohort="hifu_ici",
        endpoint="OS",
        group="hifu",
        show={"adverse-events": json.dumps({"show": {"picture": picture}})},
    )
    said = {
        "dots": "Click a term", "volcano": "filled: q < 0.05", "heat-map": "those with more of the events stand first",
        "timeline": "The end is known of no event",
    }  # fmt: skip
    assert said[picture] in text_of(app)


def test_only_the_severe_ones_and_back_to_all(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    _box(app, "Show the patients with").set_value("Fever")
    no_traceback(app.run())
    next(box for box in app.checkbox if box.label == "Grade 3 or more only").check()
    no_traceback(app.run())
    assert app.table[0].value.iloc[:, 0].tolist() == ["5", "11", "14"]
    next(button for button in app.button if button.label.startswith("Show only patients with this event")).click()
    no_traceback(app.run())
    assert "3 of 3 patients" in text_of(app) or "in B" in text_of(app)
    assert "Only some patients are shown, on every page: Patient had Fever of grade ≥ 3." in text_of(app)
    next(button for button in app.button if button.label == "Back to all patients").click()
    no_traceback(app.run())
    assert "Only some patients" not in text_of(app)


def test_every_option_of_a_link_is_asked(open_app: Open) -> None:
    asked = {
        "classes": ["Immune-mediated"], "events": "related", "exposure": "OS", "difference": "newcombe",
        "risk_ratio": "katz", "test": "barnard",
        "show": {
            "picture": "volcano", "severity": "grade3plus", "effect": "risk-ratio", "sort": "p", "min_percent": 3.0,
            "min_difference": 1.0, "search": "a", "most_terms": 30,
        },
    }  # fmt: skip
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu", show={"adverse-events": json.dumps(asked)})
    assert app.session_state["ae_question"] == asked
    no_traceback(app.run())
    assert app.session_state["ae_question"] == asked


def test_what_a_link_asks_and_cannot_have_is_said(open_app: Open, uploaded: object) -> None:
    asked = '{"show":{"picture":"timeline","min_percent":12.5}}'
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm", show={"adverse-events": asked})
    assert "The link asks for 'timeline', which this page cannot show here." in text_of(app)
    assert "This page leaves out terms at whole per cents: 12.5 as 12." in text_of(app)
    no_traceback(app.run())
    assert "The link asks for" not in text_of(app)


def test_where_the_other_pages_would_show_others_it_is_said(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    _box(app, "Show the patients with").set_value("Fever")
    no_traceback(app.run())
    assert "On the other pages" not in text_of(app)
    _box(app, "Events").set_value("serious")
    no_traceback(app.run())
    assert "On the other pages: 5 patients instead of 2, all with the event, of every kind and class." in text_of(app)


def test_a_saved_analysis_asks_the_same_again(open_app: Open) -> None:
    app = open_app(
        PAGE,
        cohort="hifu_ici",
        endpoint="OS",
        group="hifu",
        show={"adverse-events": '{"show":{"picture":"dots","min_percent":5}}'},
    )
    assert app.session_state["ae_question"] == {"show": {"picture": "dots", "min_percent": 5.0}}
