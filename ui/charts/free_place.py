"""Where lines of text stand in a plot of curves: where no curve is, as near to the quiet corner as that allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.timetoevent import FloatArray
from ui.charts.end_labels import NARROW_PLOT, WIDE_PLOT
from ui.charts.survival_rows import Curve
from ui.charts.theme import text_width, widest

LINE = 17.0  # pixels from line to line
INSET = 12.0  # from the side of the plot
LOWEST = 14.0  # middle of the lowest line above the time axis
_AIR = 12.0  # between a line's middle and a curve
_BESIDE = 8.0  # between the ends of a line and a curve
_STEP = 8.0
_CROSSED = 10_000.0  # what a curve through the text costs: any free place is better
_IN_BAND = 200.0  # what standing on a band costs, in pixels of distance
_OTHER_SIDE = 150.0  # what leaving the quiet side costs, in pixels of distance
_SPOTS = 60


def text_places(
    lines: Sequence[str], curves: Sequence[Curve], *, end: float, height: float, rising: bool = False
) -> dict[str, list[float | bool]]:
    """Places of lines that read from above downwards, in a wide and in a narrow plot.

    Parameters
    ----------
    curves : sequence of Curve
        As they lie on the figure: heights from 0 to 1.
    end : float
        End of the time axis.
    height : float
        Pixels of the plot.
    rising : bool
        The quiet corner is the upper left one, not the lower left one.

    Returns
    -------
    dict of list
        Per line: ``wide`` and ``narrow``, pixels of its middle above the time axis; ``wide_right`` and
        ``narrow_right``, whether it ends at the right side.
    """
    places: dict[str, list[float | bool]] = {}
    for name, width in (("wide", WIDE_PLOT), ("narrow", NARROW_PLOT)):
        lowest, right = _place(lines, curves, end, (width, height), rising=rising)
        places[name] = [lowest + LINE * (len(lines) - 1 - i) for i in range(len(lines))]
        places[f"{name}_right"] = [right] * len(lines)
    return places


def _place(
    lines: Sequence[str], curves: Sequence[Curve], end: float, size: tuple[float, float], *, rising: bool
) -> tuple[float, bool]:
    """Middle of the lowest line above the time axis, and whether the lines stand at the right."""
    width, height = size
    tall = LINE * (len(lines) - 1)
    highest = max(height - LOWEST - tall, LOWEST)
    best = (float("inf"), LOWEST, False)
    for right in (False, True):
        quiet = LOWEST if rising == right else highest
        first = width - INSET - widest(lines) if right else INSET
        sides = (first - _BESIDE, first + widest(lines) + _BESIDE)
        spans = [span for span in (_span(curve, sides, end / width, height) for curve in curves) if span]
        bands = [span for span in (_band(curve, sides, end / width, height) for curve in curves) if span]
        for lowest in np.arange(LOWEST, highest + _STEP, _STEP):
            low = min(float(lowest), highest)
            crossed, covered = (
                sum(bottom < low + tall + _AIR and top > low - _AIR for bottom, top in each) for each in (spans, bands)
            )
            cost = _CROSSED * crossed + _IN_BAND * covered + abs(low - quiet) + _OTHER_SIDE * right
            if cost < best[0]:
                best = (cost, low, right)
    return best[1], best[2]


def _span(curve: Curve, sides: tuple[float, float], per_pixel: float, height: float) -> tuple[float, float] | None:
    """Lowest and highest pixel above the time axis of a curve and the name at its end; None where it is elsewhere."""
    at = curve.height_at(_spots(sides, per_pixel))
    found = list(at[np.isfinite(at)] * height)
    ends, name = curve.end[0] / per_pixel, text_width(curve.level)
    if sides[0] - name < ends < sides[1] + name:
        found += [curve.end[1] * height - _AIR, curve.end[1] * height + _AIR]
    return (min(found), max(found)) if found else None


def _band(curve: Curve, sides: tuple[float, float], per_pixel: float, height: float) -> tuple[float, float] | None:
    """The same of its band."""
    times = _spots(sides, per_pixel)
    times = times[(times >= curve.time[0]) & (times <= curve.time[-1])]
    edges = np.concatenate([curve.read(curve.conf_low, times), curve.read(curve.conf_high, times)])
    edges = edges[np.isfinite(edges)] * height
    return (float(edges.min()), float(edges.max())) if edges.size else None


def _spots(sides: tuple[float, float], per_pixel: float) -> FloatArray:
    return np.asarray(np.linspace(max(sides[0], 0.0), sides[1], _SPOTS) * per_pixel)
