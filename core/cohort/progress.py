"""Saying which step of loading runs, to whoever wants to know; who listens may end it by raising an error.

Without a listener nothing happens. A listener belongs to the thread (the context) that set it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeAlias

Step: TypeAlias = Literal["reading", "recognising", "checking"]
Listener: TypeAlias = Callable[[Step, int], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_at: ContextVar[tuple[Step, int]] = ContextVar("at", default=("reading", 0))


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within it every step is said to ``listener``; an error it raises ends the loading."""
    token, at = _listener.set(listener), _at.set(("reading", 0))
    try:
        yield
    finally:
        _listener.reset(token)
        _at.reset(at)


def step(name: Step, rows: int) -> None:
    """Say which step begins, of a table of how many rows."""
    if (listener := _listener.get()) is not None:
        _at.set((name, rows))
        listener(name, rows)


def go_on() -> None:
    """Called between parts of a long step: whoever listens may end it here."""
    if (listener := _listener.get()) is not None:
        listener(*_at.get())
