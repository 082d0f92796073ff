"""A large and regular text file read by columns: the same table as row by row, many times as fast.

Regular means: no quotation marks, no blank rows, as many cells in every row as there are names, nothing above the names
and nothing under the table. Whatever is not so is read row by row (``delimited``, ``records``), which can say what is
odd. Columns are made from their distinct texts, which typing then need not look for again.
"""

from __future__ import annotations

import csv
import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.cohort.cohort import Coded
from core.cohort.delimited import sniff
from core.cohort.guards import MAX_REGULAR_CELLS, refuse_cells
from core.cohort.header import find_header, without_notes
from core.cohort.issues import IssueLog
from core.cohort.records import MAX_COLUMNS

LEAST = 1_000_000  # letters; smaller files are read row by row in no time
_HEAD, _TAIL = 250, 20
_DELIMITERS = (",", ";", "\t", "|")
_FEW = 20_000  # distinct texts that are trimmed one by one
_BLOCK = 1 << 23


def regular_table(text: str, *, name: str) -> tuple[Coded, str] | None:
    """The columns of a regular text file and its delimiter; None where it must be read row by row.

    Parameters
    ----------
    name : str
        File name, for messages.

    Raises
    ------
    ReadError
        If the table is more than memory holds.
    """
    if len(text) < LEAST or '"' in text or "\0" in text or text[:4].casefold() == "sep=":
        return None
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return None
    text = text.lstrip("\ufeff").rstrip("\x1a\0\r\n") + "\n"
    delimiter = sniff(text)
    names = None if delimiter not in _DELIMITERS else _names(text, str(delimiter))
    if names is None or not _ends_with_a_row(text, str(delimiter)):
        return None
    rows = text.count("\n") - 1
    refuse_cells(rows, len(names), name=name, most=MAX_REGULAR_CELLS)
    columns = _columns(text, str(delimiter), names)
    if columns is None or len(columns[names[0]][0]) != rows or _has_blank_rows(columns):
        return None
    made = {name: _objects(*column) for name, column in columns.items()}
    return Coded(frame=pd.DataFrame(made, columns=names, copy=False), columns=columns), str(delimiter)


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)]


def _names(text: str, delimiter: str) -> list[str] | None:
    """Names of the columns, where they stand in the first row, all different."""
    end = 0
    for _ in itertools.repeat(None, _HEAD):
        end = text.find("\n", end) + 1
        if not end:
            return None
    log = IssueLog("patients")
    cells = _rows(text[:end].splitlines(), delimiter)
    found = find_header(cells, log)
    if found is None or (found.first, found.last) != (0, 0) or log.found or len(found.names) != len(cells[0]):
        return None
    names = [" ".join(name.split()) for name in found.names]
    numbers = sum(name.replace(".", "", 1).replace(",", "", 1).isdigit() for name in names)
    usable = all(names) and len(set(names)) == len(names) and 1 < len(names) <= MAX_COLUMNS
    return names if usable and numbers <= 0.5 * len(names) else None


def _ends_with_a_row(text: str, delimiter: str) -> bool:
    """Whether no note and no total stands under the table."""
    at = len(text)
    for _ in itertools.repeat(None, _TAIL):
        at = text.rfind("\n", 0, at - 1)
    records = list(enumerate(_rows(text[at + 1 :].splitlines(), delimiter)))
    last = records[-1][1]
    return sum(map(bool, last)) > 1 and len(without_notes(records, IssueLog("patients"))) == len(records)


def _columns(text: str, delimiter: str, names: list[str]) -> dict[str, tuple[npt.NDArray[np.int32], list[str]]] | None:
    """Codes and distinct texts of each column; None where a row is longer or shorter than the names."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    keys = [str(i) for i in range(len(names))]
    kind = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            read_options=arrow.ReadOptions(column_names=keys, skip_rows=1, block_size=_BLOCK),
            parse_options=arrow.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(keys, kind), null_values=[], strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, UnicodeEncodeError):
        return None
    return {name: _coded(table.column(key)) for name, key in zip(names, keys, strict=True)}


def _coded(column: Any) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Codes (-1: empty) and distinct texts, trimmed, in the order in which they first stand."""
    import pyarrow.compute as pc

    column = column.unify_dictionaries()
    codes = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
    found = column.chunk(0).dictionary
    texts: list[str] = found.to_pylist()
    trimmed = [text.strip() for text in texts] if len(texts) <= _FEW else None
    same = trimmed == texts if trimmed is not None else pc.all(pc.equal(pc.utf8_trim_whitespace(found), found)).as_py()
    if same and pc.index(found, "").as_py() < 0:
        return codes, texts
    position: dict[str, int] = {"": -1}
    order: list[str] = []
    recode = np.empty(len(texts), dtype=np.int32)
    for i, text in enumerate(trimmed or map(str.strip, texts)):
        if text not in position:
            position[text] = len(order)
            order.append(text)
        recode[i] = position[text]
    return recode[codes], order


def _objects(codes: npt.NDArray[np.int32], texts: list[str]) -> npt.NDArray[np.object_]:
    known = np.empty(len(texts) + 1, dtype=object)
    known[:-1] = texts
    known[-1] = None
    return known[codes]


def _has_blank_rows(columns: dict[str, tuple[npt.NDArray[np.int32], list[str]]]) -> bool:
    blank: npt.NDArray[np.bool_] | None = None
    for codes, _ in columns.values():
        empty = codes < 0
        blank = empty if blank is None else blank & empty
        if not blank.any():
            return False
    return True
