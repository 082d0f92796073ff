"""Loading in the background: its steps are told, it ends on request and after a time, and errors come out whole."""

import threading
import time

import pytest

from core.cohort import background
from core.cohort.background import Loading
from core.cohort.load import cohort_from_files
from core.cohort.progress import go_on, listening, step
from core.errors import ReadError
from tests.core.cohort.test_large_file import STUDIES


def waits(*, until=None):
    """Work that goes on until it is ended."""
    reached = threading.Event()

    def work():
        step("recognising", 12)
        reached.set()
        while until is None or not until.is_set():
            go_on()
            time.sleep(0.001)
        return "made"

    return work, reached


def started(work, **options):
    job = Loading(work, name="big.csv", **options)
    job.start()
    return job


def over(job):
    """Wait until the thread itself has ended."""
    assert job._ended.wait(20)
    return job


def test_what_is_made():
    job = started(lambda: 7)
    assert job.wait(20)
    assert job.result() == 7
    assert not job.is_cancelled


def test_the_step_that_runs():
    stop = threading.Event()
    work, reached = waits(until=stop)
    job = started(work)
    assert reached.wait(20)
    assert job.at == ("recognising", 12)
    assert not job.is_over
    stop.set()
    assert over(job).result() == "made"


def test_cancelled():
    work, reached = waits()
    job = started(work)
    assert reached.wait(20)
    job.cancel()
    assert job.is_over
    assert over(job).result() is None


def test_the_time_limit_says_what_to_do():
    work, _ = waits()
    job = started(work, limit=0.3)
    assert over(job).is_over
    with pytest.raises(ReadError, match=r"'big\.csv' took longer than 0\.005 minutes .* split the file"):
        job.result()


def test_what_hangs_is_given_up_all_the_same():
    hangs = threading.Event()
    job = started(lambda: hangs.wait(20), limit=0.1)
    time.sleep(0.15)
    assert job.is_over
    with pytest.raises(ReadError, match="took longer"):
        job.result()
    hangs.set()
    assert over(job)


def test_errors_come_out_whole():
    def fails(error):
        def work():
            raise error

        return work

    for error in (ReadError("no table", hint="another"), KeyError("a defect")):
        job = over(started(fails(error)))
        with pytest.raises(type(error)) as caught:
            job.result()
        assert caught.value is error
    with pytest.raises(ReadError, match=r"'big\.csv' needs more memory than there is"):
        over(started(fails(MemoryError()))).result()


def test_no_more_than_a_few_at_once(monkeypatch):
    monkeypatch.setattr(background, "_AT_ONCE", threading.BoundedSemaphore(1))
    first, reached = waits()
    running = started(first)
    assert reached.wait(20)
    waiting, dropped = started(lambda: 1), started(lambda: 2)
    time.sleep(0.05)
    assert waiting.at is None
    assert not waiting.is_over
    dropped.cancel()
    assert over(dropped).result() is None
    running.cancel()
    assert over(waiting).result() == 1
    assert over(running).result() is None


def test_the_steps_of_a_cohort():
    told = []
    with listening(lambda name, rows: told.append((name, rows))):
        cohort = cohort_from_files(STUDIES["plain"], name="study")
    assert list(dict.fromkeys(told)) == [("reading", 0), ("recognising", cohort.n), ("checking", cohort.n)]
    assert len(told) > 20


def test_a_listener_ends_it_at_every_step():
    class EndedError(Exception):
        pass

    def ends_at(wanted):
        def listener(name, _):
            if name == wanted:
                raise EndedError

        return listener

    for wanted in ("recognising", "checking"):
        with pytest.raises(EndedError), listening(ends_at(wanted)):
            cohort_from_files(STUDIES["plain"], name="study")


def test_without_a_listener_nothing_happens():
    step("reading", 1)
    go_on()
