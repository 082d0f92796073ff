"""A figure on a page of a PDF: its heading and sentences above it, its caption under it, all on one page.

It is made smaller where that keeps it on the page it began; only a figure that would become too small goes on to the
next one, and what stands above it goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.platypus.flowables import Flowable

LEAST = 0.66  # of its size: letters of 8 points stay above 5


class FittingFigure(Flowable):  # type: ignore[misc]
    """A figure that fits its page.

    Parameters
    ----------
    drawn : Flowable
    size : tuple of float
        Full width and height in points.
    above, below : sequence of Paragraph
        What stays with it.
    """

    def __init__(self, drawn: Any, size: tuple[float, float], *, above: Sequence[Any], below: Sequence[Any]) -> None:
        super().__init__()
        self._drawn, self._above, self._below = drawn, list(above), list(below)
        self._full = size
        self._scale = 1.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Width and height on a page with so much room; what does not fit is asked again on the next page."""
        words = self._high(self._above, width) + self._high(self._below, width)
        most = min(1.0, width / self._full[0])
        fits = (height - words) / self._full[1]
        self._scale = min(most, fits) if fits >= LEAST * most else most
        self.width, self.height = width, words + self._full[1] * self._scale
        return self.width, self.height

    @staticmethod
    def _high(parts: Sequence[Any], width: float) -> float:
        return float(sum(part.wrap(width, 0)[1] + part.getSpaceBefore() + part.getSpaceAfter() for part in parts))

    def draw(self) -> None:
        """From the top: the words above, the figure, the words below."""
        top = self._words(self._above, self.height)
        top -= self._full[1] * self._scale
        self.canv.saveState()
        self.canv.translate(0, top)
        self.canv.scale(self._scale, self._scale)
        self._drawn.drawOn(self.canv, 0, 0)
        self.canv.restoreState()
        self._words(self._below, top)

    def _words(self, parts: Sequence[Any], top: float) -> float:
        for part in parts:
            top -= part.getSpaceBefore() + part.height
            part.drawOn(self.canv, 0, top)
            top -= part.getSpaceAfter()
        return top
