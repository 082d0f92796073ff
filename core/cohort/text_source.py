"""A large text in pieces that end where a row ends: from memory, or from a file that memory then never holds whole.

Belongs here: where a text may be cut, and the digest of a file that is read in pieces. Does not belong here: the cells
of a piece (``text_pieces``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

PIECE, FIRST = 1 << 22, 1 << 20  # bytes; smaller pieces bring new texts more often, larger ones leave the caches
_TAIL = 1 << 16
_JUNK = b"\x1a\0\r\n"  # line ends, and marks of old systems behind a text


class NotRegularError(Exception):
    """A row is longer or shorter than the others, or something stands in the text that is read row by row."""


class Piece(NamedTuple):
    """A part of a text: bytes, where it begins and ends in them, and whether it is the last one."""

    content: bytes
    start: int
    end: int
    is_last: bool

    def count(self, letter: str) -> int:
        """How often a letter stands in it."""
        letters = np.frombuffer(self.content, np.uint8, self.end - self.start, self.start)
        return int(np.count_nonzero(letters == ord(letter)))


class HeldText:
    """A text in memory.

    Parameters
    ----------
    content : bytes
        UTF-8.
    """

    is_checked = True  # known to be UTF-8

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __len__(self) -> int:
        return len(self._content)

    def head(self, n_bytes: int) -> bytes:
        """The first bytes."""
        return self._content[:n_bytes]

    def end(self) -> int:
        """Where the last row ends."""
        return _end(self._content, len(self._content))

    def count_lines(self, end: int) -> int:
        """How many lines end before ``end``."""
        return self._content.count(b"\n", 0, end)

    def pieces(self, start: int, end: int, *, size: int, quoted: bool) -> Iterator[Piece]:
        """Pieces of about ``size`` bytes, as far as quotation marks tell where a row ends."""
        n_bytes = min(FIRST, size)
        while start < end:
            stop, marks = start, 0
            while stop < end and (stop == start or marks % 2):
                behind = self._content.find(b"\n", min(stop + n_bytes, end - 1), end) + 1 or end
                marks += Piece(self._content, stop, behind, is_last=False).count('"') if quoted else 0
                stop = behind
            if marks % 2:
                raise NotRegularError
            yield Piece(self._content, start, stop, stop == end)
            start, n_bytes = stop, size


class FiledText:
    """A text in an open file.

    Parameters
    ----------
    file : binary file
    size : int
        Bytes of it.

    Attributes
    ----------
    sha256 : str
        Digest of its bytes, once all pieces were read.
    """

    is_checked = False

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.sha256 = ""

    def __len__(self) -> int:
        return self._size

    def head(self, n_bytes: int) -> bytes:
        """The first bytes."""
        self._file.seek(0)
        return self._file.read(min(n_bytes, self._size))

    def end(self) -> int:
        """Where the last row ends; NotRegularError where that is far from the end of the file."""
        start = max(0, self._size - _TAIL)
        self._file.seek(start)
        tail = self._file.read(self._size - start)
        end = _end(tail, len(tail))
        if not end:
            raise NotRegularError
        return start + end

    def count_lines(self, end: int) -> int:
        """How many lines end before ``end``."""
        self._file.seek(0)
        return sum(self._file.read(min(PIECE, end - at)).count(b"\n") for at in range(0, end, PIECE))

    def pieces(self, start: int, end: int, *, size: int, quoted: bool) -> Iterator[Piece]:
        """Pieces of about ``size`` bytes, as far as quotation marks tell where a row ends."""
        digest = hashlib.sha256(self.head(start))
        n_bytes = min(FIRST, size)
        while start < end:
            piece = self._rows(n_bytes, end - start)
            while quoted and Piece(piece, 0, len(piece), is_last=False).count('"') % 2:
                piece += self._rows(n_bytes, end - start - len(piece))
            start += len(piece)
            digest.update(piece)
            yield Piece(piece, 0, len(piece), start == end)
            n_bytes = size
        digest.update(self._file.read(self._size - end))
        self.sha256 = digest.hexdigest()

    def _rows(self, n_bytes: int, left: int) -> bytes:
        """The next lines, about so many bytes of those that are left."""
        content = self._file.read(min(n_bytes, left))
        if len(content) < left:
            content += self._file.readline(left - len(content))
        if not content:  # nothing is left, or the file was cut while it was read
            raise NotRegularError
        return content


def _end(content: bytes, end: int) -> int:
    while end and content[end - 1] in _JUNK:
        end -= 1
    return end
