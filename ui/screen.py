"""The door to the screen: what every page and widget writes through, in the language that was chosen.

Pages say `from ui.screen import st` and write English as they would to Streamlit. In English `st` is Streamlit itself.
In another language the words of what is shown are translated on their way; values and the session's state stay as they
are, and so do a user's own words. Words of Streamlit's own widgets that have no parameter cannot be changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit

from ui import language, page_options
from ui.spoken_widgets import CHOOSES, SPOKEN, in_english

__all__ = ["st", "untranslated"]

_AS_IS = "shown_as_is"


@contextmanager
def untranslated() -> Iterator[None]:
    """What is written inside is shown as it is: a user's own table."""
    before = streamlit.session_state.get(_AS_IS, False)
    streamlit.session_state[_AS_IS] = True
    try:
        yield
    finally:
        streamlit.session_state[_AS_IS] = before


def _in_chinese(text: str) -> str:
    """Asked only where a browser tells a choice that English does not know."""
    return language.translator(language.CHINESE)(text)


def _english() -> bool:
    return language.current() == language.ENGLISH


class _Place:
    """A place on the screen (a column, a tab, the sidebar) whose words are translated."""

    def __init__(self, within: Any) -> None:
        self._within = within

    def __enter__(self) -> _Place:
        self._within.__enter__()
        return self

    def __exit__(self, *raised: Any) -> Any:
        return self._within.__exit__(*raised)

    def __getattr__(self, name: str) -> Any:
        return _spoken(name, getattr(self._within, name))


# Asked for more than a hundred times in a redraw: which language it is need not be asked each time.
_WORDLESS = frozenset(
    {"session_state", "query_params", "cache_resource", "context", "fragment", "rerun", "stop"}  # not shown
)


class _Screen:
    """Streamlit; where the language is not English, with its words translated."""

    def __getattr__(self, name: str) -> Any:
        thing = getattr(streamlit, name)
        if name in _WORDLESS:
            return thing
        plain = in_english(thing, _in_chinese) if name in CHOOSES else thing
        said = plain if _english() else _spoken(name, thing)
        return page_options.watched(said) if name in page_options.WIDGETS else said


def _spoken(name: str, thing: Any) -> Any:
    """A function of Streamlit that says its words in the current language; anything else as it is."""
    if name == "column_config":
        return _Columns(thing)
    if hasattr(thing, "_provided_cursor") or hasattr(thing, "dg"):
        return _Place(thing)
    write = SPOKEN.get(name)
    if write is None or streamlit.session_state.get(_AS_IS, False):
        return _placed(thing) if name in _MAKES_PLACES else thing

    def said(*args: Any, **kwargs: Any) -> Any:
        return _wrapped(write(thing, language.translator(), args, kwargs))

    return said


_MAKES_PLACES = frozenset({"container", "columns", "empty", "form"})


def _placed(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: _wrapped(make(*args, **kwargs))


def _wrapped(made: Any) -> Any:
    if isinstance(made, streamlit.delta_generator.DeltaGenerator):
        return _Place(made)
    if isinstance(made, list) and made and isinstance(made[0], streamlit.delta_generator.DeltaGenerator):
        return [_Place(one) for one in made]
    return made


class _Columns:
    """Descriptions of a table's columns with translated headings."""

    def __init__(self, within: Any) -> None:
        self._within = within

    def __getattr__(self, name: str) -> Any:
        return _spoken("column_config.*", getattr(self._within, name))


if TYPE_CHECKING:
    import streamlit as st
else:
    st = _Screen()
