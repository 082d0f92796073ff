"""Panels put together on one sheet: each as it is drawn alone, at its place, in every kind of file."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from PIL import Image

from tests.ui.charts.drawn import random_summary
from ui.charts.composite import GAP, Composite, Panel
from ui.charts.export import for_paper
from ui.charts.journal import Paper
from ui.charts.survival_curve import survival_spec

PAPER = Paper(width_mm=170.0, points=8.0)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def sheet():
    panels = tuple(Panel(spec=survival_spec(random_summary(i)[0], width=400), title=f"Panel {i}") for i in range(3))
    return Composite(panels=panels, columns=2)


@pytest.fixture(scope="module")
def drawn(sheet):
    return ET.fromstring(for_paper(sheet, PAPER, "svg", title="Several <endpoints>", caption=["94 patients."]))


def test_panels_stand_side_by_side_and_below(drawn):
    panels = drawn.findall(f"{SVG}svg")
    x, y = ([float(panel.get(name)) for panel in panels] for name in ("x", "y"))
    width = float(panels[0].get("width"))
    assert x == [0, pytest.approx(width + GAP, abs=2), 0]
    assert y[0] == y[1] < y[2]
    assert y[2] >= y[0] + float(panels[0].get("height"))


def test_the_sheet_is_as_wide_as_asked_for(drawn):
    assert drawn.get("width") == "170.00mm" or float(drawn.get("width").removesuffix("mm")) == pytest.approx(
        170, abs=0.3
    )


def test_title_and_caption_stand_once_above(drawn):
    texts = [text.text for text in drawn.findall(f"{SVG}text")]
    assert texts == ["Several <endpoints>", "94 patients."]
    inside = " ".join("".join(panel.itertext()) for panel in drawn.findall(f"{SVG}svg"))
    assert all(f"Panel {i}" in inside for i in range(3))


def test_names_of_one_panel_do_not_reach_into_another(sheet):
    text = for_paper(sheet, PAPER, "svg").decode()
    names = re.findall(r'\bid="([^"]+)"', text)
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(names)


def test_every_kind_of_file(sheet):
    assert for_paper(sheet, PAPER, "pdf").startswith(b"%PDF")
    png = Image.open(io.BytesIO(for_paper(sheet, PAPER, "png")))
    assert png.size[0] == pytest.approx(170 / 25.4 * 300, rel=0.01)
    tiff = Image.open(io.BytesIO(for_paper(sheet, replace(PAPER, dpi=450), "tiff")))
    assert (tiff.size[0], tiff.info["dpi"][0]) == (pytest.approx(170 / 25.4 * 450, rel=0.01), 450)
