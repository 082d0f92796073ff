"""Texts of up to sixteen bytes as numbers, and the table in which numbers are looked up.

A cell of up to eight bytes is a number to a computer, a longer one two, and numbers are looked up in a fraction of the
time that texts take. Belongs here: texts to numbers, numbers to codes. Does not belong here: texts that are not known
(``known_texts``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from core.timetoevent import IntArray

LONGEST = 16  # bytes that fit into two numbers
_WORD = 8
_NO_TEXT = 256  # a zero byte and another one behind it: no text is this
_KEPT = np.array([(1 << (8 * length)) - 1 for length in range(_WORD + 1)], dtype=np.uint64)
_FACTORS = tuple(np.uint64(factor) for factor in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
_LEAST_BITS, _MOST_BITS = 8, 21
_SPARE = 4  # places for each text, so that few texts meet in one
_LEVELS = 2  # a text whose place is taken has another one in a second table
NumberArray = npt.NDArray[np.uint64]
_Table = npt.NDArray[np.integer[Any]]


class Words(NamedTuple):
    """Texts as numbers, each shape (n,): their first eight bytes, the lowest first, and the others (None: none)."""

    first: NumberArray
    second: NumberArray | None


class _Tables(NamedTuple):
    """Code by place, in as many tables as there are levels; the bits that make a place; which places are taken."""

    codes: tuple[_Table, ...]
    n_bits: int
    taken: tuple[npt.NDArray[np.bool_], ...]


class WordTable:
    """Codes of texts by their numbers. One thread adds; others look up meanwhile, and find a text or do not."""

    def __init__(self) -> None:
        self._n = 0
        self._first = np.full(_SPARE, _NO_TEXT, dtype=np.uint64)  # by code
        self._second = np.zeros(_SPARE, dtype=np.uint64)
        self._is_long = False
        self._tables = _empty(_LEAST_BITS, 0)

    def add(self, words: Words, chosen: npt.NDArray[np.bool_]) -> None:
        """The texts of the next codes; those not chosen have a code, but are not looked up here."""
        start, self._n = self._n, self._n + len(words.first)
        if self._n > len(self._first):
            more = np.full(self._n, _NO_TEXT, dtype=np.uint64)
            self._first = np.concatenate([self._first, more])  # before any table holds these codes
            self._second = np.concatenate([self._second, np.zeros_like(more)])
        self._first[start : self._n] = np.where(chosen, words.first, np.uint64(_NO_TEXT))
        if words.second is not None:
            self._second[start : self._n] = np.where(chosen, words.second, np.uint64(0))
            self._is_long = True
        bits = min(max(_LEAST_BITS, (_SPARE * self._n - 1).bit_length()), _MOST_BITS)
        if bits > self._tables.n_bits or self._n > np.iinfo(self._tables.codes[0].dtype).max:
            tables, start = _empty(bits, self._n), 0
        else:
            tables = self._tables
        codes = start + np.flatnonzero(self._first[start : self._n] != _NO_TEXT)
        _place(tables, Words(self._first[codes], self._second[codes] if self._is_long else None), codes)
        self._tables = tables

    def find(self, words: Words) -> tuple[npt.NDArray[np.integer[Any]], IntArray]:
        """Code of each text, shape (n,), and the rows of those that were not found, whose code says nothing."""
        tables = self._tables
        codes, is_found = self._at_level(tables, 0, words)
        if is_found.all():
            return codes, np.zeros(0, dtype=np.int64)
        left = np.flatnonzero(~is_found)
        for level in range(1, _LEVELS):
            part = Words(words.first.take(left), None if words.second is None else words.second.take(left))
            codes[left], is_found = self._at_level(tables, level, part)
            left = left[~is_found]
        return codes, left

    def _at_level(self, tables: _Tables, level: int, words: Words) -> tuple[_Table, npt.NDArray[np.bool_]]:
        codes = tables.codes[level].take(_places(words, level, tables.n_bits))
        is_found = self._first.take(codes) == words.first
        if words.second is not None:
            is_found &= self._second.take(codes) == words.second
        elif self._is_long:  # asked last: a long text may have come since
            is_found &= self._second.take(codes) == 0
        return codes, is_found


def _empty(n_bits: int, n: int) -> _Tables:
    kind = np.int16 if n <= np.iinfo(np.int16).max // 2 else np.int32
    codes: tuple[_Table, ...] = tuple(np.zeros(1 << n_bits, kind) for _ in range(_LEVELS))
    return _Tables(codes, n_bits, tuple(np.zeros(1 << n_bits, dtype=np.bool_) for _ in range(_LEVELS)))


def _places(words: Words, level: int, n_bits: int) -> IntArray:
    place = words.first * _FACTORS[level]
    if words.second is not None:
        place += words.second * _FACTORS[level + 1]
    place >>= np.uint64(64 - n_bits)
    return place.view(np.int64)


def _place(tables: _Tables, words: Words, codes: IntArray) -> None:
    """Put codes where their texts are looked up; a text for which no level has a place is not looked up here."""
    for level in range(_LEVELS):
        places = _places(words, level, tables.n_bits)
        is_first = np.zeros(len(places), dtype=np.bool_)
        is_first[np.unique(places, return_index=True)[1]] = True
        is_first &= ~tables.taken[level][places]
        tables.codes[level][places[is_first]] = codes[is_first]
        tables.taken[level][places[is_first]] = True
        words = Words(words.first[~is_first], None if words.second is None else words.second[~is_first])
        codes = codes[~is_first]
        if not codes.size:
            return


def as_words(ends: npt.NDArray[np.int32], letters: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int32]) -> Words:
    """Texts of up to sixteen bytes as numbers.

    Parameters
    ----------
    ends : array, shape (n + 1,)
        Where each text ends in ``letters``; the first: where the first text begins.
    letters : array of bytes
    lengths : array, shape (n,)
        At least one.
    """
    longest = int(lengths.max())
    if longest == int(lengths.min()) and longest >= 4:
        texts = letters[int(ends[0]) : int(ends[-1])]
        if longest == 4:
            return Words(_whole(texts, np.uint32).astype(np.uint64), None)
        if longest == _WORD:
            return Words(_whole(texts, np.uint64), None)
        if longest > _WORD:
            rows = texts.reshape(-1, longest)
            first, last = (np.ascontiguousarray(part).view(np.uint64)[:, 0] for part in (rows[:, :8], rows[:, -8:]))
            return Words(first, last >> np.uint64(8 * (LONGEST - longest)))
    starts = ends[:-1].astype(np.int64)
    starts -= ends[0]
    padded = np.zeros((int(ends[-1]) - int(ends[0])) // _WORD + 3, dtype=np.uint64)
    padded.view(np.uint8)[: int(ends[-1]) - int(ends[0])] = letters[int(ends[0]) : int(ends[-1])]
    if longest <= _WORD:
        return Words(_cut(padded, starts, lengths), None)
    first = _cut(padded, starts, np.minimum(lengths, _WORD))
    behind = np.maximum(lengths - _WORD, 0)
    return Words(first, _cut(padded, np.where(behind, starts + _WORD, 0), behind))


def _whole(texts: npt.NDArray[np.uint8], kind: Any) -> Any:
    """Bytes as numbers of that kind, wherever they stand."""
    return np.frombuffer(texts, dtype=kind)


def _cut(padded: NumberArray, starts: IntArray, lengths: npt.NDArray[np.int32]) -> NumberArray:
    """Texts of up to eight bytes as numbers, shape (n,).

    Each is cut from the two numbers of eight bytes over which it may stand, and what is behind it is taken off.
    """
    word = starts >> 3
    shift = ((starts & 7) << 3).view(np.uint64)
    found = padded.take(word)
    found >>= shift
    word += 1
    behind = padded.take(word)
    np.subtract(63, shift, out=shift)
    behind <<= shift
    behind <<= np.uint64(1)
    found |= behind
    found &= _KEPT.take(lengths)
    return found
