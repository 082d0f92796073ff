"""One table: what was measured, beside whom, against which target, and whether the target is met."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
REPETITIONS = {100: 50, 300: 30, 10_000: 15, 1_000_000: 1, 10_000_000: 1}
HEADINGS = f"{'what':52s} {'ours':>10s}  {'beside':20s} {'peer':>10s} {'ratio':>8s}  {'target':>12s}  "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    what : str
    ours : float
        In ``unit``.
    peer : float or None
        Of ``beside``, in the same unit; None where there is none, or none on this computer.
    beside : str
    at_least : float or None
        Times faster than the peer that it should be.
    at_most : float or None
        What ``ours`` should not exceed.
    unit : {'s', 'MB', 'kB', 'steps', 'times'}
    """

    what: str
    ours: float
    peer: float | None = None
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None
    unit: str = "s"

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target, or without the peer it speaks of."""
        if self.at_most is not None:
            return self.ours <= self.at_most
        if self.at_least is None or self.peer is None:
            return None
        return self.peer / self.ours >= self.at_least

    def line(self) -> str:
        """As printed."""
        ratio = f"{self.peer / self.ours:.3g}x" if self.peer is not None else ""
        peer = _amount(self.peer, self.unit) if self.peer is not None else ""
        target = "" if self.at_least is None else f">= {self.at_least:g}x"
        if self.at_most is not None:
            target = f"<= {_amount(self.at_most, self.unit)}"
        verdict = {True: "met", False: "missed", None: ""}[self.met]
        ours = _amount(self.ours, self.unit)
        return (
            f"{self.what:52s} {ours:>10s}  {self.beside:20s} {peer:>10s} {ratio:>8s}  {target:>12s}  {verdict}".rstrip()
        )


def _amount(value: float, unit: str) -> str:
    """Three digits and a unit; seconds as milliseconds."""
    if unit == "s":
        return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"
    return f"{value:.3g} {unit}" if unit != "steps" else f"{value:,.0f} {unit}"


def alternate(
    ours: Callable[[], object],
    peer: Callable[[], object],
    n: int,
    *,
    repetitions: int | None = None,
    clock: Clock = time.process_time,
) -> tuple[float, float]:
    """Median seconds of both: three rounds in turns, each the median of several runs after a warm-up."""
    each = repetitions or REPETITIONS[n]
    rounds = [(median_of(ours, each, clock), median_of(peer, each, clock)) for _ in range(3)]
    return statistics.median(mine for mine, _ in rounds), statistics.median(theirs for _, theirs in rounds)


def alone(work: Callable[[], object], n: int) -> float:
    """Median seconds of three rounds."""
    return statistics.median(median_of(work, REPETITIONS[n]) for _ in range(3))


def median_of(work: Callable[[], object], repetitions: int, clock: Clock = time.process_time) -> float:
    """Median seconds of some runs after a warm-up."""
    work()
    return statistics.median(seconds(work, clock) for _ in range(repetitions))


def seconds(work: Callable[[], object], clock: Clock = time.process_time) -> float:
    """Seconds of one run; of the processor unless told: what else the computer does disturbs them least."""
    started = clock()
    work()
    return clock() - started


def peak(work: Callable[[], object]) -> float:
    """Most bytes that were held at once beyond what was there before, as numpy reports them."""
    import tracemalloc

    tracemalloc.start()
    try:
        work()
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def growth(work: Callable[[int], Callable[[], object]], n: int) -> float:
    """How many times as long twice as many rows take."""
    half, whole = work(n // 2), work(n)
    shorter, longer = alternate(half, whole, 1_000_000)
    return longer / shorter
