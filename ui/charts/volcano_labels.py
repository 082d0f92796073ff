"""Names beside dots where they cover neither dots nor each other; a name without room is left out.

Places are found in the smallest plot there will be: in a wider one dots move apart and names keep their size, so that
what is clear there stays clear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

_GAP = 3.0


class Point(NamedTuple):
    """A dot in pixels of the plot, from its upper left corner."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Where a name stands, in pixels from its dot."""

    dx: float
    dy: float
    align: Literal["left", "center", "right"]


class _Box(NamedTuple):
    left: float
    right: float
    top: float
    bottom: float


def placed_labels(
    points: Sequence[Point], widths: Mapping[int, float], *, room: tuple[float, float], height: float
) -> dict[int, Label]:
    """Places of the names that have one.

    Parameters
    ----------
    points : sequence of Point
        All dots.
    widths : dict of position among the points to width of its name
        The most important first: they choose first.
    room : (width, height)
        Of the plot; no name leaves it.
    height : float
        Of a line.
    """
    taken: list[_Box] = []
    made: dict[int, Label] = {}
    for i, width in widths.items():
        for label in _around(points[i], height):
            box = _box(points[i], label, width, height)
            inside = box.left >= 0 and box.right <= room[0] and box.top >= 0 and box.bottom <= room[1]
            if inside and not any(_meet(box, other) for other in taken) and not _covers(box, points, but=i):
                taken.append(box)
                made[i] = label
                break
    return made


def _around(point: Point, height: float) -> Iterator[Label]:
    """Right, left, above, below, then the corners."""
    beside, over = point.radius + _GAP, point.radius + height / 2 + 1
    yield Label(dx=beside, dy=0.0, align="left")
    yield Label(dx=-beside, dy=0.0, align="right")
    yield Label(dx=0.0, dy=-over, align="center")
    yield Label(dx=0.0, dy=over, align="center")
    for dy in (-over, over):
        yield Label(dx=_GAP, dy=dy, align="left")
        yield Label(dx=-_GAP, dy=dy, align="right")


def _box(point: Point, label: Label, width: float, height: float) -> _Box:
    start = {"left": 0.0, "center": -width / 2, "right": -width}[label.align] + point.x + label.dx
    middle = point.y + label.dy
    return _Box(start, start + width, middle - height / 2, middle + height / 2)


def _meet(one: _Box, other: _Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def _covers(box: _Box, points: Sequence[Point], *, but: int) -> bool:
    """Whether a name lies on a dot other than its own."""
    for i, (x, y, radius) in enumerate(points):
        dx, dy = max(box.left - x, 0.0, x - box.right), max(box.top - y, 0.0, y - box.bottom)
        if i != but and dx * dx + dy * dy < radius * radius:
            return True
    return False
