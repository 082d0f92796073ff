"""How every chart looks: colours of groups, paper, ink, type; light and dark.

A colour belongs to a group on every page and in every export: the position of a level in the grouping decides it, the
reference comes first and is the calmest. Colours follow Okabe and Ito without their yellow, deepened on white and
lifted on dark until text in them keeps a contrast of 4.5:1; the seventh and eighth are those farthest from the others
for every kind of colour vision. Dashes say the same without colour.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

# The exporter drops every letter without a word when no family of the list is installed, or when an unquoted name has
# a part that starts with a digit; quotes and the generic end save it.
FONT = "'Source Sans', 'Helvetica Neue', Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
TEXT_SIZE = 12
TITLE_SIZE = 15
SMALL_SIZE = 11
SWATCH = 18  # of the sign ■ in a key: typefaces draw it small

_SOLID = (1, 0)
_DASHES: tuple[tuple[int, ...], ...] = ((6, 3), _SOLID, (2, 2), (10, 3, 2, 3), (4, 2), (14, 4), (8, 2, 2, 2, 2, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours of one appearance, as ``#rrggbb``.

    Attributes
    ----------
    name : {'light', 'dark'}
    background : str
        The page's own colour, so that halos around labels vanish into it.
    text, muted : str
        Ink for labels and for what is secondary (axis titles, notes).
    grid, axis : str
        Hairlines.
    groups : tuple of str
        By position of the level, the reference first.
    """

    name: Literal["light", "dark"]
    background: str
    text: str
    muted: str
    grid: str
    axis: str
    groups: tuple[str, ...]

    def group_colors(self, n: int) -> list[str]:
        """Colours of ``n`` groups; beyond the palette they repeat, with other dashes."""
        return [self.groups[i % len(self.groups)] for i in range(n)]

    def tint(self, color: str, strength: float) -> str:
        """``color`` thinned on the background: 1 is the colour itself, 0 the background."""
        mixed = (
            round(strength * int(color[i : i + 2], 16) + (1 - strength) * int(self.background[i : i + 2], 16))
            for i in (1, 3, 5)
        )
        return "#" + "".join(f"{part:02x}" for part in mixed)


LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#1c2733",
    muted="#5c6773",
    grid="#e8ebef",
    axis="#9aa5b1",
    groups=("#56657a", "#0072b2", "#c4500a", "#007d5b", "#a64d80", "#946200", "#4a1a8c", "#5a1a10"),
)
DARK = Theme(
    name="dark",
    background="#0e1117",
    text="#e4e9ee",
    muted="#98a3af",
    grid="#262d36",
    axis="#5a6572",
    groups=("#a8b3c2", "#4fa8e8", "#ff8547", "#1fc59a", "#e08dbb", "#f0ae2e", "#8a63ff", "#fdf3d0"),
)


def theme_named(name: str | None) -> Theme:
    """The theme of that name; light for anything unknown."""
    return DARK if name == "dark" else LIGHT


def group_dashes(n: int) -> list[list[int]]:
    """Dash patterns of ``n`` groups; a curve alone is solid. Patterns and colours repeat out of step."""
    if n == 1:
        return [list(_SOLID)]
    return [list(_DASHES[i % len(_DASHES)]) for i in range(n)]


def vega_config(theme: Theme, *, spoken: bool = False) -> dict[str, Any]:
    """Vega-Lite configuration: one family, three sizes, hairlines, no box.

    The figure has one text for who cannot see it; its marks are read one by one only where they are ``spoken``, because
    they can be chosen.
    """
    label = {"labelColor": theme.text, "labelFontSize": TEXT_SIZE, "labelFont": FONT, "labelPadding": 6}
    title = {"titleColor": theme.muted, "titleFontSize": TEXT_SIZE, "titleFont": FONT, "titleFontWeight": "normal"}
    return {
        "font": FONT,
        "mark": {"aria": spoken},
        "rule": {"aria": False},  # Vega gives a group of lines a role and no name
        "background": "transparent",  # the page shows through
        "view": {"stroke": None},
        "axis": {**label, **title, "titlePadding": 10},
        "axisX": {"domainColor": theme.axis, "tickColor": theme.axis, "tickSize": 5, "grid": False},
        "axisY": {"domain": False, "ticks": False, "gridColor": theme.grid, "gridWidth": 1},
        "legend": {
            "labelColor": theme.text,
            "labelFont": FONT,
            "labelFontSize": TEXT_SIZE,
            "labelLimit": 0,  # names are shortened where they are known
            "symbolOpacity": 1,
            "symbolSize": 420,
            "symbolStrokeWidth": 2.5,
            "columnPadding": 20,
            "offset": 12,
        },
        "text": {"font": FONT, "fontSize": TEXT_SIZE, "fill": theme.text},
        "title": {
            "font": FONT,
            "color": theme.text,
            "fontSize": TITLE_SIZE,
            "fontWeight": 600,
            "subtitleFont": FONT,
            "subtitleColor": theme.muted,
            "subtitleFontSize": TEXT_SIZE,
            "subtitlePadding": 6,
            "anchor": "start",
            "frame": "bounds",
            "offset": 14,
        },
    }


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Width of ``text`` in pixels, near enough to keep room for it; capitals are broad, Chinese broader."""
    return sum(map(_letter_width, text)) * size


def _letter_width(letter: str) -> float:
    return 1.02 if unicodedata.east_asian_width(letter) in "WF" else 0.68 if letter.isupper() else 0.55


def widest(texts: Sequence[str], size: float = TEXT_SIZE) -> float:
    """Width of the widest of ``texts`` in pixels; 0 without any."""
    return max((text_width(text, size) for text in texts), default=0.0)
