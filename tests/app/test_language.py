"""The dashboard in Chinese: chosen, remembered, and the user's words left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import no_traceback, text_of

Open = Callable[..., AppTest]


def switch(app: AppTest) -> AppTest:
    app.session_state["language_switch"] = "zh"
    app.session_state["language"] = "zh"
    return no_traceback(app.run())


def test_english_unless_asked(open_app: Open) -> None:
    app = open_app()
    assert app.session_state["language"] == "en"
    assert "lang" not in app.query_params


def test_the_link_names_the_language_and_keeps_it(open_app: Open) -> None:
    app = open_app(lang="zh")
    assert app.session_state["language"] == "zh"
    assert app.query_params["lang"] in ("zh", ["zh"])


def test_an_unknown_language_is_english(open_app: Open) -> None:
    assert open_app(lang="xx").session_state["language"] == "en"


def test_values_stay_as_they_are_when_the_language_changes(open_app: Open) -> None:
    app = open_app()
    english = {box.key: box.value for box in app.selectbox}
    chinese = {box.key: box.value for box in switch(app).selectbox}
    assert chinese == english
    assert any("\u4e00" <= sign <= "\u9fff" for sign in text_of(app))


def test_own_words_are_left_alone(open_app: Open) -> None:
    app = open_app(lang="zh")
    group = next(box for box in app.selectbox if "HIFU" in box.options)
    assert "Age group" in group.options  # a column of the file


@pytest.mark.parametrize("english", ["Figure", "not reached"])
def test_a_widget_without_words_of_ours_works(open_app: Open, english: str) -> None:
    assert no_traceback(open_app("pages/cohort/load.py", lang="zh")), english
