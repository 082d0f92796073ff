"""A large and regular text file read by columns: the same table as row by row, many times as fast.

Regular means: no blank rows, as many cells in every row as there are names, nothing above the names and nothing under
the table, every quotation mark closed. Whatever is not so is read row by row (``delimited``, ``records``), which can
say what is odd. Columns are made from their distinct texts, which typing then need not look for again.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from core.cohort.decode import is_utf8_text
from core.cohort.delimited import read_cells, sniff
from core.cohort.file_kind import kind_of
from core.cohort.guards import MAX_BYTES, MAX_COLUMNS, fits_in_columns, refuse_columns
from core.cohort.header import find_header, without_notes
from core.cohort.issues import IssueLog
from core.cohort.ordered_texts import is_trim, joined_in_order
from core.cohort.text_pieces import Layout, PiecedColumn, check_unicode, read_pieces
from core.cohort.text_source import FiledText, HeldText, NotRegularError
from core.cohort.written import Codes, WrittenColumns
from core.errors import ReadError
from core.work.progress import step
from core.work.threads import on_all

LEAST = 1_000_000  # bytes; smaller files are read row by row in no time
_HEAD, _TAIL = 250, 20
_PAGES = 1 << 17  # letters
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 22  # bytes in which delimiter and names are looked for
_BOM = b"\xef\xbb\xbf"


def regular_table(text: str | bytes, *, name: str) -> tuple[WrittenColumns, str] | None:
    """The columns of a regular text file and its delimiter; None where it must be read row by row.

    Parameters
    ----------
    text : str or bytes
        Bytes are UTF-8.
    name : str
        File name, for messages.

    Raises
    ------
    ReadError
        If the table is more than memory holds.
    """
    if len(text) < LEAST:
        return None
    content = text if isinstance(text, bytes) else text.encode("utf-8", errors="replace")
    try:
        return columns_of(HeldText(content), name=name)
    except NotRegularError:
        return None


def regular_file(path: Path, *, name: str) -> tuple[WrittenColumns, dict[str, str], str] | None:
    """The columns of a regular text file in UTF-8, its delimiter and encoding, and its SHA-256; memory never holds it.

    None where its bytes must be looked at as a whole: a small file, another encoding or kind of file, no regular table.

    Raises
    ------
    ReadError
        If the table is more than memory holds.
    """
    try:
        size = path.stat().st_size
        if not LEAST <= size <= MAX_BYTES:
            return None
        with path.open("rb") as file:
            text = FiledText(file, size)
            sample = text.head(_SAMPLE)
            if not _is_text(sample, name):
                return None
            columns, delimiter = columns_of(text, name=name)
    except (NotRegularError, OSError):
        return None
    encoding = "utf-8-sig" if sample.startswith(_BOM) else "utf-8"
    return columns, {"encoding": encoding, "delimiter": delimiter}, text.sha256


def _is_text(sample: bytes, name: str) -> bool:
    try:
        return kind_of(sample, name=name) == "text" and is_utf8_text(sample)
    except ReadError:  # said of the whole file
        return False


def columns_of(text: HeldText | FiledText, *, name: str) -> tuple[WrittenColumns, str]:
    """The columns of a regular text and its delimiter.

    Raises
    ------
    NotRegularError
        If it must be read row by row.
    ReadError
        If the table is more than memory holds.
    """
    end = text.end()
    sample = text.head(min(_SAMPLE, end))
    quoted = b'"' in sample
    head = sample.removeprefix(_BOM).decode("utf-8", errors="ignore")
    delimiter = sniff(head)
    usable = delimiter in _DELIMITERS and sample[:4].lower() != b"sep="
    cells = _first_rows(head, str(delimiter), quoted=quoted) if usable else []
    names = _names(cells, head, str(delimiter), quoted=quoted)
    if names is None:
        raise NotRegularError
    rows = round(end * (head.count("\n") / len(head)))  # as in the sample
    if not fits_in_columns(2 * rows, len(names), size=end):
        refuse_columns(text.count_lines(end), len(names), size=end, name=name)
    step("reading", rows)
    layout = Layout(delimiter=str(delimiter), n_columns=len(names), quoted=quoted, is_checked=text.is_checked)
    start = sample.find(b"\n") + 1
    if not text.is_checked:
        check_unicode(sample[:start])
    columns = _columns(names, read_pieces(text, layout, start=start, end=end))
    if _has_blank_rows(columns) or not _ends_with_a_row(columns):
        raise NotRegularError
    return columns, str(delimiter)


def _rows(text: str, delimiter: str, *, quoted: bool, n: int = _HEAD) -> list[list[str]]:
    cells = itertools.islice(read_cells(text, delimiter, quoted=quoted), n)
    return [[cell.strip() for cell in row] for row in cells]


def _first_rows(text: str, delimiter: str, *, quoted: bool) -> list[list[str]]:
    """The first rows, from a few pages of text where these hold more than them."""
    short = _rows(text[:_PAGES], delimiter, quoted=quoted, n=_HEAD + 1)
    return short[:_HEAD] if len(short) > _HEAD else _rows(text, delimiter, quoted=quoted)


def _names(cells: list[list[str]], head: str, delimiter: str, *, quoted: bool) -> list[str] | None:
    """Names of the columns, where they stand in the first line, all different."""
    if len(cells) < _HEAD or cells[:1] != _rows(head.partition("\n")[0], delimiter, quoted=quoted):
        return None
    log = IssueLog("patients")
    found = find_header(cells, log)
    if found is None or (found.first, found.last) != (0, 0) or log.found or len(found.names) != len(cells[0]):
        return None
    names = [" ".join(name.split()) for name in found.names]
    numbers = sum(name.replace(".", "", 1).replace(",", "", 1).isdigit() for name in names)
    usable = all(names) and len(set(names)) == len(names) and 1 < len(names) <= MAX_COLUMNS
    return names if usable and numbers <= 0.5 * len(names) else None


def _ends_with_a_row(columns: WrittenColumns) -> bool:
    """Whether no note and no total stands under the table."""
    last = columns.tail(_TAIL)
    records = [(i, [cell or "" for cell in row]) for i, row in enumerate(last.to_numpy().tolist())]
    return sum(map(bool, records[-1][1])) > 1 and len(without_notes(records, IssueLog("patients"))) == len(records)


def _columns(names: list[str], read: list[PiecedColumn]) -> WrittenColumns:
    """The columns by their distinct texts."""
    coded = on_all(_coded, read, rows=sum(map(len, read[0].codes or read[0].cells)))
    return WrittenColumns(dict(zip(names, coded, strict=True)))


def _coded(column: PiecedColumn) -> tuple[Codes, list[str]]:
    """Codes (-1: empty) and distinct texts, trimmed, in the order in which they first stand."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.known is not None:
        found = pa.array(column.known.texts, pa.binary())
        column.known = None  # memory never holds all columns twice
        codes = np.concatenate(column.codes, dtype=np.min_scalar_type(-len(found) - 1), casting="unsafe")
        column.codes.clear()
    elif (ordered := joined_in_order(column.texts)) is not None:
        return np.arange(len(ordered), dtype=np.int32), ordered
    else:
        chunks = pc.dictionary_encode(pa.chunked_array(column.cells)).chunks  # one dictionary for all of them
        codes, found = np.concatenate([chunk.indices.to_numpy() for chunk in chunks]), chunks[-1].dictionary
    texts = found.view(pa.string()).to_pylist()
    if is_trim(found):
        return codes, texts
    position: dict[str, int] = {"": -1}
    order: list[str] = []
    recode = np.empty(len(texts), dtype=np.int32)
    for i, text in enumerate(map(str.strip, texts)):
        if text not in position:
            position[text] = len(order)
            order.append(text)
        recode[i] = position[text]
    return recode[codes], order


def _has_blank_rows(columns: WrittenColumns) -> bool:
    blank = None
    for name in columns.names:
        empty = columns.codes_of(name)[0] < 0
        blank = empty if blank is None else blank & empty
        if not blank.any():
            return False
    return True
