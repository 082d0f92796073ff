"""Objects that only refer to each other are looked for now and then, while Streamlit would do so after every redraw.

A whole search goes through every object that the process holds: after a start 0.15 to 0.2 seconds of a processor during
which no other thread goes on, more than a page takes. `.streamlit/config.toml` switches Streamlit's own search off.

Belongs here: when it is searched. Does not belong here: what is kept and for how long (each cache says that itself).
"""

from __future__ import annotations

import gc
import threading
import time

from team.web import allocator

EVERY = 10.0  # seconds; what a page leaves behind waits at most that long


def begin() -> None:
    """Search in a thread of its own, as long as the process lives."""
    threading.Thread(target=_for_ever, name="garbage", daemon=True).start()


def spare_what_stays() -> None:
    """Leave out of every later search what is there now: to be called when all modules were imported.

    They stay until the process ends, and are nearly all that a search goes through.
    """
    gc.collect()
    gc.freeze()


def search() -> bool:
    """Search all objects, unless hardly any was made since the last time; whether it was done."""
    made = any(gc.get_count()[1:])  # younger generations were searched since
    if made:
        gc.collect()
    return made


def _for_ever() -> None:
    while True:
        time.sleep(EVERY)
        if search():
            allocator.give_back()
