"""An act on the store: done once, or a sentence why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

from core.errors import CohortError
from ui import tables
from ui.screen import st

T = TypeVar("T")


@contextmanager
def plainly() -> Iterator[None]:
    """Show what the store refuses as a sentence and what to do, and go on with the page."""
    try:
        yield
    except CohortError as error:
        say(error)


def say(error: CohortError) -> None:
    """An error of the store in words."""
    st.error(tables.escaped(error.message))
    if error.hint:
        st.caption(tables.escaped(error.hint))


def did(name: str, act: Callable[[str], Any]) -> bool:
    """As :func:`once`, for an act that comes to nothing more than being done."""
    return once(name, lambda key: (act(key),)) is not None


def once(name: str, act: Callable[[str], T]) -> T | None:
    """Do an act with a key that is the same if it is tried again; None, with a sentence, where it was refused.

    After it was done the key is forgotten, and the next act of that name is another one.
    """
    keys: dict[str, str] = st.session_state.setdefault("keys_of_acts", {})
    key = keys.setdefault(name, uuid4().hex)
    try:
        done = act(key)
    except CohortError as error:
        say(error)
        return None
    keys.pop(name, None)
    return done
