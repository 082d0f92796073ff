"""The columns of a large text file as they were read: distinct texts and codes; cells as text only where asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes: TypeAlias = npt.NDArray[np.integer[Any]]
_BLOCK = 1 << 15  # rows


class WrittenColumns:
    """The columns of a table by their distinct texts.

    Parameters
    ----------
    columns : dict of column to (codes, texts)
        ``codes`` (n,) point into ``texts``, which stand in the order of their first cells; -1: empty.
    """

    def __init__(self, columns: Mapping[str, tuple[Codes, list[str]]]) -> None:
        self._columns = dict(columns)

    @property
    def names(self) -> list[str]:
        """The columns, in the order of the file."""
        return list(self._columns)

    def __len__(self) -> int:
        """Number of rows."""
        return len(next(iter(self._columns.values()))[0])

    def codes_of(self, name: str) -> tuple[Codes, list[str]]:
        """Codes and distinct texts of a column."""
        return self._columns[name]

    def cells_of(self, name: str) -> npt.NDArray[np.object_]:
        """A column as text, None where empty, shape (n,)."""
        return as_cells(*self._columns[name])

    def with_first(self, name: str, cells: npt.NDArray[np.object_]) -> WrittenColumns:
        """These columns behind another one of text, None where empty."""
        codes, texts = pd.factorize(cells)
        return WrittenColumns({name: (codes, [str(text) for text in texts]), **self._columns})

    def head(self, n: int) -> pd.DataFrame:
        """The first rows as text."""
        return pd.DataFrame({name: as_cells(codes[:n], texts) for name, (codes, texts) in self._columns.items()})

    def tail(self, n: int) -> pd.DataFrame:
        """The last rows as text."""
        return pd.DataFrame({name: as_cells(codes[-n:], texts) for name, (codes, texts) in self._columns.items()})

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Every cell as text; made once, and large."""
        return pd.DataFrame({name: self.cells_of(name) for name in self._columns}, copy=False)


def carried(values: npt.NDArray[Any], codes: Codes) -> npt.NDArray[Any]:
    """The value of each row by its code, -1 the last value, shape (n,); in blocks that need no new memory each."""
    found = np.empty(len(codes), dtype=values.dtype)
    for start in range(0, len(codes), _BLOCK):
        # Codes are right: not looked at again ('wrap'), which would take a copy of the block.
        np.take(values, codes[start : start + _BLOCK], out=found[start : start + _BLOCK], mode="wrap")
    return found


def as_cells(codes: Codes, texts: Sequence[str]) -> npt.NDArray[np.object_]:
    """The text of each cell, None where the code is -1, shape (n,)."""
    if len(texts) > len(codes):  # the first rows of many
        used, codes = np.unique(codes, return_inverse=True)
        texts, codes = [texts[i] if i >= 0 else "" for i in used], np.where(used[codes] < 0, -1, codes)
    known = np.empty(len(texts) + 1, dtype=object)
    known[:-1] = texts
    known[-1] = None
    if len(texts) == len(codes) and (np.diff(codes) == 1).all():  # every cell another text, in order
        return known[:-1]
    return known[codes]
