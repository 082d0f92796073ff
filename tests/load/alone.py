"""One person, every page and many groupings, one click after the other: what each click costs the server."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.load.people import PAGES, SAMPLES, page_words
from tests.load.window import Window

GROUPS = 6


@dataclass(frozen=True, slots=True)
class Click:
    """What a click took: processor seconds of all processes, seconds on the clock, bytes sent."""

    processor: float
    seconds: float
    sent: int


async def clicks(window: Window, processes: Sequence[int], *, rounds: int) -> dict[str, list[Click]]:
    """The clicks of some rounds by their kind, after two rounds that warm up."""
    await window.open()
    taken: dict[str, list[Click]] = defaultdict(list)
    for number in range(rounds + 2):
        for kind, choice in _plan():
            before, sent = processor(processes), window.bytes_read
            seconds = await _do(window, kind, choice)
            if number >= 2:
                words = page_words(choice) if kind == "page" else kind
                taken[words].append(Click(processor(processes) - before, seconds, window.bytes_read - sent))
    await window.close()
    return taken


def processor(processes: Sequence[int]) -> float:
    """Processor seconds that the processes have used; 0 where the system does not tell."""
    try:
        fields = [Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split() for one in processes]
    except OSError:
        return 0.0
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def table(taken: dict[str, list[Click]]) -> str:
    """The table, as Markdown; the processor's clock is coarse, so only means are told."""
    rows = [("click", "count", "processor, ms", "p50, s", "sent, KB")]
    for name, made in [*sorted(taken.items()), ("all", [one for every in taken.values() for one in every])]:
        processor_seconds = np.mean([one.processor for one in made])
        seconds, sent = np.median([one.seconds for one in made]), np.mean([one.sent for one in made])
        numbers = (f"{1000 * processor_seconds:.0f}", f"{seconds:.2f}", f"{sent / 1024:.0f}")
        rows.append((name, str(len(made)), *numbers))
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ("---",) * 5, *rows[1:]))


def _plan() -> Iterator[tuple[str, str]]:
    for sample in SAMPLES:
        yield "sample", sample
        yield from (("page", address) for address in PAGES)
        yield "page", ""
        yield from (("group", str(number)) for number in range(GROUPS))


async def _do(window: Window, kind: str, choice: str) -> float:
    if kind == "sample":
        return await window.choose("Cohort", choice)
    if kind == "page":
        return await window.go(choice)
    groups = window.options("Group by")
    return await window.choose("Group by", groups[int(choice) % len(groups)])
