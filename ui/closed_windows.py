"""Windows that were closed: Streamlit keeps their sessions for two minutes, for a connection that comes back.

It lets go of them when another window closes: on a quiet server a cohort would stay in memory all night. Belongs here:
when they are let go of. Does not belong here: what a session keeps while its window is open (``ui.left_widgets``,
``ui.session_results``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from streamlit import runtime

EVERY = 15.0  # seconds


@asynccontextmanager
async def forgotten() -> AsyncIterator[None]:
    """While the server runs, sessions go soon after their time is over; in its own thread, as Streamlit asks for."""
    task = asyncio.create_task(_for_ever())
    try:
        yield
    finally:
        task.cancel()


def forget() -> None:
    """Let go of sessions whose time is over. To be called in the server's own thread."""
    if not runtime.exists():
        return
    with suppress(AttributeError):  # another version of Streamlit keeps them elsewhere: a test says so
        manager: Any = runtime.get_instance()._session_mgr
        with manager._storage_lock:
            gone = manager._session_storage._cache.expire()
        for _, closed in gone:
            closed.session.shutdown()
            closed.session.session_state.clear()  # the server holds on to the last one that it served


async def _for_ever() -> None:
    while True:
        await asyncio.sleep(EVERY)
        forget()
