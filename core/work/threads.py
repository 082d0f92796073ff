"""Columns worked on at the same time: arithmetic on arrays, which lets other threads run beside it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from core.work.progress import go_on

Item = TypeVar("Item")
Made = TypeVar("Made")
MANY = 200_000  # rows; of shorter columns threads cost more than they save


def on_all(work: Callable[[Item], Made], items: Sequence[Item], *, rows: int) -> Iterator[Made]:
    """What ``work`` makes of each item, in their order; at the same time where columns of that many rows are long.

    Whoever listens may end it between two items (``go_on``).
    """
    if rows < MANY:
        for item in items:
            go_on()
            yield work(item)
        return
    several = ThreadPoolExecutor(os.cpu_count())
    try:
        waiting = [several.submit(work, item) for item in items]
        waiting.reverse()
        while waiting:
            go_on()
            yield waiting.pop().result()
    finally:
        several.shutdown(cancel_futures=True)
