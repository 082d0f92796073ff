"""The treatment page: courses, sessions that do not add up, and cohorts without sessions."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/patients/treatment.py"
Open = Callable[..., AppTest]


def test_what_was_given_and_what_does_not_add_up(open_app: Open) -> None:
    app = open_app(PAGE)
    said = text_of(app)
    assert "28 patients had 36 sessions of HIFU" in said
    assert "Energy is not power times time in 2 of 36 sessions" in said
    assert "Per doubling of the energy per volume" in said
    assert "exploratory" in said
    assert len(app.table[0].value) == 4
    assert app.table[1].value.iloc[:, 0].tolist() == ["Lowest third", "Middle third", "Highest third"]
    assert len(app.table[2].value) == 37


def test_another_dose(open_app: Open) -> None:
    app = open_app(PAGE)
    next(box for box in app.selectbox if box.label == "Dose").set_value("volume")
    no_traceback(app.run())
    assert "Per doubling of the treated volume" in text_of(app)


def test_without_sessions_the_page_says_what_to_load(open_app: Open) -> None:
    app = open_app(PAGE, cohort="ablation_tace_net")
    assert "no table of treatment sessions" in text_of(app)
    assert not app.table
