"""One unit of work: a transaction that is tried again when the database was away, and never done twice.

Every unit that writes has a key. What it came to is written beside what it saved, in the same transaction: when a
connection breaks during the commit, the next try finds the key, or does the work; so nothing is saved twice or lost.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from team import fault_points
from team.audit_chain import Entry, append
from team.database.engine import WRITES
from team.database.reading import end_together, reading_session
from team.database.tables import SavedKeyRow
from team.errors import RefusedError
from team.outages import unavailable

T = TypeVar("T")
TRIES = 6
_FIRST_PAUSE = 0.1  # seconds; doubled at each try
_PASSING_STATES = ("08", "40", "53", "55P03", "57P", "25P03")  # connection, rollback, resources, lock, shutdown


@dataclass(slots=True, kw_only=True)
class Unit:
    """A transaction that writes.

    Attributes
    ----------
    session : Session
    now : datetime
        The same time for everything that the unit writes.
    """

    session: Session
    now: datetime
    entries: list[Entry] = field(default_factory=list)

    def record(self, entry: Entry) -> None:
        """Add an act to the audit trail, in the order of the calls, when the unit is done."""
        self.entries.append(entry)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads.

    Raises
    ------
    UnavailableError
        If the database does not answer.
    """
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    except SQLAlchemyError as error:
        raise unavailable(error) from None


def read(engine: Engine, work: Callable[[Session], T]) -> T:
    """What a session that only reads comes to, tried again where the database was away for a moment."""
    for again in range(TRIES):
        try:
            with reading_session(engine) as session:
                return work(session)
        except UnicodeEncodeError:
            raise RefusedError.of_text() from None
        except SQLAlchemyError as error:
            _pause_or_raise(error, again)
    raise AssertionError("the last try raises")


def write(
    engine: Engine, work: Callable[[Unit], str], *, person: str, act: str, now: datetime, key: str | None = None
) -> str:
    """Do a unit of work once.

    Parameters
    ----------
    engine : Engine
    work : callable
        Writes, and returns what can find the result again, such as an identifier. It may run several times; only the
        last run is kept.
    person : str
        Whose key it is.
    act : str
        What is done; a key is good for one act.
    now : datetime
    key : str, optional
        The caller's name for this save: the same key again returns what the first save came to.

    Raises
    ------
    UnavailableError
        If the database does not answer after several tries, or takes nothing more.
    RefusedError
        If the key was used for something else.
    """
    key = key or uuid4().hex
    end_together()
    for again in range(TRIES):
        try:
            return _once(engine, work, key=(person, key, act), now=now)
        except UnicodeEncodeError:
            raise RefusedError.of_text() from None
        except SQLAlchemyError as error:
            _pause_or_raise(error, again)
    raise AssertionError("the last try raises")


def _once(engine: Engine, work: Callable[[Unit], str], *, key: tuple[str, str, str], now: datetime) -> str:
    person, name, act = key
    with engine.connect().execution_options(**{WRITES: True}) as connection, Session(connection) as session:
        done = session.get(SavedKeyRow, (person, name))
        if done is not None:
            if done.act != act:
                raise RefusedError.key_of_another_save()
            return done.result
        fault_points.at("unit begun")
        unit = Unit(session=session, now=now)
        result = work(unit)
        session.flush()
        fault_points.at("rows written")
        session.add(SavedKeyRow(person_id=person, key=name, act=act, result=result, at=now))
        session.flush()
        fault_points.at("key written")
        append(session, unit.entries, now=now)
        fault_points.at("audit written")
        session.commit()
        fault_points.at("committed")
        return result


def _pause_or_raise(error: SQLAlchemyError, again: int) -> None:
    if isinstance(error, DataError) and "NUL" in str(error.orig):
        raise RefusedError.of_text() from None
    if again == TRIES - 1 or not _may_pass(error):
        raise unavailable(error) from None
    time.sleep(_FIRST_PAUSE * 2**again * (1 + random.random() / 2))


def _may_pass(error: SQLAlchemyError) -> bool:
    """Whether the same may succeed in a moment: a lost connection, a deadlock, another save with the same key."""
    if isinstance(error, IntegrityError | PoolTimeoutError):
        return True  # two tries with one key: the next finds the other's row
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return bool(state.startswith(_PASSING_STATES))
    said = str(error.orig).casefold()
    return error.connection_invalidated or "locked" in said or "connection" in said or "server" in said
