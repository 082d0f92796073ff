"""Codes of a column's cells by the texts that are known of it: how a large text file is coded piece by piece.

A cell of up to eight bytes is a number to a computer, and numbers are looked up in a fraction of the time that texts
take. Belongs here: cells to codes, and texts that were not known. Does not belong here: blanks around a text, what is
empty (``regular_text``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Coded = tuple[npt.NDArray[np.int32], list[bytes]]
_LONGEST = 8  # bytes that fit into one number
_NO_TEXT = 256
_KEPT = np.array([(1 << (8 * length)) - 1 for length in range(_LONGEST + 1)], dtype=np.uint64)


class KnownTexts:
    """Distinct texts of a column in the order in which they first stand; none holds a zero byte.

    Parameters
    ----------
    texts : list of bytes
    """

    def __init__(self, texts: Sequence[bytes] = ()) -> None:
        self.texts = list(texts)

    def with_more(self, texts: Sequence[bytes]) -> KnownTexts:
        """These texts and others behind them."""
        if not texts:
            return self
        more = KnownTexts([*self.texts, *texts])
        if "_words" in self.__dict__:  # made once, then only longer
            more.__dict__["_words"] = _joined(self._words, KnownTexts(texts)._words)
        return more

    def coded(self, cells: Any) -> Coded:
        """Code of each cell, and the texts that are not known yet, whose codes follow.

        Parameters
        ----------
        cells : pyarrow.BinaryArray, length n
            Without missing values.

        Returns
        -------
        codes : array, shape (n,)
            Position among ``texts`` and, behind them, among the new ones.
        new : list of bytes
            In the order in which they first stand.
        """
        if not len(cells):
            return np.zeros(0, dtype=np.int32), []
        ends, letters = _layout(cells)
        lengths = np.diff(ends)
        longest = int(lengths.max())
        if longest > _LONGEST:
            return self._looked_up(cells, self._whole)
        is_even = longest == int(lengths.min())
        if is_even and longest in (1, 2):
            return self._paired(letters[int(ends[0]) : int(ends[-1])].view(np.uint8 if longest == 1 else np.uint16))
        return self._looked_up(_as_words(ends, letters, lengths, longest if is_even else 0), self._words)

    def _paired(self, keys: npt.NDArray[Any]) -> Coded:
        """Codes of texts that all have one byte, or all have two."""
        codes = self._pairs[keys.itemsize].take(keys)
        if codes.min() >= 0:
            return codes, []
        strange = codes < 0
        found, first = np.unique(keys[strange], return_index=True)
        new = found[np.argsort(first)]
        table = self._pairs[keys.itemsize].copy()
        table[new] = np.arange(len(self.texts), len(self.texts) + len(new))
        return table.take(keys), new.view(f"S{keys.itemsize}").tolist()

    def _looked_up(self, keys: Any, known: Any) -> Coded:
        """Codes by looking keys up among those of the known texts."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if isinstance(keys, np.ndarray):
            keys = pa.array(keys)
        found = pc.index_in(keys, value_set=known)
        codes: npt.NDArray[np.int32] = np.frombuffer(found.buffers()[1], dtype=np.int32, count=len(found))
        if not found.null_count:
            return codes, []
        strange = found.is_null()
        coded = pc.dictionary_encode(keys.filter(strange))
        codes = codes.copy()
        codes[strange.to_numpy(zero_copy_only=False)] = coded.indices.to_numpy() + len(self.texts)
        if pa.types.is_binary(coded.dictionary.type):
            return codes, coded.dictionary.to_pylist()
        return codes, coded.dictionary.to_numpy().view("S8").tolist()

    @cached_property
    def _pairs(self) -> dict[int, npt.NDArray[np.int32]]:
        """Code by the number that one byte or two bytes are; -1: not known."""
        made: dict[int, npt.NDArray[np.int32]] = {}
        for size, kind in ((1, np.uint8), (2, np.uint16)):
            made[size] = np.full(256**size, -1, dtype=np.int32)
            at = [i for i, text in enumerate(self.texts) if len(text) == size]
            keys = np.array([self.texts[i] for i in at], dtype=f"S{size}").view(kind)
            made[size][keys] = at
        return made

    @cached_property
    def _words(self) -> Any:
        """The known texts as numbers; for one that is too long a number that no text is."""
        import pyarrow as pa

        texts = np.array(self.texts, dtype=np.bytes_)
        words = texts.astype(f"S{_LONGEST}").view(np.uint64)
        if texts.dtype.itemsize > _LONGEST:
            words[[len(text) > _LONGEST for text in self.texts]] = _NO_TEXT
        return pa.array(words)

    @cached_property
    def _whole(self) -> Any:
        import pyarrow as pa

        return pa.array(self.texts, pa.binary())


def _joined(first: Any, second: Any) -> Any:
    import pyarrow as pa

    return pa.concat_arrays([first, second])


def _layout(cells: Any) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Where the cells end (the first: where the column begins), shape (n + 1,), and their bytes."""
    _, offsets, letters = cells.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return ends, np.frombuffer(letters or b"", dtype=np.uint8)


def _as_words(
    ends: npt.NDArray[np.int32], letters: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int32], even: int
) -> Words:
    """Texts of up to eight bytes as numbers, shape (n,), the first byte the lowest; ``even``: their length, where one.

    Each is cut from the two numbers of eight bytes over which it may stand, and what is behind it is taken off.
    """
    first, last = int(ends[0]), int(ends[-1])
    if even == _LONGEST and first % _LONGEST == 0:
        return letters[first:last].view(np.uint64)
    if even == 4 and first % 4 == 0:
        return letters[first:last].view(np.uint32).astype(np.uint64)
    padded = np.zeros((last - first) // _LONGEST + 2, dtype=np.uint64)
    padded.view(np.uint8)[: last - first] = letters[first:last]
    starts = ends[:-1].astype(np.int64)
    starts -= first
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
