"""Bars of two groups back to back around the names, or of a few groups side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from ui.charts.bar_layout import CENTRE, HEAD_LINE, HEADS, INDENT, LONGEST_NAME, BarLayout, BarRow
from ui.charts.sheet import Place, RowSize, Word
from ui.charts.short_names import LEEWAY, broken, shortened
from ui.charts.specification import NARROW_BELOW
from ui.charts.theme import TEXT_SIZE, text_width, widest

THICK, THIN = 13.0, 10.0
WIDE_ROOM, NARROW_ROOM = NARROW_BELOW - 6.0, 320.0  # pixels every wide and every narrow figure has
LEAST_PLOT = 40.0
_BOLD = TEXT_SIZE + 1  # headings are bold: as wide as one size up
_TIED = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
_BETWEEN = 14.0  # two headings of a line


_Placed: TypeAlias = tuple[str, int, float]  # a text, its line, and pixels from the left


class Butterfly(BarLayout):
    """Two groups back to back; names between them, or above their bars where the figure is narrow."""

    def _size(self, row: BarRow) -> RowSize:
        return RowSize(wide=24, narrow=38, marks_below=18)

    def _key_start(self) -> tuple[float, float]:
        return 0.5, -(14 + text_width(self._words.any_grade) + 9)

    @property
    def narrow_below(self) -> float:
        """Bars need some length on both sides of the names."""
        return max(NARROW_BELOW, 2 * (self._half_gap() + self._room_for_counts() + 2 * LEAST_PLOT))

    def _half_gap(self) -> float:
        return min(widest(self._labels, TEXT_SIZE + 0.5), LONGEST_NAME) / 2 + 14

    def _domain(self) -> list[float]:
        return [-self._end, -CENTRE, CENTRE, self._end]

    def _range(self) -> list[dict[str, str]]:
        room, gap = self._room_for_counts(), self._half_gap()
        half = f"(narrow ? 1 : {gap:.1f})"
        return [
            {"expr": f"min({room:.1f}, width / 2 - {half} - {LEAST_PLOT})"},
            {"expr": f"width / 2 - {half}"},
            {"expr": f"width / 2 + {half}"},
            {"expr": f"max(width - {room:.1f}, width / 2 + {half} + {LEAST_PLOT})"},
        ]

    def _ticks(self) -> list[float]:
        return [-self._end, -self._end / 2, -CENTRE, CENTRE, self._end / 2, self._end]

    def _x(self, count: int, group: int) -> float:
        share = max(self._share(count, group), CENTRE)
        return share if group else -share

    def _heights(self, row: int, group: int) -> tuple[float, float]:
        return self._ruling.wide[row], self._ruling.narrow[row] + 17

    def _thickness(self) -> float:
        return THICK

    def _broken_heads(self) -> list[tuple[list[str], list[str]]]:
        """Lines of each side's heading, wide and narrow."""
        rooms = self.narrow_below / 2 - self._half_gap(), NARROW_ROOM / 2 - 8
        wide, narrow = ([_lines(self._head(group), room) for group in (0, 1)] for room in rooms)
        return list(zip(wide, narrow, strict=True))

    def _head_lines(self) -> tuple[int, int]:
        heads = self._broken_heads()
        return max(len(wide) for wide, _ in heads), max(len(narrow) for _, narrow in heads)

    def _heads(self) -> Iterator[Word]:
        for group, (wide, narrow) in enumerate(self._broken_heads()):
            side = 1 if group else -1
            wide_dx, narrow_dx = side * self._half_gap(), side * 8
            for i, text in enumerate(wide):
                yield self._head_word(text, group, wide=self._head_place(i, wide_dx))
            for i, text in enumerate(narrow):
                yield self._head_word(text, group, narrow=self._head_place(i, narrow_dx))

    def _head_word(self, text: str, group: int, *, wide: Place | None = None, narrow: Place | None = None) -> Word:
        return Word(text=text, color=self._colors[group], bold=True, wide=wide, narrow=narrow)

    def _head_place(self, line: int, dx: float) -> Place:
        return Place(y=HEADS + HEAD_LINE * line, share=0.5, dx=dx, align="left" if dx > 0 else "right")

    def _names(self) -> Iterator[Word]:
        for (label, row), y, ny in zip(
            zip(self._labels, self._rows, strict=True), self._ruling.wide, self._ruling.narrow, strict=True
        ):
            yield Word(
                text=label, color=self._palette.text, bold=row.bold, limit=LONGEST_NAME * LEEWAY,
                wide=Place(y=y, share=0.5, align="center"), narrow=Place(y=ny, share=0.5, align="center"),
            )  # fmt: skip


class SideBySide(BarLayout):
    """Any number of groups, one bar below the other in each row; names at the left, or above where narrow."""

    def _size(self, row: BarRow) -> RowSize:
        bars = len(self._levels) * (THIN + 3)
        return RowSize(wide=max(bars + 10, 25), narrow=bars + 28, marks_below=bars + 6)

    def _name_width(self) -> float:
        return min(
            max(
                (
                    text_width(label, TEXT_SIZE + 0.5) + INDENT * row.indent
                    for label, row in zip(self._labels, self._rows, strict=True)
                ),
                default=0.0,
            ),
            LONGEST_NAME,
        )

    def _domain(self) -> list[float]:
        return [0, self._end]

    def _range(self) -> list[dict[str, str]]:
        room, left = self._room_for_counts(), f"(narrow ? 2 : {self._name_width() + 18:.1f})"
        return [{"expr": left}, {"expr": f"max(width - {room:.1f}, {left} + {LEAST_PLOT})"}]

    def _ticks(self) -> list[float]:
        return [0, self._end / 2, self._end]

    def _x(self, count: int, group: int) -> float:
        return self._share(count, group)

    def _heights(self, row: int, group: int) -> tuple[float, float]:
        step = THIN + 3
        offset = (group - (len(self._levels) - 1) / 2) * step
        narrow = self._ruling.narrow[row] + 16 + group * step
        return self._ruling.wide[row] + offset, narrow

    def _thickness(self) -> float:
        return THIN

    def _head_texts(self) -> list[str]:
        mark = "■ " if len(self._levels) > 1 else ""
        return [f"{mark}{self._head(group)}" for group in range(len(self._levels))]

    def _head_colors(self) -> list[str]:
        return self._colors

    def _flows(self) -> list[list[_Placed]]:
        """Headings one after the other in as many lines as they need, wide and narrow."""
        texts = self._head_texts()
        return [_flow(shortened(texts, room, _BOLD), room) for room in (WIDE_ROOM, NARROW_ROOM)]

    def _head_lines(self) -> tuple[int, int]:
        wide, narrow = (max((line for _, line, _ in flow), default=0) + 1 for flow in self._flows())
        return wide, narrow

    def _heads(self) -> Iterator[Word]:
        wide, narrow = self._flows()
        for color, (text, line, x), (short, narrow_line, narrow_x) in zip(
            self._head_colors(), wide, narrow, strict=True
        ):
            place = Place(y=HEADS + HEAD_LINE * line, dx=x)
            narrow_place = Place(y=HEADS + HEAD_LINE * narrow_line, dx=narrow_x)
            if text == short:
                yield Word(text=text, color=color, bold=True, wide=place, narrow=narrow_place)
            else:
                yield Word(text=text, color=color, bold=True, wide=place, narrow=None)
                yield Word(text=short, color=color, bold=True, wide=None, narrow=narrow_place)

    def _names(self) -> Iterator[Word]:
        for (label, row), y, ny in zip(
            zip(self._labels, self._rows, strict=True), self._ruling.wide, self._ruling.narrow, strict=True
        ):
            dx = INDENT * row.indent
            yield Word(
                text=label, color=self._palette.text, bold=row.bold, limit=LONGEST_NAME * LEEWAY,
                wide=Place(y=y, dx=dx), narrow=Place(y=ny, dx=dx),
            )  # fmt: skip


def _lines(head: str, room: float) -> list[str]:
    """A heading in lines that fit; how many patients the group has stays in one piece."""
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in broken(head.replace(" = ", _TIED), room, _BOLD)]


def _flow(texts: Sequence[str], room: float) -> list[_Placed]:
    """Texts one after the other in lines that fit the room; under each other in columns where that takes no more."""
    placed: list[_Placed] = []
    line, x = 0, 0.0
    for text in texts:
        width = text_width(text, _BOLD)
        if x and x + width > room:
            line, x = line + 1, 0.0
        placed.append((text, line, x))
        x += width + _BETWEEN
    step = widest(texts, _BOLD) + _BETWEEN
    each = max(1, int((room + _BETWEEN) // step))
    if (len(texts) - 1) // each > line:
        return placed
    return [(text, i // each, i % each * step) for i, text in enumerate(texts)]
