"""A figure that is also a table: words and bars placed in pixels, once for a wide figure and once for a narrow one.

Forest plots, butterflies and balance plots are rows with words beside or above their marks. Vega's own axes cannot move
labels when the figure gets narrow, so words are placed: at a share of the figure's width plus an offset, so many pixels
from the top. Belongs here: places and rows. Does not belong here: marks (``sheet_layers``), what the rows say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Literal, TypeAlias

from ui.charts.specification import Columns
from ui.charts.theme import TEXT_SIZE

Align: TypeAlias = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point of the figure: ``share`` of its width plus ``dx`` pixels from the left, ``y`` pixels from the top."""

    y: float
    share: float = 0.0
    dx: float = 0.0
    align: Align = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A text and where it stands; ``narrow`` None leaves it out of a narrow figure, ``wide`` None out of a wide one."""

    text: str
    color: str
    wide: Place | None
    narrow: Place | None
    bold: bool = False
    size: float = TEXT_SIZE
    limit: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Rows from the top: where each one's words and marks stand, and where the last one ends.

    Attributes
    ----------
    wide, narrow : tuple of float
        Middle of each row's words in pixels; in a narrow figure its marks stand below them.
    tops : tuple of two tuples of float
        Upper edge of each row, wide and narrow.
    bottoms : tuple of two floats
        Lower edge of the last row, wide and narrow.
    """

    wide: tuple[float, ...]
    narrow: tuple[float, ...]
    tops: tuple[tuple[float, ...], tuple[float, ...]]
    bottoms: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSize:
    """Height of a row in pixels, wide and narrow, and how far below its words a narrow row's marks stand."""

    wide: float
    narrow: float
    marks_below: float = 0.0


def ruled(sizes: Sequence[RowSize], *, top: float, narrow_top: float | None = None) -> Ruling:
    """Rows of those sizes one below the other, the first beginning at ``top`` (``narrow_top`` where it is narrow)."""
    wide_edges = tuple(accumulate((size.wide for size in sizes), initial=top))
    narrow_edges = tuple(accumulate((size.narrow for size in sizes), initial=top if narrow_top is None else narrow_top))
    return Ruling(
        wide=tuple(edge + size.wide / 2 for edge, size in zip(wide_edges, sizes, strict=False)),
        narrow=tuple(
            edge + (size.narrow - size.marks_below) / 2 for edge, size in zip(narrow_edges, sizes, strict=False)
        ),
        tops=(wide_edges[:-1], narrow_edges[:-1]),
        bottoms=(wide_edges[-1], narrow_edges[-1]),
    )


def target_rows(ruling: Ruling, sizes: Sequence[RowSize], terms: Sequence[str | None]) -> Columns:
    """Rows that can be clicked, with what each stands for; those that stand for nothing are left out."""
    kept = [i for i, term in enumerate(terms) if term]
    tops = zip(*ruling.tops, strict=True)
    middles = [(top + size.wide / 2, narrow + size.narrow / 2) for (top, narrow), size in zip(tops, sizes, strict=True)]
    return {
        "term": [str(terms[i]) for i in kept],
        "least": [0 for _ in kept],
        "wide": [middles[i][0] for i in kept],
        "narrow": [middles[i][1] for i in kept],
        "thick": [float(sizes[i].wide) for i in kept],
        "nthick": [float(sizes[i].narrow) for i in kept],
    }


def word_rows(words: Sequence[Word]) -> Columns:
    """Words as data; a word that a layout leaves out stands nowhere in it."""
    nowhere = Place(y=0)
    wide = [word.wide or nowhere for word in words]
    narrow = [word.narrow or nowhere for word in words]
    columns: dict[str, list[Any]] = {
        "text": [word.text if word.wide else "" for word in words],
        "ntext": [word.text if word.narrow else "" for word in words],
        "color": [word.color for word in words],
        "bold": [word.bold for word in words],
        "size": [float(word.size) for word in words],
        "limit": [float(word.limit) for word in words],
    }
    for prefix, places in (("", wide), ("n", narrow)):
        columns[f"{prefix}share"] = [float(place.share) for place in places]
        columns[f"{prefix}dx"] = [float(place.dx) for place in places]
        columns[f"{prefix}y"] = [float(place.y) for place in places]
        columns[f"{prefix}align"] = [place.align for place in places]
    return columns
