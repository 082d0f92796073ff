"""Which of very many distinct texts can only be words, told by their bytes: identifiers above all.

A million patients have a million identifiers, and reading each as a number, a date and a word for 'unknown' takes
longer than everything else. Belongs here: the exact reason why a text can be none of these. Does not belong here:
reading it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from core.cohort.dates import MONTHS
from core.cohort.missing import MISSING_CODES, UNKNOWN_WORDS
from core.timetoevent import BoolArray, IntArray

MANY = 2000  # distinct texts; fewer are read at once
_BLOCK = 12_000  # texts whose bytes stay in the processor's cache
_END, _DASH, _PERCENT, _LOWER = 10, 45, 37, 32


def sure_words(texts: Sequence[str]) -> BoolArray:
    """Which texts are no number, date, missing code or word for 'unknown', shape (n_texts,); all False where few.

    A text is one where it begins with a letter and its first two letters begin no name of a month and no such word
    ('P0001'), or where it is digits with one hyphen between them ('01-0001').
    """
    words = np.zeros(len(texts), dtype=np.bool_)
    if len(texts) < MANY:
        return words
    for start in range(0, len(texts), _BLOCK):
        found = _words_among(texts[start : start + _BLOCK])
        if found is None:
            return np.zeros(len(texts), dtype=np.bool_)
        words[start : start + _BLOCK] = found
    return words


def _words_among(texts: Sequence[str]) -> BoolArray | None:
    """Which texts are sure words; None where they are not told by their bytes."""
    joined = "\n".join(texts) + "\n"
    if not joined.isascii() or joined.count("\n") != len(texts):
        return None
    letters = np.frombuffer(joined.encode("ascii"), dtype=np.uint8)
    ends = np.flatnonzero(letters == _END)
    starts = np.concatenate([[0], ends[:-1] + 1])
    first, second = (letters.take(starts + i) | np.uint8(_LOWER) for i in (0, 1))  # lower case; the end stays none
    is_letter = (first >= ord("a")) & (first <= ord("z")) & (ends > starts)
    words: BoolArray = is_letter & (letters.take(ends - 1) != _PERCENT)
    words &= ~_telling().take(first.astype(np.uint16) << 8 | second)
    if not words.all():
        words |= _hyphened(letters, starts, ends)
    return words


def _hyphened(letters: np.ndarray[tuple[int], np.dtype[np.uint8]], starts: IntArray, ends: IntArray) -> BoolArray:
    """Digits with one hyphen between them."""
    is_digit = (letters >= ord("0")) & (letters <= ord("9"))
    digits, hyphens = (
        np.add.reduceat(flags.view(np.int8), starts, dtype=np.int32) for flags in (is_digit, letters == _DASH)
    )
    found: BoolArray = is_digit[starts] & is_digit[ends - 1] & (hyphens == 1) & (digits + 1 == ends - starts)
    return found


@cache
def _telling() -> BoolArray:
    """Whether two first letters, as ``first * 256 + second`` in lower case, begin a word that means something."""
    table = np.zeros(256 * 256, dtype=np.bool_)
    for word in (*MISSING_CODES, *UNKNOWN_WORDS, *MONTHS):
        start = (word[:2] + "\n")[:2]
        if start.isascii():
            table[(ord(start[0]) | _LOWER) * 256 + (ord(start[1]) | _LOWER)] = True
    return table
