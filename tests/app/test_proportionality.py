"""The check of proportional hazards under the hazard ratios."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

PAGE = "pages/survival/hazards.py"
Open = Callable[..., AppTest]


def opened(open_app: Open, **query: str) -> AppTest:
    app = open_app(None, **query)
    app.session_state["ph_check"] = True
    return no_traceback(app.switch_page(PAGE).run())


def test_is_closed_until_asked_for(open_app: Open) -> None:
    app = open_app(PAGE)
    assert "Are hazards proportional?" in [expander.label for expander in app.expander]
    assert "speaks against" not in text_of(app)


def test_says_tests_and_how_to_read_the_ratios(open_app: Open) -> None:
    app = opened(open_app, cohort="hifu_ici", endpoint="OS", group="hifu")
    said = text_of(app)
    assert "Doubtful for" in said or "No sign against proportional hazards" in said
    assert "cox.zph" in said
    table = app.table[-1].value
    assert table.iloc[-1, 0] == "**All together**"
    assert "Degrees of freedom" in table.columns


def test_another_factor_can_be_shown(open_app: Open) -> None:
    app = opened(open_app)
    box = next(box for box in app.selectbox if box.label == "Show over time")
    assert len(box.options) > 1
    box.select_index(1)
    assert not no_traceback(app.run()).error
