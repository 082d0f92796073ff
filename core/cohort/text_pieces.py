"""A large text cut at ends of rows into pieces that are read on all processors, and its columns put together again.

Belongs here: where a text may be cut, the cells of each piece, the columns of them all. Does not belong here: names,
notes, and blanks around cells (``regular_text``).
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.cohort.known_texts import KnownTexts
from core.cohort.ordered_texts import texts_in_order
from core.work.progress import go_on

PIECE, FIRST = 1 << 21, 1 << 20  # bytes; what fits beside its cells into a processor's own memory
_REPEATED = 0.75  # share of different texts in the first piece up to which a column is coded piece by piece
_SENTINEL = "end"


Piece = tuple[int, int, bool]  # where it begins and ends, and whether it is the last


class NotRegularError(Exception):
    """A row is longer or shorter than the others, or something stands in the text that is read row by row."""


class _QuotedError(Exception):
    """A quotation mark in a text that was read as one without."""


class _CutError(Exception):
    """A piece does not end where a row ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a text is written.

    Attributes
    ----------
    delimiter : str
    n_columns : int
    quoted : bool
        Whether cells may stand in quotation marks.
    """

    delimiter: str
    n_columns: int
    quoted: bool


class PiecedColumn:
    """A column while it is read, piece by piece.

    Parameters
    ----------
    cells : pyarrow.BinaryArray
        Of the first piece.

    Attributes
    ----------
    known : KnownTexts or None
        Its texts so far; None where they hardly repeat.
    codes : list of array
        Of each piece, where texts are known.
    cells : list of pyarrow.BinaryArray
        Of each piece, where they are not.
    texts : list of (list of str or None)
        Of each of these, where they stand in order.
    """

    def __init__(self, cells: Any) -> None:
        codes, texts = KnownTexts().coded(cells)
        is_repeated = len(texts) <= max(2, _REPEATED * len(codes))
        self.known = KnownTexts(texts) if is_repeated else None
        self.codes: list[Any] = [codes] if is_repeated else []
        self.cells: list[Any] = [] if is_repeated else [cells]
        self.texts = [] if is_repeated else [texts_in_order(cells)]

    def add(self, found: Any) -> None:
        """The next piece, as ``_column_of_piece`` gives it."""
        if self.known is None:
            self.cells.append(found[0])
            self.texts.append(found[1])
            return
        n_known, codes, new = found
        if new:  # of which pieces that were read at the same time may have added some
            since = self.known.texts[n_known:]
            code = {text: n_known + i for i, text in enumerate(since)}
            strange = [text for text in new if text not in code]
            code |= {text: len(self.known.texts) + i for i, text in enumerate(strange)}
            self.known = self.known.with_more(strange)
            if since:
                now = np.fromiter(map(code.__getitem__, new), np.int32, len(new))
                codes = np.concatenate([np.arange(n_known, dtype=np.int32), now]).take(codes)
        self.codes.append(codes)


def read_pieces(content: bytes, layout: Layout, *, start: int, end: int) -> list[PiecedColumn]:
    """The columns of a part of a text.

    Parameters
    ----------
    content : bytes
        UTF-8.
    layout : Layout
        ``quoted`` may be False where no quotation mark was seen yet.
    start, end : int
        Where the row under the names begins, and where the last row ends.

    Raises
    ------
    NotRegularError
        If a row has not as many cells as there are columns, a quotation mark is not closed, or there are letters or
        ends of rows that only old systems write.
    """
    try:
        return _read(content, layout, start, end, size=PIECE)
    except _QuotedError:
        return read_pieces(content, replace(layout, quoted=True), start=start, end=end)
    except _CutError:
        return _read(content, layout, start, end, size=end - start)


def _read(content: bytes, layout: Layout, start: int, end: int, *, size: int) -> list[PiecedColumn]:
    pieces = _pieces(content, start, end, size=size, quoted=layout.quoted)
    columns = [PiecedColumn(cells) for cells in _read_piece(content, next(pieces), layout)]
    waiting: deque[Future[list[Any]]] = deque()
    n_threads = os.cpu_count() or 1
    several = ThreadPoolExecutor(n_threads)
    try:
        for piece in pieces:
            if len(waiting) > n_threads:
                _take(columns, waiting)
            known = [column.known for column in columns]
            waiting.append(several.submit(_columns_of_piece, content, piece, layout, known))
        while waiting:
            _take(columns, waiting)
    finally:
        several.shutdown(cancel_futures=True)
    return columns


def _take(columns: list[PiecedColumn], waiting: deque[Future[list[Any]]]) -> None:
    go_on()
    for column, found in zip(columns, waiting.popleft().result(), strict=True):
        column.add(found)


def _columns_of_piece(content: bytes, piece: Piece, layout: Layout, known: Sequence[KnownTexts | None]) -> list[Any]:
    """Of each column how many texts were known, codes and new texts; its cells and texts where none are known."""
    cells = _read_piece(content, piece, layout)
    return [
        (own, texts_in_order(own)) if of is None else (len(of.texts), *of.coded(own))
        for own, of in zip(cells, known, strict=True)
    ]


def _pieces(content: bytes, start: int, end: int, *, size: int, quoted: bool) -> Iterator[Piece]:
    """Pieces of about that many bytes that end where a row ends, as far as quotation marks tell."""
    n_bytes = min(FIRST, size)
    while start < end:
        stop, marks = start, 0
        while stop < end and (stop == start or marks % 2):
            behind = content.find(b"\n", min(stop + n_bytes, end - 1), end) + 1 or end
            marks += _count(content, '"', stop, behind) if quoted else 0
            stop = behind
        if marks % 2:
            raise NotRegularError
        yield start, stop, stop == end
        start, n_bytes = stop, size


def _count(content: bytes, letter: str, start: int, end: int) -> int:
    """How often a letter stands in a part of a text."""
    return int(np.count_nonzero(np.frombuffer(content, np.uint8, end - start, start) == ord(letter)))


def _read_piece(content: bytes, piece: Piece, layout: Layout) -> list[Any]:
    """The cells of each column in a piece."""
    import pyarrow as pa

    start, end, is_last = piece
    _check_letters(content, start, end, quoted=layout.quoted)
    n_columns = layout.n_columns
    columns = _cells(pa.py_buffer(content)[start:end], layout)
    if is_last or not layout.quoted or len(columns[0]) == _count(content, "\n", start, end):
        return columns
    # Rows go on in quotation marks: a row that is put behind the piece is one only if the piece ends with a row.
    mark = layout.delimiter.join([_SENTINEL] * n_columns).encode()
    columns = _cells(pa.py_buffer(content[start:end] + mark), layout)
    if any(column[-1].as_py() != _SENTINEL.encode() for column in columns):
        raise _CutError
    return [column[:-1] for column in columns]


def _check_letters(content: bytes, start: int, end: int, *, quoted: bool) -> None:
    if content.find(b"\0", start, end) >= 0:
        raise NotRegularError
    if content.find(b"\r", start, end) >= 0 and _count(content, "\r", start, end) != content.count(b"\r\n", start, end):
        raise NotRegularError
    if not quoted and content.find(b'"', start, end) >= 0:
        raise _QuotedError


def _cells(piece: Any, layout: Layout) -> list[Any]:
    """The cells of each column, as bytes; NotRegularError where a row is longer or shorter than the others."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    keys = [str(i) for i in range(layout.n_columns)]
    try:
        table = arrow.read_csv(
            piece,
            read_options=arrow.ReadOptions(column_names=keys, block_size=piece.size + 1, use_threads=False),
            parse_options=arrow.ParseOptions(
                delimiter=layout.delimiter,
                quote_char='"' if layout.quoted else False,
                newlines_in_values=layout.quoted,
                ignore_empty_lines=False,
            ),
            convert_options=arrow.ConvertOptions(  # the bytes are known to be UTF-8
                column_types=dict.fromkeys(keys, pa.binary()), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        raise NotRegularError from None
    return [column.chunk(0) if column.num_chunks == 1 else column.combine_chunks() for column in table.columns]
