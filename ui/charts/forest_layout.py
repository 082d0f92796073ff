"""Where everything of a forest plot stands: columns beside the plot where the figure is wide, above it where narrow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.reporting.format import EN_DASH
from ui.charts.forest_table import ForestEstimate, ForestRow, ForestTable, p_said
from ui.charts.ratio_axis import labelled, ratio_axis
from ui.charts.sheet import Place, RowSize, Word, ruled, target_rows, word_rows
from ui.charts.short_names import shortened
from ui.charts.specification import NARROW_BELOW, Columns, columns
from ui.charts.theme import TEXT_SIZE, Theme, text_width, widest

INDENT = 14.0
LONGEST_FACTOR = 230.0
LONGEST_NARROW = 150.0  # beside the numbers of a phone's row
LEAST_NARROW = 320.0  # pixels of a figure on the narrowest phone
PLOT_GAP = 24.0
LEAST_PLOT = 80.0
COLUMN_GAP = 22.0
TOP_ONE, TOP_TWO = 30.0, 52.0  # below the headings; two models need two lines of them
_BODY = RowSize(wide=25, narrow=46, marks_below=22)
_HEADING = RowSize(wide=29, narrow=26)
_WORDS_ONLY = RowSize(wide=25, narrow=26)
_LINE = 17.0  # what a second line of words adds to a narrow row
_SPLIT = 4.5  # half the distance between the two models' marks in a row
_NARROW_EDGE = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestWords:
    """Words of the figure, in the reader's language."""

    factor: str = "Factor"
    patients: str = "Patients"
    events: str = "Events"
    p: str = "P"
    axis: str = "lower ← Hazard ratio → higher"


ENGLISH = ForestWords()


class ForestLayout:
    """A forest table placed on the figure."""

    def __init__(
        self, table: ForestTable, palette: Theme, words: ForestWords, *, targets: Sequence[str | None] = ()
    ) -> None:
        self._table, self._palette, self._words = table, palette, words
        self._targets = list(targets) or [None] * len(table.rows)
        self._top = TOP_TWO if len(table.models) > 1 else TOP_ONE
        self._ruling = ruled([self._size(row) for row in table.rows], top=self._top + 4)
        labels = [row.label for row in table.rows]
        self._wide_labels = dict(zip(labels, shortened(labels, LONGEST_FACTOR), strict=True))
        self._narrow_labels = self._short_labels(heading=True) | self._short_labels(heading=False)
        drawn = [e for row in table.rows for e in row.estimates if row.kind == "estimate"]
        self._domain, self._ticks = ratio_axis([(e.value, e.conf_low, e.conf_high) for e in drawn])
        self._columns()

    def _short_labels(self, *, heading: bool) -> dict[tuple[str, bool], str]:
        """Labels of a narrow figure: those of headings, which have few words at their right, may be longer."""
        rows = [row for row in self._table.rows if (row.kind == "heading") == heading]
        beside = widest([self._short(estimate) for row in rows for estimate in row.estimates]) + PLOT_GAP
        limit = max(LONGEST_NARROW, LEAST_NARROW - beside) if heading else LONGEST_NARROW
        labels = [row.label for row in rows]
        return {(label, heading): short for label, short in zip(labels, shortened(labels, limit), strict=True)}

    def _columns(self) -> None:
        """Pixels: right edges of the counts from the left, left edges of the estimates from the right."""
        rows, words, models = self._table.rows, self._words, self._table.models
        factors = [text_width(row.label, TEXT_SIZE) + INDENT * row.indent for row in rows]
        self._factor = min(max([*factors, text_width(words.factor)]) * 1.04, LONGEST_FACTOR + INDENT)
        self._n = self._factor + COLUMN_GAP + widest([words.patients, *(row.n for row in rows)])
        self._events = self._n + COLUMN_GAP * 0.8 + widest([words.events, *(row.n_events for row in rows)])
        self._ratio_left: list[float] = []
        self._p_right: list[float] = []
        edge = 0.0
        for i in reversed(range(len(models))):
            texts = [row.estimates[i] for row in rows if row.estimates]
            p_width = widest([words.p, *(estimate.p_text for estimate in texts)])
            ratio_width = widest([self._table.ratio_head, models[i], *(estimate.text for estimate in texts)]) * 1.03
            self._p_right.insert(0, edge)
            edge += p_width + COLUMN_GAP * 0.7 + ratio_width
            self._ratio_left.insert(0, edge)
            edge += COLUMN_GAP * 1.2
        self._plot_left = self._events + PLOT_GAP
        self._plot_right = edge - COLUMN_GAP * 1.2 + PLOT_GAP

    @property
    def narrow_below(self) -> float:
        """Pixels from which on the plot has room beside the columns."""
        return max(NARROW_BELOW, self._plot_left + self._plot_right + LEAST_PLOT)

    def slots(self) -> dict[str, Any]:
        """What the skeleton leaves open."""
        return {
            "domain": list(self._domain),
            "range": [
                {"expr": f"narrow ? {_NARROW_EDGE} : {self._plot_left:.1f}"},
                {"expr": f"width - (narrow ? {_NARROW_EDGE} : {self._plot_right:.1f})"},
            ],
            "ticks": labelled(self._ticks),
            "x_title": self._words.axis,
            "label_expression": "format(datum.value, datum.value < 0.1 ? '.2~f' : '~g')",
            "line": self._palette.grid,
        }

    def params(self) -> list[dict[str, Any]]:
        """Where guides start and end, wide and narrow."""
        return [
            {"name": "starts", "value": [self._top, self._top]},
            {"name": "ends", "value": [bottom + 4 for bottom in self._ruling.bottoms]},
        ]

    def datasets(self) -> dict[str, Columns]:
        """Words, hairlines, guides and marks."""
        return {
            "words": word_rows([*self._heads(), *self._row_words()]),
            "lines": self._lines(),
            "guides": self._guides(),
            **self._marks(),
            **({"targets": self._target_rows()} if any(self._targets) else {}),
        }

    def _target_rows(self) -> Columns:
        return target_rows(self._ruling, [self._size(row) for row in self._table.rows], self._targets)

    def _heads(self) -> Iterator[Word]:
        words, muted = self._words, self._palette.muted
        base, models = self._top - 13, self._table.models

        def head(text: str, wide: Place, narrow: Place | None = None) -> Word:
            return Word(text=text, color=muted, wide=wide, narrow=narrow)

        yield head(words.factor, Place(y=base), Place(y=base))
        yield head(words.patients, Place(y=base, dx=self._n, align="right"))
        yield head(words.events, Place(y=base, dx=self._events, align="right"))
        for i, model in enumerate(models):
            last = i == len(models) - 1
            beside = Place(y=base, share=1, dx=-self._ratio_left[i])
            at_right = Place(y=base, share=1, align="right")
            yield head(self._table.ratio_head, beside, None)
            yield head(words.p, Place(y=base, share=1, dx=-self._p_right[i], align="right"))
            if last:
                yield Word(text=f"{self._table.ratio_head}, {words.p}", color=muted, wide=None, narrow=at_right)
            if len(models) > 1:
                yield Word(
                    text=f"{'■' if last else '□'} {model}", color=self._color(i), bold=True,
                    wide=Place(y=base - 20, share=1, dx=-self._ratio_left[i]),
                    narrow=Place(y=base - 20, share=1, dx=0 if last else -text_width(models[-1]) - 30, align="right"),
                )  # fmt: skip

    def _row_words(self) -> Iterator[Word]:
        ink, muted = self._palette.text, self._palette.muted
        for row, y, ny in zip(self._table.rows, self._ruling.wide, self._ruling.narrow, strict=True):
            bold, dx = row.kind == "heading" or not row.indent, INDENT * row.indent
            beside, above = Place(y=y, dx=dx), Place(y=self._first_line(row, ny), dx=dx)
            yield Word(text=self._wide_labels[row.label], color=ink, bold=bold, wide=beside, narrow=None)
            yield Word(
                text=self._narrow_labels[row.label, row.kind == "heading"],
                color=ink,
                bold=bold,
                wide=None,
                narrow=above,
            )
            yield Word(text=row.n, color=ink, wide=Place(y=y, dx=self._n, align="right"), narrow=None)
            yield Word(text=row.n_events, color=ink, wide=Place(y=y, dx=self._events, align="right"), narrow=None)
            for i, estimate in enumerate(row.estimates):
                color = ink if row.kind == "estimate" and math.isfinite(estimate.value) else muted
                beside = Place(y=y, share=1, dx=-self._ratio_left[i])
                yield Word(text=estimate.text, color=color, wide=beside, narrow=None)
                at_right = Place(y=y, share=1, dx=-self._p_right[i], align="right")
                yield Word(text=estimate.p_text, color=ink, wide=at_right, narrow=None)
            yield from self._narrow_words(row, ny)

    def _narrow_words(self, row: ForestRow, y: float) -> Iterator[Word]:
        """One line per model that says something about the row, in the colour of its marks where there are two."""
        shown = self._said(row)
        for line, model in enumerate(shown):
            color = self._palette.text if row.kind == "estimate" else self._palette.muted
            if len(self._table.models) > 1 and row.kind != "reference":
                color = self._color(model)
            place = Place(y=self._first_line(row, y) + _LINE * line, share=1, align="right")
            yield Word(text=self._short(row.estimates[model]), color=color, wide=None, narrow=place)

    def _said(self, row: ForestRow) -> list[int]:
        """Models with words in the row; of a reference the last, for all say the same."""
        said = [i for i, estimate in enumerate(row.estimates) if self._short(estimate) not in ("", EN_DASH)]
        return said[-1:] if row.kind == "reference" else said or [i for i, _ in enumerate(row.estimates)][-1:]

    def _first_line(self, row: ForestRow, middle: float) -> float:
        """Middle of a narrow row's first line of words."""
        return middle - _LINE / 2 * (max(len(self._said(row)), 1) - 1)

    def _marks_at(self, row: ForestRow, middle: float) -> float:
        """Middle of a narrow row's marks, below all its words."""
        return middle + _LINE / 2 * (max(len(self._said(row)), 1) - 1) + _BODY.marks_below

    def _size(self, row: ForestRow) -> RowSize:
        more = _LINE * (max(len(self._said(row)), 1) - 1)
        drawn = any(math.isfinite(estimate.value) for estimate in row.estimates)
        size = _HEADING if row.kind == "heading" else _BODY if drawn else _WORDS_ONLY
        return replace(size, narrow=size.narrow + more)

    def _short(self, estimate: ForestEstimate) -> str:
        """Estimate and P in one, for a narrow figure."""
        p = p_said(estimate.p_text, self._words.p) if estimate.p_text not in ("", EN_DASH) else ""
        return ", ".join(part for part in (estimate.text, p) if part)

    def _lines(self) -> Columns:
        """Under the headings, and above every factor but the first."""
        starts = [i for i, row in enumerate(self._table.rows) if i and not row.indent]
        wide, narrow = self._ruling.tops
        return {
            "wide": [self._top, *(wide[i] for i in starts)],
            "narrow": [self._top, *(narrow[i] for i in starts)],
            "weight": [1.5, *(1.0 for _ in starts)],
        }

    def _guides(self) -> Columns:
        ticks = [tick for tick in self._ticks if tick != 1]
        return {
            "x": [*ticks, 1.0],
            "color": [*(self._palette.grid for _ in ticks), self._palette.axis],
            "dashed": [False] * (len(ticks) + 1),
            "narrow": [True] * (len(ticks) + 1),
        }

    def _marks(self) -> dict[str, Columns]:
        """Intervals with their estimates, and arrows where an interval leaves the axis, each with its heights."""
        low, high = self._domain
        marks: list[dict[str, Any]] = []
        arrows: list[dict[str, Any]] = []
        at_rows = zip(self._table.rows, self._ruling.wide, self._ruling.narrow, self._targets, strict=True)
        for row, y, ny, target in at_rows:
            for i, estimate in enumerate(row.estimates):
                if row.kind == "heading" or not math.isfinite(estimate.value):
                    continue
                both = all(math.isfinite(other.value) for other in row.estimates) and len(row.estimates) > 1
                split = _SPLIT * (2 * i - 1) if both and row.kind == "estimate" else 0.0
                at = {"wide": y + split, "narrow": self._marks_at(row, ny) + split, "color": self._ink(row, i)}
                marks.append(self._mark(row, estimate, i) | at | {"term": target or "", "least": 0})
                if row.kind == "estimate":
                    arrows += [at | {"x": low, "angle": 270}] if estimate.conf_low < low else []
                    arrows += [at | {"x": high, "angle": 90}] if estimate.conf_high > high else []
        return {"marks": columns(marks, MARK_FIELDS), "arrows": columns(arrows, ARROW_FIELDS)}

    def _mark(self, row: ForestRow, estimate: ForestEstimate, model: int) -> dict[str, Any]:
        low, high = self._domain
        hollow = row.kind == "reference" or model < len(self._table.models) - 1
        ends = [estimate.value if math.isnan(end) else end for end in (estimate.conf_low, estimate.conf_high)]
        heading = f"{self._table.models[model]} {self._table.ratio_head}".strip()
        return {
            "x": min(max(estimate.value, low), high),
            "low": max(ends[0], low),
            "high": min(ends[1], high),
            "fill": self._palette.background if hollow else self._ink(row, model),
            "shape": "diamond" if row.kind == "reference" else "square",
            "row": row.label,
            "told": f"{heading}: {self._short(estimate)}",
        }

    def _ink(self, row: ForestRow, model: int) -> str:
        return self._palette.axis if row.kind == "reference" else self._color(model)

    def _color(self, model: int) -> str:
        """The last model in colour; the univariable one beside it as calm as a reference."""
        return self._palette.groups[1 if model == len(self._table.models) - 1 else 0]


MARK_FIELDS = ("x", "low", "high", "fill", "shape", "row", "told", "wide", "narrow", "color", "term", "least")
ARROW_FIELDS = ("x", "angle", "wide", "narrow", "color")
