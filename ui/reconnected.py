"""A window that was taken over by another process of the server: what it held is gone, and that is said."""

from __future__ import annotations

from collections.abc import Mapping

from ui.screen import st

_KNOWN, _LOST = "window_is_known", "window_lost_its_work"


def notice() -> None:
    """Say plainly that the window lost what it held, until that was read."""
    if _KNOWN not in st.session_state:
        st.session_state[_KNOWN] = True
        st.session_state[_LOST] = came_from_another(st.context.headers)
    if not st.session_state.get(_LOST):
        return
    st.warning(
        "The server process that held this page has stopped, and another has taken over. What was saved is there. "
        "What was not saved, such as a file just loaded, is gone: please load it again."
    )
    if st.button("I have read this", key="window_lost_read"):
        st.session_state[_LOST] = False
        st.rerun()


def came_from_another(headers: Mapping[str, str]) -> bool:
    """Whether a new session was begun for a window that had one: the browser names the session it had."""
    said = next((value for name, value in headers.items() if name.lower() == "sec-websocket-protocol"), "")
    parts = [part.strip() for part in said.split(",")]
    return len(parts) > 2 and bool(parts[2])
