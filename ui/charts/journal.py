"""How a journal wants a figure: its colours, and its size in millimetres with letters of a stated size.

The colours are those that the journals' own figures use, as the field's plotting packages name them (ggsci: NEJM,
Lancet, JAMA, JCO). Groups keep their order, their dashes and the labels at their ends, so a reader who sees no colour,
or a copy in black and white, loses nothing. Paler shades of a group stay shades of it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from ui.charts.specification import Spec
from ui.charts.theme import LIGHT, TEXT_SIZE

Style: TypeAlias = Literal["cohortscope", "nejm", "lancet", "jama", "jco", "grayscale"]

STYLES: tuple[Style, ...] = get_args(Style)
COLUMNS_MM = {"one column": 85.0, "one and a half": 114.0, "two columns": 174.0, "a slide": 280.0}
MM_RANGE = (60.0, 400.0)
POINTS_RANGE = (6.0, 14.0)
RESOLUTIONS = (300, 450, 600)
_POINTS_PER_MM = 72 / 25.4

# By position of the level, the reference first. JCO and JAMA begin with a dark blue that is as calm as ours.
_GROUPS: dict[Style, tuple[str, ...]] = {
    "cohortscope": LIGHT.groups,
    "nejm": ("#0072b5", "#bc3c29", "#e18727", "#20854e", "#7876b1", "#6f99ad", "#b8860b", "#ee4c97"),
    "lancet": ("#00468b", "#ed0000", "#42b540", "#0099b4", "#925e9f", "#e07b39", "#ad002a", "#7a8484"),
    "jama": ("#374e55", "#df8f44", "#00a1d5", "#b24745", "#79af97", "#6a6599", "#80796b", "#1b1919"),
    "jco": ("#0073c2", "#cd534c", "#868686", "#c79a00", "#7aa6dc", "#003c67", "#8f7700", "#3b3b3b"),
    "grayscale": ("#7d7d7d", "#000000", "#4d4d4d", "#9a9a9a", "#262626", "#8c8c8c", "#595959", "#a6a6a6"),
}
_HEX = re.compile(r"#[0-9a-f]{6}\b", re.IGNORECASE)
_ROUNDING = 1.5
_INK = frozenset({LIGHT.background, LIGHT.text, LIGHT.muted, LIGHT.grid, LIGHT.axis})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The place of a figure in print.

    Attributes
    ----------
    style : str
        One of ``STYLES``.
    width_mm : float
        Width of the whole figure in millimetres.
    points : float
        Size of its labels in points (1/72 inch).
    dpi : int
        Dots per inch of PNG and TIFF.
    caption : bool
        Whether title and method stand in the figure; journals want them under it, in the text.
    """

    style: Style = "cohortscope"
    width_mm: float = 174.0
    points: float = 8.0
    dpi: int = 300
    caption: bool = True

    @property
    def scale(self) -> float:
        """Points of the paper per pixel of the layout."""
        return self.points / TEXT_SIZE

    @property
    def pixels(self) -> int:
        """Width of the layout, in pixels: what is drawn at ``TEXT_SIZE`` and printed at ``points``."""
        return round(self.width_mm * _POINTS_PER_MM / self.scale)


def recolored(spec: Spec, style: Style) -> Spec:
    """The specification with its groups in the colours of ``style``; shades of a group follow it."""
    if style == "cohortscope":
        return spec
    new = dict(zip(LIGHT.groups, _GROUPS[style], strict=True))
    found: Spec = json.loads(_HEX.sub(lambda match: _in_style(match[0].lower(), new), json.dumps(spec)))
    return _without_colors(found) if style == "grayscale" else found


def _without_colors(spec: Spec) -> Spec:
    """What belongs to no group, the grades of adverse events, in the grey that is as light."""
    found: Spec = json.loads(_HEX.sub(lambda match: _gray(match[0]), json.dumps(spec)))
    return found


def _gray(color: str) -> str:
    red, green, blue = _parts(color)
    if color.lower() in _INK or red == green == blue:
        return color
    return "#" + f"{round(0.299 * red + 0.587 * green + 0.114 * blue):02x}" * 3


def _in_style(color: str, new: dict[str, str]) -> str:
    if color in _INK:
        return color
    if color in new:
        return new[color]
    for old, chosen in new.items():
        strength = _strength(color, old)
        if strength is not None:
            return LIGHT.tint(chosen, strength)
    return color


def _strength(shade: str, color: str) -> float | None:
    """How much of ``color`` there is in ``shade`` on white paper, or None where it is no shade of it."""
    full, thinned = [255 - part for part in _parts(color)], [255 - part for part in _parts(shade)]
    widest = max(range(3), key=full.__getitem__)
    strength = thinned[widest] / full[widest]
    if not 0 < strength < 1:
        return None
    return strength if all(abs(strength * full[i] - thinned[i]) <= _ROUNDING for i in range(3)) else None


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
