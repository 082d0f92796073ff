"""What a file may ask of this computer: bytes, cells beside the memory that is free, and XML without entities."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from xml.parsers import expat

from core.errors import ReadError

MAX_BYTES = 500 * 1024 * 1024  # of any file, as .streamlit/config.toml lets them be uploaded
MEMORY_PER_BYTE = 25  # of a workbook or a text that is read row by row
MAX_COLUMNS = 2000
MAX_CELLS = 20_000_000  # of a workbook
MAX_TEXT_CELLS = 100_000_000  # of a text that is read row by row
BYTES_PER_CELL = 100  # a pointer in two tables, and the text where it is not shared
BYTES_PER_CODED_CELL = 24  # of a text that is read by columns: where it ends, its code, its value
_SHARE = 0.8  # of the free memory that a file may take


def free_megabytes() -> float:
    """Memory that is free now; a generous guess where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2 / 1024**2
    except (AttributeError, OSError, ValueError):
        return 4096.0


def refuse_cells(rows: int, columns: int, *, name: str, at: str = "", most: int | None = None) -> None:
    """Raise ReadError where a table of that size is more than is read, or than memory holds.

    Parameters
    ----------
    at : str
        The outermost cell, where stray content may be why the table is large.
    most : int, optional
        Cells that are read; ``MAX_CELLS`` unless given.
    """
    cells = rows * columns
    shape = f"{rows:,} rows by {columns:,} columns"
    most = MAX_CELLS if most is None else most
    if cells > most:
        where = f"'{name}' has content as far out as cell {at}: {shape}." if at else f"'{name}' has {shape}."
        hint = "Delete stray cells below and beside the table, or save the sheet as CSV." if at else ""
        raise ReadError(where, hint=hint or f"At most {most:,} cells are read; keep the columns analysed.")
    _refuse_memory(cells * BYTES_PER_CELL, shape, name=name)


def fits_in_columns(rows: int, columns: int, *, size: int) -> bool:
    """Whether memory holds a text of that many bytes read by columns."""
    return _columns_need(rows, columns, size) <= _SHARE * free_megabytes() * 1024**2


def refuse_columns(rows: int, columns: int, *, size: int, name: str) -> None:
    """Raise ReadError where a text of ``size`` bytes is more than memory holds while it is read by columns."""
    _refuse_memory(_columns_need(rows, columns, size), f"{rows:,} rows by {columns:,} columns", name=name)


def _columns_need(rows: int, columns: int, size: int) -> int:
    return rows * columns * BYTES_PER_CODED_CELL + size


def _refuse_memory(needed: float, what: str, *, name: str) -> None:
    free = free_megabytes()
    if needed > _SHARE * free * 1024**2:
        raise ReadError(
            f"'{name}' has {what}, more than the memory that is free can hold "
            f"(about {needed / 1024**2:,.0f} MB needed, {free:,.0f} MB free).",
            hint="Close other programs, or keep the columns that are analysed.",
        )


def refuse_size(size: int, most: int, *, name: str) -> None:
    """Raise ReadError where a file has more bytes than are read."""
    if size > most:
        raise ReadError(
            f"'{name}' has {size / 1024**2:,.0f} MB; at most {most // 1024**2} MB are read.",
            hint="Keep the columns that are analysed, or split the file.",
        )


def refuse_letters(letters: int, *, name: str) -> None:
    """Raise ReadError where a text is more than memory holds while it is read row by row."""
    _refuse_memory(letters * MEMORY_PER_BYTE, f"{letters / 1e6:,.0f} million letters", name=name)


def refuse_bytes(size: int, *, name: str) -> None:
    """Raise ReadError where a workbook or another binary file is more than memory holds while it is read."""
    _refuse_memory(size * MEMORY_PER_BYTE, f"{size / 1024**2:,.0f} MB", name=name)


def refuse_entities(xml: bytes, *, name: str) -> None:
    """Raise ReadError where an XML document declares a document type or entities.

    What is damaged is for its reader to say. No spreadsheet or Prism file needs entities, and a few lines of them
    unfold to gigabytes or read other files.
    """

    def refuse(*_: object) -> None:
        raise ReadError(
            f"'{name}' declares XML entities and was not read.",
            hint="Save the table again from the program that made it, or as CSV.",
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    with contextlib.suppress(expat.ExpatError, LookupError):
        parser.Parse(xml, True)
