"""Saying which step of long work runs, to whoever wants to know; who listens may end it by raising an error.

Without a listener nothing happens. A listener belongs to the thread (the context) that set it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypeVar

Step: TypeAlias = Literal[
    "reading", "recognising", "checking", "computing", "bootstrap", "permutations", "imputing", "tables", "writing"
]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class At:
    """Where work is.

    Attributes
    ----------
    step : str
    rows : int
        Of the table it is about; 0 where that is not known yet or says nothing.
    done, total : int
        Parts of the step that are done, of how many; 0 of 0 where they are not counted.
    """

    step: Step
    rows: int = 0
    done: int = 0
    total: int = 0


Listener: TypeAlias = Callable[[At], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_at: ContextVar[At] = ContextVar("at")


@contextmanager
def listening(listener: Listener, *, first: Step = "reading") -> Iterator[None]:
    """Within it every step is said to ``listener``; an error it raises ends the work."""
    token, at = _listener.set(listener), _at.set(At(first))
    try:
        yield
    finally:
        _listener.reset(token)
        _at.reset(at)


def step(name: Step, rows: int = 0, *, done: int = 0, total: int = 0) -> None:
    """Say which step begins, of a table of how many rows, or how far it is."""
    if (listener := _listener.get()) is not None:
        at = At(name, rows, done, total)
        _at.set(at)
        listener(at)


def go_on() -> None:
    """Called between parts of a long step: whoever listens may end it here."""
    if (listener := _listener.get()) is not None:
        listener(_at.get())


def each(items: Sequence[Item], name: Step) -> Iterator[Item]:
    """The items one after the other, each said before it is worked on: samples of a bootstrap, tables, pages.

    What runs inside may have steps of its own; then this one is said again with the next item.
    """
    for done, item in enumerate(items):
        if _listener.get() is not None:
            step(name, done=done, total=len(items))
        yield item
    if _listener.get() is not None and items:
        _at.set(replace(_at.get(), done=0, total=0))
