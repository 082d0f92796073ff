"""A drawing as vectors inside an Office file, beside the picture that older programs show."""

from __future__ import annotations

from typing import Any

_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"  # what Office looks for before it takes the picture


def with_vector(part: Any, blip: Any, svg: bytes) -> None:
    """Add the drawing to the picture of ``blip``.

    Parameters
    ----------
    part
        The document's part or the slide's part, of python-docx or python-pptx.
    blip
        The element that names the picture.
    svg : bytes
    """
    from docx.oxml import parse_xml

    number = sum(1 for _ in part.package.iter_parts()) + 1
    name = type(part.partname)(f"/{part.partname.split('/')[1]}/media/drawing{number}.svg")
    known = part.relate_to(_part(part, name, svg), f"{_RELATION}/image")
    blip.append(
        parse_xml(
            f'<a:extLst xmlns:a="{_MAIN}"><a:ext uri="{_EXTENSION}"><asvg:svgBlip xmlns:asvg="{_SVG}" '
            f'xmlns:r="{_RELATION}" r:embed="{known}"/></a:ext></a:extLst>'
        )
    )


def _part(part: Any, name: Any, svg: bytes) -> Any:
    """A part of the kind that the package is made of: the two libraries order its parts differently."""
    if type(part).__module__.startswith("docx"):
        from docx.opc.part import Part as WordPart

        return WordPart(name, "image/svg+xml", svg, part.package)
    from pptx.opc.package import Part

    return Part(name, "image/svg+xml", part.package, svg)
