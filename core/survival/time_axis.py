"""A time axis in units and steps people count in: 6 and 12 months, 90 and 180 days, 5 years, never 7.5.

Times of tables under a figure are those of its axis, so the axis belongs to the numbers and not to the drawing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import SpecError
from core.timetoevent import DAYS_PER

STEPS: dict[str, tuple[float, ...]] = {
    "days": (1, 2, 5, 7, 10, 14, 30, 60, 90, 180, 365, 730, 1095, 1825, 3650),
    "weeks": (1, 2, 4, 8, 13, 26, 52, 104, 156, 260, 520),
    "months": (0.5, 1, 2, 3, 6, 12, 24, 36, 60, 120, 240),
    "years": (0.25, 0.5, 1, 2, 5, 10, 20),
}
MOST_WIDE = 9
MOST_CHOSEN = 60
LONG_YEARS = 10.0  # follow-up beyond this is counted in years
_ALMOST = 0.04  # an end this share short of a tick is drawn up to the tick


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """Where the ticks of a time axis stand, and in which unit they are counted.

    Attributes
    ----------
    unit : str
        Unit of the numbers at the ticks.
    per : float
        One such unit in the unit of the data: 12 where data in months are shown in years.
    ticks : tuple of float
        In the unit of the data, the first at 0.
    end : float
        Where the axis ends, in the unit of the data.
    """

    unit: str
    per: float
    ticks: tuple[float, ...]
    end: float

    @property
    def counted(self) -> tuple[float, ...]:
        """The numbers at the ticks."""
        return tuple(round(tick / self.per, 10) for tick in self.ticks)


def time_axis(
    last: float, unit: str, *, shown: str | None = None, every: float | None = None, until: float | None = None
) -> TimeAxis:
    """A time axis over follow-up up to ``last``.

    Parameters
    ----------
    last : float
        Longest follow-up, in the ``unit`` of the data.
    unit : {'days', 'weeks', 'months', 'years'}
    shown : str, optional
        Unit of the numbers at the ticks; that of the data unless given, years where follow-up is longer than ten.
    every : float, optional
        Step between ticks, in the unit shown; round steps that fit unless given.
    until : float, optional
        End of the axis, in the unit shown; the longest follow-up unless given.

    Raises
    ------
    SpecError
        If the ticks would be too many to be drawn.
    """
    if shown is None:
        shown = "years" if last * DAYS_PER[unit] > LONG_YEARS * DAYS_PER["years"] else unit
    per = DAYS_PER[shown] / DAYS_PER[unit]
    reach = last / per if until is None else until
    ticks = time_ticks(reach, shown) if every is None else _chosen(every, reach, shown)
    end = reach if until is not None else axis_end(reach, ticks)
    if len(ticks) > 1 and math.isclose(end - ticks[-1], ticks[1]):
        ticks = [*ticks, end]
    return TimeAxis(unit=shown, per=per, ticks=tuple(tick * per for tick in ticks), end=end * per)


def shared_axis(
    follow_ups: Sequence[tuple[float, str]],
    *,
    shown: str | None = None,
    every: float | None = None,
    until: float | None = None,
) -> TimeAxis:
    """One time axis for several follow-ups, each a longest time with its unit; in the unit of the first.

    ``shown``, ``every`` and ``until`` are as in ``time_axis``.
    """
    unit = follow_ups[0][1]
    longest = max(last * DAYS_PER[own] / DAYS_PER[unit] for last, own in follow_ups)
    return time_axis(longest, unit, shown=shown, every=every, until=until)


def _chosen(every: float, reach: float, unit: str) -> list[float]:
    if not math.isfinite(reach) or reach <= 0:
        return [0.0]
    if reach / every > MOST_CHOSEN:
        raise SpecError(
            f"A tick every {every:g} {unit} makes {math.floor(reach / every) + 1:,} of them up to {reach:g} {unit}.",
            hint=f"At most {MOST_CHOSEN} can be drawn: choose a longer step.",
        )
    return _multiples(every, reach)


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
