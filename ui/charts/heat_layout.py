"""Many groups as a table of percentages shaded by size: any grade above, grade 3 or more below, one column a group.

Bars of more than a few groups say nothing any more; numbers in the order of the groups do. Columns carry letters, which
the lines above explain: names of eight groups have no room over their columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.reporting.format import percent
from ui.charts.bar_kinds import LEAST_PLOT, SideBySide
from ui.charts.bar_layout import HEADS_GAP, KEY, SEVERE, BarRow
from ui.charts.sheet import Place, RowSize, Word
from ui.charts.theme import SWATCH, text_width

MOST_BARS = 5  # groups; with more the bars of a row are too many to compare
CELL = 19.0
_STRENGTH = (0.05, 0.5)  # of the shade at 0 and 100 %: text on it stays legible
_ANY, _SEVERE = 1, 2  # colours of the two shades: the theme's blue and orange
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTERS_LINE = 1  # line of the headings that the columns' letters take


class HeatTable(SideBySide):
    """A column per group, a line per grade; names at the left, or above where the figure is narrow."""

    def slots(self) -> dict[str, Any]:
        """As for bars, with letters along the axis instead of percentages."""
        letters = ", ".join(f"'{self._letter(group)}'" for group in range(len(self._levels)))
        return super().slots() | {"x_title": "", "label_expression": f"[{letters}][floor(datum.value)]"}

    def _lines(self) -> int:
        return 2 if self._graded else 1

    def _size(self, row: BarRow) -> RowSize:
        cells = self._lines() * CELL
        return RowSize(wide=cells + 8, narrow=cells + 26, marks_below=cells + 6)

    def _left(self) -> float:
        return self._name_width() + 14

    def _domain(self) -> list[float]:
        return [0, len(self._levels)]

    def _range(self) -> list[dict[str, str]]:
        left = f"(narrow ? 0 : {self._left():.1f})"
        return [{"expr": left}, {"expr": f"max(width, {left} + {LEAST_PLOT})"}]

    def _ticks(self) -> list[float]:
        return [group + 0.5 for group in range(len(self._levels))]

    def _guides(self) -> list[dict[str, Any]]:
        return []

    def _x(self, count: int, group: int) -> float:
        return group + 0.5

    def _heights(self, row: int, group: int, line: int = 0) -> tuple[float, float]:
        """Middle of a cell: the first line any grade, the second grade 3 or more."""
        offset = (line - (self._lines() - 1) / 2) * CELL
        narrow = self._ruling.narrow[row] + 19 + line * CELL
        return self._ruling.wide[row] + offset, narrow

    def _thickness(self) -> float:
        return CELL - 1

    def _cells(self, row: int) -> Iterator[tuple[int, int, int]]:
        """Group, line and patients of each cell of a row."""
        bar = self._rows[row]
        for line, counts in enumerate((bar.any, bar.severe)[: self._lines()]):
            for group, count in enumerate(counts):
                yield group, line, count

    def _bars(self, row: int) -> Iterator[dict[str, Any]]:
        bar = self._rows[row]
        for group, line, count in self._cells(row):
            wide, narrow = self._heights(row, group, line)
            yield {
                "x": group + 0.02, "x2": group + 0.98, "wide": wide, "narrow": narrow, "thick": self._thickness(),
                "row": bar.label, "group": self._head(group), "any": self._told(bar.any[group], group),
                "severe": self._told(bar.severe[group], group) if self._graded else "–",
                "term": bar.term or "", "least": SEVERE if line else 0,
                "color": self._shade(line, self._share(count, group)),
            }  # fmt: skip

    def _counts(self, row: int) -> Iterator[dict[str, Any]]:
        for group, line, count in self._cells(row):
            wide, narrow = self._heights(row, group, line)
            known = self._denominators[group] > 0
            yield {
                "x": group + 0.5, "wide": wide, "narrow": narrow, "align": "center", "dx": 0,
                "text": percent(self._share(count, group), 0, sign=False) if known else "–",
            }  # fmt: skip

    def _shade(self, line: int, share: float) -> str:
        low, high = _STRENGTH
        return self._palette.tint(self._palette.groups[(_ANY, _SEVERE)[line]], low + (high - low) * share)

    def _key(self) -> Iterator[Word]:
        """The two shades, in per cent of patients."""
        texts = (self._words.any_grade, self._words.severe) if self._graded else (self._words.axis,)
        x = 0.0
        for line, text in enumerate(texts):
            swatch, beside = (Place(y=KEY, dx=x + right) for right in (0, 14))
            yield Word(text="■", size=SWATCH, color=self._shade(line, 1.0), wide=swatch, narrow=swatch)
            yield Word(text=f"{text}, %", color=self._palette.muted, wide=beside, narrow=beside)
            x += 14 + text_width(f"{text}, %") + 18

    def _head_texts(self) -> list[str]:
        return [f"{self._letter(group)}  {self._head(group)}" for group in range(len(self._levels))]

    def _head_colors(self) -> list[str]:
        return [self._palette.text] * len(self._levels)

    def _head_lines(self) -> tuple[int, int]:
        wide, narrow = super()._head_lines()
        return wide + _LETTERS_LINE, narrow + _LETTERS_LINE

    def _heads(self) -> Iterator[Word]:
        yield from super()._heads()
        left, n = self._left(), len(self._levels)
        top, narrow_top = self._tops
        for group in range(n):
            share = (group + 0.5) / n
            yield Word(
                text=self._letter(group), color=self._palette.muted, bold=True,
                wide=Place(y=top - HEADS_GAP, share=share, dx=left * (1 - share), align="center"),
                narrow=Place(y=narrow_top - HEADS_GAP, share=share, align="center"),
            )  # fmt: skip

    def _letter(self, group: int) -> str:
        """A, B, ... Z, A2, B2, ..."""
        again, letter = divmod(group, len(_LETTERS))
        return _LETTERS[letter] + (str(again + 1) if again else "")
