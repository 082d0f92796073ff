"""How often somebody may ask: a bucket of tokens each, refilled as time goes by."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

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
    """Bytes that somebody sent within 24 hours, added up by the minute; who sent none since is forgotten."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._sent: OrderedDict[str, deque[_Minute]] = OrderedDict()  # who sent last stands last

    def left(self, who: str) -> int:
        """How many more are allowed now."""
        before = self._clock() - _DAY
        return self._most - sum(minute.size for minute in self._sent.get(who, ()) if minute.last >= before)

    def add(self, who: str, size: int) -> None:
        """Count what was sent."""
        now = self._clock()
        sent = self._sent.setdefault(who, deque())
        self._sent.move_to_end(who)
        if not sent or now - sent[-1].first >= 60:
            sent.append(_Minute(first=now))
        minute = sent[-1]  # a file comes in thousands of pieces
        minute.last, minute.size = now, minute.size + size
        while sent[0].last < now - _DAY:
            sent.popleft()
        while next(iter(self._sent.values()))[-1].last < now - _DAY:
            self._sent.popitem(last=False)


@dataclass(slots=True)
class _Minute:
    first: float
    last: float = 0.0
    size: int = 0
