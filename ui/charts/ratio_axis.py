"""A logarithmic axis for hazard ratios: 0.25, 0.5, 1, 2, 4, as far as the intervals need it and no further."""

from __future__ import annotations

import math
from collections.abc import Sequence

_HALVES = tuple(2.0**k for k in range(-4, 5))
MOST_LABELS = 6
_TENTHS = (0.01, 0.1, 1.0, 10.0, 100.0)


def ratio_axis(intervals: Sequence[tuple[float, float, float]]) -> tuple[tuple[float, float], list[float]]:
    """Domain and ticks for hazard ratios with their limits, NaN where there is none.

    Estimates are inside; limits may lie beyond, and are then drawn as arrows: up to 16-fold, or 100-fold where an
    estimate itself is that large. 1 is always inside.
    """
    values = [value for value, _, _ in intervals if _usable(value)]
    limits = [limit for _, *both in intervals for limit in both if _usable(limit)]
    reach = max((abs(math.log2(value)) for value in values), default=0.0)
    ladder = _HALVES if reach < math.log2(_HALVES[-1]) - 0.5 else _TENTHS
    low, high = min([*values, *limits, 0.5]), max([*values, *limits, 2.0])
    ticks = [
        step for step, following, before in zip(ladder, (*ladder[1:], math.inf), (0.0, *ladder[:-1]), strict=True)
        if following > low and before < high
    ]  # fmt: skip
    return (ticks[0] * 0.94, ticks[-1] * 1.06), ticks


def labelled(ticks: Sequence[float]) -> list[float]:
    """The ticks that get a number: all, or every second one out from 1 where there are many."""
    one = ticks.index(1.0)
    return [tick for i, tick in enumerate(ticks) if len(ticks) <= MOST_LABELS or (i - one) % 2 == 0]


def _usable(value: float) -> bool:
    return math.isfinite(value) and value > 0
