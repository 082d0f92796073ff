"""Files that take a while: progress and Cancel, then the button; not handed over once what is shown has changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from core.work.progress import each
from tests.app.conftest import no_traceback, text_of
from tests.app.test_long_work import button, labels, until
from ui import figure_export, long_work, report

REPORT, SURVIVAL = "pages/report/report.py", "pages/survival/kaplan_meier.py"
CHANGED = "What is shown has changed since the file was made: ask for it again."


class Writer:
    """Stands for a writer of files: goes on until it may end."""

    def __init__(self) -> None:
        self.may_end, self.ended = threading.Event(), threading.Event()
        self.times = 0

    def __call__(self, *asked: object) -> bytes:
        self.times += 1
        try:
            for _ in each(range(100_000), "writing"):
                if self.may_end.wait(0.005):
                    break
            return b"content"
        finally:
            self.ended.set()


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    made = Writer()
    monkeypatch.setattr(report, "_word", made)
    monkeypatch.setattr(report, "_report", lambda *_: None)
    monkeypatch.setattr(figure_export, "_made", made)
    yield made
    made.may_end.set()


def saves(app):
    return [one.proto.label for one in app.get("download_button") if one.proto.label.startswith("Save the file")]


def asked_for(app, label, monkeypatch):
    monkeypatch.setattr(long_work, "AT_ONCE", 0.05)
    return no_traceback(button(app, label).click().run())


def test_a_report_is_written_with_progress_then_handed_over_until_it_is_stale(open_app, writer, monkeypatch):
    app = asked_for(open_app(REPORT, cohort="hifu_ici", endpoint="OS"), "Word", monkeypatch)
    assert "**The report**: writing the file" in text_of(app)
    assert not saves(app)
    assert app.header, "the page stays"
    writer.may_end.set()
    app = until(app, saves)
    assert saves(app) == ["Save the file (Word, 1 kB)"]
    assert writer.times == 1
    title = next(one for one in app.text_input if one.label == "Title of the report")
    no_traceback(title.set_value("Another").run())
    assert not saves(app)
    assert CHANGED in text_of(app)
    app = until(no_traceback(button(app, "Word").click().run()), saves)
    assert CHANGED not in text_of(app)
    assert writer.times == 2


def test_a_report_can_be_cancelled_and_asked_for_again(open_app, writer, monkeypatch):
    app = asked_for(open_app(REPORT, cohort="hifu_ici", endpoint="OS"), "Word", monkeypatch)
    no_traceback(button(app, "Cancel").click().run())
    assert writer.ended.wait(20)
    assert "The report was cancelled before it was done." in text_of(app)
    assert "Cancel" not in labels(app)
    assert not saves(app)
    writer.may_end.set()
    until(no_traceback(button(app, "Word").click().run()), saves)
    assert writer.times == 2


def test_a_figure_is_stale_once_it_is_drawn_otherwise(open_app, writer, monkeypatch):
    writer.may_end.set()
    app = open_app(SURVIVAL, cohort="hifu_ici", endpoint="OS", group="hifu")
    app.session_state["download"] = True
    no_traceback(app.run())
    app = asked_for(app, "PDF", monkeypatch)
    assert saves(until(app, saves)) == ["Save the file (PDF, 1 kB)"]
    no_traceback(next(box for box in app.checkbox if box.label.startswith("Confidence band")).set_value(False).run())
    assert not saves(app)
    assert CHANGED in text_of(app)
    no_traceback(next(box for box in app.selectbox if box.label == "Endpoint").set_value("PFS").run())
    assert CHANGED not in text_of(app), "another figure than the one that was asked for"
