"""A drawing as vectors inside a PDF: lines as lines, letters as letters of the report's own typefaces.

The drawing's typeface is the reader's, which a PDF does not know: letters are set in the report's, at the size at which
they take the same room. A drawing with parts that would be lost is left to its picture in points.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

_ROOM = 0.88  # size of DejaVu Sans that takes about the room of the drawing's typeface
_LOST = re.compile(rb"<(?:image|filter|mask|pattern|linearGradient|radialGradient|foreignObject|clipPath)\b")
_OPACITY = re.compile(rb' opacity="([^"]*)"')
_HEAVY = re.compile(rb'font-weight="[6-9]00"')
_FAMILY = re.compile(rb'font-family="[^"]*"')


def vector_drawing(svg: bytes, *, width: float, height: float, typeface: Callable[[str, bool], str]) -> Any | None:
    """The drawing at a size in points, to stand among paragraphs; None where a part of it would be lost.

    Parameters
    ----------
    svg : bytes
    width, height : float
        Points of 1/72 inch.
    typeface : callable
        Name of the registered typeface for a text, and whether it is bold.
    """
    from svglib.svglib import svg2rlg

    if _LOST.search(svg):
        return None
    known = _FAMILY.sub(b'font-family="Helvetica"', svg)
    known = _HEAVY.sub(b'font-weight="bold"', known)
    known = _OPACITY.sub(rb' fill-opacity="\1" stroke-opacity="\1"', known)  # of single marks: nothing overlaps in one
    drawing = svg2rlg(io.BytesIO(known))
    if drawing is None or not drawing.width or not drawing.height:
        return None
    for text in _texts(drawing):
        text.fontName = typeface(text.text, "Bold" in text.fontName)
        text.fontSize *= _ROOM
    drawing.scale(width / drawing.width, height / drawing.height)
    drawing.width, drawing.height = width, height
    return drawing


def _texts(shape: Any) -> Iterator[Any]:
    """Every text of a drawing."""
    for part in getattr(shape, "contents", ()):
        if hasattr(part, "fontName"):
            yield part
        yield from _texts(part)
