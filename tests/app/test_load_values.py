"""On the load page spellings are unified and variables derived, only where somebody ticks them."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import PAGE, Open, Rows, confirm, csv, drop, found, widget

ROWS: Rows = [
    ["id", "grade", "albumin", "bilirubin", "age", "crp", "os_months", "os_event"],
    *(
        [
            f"p{i}",
            ("G 1", "g1", "G2")[i % 3],
            30 + i % 15,
            8 + 3 * i,
            40 + i,
            ("<0.5", "3.1", "8.5")[i % 3],
            i + 0.5,
            i % 2,
        ]
        for i in range(30)
    ),
]


def ticked(app: AppTest, start: str) -> Any:
    """The one box whose label starts so."""
    (box,) = [box for box in app.checkbox if box.label.replace("\\", "").startswith(start)]
    return box


def test_nothing_is_changed_unasked(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("ward.csv", csv(ROWS)))
    labels = [expander.label for expander in app.expander]
    assert "Unify spellings and missing codes (2 suggested)" in labels
    assert "Derive clinical variables (3 possible)" in labels
    assert not any(box.value for box in app.checkbox)
    cohort = confirm(app)
    assert (cohort.spec.clean, cohort.spec.derived) == ({}, {})


def test_spellings_are_unified(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("ward.csv", csv(ROWS)))
    assert any("look like one level" in text for text in found(app))
    box = ticked(app, "grade:")
    assert "'G 1', 'g1' become 'G1'" in box.label
    no_traceback(box.check().run())
    assert not any("look like one level" in text for text in found(app))
    assert any("in 20 cells was read as 'G1'" in text for text in found(app))
    frame = confirm(app).patients.frame
    assert frame["grade"].value_counts().to_dict() == {"G1": 20, "G2": 10}


def test_a_variable_is_derived_and_compared(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("ward.csv", csv(ROWS)))
    no_traceback(ticked(app, "ALBI grade").check().run())
    assert "albumin is albumin; total bilirubin is bilirubin" in text_of(app)
    no_traceback(ticked(app, "Age band").check().run())
    no_traceback(widget(app.text_input, "Cut-points").set_value("50, 60").run())
    cohort = confirm(app)
    assert list(cohort.spec.derived) == ["ALBI grade (derived)", "Age band (derived)"]
    assert cohort.patients.frame["Age band (derived)"].value_counts().to_dict() == {
        "<50": 10, "50 to <60": 10, "≥60": 10,
    }  # fmt: skip
    no_traceback(widget(app.selectbox, "Group by").set_value("ALBI grade (derived)").run())
    assert "30 patients · 15 events" in text_of(app)


def test_the_unit_is_asked_for_and_said(open_app: Open) -> None:
    app = drop(open_app(PAGE), ("ward.csv", csv(ROWS)))
    no_traceback(ticked(app, "ALBI score").check().run())
    no_traceback(widget(app.selectbox, "Total bilirubin is in").set_value("mg/dL").run())
    assert any("said to be in mg/dL, but its values" in text and "look like µmol/L" in text for text in found(app))
    assert confirm(app).spec.derived["ALBI score (derived)"].units == {"bilirubin": "mg/dL"}


def test_a_date_that_makes_two_endpoints_negative_can_be_corrected_at_either(open_app: Open) -> None:
    rows: Rows = [
        ["id", "first dose", "progression date", "death date", "last seen"],
        *([f"p{i}", "2020-01-05", f"2020-0{2 + i % 5}-05", "", "2021-01-05"] for i in range(12)),
        ["p12", "2020-01-05", "2019-11-05", "2019-12-05", "2019-12-05"],
    ]
    app = drop(open_app(PAGE), ("dates.csv", csv(rows)))
    assert sum("time negative in 1 row" in text for text in found(app)) >= 2
