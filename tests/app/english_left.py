"""Everything that a page or a report holds to be read or heard, and what of it is English in a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from streamlit.testing.v1 import AppTest

from core.cohort.cohort import Cohort
from core.reporting.table_layout import head_rows
from core.reporting.tables import ReportTable
from ui import figures
from ui.charts.composite import Composite
from ui.figure_export import Figure
from ui.report_blocks import Answered, Whole, drawings, written
from ui.report_figures import Drawing

_RUN = re.compile(r"(?:[A-Za-z][A-Za-z'’-]+[ ,;:]+){2,}[A-Za-z][A-Za-z'’-]+")
_STAYS = re.compile(
    r"`[^`]*`|(?<=\bR: ).*?(?=；|$)|\b[\w.]+\(.*?\)|https?://\S+|:material/\w+:|</?[A-Za-z][^>]*>"
    r"|[A-Z][^；;。]*\b(?:18|19|20)\d\d\b[^；;。]*",  # calls, addresses, marks, references
    re.MULTILINE,
)
_NAMES = re.compile(r"IBM SPSS Statistics Algorithms|SAS PROC LIFETEST|Multiple Imputation|Survival Data|Monte Carlo")
_UNREAD = frozenset({
    "id", "key", "url", "element_id", "form_id", "icon", "css_class", "raw_bytes", "script_path", "page_script_hash",
    "url_pathname", "widget_id", "user_key", "accept", "type", "mime", "media_file_storage", "format",
})  # fmt: skip
_CODES = frozenset({"config", "params", "transform", "$schema", "datasets", "usermeta", "name", "field", "type"})
_WORDS = frozenset({"title", "text", "subtitle", "description", "labelExpr"})


def english_left(texts: Iterable[str], own: Iterable[str]) -> list[str]:
    """Texts with three English words in a row: names of a cohort, calls of R and references aside."""
    words = sorted((word for word in own if len(word) > 1), key=len, reverse=True)
    found = []
    for text in dict.fromkeys(texts):
        bare = _NAMES.sub("·", _STAYS.sub("·", text.replace("\u00a0", " ").replace("\\", "")))
        if _RUN.search(bare):
            for word in words:
                bare = bare.replace(word, "·")
            if _RUN.search(bare):
                found.append(text)
    return found


def everything_said(app: AppTest) -> Iterator[str]:
    """Labels, helps, options, texts, tables and charts of a page as the browser gets them."""
    for element in app._tree:
        proto = getattr(element, "proto", None)
        if proto is not None:
            yield from _strings(proto)


def everything_reported(cohort: Cohort, found: Sequence[Answered], of: Whole) -> Iterator[str]:
    """The texts of a report's files, none of its figures drawn: sentences, captions, charts, tables."""
    for one in found:
        block = written(one, of, drawn=False)
        yield from (block.title, *block.sentences, *block.notes)
        for drawing in drawings(cohort, one):
            yield from figure_texts(drawing)
        for table in block.tables:
            yield from table_texts(table)


def figure_texts(figure: Drawing | Figure) -> Iterator[str]:
    """Title, caption and words of a figure, and those in its drawing."""
    yield from (figure.title, " ".join(figure.caption))
    if isinstance(figure, Drawing):
        yield figure.alt
        spec = figure.spec(figures.PAPER, figures.EXPORT_WIDTH)
    else:
        yield figure.alt()
        spec = figure.spec()
    for panel in spec.panels if isinstance(spec, Composite) else ():
        yield panel.title or ""
    for part in [panel.spec for panel in spec.panels] if isinstance(spec, Composite) else [spec]:
        yield from _chart(part)


def table_texts(table: ReportTable) -> Iterator[str]:
    """Title, head, cells and notes of a table."""
    yield table.title
    for row in head_rows(table):
        yield from (cell.text for cell in row)
    for one in table.rows:
        yield from (cell.text for cell in one.cells)
    yield from table.footnotes


def _strings(message: Any) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in _UNREAD:
            continue
        if field.name == "spec" and isinstance(value, str):
            yield from _chart(json.loads(value))
        elif field.name == "columns" and isinstance(value, str) and value.startswith("{"):
            yield from (one["label"] for one in json.loads(value).values() if one and one.get("label"))
        elif isinstance(value, str):
            yield "" if value.startswith("<style>") else value
        elif isinstance(value, bytes):
            yield from _cells(value)
        elif hasattr(value, "ListFields"):
            yield from _strings(value)
        elif not isinstance(value, (int, float, bool)) and hasattr(value, "__iter__"):
            for one in value.values() if hasattr(value, "values") else value:
                if isinstance(one, str):
                    yield one
                elif hasattr(one, "ListFields"):
                    yield from _strings(one)


def _chart(part: Any, key: str = "") -> Iterator[str]:
    """Words of a specification: titles, texts and what an expression writes."""
    if isinstance(part, dict):
        for name, one in part.items():
            if name not in _CODES:
                yield from _chart(one, name)
    elif isinstance(part, list):
        for one in part:
            yield from _chart(one, key)
    elif isinstance(part, str) and key in _WORDS:
        yield " ".join(re.findall(r"'([^']*)'", part)) if key == "labelExpr" else part


def _cells(data: bytes) -> Iterator[str]:
    try:
        table = pa.ipc.open_stream(data).read_all()
    except (pa.ArrowInvalid, OSError):
        return
    for column in table.columns:
        for cell in column.to_pylist():
            for one in cell if isinstance(cell, list) else [cell]:
                if isinstance(one, str):
                    yield one
