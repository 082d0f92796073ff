"""Best response by group: one bar of all patients per group, cut into CR, PR, SD, PD and NE, with counts in the pieces.

Beside each bar stand its objective response and disease control. Belongs here: where pieces and words stand. Does not
belong here: how the rates are computed (``core.patients.response``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from core.patients.response import ResponseTable
from core.reporting.format import percent
from ui.charts.sheet import Place, RowSize, Word, ruled, word_rows
from ui.charts.short_names import LEEWAY, shortened
from ui.charts.specification import NARROW_BELOW, Columns, Spec, columns, filled, plain, sized, with_data
from ui.charts.theme import LIGHT, SWATCH, TEXT_SIZE, Theme, text_width, vega_config, widest

if TYPE_CHECKING:
    import altair as alt

PADDING = {"left": 2, "right": 4, "top": 2, "bottom": 4}
THICK = 26.0
KEY, TOP = 12.0, 32.0
LONGEST_NAME = 220.0
NARROW_WIDTH = 320.0  # pixels that every narrow figure has
_ROW = RowSize(wide=46, narrow=86, marks_below=56)  # narrow: name, bar, rates
_BAR_BELOW, _RATES_BELOW = 25.0, 50.0  # pixels below the name in a narrow figure
_EDGE = 2.0  # pixels between two pieces
PIECE_FIELDS = ("x", "x2", "wide", "narrow", "color", "thick", "group", "response", "told")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseWords:
    """Words of the figure, in the reader's language."""

    axis: str = "Patients"
    all_patients: str = "All patients"
    orr: str = "ORR"
    dcr: str = "DCR"


ENGLISH = ResponseWords()


def response_spec(
    table: ResponseTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: ResponseWords = ENGLISH,
) -> Spec:
    """Best response as a Vega-Lite specification, for ``st.vega_lite_chart(spec, theme=None)``.

    Parameters
    ----------
    table : ResponseTable
        One bar per level, in its order. With evaluable patients only, NE has no piece.
    palette : Theme
    width : int or 'container'
    words : ResponseWords
    """
    layout = _Layout(table, palette, words)
    spec = filled(_skeleton(), layout.slots())
    spec["usermeta"] = {"places": ["x", "x2"]}
    sized(spec, width, padding=PADDING)
    spec["height"] = 1
    spec["params"] += layout.params()
    spec["config"] = vega_config(palette)
    return with_data(spec, layout.datasets())


def response_chart(
    table: ResponseTable,
    *,
    palette: Theme = LIGHT,
    width: int | Literal["container"] = "container",
    words: ResponseWords = ENGLISH,
) -> alt.LayerChart:
    """``response_spec`` as an Altair chart."""
    import altair as alt

    spec = plain(response_spec(table, palette=palette, width=width, words=words))
    chart: alt.LayerChart = alt.LayerChart.from_dict(spec, validate=False)
    return chart


def category_colors(palette: Theme) -> dict[str, tuple[str, str]]:
    """Colour of each response and of the words on it: blue for response, grey for stable, orange for progression."""
    calm, blue, orange = palette.groups[:3]
    return {
        "CR": (blue, palette.background),
        "PR": (palette.tint(blue, 0.42), palette.text),
        "SD": (palette.tint(calm, 0.3), palette.text),
        "PD": (palette.tint(orange, 0.5), palette.text),
        "NE": (palette.tint(calm, 0.13), palette.text),
    }


class _Layout:
    """Groups placed on the figure, one below the other."""

    def __init__(self, table: ResponseTable, palette: Theme, words: ResponseWords) -> None:
        self._table, self._palette, self._words = table, palette, words
        alone = len(table.levels) == 1
        names = [words.all_patients if alone and level == "all" else level for level in table.levels]
        self._names = [
            f"{name} (N = {n})" for name, n in zip(shortened(names, LONGEST_NAME), table.denominators, strict=True)
        ]
        self._rates = [
            f"{words.orr} {percent(float(orr), missing='–')}, {words.dcr} {percent(float(dcr), missing='–')}"
            for orr, dcr in zip(table.orr.value, table.dcr.value, strict=True)
        ]
        self._left = widest(self._names, TEXT_SIZE + 1) + 16
        self._right = max(widest([f"{words.dcr} 100.0 %"]), 40.0) + 14
        self._ruling = ruled([_ROW] * len(self._names), top=TOP)
        self._colors = category_colors(palette)

    def slots(self) -> dict[str, Any]:
        return {
            "domain": [0, 1],
            "range": [
                {"expr": f"narrow ? 0 : {self._left:.1f}"},
                {"expr": f"width - (narrow ? 0 : {self._right:.1f})"},
            ],
            "ticks": [0, 0.25, 0.5, 0.75, 1],
            "x_title": self._words.axis,
            "label_expression": "format(datum.value, '.0%')",
        }

    def params(self) -> list[dict[str, Any]]:
        return [
            {"name": "starts", "value": [TOP, TOP]},
            {"name": "ends", "value": [bottom + 4 for bottom in self._ruling.bottoms]},
        ]

    def datasets(self) -> dict[str, Columns]:
        pieces = list(self._pieces())
        inside = [word for piece in pieces for word in self._count(piece)]
        told = columns([piece | {"x": piece["start"], "x2": piece["end"]} for piece in pieces], PIECE_FIELDS)
        return {"words": word_rows([*self._key(), *self._beside(), *inside]), "pieces": told}

    def _shown(self) -> list[str]:
        """Categories that any bar has."""
        present = self._table.counts.sum(axis=0)
        return [
            category
            for category, n in zip(self._table.categories, present, strict=True)
            if n and not (category == "NE" and self._table.evaluable_only)
        ]

    def _pieces(self) -> Iterator[dict[str, Any]]:
        """Each group's bar from the left, empty categories left out."""
        for i, of in enumerate(self._table.denominators.tolist()):
            start = 0.0
            for category in self._shown():
                n = int(self._table.counts[i, self._table.categories.index(category)])
                if not n or not of:
                    continue
                end = start + n / of
                color, ink = self._colors[category]
                yield {
                    "start": start, "end": end, "wide": self._ruling.wide[i],
                    "narrow": self._ruling.narrow[i] + _BAR_BELOW, "color": color, "ink": ink, "thick": THICK,
                    "group": self._names[i], "response": category, "n": n, "told": f"{n} of {of} ({percent(n / of)})",
                }  # fmt: skip
                start = end

    def _count(self, piece: dict[str, Any]) -> Iterator[Word]:
        """What fits into a piece: its name, count and share, or less."""
        share = piece["end"] - piece["start"]
        middle = (piece["start"] + piece["end"]) / 2
        short = f"{piece['response']} {piece['n']}"
        texts = (f"{short} ({percent(share, 0)})", short, str(piece["n"]))
        for narrow in (False, True):
            left, right = (0.0, 0.0) if narrow else (self._left, self._right)
            room = share * ((NARROW_WIDTH if narrow else NARROW_BELOW) - left - right) - 2 * _EDGE
            text = next((text for text in texts if text_width(text) <= room), "")
            if not text:
                continue
            place = Place(
                y=piece["narrow" if narrow else "wide"], share=middle, dx=left - middle * (left + right), align="center"
            )
            yield Word(
                text=text, color=piece["ink"], wide=None if narrow else place, narrow=place if narrow else None
            )  # fmt: skip

    def _beside(self) -> Iterator[Word]:
        """Names at the left and rates at the right; both above the bar where the figure is narrow."""
        for name, rates, y, ny in zip(self._names, self._rates, self._ruling.wide, self._ruling.narrow, strict=True):
            yield Word(
                text=name, color=self._palette.text, bold=True, wide=Place(y=y), narrow=Place(y=ny),
                limit=LONGEST_NAME * LEEWAY,
            )  # fmt: skip
            orr, _, dcr = rates.partition(", ")
            for text, dy in ((orr, -9.0), (dcr, 9.0)):
                yield Word(
                    text=text, color=self._palette.muted, wide=Place(y=y + dy, share=1, align="right"), narrow=None
                )
            yield Word(text=rates, color=self._palette.muted, wide=None, narrow=Place(y=ny + _RATES_BELOW))

    def _key(self) -> Iterator[Word]:
        """What the colours mean, from the left, in the order of the pieces."""
        dx = 0.0
        for category in self._shown():
            swatch, beside = (Place(y=KEY, dx=dx + right) for right in (0, 14))
            yield Word(text="■", size=SWATCH, color=self._colors[category][0], wide=swatch, narrow=swatch)
            yield Word(text=category, color=self._palette.muted, wide=beside, narrow=beside)
            dx += 14 + text_width(category) + 18


@lru_cache(maxsize=1)
def _skeleton() -> str:
    """The figure as JSON text with slots, whatever the groups."""
    import altair as alt

    from ui.charts.sheet_layers import ROW, own_color, placed_words, sheet_skeleton, value_axis
    from ui.charts.skeleton import layer, on, text_slot

    x = value_axis("linear")
    told = [
        alt.Tooltip("group", type="nominal", title=" "),
        alt.Tooltip("response", type="nominal", title="  "),
        alt.Tooltip("told", type="nominal", title=text_slot("x_title")),
    ]
    pieces = on("pieces").mark_rule(y=ROW, strokeWidth=alt.ExprRef(expr="datum.thick"))
    return sheet_skeleton(layer(pieces, x=x, x2=alt.X2("x2"), color=own_color(), tooltip=told), placed_words())
