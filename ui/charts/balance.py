"""Balance between groups: standardised differences, largest first (a love plot).

Of the variables of Table 1, or of covariates before (hollow) and after (filled) patients were weighted or matched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from core.patients.baseline import BaselineTable
from core.reporting.format import number
from core.reporting.labels import column_label
from ui.charts.sheet import Place, RowSize, Word, ruled, word_rows
from ui.charts.specification import Columns, Spec, columns, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, TEXT_SIZE, Theme, vega_config, widest

if TYPE_CHECKING:
    import altair as alt

THRESHOLD = 0.1
PADDING = {"left": 2, "right": 4, "top": 2, "bottom": 4}
TOP = 10.0
LONGEST_NAME = 240.0
ROOM_FOR_NUMBERS = 46.0
_ROW = RowSize(wide=25, narrow=36, marks_below=16)
_ENDS = (0.3, 0.5, 1.0, 2.0, 4.0)
_STEPS = {0.3: 0.1, 0.5: 0.1, 1.0: 0.25, 2.0: 0.5, 4.0: 1.0}
DOT_FIELDS = ("x", "zero", "wide", "narrow", "color", "fill", "row", "told")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceWords:
    """Words of the figure, in the reader's language."""

    axis: str = "Standardised difference"
    none: str = "–"


ENGLISH = BalanceWords()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoveRow:
    """A variable with its standardised difference, and the one before where there are two; NaN is not drawn."""

    name: str
    value: float
    before: float = math.nan


def balance_spec(
    table: BaselineTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: BalanceWords = ENGLISH,
) -> Spec:
    """Standardised differences as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    table : BaselineTable
        Variables without a standardised difference are left out.
    palette : Theme
    width : int or 'container'
    words : BalanceWords
    """
    rows = [LoveRow(name=column_label(variable.variable), value=variable.smd) for variable in table.variables]
    return love_spec(rows, palette=palette, width=width, words=words)


def love_spec(
    rows: Sequence[LoveRow],
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: BalanceWords = ENGLISH,
) -> Spec:
    """The same of any rows: where there is a difference before, a line leads from it to the one after."""
    layout = _Layout(rows, palette, words)
    spec = filled(_skeleton(), layout.slots())
    sized(spec, width, padding=PADDING)
    spec["height"] = 1
    spec["params"] += layout.params()
    spec["config"] = vega_config(palette)
    return with_data(spec, layout.datasets())


def balance_chart(
    table: BaselineTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: BalanceWords = ENGLISH,
) -> alt.LayerChart:
    """``balance_spec`` as an Altair chart."""
    import altair as alt

    spec = plain(balance_spec(table, palette=palette, width=width, words=words))
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec, validate=False)
    return chart


def describe_love(rows: Sequence[LoveRow]) -> str:
    """How many variables differ before and after, and which most."""
    ordered = sorted(rows, key=lambda row: -row.value)
    counts = [sum(not value < THRESHOLD for value in values) for values in zip(*_pairs(rows), strict=True)]
    told = [f"{r.name} {number(r.before, 2, missing='∞')} to {number(r.value, 2, missing='∞')}" for r in ordered]
    return (
        f"Standardised differences before and after: {counts[0]} and {counts[1]} of {len(rows)} at 0.1 or more. "
        f"{'; '.join(told)}."
    )


def _pairs(rows: Sequence[LoveRow]) -> list[tuple[float, float]]:
    return [(row.before, row.value) for row in rows]


class _Layout:
    """Variables placed on the figure, largest difference first."""

    def __init__(self, rows: Sequence[LoveRow], palette: Theme, words: BalanceWords) -> None:
        self._palette, self._words = palette, words
        shown = (row for row in rows if math.isfinite(row.value) or math.isinf(row.before))
        self._rows = sorted(shown, key=lambda row: -_first(row))
        highest = max((max(row.value, _first(row)) for row in self._rows), default=0.0)
        self._end = next((end for end in _ENDS if end >= highest), _ENDS[-1])
        self._ruling = ruled([_ROW] * len(self._rows), top=TOP)

    def slots(self) -> dict[str, Any]:
        names = [row.name for row in self._rows]
        left = min(widest(names, TEXT_SIZE + 0.5), LONGEST_NAME) + 18
        return {
            "domain": [0, self._end],
            "range": [{"expr": f"narrow ? 6 : {left:.1f}"}, {"expr": f"width - {ROOM_FOR_NUMBERS}"}],
            "ticks": self._ticks(),
            "x_title": self._words.axis,
            "label_expression": "format(datum.value, '~g')",
            "line": self._palette.grid,
        }

    def params(self) -> list[dict[str, Any]]:
        return [
            {"name": "starts", "value": [TOP, TOP]},
            {"name": "ends", "value": [bottom + 4 for bottom in self._ruling.bottoms]},
        ]

    def datasets(self) -> dict[str, Columns]:
        guides = [(tick, self._palette.grid, False) for tick in self._ticks() if tick != THRESHOLD]
        guides.append((THRESHOLD, self._palette.muted, True))
        return {
            "words": word_rows([word for i in range(len(self._rows)) for word in self._words_of(i)]),
            "lines": {"wide": [], "narrow": [], "weight": []},
            "guides": {
                "x": [x for x, _, _ in guides],
                "color": [color for _, color, _ in guides],
                "dashed": [dashed for _, _, dashed in guides],
                "narrow": [True] * len(guides),
            },
            "dots": columns([dot for i in range(len(self._rows)) for dot in self._dots(i)], DOT_FIELDS),
        }

    def _ticks(self) -> list[float]:
        step = _STEPS[self._end]
        ticks = [round(i * step, 2) for i in range(round(self._end / step) + 1)]
        return sorted({*ticks, THRESHOLD})

    def _words_of(self, i: int) -> tuple[Word, Word]:
        row, y, ny = self._rows[i], self._ruling.wide[i], self._ruling.narrow[i]
        name = Word(
            text=row.name, color=self._palette.text, wide=Place(y=y), narrow=Place(y=ny), limit=LONGEST_NAME
        )  # fmt: skip
        value = Word(
            text=number(row.value, 2, missing="∞"), color=self._ink(row), bold=row.value >= THRESHOLD,
            wide=Place(y=y, share=1, align="right"), narrow=Place(y=ny + _ROW.marks_below, share=1, align="right"),
        )  # fmt: skip
        return name, value

    def _dots(self, i: int) -> list[dict[str, Any]]:
        """The dot with its line from zero; where there is one before, a hollow dot and the line from there."""
        row = self._rows[i]
        place = {"wide": self._ruling.wide[i], "narrow": self._ruling.narrow[i] + _ROW.marks_below, "row": row.name}
        x, ink = min(row.value, self._end), self._ink(row)
        if math.isnan(row.before):
            return [place | {"x": x, "zero": 0.0, "color": ink, "fill": ink, "told": number(row.value, 3)}]
        before = min(row.before, self._end)
        told = f"{number(row.before, 3, missing='above the axis')} before, {number(row.value, 3)} after"
        hollow = {"x": before, "zero": before, "color": self._palette.muted, "fill": self._palette.background}
        return [
            place | hollow | {"told": told},
            place | {"x": x, "zero": before, "color": ink, "fill": ink, "told": told},
        ]

    def _ink(self, row: LoveRow) -> str:
        """Calm below the threshold."""
        return self._palette.groups[1 if row.value >= THRESHOLD else 0]


def _first(row: LoveRow) -> float:
    """The difference before, where there is one."""
    return row.value if math.isnan(row.before) else row.before


@lru_cache(maxsize=1)
def _skeleton() -> str:
    """The figure as JSON text with slots, whatever the variables."""
    import altair as alt

    from ui.charts.sheet_layers import ROW, own_color, placed_words, sheet_skeleton, value_axis, verticals
    from ui.charts.skeleton import layer, on, text_slot

    x = value_axis("linear")
    fill = alt.Fill("fill", type="nominal", scale=None, legend=None)
    stroke = alt.Stroke("color", type="nominal", scale=None, legend=None)
    told = [
        alt.Tooltip("row", type="nominal", title=" "),
        alt.Tooltip("told", type="nominal", title=text_slot("x_title")),
    ]
    stem = on("dots").mark_rule(y=ROW, strokeWidth=1.5, opacity=0.55)
    dot = on("dots").mark_point(y=ROW, shape="circle", filled=True, size=80, opacity=1, strokeWidth=1.5)
    return sheet_skeleton(
        verticals(x),
        layer(stem, x=x, x2=alt.X2("zero"), color=own_color(), tooltip=told),
        layer(
            dot,
            x=x,
            fill=fill,
            stroke=stroke,
            tooltip=told,
        ),
        placed_words(),
    )
