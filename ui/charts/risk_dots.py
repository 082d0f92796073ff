"""Risks by group as dots, and beside them every other group minus the reference with its interval.

Rows and their order are those of the table given (``core.reporting.adverse_event_shown``). Belongs here: what stands
in a row and where. Does not belong here: counting and comparing (``core.safety``), marks (``risk_dot_layers``).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from core.reporting.adverse_event_shown import other_level
from core.reporting.format import count_percent, in_words, p_value, percent, percentage_points
from core.reporting.sentences import confidence_words
from core.safety.results import AdverseEventRow, AdverseEventTable, Severity
from ui.charts.sheet import Place, RowSize, Word, ruled, target_rows, word_rows
from ui.charts.short_names import LEEWAY, shortened
from ui.charts.specification import Columns, Spec, columns, filled, sized, with_data
from ui.charts.theme import LIGHT, TEXT_SIZE, Theme, text_width, vega_config, widest

if TYPE_CHECKING:
    from core.reporting.adverse_event_shown import ShownEvents

Width: TypeAlias = int | Literal["container"]
PADDING = {"left": 2, "right": 6, "top": 2, "bottom": 4}
SHAPES = (("circle", "●"), ("triangle-up", "▲"), ("square", "■"), ("diamond", "◆"), ("cross", "✚"))
LONGEST_NAME = 250.0
APART = 10.0  # where the scale of differences begins on the common axis: risks end at 1
BETWEEN = 46.0  # pixels between the two panels
LINE = 18.0
_TOP = 12.0
_ENDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_SPREAD = 7.0  # pixels between the marks of two groups in a row
MOST_NAMED = 5
DOT_FIELDS = ("x", "wide", "narrow", "color", "shape", "row", "told", "term", "least")
LIMIT_FIELDS = ("x", "x2", "wide", "narrow", "color", "row", "told", "term", "least")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskWords:
    """Words of the figure, in the reader's language."""

    risks: str = "Patients with the event"
    difference: str = "Difference"


ENGLISH = RiskWords()


def risk_dots_spec(
    shown: ShownEvents,
    severity: Severity,
    *,
    palette: Theme = LIGHT,
    width: Width = "container",
    words: RiskWords = ENGLISH,
) -> Spec:
    """Risks and their differences as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    shown : ShownEvents
        The terms drawn; with one group there are no differences, with more than two several in a row.
    severity : {'any', 'grade3plus'}
    palette : Theme
    width : int or 'container'
    words : RiskWords
    """
    from ui.charts.risk_dot_layers import risk_skeleton  # Altair takes a third of a second to load

    layout = _Layout(shown, severity, palette, words)
    spec = sized(filled(risk_skeleton(), layout.slots()), width, padding=PADDING)
    spec["height"] = 1
    spec["params"] += layout.params()
    spec["config"] = vega_config(palette, spoken=True)
    return with_data(spec, layout.datasets())


def describe_risk_dots(shown: ShownEvents, severity: Severity) -> str:
    """The dots in words: risks and differences of the first terms."""
    told = []
    for i, row in enumerate(shown.drawn.rows[:MOST_NAMED]):
        counts = zip(row.counts(severity).tolist(), shown.drawn.denominators.tolist(), strict=True)
        risks = in_words(percent(n / of) if of else "–" for n, of in counts)
        found = [pair.rows[i].difference(severity) for pair in _drawn_pairs(shown)]
        points = [percentage_points(d.estimate, d.conf_low, d.conf_high) for d in found if d is not None]
        told.append(f"{row.term} {risks}{f', difference {in_words(points)}' if points else ''}")
    more = len(shown.drawn.rows) - MOST_NAMED
    rest = f"; and {more} more terms" if more > 0 else ""
    grade = "" if severity == "any" else " of grade 3 or more"
    return f"Patients with adverse events{grade}, {in_words(shown.drawn.levels)}: {'; '.join(told)}{rest}."


def _drawn_pairs(shown: ShownEvents) -> list[AdverseEventTable]:
    """The pairs with the rows drawn only, in their order."""
    place = {(row.event_class, row.term): i for i, row in enumerate(shown.table.rows)}
    kept = [place[row.event_class, row.term] for row in shown.drawn.rows]
    return [dataclasses.replace(pair, rows=tuple(pair.rows[i] for i in kept)) for pair in shown.pairs]


class _Layout:
    """Rows placed on the figure; any event of all is not among them, which would leave the terms no room."""

    def __init__(self, shown: ShownEvents, severity: Severity, palette: Theme, words: RiskWords) -> None:
        self._table, self._severity, self._palette, self._words = shown.drawn, severity, palette, words
        self._pairs = _drawn_pairs(shown)
        self._rows = shown.drawn.rows
        self._compared = [pair.rows for pair in self._pairs]
        self._colors = palette.group_colors(len(shown.drawn.levels))
        terms = [row.term for row in shown.drawn.rows]
        names = [
            f"{row.term} ({row.event_class})" if terms.count(row.term) > 1 else row.term or "" for row in self._rows
        ]
        self._labels = shortened(names, LONGEST_NAME)
        self._left = min(widest(self._labels, TEXT_SIZE + 0.5), LONGEST_NAME) + 16
        self._texts = [self._numbers(i) for i in range(len(self._rows))]
        self._room = widest([*self._texts, self._number_head()]) + 14 if len(self._pairs) == 1 else 4.0
        marks = max(len(self._colors), len(self._pairs), 1)
        size = RowSize(wide=max(26.0, _SPREAD * marks + 10), narrow=_SPREAD * marks + 30, marks_below=_SPREAD * marks)
        self._sizes = [size] * len(self._rows)
        self._heads = self._flow_heads()
        ends = [
            max(place.y for place in places if place)
            for places in zip(*((w.wide, w.narrow) for w in self._heads), strict=True)
        ]
        self._panel_heads = [end + LINE + 4 for end in ends]  # wide, narrow
        self._tops = [head + 16 for head in self._panel_heads]
        self._ruling = ruled(self._sizes, top=self._tops[0], narrow_top=self._tops[1])
        self._end = _end(max((self._share(row, i) for row in self._rows for i in range(len(self._colors))), default=0))
        lows = [d.conf_low for row in self._compared for one in row if (d := one.difference(severity)) is not None]
        highs = [d.conf_high for row in self._compared for one in row if (d := one.difference(severity)) is not None]
        self._low = _end(max((-low for low in lows if math.isfinite(low)), default=0.1))
        self._high = _end(max((high for high in highs if math.isfinite(high)), default=0.1))

    def slots(self) -> dict[str, Any]:
        left = f"(narrow ? 4 : {self._left:.1f})"
        right = f"(width - (narrow ? 6 : {self._room:.1f}))"
        middle = f"({left} + 0.5 * ({right} - {left}))"
        if not self._pairs:
            return self._common() | {"domain": [0, self._end], "range": [{"expr": left}, {"expr": right}]}
        return self._common() | {
            "domain": [0, self._end, APART - self._low, APART + self._high],
            "range": [
                {"expr": left}, {"expr": f"{middle} - {BETWEEN / 2}"}, {"expr": f"{middle} + {BETWEEN / 2}"},
                {"expr": right},
            ],
        }  # fmt: skip

    def _common(self) -> dict[str, Any]:
        risk, difference = "format(datum.value, '.0%')", f"format(datum.value - {APART}, '+.0%')"
        return {
            "ticks": self._ticks(),
            "x_title": "",
            "label_expression": f"datum.value < 5 ? {risk} : abs(datum.value - {APART}) < 1e-9 ? '0' : {difference}",
            "line": self._palette.grid,
        }

    def _ticks(self) -> list[float]:
        risks = [0, self._end / 2, self._end]
        return risks + ([APART - self._low, APART, APART + self._high] if self._pairs else [])

    def params(self) -> list[dict[str, Any]]:
        return [
            {"name": "starts", "value": [head + 12 for head in self._panel_heads]},
            {"name": "ends", "value": [bottom + 4 for bottom in self._ruling.bottoms]},
        ]

    def datasets(self) -> dict[str, Columns]:
        guides = [(x, self._palette.axis if x == APART else self._palette.grid) for x in self._ticks()]
        each = range(len(self._rows))
        return {
            "targets": target_rows(self._ruling, self._sizes, [row.term for row in self._rows]),
            "words": word_rows([*self._heads, *self._panels(), *(word for i in each for word in self._row_words(i))]),
            "lines": {"wide": [self._tops[0]], "narrow": [self._tops[1]], "weight": [1.0]},
            "guides": {
                "x": [x for x, _ in guides], "color": [color for _, color in guides],
                "dashed": [x == APART for x, _ in guides], "narrow": [True] * len(guides),
            },
            "limits": columns([mark for i in each for mark in self._limits(i)], LIMIT_FIELDS),
            "dots": columns([mark for i in each for mark in (*self._dots(i), *self._estimates(i))], DOT_FIELDS),
        }  # fmt: skip

    def _flow_heads(self) -> list[Word]:
        """The groups with their marks, one after the other, wide and narrow."""
        made, spots = [], {"wide": (0.0, 0), "narrow": (0.0, 0)}
        rooms = {"wide": 600.0, "narrow": 320.0}
        sizes = zip(self._table.levels, self._table.denominators.tolist(), strict=True)
        alone = len(self._colors) == 1
        full = [f"{'All patients' if alone and level == 'all' else level} (N = {n})" for level, n in sizes]
        names = shortened(full, LONGEST_NAME + 60)
        for i, name in enumerate(names):
            text = f"{SHAPES[i % len(SHAPES)][1]} {name}"
            places: dict[str, Place] = {}
            for kind, room in rooms.items():
                x, line = spots[kind]
                if x and x + text_width(text, TEXT_SIZE + 1) > room:
                    x, line = 0.0, line + 1
                places[kind] = Place(y=_TOP + LINE * line, dx=x)
                spots[kind] = (x + text_width(text, TEXT_SIZE + 1) + 16, line)
            made.append(Word(text=text, color=self._colors[i], bold=True, wide=places["wide"], narrow=places["narrow"]))
        return made

    def _panels(self) -> Iterator[Word]:
        """What each panel shows, above it."""
        muted, (y, ny) = self._palette.muted, self._panel_heads
        yield Word(text=self._words.risks, color=muted, wide=Place(y=y, dx=self._left), narrow=Place(y=ny, dx=4))
        if not self._pairs:
            return
        shift = 0.5 * (self._left - self._room) + BETWEEN / 2
        difference = Place(y=ny, share=0.5, dx=BETWEEN / 2)
        yield Word(text=self._difference_head(), color=muted, wide=Place(y=y, share=0.5, dx=shift), narrow=None)
        yield Word(text=self._words.difference, color=muted, wide=None, narrow=difference)
        if len(self._pairs) == 1:
            yield Word(text=self._number_head(), color=muted, wide=Place(y=y, share=1, align="right"), narrow=None)

    def _difference_head(self) -> str:
        if len(self._pairs) == 1:
            (pair,) = self._pairs
            return shortened([f"{other_level(pair)} minus {pair.reference}"], 230)[0]
        return shortened([f"Each minus {self._table.reference}"], 230)[0]

    def _number_head(self) -> str:
        return f"Difference ({confidence_words(self._table.conf_level)})"

    def _row_words(self, i: int) -> Iterator[Word]:
        y, ny = self._ruling.wide[i], self._ruling.narrow[i]
        yield Word(
            text=self._labels[i], color=self._palette.text, limit=LONGEST_NAME * LEEWAY, wide=Place(y=y),
            narrow=Place(y=ny, dx=4),
        )  # fmt: skip
        if self._texts[i]:
            yield Word(
                text=self._texts[i], color=self._palette.text, wide=Place(y=y, share=1, align="right"), narrow=None
            )

    def _numbers(self, i: int) -> str:
        if len(self._pairs) != 1:
            return ""
        difference = self._compared[0][i].difference(self._severity)
        if difference is None:
            return ""
        return percentage_points(difference.estimate, difference.conf_low, difference.conf_high)

    def _share(self, row: AdverseEventRow, group: int) -> float:
        n = int(self._table.denominators[group])
        return int(row.counts(self._severity)[group]) / n if n else 0.0

    def _heights(self, i: int, position: int, of: int) -> dict[str, float]:
        """Where one of several marks of a row stands."""
        offset = (position - (of - 1) / 2) * _SPREAD
        below = self._sizes[i].narrow / 2
        return {"wide": self._ruling.wide[i] + offset, "narrow": self._ruling.narrow[i] + below + offset}

    def _dots(self, i: int) -> Iterator[dict[str, Any]]:
        row, n = self._rows[i], len(self._colors)
        for group, color in enumerate(self._colors):
            of = int(self._table.denominators[group])
            if of:
                counted = count_percent(int(row.counts(self._severity)[group]), of)
                told = f"{self._table.levels[group]}: {counted} % of {of}".replace(") %", " %)")
                yield self._mark(i, self._share(row, group), color, group) | self._heights(i, group, n) | {"told": told}

    def _estimates(self, i: int) -> Iterator[dict[str, Any]]:
        for position, color, group, told, difference in self._differences(i):
            x = APART + difference.estimate
            heights = self._heights(i, position, len(self._pairs))
            yield self._mark(i, x, color, group) | heights | {"told": told}

    def _limits(self, i: int) -> Iterator[dict[str, Any]]:
        for position, color, group, told, difference in self._differences(i):
            heights = self._heights(i, position, len(self._pairs))
            ends = {"x": APART + difference.conf_low, "x2": APART + difference.conf_high}
            yield self._mark(i, 0, color, group) | heights | ends | {"told": told}

    def _differences(self, i: int) -> Iterator[tuple[int, str, int, str, Any]]:
        for position, (pair, rows) in enumerate(zip(self._pairs, self._compared, strict=True)):
            difference = rows[i].difference(self._severity)
            if difference is None or math.isnan(difference.estimate):
                continue
            group = self._table.levels.index(other_level(pair))
            color = self._palette.text if len(self._pairs) == 1 else self._colors[group]
            numbers = percentage_points(difference.estimate, difference.conf_low, difference.conf_high)
            p = p_value(rows[i].p(self._severity))
            told = f"{other_level(pair)} minus {pair.reference}: {numbers}, P {p}"
            yield position, color, group, told, difference

    def _mark(self, i: int, x: float, color: str, group: int) -> dict[str, Any]:
        least = 0 if self._severity == "any" else 3
        return {
            "x": x, "color": color, "shape": SHAPES[group % len(SHAPES)][0], "row": self._labels[i],
            "term": self._rows[i].term or "", "least": least,
        }  # fmt: skip


def _end(largest: float) -> float:
    return next((end for end in _ENDS if end >= largest - 1e-9), 1.0)
