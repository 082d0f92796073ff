"""Cutting a number into levels: which interval a value equal to a cut-point belongs to, by what the labels say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.cohort.values import format_number
from core.errors import SpecError
from core.timetoevent import FloatArray, IntArray

_START = re.compile(r"\s*(<=|>=|[<>≤≥＜＞])\s*=?")
_RANGE = re.compile(r"\s*\[?\(?\s*(-?\d+(?:\.\d+)?)\s*(?:-|–|—|~|～|至|to)\s*(-?\d+(?:\.\d+)?)", re.IGNORECASE)


def cut_levels(cut: Sequence[float], labels: Sequence[str] | None) -> tuple[str, ...]:
    """The labels, or ones that say what they hold: '<3', '3 to <20', '≥20'."""
    if labels is not None:
        return tuple(labels)
    points = [format_number(point) for point in cut]
    between = [f"{low} to <{high}" for low, high in pairwise(points)]
    return (f"<{points[0]}", *between, f"≥{points[-1]}")


def cut_positions(numbers: FloatArray, cut: Sequence[float], labels: Sequence[str] | None) -> IntArray:
    """Interval of each number, shape (n,); -1 where missing.

    A value equal to a cut-point goes to the upper interval unless the labels say otherwise (see ``lower_takes``).
    """
    points = np.asarray(cut, dtype=np.float64)
    positions = np.searchsorted(points, numbers, side="right").astype(np.int64)
    if labels is not None:
        for i, point in enumerate(points):
            if lower_takes(float(point), labels[i], labels[i + 1]):
                positions[numbers == point] = i
    positions[np.isnan(numbers)] = -1
    return positions


def lower_takes(point: float, lower: str, upper: str) -> bool:
    """Whether the label below or above a cut-point puts the cut-point itself into the lower interval.

    '>20' above or '<=20' below say so; '>=20' above or '<20' below say the contrary. A range says it by its ends: '1-3'
    below with '4-6' above takes the 3. Labels that say nothing leave the value in the upper interval.

    Raises
    ------
    SpecError
        If the two labels contradict each other.
    """
    votes = {vote for vote in (_vote(lower, is_lower=True), _vote(upper, is_lower=False)) if vote is not None}
    if len(votes) == 2:
        raise SpecError(
            f"The labels '{lower}' and '{upper}' do not agree on which of them {format_number(point)} belongs to.",
            hint=f"Use '<{format_number(point)}' with '≥{format_number(point)}', or '≤' with '>'.",
        )
    if votes:
        return votes.pop()
    return _range_takes(point, upper)


def _vote(label: str, *, is_lower: bool) -> bool | None:
    """What a comparison sign at the start of a label says: True = the cut-point belongs to the lower interval."""
    match = _START.match(label)
    if match is None:
        return None
    sign, strict = match.group(1), "=" not in match.group(0) and match.group(1) not in "≤≥"
    if is_lower and sign[0] in "<≤＜":
        return not strict
    if not is_lower and sign[0] in ">≥＞":
        return strict
    return None


def _range_takes(point: float, upper: str) -> bool:
    """Whether the upper label names a range that begins above the cut-point: '4-6' over a cut at 3."""
    above = _RANGE.match(upper)
    return above is not None and float(above.group(1)) > point
