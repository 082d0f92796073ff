"""Balance between groups: the standardised difference of each variable of Table 1, largest first (a love plot)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from core.patients.baseline import BaselineTable, BaselineVariable
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
DOT_FIELDS = ("x", "zero", "wide", "narrow", "color", "row", "told")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceWords:
    """Words of the figure, in the reader's language."""

    axis: str = "Standardised difference"
    none: str = "–"


ENGLISH = BalanceWords()


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
    layout = _Layout(table, palette, words)
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


class _Layout:
    """Variables placed on the figure, largest difference first."""

    def __init__(self, table: BaselineTable, palette: Theme, words: BalanceWords) -> None:
        self._palette, self._words = palette, words
        self._variables = sorted((v for v in table.variables if math.isfinite(v.smd)), key=lambda v: -v.smd)
        highest = max((variable.smd for variable in self._variables), default=0.0)
        self._end = next((end for end in _ENDS if end >= highest), _ENDS[-1])
        self._ruling = ruled([_ROW] * len(self._variables), top=TOP)

    def slots(self) -> dict[str, Any]:
        names = [column_label(variable.variable) for variable in self._variables]
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
            "words": word_rows([word for i in range(len(self._variables)) for word in self._words_of(i)]),
            "lines": {"wide": [], "narrow": [], "weight": []},
            "guides": {
                "x": [x for x, _, _ in guides],
                "color": [color for _, color, _ in guides],
                "dashed": [dashed for _, _, dashed in guides],
                "narrow": [True] * len(guides),
            },
            "dots": columns([self._dot(i) for i in range(len(self._variables))], DOT_FIELDS),
        }

    def _ticks(self) -> list[float]:
        step = _STEPS[self._end]
        ticks = [round(i * step, 2) for i in range(round(self._end / step) + 1)]
        return sorted({*ticks, THRESHOLD})

    def _words_of(self, i: int) -> tuple[Word, Word]:
        variable, y, ny = self._variables[i], self._ruling.wide[i], self._ruling.narrow[i]
        name = Word(
            text=column_label(variable.variable), color=self._palette.text, wide=Place(y=y), narrow=Place(y=ny),
            limit=LONGEST_NAME,
        )  # fmt: skip
        value = Word(
            text=number(variable.smd, 2), color=self._ink(variable), bold=variable.smd >= THRESHOLD,
            wide=Place(y=y, share=1, align="right"), narrow=Place(y=ny + _ROW.marks_below, share=1, align="right"),
        )  # fmt: skip
        return name, value

    def _dot(self, i: int) -> dict[str, Any]:
        variable = self._variables[i]
        return {
            "x": min(variable.smd, self._end), "zero": 0.0, "wide": self._ruling.wide[i],
            "narrow": self._ruling.narrow[i] + _ROW.marks_below, "color": self._ink(variable),
            "row": column_label(variable.variable), "told": number(variable.smd, 3),
        }  # fmt: skip

    def _ink(self, variable: BaselineVariable) -> str:
        """Calm below the threshold."""
        return self._palette.groups[1 if variable.smd >= THRESHOLD else 0]


@lru_cache(maxsize=1)
def _skeleton() -> str:
    """The figure as JSON text with slots, whatever the variables."""
    import altair as alt

    from ui.charts.sheet_layers import ROW, own_color, placed_words, sheet_skeleton, value_axis, verticals
    from ui.charts.skeleton import layer, on, text_slot

    x = value_axis("linear")
    told = [
        alt.Tooltip("row", type="nominal", title=" "),
        alt.Tooltip("told", type="nominal", title=text_slot("x_title")),
    ]
    stem = on("dots").mark_rule(y=ROW, strokeWidth=1.5, opacity=0.55)
    dot = on("dots").mark_point(y=ROW, shape="circle", filled=True, size=80, opacity=1)
    return sheet_skeleton(
        verticals(x),
        layer(stem, x=x, x2=alt.X2("zero"), color=own_color(), tooltip=told),
        layer(dot, x=x, color=own_color(), tooltip=told),
        placed_words(),
    )
