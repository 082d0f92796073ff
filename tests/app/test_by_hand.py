"""On the load page and on the page of quality impossible cells are put right with a button, and undone with another."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import PAGE, Open, Rows, confirm, csv, drop, widget

N = 30
ROWS: Rows = [
    ["id", "age", "AFP", "arm", "os_months", "os_event"],
    *(
        [f"p{i:02}", 620 if i == 3 else 40 + i, 9 + 7 * i, ("TACE", "tace", "HIFU")[i % 3], i + 0.5, i % 2]
        for i in range(N)
    ),
]


@pytest.fixture
def app(open_app: Open) -> AppTest:
    return drop(open_app(PAGE), ("ward.csv", csv([*ROWS, ROWS[8]])))


def button(app: AppTest, label: str) -> Any:
    return widget(app.button, label)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_a_cell_is_counted_as_missing_and_undone(app: AppTest) -> None:
    assert "above 120 in 1 row" in text_of(app)
    no_traceback(button(app, "Count it as missing").click().run())
    assert "above 120 in 1 row" not in text_of(app)
    assert "age, row 5: 620 counts as missing" in text_of(app).replace("\\", "")
    no_traceback(button(app, "Read what the file says").click().run())
    assert "above 120 in 1 row" in text_of(app)
    assert "Read what the file says" not in labels(app)
    assert confirm(app).spec.corrections == ()


def test_a_value_is_typed_and_stays_with_the_cohort(app: AppTest) -> None:
    (field,) = [one for one in app.text_input if one.label.startswith("age, row 5, patient p03")]
    field.set_value("62")
    no_traceback(button(app, "Correct").click().run())
    assert "620 is read as 62" in text_of(app)
    cohort = confirm(app)
    assert [one.becomes for one in cohort.spec.corrections] == ["62"]
    assert cohort.patients.frame["age"][3] == 62


def test_rows_entered_twice_are_left_out_and_spellings_written_alike(app: AppTest) -> None:
    no_traceback(button(app, "Keep the first of each").click().run())
    assert f"{N} rows of patients" in text_of(app)
    no_traceback(button(app, "Write them alike").click().run())
    cohort = confirm(app)
    assert (cohort.n, cohort.spec.repeated_rows, list(cohort.spec.clean)) == (N, "keep-first", ["arm"])


def test_on_the_page_of_quality(app: AppTest) -> None:
    confirm(app)
    no_traceback(app.switch_page("pages/cohort/quality.py").run())
    no_traceback(button(app, "Count it as missing").click().run())
    assert app.session_state["uploaded_cohort"].patients.frame["age"].isna().sum() == 1
    assert "Read what the file says" in labels(app)
    assert "above 120" not in text_of(app)
    no_traceback(button(app, "Read what the file says").click().run())
    assert app.session_state["uploaded_cohort"].spec.corrections == ()


def test_nothing_is_offered_for_a_sample(open_app: Open) -> None:
    app = open_app("pages/cohort/quality.py")
    assert not {"Count it as missing", "Keep the first of each"} & set(labels(app))
