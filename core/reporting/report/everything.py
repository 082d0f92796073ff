"""One zip of everything: the report, its tables and figures each by itself, and what gives the numbers again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from core.reporting.report.html import report_html_bytes
from core.reporting.report.pdf import report_pdf_bytes
from core.reporting.report.slides import report_slides_bytes
from core.reporting.report.value import Report
from core.reporting.report.word import report_word_bytes
from core.reporting.table_files import file_word, table_bytes

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold: the same report gives the same bytes


def everything_bytes(report: Report, reproduction: Mapping[str, bytes]) -> bytes:
    """The report in every kind of file, tables as Excel, figures as SVG and PNG, and the folder ``reproduce``."""
    files = {
        "report.docx": report_word_bytes(report),
        "report.pptx": report_slides_bytes(report),
        "report.pdf": report_pdf_bytes(report),
        "report.html": report_html_bytes(report),
    }
    tables = [table for block in report.blocks for table in block.tables]
    if tables:
        files["tables.xlsx"] = table_bytes(tables, "xlsx")
    pictures = [picture for block in report.blocks for picture in block.pictures]
    for number, picture in enumerate(pictures, start=1):
        name = f"figures/figure_{number}_{file_word(picture.title) or 'figure'}"
        files |= {f"{name}.svg": picture.svg, f"{name}.png": picture.png}
    files |= {f"reproduce/{name}": content for name, content in reproduction.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
