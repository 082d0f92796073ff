"""Round numbers on a time axis: 6 and 12 months, 90 and 180 days, never 7.5."""

from __future__ import annotations

import math
from collections.abc import Sequence

STEPS: dict[str, tuple[float, ...]] = {
    "days": (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, 730, 1095, 1825, 3650),
    "weeks": (1, 2, 4, 8, 13, 26, 52, 104, 156, 260, 520),
    "months": (0.5, 1, 2, 3, 6, 12, 24, 36, 60, 120, 240),
    "years": (0.25, 0.5, 1, 2, 5, 10, 20),
}
MOST_WIDE = 9
_ALMOST = 0.04  # an end this share short of a tick is drawn up to the tick


def time_ticks(last: float, unit: str, *, most: int = MOST_WIDE) -> list[float]:
    """Ticks from 0 to at most ``last``, at most ``most`` of them, in steps people count in.

    Parameters
    ----------
    last : float
        End of follow-up in ``unit``.
    unit : {'days', 'weeks', 'months', 'years'}
    """
    if not math.isfinite(last) or last <= 0:
        return [0.0]
    step = next((s for s in STEPS[unit] if last / s < most), None)
    if step is None:
        step = 10.0 ** math.ceil(math.log10(last / most))
    elif last < STEPS[unit][0]:
        step = 10.0 ** math.floor(math.log10(last))
    return _multiples(step, last)


def sparser(ticks: Sequence[float], *, most: int) -> list[float]:
    """Every second (third, ...) of ``ticks``, starting at 0, so that at most ``most`` are left."""
    every = max(1, math.ceil(len(ticks) / most))
    return list(ticks[::every])


def axis_end(last: float, ticks: Sequence[float]) -> float:
    """Where the axis ends: at the end of follow-up, or at the next tick when that is only just beyond."""
    if len(ticks) < 2 or not math.isfinite(last) or last <= 0:
        return last if math.isfinite(last) and last > 0 else 1.0
    following = ticks[-1] + (ticks[1] - ticks[0])
    return following if following <= last * (1 + _ALMOST) else max(last, ticks[-1])


def _multiples(step: float, last: float) -> list[float]:
    return [round(i * step, 10) for i in range(math.floor(last / step + 1e-9) + 1)]
