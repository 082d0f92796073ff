"""How this process takes memory from the system, and gives back what a redraw no longer needs.

Each redraw runs in a thread of its own, and the C library of Linux keeps up to eight heaps per processor for threads,
each as large as the largest page ever drawn from it: after 700 redraws of 20 people a process held 83 MB that nothing
used, and more with each large array. With two heaps that are cut at their end, and large arrays beside them: 3 MB.

Belongs here: the allocator. Does not belong here: what is kept and for how long (each cache says that itself).
"""

from __future__ import annotations

import ctypes
import os
import sys

# <malloc.h> of the GNU C library; as numbers because Python has no names for them.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
HEAPS = 2  # two redraws may ask for memory at the same time; more never run at once within one interpreter
APART = 256 * 1024  # bytes from which an array stands apart, and is given back when it goes
SPARE = 1024 * 1024  # bytes kept at the end of a heap for the next redraw


def give_back() -> None:
    """Give the system what lies unused within the heaps: some 3 MB after many redraws, in less than a millisecond."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


def begin() -> bool:
    """Keep few heaps and little spare memory; whether the C library can be told. To be called before threads start.

    An administrator's own choice in the environment (``MALLOC_ARENA_MAX`` and the like) is left alone.
    """
    if sys.platform != "linux" or any(name.startswith("MALLOC_") for name in os.environ):
        return False
    tell = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if tell is None:
        return False
    return all([tell(_ARENA_MAX, HEAPS), tell(_MMAP_THRESHOLD, APART), tell(_TRIM_THRESHOLD, SPARE)])
