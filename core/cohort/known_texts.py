"""Codes of a column's cells by the texts that are known of it: how a large text file is coded piece by piece.

Belongs here: cells to codes, and texts that were not known. Does not belong here: how short texts are looked up
(``text_words``); blanks around a text, what is empty (``regular_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.cohort.text_words import LONGEST, WordTable, as_words
from core.timetoevent import IntArray

Codes = npt.NDArray[np.integer[Any]]
_NONE = np.zeros(0, dtype=np.int64)
_SHORTEST = np.iinfo(np.int16).max
_BLOCK = 12_000  # cells whose numbers stay in a processor's own memory
_FEW = 64  # cells; fewer are looked up one by one
_SHARE = 32  # of the texts that are known so many more wait before they can be looked up as numbers


class Coded(NamedTuple):
    """The cells of a piece by the texts that were known when it was read.

    Attributes
    ----------
    codes : array, shape (n,)
        Position among the known texts; -1: not known.
    at, which : int array, shape (m,)
        Rows of the texts that were not known, and which of ``new`` each is.
    new : list of bytes
        In the order in which they first stand.
    """

    codes: Codes
    at: IntArray
    which: IntArray
    new: Sequence[bytes]


class KnownTexts:
    """Distinct texts of a column in the order in which they first stand; none holds a zero byte.

    One thread adds texts, in the order of the pieces. Others look cells up meanwhile: a text keeps its code, so that
    whatever they find stays right.

    Attributes
    ----------
    texts : list of bytes
    """

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self._code: dict[bytes, int] = {}
        self._words = WordTable()
        self._short: dict[int, Codes] = {}
        self._n_known = 0  # texts that are looked up as numbers; the others one by one

    def coded(self, cells: Any) -> Coded:
        """The cells by the texts that are known.

        Parameters
        ----------
        cells : pyarrow.BinaryArray, length n
            Without missing values.
        """
        if not len(cells):
            return Coded(np.zeros(0, dtype=np.int32), _NONE, _NONE, ())
        ends, letters = _layout(cells)
        lengths = np.diff(ends)
        longest = int(lengths.max())
        if not self.texts or longest > LONGEST:
            return self._as_texts(cells, np.full(len(cells), -1, dtype=np.int32), np.arange(len(cells)))
        if longest in (1, 2) and longest == int(lengths.min()):
            keys: Any = letters[int(ends[0]) : int(ends[-1])].view(np.uint8 if longest == 1 else np.uint16)
            codes: Codes = self._by_short(longest).take(keys)
            strange = np.flatnonzero(codes < 0) if codes.min() < 0 else _NONE
        else:
            codes, strange = self._by_words(ends, letters, lengths)
        return self._as_texts(cells, codes, strange) if strange.size else Coded(codes, _NONE, _NONE, ())

    def add(self, found: Coded) -> Codes:
        """The codes of a piece, and its texts that were not known behind the others."""
        if not len(found.new):
            return found.codes
        for text in found.new:  # a piece that was read at the same time may have brought it
            if self._code.setdefault(text, len(self.texts)) == len(self.texts):
                self.texts.append(text)
        if len(self.texts) - self._n_known > self._n_known // _SHARE:
            start, self._n_known = self._n_known, len(self.texts)
            self._know(self.texts[start:], start)
        now = np.fromiter(map(self._code.__getitem__, found.new), np.int64, len(found.new))
        return _with(found.codes, found.at, now.take(found.which))

    def _as_texts(self, cells: Any, codes: Codes, at: IntArray) -> Coded:
        """Codes where the cells at some rows are looked up as texts."""
        texts, which = _distinct(cells, at)
        known = np.fromiter((self._code.get(text, -1) for text in texts), np.int64, len(texts))
        codes = _with(codes, at, known.take(which))
        is_new = known < 0
        if not is_new.any():
            return Coded(codes, _NONE, _NONE, ())
        strange = is_new.take(which)
        position = np.cumsum(is_new) - 1
        new = [text for text, flag in zip(texts, is_new.tolist(), strict=True) if flag]
        return Coded(codes, at[strange], position.take(which[strange]), new)

    def _know(self, texts: list[bytes], start: int) -> None:
        """Look these texts up from now on."""
        lengths = np.fromiter(map(len, texts), np.int32, len(texts))
        fits = lengths <= LONGEST
        cut = texts if fits.all() else [text[:LONGEST] for text in texts]
        ends = np.zeros(len(texts) + 1, dtype=np.int32)
        np.cumsum(np.minimum(lengths, LONGEST), out=ends[1:])
        letters = np.frombuffer(b"".join(cut), dtype=np.uint8)
        self._words.add(as_words(ends, letters, np.diff(ends)), fits)
        for size, table in list(self._short.items()):
            at = [start + i for i in np.flatnonzero(lengths == size).tolist()]
            wide = table if len(self.texts) <= np.iinfo(table.dtype).max else table.astype(np.int32)
            wide[_keys(self.texts, at, size)] = at
            self._short[size] = wide

    def _by_words(
        self, ends: npt.NDArray[np.int32], letters: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int32]
    ) -> tuple[Codes, IntArray]:
        """Codes of texts of up to sixteen bytes, and the rows of those that are not known as numbers."""
        codes: list[Codes] = []
        strange: list[IntArray] = []
        for start in range(0, len(lengths), _BLOCK):
            part = slice(start, start + _BLOCK)
            own, left = self._words.find(as_words(ends[start : start + _BLOCK + 1], letters, lengths[part]))
            codes.append(own)
            if left.size:
                strange.append(left + start)
        return np.concatenate(codes), np.concatenate(strange) if strange else _NONE

    def _by_short(self, size: int) -> Codes:
        """Code by the number that one byte or two bytes are; -1: not known."""
        if size not in self._short:
            at = [i for i, text in enumerate(self.texts) if len(text) == size]
            table = np.full(256**size, -1, dtype=np.int16 if len(self.texts) <= _SHORTEST else np.int32)
            table[_keys(self.texts, at, size)] = at
            self._short[size] = table
        return self._short[size]


def _distinct(cells: Any, at: IntArray) -> tuple[list[bytes], IntArray]:
    """The texts at some rows in the order in which they first stand, and which of them each row holds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    some = cells if len(at) == len(cells) else cells.take(pa.array(at))
    if len(at) > _FEW:
        coded = pc.dictionary_encode(some)
        return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)
    place: dict[bytes, int] = {}
    which = np.array([place.setdefault(text, len(place)) for text in some.to_pylist()], dtype=np.int64)
    return list(place), which


def _keys(texts: Sequence[bytes], at: list[int], size: int) -> npt.NDArray[Any]:
    joined = b"".join([texts[i] for i in at])
    return np.frombuffer(joined, dtype=np.uint8 if size == 1 else np.uint16)


def _with(codes: Codes, at: IntArray, values: IntArray) -> Codes:
    """Codes with others at some rows."""
    if len(values) and int(values.max()) > np.iinfo(codes.dtype).max:
        codes = codes.astype(np.int32)
    codes[at] = values
    return codes


def _layout(cells: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Where the cells end (the first: where the column begins), shape (n + 1,), and their bytes."""
    _, offsets, letters = cells.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return ends, np.frombuffer(letters or b"", dtype=np.uint8)
