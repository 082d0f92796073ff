"""A drawing as vectors: letters of the report's typefaces, transparency, size; and a figure that fits its page."""

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, Spacer

from core.reporting.report.pdf_figure import LEAST, FittingFigure
from core.reporting.report.vector_pdf import vector_drawing

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="100mm" height="50mm" viewBox="0 0 200 100">'
    b'<rect width="200" height="100" fill="#ffffff"/>'
    b'<path d="M0,0h10v10h-10Z" fill="#0072b2" opacity="0.25"/>'
    b'<text font-family="\'Source Sans\', Arial" font-size="10" font-weight="600">Yes</text>'
    b'<text font-family="Arial" font-size="20">No</text></svg>'
)


def parts(shape):
    for part in getattr(shape, "contents", ()):
        yield part
        yield from parts(part)


@pytest.fixture
def drawing():
    return vector_drawing(SVG, width=300, height=150, typeface=lambda text, bold: "Courier-Bold" if bold else "Courier")


def test_letters_are_the_reports(drawing):
    texts = {part.text: part for part in parts(drawing) if hasattr(part, "fontName")}
    assert {text: part.fontName for text, part in texts.items()} == {"Yes": "Courier-Bold", "No": "Courier"}
    assert texts["No"].fontSize == pytest.approx(2 * texts["Yes"].fontSize)
    assert texts["Yes"].fontSize < 10  # wider letters, the same room


def test_what_shines_through_still_does(drawing):
    shades = [part.fillOpacity for part in parts(drawing) if getattr(part, "fillOpacity", None) is not None]
    assert 0.25 in shades


def test_the_size_is_the_one_asked_for(drawing):
    assert (drawing.width, drawing.height) == (300, 150)
    a, _, _, d, *_ = drawing.transform
    assert a == pytest.approx(d)


@pytest.mark.parametrize("lost", [b"<image/>", b"<mask/>", b"<clipPath/>", b"<radialGradient/>"])
def test_a_drawing_that_would_lose_a_part_is_none(lost):
    svg = SVG.replace(b"</svg>", lost + b"</svg>")
    assert vector_drawing(svg, width=1, height=1, typeface=lambda *_: "Courier") is None


def figure(height=100.0):
    above, below = (Paragraph(text, ParagraphStyle("s", leading=10, fontSize=8)) for text in "ab")
    return FittingFigure(Spacer(200, height), (200, height), above=[above], below=[below])


@pytest.mark.parametrize(
    ("room", "high"),
    [(500, 120), (120, 120), (110, 110), (20 + 100 * LEAST + 0.01, 20 + 100 * LEAST + 0.01), (20 + 99 * LEAST, 120)],
)
def test_a_figure_shrinks_a_little_or_goes_on(room, high):
    assert figure().wrap(400, room)[1] == pytest.approx(high)


def test_a_figure_is_never_wider_than_the_page():
    assert figure().wrap(100, 500) == (100, pytest.approx(20 + 50))


def test_a_figure_of_the_next_page_has_its_size_again():
    made = figure()
    made.wrap(400, 90)
    assert made.wrap(400, 500)[1] == pytest.approx(120)


def test_the_chinese_typeface_has_the_latin_letters_of_a_mixed_text():
    from core.reporting.report.chinese_letters import typeface

    known = typeface("Chinese").face.charToGlyph
    assert all(ord(letter) in known for letter in "1（参照）Cox回归 ← 图2．总\u3000生存")
