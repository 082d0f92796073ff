"""A figure for its place in print: millimetres, points, colours, embedded letters."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.reporting.footnotes import SYNTHETIC
from core.safety.patient_terms import PatientTerms
from tests.ui.charts.drawn import summary_of
from ui.charts.event_grid import event_grid_spec
from ui.charts.export import for_paper, print_spec
from ui.charts.journal import _GROUPS, COLUMNS_MM, STYLES, Paper, _parts, recolored
from ui.charts.specification import plain
from ui.charts.survival_curve import survival_spec
from ui.charts.theme import LIGHT


@pytest.fixture(scope="module")
def figure():
    return survival_spec(
        summary_of([1, 1, 6, 6, 8, 9, 2, 4, 12], [1, 0, 1, 1, 0, 1, 1, 0, 1], [0] * 6 + [1] * 3, ("No HIFU", "HIFU"))
    )


@pytest.mark.parametrize("mm", COLUMNS_MM.values())
@pytest.mark.parametrize("points", [6.0, 8.0, 12.0])
def test_every_kind_has_the_stated_width(figure, mm, points):
    paper = Paper(width_mm=mm, points=points, dpi=300)
    within = paper.scale * 25.4 / 72  # one pixel of the layout
    svg = for_paper(figure, paper, "svg").decode()
    assert float(re.search(r'width="([\d.]+)mm"', svg)[1]) == pytest.approx(mm, abs=within)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", for_paper(figure, paper, "pdf"))
    assert float(box[1]) / 72 * 25.4 == pytest.approx(mm, abs=within)
    png = Image.open(io.BytesIO(for_paper(figure, paper, "png")))
    assert png.width / 300 * 25.4 == pytest.approx(mm, abs=within)


def test_letters_have_the_stated_size(figure):
    svg = for_paper(figure, Paper(width_mm=174, points=8), "svg").decode()
    mm, box = re.search(r'width="([\d.]+)mm".*?viewBox="0 0 (\d+)', svg).groups()
    size = re.search(r'font-size="(\d+)px"[^>]*>Months', svg)[1]
    assert float(size) * float(mm) / float(box) / 25.4 * 72 == pytest.approx(8, abs=0.02)


def test_a_pdf_carries_its_letters(figure):
    assert b"/FontFile2" in (pdf := for_paper(figure, Paper(), "pdf")) or b"/FontFile3" in pdf or b"ObjStm" in pdf


@pytest.mark.parametrize("dpi", [300, 600])
def test_a_tiff_is_lossless_and_knows_its_resolution(figure, dpi):
    paper = Paper(width_mm=60, dpi=dpi)
    tiff = Image.open(io.BytesIO(for_paper(figure, paper, "tiff")))
    png = Image.open(io.BytesIO(for_paper(figure, paper, "png"))).convert("RGB")
    assert tiff.info["dpi"] == (dpi, dpi)
    assert tiff.tag_v2[259] == 5  # LZW
    assert np.array_equal(np.asarray(tiff), np.asarray(png))


@pytest.mark.parametrize("style", STYLES)
def test_groups_take_the_colours_of_the_style(figure, style):
    colors = set(re.findall(r"#[0-9a-f]{6}", str(recolored(print_spec(figure, 500), style))))
    assert set(_GROUPS[style][:2]) <= colors
    if style != "cohortscope":
        assert not set(LIGHT.groups[:2]) - set(_GROUPS[style]) & colors
    assert {LIGHT.text, LIGHT.muted} <= colors


@pytest.mark.parametrize("strength", [0.13, 0.3, 0.42, 0.55])
def test_a_shade_of_a_group_stays_a_shade_of_it(strength):
    for old, new in zip(LIGHT.groups, _GROUPS["nejm"], strict=True):
        made = recolored({"a": LIGHT.tint(old, strength)}, "nejm")["a"]
        assert np.abs(np.subtract(_parts(made), _parts(LIGHT.tint(new, strength)))).max() <= 2


def test_grey_is_grey_and_every_palette_has_a_colour_for_every_group():
    assert all(len(set(colors)) == len(LIGHT.groups) for colors in _GROUPS.values())
    assert all(color[1:3] == color[3:5] == color[5:7] for color in _GROUPS["grayscale"])


def test_without_a_caption_synthetic_data_are_still_named(figure):
    paper = replace(Paper(), caption=False)
    svg = for_paper(figure, paper, "svg", title="Overall survival", caption=["Kaplan-Meier estimate.", SYNTHETIC])
    assert b"no patient is real" in svg
    assert b"Kaplan-Meier estimate" not in svg
    assert b"Kaplan-Meier estimate" in for_paper(
        figure, Paper(), "svg", title="Overall survival", caption=["Kaplan-Meier estimate."]
    )


def test_shades_of_grey_hold_no_colour_of_grades_either():
    grid = PatientTerms(
        levels=("A", "B"), level=np.array([0, 1]), row=np.array([2, 3]), terms=("Rash",), worst=np.array([[1], [5]])
    )
    drawn = str(plain(recolored(print_spec(event_grid_spec(grid), 600), "grayscale")))
    colors = set(re.findall("#[0-9a-f]{6}", drawn)) - {LIGHT.text, LIGHT.muted, LIGHT.grid, LIGHT.axis}
    light = {color for color in colors if color[1:3] == color[3:5] == color[5:7]}
    assert len(light) >= 5
    assert all(max(_parts(color)) - min(_parts(color)) < 16 for color in colors - light), colors - light
