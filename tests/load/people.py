"""What one person does: opens a sample, groups it, looks at pages, thinks in between."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from websockets.exceptions import WebSocketException

from tests.load.window import TroubleError, Window

Opens = Callable[[int], Window]
"""Makes a window of the person of that number, not yet open."""

PAGES = ("", "hazards", "adverse-events", "baseline", "response", "about", "quality", "flow", "subgroups")
SAMPLES = ("Sample: HIFU + ICI", "Sample: NET, TACE", "Sample: HCC ablation")


@dataclass
class Record:
    """What happened, over all people; of the redraws of pages also which page."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    troubles: Counter[str] = field(default_factory=Counter)
    bytes_read: int = 0

    def count(self) -> int:
        """How many redraws."""
        return sum(map(len, self.seconds.values()))


async def person(opens: Opens, number: int, *, until: float, think: float, record: Record) -> None:
    """Work until the time is over; every trouble is counted, and the window opened again."""
    dice = random.Random(number)
    await asyncio.sleep(dice.uniform(0, min(think * 2, 20)))  # nobody opens at the same instant
    while time.monotonic() < until:
        window = opens(number)
        try:
            record.seconds["open"].append(await window.open())
            await _work(window, dice, until=until, think=think, record=record)
        except (TroubleError, WebSocketException, OSError, TimeoutError) as trouble:
            record.troubles[f"{type(trouble).__name__}: {str(trouble)[:120]}"] += 1
            await asyncio.sleep(1)
        finally:
            record.bytes_read += window.bytes_read
            await window.close()


async def _work(window: Window, dice: random.Random, *, until: float, think: float, record: Record) -> None:
    await _timed(record, "sample", window.choose("Cohort", dice.choice(SAMPLES)))
    while time.monotonic() < until:
        await asyncio.sleep(dice.expovariate(1 / think))
        if dice.random() < 0.4:
            await _timed(record, "group", window.choose("Group by", dice.choice(window.options("Group by"))))
        elif dice.random() < 0.2:
            await _timed(record, "sample", window.choose("Cohort", dice.choice(SAMPLES)))
        else:
            address = dice.choice(PAGES)
            await _timed(record, "page", window.go(address))
            record.pages[page_words(address)].append(record.seconds["page"][-1])


def page_words(address: str) -> str:
    """A page as the tables call it; the first has no address."""
    return f"page {(address or 'survival').replace('-', ' ')}"


async def _timed(record: Record, what: str, doing) -> None:
    record.seconds[what].append(await doing)
