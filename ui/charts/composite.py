"""Several figures as one: panels beside and below each other on one sheet, for a file.

Every panel is drawn as it is drawn alone and the drawings are put together, so that a panel in print is the panel on
screen. Belongs here: places of panels on a sheet. Does not belong here: what a panel shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from ui.charts.specification import Spec
from ui.charts.theme import FONT, LIGHT, TEXT_SIZE, TITLE_SIZE

GAP = 14  # pixels between panels
_TITLE_LINE, _CAPTION_LINE, _AFTER_TITLE = 20.0, 15.0, 8.0
_OPENING = re.compile(r"<svg\b[^>]*>")
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')
_NAMED = re.compile(r'(\bid="|url\(#|href="#)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One figure of a sheet, with its own title."""

    spec: Spec
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """Panels of one sheet.

    Attributes
    ----------
    panels : tuple of Panel
        Row by row.
    columns : int
        Panels beside each other.
    """

    panels: tuple[Panel, ...]
    columns: int = 1

    def panel_width(self, width: int) -> int:
        """Pixels of one panel on a sheet of ``width`` pixels."""
        return (width - GAP * (self.columns - 1)) // self.columns


def composed(
    composite: Composite, width: int, *, draw: Callable[[Panel, int], str], title: Sequence[str], caption: Sequence[str]
) -> str:
    """The sheet as SVG.

    Parameters
    ----------
    composite : Composite
    width : int
        Pixels of the whole sheet.
    draw : callable
        A panel and its width in pixels to its SVG.
    title, caption : sequence of str
        Lines above the panels, already broken.
    """
    wide = composite.panel_width(width)
    drawn = [draw(panel, wide) for panel in composite.panels]
    heights = [_size(svg)[1] for svg in drawn]
    top = _AFTER_TITLE + _TITLE_LINE * len(title) + _CAPTION_LINE * len(caption)
    placed: list[str] = []
    y = top if title or caption else 0.0
    for start in range(0, len(drawn), composite.columns):
        for column, svg in enumerate(drawn[start : start + composite.columns]):
            placed.append(_placed(svg, column * (wide + GAP), y, name=f"p{start + column}"))
        y += max(heights[start : start + composite.columns]) + GAP
    height = y - GAP
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
        f'width="{width}" height="{height:g}" viewBox="0 0 {width} {height:g}">'
        f'<rect width="{width}" height="{height:g}" fill="{LIGHT.background}"/>'
        f"{''.join(_lines(title, caption))}{''.join(placed)}</svg>"
    )


def _size(svg: str) -> tuple[float, float]:
    found = _SIZE.search(svg)
    assert found is not None
    return float(found[1]), float(found[2])


def _placed(svg: str, x: float, y: float, *, name: str) -> str:
    """A drawing at its place; what it refers to by name keeps to itself."""
    width, height = _size(svg)
    opening = f'<svg x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">'
    return _NAMED.sub(rf"\g<1>{name}-", _OPENING.sub(opening, svg, count=1))


def _lines(title: Sequence[str], caption: Sequence[str]) -> list[str]:
    font = escape(FONT, quote=True)
    written, y = [], 0.0
    for lines, size, step, look in (
        (title, TITLE_SIZE, _TITLE_LINE, f'font-weight="600" fill="{LIGHT.text}"'),
        (caption, TEXT_SIZE, _CAPTION_LINE, f'fill="{LIGHT.muted}"'),
    ):
        for line in lines:
            y += step
            place = f'x="10" y="{y:g}" font-family="{font}" font-size="{size}" {look}'
            written.append(f"<text {place}>{escape(line)}</text>")
    return written
