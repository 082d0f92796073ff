"""Widgets that left the screen: Streamlit drops their values and keeps the rest for as long as the window is open.

The rest are their lists of choices and what they call, with every figure and table that those would make: four widgets
more after each redraw. Belongs here: letting go of it. Nothing else here knows how Streamlit keeps a session.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.session_state import Serialized


def forget() -> None:
    """Let go of widgets that have no value: neither on screen at the last redraw, nor told by the browser since.

    To be called while a page is drawn: what the last click called has been called by then, and what is on the page is
    there anew before the next click.
    """
    state = unwrapped(get_script_run_ctx())
    with suppress(AttributeError):  # another version of Streamlit keeps them elsewhere: a test says so
        widgets = state._new_widget_state
        with_value = widgets.states.keys() | state._old_state.keys()
        for one in [one for one in widgets.widget_metadata if one not in with_value]:
            del widgets.widget_metadata[one]


def forget_other_pages() -> None:
    """Let go of options of other pages: their values stay, and who returns to a page has them drawn anew.

    To be called when a page and its frame are drawn. What the browser told and nobody has read yet stays readable.
    """
    context: Any = get_script_run_ctx()
    state = unwrapped(context)
    with suppress(AttributeError):  # as above
        widgets, drawn = state._new_widget_state, context.shared.widget_ids_this_run.snapshot()
        unread = {one for one, value in widgets.states.items() if isinstance(value, Serialized)}
        for one in [one for one in widgets.widget_metadata if one not in drawn and one not in unread]:
            del widgets.widget_metadata[one]


def unwrapped(context: ScriptRunContext | None) -> Any:
    """A session's state itself, behind what keeps other threads out (in a test twice)."""
    state: Any = getattr(context, "session_state", None)
    while hasattr(state, "_state"):
        state = state._state
    return state
