"""What was refused, written into the audit trail: who asked for what; so often, and not more often.

A person who is refused without end fills neither the table nor the disk: some are written in an hour, and the next one
that is written says how many were not. No text that was asked with is kept, only words of the program.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

AN_HOUR = 20
_OF_ALL_AN_HOUR = 500  # of one process


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Somebody was refused.

    Attributes
    ----------
    person_id : str
    asked : str
        What was wanted, in words of the program.
    project_id : str or None
        The project it was wanted in, where there is one.
    """

    person_id: str
    asked: str
    project_id: str | None = None


class Bounds:
    """How many refusals of a person, and of everybody, are written in an hour."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since = clock()
        self._written: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()

    def counted(self, person_id: str) -> int | None:
        """How many of a person were left out since the last one that was written; None: this one is left out too."""
        with self._lock:
            if self._clock() - self._since >= 3600:
                self._since = self._clock()
                self._written.clear()
            if self._written[person_id] >= AN_HOUR or self._written.total() >= _OF_ALL_AN_HOUR:
                self._left_out[person_id] += 1
                return None
            self._written[person_id] += 1
            return self._left_out.pop(person_id, 0)
