"""Where the boxes of a flow diagram stand: side by side where the figure is wide, one below the other where narrow.

Positions are pixels from the upper left corner; both layouts are computed, and the figure takes the one that fits.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.cohort.flow import CohortFlow, FlowStep
from core.reporting import format as fmt
from core.reporting.flow_words import EVERYBODY, group_words, reason_words, step_words
from ui.charts.sheet import Place, Word, word_rows
from ui.charts.short_names import broken
from ui.charts.specification import Columns
from ui.charts.theme import TEXT_SIZE, Theme

LINE = 18.0
PAD = 11.0
GAP = 26.0
WIDE, NARROW = 640.0, 316.0  # pixels the diagram takes
_MAIN, _SIDE_LEFT = 270.0, 318.0  # of a wide figure: the middle column, and where those left out begin
_SIDE_INDENT = 30.0
_RAIL = 14.0  # where the line runs that leads to boxes one below the other
MOST_BESIDE = 4  # groups side by side; more stand in one box


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box: its upper left corner, its width, its lines (the first in bold) and whose colour it has."""

    x: float
    y: float
    width: float
    lines: tuple[str, ...]
    color: str | None = None
    title_lines: int = 1

    @property
    def height(self) -> float:
        """Pixels, for its lines and the space around them."""
        return LINE * len(self.lines) + 2 * PAD

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height


Stroke = tuple[float, float, float, float, str]  # x, y, x2, y2, colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One layout: boxes, the lines between them, arrow heads (x, y, pointing right or down), and its height."""

    boxes: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    heads: tuple[tuple[float, float, int], ...]
    height: float


def drawn(flow: CohortFlow, palette: Theme, *, narrow: bool) -> Drawing:
    """The diagram in one of its layouts."""
    main = NARROW if narrow else _MAIN
    boxes: list[Box] = []
    strokes: list[Stroke] = []
    heads: list[tuple[float, float, int]] = []
    y, x = 1.0, main / 2 if not narrow else _RAIL
    for step in flow.steps:
        if boxes:
            side = _left_out(step, y, narrow=narrow)
            start = y
            if side is not None:
                middle = side.y + side.height / 2
                strokes.append((x, middle, side.x, middle, palette.axis))
                heads.append((side.x, middle, 90))
                boxes.append(side)
                y = side.bottom
            y += GAP
            strokes.append((x, start, x, y, palette.axis))
            heads.append((x, y, 180))
        boxes.append(_box([step_words(step, flow.endpoint)], [fmt.patients(step.n)], x=1, y=y, width=main))
        y = boxes[-1].bottom
    if any(group.level != EVERYBODY for group in flow.groups):
        stacked = narrow or len(flow.groups) > MOST_BESIDE
        made = _stacked(flow, palette, y + GAP, narrow=narrow) if stacked else _beside(flow, palette, y + GAP)
        for box in made:
            way, head = _into(box, (_RAIL if stacked else x, y), stacked=stacked)
            strokes += [(*part, palette.axis) for part in way]
            heads.append(head)
            boxes.append(box)
        y = max(box.bottom for box in boxes)
    else:
        last = boxes[-1]
        extra = group_words(flow.groups[0], flow.endpoint)[1:]
        boxes[-1] = replace(last, lines=(*last.lines, *extra))
        y = boxes[-1].bottom
    return Drawing(boxes=tuple(boxes), strokes=tuple(strokes), heads=tuple(heads), height=y + 2)


def _box(
    title: Sequence[str], lines: Sequence[str], *, x: float, y: float, width: float, color: str | None = None
) -> Box:
    room = width - 2 * PAD
    titled = [part for text in title for part in broken(text, room)]
    rest = [part for text in lines for part in broken(text, room)]
    return Box(x=x, y=y, width=width, lines=(*titled, *rest), color=color, title_lines=len(titled))


def _left_out(step: FlowStep, y: float, *, narrow: bool) -> Box | None:
    if not step.left_out:
        return None
    total = sum(item.n for item in step.left_out)
    x = _SIDE_INDENT if narrow else _SIDE_LEFT
    width = (NARROW if narrow else WIDE) - x
    lines = [reason_words(item) for item in step.left_out]
    return _box([f"{fmt.patients(total)} left out"], lines, x=x, y=y + GAP * 0.6, width=width)


def _stacked(flow: CohortFlow, palette: Theme, y: float, *, narrow: bool) -> Iterator[Box]:
    """A box for each group, one below the other, beside the line that leads to all of them."""
    width = (NARROW if narrow else WIDE) - _SIDE_INDENT
    for group, color in zip(flow.groups, palette.group_colors(len(flow.groups)), strict=True):
        text = ", ".join(group_words(group, flow.endpoint))
        box = _box([group.level], [text], x=_SIDE_INDENT, y=y, width=width, color=color)
        yield box
        y = box.bottom + GAP * 0.5


def _beside(flow: CohortFlow, palette: Theme, y: float) -> Iterator[Box]:
    """A box for each group, side by side and equally tall."""
    groups, between = flow.groups, 16.0
    width = min((WIDE - between * (len(groups) - 1)) / len(groups), 300.0)
    made = [
        _box(
            [g.level], group_words(g, flow.endpoint), x=1 + i * (width + between), y=y + GAP * 0.4, width=width, color=c
        )
        for i, (g, c) in enumerate(zip(groups, palette.group_colors(len(groups)), strict=True))
    ]
    tallest = max(len(box.lines) for box in made)
    for box in made:
        yield replace(box, lines=(*box.lines, *("" for _ in range(tallest - len(box.lines)))))


def _into(
    box: Box, start: tuple[float, float], *, stacked: bool
) -> tuple[list[tuple[float, float, float, float]], tuple[float, float, int]]:
    """The way from below the box of everybody into a group's box, which crosses no other, and the head of its arrow."""
    x, y = start
    if stacked:
        middle = box.y + box.height / 2
        return [(x, y, x, middle), (x, middle, box.x, middle)], (box.x, middle, 90)
    above = box.x + _RAIL <= x <= box.x + box.width - _RAIL  # straight down, without a small step aside
    centre, turn = x if above else box.x + box.width / 2, y + GAP * 0.7
    return [(x, y, x, turn), (x, turn, centre, turn), (centre, turn, centre, box.y)], (centre, box.y, 180)


def words_of(drawing: Drawing, palette: Theme) -> Iterator[tuple[str, str, bool, Place]]:
    """Every line of every box: text, colour, bold, place."""
    for box in drawing.boxes:
        for i, line in enumerate(box.lines):
            title = i < box.title_lines
            color = box.color if title and box.color else palette.text
            yield line, color, title, Place(y=box.y + PAD + LINE * (i + 0.5), dx=box.x + PAD)


def word_columns(wide: Drawing, narrow: Drawing, palette: Theme) -> Columns:
    """The words of both layouts as data; each shows in its own."""
    words = [
        Word(text=text, color=color, bold=bold, wide=place, narrow=None, size=TEXT_SIZE)
        for text, color, bold, place in words_of(wide, palette)
    ]
    words += [
        Word(text=text, color=color, bold=bold, wide=None, narrow=place, size=TEXT_SIZE)
        for text, color, bold, place in words_of(narrow, palette)
    ]
    return word_rows(words)


def stroke_columns(wide: Drawing, narrow: Drawing, palette: Theme) -> Columns:
    """Lines between boxes and the boxes' edges, of both layouts."""
    columns: dict[str, list[object]] = {name: [] for name in ("x", "y", "x2", "y2", "color", "narrow", "weight")}
    for drawing, is_narrow in ((wide, False), (narrow, True)):
        edges = [edge for box in drawing.boxes for edge in _edges(box, palette)]
        rows = [(*stroke, 1.0) for stroke in drawing.strokes] + edges
        for x, y, x2, y2, color, weight in rows:
            for name, value in zip(columns, (x, y, x2, y2, color, is_narrow, weight), strict=True):
                columns[name].append(value)
    return columns


def _edges(box: Box, palette: Theme) -> list[tuple[float, float, float, float, str, float]]:
    left, right, top, bottom = box.x, box.x + box.width, box.y, box.bottom
    color, weight = (box.color, 1.75) if box.color else (palette.axis, 1.0)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return [(*a, *b, color, weight) for a, b in itertools.pairwise(corners)]


def head_columns(wide: Drawing, narrow: Drawing) -> Columns:
    """Arrow heads of both layouts, moved back so that their tips touch the box."""
    columns: dict[str, list[object]] = {name: [] for name in ("x", "y", "angle", "narrow")}
    for drawing, is_narrow in ((wide, False), (narrow, True)):
        for x, y, angle in drawing.heads:
            back = 4.0
            at = (x - back, y) if angle == 90 else (x, y - back)
            for name, value in zip(columns, (*at, angle, is_narrow), strict=True):
                columns[name].append(value)
    return columns
