"""Tables as files of every kind: which there are, and the one door to their writers.

The writers are loaded by the first who wants a file of their kind.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import SpecError
from core.reporting.tables import ReportTable

_OFFICE = "application/vnd.openxmlformats-officedocument"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can hold: the same tables give the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A kind of file.

    Attributes
    ----------
    name : str
        For people.
    ending, mime : str
    several, several_mime : str
        The same of a file that holds several tables; CSV holds one, several are a zip.
    """

    name: str
    ending: str
    mime: str
    several: str
    several_mime: str


def _kind(name: str, ending: str, mime: str) -> TableFile:
    return TableFile(name=name, ending=ending, mime=mime, several=ending, several_mime=mime)


TABLE_FILES = (
    _kind("Word", "docx", f"{_OFFICE}.wordprocessingml.document"),
    _kind("Excel", "xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
    _kind("LaTeX", "tex", "application/x-tex"),
    _kind("HTML", "html", "text/html"),
    TableFile(name="CSV", ending="csv", mime="text/csv", several="zip", several_mime="application/zip"),
)


def checked_ending(suffix: str) -> str:
    """The ending of a file's name without its dot, in small letters.

    Raises
    ------
    SpecError
        If tables are not written as such files.
    """
    ending = suffix.casefold().removeprefix(".")
    if ending not in _WRITERS:
        raise SpecError(
            f"Tables cannot be written as '.{ending}'.", hint=f"Use {', '.join(f'.{known}' for known in _WRITERS)}."
        )
    return ending


def table_bytes(tables: Sequence[ReportTable], ending: str) -> bytes:
    """The tables as one file.

    Parameters
    ----------
    tables : sequence of ReportTable
    ending : str
        ``docx``, ``xlsx``, ``tex``, ``html``; ``csv`` for one table, ``zip`` for one CSV file per table.

    Raises
    ------
    SpecError
        If the ending is unknown, there is no table, or there are several for a CSV file.
    """
    write = _WRITERS[checked_ending(ending)]
    if not tables:
        raise SpecError("There is no table to write.", hint="Ask for an analysis.")
    if ending == "csv" and len(tables) > 1:
        raise SpecError(f"A CSV file holds one table, and there are {len(tables)}.", hint="Use .zip: one CSV for each.")
    return write(tables)


def _word(tables: Sequence[ReportTable]) -> bytes:
    from core.reporting.word import word_bytes

    return word_bytes(tables)


def _excel(tables: Sequence[ReportTable]) -> bytes:
    from core.reporting.excel import excel_bytes

    return excel_bytes(tables)


def _latex(tables: Sequence[ReportTable]) -> bytes:
    from core.reporting.latex import latex_bytes

    return latex_bytes(tables)


def _html(tables: Sequence[ReportTable]) -> bytes:
    from core.reporting.html import html_bytes

    return html_bytes(tables)


def _csv(tables: Sequence[ReportTable]) -> bytes:
    from core.reporting.delimited import csv_bytes

    return csv_bytes(tables[0])


def _csv_files(tables: Sequence[ReportTable]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, table in enumerate(tables, start=1):
            name = f"{number:02d}_{file_word(table.title) or 'table'}.csv"
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), _csv([table]), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def file_word(text: str) -> str:
    """A title as part of a file's name: small letters and digits of ASCII."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


_WRITERS: dict[str, Callable[[Sequence[ReportTable]], bytes]] = {
    "docx": _word,
    "xlsx": _excel,
    "tex": _latex,
    "html": _html,
    "csv": _csv,
    "zip": _csv_files,
}
