"""Long work in a few threads, shared fairly: by turns between sessions, watched by its steps, ended on request.

It stands in the core because the loops of the core are where work can be ended, and knows nothing of a screen or of
who is signed in: a session is a text.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

from core.errors import CohortError, TooLongError
from core.work.progress import At, Step, listening

Made = TypeVar("Made")
MEMORY = "This needs more memory than there is."


class EndedError(BaseException):
    """Ends the work where it next says its step. No ``except Exception`` on the way may take it for a failure."""


class Job(Generic[Made]):
    """One piece of work, waiting, running or over; made by ``Pool.submit``."""

    def __init__(
        self, work: Callable[[], Made], *, session: str, name: str, limit: float | None, first: Step, pool: Pool
    ) -> None:
        self.session, self.name = session, name
        self._work, self._limit, self._first, self._pool = work, limit, first, pool
        self._context = contextvars.copy_context()
        self._begun: float | None = None
        self._cancelled, self._ended = threading.Event(), threading.Event()
        self._at: At | None = None
        self._made: list[Made] = []
        self._error: Exception | None = None

    @property
    def at(self) -> At | None:
        """The step that runs; None while others are waited for."""
        return self._at

    @property
    def seconds(self) -> float:
        """Since it began to run; 0 while it waits."""
        return 0.0 if self._begun is None else time.monotonic() - self._begun

    @property
    def is_cancelled(self) -> bool:
        """Whether it was ended on request."""
        return self._cancelled.is_set()

    @property
    def is_given_up(self) -> bool:
        """Whether it took longer than its limit."""
        return self._limit is not None and self.seconds > self._limit and not self._ended.is_set()

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to wait for: it was done, failed, was cancelled, or took too long."""
        return self._ended.is_set() or self.is_cancelled or self.is_given_up

    @property
    def before(self) -> int:
        """How many others begin before it; 0 when it runs or is next."""
        return self._pool.before(self)

    def cancel(self) -> None:
        """End it at its next step, at once where it waits; what it made is dropped."""
        self._cancelled.set()
        self._pool.dropped(self)

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, not longer than so many seconds; whether it is."""
        self._ended.wait(seconds)
        return self.is_over

    def result(self) -> Made | None:
        """What was made; None where it was cancelled.

        Raises
        ------
        CohortError
            What the work raised, or TooLongError where it took longer than the limit.
        """
        if self.is_cancelled:
            return None
        if self._error is not None:
            raise self._error
        if not self._made:
            self._cancelled.set()
            minutes = (self._limit or 0.0) / 60
            raise TooLongError(
                f"'{self.name}' took longer than {minutes:.3g} minutes and was given up.",
                hint="Ask for less, or use 'python -m core', which has no limit.",
            )
        return self._made[0]

    def run(self) -> None:
        """Do the work in this thread; called by the pool."""
        self._begun = time.monotonic()
        try:
            self._context.run(self._listened)
        except EndedError:
            pass
        except MemoryError:
            self._error = CohortError(MEMORY, hint="Keep the columns that are analysed, or ask for less.")
        except Exception as error:  # what the core says, or a defect: both surface where the result is asked for
            self._error = error
        finally:
            self._work = _nothing  # type: ignore[assignment]  # lets go of the data that it was about
            self._ended.set()

    def _listened(self) -> None:
        with listening(self._heard, first=self._first):
            self._heard(At(self._first))
            self._made.append(self._work())

    def _heard(self, at: At) -> None:
        if self.is_over:
            raise EndedError
        self._at = at


class Pool:
    """A few threads for the work of many sessions.

    Whose turn it is: the session with the fewest pieces running, of those the one that waits longest for its turn. So
    one session that asks for much delays another by at most one piece of work per thread.

    Parameters
    ----------
    size : int, optional
        Pieces that run at the same time; the computer's cores but one, at least one, unless given.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = max(1, (os.cpu_count() or 2) - 1) if size is None else size
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, deque[Job[object]]] = OrderedDict()  # by session, in order of their turns
        self._running: list[Job[object]] = []

    def submit(
        self,
        work: Callable[[], Made],
        *,
        session: str,
        name: str,
        limit: float | None = None,
        first: Step = "computing",
    ) -> Job[Made]:
        """Begin a piece of work, or let it wait for its turn.

        Parameters
        ----------
        work : callable
            Calls ``core.work.progress`` as it goes; it is ended there, and nowhere else.
        session : str
            Whose it is.
        name : str
            For messages.
        limit : float, optional
            Seconds after which it is given up.
        first : str
            The step it begins with.
        """
        job = Job(work, session=session, name=name, limit=limit, first=first, pool=self)
        with self._lock:
            self._waiting.setdefault(session, deque()).append(job)  # type: ignore[arg-type]
            self._fill()
        return job

    @property
    def running(self) -> int:
        """Pieces that run, without those that were given up and end at their next step."""
        with self._lock:
            return sum(not job.is_given_up for job in self._running)

    @property
    def waiting(self) -> int:
        """Pieces that wait for their turn."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    def end_session(self, session: str) -> None:
        """End everything that runs or waits for a session."""
        with self._lock:
            jobs = [*self._waiting.get(session, ()), *(job for job in self._running if job.session == session)]
        for job in jobs:
            job.cancel()

    def before(self, job: Job[Made]) -> int:
        """How many of those that wait begin before a piece of work, were no more asked for."""
        with self._lock:
            self._fill()  # what was given up has let go of its place meanwhile
            waiting = {session: list(jobs) for session, jobs in self._waiting.items()}
            running = [one.session for one in self._running]
        if not any(one is job for one in waiting.get(job.session, ())):
            return 0
        for n in range(sum(map(len, waiting.values()))):
            session = _next(waiting, running)
            first = waiting[session].pop(0)
            if first is job:
                return n
            running.append(session)
            waiting[session] = waiting.pop(session)
        raise AssertionError("a waiting piece of work has its turn")

    def dropped(self, job: Job[Made]) -> None:
        """Take a cancelled piece of work out of those that wait."""
        with self._lock:
            jobs = self._waiting.get(job.session)
            if jobs is None or not any(one is job for one in jobs):
                return
            kept = deque(one for one in jobs if one is not job)
            if kept:
                self._waiting[job.session] = kept
            else:
                del self._waiting[job.session]
        job._ended.set()

    def _fill(self) -> None:
        """Start threads while there are turns to take; the lock is held. What was given up holds no place."""
        while self._waiting and sum(not job.is_given_up for job in self._running) < self.size:
            job = self._take()
            threading.Thread(target=self._work, args=(job,), name="long-work", daemon=True).start()

    def _take(self) -> Job[object]:
        session = _next(self._waiting, [job.session for job in self._running])
        job = self._waiting[session].popleft()
        if self._waiting[session]:
            self._waiting.move_to_end(session)
        else:
            del self._waiting[session]
        self._running.append(job)
        return job

    def _work(self, job: Job[object]) -> None:
        """One thread: as long as there is work within the bound, then it ends."""
        while True:
            job.run()
            with self._lock:
                self._running.remove(job)
                if not self._waiting or sum(not one.is_given_up for one in self._running) >= self.size:
                    return
                job = self._take()


def _next(waiting: dict[str, list[Job[object]]] | OrderedDict[str, deque[Job[object]]], running: list[str]) -> str:
    """The session whose turn it is."""
    return min((session for session, jobs in waiting.items() if jobs), key=running.count)


def _nothing() -> object:
    raise AssertionError("done once")
