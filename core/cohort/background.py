"""Loading in a thread of its own: watched by its steps, ended on request, and given up after a time.

Belongs here: one piece of work and how it ended. Does not belong here: what a screen says meanwhile.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from core.cohort.progress import Step, listening
from core.errors import CohortError, ReadError

TIME_LIMIT = 300.0  # seconds; a million patients take a few
_AT_ONCE = threading.BoundedSemaphore(2)  # loadings that run at the same time; others wait
_LOOK = 0.1  # seconds between two looks at whether a waiting one was cancelled
Made = TypeVar("Made")


class _EndedError(Exception):
    """Ends the thread: nobody waits for it any more."""


class Loading(Generic[Made]):
    """A piece of work in the background.

    Parameters
    ----------
    work : callable
        Calls ``core.cohort.progress`` as it goes; it is ended there, and nowhere else.
    name : str
        Of the file, for messages.
    limit : float
        Seconds after which it is given up.
    """

    def __init__(self, work: Callable[[], Made], *, name: str, limit: float = TIME_LIMIT) -> None:
        self._work, self._name, self._limit = work, name, limit
        self._begun = time.monotonic()
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self._at: tuple[Step, int] | None = None
        self._made: list[Made] = []
        self._error: Exception | None = None

    def start(self) -> None:
        """Begin, or wait until fewer others run."""
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run,), name="loading", daemon=True).start()

    @property
    def at(self) -> tuple[Step, int] | None:
        """The step that runs and the rows it is about (0: not known yet); None while others are waited for."""
        return self._at

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return time.monotonic() - self._begun

    @property
    def is_cancelled(self) -> bool:
        """Whether it was ended on request."""
        return self._cancelled.is_set()

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to wait for: it was done, failed, was cancelled, or took too long."""
        return self._ended.is_set() or self.is_cancelled or self.seconds > self._limit

    def cancel(self) -> None:
        """End it; what it made is dropped."""
        self._cancelled.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, not longer than so many seconds; whether it is."""
        self._ended.wait(seconds)
        return self.is_over

    def result(self) -> Made | None:
        """What was made; None where it was cancelled.

        Raises
        ------
        CohortError
            What the work raised, or ReadError where it took longer than the limit.
        """
        if self.is_cancelled:
            return None
        if self._error is not None:
            raise self._error
        if not self._made:
            self._cancelled.set()
            raise ReadError(
                f"'{self._name}' took longer than {self._limit / 60:.3g} minutes to read and was given up.",
                hint="Keep the columns that are analysed, or split the file. 'python -m core describe' has no limit.",
            )
        return self._made[0]

    def _run(self) -> None:
        try:
            while not _AT_ONCE.acquire(timeout=_LOOK):
                if self.is_over:
                    return
            try:
                with listening(self._heard):
                    self._heard("reading", 0)
                    self._made.append(self._work())
            finally:
                _AT_ONCE.release()
        except _EndedError:
            pass
        except MemoryError:
            self._error = ReadError(
                f"'{self._name}' needs more memory than there is.", hint="Keep the columns that are analysed."
            )
        except CohortError as error:
            self._error = error
        except Exception as error:  # a defect: it surfaces where the result is asked for
            self._error = error
        finally:
            self._ended.set()

    def _heard(self, step: Step, rows: int) -> None:
        if self.is_over:
            raise _EndedError
        self._at = (step, rows)
