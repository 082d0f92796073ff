"""Where bars and their words stand: two groups back to back around the names, or any number side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.reporting.format import count_percent, percent
from ui.charts.sheet import Place, RowSize, Word, ruled, word_rows
from ui.charts.specification import Columns, columns
from ui.charts.theme import TEXT_SIZE, Theme, text_width, widest

INDENT = 12.0
LONGEST_NAME = 250.0
KEY, HEADS, TOP = 12.0, 36.0, 48.0
LIGHT_TINT = 0.34
THICK, THIN = 13.0, 10.0
_ENDS = (0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_CENTRE = 1e-6  # where the two halves of a butterfly begin
_GAP = 6.0
BAR_FIELDS = ("x", "x2", "wide", "narrow", "color", "thick", "row", "group", "any", "severe")
GUIDE_FIELDS = ("x", "color", "dashed", "narrow")
COUNT_FIELDS = ("x", "wide", "narrow", "text", "align", "dx")


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """One row: patients per group, of any grade and of grade 3 or more."""

    label: str
    any: tuple[int, ...]
    severe: tuple[int, ...]
    bold: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BarWords:
    """Words of the figure, in the reader's language."""

    any_grade: str = "any grade"
    severe: str = "grade ≥ 3"
    axis: str = "Patients"
    all_patients: str = "All patients"


class BarLayout:
    """Rows of bars placed on the figure; the two kinds differ in where zero is and where names stand."""

    def __init__(
        self,
        rows: Sequence[BarRow],
        levels: Sequence[str],
        denominators: Sequence[int],
        *,
        palette: Theme,
        graded: bool,
        words: BarWords,
    ) -> None:
        self._rows, self._denominators = rows, denominators
        self._levels = [words.all_patients if level == "all" else level for level in levels]
        self._palette, self._graded, self._words = palette, graded, words
        self._colors = palette.group_colors(len(levels))
        highest = max((self._share(n, i) for row in rows for i, n in enumerate(row.any)), default=0.0)
        self._end = next(end for end in _ENDS if end >= highest - 1e-9)
        self._ruling = ruled([self._size(row) for row in rows], top=TOP + 4)

    def slots(self) -> dict[str, Any]:
        """What the skeleton leaves open."""
        return {
            "domain": self._domain(),
            "range": self._range(),
            "ticks": self._ticks(),
            "x_title": self._words.axis,
            # where the halves of a narrow butterfly meet one zero is enough
            "label_expression": f"narrow && datum.value == {-_CENTRE} ? '' : format(abs(datum.value), '.0%')",
            "line": self._palette.grid,
            "any_title": self._words.any_grade.capitalize() if self._graded else self._words.axis,
            "severe_title": self._words.severe.capitalize(),
        }

    def params(self) -> list[dict[str, Any]]:
        """Where guides start and end, wide and narrow."""
        return [
            {"name": "starts", "value": [TOP, TOP]},
            {"name": "ends", "value": [bottom + 4 for bottom in self._ruling.bottoms]},
        ]

    def datasets(self) -> dict[str, Columns]:
        """Words, hairlines, guides, bars and counts."""
        grid = [
            {"x": x, "color": self._palette.grid, "dashed": False, "narrow": abs(x) != _CENTRE} for x in self._ticks()
        ]
        starts = [i for i, row in enumerate(self._rows) if row.bold and i]
        return {
            "words": word_rows([*self._key(), *self._heads(), *self._names()]),
            "lines": {
                "wide": [TOP, *(self._ruling.tops[0][i] for i in starts)],
                "narrow": [TOP, *(self._ruling.tops[1][i] for i in starts)],
                "weight": [1.5, *(1.0 for _ in starts)],
            },
            "guides": columns(grid, GUIDE_FIELDS),
            "bars": columns([bar for row in range(len(self._rows)) for bar in self._bars(row)], BAR_FIELDS),
            "counts": columns([count for row in range(len(self._rows)) for count in self._counts(row)], COUNT_FIELDS),
        }

    def _share(self, count: int, group: int) -> float:
        return count / self._denominators[group] if self._denominators[group] else 0.0

    def _bars(self, row: int) -> Iterator[dict[str, Any]]:
        """Any grade first, grade 3 or more upon it."""
        bar = self._rows[row]
        for group, color in enumerate(self._colors):
            wide, narrow = self._heights(row, group)
            told = {
                "wide": wide, "narrow": narrow, "thick": self._thickness(), "row": bar.label,
                "group": self._head(group), "any": self._told(bar.any[group], group),
                "severe": self._told(bar.severe[group], group) if self._graded else "–",
            }  # fmt: skip
            start = self._x(0, group)
            full = self._palette.tint(color, LIGHT_TINT) if self._graded else color
            yield told | {"x": start, "x2": self._x(bar.any[group], group), "color": full}
            if self._graded and bar.severe[group]:
                yield told | {"x": start, "x2": self._x(bar.severe[group], group), "color": color}

    def _counts(self, row: int) -> Iterator[dict[str, Any]]:
        bar = self._rows[row]
        for group, count in enumerate(bar.any):
            wide, narrow = self._heights(row, group)
            text = count_percent(count, self._denominators[group])
            outward = -1 if self._x(1, group) < 0 else 1
            yield {
                "x": self._x(count, group), "wide": wide, "narrow": narrow, "text": text,
                "align": "left" if outward > 0 else "right", "dx": _GAP * outward,
            }  # fmt: skip

    def _told(self, count: int, group: int) -> str:
        n = self._denominators[group]
        return f"{count} / {n} ({percent(count / n)})" if n else f"{count} / 0"

    def _head(self, group: int) -> str:
        return f"{self._levels[group]} (N = {self._denominators[group]})"

    def _room_for_counts(self) -> float:
        texts = [count_percent(n, self._denominators[i]) for row in self._rows for i, n in enumerate(row.any)]
        return widest(texts) + 2 * _GAP

    def _key(self) -> Iterator[Word]:
        """What the two strengths of a colour mean."""
        if not self._graded:
            return
        calm, muted = self._palette.groups[0], self._palette.muted
        share, dx = self._key_start()
        for text, color in ((self._words.any_grade, self._palette.tint(calm, LIGHT_TINT)), (self._words.severe, calm)):
            swatch, beside = (Place(y=KEY, share=share, dx=dx + right) for right in (0, 14))
            yield Word(text="■", color=color, wide=swatch, narrow=swatch)
            yield Word(text=text, color=muted, wide=beside, narrow=beside)
            dx += 14 + text_width(text) + 18

    def _key_start(self) -> tuple[float, float]:
        """Share of the width and pixels where the key begins."""
        return 0.0, 0.0

    def _size(self, row: BarRow) -> RowSize:
        raise NotImplementedError

    def _domain(self) -> list[float]:
        raise NotImplementedError

    def _range(self) -> list[dict[str, str]]:
        raise NotImplementedError

    def _ticks(self) -> list[float]:
        raise NotImplementedError

    def _x(self, count: int, group: int) -> float:
        raise NotImplementedError

    def _heights(self, row: int, group: int) -> tuple[float, float]:
        raise NotImplementedError

    def _thickness(self) -> float:
        raise NotImplementedError

    def _heads(self) -> Iterator[Word]:
        raise NotImplementedError

    def _names(self) -> Iterator[Word]:
        raise NotImplementedError


class Butterfly(BarLayout):
    """Two groups back to back; names between them, or above their bars where the figure is narrow."""

    def _size(self, row: BarRow) -> RowSize:
        return RowSize(wide=24, narrow=38, marks_below=18)

    def _key_start(self) -> tuple[float, float]:
        return 0.5, -(14 + text_width(self._words.any_grade) + 9)

    def _half_gap(self) -> float:
        return min(widest([row.label for row in self._rows], TEXT_SIZE + 0.5), LONGEST_NAME) / 2 + 14

    def _domain(self) -> list[float]:
        return [-self._end, -_CENTRE, _CENTRE, self._end]

    def _range(self) -> list[dict[str, str]]:
        room, gap = self._room_for_counts(), self._half_gap()
        half = f"(narrow ? 1 : {gap:.1f})"
        return [
            {"expr": f"{room:.1f}"},
            {"expr": f"width / 2 - {half}"},
            {"expr": f"width / 2 + {half}"},
            {"expr": f"width - {room:.1f}"},
        ]

    def _ticks(self) -> list[float]:
        return [-self._end, -self._end / 2, -_CENTRE, _CENTRE, self._end / 2, self._end]

    def _x(self, count: int, group: int) -> float:
        share = max(self._share(count, group), _CENTRE)
        return share if group else -share

    def _heights(self, row: int, group: int) -> tuple[float, float]:
        return self._ruling.wide[row], self._ruling.narrow[row] + 17

    def _thickness(self) -> float:
        return THICK

    def _heads(self) -> Iterator[Word]:
        for group, (side, align) in enumerate(((-1, "right"), (1, "left"))):
            yield Word(
                text=self._head(group), color=self._colors[group], bold=True,
                wide=Place(y=HEADS, share=0.5, dx=side * self._half_gap(), align=align),  # type: ignore[arg-type]
                narrow=Place(y=HEADS, share=0.5, dx=side * 8, align=align),  # type: ignore[arg-type]
            )  # fmt: skip

    def _names(self) -> Iterator[Word]:
        for row, y, ny in zip(self._rows, self._ruling.wide, self._ruling.narrow, strict=True):
            yield Word(
                text=row.label, color=self._palette.text, bold=row.bold, limit=LONGEST_NAME + 20,
                wide=Place(y=y, share=0.5, align="center"), narrow=Place(y=ny, share=0.5, align="center"),
            )  # fmt: skip


class SideBySide(BarLayout):
    """Any number of groups, one bar below the other in each row; names at the left, or above where narrow."""

    def _size(self, row: BarRow) -> RowSize:
        bars = len(self._levels) * (THIN + 3)
        return RowSize(wide=max(bars + 10, 25), narrow=bars + 28, marks_below=bars + 6)

    def _name_width(self) -> float:
        return min(
            max((text_width(row.label, TEXT_SIZE + 0.5) + INDENT * row.indent for row in self._rows), default=0.0),
            LONGEST_NAME,
        )

    def _domain(self) -> list[float]:
        return [0, self._end]

    def _range(self) -> list[dict[str, str]]:
        room = self._room_for_counts()
        return [{"expr": f"narrow ? 2 : {self._name_width() + 18:.1f}"}, {"expr": f"width - {room:.1f}"}]

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

    def _heads(self) -> Iterator[Word]:
        """Groups in their colours, one after the other; below each other in a narrow figure would cost too much."""
        x = 0.0
        for group, color in enumerate(self._colors):
            text = f"■ {self._head(group)}" if len(self._levels) > 1 else self._head(group)
            place = Place(y=HEADS, dx=x)
            yield Word(text=text, color=color, bold=True, wide=place, narrow=place)
            x += text_width(text, TEXT_SIZE + 1) + 14

    def _names(self) -> Iterator[Word]:
        for row, y, ny in zip(self._rows, self._ruling.wide, self._ruling.narrow, strict=True):
            dx = INDENT * row.indent
            yield Word(
                text=row.label, color=self._palette.text, bold=row.bold, limit=LONGEST_NAME + 20 - dx,
                wide=Place(y=y, dx=dx), narrow=Place(y=ny, dx=dx),
            )  # fmt: skip
