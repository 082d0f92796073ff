"""How much room text takes on a slide, so that nothing lies on anything else: estimated, as a slide knows no flow.

Belongs here: lines and heights in cm, and how rows are shared out over slides. Does not belong here: the slides.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence

from core.reporting.table_layout import widths
from core.reporting.tables import ReportTable, TableRow

_CM_PER_POINT = 2.54 / 72
_LETTER, _LINE = 0.55, 1.22  # of the size of letters: the mean width of one, the height of a line
_BREAKS = re.compile(r"(?<=[;.])(?= +[A-Z])|(?<=[；。])(?=\S)")
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


def lines_shared_out(lines: Sequence[str], size: float, *, width: float, room: float) -> Iterator[list[str]]:
    """Paragraphs of each slide; one that is longer than a slide goes on after a semicolon or a full stop."""
    slide: list[str] = []
    for line in lines:
        for part in _parts(line, size, width, room):
            if slide and height_of([*slide, part], size, width) > room:
                yield slide
                slide = []
            slide.append(part)
    if slide:
        yield slide


def _parts(line: str, size: float, width: float, room: float) -> Iterator[str]:
    """A paragraph in pieces that each fit on a slide, as far as it has places to break it."""
    part = ""
    for piece in _BREAKS.split(line) if height_of([line], size, width) > room else (line,):
        if part and height_of([part + piece], size, width) > room:
            yield part.strip()
            part = ""
        part += piece
    yield part.strip()


def shared_out(
    rows: Sequence[TableRow], heights: Sequence[float], room: float, *, below: float = 0.0
) -> Iterator[tuple[int, int]]:
    """First row and end of each slide, about as much on each; a heading never stands last.

    Parameters
    ----------
    rows, heights
        Heights in cm.
    room : float
        cm for rows on a slide.
    below : float
        cm that the notes need under the last row.
    """
    slides = max(1, math.ceil((sum(heights) + below) / room))
    fair = min(room, (sum(heights) + below) / slides + max(heights, default=0.0))
    start = 0
    while start < len(rows):
        end = _end(rows, heights, start, fair)
        while end == len(rows) and start + 1 < end and sum(heights[start:]) + below > room:
            end = next(i for i in range(start + 1, end) if i == end - 1 or sum(heights[i:]) + below <= room)
        yield start, end
        start = end
    if not rows:
        yield 0, 0


def _end(rows: Sequence[TableRow], heights: Sequence[float], start: int, room: float) -> int:
    end, taken = start + 1, heights[start]
    while end < len(rows) and taken + heights[end] <= room:
        taken += heights[end]
        end += 1
    while start + 1 < end < len(rows) and rows[end - 1].kind == "heading":
        end -= 1
    return end
