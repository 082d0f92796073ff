"""Long work in a few threads: bounded, by turns between sessions, ended on request, and no thread is left behind."""

import threading
import time

import pytest

from core.errors import CohortError, ReadError, TooLongError
from core.work.pool import Pool
from core.work.progress import At, each, go_on, step


class Gate:
    """Work that says it began, and goes on until it may end."""

    def __init__(self, made="made"):
        self.began, self.may_end = threading.Event(), threading.Event()
        self.made = made

    def __call__(self):
        step("recognising", 12)
        self.began.set()
        while not self.may_end.wait(0.001):
            go_on()
        return self.made


def over(job):
    """Wait until the work itself has ended."""
    assert job._ended.wait(20)
    return job


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "long-work"]


def gone(pool):
    """All threads of a pool have ended."""
    for _ in range(400):
        if not pool._running and not threads():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def pool():
    made = Pool(1)
    yield made
    for session in [*made._waiting, *(job.session for job in made._running)]:
        made.end_session(session)
    assert gone(made)


def submit(pool, work, session="a", **options):
    return pool.submit(work, session=session, name="big.csv", **options)


def test_what_is_made(pool):
    job = submit(pool, lambda: 7)
    assert job.wait(20)
    assert job.result() == 7
    assert not job.is_cancelled


def test_the_step_that_runs(pool):
    gate = Gate()
    job = submit(pool, gate)
    assert gate.began.wait(20)
    assert job.at == At("recognising", 12)
    assert not job.is_over
    assert job.seconds > 0
    gate.may_end.set()
    assert over(job).result() == "made"


def test_parts_of_a_step_are_counted(pool):
    seen, third = [], threading.Event()

    def work():
        for item in each(range(5), "bootstrap"):
            seen.append(job.at)
            if item == 2:
                third.set()
        go_on()
        seen.append(job.at)

    ready = threading.Event()
    job = submit(pool, lambda: (ready.wait(20), work()))
    ready.set()
    assert third.wait(20)
    over(job).result()
    assert [(at.done, at.total) for at in seen] == [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5), (0, 0)]
    assert {at.step for at in seen} == {"bootstrap"}


def test_cancelled_work_ends_at_its_next_step(pool):
    gate = Gate()
    job = submit(pool, gate)
    assert gate.began.wait(20)
    job.cancel()
    assert job.is_over
    assert over(job).result() is None
    assert not gate.may_end.is_set()  # it ended although nobody let it
    assert gone(pool)


def test_no_except_on_the_way_takes_the_end_for_a_failure(pool):
    began, caught = threading.Event(), []

    def work():
        while True:
            try:
                began.set()
                go_on()
                time.sleep(0.001)
            except Exception as error:
                caught.append(error)

    job = submit(pool, work)
    assert began.wait(20)
    job.cancel()
    over(job)
    assert not caught


def test_cancelled_while_it_waits_it_never_begins(pool):
    gate, times = Gate(), []
    running, waiting = submit(pool, gate), submit(pool, lambda: times.append(1))
    assert gate.began.wait(20)
    waiting.cancel()
    assert waiting.result() is None
    gate.may_end.set()
    over(running)
    assert gone(pool)
    assert not times


def test_the_time_limit_is_a_sentence(pool):
    job = submit(pool, Gate(), limit=0.2)
    over(job)
    with pytest.raises(TooLongError, match=r"'big\.csv' took longer than .* minutes and was given up"):
        job.result()


def test_what_hangs_is_given_up_and_holds_no_place(pool):
    hangs = threading.Event()
    job = submit(pool, lambda: hangs.wait(20), limit=0.1)
    other = submit(pool, lambda: "next")
    time.sleep(0.15)
    assert job.is_over
    with pytest.raises(TooLongError):
        job.result()
    assert other.before == 0  # looking lets the next one begin
    assert over(other).result() == "next"
    hangs.set()
    over(job)


@pytest.mark.parametrize("error", [ReadError("no table", hint="another"), KeyError("a defect")])
def test_errors_come_out_whole_and_the_pool_goes_on(pool, error):
    def fails():
        raise error

    job = over(submit(pool, fails))
    with pytest.raises(type(error)) as caught:
        job.result()
    assert caught.value is error
    assert over(submit(pool, lambda: 3)).result() == 3


def test_too_little_memory_is_a_sentence(pool):
    def fails():
        raise MemoryError

    with pytest.raises(CohortError, match="needs more memory than there is"):
        over(submit(pool, fails)).result()


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_more_run_at_once_than_the_bound(size):
    pool, lock = Pool(size), threading.Lock()
    now, most = [0], [0]

    def work():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1

    jobs = [submit(pool, work, session=str(i % 4)) for i in range(12)]
    for job in jobs:
        over(job).result()
    assert most[0] == size
    assert gone(pool)


def test_by_default_one_core_stays_free(monkeypatch):
    for cores, size in ((8, 7), (2, 1), (1, 1), (None, 1)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert Pool().size == size


def order_of(pool, asked):
    """In which order pieces of work begin that wait behind one; each is a session."""
    gate, began = Gate(), []
    first = submit(pool, gate, session="first")
    assert gate.began.wait(20)
    jobs = [submit(pool, lambda at=at, session=session: began.append(f"{session}{at}"), session=session)
            for at, session in enumerate(asked)]  # fmt: skip
    places = [job.before for job in jobs]
    gate.may_end.set()
    for job in [first, *jobs]:
        over(job)
    return began, places


def test_sessions_take_turns(pool):
    began, places = order_of(pool, "aaabbc")
    assert began == ["a0", "b3", "c5", "a1", "b4", "a2"]
    assert [began.index(name) for name in ("a0", "a1", "a2", "b3", "b4", "c5")] == places


def test_one_session_that_asks_for_much_delays_another_by_one_piece(pool):
    began, places = order_of(pool, "a" * 20 + "b")
    assert began.index("b20") == 1
    assert places[-1] == 1


def test_a_session_without_running_work_comes_first():
    pool = Pool(2)
    gates = [Gate(), Gate()]
    running = [submit(pool, gate, session="a") for gate in gates]
    for gate in gates:
        assert gate.began.wait(20)
    began = []
    jobs = [submit(pool, lambda name=name: began.append(name), session=name) for name in "ab"]
    assert [job.before for job in jobs] == [1, 0]
    gates[0].may_end.set()
    for job in (running[0], *jobs):
        over(job)
    assert began == ["b", "a"]
    gates[1].may_end.set()
    over(running[1])
    assert gone(pool)


def test_who_runs_has_nobody_before(pool):
    gate = Gate()
    job = submit(pool, gate)
    assert gate.began.wait(20)
    assert job.before == 0
    gate.may_end.set()
    over(job)


def test_the_end_of_a_session_ends_its_work_and_leaves_no_thread(pool):
    gate, times = Gate(), []
    mine = [submit(pool, gate), *(submit(pool, lambda: times.append("mine")) for _ in range(3))]
    other = submit(pool, lambda: "other", session="b")
    assert gate.began.wait(20)
    pool.end_session("a")
    assert over(other).result() == "other"
    assert all(over(job).result() is None for job in mine)
    assert not times
    assert gone(pool)


def test_a_pool_without_work_has_no_threads(pool):
    for _ in range(3):
        over(submit(pool, lambda: 1))
        assert gone(pool)
