"""Figures as files: SVG, PDF, PNG and TIFF at print resolution, on white paper, whatever the screen looks like.

A figure for the screen takes the width of its place; a file gets pixels. Colours of the dark appearance are turned into
their light counterparts, so that both screens give the same file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from core.reporting.footnotes import SYNTHETIC
from core.reporting.language import typefaces
from core.reporting.language.writing import said
from ui.charts.composite import Composite, Panel, composed
from ui.charts.in_language import spec_in
from ui.charts.journal import Paper, recolored
from ui.charts.short_names import broken
from ui.charts.specification import NARROW_BELOW, Spec, plain
from ui.charts.theme import DARK, LIGHT, TEXT_SIZE, TITLE_SIZE

PRINT_WIDTH = 860  # pixels of 1/72 inch: two columns of a journal at 300 dpi and then some
DPI = 300
MM_PER_INCH = 25.4
MARGIN = 8
_NO_PADDING = {"left": 2, "right": 2, "top": 2, "bottom": 2}
_ON_SCREEN_ONLY = {"hover", "points"}  # what waits for a pointer
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')
_SIZE_MM = re.compile(r'width="([\d.]+)mm" height="([\d.]+)mm"')
_PAIRS = [(getattr(DARK, name), getattr(LIGHT, name)) for name in ("background", "text", "muted", "grid", "axis")]
_LIGHT_OF = dict([*_PAIRS, *zip(DARK.groups, LIGHT.groups, strict=True)])
_DARK_COLOR = re.compile("|".join(map(re.escape, _LIGHT_OF)))


@lru_cache(maxsize=1)
def _drawer() -> Any:
    """What draws, with the typeface of Chinese letters, which no computer need have."""
    import vl_convert

    vl_convert.register_font_directory(str(typefaces.folder()))
    return vl_convert


def to_svg(
    figure: Any,
    width: int | None = None,
    *,
    height: int | None = None,
    title: str = "",
    caption: Sequence[str] = (),
) -> bytes:
    """A figure as SVG, text as text.

    Parameters
    ----------
    figure : dict or Altair chart
        A specification of this package, or anything with ``to_dict``.
    width : int, optional
        Pixels of the whole figure; as the figure has it, or ``PRINT_WIDTH`` where that is its container.
    height : int, optional
        Pixels of the plot; as the figure has it unless given.
    title : str, optional
    caption : sequence of str
        Lines under the title: the method, "synthetic data".
    """
    svg: str = _drawer().vegalite_to_svg(print_spec(figure, width, height=height, title=title, caption=caption))
    return svg.encode()


def to_png(
    figure: Any,
    width: int | None = None,
    dpi: int = DPI,
    *,
    height: int | None = None,
    title: str = "",
    caption: Sequence[str] = (),
) -> bytes:
    """A figure as opaque PNG that knows its resolution; parameters as for ``to_svg``, ``dpi`` dots per inch."""
    spec = print_spec(figure, width, height=height, title=title, caption=caption)
    png: bytes = _drawer().vegalite_to_png(spec, ppi=dpi)
    return png


def for_paper(figure: Any, paper: Paper, kind: str, *, title: str = "", caption: Sequence[str] = ()) -> bytes:
    """A figure as its place in print asks for it: so many millimetres wide, letters of so many points, in its colours.

    Parameters
    ----------
    figure : dict, Altair chart or Composite
    kind : {'svg', 'pdf', 'png', 'tiff'}
        A PDF carries the letters it uses as an embedded font; a TIFF is compressed without loss (LZW).
    title, caption
        Drawn where the paper asks for them; that data are synthetic is always said.
    """
    if not paper.caption:
        title, caption = SYNTHETIC if SYNTHETIC in caption else "", ()
    title, caption = said(title), [said(line) for line in caption]
    if isinstance(figure, Composite):
        return _as_file(_sheet(figure, paper, title, caption), paper, kind)
    figure = spec_in(_plain(figure), said)
    spec = recolored(print_spec(figure, paper.pixels, title=title, caption=caption), paper.style)
    if kind in ("png", "tiff"):
        png: bytes = _drawer().vegalite_to_png(spec, scale=paper.scale, ppi=paper.dpi)
        return png if kind == "png" else _tiff(png, paper.dpi)
    return _as_file(_drawer().vegalite_to_svg(spec), paper, kind)


def _as_file(svg: str, paper: Paper, kind: str) -> bytes:
    """A drawing at the size of its place in print."""
    if kind == "svg":
        return _resized(svg, paper.scale * MM_PER_INCH / 72, "mm").encode()
    if kind == "pdf":
        pdf: bytes = _drawer().svg_to_pdf(_resized(svg, paper.scale, ""))
        return pdf
    png: bytes = _drawer().svg_to_png(svg, scale=paper.scale, ppi=paper.dpi)
    return png if kind == "png" else _tiff(png, paper.dpi)


def _sheet(figure: Composite, paper: Paper, title: str, caption: Sequence[str]) -> str:
    """Several figures as one drawing."""

    def draw(panel: Panel, width: int) -> str:
        spec = print_spec(spec_in(_plain(panel.spec), said), width, title=said(panel.title) if panel.title else "")
        made: str = _drawer().vegalite_to_svg(recolored(spec, paper.style))
        return made

    return composed(
        figure,
        paper.pixels,
        draw=draw,
        title=_wrapped([title], paper.pixels, TITLE_SIZE + 1) if title else [],
        caption=_wrapped(caption, paper.pixels, TEXT_SIZE + 1),
    )


def as_text(figure: Any) -> str:
    """The specification of a figure, or of all on a sheet, with its data: the same text, the same drawing."""
    if isinstance(figure, Composite):
        panels = [(panel.title, _plain(panel.spec)) for panel in figure.panels]
        return json.dumps([figure.columns, panels], default=str)
    return json.dumps(_plain(figure), default=str)


def measured_picture(figure: Any, paper: Paper) -> tuple[bytes, bytes, float, float]:
    """A figure as PNG and SVG of the same drawing, with its width and height in millimetres."""
    png, svg = for_paper(figure, paper, "png"), for_paper(figure, paper, "svg")
    size = _SIZE_MM.search(svg.decode())
    assert size is not None
    return png, svg, float(size[1]), float(size[2])


def _resized(svg: str, factor: float, unit: str) -> str:
    """The drawing unchanged (its viewBox), printed so many times as large."""
    return _SIZE.sub(
        lambda size: f'width="{float(size[1]) * factor:.2f}{unit}" height="{float(size[2]) * factor:.2f}{unit}"',
        svg,
        count=1,
    )


def _tiff(png: bytes, dpi: int) -> bytes:
    import io

    from PIL import Image

    made = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(made, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return made.getvalue()


def print_spec(
    figure: Any, width: int | None = None, *, height: int | None = None, title: str = "", caption: Sequence[str] = ()
) -> Spec:
    """The specification as it is printed: fixed width, white paper, data inside, title and caption on top."""
    spec: Spec = _plain(figure)
    spec = json.loads(_DARK_COLOR.sub(lambda match: _LIGHT_OF[match[0]], json.dumps(spec)))
    if width is None:
        width = spec["width"] if isinstance(spec.get("width"), int) else PRINT_WIDTH
    spec["width"] = width
    if height is not None:
        spec["height"] = height
    spec["config"] = {**spec.get("config", {}), "background": LIGHT.background}
    spec["background"] = LIGHT.background
    params = {param["name"]: param for param in spec.get("params", ())}
    if "narrow" in params:
        params["narrow"].pop("expr", None)
        params["narrow"]["value"] = width < params.get("narrow_below", {"value": NARROW_BELOW})["value"]
    for name in _ON_SCREEN_ONLY & spec.get("datasets", {}).keys():
        spec["datasets"][name] = []
    spec["padding"] = {side: room + MARGIN for side, room in spec.get("padding", _NO_PADDING).items()}
    if title or caption:
        spec["title"] = {
            "text": _wrapped([title], width, TITLE_SIZE + 1) if title else "",
            "subtitle": _wrapped(caption, width, TEXT_SIZE + 1),
        }
    return spec


def _plain(figure: Any) -> Spec:
    return plain(figure) if isinstance(figure, dict) else dict(figure.to_dict(validate=False))


def _wrapped(lines: Sequence[str], width: int, size: float) -> list[str]:
    """Lines broken where they would leave the figure."""
    return [part for line in lines for part in broken(line, width - 20, size)]
