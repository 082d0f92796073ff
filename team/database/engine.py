"""The engine for an address: PostgreSQL, or SQLite in a file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from team.errors import SettingsError
from team.settings import Settings

WRITES = "writes"  # execution option of a connection that will write
_BUSY_SECONDS = 15
_CONNECT_SECONDS = 5


def make_engine(settings: Settings) -> Engine:
    """An engine for the database of the settings; it connects when it is first used.

    Raises
    ------
    SettingsError
        If the address cannot be read.
    """
    try:
        url = make_url(settings.database)
    except ArgumentError:
        raise SettingsError(("COHORTSCOPE_DATABASE_URL: is no address of a database.",)) from None
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url, settings)


def _postgresql(url: URL, settings: Settings) -> Engine:
    milliseconds = int(settings.statement_seconds * 1000)
    options = (
        f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} "
        f"-c idle_in_transaction_session_timeout={2 * milliseconds} -c timezone=UTC"
    )
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.statement_seconds,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "cohortscope",
            "options": options,
        },
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins no transaction of its own accord: _begin does
        for pragma in (
            f"busy_timeout={_BUSY_SECONDS * 1000}",
            "journal_mode=WAL",
            "synchronous=FULL",  # a save that was acknowledged outlives a power cut
            "foreign_keys=ON",
            "secure_delete=ON",  # what is deleted is overwritten
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock before it reads, so that it never has to give up between reading and writing.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
