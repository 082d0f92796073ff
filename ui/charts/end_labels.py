"""Where the names of curves stand: at the curves' ends, clear of the other curves and of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.timetoevent import FloatArray
from ui.charts.short_names import shortened
from ui.charts.specification import Columns
from ui.charts.survival_rows import Curve
from ui.charts.theme import text_width

LABEL_SIZE = 13
LABEL_LIMIT = 140
GAP = 7  # between the end of a curve and its name
CROSSED = 2.0  # what crossing another curve costs a name
ABOVE_AXIS = 9  # lowest middle of a name above the time axis
CLEAR = 10  # a name's half height and a little air
MOST_ANYWAY = 5  # names that are always shown; more only where each finds a place close to its curve
CLOSE = 20  # how far a name may stand from the end of its curve to be close
MOST_NARROW = 3  # names a narrow figure has room for; beyond, its legend names them
WIDE_PLOT = 620.0  # an ordinary plot; wider ones only leave more room
NARROW_PLOT = 280.0
_Span: TypeAlias = tuple[float, float] | None
_SHIFTS = (0, -12, 12, -20, 20, -30, 30, -42, 42)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The plot the names are placed in: its size in pixels and the ends of its axes."""

    width: float
    height: float
    end: float
    top: float

    def at(self, time: float, share: float) -> tuple[float, float]:
        """Pixels from the top left corner."""
        return time / self.end * self.width, (1 - share / self.top) * self.height

    def heights(self, curve: Curve, spots: FloatArray) -> FloatArray:
        """Pixels of a curve from the top."""
        return (1 - curve.height_at(spots) / self.top) * self.height


def label_rows(curves: Sequence[Curve], *, end: float, height: float, top: float = 1.0) -> Columns | None:
    """Names with their places: right of the end where the figure is wide, above or below the end where it is narrow.

    None where many curves end so close together that a name would not be seen to belong to its curve.
    """
    names = shortened([curve.level for curve in curves], LABEL_LIMIT, LABEL_SIZE)
    widths = [text_width(name, LABEL_SIZE) for name in names]
    wide, crowded = _places(curves, widths, _Frame(width=WIDE_PLOT, height=height, end=end, top=top), narrow=False)
    if crowded and len(curves) > MOST_ANYWAY:
        return None
    narrow, _ = _places(curves, widths, _Frame(width=NARROW_PLOT, height=height, end=end, top=top), narrow=True)
    return {
        "name": names,
        "t": [curve.end[0] for curve in curves],
        "s": [curve.end[1] for curve in curves],
        "group": [curve.level for curve in curves],
        "wide": wide,
        "narrow": narrow,
        "shown": [len(curves) <= MOST_NARROW] * len(curves),
    }


def slack_at_right(curves: Sequence[Curve], *, end: float, shrinks_by: float) -> float:
    """Pixels to add at the right because Vega measures the names before it shrinks the plot to fit.

    A name near the right edge keeps its distance from the end of its curve, not from the edge; when the plot shrinks by
    ``shrinks_by`` and by the widest name, it sticks out by its share of that.
    """
    shares = [(1 - curve.end[0] / end, _width(curve.level) + GAP) for curve in curves]
    sticking = [(share, width) for share, width in shares if share * WIDE_PLOT < width]
    return max((share * (shrinks_by + width) for share, width in sticking), default=0.0)


def _width(level: str) -> float:
    return min(text_width(level, LABEL_SIZE), LABEL_LIMIT)


def _places(
    curves: Sequence[Curve], widths: Sequence[float], frame: _Frame, *, narrow: bool
) -> tuple[list[float], bool]:
    """Vertical shift of each name from its curve's end, in pixels, the first that touches least; whether it is crowded.

    Names stay within the plot: below it stand the numbers of the time axis.
    """
    taken: list[tuple[float, float, float]] = []
    shifts = []
    crowded = False
    for curve, width in zip(curves, widths, strict=True):
        x, y = frame.at(*curve.end)
        left, right = (x - width, x) if narrow else (x + GAP, x + GAP + width)
        spots = np.maximum(np.linspace(left, right, 12), 0) / frame.width * frame.end
        spans = [_span(frame.heights(other, spots)) for other in curves if other is not curve]
        own = _span(frame.heights(curve, spots))
        beside = [at for low, high, at in taken if left < high and right > low]
        candidates = [
            shift for shift in _SHIFTS if (shift or not narrow) and 0 <= y + shift <= frame.height - ABOVE_AXIS
        ]
        costs = [_cost(y + shift, spans, own, beside) for shift in candidates]
        best = float(candidates[costs.index(min(costs))])
        taken.append((left, right, y + best))
        shifts.append(best)
        crowded = crowded or abs(best) > CLOSE or min(costs) >= CROSSED
    return shifts, crowded


def _span(heights: FloatArray) -> _Span:
    """Highest and lowest pixel of a curve under a name; none where it has ended."""
    known = heights[np.isfinite(heights)]
    return (float(known.min()), float(known.max())) if known.size else None


def _cost(y: float, spans: Sequence[_Span], own: _Span, beside: Sequence[float]) -> float:
    """How much a name at ``y`` would cover: names weigh most, then other curves, then its own."""
    names = sum(abs(y - other) < 2 * CLEAR - 3 for other in beside)
    crossed = sum(span is not None and span[0] - CLEAR < y < span[1] + CLEAR for span in spans)
    touches_own = own is not None and own[0] - CLEAR + 2 < y < own[1] + CLEAR - 2
    return 4.0 * names + CROSSED * crossed + 1.5 * touches_own
