"""Counts of what the server did, for whoever watches it. Numbers only: no person, no file, no cohort."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SECONDS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds of the classes in which durations are counted."""

_lock = threading.Lock()
_counts: Counter[tuple[str, str]] = Counter()
_classes: dict[str, list[int]] = {}
_sums: Counter[str] = Counter()
_levels: dict[str, Callable[[], float]] = {}


def count(what: str, kind: str = "", *, by: float = 1) -> None:
    """Count that something happened, such as ``count("saves")``; ``kind`` comes from a short fixed list."""
    with _lock:
        _counts[what, kind] += by  # type: ignore[assignment]


def took(what: str, seconds: float) -> None:
    """Record how long something took."""
    with _lock:
        classes = _classes.setdefault(what, [0] * (len(SECONDS) + 1))
        classes[bisect_left(SECONDS, seconds)] += 1
        _sums[what] += seconds  # type: ignore[assignment]


@contextmanager
def saving(kind: str) -> Iterator[None]:
    """Around a save of some kind: that it was done and how long it took, or that it failed or was refused."""
    began = time.monotonic()
    try:
        yield
    except Exception:
        count("saves_failed", kind)
        raise
    count("saves", kind)
    took("save_seconds", time.monotonic() - began)


def level(what: str, read: Callable[[], float]) -> None:
    """Say how to read a level that goes up and down, such as the jobs that wait for a free process."""
    _levels[what] = read


def counts() -> dict[tuple[str, str], float]:
    """What was counted, by name and kind."""
    with _lock:
        return dict(_counts)


def durations() -> dict[str, tuple[list[int], float]]:
    """Durations by name: how many fell in each class of `SECONDS` and above, and their sum."""
    with _lock:
        return {what: (list(classes), _sums[what]) for what, classes in _classes.items()}


def levels() -> dict[str, float]:
    """The levels as they are now."""
    return {what: float(read()) for what, read in _levels.items()}
