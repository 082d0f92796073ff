"""A large text cut at ends of rows into pieces that are read on all processors, and its columns put together again.

Belongs here: the cells of each piece, the columns of them all. Does not belong here: where a text is cut
(``text_source``); names, notes, and blanks around cells (``regular_text``).
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from core.cohort import text_source
from core.cohort.known_texts import KnownTexts
from core.cohort.ordered_texts import texts_in_order
from core.cohort.text_source import FiledText, HeldText, NotRegularError, Piece
from core.work.progress import go_on

_REPEATED = 0.75  # share of different texts in the first piece up to which a column is coded piece by piece
_SENTINEL = "end"
_DAMAGED = "\ufffd".encode()


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
    is_checked : bool
        Whether its bytes are known to be UTF-8.
    """

    delimiter: str
    n_columns: int
    quoted: bool
    is_checked: bool


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
        known = KnownTexts()
        found = known.coded(cells)
        is_repeated = len(found.new) <= max(2, _REPEATED * len(found.codes))
        self.known = known if is_repeated else None
        self.codes: list[Any] = [known.add(found)] if is_repeated else []
        self.cells: list[Any] = [] if is_repeated else [cells]
        self.texts = [] if is_repeated else [texts_in_order(cells)]

    def add(self, found: Any) -> None:
        """The next piece, as ``_column_of_piece`` gives it."""
        if self.known is None:
            self.cells.append(found[0])
            self.texts.append(found[1])
            return
        self.codes.append(self.known.add(found))


def read_pieces(text: HeldText | FiledText, layout: Layout, *, start: int, end: int) -> list[PiecedColumn]:
    """The columns of a part of a text.

    Parameters
    ----------
    text : HeldText or FiledText
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
        return _read(text.pieces(start, end, size=text_source.PIECE, quoted=layout.quoted), layout)
    except _QuotedError:
        return read_pieces(text, replace(layout, quoted=True), start=start, end=end)
    except (NotRegularError, _CutError):
        if not layout.quoted:
            raise
    # Marks that open nothing may have led to a cut within a cell.
    return _read(text.pieces(start, end, size=end - start, quoted=True), layout)


def _read(pieces: Iterator[Piece], layout: Layout) -> list[PiecedColumn]:
    columns = [PiecedColumn(cells) for cells in _read_piece(next(pieces), layout)]
    waiting: deque[Future[list[Any]]] = deque()
    n_threads = os.cpu_count() or 1
    several = ThreadPoolExecutor(n_threads)
    try:
        for piece in pieces:
            if len(waiting) > n_threads:
                _take(columns, waiting)
            known = [column.known for column in columns]
            waiting.append(several.submit(_columns_of_piece, piece, layout, known))
        while waiting:
            _take(columns, waiting)
    finally:
        several.shutdown(cancel_futures=True)
    return columns


def _take(columns: list[PiecedColumn], waiting: deque[Future[list[Any]]]) -> None:
    go_on()
    for column, found in zip(columns, waiting.popleft().result(), strict=True):
        column.add(found)


def _columns_of_piece(piece: Piece, layout: Layout, known: Sequence[KnownTexts | None]) -> list[Any]:
    """The codes of each column; its cells, and its texts where they stand in order, where no texts are known."""
    cells = _read_piece(piece, layout)
    return [(own, texts_in_order(own)) if of is None else of.coded(own) for own, of in zip(cells, known, strict=True)]


def _read_piece(piece: Piece, layout: Layout) -> list[Any]:
    """The cells of each column in a piece."""
    import pyarrow as pa

    _check_letters(piece, layout)
    columns = _cells(pa.py_buffer(piece.content)[piece.start : piece.end], layout)
    if piece.is_last or not layout.quoted or len(columns[0]) == piece.count("\n"):
        return columns
    # Rows go on in quotation marks: a row that is put behind the piece is one only if the piece ends with a row.
    mark = layout.delimiter.join([_SENTINEL] * layout.n_columns).encode()
    columns = _cells(pa.py_buffer(piece.content[piece.start : piece.end] + mark), layout)
    if any(column[-1].as_py() != _SENTINEL.encode() for column in columns):
        raise _CutError
    return [column[:-1] for column in columns]


def _check_letters(piece: Piece, layout: Layout) -> None:
    content, start, end = piece.content, piece.start, piece.end
    if content.find(b"\0", start, end) >= 0:
        raise NotRegularError
    if content.find(b"\r", start, end) >= 0 and piece.count("\r") != content.count(b"\r\n", start, end):
        raise NotRegularError
    if not layout.quoted and content.find(b'"', start, end) >= 0:
        raise _QuotedError
    if not layout.is_checked and not content.isascii():
        check_unicode(content)


def check_unicode(content: bytes) -> None:
    """Raise NotRegularError where bytes are no UTF-8, or hold letters that were damaged before."""
    try:
        content.decode()
    except UnicodeDecodeError:
        raise NotRegularError from None
    if _DAMAGED in content:
        raise NotRegularError


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
