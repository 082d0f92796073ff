"""The page of adverse events over time: first events, counts, durations, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.load import cohort_from_files
from tests.app.conftest import no_traceback, text_of

PAGE = "pages/safety/over_time.py"
Open = Callable[..., AppTest]
PATIENTS = "id,arm,os_days,os_event,last_dose_day\n" + "".join(
    f"p{i:02d},{'AB'[i % 2]},{100 + 10 * i},{int(i % 3 == 0)},{60 + 5 * i}\n" for i in range(24)
)
EVENTS = "id,ae_term,grade,ae_start_day,ae_end_day\n" + "".join(
    f"p{i:02d},{'Rash' if i % 3 else 'Fever'},{i % 4 + 1},{'' if i == 5 else 3 * i},{'' if i % 4 else 3 * i + 6}\n"
    for i in range(16)
)


def _box(app: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(box for box in app.selectbox if box.label == label)


def _cells(app: AppTest, table: int) -> str:
    return str(app.table[table].value.to_string()).replace("\\", "").replace("\u00a0", " ")


@pytest.fixture
def uploaded() -> object:
    return cohort_from_files({"patients.csv": PATIENTS.encode(), "ae.csv": EVENTS.encode()}, name="own")


def test_the_answer_the_picture_and_the_tables(open_app: Open) -> None:
    app = open_app(PAGE)
    assert app.title[0].value == "Do adverse events over time differ between HIFU and No HIFU?"
    said = text_of(app)
    assert "By 6 months, the cumulative incidence of adverse events was 95.5 % (95 % CI 85.2–98.7) without HIFU" in said
    assert "the mean number of events per patient by then was 5.23 without HIFU and 5.43 with HIFU." in said
    assert len(app.get("vega_lite_chart")) == 1
    assert "Death" in _cells(app, 0)  # the time at risk is that of overall survival
    assert "do not say when they ended" in said


def test_kinds_terms_and_grades(open_app: Open) -> None:
    app = open_app(PAGE, cohort="hifu_ici", endpoint="OS", group="hifu")
    _box(app, "Adverse event").set_value("immune-mediated")
    no_traceback(app.run())
    assert "cumulative incidence of immune-mediated adverse events was 56.1 %" in text_of(app)
    _box(app, "Adverse event").set_value("class: Immune-mediated")
    no_traceback(app.run())
    assert "adverse events of the class Immune-mediated was 56.1 %" in text_of(app)
    _box(app, "Adverse event").set_value("Fatigue")
    next(box for box in app.checkbox if box.label == "Grade 3 or more").check()
    no_traceback(app.run())
    assert "fatigue of grade 3 or more" in text_of(app)


def test_durations_undated_events_and_the_end_of_treatment(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    said = text_of(app)
    assert "1 patient left out: adverse events without a start (row 7)." in said
    assert "How long do they last?" in said
    assert "All of these events" in _cells(app, 2)
    _box(app, "Events without a start").set_value("start")
    _box(app, "End of treatment").set_value("last_dose_day")
    no_traceback(app.run())
    next(box for box in app.checkbox if box.label.startswith("It competes")).check()
    no_traceback(app.run())
    assert "End of treatment" in _cells(app, 0)
    assert "counted at time zero, the earliest they can have come" in text_of(app)
    assert "at risk until the end of treatment plus 30 days, which competes" in text_of(app)


def test_the_other_picture_and_what_one_may_open(open_app: Open, uploaded: object) -> None:
    app = open_app(PAGE, uploaded=uploaded, cohort="upload", group="arm")
    next(one for one in app.segmented_control if one.label == "Picture").set_value("Events per patient")
    no_traceback(app.run())
    assert len(app.get("vega_lite_chart")) == 1
    assert "1 − Kaplan-Meier" in " ".join(one.label for one in app.expander)


def test_without_starts_it_says_what_is_missing(open_app: Open) -> None:
    lines = [",".join(line.split(",")[:3]) for line in EVENTS.strip().split("\n")]
    cohort = cohort_from_files({"patients.csv": PATIENTS.encode(), "ae.csv": "\n".join(lines).encode()}, name="own")
    app = open_app(PAGE, uploaded=cohort, cohort="upload", group="arm")
    assert "does not say when adverse events began" in text_of(app)
