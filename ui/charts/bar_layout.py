"""Where bars, their words and the headings stand; what all kinds of adverse-event figures share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.reporting.format import count_percent, percent
from ui.charts.sheet import Place, RowSize, Word, ruled, target_rows, word_rows
from ui.charts.short_names import shortened
from ui.charts.specification import NARROW_BELOW, Columns, columns
from ui.charts.theme import SWATCH, Theme, text_width, widest

INDENT = 12.0
LONGEST_NAME = 250.0
KEY, HEADS = 12.0, 36.0
HEAD_LINE = 18.0
HEADS_GAP = 12.0  # from the middle of the last heading to the line under it
LIGHT_TINT = 0.34
_ENDS = (0.04, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
CENTRE = 1e-6  # where the two halves of a butterfly begin
GAP = 6.0
SEVERE = 3  # the least grade of the dark bars
BAR_FIELDS = ("x", "x2", "wide", "narrow", "color", "thick", "row", "group", "any", "severe", "term", "least")
GUIDE_FIELDS = ("x", "color", "dashed", "narrow")
COUNT_FIELDS = ("x", "wide", "narrow", "text", "align", "dx")


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """One row: patients per group, of any grade and of grade 3 or more; the term that a click on it means."""

    label: str
    any: tuple[int, ...]
    severe: tuple[int, ...]
    bold: bool = False
    indent: int = 0
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BarWords:
    """Words of the figure, in the reader's language."""

    any_grade: str = "any grade"
    severe: str = "grade ≥ 3"
    axis: str = "Patients"
    all_patients: str = "All patients"


class BarLayout(ABC):
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
        alone = len(levels) == 1  # "all" among other levels is a level of that name
        self._levels = [words.all_patients if alone and level == "all" else level for level in levels]
        self._palette, self._graded, self._words = palette, graded, words
        self._colors = palette.group_colors(len(levels))
        highest = max((self._share(n, i) for row in rows for i, n in enumerate(row.any)), default=0.0)
        self._end = next(end for end in _ENDS if end >= highest - 1e-9)
        self._labels = shortened([row.label for row in rows], LONGEST_NAME)
        self._tops = tuple(HEADS + HEADS_GAP + HEAD_LINE * (lines - 1) for lines in self._head_lines())
        top, narrow_top = self._tops
        self._sizes = [self._size(row) for row in rows]
        self._ruling = ruled(self._sizes, top=top + 4, narrow_top=narrow_top + 4)

    def slots(self) -> dict[str, Any]:
        """What the skeleton leaves open."""
        return {
            "domain": self._domain(),
            "range": self._range(),
            "ticks": self._ticks(),
            "x_title": self._words.axis,
            # where the halves of a narrow butterfly meet one zero is enough
            "label_expression": f"narrow && datum.value == {-CENTRE} ? '' : format(abs(datum.value), '.0%')",
            "line": self._palette.grid,
            "any_title": self._words.any_grade.capitalize() if self._graded else self._words.axis,
            "severe_title": self._words.severe.capitalize(),
        }

    @property
    def narrow_below(self) -> float:
        """Pixels from which on the wide layout has room for its columns."""
        return NARROW_BELOW

    def params(self) -> list[dict[str, Any]]:
        """Where guides start and end, wide and narrow."""
        return [
            {"name": "starts", "value": list(self._tops)},
            {"name": "ends", "value": [bottom + 4 for bottom in self._ruling.bottoms]},
        ]

    def datasets(self) -> dict[str, Columns]:
        """Words, hairlines, guides, bars and counts."""
        starts = [i for i, row in enumerate(self._rows) if row.bold and i]
        return {
            "targets": target_rows(self._ruling, self._sizes, [row.term for row in self._rows]),
            "words": word_rows([*self._key(), *self._heads(), *self._names()]),
            "lines": {
                "wide": [self._tops[0], *(self._ruling.tops[0][i] for i in starts)],
                "narrow": [self._tops[1], *(self._ruling.tops[1][i] for i in starts)],
                "weight": [1.5, *(1.0 for _ in starts)],
            },
            "guides": columns(self._guides(), GUIDE_FIELDS),
            "bars": columns([bar for row in range(len(self._rows)) for bar in self._bars(row)], BAR_FIELDS),
            "counts": columns([count for row in range(len(self._rows)) for count in self._counts(row)], COUNT_FIELDS),
        }

    def _guides(self) -> list[dict[str, Any]]:
        """Lines from the headings to the axis."""
        return [
            {"x": x, "color": self._palette.grid, "dashed": False, "narrow": abs(x) != CENTRE} for x in self._ticks()
        ]

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
                "term": bar.term or "", "least": 0,
            }  # fmt: skip
            start = self._x(0, group)
            full = self._palette.tint(color, LIGHT_TINT) if self._graded else color
            yield told | {"x": start, "x2": self._x(bar.any[group], group), "color": full}
            if self._graded and bar.severe[group]:
                yield told | {"x": start, "x2": self._x(bar.severe[group], group), "color": color, "least": SEVERE}

    def _counts(self, row: int) -> Iterator[dict[str, Any]]:
        bar = self._rows[row]
        for group, count in enumerate(bar.any):
            wide, narrow = self._heights(row, group)
            text = count_percent(count, self._denominators[group])
            outward = -1 if self._x(1, group) < 0 else 1
            yield {
                "x": self._x(count, group), "wide": wide, "narrow": narrow, "text": text,
                "align": "left" if outward > 0 else "right", "dx": GAP * outward,
            }  # fmt: skip

    def _told(self, count: int, group: int) -> str:
        n = self._denominators[group]
        return f"{count} / {n} ({percent(count / n)})" if n else f"{count} / 0"

    def _head(self, group: int) -> str:
        return f"{self._levels[group]} (N = {self._denominators[group]})"

    def _room_for_counts(self) -> float:
        texts = [count_percent(n, self._denominators[i]) for row in self._rows for i, n in enumerate(row.any)]
        return widest(texts) + 2 * GAP

    def _key(self) -> Iterator[Word]:
        """What the two strengths of a colour mean."""
        if not self._graded:
            return
        calm, muted = self._palette.groups[0], self._palette.muted
        share, dx = self._key_start()
        for text, color in ((self._words.any_grade, self._palette.tint(calm, LIGHT_TINT)), (self._words.severe, calm)):
            swatch, beside = (Place(y=KEY, share=share, dx=dx + right) for right in (0, 14))
            yield Word(text="■", size=SWATCH, color=color, wide=swatch, narrow=swatch)
            yield Word(text=text, color=muted, wide=beside, narrow=beside)
            dx += 14 + text_width(text) + 18

    def _key_start(self) -> tuple[float, float]:
        """Share of the width and pixels where the key begins."""
        return 0.0, 0.0

    @abstractmethod
    def _size(self, row: BarRow) -> RowSize: ...

    @abstractmethod
    def _domain(self) -> list[float]: ...

    @abstractmethod
    def _range(self) -> list[dict[str, str]]: ...

    @abstractmethod
    def _ticks(self) -> list[float]: ...

    @abstractmethod
    def _x(self, count: int, group: int) -> float: ...

    @abstractmethod
    def _heights(self, row: int, group: int) -> tuple[float, float]: ...

    @abstractmethod
    def _thickness(self) -> float: ...

    @abstractmethod
    def _head_lines(self) -> tuple[int, int]:
        """Lines the headings take, wide and narrow."""

    @abstractmethod
    def _heads(self) -> Iterator[Word]: ...

    @abstractmethod
    def _names(self) -> Iterator[Word]: ...
