"""Texts of a column of identifiers that stand in order: all different, known without looking each one up."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

_LONGEST = 32  # bytes of an identifier


def texts_in_order(cells: Any) -> list[str] | None:
    """The texts of a piece of a column where each stands behind the one before it and has as many bytes; or None.

    Parameters
    ----------
    cells : pyarrow.BinaryArray
        UTF-8.
    """
    import pyarrow as pa

    if not len(cells):
        return None
    length = len(cells[0].as_buffer())
    if not 0 < length <= _LONGEST or not _is_ascending(cells, length) or not is_trim(cells):
        return None
    found: list[str] = cells.view(pa.string()).to_pylist()
    return found


def joined_in_order(pieces: Sequence[list[str] | None]) -> list[str] | None:
    """The texts of all pieces where they go on in order, or None."""
    in_order = [texts for texts in pieces if texts is not None]
    if len(in_order) < len(pieces):
        return None
    for before, after in pairwise(in_order):
        last, first = before[-1].encode(), after[0].encode()
        if len(last) != len(first) or last >= first:
            return None
    return list(itertools.chain.from_iterable(in_order))


def is_trim(cells: Any) -> bool:
    """Whether no text is empty or has blanks around it, by its first and its last byte."""
    import pyarrow as pa

    _, offsets, letters = cells.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    if (at[1:] == at[:-1]).any():
        return False
    data = np.frombuffer(letters, dtype=np.uint8)
    first, last = data.take(at[:-1]), data.take(at[1:] - 1)
    if max(first.max(initial=0), last.max(initial=0)) > 127:  # other scripts have blanks of their own
        return all(text == text.strip() for text in cells.view(pa.string()).to_pylist())
    return bool(min(first.min(initial=127), last.min(initial=127)) > 32)


def _is_ascending(cells: Any, length: int) -> bool:
    """Whether all texts have that many bytes and each stands behind the one before it."""
    _, offsets, letters = cells.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    if (np.diff(ends) != length).any():
        return False
    texts: Any = np.frombuffer(letters, dtype=f"S{length}", count=len(cells), offset=int(ends[0]))
    if length == 8:  # compared as numbers, much faster
        texts = texts.view(">u8").astype(np.uint64)
    return bool((texts[1:] > texts[:-1]).all())
