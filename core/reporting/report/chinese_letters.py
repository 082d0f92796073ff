"""Chinese letters inside a PDF: outlines that reportlab cannot read (CFF), turned into those that it embeds (glyf).

To set a text only the widths of letters are needed: the whole typeface is known by them, and the outlines of the few
hundred letters that a report has are turned when it is written.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from core.reporting.language import typefaces

_FIRST, _AFTER = 0x20, 0x10000  # a text of a figure has one typeface: Latin letters beside Chinese ones are its own
_TOLERANCE = 1.0  # of a curve, in thousandths of the letters' size


@lru_cache(maxsize=1)
def typeface(name: str) -> Any:
    """The typeface as reportlab takes it, to be registered under ``name``; made once."""
    from reportlab.pdfbase.ttfonts import TTFont

    with _source() as source:
        known = {code: glyph for code, glyph in source.getBestCmap().items() if _FIRST <= code < _AFTER}
        made = TTFont(name, io.BytesIO(_truetype(source, known, {})))
    made.face.makeSubset = _outlines
    return made


def _source() -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(typefaces.file(), lazy=True)


def _outlines(codes: Iterable[int]) -> bytes:
    """The letters of these code points as reportlab puts them into a PDF."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from reportlab.pdfbase.ttfonts import TTFontFace

    codes, drawn = list(codes), {}
    with _source() as source:
        cmap, shapes = source.getBestCmap(), source.getGlyphSet()
        known = {code: cmap[code] for code in codes if code in cmap}
        for glyph in {".notdef", *known.values()}:
            pen = TTGlyphPen(None)
            shapes[glyph].draw(Cu2QuPen(pen, _TOLERANCE, reverse_direction=True))
            drawn[glyph] = pen.glyph()
        face = TTFontFace(io.BytesIO(_truetype(source, known, drawn)))
    made: bytes = face.makeSubset(codes)
    return made


def _truetype(source: Any, known: Mapping[int, str], drawn: Mapping[str, Any]) -> bytes:
    """A TrueType file of the letters ``known`` (code point to name), empty where none is drawn."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    names, empty, lines = [".notdef", *dict.fromkeys(known.values())], Glyph(), source["hhea"]
    made = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    made.font.recalcTimestamp = False  # the same report gives the same bytes
    made.font["head"].created = made.font["head"].modified = source["head"].modified
    made.setupGlyphOrder(names)
    made.setupCharacterMap(dict(known))
    made.setupGlyf({name: drawn.get(name, empty) for name in names})
    made.setupHorizontalMetrics(
        {name: (source["hmtx"][name][0], getattr(drawn.get(name), "xMin", 0)) for name in names}
    )
    made.setupHorizontalHeader(ascent=lines.ascent, descent=lines.descent)
    made.setupNameTable({"familyName": "Chinese", "styleName": "Regular", "psName": "Chinese-Regular"})  # not shown
    made.setupOS2(sTypoAscender=lines.ascent, sTypoDescender=lines.descent)
    made.setupPost(keepGlyphNames=False)
    out = io.BytesIO()
    made.font.save(out)
    return out.getvalue()
