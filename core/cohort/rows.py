"""Row numbers of the file as an array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.timetoevent import IntArray


def row_array(numbers: Sequence[int]) -> IntArray:
    """Row numbers as an array, shape (n,); at once where they follow each other."""
    if isinstance(numbers, range):
        return np.arange(numbers.start, numbers.stop, numbers.step, dtype=np.int64)
    return np.asarray(numbers, dtype=np.int64)
