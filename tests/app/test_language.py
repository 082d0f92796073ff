"""The dashboard in Chinese: chosen, remembered, and the user's words left alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.reporting.language.own_words import words_of
from core.reporting.language.translate import Translator
from tests.app.conftest import ROOT, no_traceback, text_of
from tests.app.english_left import english_left, everything_reported, everything_said
from ui import cohorts, report, report_blocks

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


@pytest.mark.parametrize(("language", "said"), [("zh", True), ("en", False)])
def test_words_of_the_file_uploader_are_said_in_their_place(open_app: Open, language: str, *, said: bool) -> None:
    app = open_app("pages/cohort/load.py", lang=language)
    styles = "".join(one.proto.body for one in app.get("html"))
    assert ('content: "每个文件最大500 MB"' in styles) is said


SAMPLES = ("hifu_ici", "ablation_tace_net", "hcc_ablation")
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py") if "team" not in path.parts)


@pytest.mark.parametrize(("page", "sample"), [(page, SAMPLES[i % 3]) for i, page in enumerate(PAGES)])
def test_a_page_reads_as_chinese(open_app: Open, page: str, sample: str) -> None:
    """No three English words in a row: what is left are names, calls of R and the file's own words."""
    app = open_app(page, lang="zh", cohort=sample)
    left = english_left([text_of(app), *everything_said(app)], words_of(cohorts.sample(sample)[0]))
    assert not left, "\n".join(left)


def test_english_is_found_wherever_it_stands(open_app: Open) -> None:
    app = open_app("pages/survival/cut_point.py", cohort="hifu_ici")
    left = " ".join(english_left(everything_said(app), ()))
    for part in ("Maximally selected log-rank", "Separation at this cut", "Puts this figure and"):
        assert part in left, part


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_report_with_all_blocks_reads_as_chinese(
    open_app: Open, sample: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts only, as every file of it writes them; the words in its figures are those of their specifications."""
    kept: list[tuple[Sequence[report_blocks.Answered], report_blocks.Whole]] = []
    monkeypatch.setattr(report, "downloads", lambda title, found, of: kept.append((found, of)))
    monkeypatch.setattr(report, "preview", lambda found, of: None)
    possible = report_blocks.possible_blocks
    monkeypatch.setattr(report, "possible_blocks", lambda *of: [replace(one, on=True) for one in possible(*of)])
    open_app("pages/report/report.py", cohort=sample, lang="zh")
    found, of = kept[-1]
    own = words_of(of.cohort)
    say = Translator("zh", own)
    left = english_left(map(say, everything_reported(of.cohort, found, of)), own)
    assert not left, "\n".join(left)


def test_the_page_says_its_language_and_address_to_the_browser(open_app: Open) -> None:
    app = open_app("pages/survival/hazards.py", lang="zh")
    marks = [one.proto.body for one in app.get("html") if "data-page-language" in one.proto.body]
    assert marks == ['<span data-page-language="zh-CN" data-page-address="hazards"></span>']
