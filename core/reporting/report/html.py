"""A report as one HTML page: nothing is loaded and no script runs, so that it can be sent, archived and printed."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import count

from core.reporting.html import STYLE, escaped, page_bytes, table_lines
from core.reporting.report.value import Picture, Report

_STYLE = (
    STYLE
    + """
main { max-width: 180mm; margin: 0 auto; }
h1 { font-size: 20pt; margin-bottom: 0.2em; }
h2 { font-size: 13pt; margin: 1.8em 0 0.4em; break-after: avoid; }
figure { margin: 1em 0; break-inside: avoid; }
figure img { width: 100%; height: auto; }
figcaption { font-size: 85%; }
.scroll { overflow-x: auto; }
"""
)


def report_html_bytes(report: Report) -> bytes:
    """The report as a page that stands by itself, figures as vectors inside it (UTF-8)."""
    return page_bytes(escaped(report.title), "\n".join(_lines(report)), _STYLE)


def _lines(report: Report) -> Iterator[str]:
    yield f"<main>\n<h1>{escaped(report.title)}</h1>"
    for line in report.about:
        yield f'<p class="note">{escaped(line)}</p>'
    figures, tables = count(1), count(1)
    for block in report.blocks:
        yield f"<h2>{escaped(block.title)}</h2>"
        yield from (f"<p>{escaped(sentence)}</p>" for sentence in block.sentences)
        if block.notes:
            yield f"<ul>{''.join(f'<li>{escaped(note)}</li>' for note in block.notes)}</ul>"
        for picture in block.pictures:
            yield _figure(picture, next(figures))
        for table in block.tables:
            yield f'<div class="scroll">{"".join(table_lines(table, next(tables)))}</div>'
    yield "</main>"


def _figure(picture: Picture, number: int) -> str:
    # as an image, a drawing can neither run nor load anything
    drawn = base64.b64encode(picture.svg).decode()
    caption = escaped(" ".join(line for line in picture.caption if line))
    return (
        f'<figure><img src="data:image/svg+xml;base64,{drawn}" alt="{escaped(picture.alt)}">'
        f"<figcaption><b>{escaped(f'Figure {number}. {picture.title}.')}</b> {caption}</figcaption></figure>"
    )
