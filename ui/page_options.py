"""Which options the pages have shown in this session, and what they hold: so that a change of one is a step.

Belongs here: options seen from outside, as values. Does not belong here: what an option means (each page's module), the
steps (``ui.history``). An option is a widget that keeps its value through the session (``persist_state="session"``), or
what else a page says it keeps (``take_down``).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit

OF_ONE_PATIENT = "profile_patient_"  # such a choice is no step: what is kept of a session's way names no patient
WIDGETS = frozenset(
    {"checkbox", "multiselect", "number_input", "radio", "segmented_control", "selectbox", "slider", "text_input"}
)
_KNOWN, _SETTLED, _PAGE = "options_known", "options_settled", "options_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option of a page.

    Attributes
    ----------
    label : str
        What it is called, in English.
    page : str
        The address of its page.
    first : object
        What it held when it was first shown: what equals it is nobody's choice.
    """

    label: str
    page: str
    first: Any


def begin(page: str) -> None:
    """From here on options belong to the page with this address."""
    streamlit.session_state[_PAGE] = page


def watched(draw: Callable[..., Any]) -> Callable[..., Any]:
    """A function of Streamlit that draws a widget; where that is an option, what it holds is taken down."""

    def drawn(label: str, *args: Any, **kwargs: Any) -> Any:
        value = draw(label, *args, **kwargs)
        if kwargs.get("persist_state") == "session" and not kwargs["key"].startswith(OF_ONE_PATIENT):
            take_down(kwargs["key"], label)
        return value

    return drawn


def take_down(key: str, label: str) -> None:
    """Know what the session keeps under ``key`` as an option, and settle it: a page that changes it by itself while it
    is drawn makes no step of that.
    """
    held, known = copy.copy(streamlit.session_state[key]), _kept(_KNOWN)
    if key not in known:
        known[key] = Option(label=label, page=str(streamlit.session_state.get(_PAGE, "")), first=held)
    _kept(_SETTLED)[key] = held


def _kept(name: str) -> dict[str, Any]:
    found: dict[str, Any] = streamlit.session_state.setdefault(name, {})
    return found


def settled() -> Mapping[str, Any]:
    """Chosen options, by the keys of their widgets, as the last run left them."""
    return _chosen(_kept(_SETTLED))


def settle() -> Mapping[str, Any]:
    """Chosen options as they are now; a choice that is made from here on is another step."""
    state, held = streamlit.session_state, _kept(_SETTLED)
    for key in _kept(_KNOWN):
        if key in state and state[key] != held.get(key):
            held[key] = copy.copy(state[key])
    return _chosen(held)


def _chosen(held: Mapping[str, Any]) -> dict[str, Any]:
    return {key: held[key] for key, option in _kept(_KNOWN).items() if held.get(key, option.first) != option.first}


def restore(chosen: Mapping[str, Any]) -> None:
    """Have every option hold what it held when these were chosen, on whatever page it stands."""
    state = streamlit.session_state
    for key, option in _kept(_KNOWN).items():
        value = chosen.get(key, option.first)
        if key not in state or state[key] != value:
            state[key] = copy.copy(value)
    settle()


def between(now: Mapping[str, Any], then: Mapping[str, Any]) -> tuple[Option, ...]:
    """The options that are not the same in two choices."""
    known = _kept(_KNOWN)
    return tuple(option for key, option in known.items() if now.get(key, option.first) != then.get(key, option.first))
