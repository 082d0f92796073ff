"""How much room text takes on a slide, so that nothing lies on anything else: estimated, as a slide knows no flow.

Belongs here: lines and heights in cm, and how rows are shared out over slides. Does not belong here: the slides.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence

from core.reporting.table_layout import widths
from core.reporting.tables import ReportTable, TableRow

_CM_PER_POINT = 2.54 / 72
_LETTER, _LINE = 0.52, 1.22  # of the size of letters: the mean width of one, the height of a line
_SIDES = 0.25  # cm that a cell keeps free beside its text


def lines_of(text: str, size: float, width: float) -> int:
    """Lines that a text takes at so many points on so many cm; letters of Chinese are twice as wide."""
    per_line = max(1.0, width / (_LETTER * size * _CM_PER_POINT))
    letters = [sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in part) for part in text.split("\n")]
    return sum(max(1, math.ceil(n / per_line)) for n in letters)


def height_of(lines: Sequence[str], size: float, width: float) -> float:
    """Height in cm of paragraphs, half a line between them."""
    step = size * _CM_PER_POINT * _LINE
    return sum(lines_of(line, size, width) * step + step / 2 for line in lines)


def row_heights(table: ReportTable, rows: Sequence[Sequence[str]], *, width: float, size: float) -> list[float]:
    """Height in cm of rows of a table that is so wide, each as high as its fullest cell."""
    shares = widths(table)
    columns = [width * share / sum(shares) - _SIDES for share in shares]
    step = size * _CM_PER_POINT * _LINE
    return [
        0.25 + step * max((lines_of(text, size, room) for text, room in zip(row, columns, strict=True)), default=1)
        for row in rows
    ]


def shared_out(rows: Sequence[TableRow], heights: Sequence[float], room: float) -> Iterator[tuple[int, int]]:
    """First row and end of each slide, about as much on each; a heading never stands last."""
    slides = max(1, math.ceil(sum(heights) / room))
    fair = min(room, sum(heights) / slides + max(heights, default=0.0))
    start = 0
    while start < len(rows):
        end, taken = start + 1, heights[start]
        while end < len(rows) and taken + heights[end] <= fair:
            taken += heights[end]
            end += 1
        while end < len(rows) and end > start + 1 and rows[end - 1].kind == "heading":
            end -= 1
        yield start, end
        start = end
    if not rows:
        yield 0, 0
