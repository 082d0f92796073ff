"""The dashboard in Chinese: chosen, remembered, and the user's words left alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.reporting.language.own_words import words_of
from tests.app.conftest import ROOT, no_traceback, text_of
from ui import cohorts

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


ENGLISH = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[ ,;:]+){3,}[A-Za-z][A-Za-z'’-]+")
STAYS = re.compile(r"\b(?:18|19|20)\d\d[;,，；]|R: |In R|`[^`]*`")  # references and calls of R
SAMPLES = ("hifu_ici", "ablation_tace_net", "hcc_ablation")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py") if "team" not in path.parts)


@pytest.mark.parametrize(("page", "sample"), [(page, SAMPLES[i % 3]) for i, page in enumerate(PAGES)])
def test_a_page_reads_as_chinese(open_app: Open, page: str, sample: str) -> None:
    """No four English words in a row: what is left are names, codes and the file's own words."""
    app = open_app(page, lang="zh", cohort=sample)
    own = sorted((word for word in words_of(cohorts.sample(sample)[0]) if " " in word), key=len, reverse=True)
    left = []
    for line in text_of(app).split("\n"):
        for word in own:
            line = line.replace(word, "")
        if not STAYS.search(line) and ENGLISH.search(line):
            left.append(line)
    assert not left, "\n".join(left)


def test_the_page_says_its_language_and_address_to_the_browser(open_app: Open) -> None:
    app = open_app("pages/survival/hazards.py", lang="zh")
    marks = [one.proto.body for one in app.get("html") if "data-page-language" in one.proto.body]
    assert marks == ['<span data-page-language="zh-CN" data-page-address="hazards"></span>']
