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


def kept() -> Any:
    """The sessions without a window, by their names; None where there are none yet."""
    if not runtime.exists():
        return None
    with suppress(AttributeError):  # another version of Streamlit keeps them elsewhere: a test says so
        return runtime.get_instance()._session_mgr._session_storage._cache  # type: ignore[attr-defined]
    return None


async def _for_ever() -> None:
    while True:
        await asyncio.sleep(EVERY)
        sessions = kept()
        if sessions is not None:
            sessions.expire()
