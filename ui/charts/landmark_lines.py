"""Lines at chosen times, with the height of every curve there beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.reporting.format import percent
from ui.charts.specification import Columns
from ui.charts.survival_rows import Curve

ABOVE = 10.0  # a value's middle above its curve, in pixels: to the right of the line the curve falls away from it
HIGHEST = -5.0  # at 100 % the value stands on the upper edge
APART = 14.0  # two values one above the other


def landmark_rows(curves: Sequence[Curve], times: Sequence[float], *, height: float, top: float) -> dict[str, Columns]:
    """Lines and values: ``landmarks`` and ``landmark_values``.

    Parameters
    ----------
    curves : sequence of Curve
        As they are drawn; one that has ended before a time has no value there.
    times : sequence of float
        In the unit of the axis.
    height : float
        Pixels of the plot.
    top : float
        Where the vertical axis ends.
    """
    values: Columns = {"t": [], "s": [], "group": [], "value": [], "dy": []}
    for time in times:
        read = [(curve.level, float(curve.height_at(np.array([time]))[0])) for curve in curves if curve.time.size]
        known = sorted(((s, level) for level, s in read if math.isfinite(s)), reverse=True)
        places = _apart([(1 - s / top) * height - ABOVE for s, _ in known], height)
        for (s, level), place in zip(known, places, strict=True):
            values["t"].append(time)
            values["s"].append(s)
            values["group"].append(level)
            values["value"].append(percent(s, 0))
            values["dy"].append(place - (1 - s / top) * height)
    lines = {"t": list(times), "s": [top] * len(times), "s2": [0.0] * len(times)}
    return {"landmarks": lines, "landmark_values": values}


def _apart(places: Sequence[float], height: float) -> list[float]:
    """Places from above downwards, each at least ``APART`` below the one before, none below the plot."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + APART) if found else max(place, HIGHEST))
    lowest = height - APART / 2
    for i in reversed(range(len(found))):
        found[i] = min(found[i], lowest)
        lowest = found[i] - APART
    return found
