"""Sessions that only read: one for each question, or one for several that are asked together.

Questions asked together take one connection and one transaction, and what one of them found the next need not ask for.
That lasts for a moment only, such as the beginning of a redraw: a role that was changed works at the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


class _Together:
    """One session for the questions that a thread asks in a row, made when the first is asked."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._session: Session | None = None
        self._found: list[Any] = []  # a session forgets rows that nobody holds

    def session(self) -> Session:
        if self._session is None:
            self._session = Session(self.engine, expire_on_commit=False)
            event.listen(self._session, "loaded_as_persistent", lambda _, row: self._found.append(row))
        return self._session

    def end(self) -> None:
        """Give the connection back; what is asked next is read anew."""
        session, self._session = self._session, None
        self._found.clear()
        if session is not None:
            session.close()


_NOW: ContextVar[_Together | None] = ContextVar("questions asked together", default=None)


@contextmanager
def together(engine: Engine) -> Iterator[None]:
    """What is read inside is read in one transaction, until something is written or fails."""
    asked = _Together(engine)
    before = _NOW.set(asked)
    try:
        yield
    finally:
        _NOW.reset(before)
        asked.end()


def end_together() -> None:
    """End the transaction of what was asked together so far: before a write, which needs the connection."""
    asked = _NOW.get()
    if asked is not None:
        asked.end()


@contextmanager
def reading_session(engine: Engine) -> Iterator[Session]:
    """The session for a question: the one of those asked together, else one of its own."""
    asked = _NOW.get()
    if asked is None or asked.engine is not engine:
        with Session(engine, expire_on_commit=False) as session:
            yield session
        return
    try:
        yield asked.session()
    except BaseException:
        asked.end()
        raise
