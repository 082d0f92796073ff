"""How often somebody may ask: a bucket of tokens each, refilled as time goes by."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable

_MOST_KNOWN = 20_000
_DAY = 24 * 3600.0


class Buckets:
    """One bucket per person or address, full at first; it holds what is given back in ``fill_seconds``."""

    def __init__(self, a_minute: float, *, burst: float | None = None, clock: Callable[[], float] = time.monotonic):
        self._rate = a_minute / 60
        self._most = burst if burst is not None else a_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, who: str) -> float:
        """Take a token and return 0, or take none and return the seconds until there is one."""
        now = self._clock()
        left, since = self._left.pop(who, (self._most, now))
        left = min(self._most, left + (now - since) * self._rate)
        granted = left >= 1
        self._left[who] = (left - 1 if granted else left, now)
        while len(self._left) > _MOST_KNOWN:  # the longest silent go first: theirs is full again soonest
            self._left.popitem(last=False)
        return 0.0 if granted else (1 - left) / self._rate


class DailyBytes:
    """Bytes that somebody sent within 24 hours."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._sent: dict[str, deque[tuple[float, int]]] = {}

    def left(self, who: str) -> int:
        """How many more are allowed now."""
        sent = self._sent.get(who)
        while sent and sent[0][0] < self._clock() - _DAY:
            sent.popleft()
        return self._most - sum(size for _, size in sent or ())

    def add(self, who: str, size: int) -> None:
        """Count what was sent."""
        self._sent.setdefault(who, deque()).append((self._clock(), size))
