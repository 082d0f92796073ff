"""Work that takes long on a page: its progress, its end on request, and what is kept of it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.result import AnalysisResult
from core.run import run_analysis
from core.work.pool import Pool
from core.work.progress import At, each
from tests.app.conftest import no_traceback, text_of
from ui import cached, long_work

PAGE = "pages/survival/cut_point.py"
Open = Callable[..., AppTest]


class Slow:
    """Stands for a long analysis: draws samples until it may end."""

    def __init__(self) -> None:
        self.may_end, self.began, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.times = 0
        self.error: Exception | None = None

    def __call__(self, *asked: Any) -> AnalysisResult:
        if asked[2].kind != "cut_point":
            return run_analysis(*asked)
        self.times += 1
        try:
            for item in each(range(100_000), "bootstrap"):
                if item == 40:
                    self.began.set()
                if self.may_end.wait(0.005):
                    break
            if self.error is not None:
                raise self.error
            return run_analysis(*asked)
        finally:
            self.ended.set()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    monkeypatch.setattr(long_work, "AT_ONCE", 0.05)
    monkeypatch.setattr(cached, "run_analysis", made)
    cached._of_samples.clear()  # what another test made of the sample would be taken
    yield made
    made.may_end.set()
    cached._of_samples.clear()


def button(app: AppTest, label: str) -> Any:
    return next(one for one in app.button if one.label == label)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def until(app: AppTest, seen: Callable[[AppTest], bool]) -> AppTest:
    for _ in range(100):
        if seen(no_traceback(app.run())):
            return app
        time.sleep(0.05)
    raise AssertionError(text_of(app))


def running(open_app: Open, slow: Slow) -> AppTest:
    app = open_app(PAGE)
    assert slow.began.wait(20)
    return no_traceback(app.run())


def test_progress_is_shown_and_the_page_stays(open_app: Open, slow: Slow) -> None:
    app = running(open_app, slow)
    said = text_of(app)
    assert "The search for a cut-point**: drawing bootstrap samples, " in said
    assert " of 100,000 (" in said
    assert app.title[0].value.startswith("Is there a cut of ")
    assert app.selectbox  # the options can be changed meanwhile
    slow.may_end.set()
    until(app, lambda app: "The best cut of" in text_of(app))
    assert "Cancel" not in labels(app)
    assert slow.times == 1


def test_what_was_made_is_kept(open_app: Open, slow: Slow) -> None:
    slow.may_end.set()
    app = until(open_app(PAGE), lambda app: "The best cut of" in text_of(app))
    no_traceback(app.switch_page("pages/survival/hazards.py").run())
    app = no_traceback(app.switch_page(PAGE).run())
    assert "The best cut of" in text_of(app)
    assert slow.times == 1


def test_of_a_sample_it_is_made_once_for_everybody(open_app: Open, slow: Slow) -> None:
    app = running(open_app, slow)
    slow.may_end.set()
    until(app, lambda seen: bool(seen.get("vega_lite_chart")))
    another = open_app(PAGE)
    until(another, lambda seen: bool(seen.get("vega_lite_chart")))
    assert slow.times == 1


def test_cancelled_it_stops_and_says_how_to_run_it_again(open_app: Open, slow: Slow) -> None:
    app = running(open_app, slow)
    no_traceback(button(app, "Cancel").click().run())
    assert slow.ended.wait(20)
    said = text_of(app)
    assert "The search for a cut-point was cancelled before it was done." in said
    assert "Cancel" not in labels(app)
    no_traceback(app.run())
    assert slow.times == 1  # it does not begin again by itself
    slow.may_end.set()
    no_traceback(button(app, "Run it again").click().run())
    until(app, lambda app: "The best cut of" in text_of(app))
    assert slow.times == 2


def test_another_question_ends_the_first(open_app: Open, slow: Slow) -> None:
    app = running(open_app, slow)
    first = app.session_state["long_work"]["cut_point"][1]
    box = next(one for one in app.selectbox if one.label == "Number")
    no_traceback(box.select_index(1 if box.index == 0 else 0).run())
    assert first.is_cancelled


def test_an_unexpected_error_is_a_sentence(open_app: Open, slow: Slow, caplog: pytest.LogCaptureFixture) -> None:
    slow.error = KeyError("P001")
    slow.may_end.set()
    app = until(open_app(PAGE), lambda app: bool(app.error))
    said = text_of(app)
    assert "The search for a cut-point could not be computed: something unexpected happened (KeyError)." in said
    assert "P001" not in said
    number = re.search(r"The log tells under (\w+) where it happened", said)
    assert number is not None
    assert f"The defect {number[1]} in long work is a KeyError" in caplog.text  # and where it arose
    assert "P001" not in caplog.text


def test_who_waits_is_told_the_place(open_app: Open, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(1)
    monkeypatch.setattr(long_work, "pool", lambda: pool)
    gate = threading.Event()
    others = [pool.submit(gate.wait, session=name, name="other") for name in "abc"]
    try:
        app = no_traceback(open_app(PAGE).run())
        assert "2 others before you." in text_of(app)
        others[1].cancel()
        assert "1 other before you." in text_of(no_traceback(app.run()))
        others[2].cancel()
        assert "you are next." in text_of(no_traceback(app.run()))
    finally:
        gate.set()


def test_words_of_a_step() -> None:
    assert long_work.step_words("the report", At("bootstrap", done=40, total=200), 12.3) == (
        "**The report**: drawing bootstrap samples, 40 of 200 (12 s)"
    )
    assert long_work.share_done(At("bootstrap", done=40, total=200)) == 0.2
    assert long_work.step_words("the report", At("computing"), 1) == "**The report**: computing (1 s)"


@pytest.mark.parametrize(("said", "size"), [("3", 3), ("", 7)], ids=["said", "cores but one"])
def test_the_host_of_a_team_says_how_many_run_at_once(monkeypatch: pytest.MonkeyPatch, said: str, size: int) -> None:
    of_a_team = {"MODE": "team", "PUBLIC_URL": "https://cohorts.clinic.example", "FIRST_OWNERS": "ada@clinic.example"}
    of_sign_in = {"OIDC_ISSUER": "https://idp.example", "OIDC_CLIENT_ID": "c", "OIDC_CLIENT_SECRET": "no secret"}
    for name, value in (of_a_team | of_sign_in | {"COOKIE_SECRET": "x" * 32, "LONG_WORK_AT_ONCE": said}).items():
        monkeypatch.setenv(f"COHORTSCOPE_{name}", value)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    long_work.pool.clear()
    try:
        assert long_work.pool().size == size
    finally:
        long_work.pool.clear()
