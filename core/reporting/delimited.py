"""Tables as CSV that a spreadsheet opens without harm."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable

from core.reporting.format import MINUS
from core.reporting.table_layout import printable
from core.reporting.tables import INDENT, ReportTable, Value

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def csv_bytes(table: ReportTable, *, values: bool = False, footnotes: bool = True) -> bytes:
    """The table as CSV.

    Parameters
    ----------
    table : ReportTable
    values : bool
        The unrounded numbers behind the table, one per column, instead of the printed text.
    footnotes : bool
        Title and footnotes after an empty line, so that the file says what it is.

    Returns
    -------
    bytes
        UTF-8 with byte order mark (Excel reads accents and dashes rightly with it), lines ending in CR LF.
    """
    frame = table.values_frame() if values else table.to_frame()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_row(frame.columns))
    for row in frame.itertuples(index=False, name=None):
        writer.writerow(_row(row))
    if footnotes:
        writer.writerow([])
        for line in (table.title, *table.footnotes):
            writer.writerow(_row([line]))
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """Text that a spreadsheet takes as text: what would start a formula gets an apostrophe; numbers stay numbers."""
    number = text.replace(MINUS, "-")
    if _PLAIN_NUMBER.fullmatch(number):
        return number
    return f"'{text}" if text.lstrip(f" {INDENT}").startswith(_STARTS_FORMULA) else text


def _row(values: Iterable[Value]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: Value) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, str):
        return harmless(printable(value))
    return repr(float(value)) if isinstance(value, float) else str(value)
