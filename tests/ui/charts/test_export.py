"""Figures as files: opaque, at their resolution, with every letter, the same from both appearances."""

import io
import re
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from core.reporting.language import typefaces
from tests.ui.charts.drawn import accepted, rows, summary_of
from ui.charts.export import DPI, PRINT_WIDTH, for_paper, print_spec, to_png, to_svg
from ui.charts.journal import Paper
from ui.charts.survival_curve import SurvivalChartOptions, survival_chart, survival_spec
from ui.charts.theme import DARK, LIGHT, TITLE_SIZE, text_width


@pytest.fixture(scope="module")
def two():
    return summary_of([1, 1, 6, 6, 8, 9, 2, 4, 12], [1, 0, 1, 1, 0, 1, 1, 0, 1], [0] * 6 + [1] * 3, ("No HIFU", "HIFU"))


@pytest.fixture(scope="module")
def png(two):
    return Image.open(io.BytesIO(to_png(survival_spec(two), 600)))


def texts(svg):
    return [element.text for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


class TestPng:
    def test_knows_its_resolution(self, png):
        assert png.info["dpi"] == pytest.approx((DPI, DPI), abs=0.01)
        assert png.width == round(600 * DPI / 72)

    def test_is_opaque_white_paper(self, png):
        pixels = np.asarray(png.convert("RGBA"))
        assert pixels[..., 3].min() == 255
        assert pixels[0, 0].tolist() == [255, 255, 255, 255]

    def test_letters_are_there(self, png):
        # The strip of the risk table holds nothing but text: a missing font leaves it white.
        strip = np.asarray(png.convert("L"))[-int(png.height * 0.1) :]
        assert (strip < 128).sum() > 1000

    def test_other_resolutions(self, two):
        assert Image.open(io.BytesIO(to_png(survival_spec(two), 600, 72))).width == 600


class TestSvg:
    def test_text_is_text(self, two):
        found = texts(to_svg(survival_spec(two, options=SurvivalChartOptions(title="Overall survival"))))
        for text in ("Overall survival", "No HIFU", "HIFU", "At risk (events)", "6 (0)", "100%", "Months"):
            assert text in found

    def test_nothing_undefined_and_nothing_that_waits_for_a_pointer(self, two):
        svg = to_svg(survival_spec(two)).decode()
        assert "undefined" not in svg
        assert "NaN" not in svg
        assert "at risk" not in svg

    def test_every_font_list_ends_in_a_generic_family(self, two):
        fonts = set(re.findall(r'font-family="([^"]*)"', to_svg(survival_spec(two)).decode()))
        assert fonts
        assert all(font.endswith("sans-serif") for font in fonts)

    def test_dark_and_light_give_the_same_file(self, two):
        assert to_svg(survival_spec(two, palette=DARK)) == to_svg(survival_spec(two, palette=LIGHT))

    def test_nothing_leaves_the_paper(self, two):
        for width in (360, 860):
            svg = ElementTree.fromstring(to_svg(survival_spec(two), width))
            assert float(svg.get("width")) == pytest.approx(width, abs=6)

    def test_narrow_and_wide_are_laid_out_differently(self, two):
        wide, narrow = (len(texts(to_svg(survival_spec(two), width))) for width in (860, 300))
        assert wide >= narrow


class TestPrintSpec:
    def test_container_becomes_pixels(self, two):
        spec = print_spec(survival_spec(two))
        assert spec["width"] == PRINT_WIDTH
        assert {"name": "narrow", "value": False} in spec["params"]
        assert "containerSize" not in str(spec)
        accepted(spec)

    def test_the_figure_s_own_width_is_kept(self, two):
        assert print_spec(survival_spec(two, width=700))["width"] == 700
        assert print_spec(survival_spec(two, width=700), 500)["width"] == 500

    def test_title_and_caption_are_broken_into_lines(self, two):
        method = "Kaplan-Meier estimate with 95 % confidence band; " * 4
        title = print_spec(survival_spec(two), title="Overall survival", caption=[method, "Synthetic data"])["title"]
        assert title["text"] == ["Overall survival"]
        assert len(title["subtitle"]) > 2
        assert " ".join(title["subtitle"]) == f"{method.strip()} Synthetic data"

    @pytest.mark.parametrize("line", ["Cohort HIFU, 94 patients; filters: " * 9, "W" * 300, "介入放射科" * 60])
    def test_a_long_caption_stays_inside(self, two, line):
        title = print_spec(survival_spec(two), 760, title=line, caption=[line])["title"]
        assert max(map(text_width, title["subtitle"])) <= 740
        assert max(text_width(part, TITLE_SIZE) for part in title["text"]) <= 740
        assert "".join("".join(title["subtitle"]).split()) == "".join(line.split())

    def test_height(self, two):
        assert print_spec(survival_spec(two), height=250)["height"] == 250

    def test_the_screen_s_figure_is_left_alone(self, two):
        spec = survival_spec(two)
        print_spec(spec, 500, title="x")
        assert spec["width"] == "container"
        assert "title" not in spec
        assert rows(spec, "hover")

    def test_an_altair_chart_will_do(self, two):
        assert "No HIFU" in texts(to_svg(survival_chart(two), 600))
        bare = alt.Chart(alt.Data(values=[{"a": 1}])).mark_point().encode(x=alt.X("a", type="quantitative"))
        assert to_svg(bare, 200).startswith(b"<svg")


def test_chinese_letters_come_with_the_packages():
    mark = {"type": "text", "text": "总生存期（OS）", "font": typefaces.FAMILY}
    spec = {"data": {"values": [{"a": 1}]}, "mark": mark}
    page = PdfReader(io.BytesIO(for_paper(spec, Paper(), "pdf"))).pages[0]
    assert "总生存期（OS）" in page.extract_text()
    assert any("NotoSansSC" in font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values())


def test_no_warning_from_vega(two, capfd):
    import vl_convert

    vl_convert.vegalite_to_svg(print_spec(survival_spec(two)), show_warnings=True)
    assert "WARN" not in capfd.readouterr().err
