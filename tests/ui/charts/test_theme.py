"""Colours that can be read, type that never vanishes."""

import re
import tomllib
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from ui.charts.theme import DARK, FONT, LIGHT, group_dashes, text_width, theme_named, vega_config, widest

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    """Contrast ratio of WCAG 2.2; black on white is 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_by_its_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@THEMES
def test_text_in_any_colour_meets_aa(theme):
    for color in (theme.text, theme.muted, *theme.groups):
        assert contrast(color, theme.background) >= 4.5, color


@THEMES
def test_the_reference_is_the_calmest(theme):
    def saturation(color):
        parts = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
        return (max(parts) - min(parts)) / max(parts)

    assert saturation(theme.groups[0]) < min(saturation(color) for color in theme.groups[1:7])


@THEMES
def test_a_group_keeps_its_colour_when_others_are_added(theme):
    assert theme.group_colors(2) == theme.group_colors(5)[:2]
    assert len(set(theme.groups)) == len(theme.groups) == 8


def seen(color, kind):
    """A colour in OKLab as eyes of that kind see it; simulation after Machado, Oliveira and Fernandes (2009)."""
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    red, green, blue = np.clip(np.array(EYES[kind]) @ linear, 0, 1)
    cones = np.cbrt([
        0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
        0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
        0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
    ])  # fmt: skip
    mixed = [
        [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]  # fmt: skip
    return np.array(mixed) @ cones


EYES = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}


@THEMES
@pytest.mark.parametrize("kind", EYES)
def test_the_seventh_and_eighth_colour_are_unlike_all_others(theme, kind):
    for late in (6, 7):
        others = [color for i, color in enumerate(theme.groups) if i != late]
        assert min(np.linalg.norm(seen(theme.groups[late], kind) - seen(other, kind)) for other in others) > 0.12


@THEMES
def test_no_two_colours_look_alike(theme):
    colors = [seen(color, "all colours") for color in theme.groups]
    assert min(np.linalg.norm(a - b) for a, b in combinations(colors, 2)) > 0.09


def test_colour_and_dash_together_never_repeat_in_forty_groups():
    pens = list(zip(LIGHT.group_colors(40), map(tuple, group_dashes(40)), strict=True))
    assert len(set(pens)) == 40


def test_neighbouring_groups_never_share_a_dash():
    assert all(a != b for a, b in pairwise(group_dashes(14)))
    assert group_dashes(1) == [[1, 0]]


def test_both_appearances_have_the_same_parts():
    assert len(LIGHT.groups) == len(DARK.groups)


def test_backgrounds_are_those_of_the_page():
    config = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())["theme"]
    assert LIGHT.background == config["light"]["backgroundColor"]
    assert DARK.background == config["dark"]["backgroundColor"]


def test_fonts_end_in_a_generic_family_and_quote_what_needs_it():
    families = [family.strip() for family in FONT.split(",")]
    assert families[-1] == "sans-serif"
    assert all(re.fullmatch(r"'[^']+'|[A-Za-z-]+", family) for family in families)


def test_every_font_of_the_configuration_is_that_one():
    def fonts(part):
        for key, value in part.items():
            if isinstance(value, dict):
                yield from fonts(value)
            elif key.lower().endswith("font"):
                yield value

    assert set(fonts(vega_config(LIGHT))) == {FONT}


@pytest.mark.parametrize(("name", "theme"), [("dark", DARK), ("light", LIGHT), (None, LIGHT), ("sepia", LIGHT)])
def test_theme_by_name(name, theme):
    assert theme_named(name) is theme


def test_tint_runs_from_paper_to_colour():
    assert LIGHT.tint("#0072b2", 1) == "#0072b2"
    assert LIGHT.tint("#0072b2", 0) == "#ffffff"
    assert DARK.tint("#ffffff", 0.5) == "#86888b"  # by hand: 134.5, 136 and 139


def test_wide_letters_count_double():
    assert text_width("高强度") > 1.8 * text_width("abc")
    assert widest([]) == 0
    assert widest(["a", "abc"]) == text_width("abc")
