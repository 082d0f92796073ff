"""Large files on the page that loads: read in the background, cancelled, given up; the cohort before stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from core.cohort.load import cohort_from_files
from core.work.progress import Step, go_on, step
from tests.app.conftest import no_traceback, text_of
from tests.app.test_load import CONFIRM, PAGE, PATIENTS, Open, csv, drop
from ui import intake, loading, long_work

FILE = ("big.csv", csv(PATIENTS))
UNCHANGED = "the cohort you had before is still there"


class Reader:
    """Stands for reading a large file: goes on until it may end."""

    def __init__(self) -> None:
        self.may_end, self.began = threading.Event(), threading.Event()
        self.times = 0
        self.at: tuple[Step, int] = ("recognising", 1_234_567)

    def __call__(self, files: Mapping[str, bytes], **options: Any) -> Cohort:
        self.times += 1
        step(*self.at)
        self.began.set()
        while not self.may_end.wait(0.005):
            go_on()
        return cohort_from_files(files, **options)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """Every file is a large one, and takes until the reader may end."""
    made = Reader()
    monkeypatch.setattr(loading, "LARGE", 1)
    monkeypatch.setattr(long_work, "AT_ONCE", 0.05)
    monkeypatch.setattr(intake, "cohort_from_files", made)
    yield made
    made.may_end.set()


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def until(app: AppTest, seen: Callable[[AppTest], bool]) -> AppTest:
    """The page as the browser draws it anew, until something is seen."""
    for _ in range(100):
        if seen(no_traceback(app.run())):
            return app
        time.sleep(0.05)
    raise AssertionError(text_of(app))


def test_the_step_is_shown_and_then_the_cohort(open_app: Open, reader: Reader) -> None:
    app = drop(open_app(PAGE), FILE)
    assert reader.began.wait(20)
    no_traceback(app.run())
    assert "Recognising columns big.csv, 1,234,567 rows (step 2 of 3" in text_of(app).replace("*", "")
    assert "Cancel" in labels(app)
    assert CONFIRM not in labels(app)
    reader.may_end.set()
    until(app, lambda app: CONFIRM in labels(app))
    assert "Cancel" not in labels(app)
    assert reader.times == 1


def test_the_rows_of_a_file_that_is_being_read_are_said_roughly(open_app: Open, reader: Reader) -> None:
    reader.at = ("reading", 999_946)
    app = drop(open_app(PAGE), FILE)
    assert reader.began.wait(20)
    no_traceback(app.run())
    assert "Reading big.csv, about 1,000,000 rows (step 1 of 3" in text_of(app).replace("*", "")


def test_cancelled_the_cohort_before_stays(open_app: Open, reader: Reader) -> None:
    before = cohort_from_files({"before.csv": csv(PATIENTS)}, name="before")
    app = drop(open_app(PAGE, uploaded=before), FILE)
    assert reader.began.wait(20)
    no_traceback(app.run())
    no_traceback(next(button for button in app.button if button.label == "Cancel").click().run())
    assert "Reading big.csv was cancelled" in text_of(app)
    assert UNCHANGED in text_of(app)
    assert app.session_state["uploaded_cohort"] is before
    assert "draft" not in app.session_state
    assert CONFIRM not in labels(app)
    no_traceback(app.run())
    assert reader.times == 1  # it does not begin again by itself
    reader.may_end.set()
    no_traceback(next(button for button in app.button if button.label == "Read it again").click().run())
    until(app, lambda app: CONFIRM in labels(app))


def test_a_time_limit_says_what_to_do(open_app: Open, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "TIME_LIMIT", 0.2)
    app = drop(open_app(PAGE), FILE)
    until(app, lambda app: bool(app.error))
    said = text_of(app)
    assert "'big.csv' took longer than" in said
    assert "split the file" in said
    assert UNCHANGED in said
    assert "Read it again" in labels(app)
    no_traceback(app.run())
    assert reader.times <= 1  # it does not begin again by itself


def test_what_cannot_be_read_is_said_once(open_app: Open, reader: Reader) -> None:
    reader.may_end.set()
    app = drop(open_app(PAGE), ("big.csv", b"nothing here that would be a table"))
    until(app, lambda app: bool(app.error))
    assert "is not a table" in text_of(app)
    assert UNCHANGED in text_of(app)


def test_another_file_ends_the_first(open_app: Open, reader: Reader) -> None:
    app = drop(open_app(PAGE), FILE)
    first = app.session_state["long_work"]["loading"][1]
    drop(app, ("other.csv", csv(PATIENTS)))
    assert first.is_cancelled
    assert not app.session_state["long_work"]["loading"][1].is_cancelled
    app.file_uploader[0].set_value([])
    no_traceback(app.run())
    assert "loading" not in app.session_state["long_work"]


def test_small_files_are_read_at_once(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "made", lambda *_, **__: pytest.fail("a small file was read in the background"))
    app = drop(open_app(PAGE), FILE)
    assert CONFIRM in labels(app)
    assert "Cancel" not in labels(app)
