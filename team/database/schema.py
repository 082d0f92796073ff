"""The version of the tables: brought up to date under a lock, and checked before the program works with them."""

from __future__ import annotations

import random
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from team.database.engine import WRITES
from team.errors import SchemaError
from team.outages import unavailable

VERSIONS = ("0001", "0002")  # every version there was, the last one this program's; the same as in migrations/versions
_LOCK = 0x636F686F7274  # any number that nobody else locks in this database
_TRIES = 20
_PAUSE = 0.2  # seconds
_COMMAND = "Run: python -m team migrate"


def migrate(engine: Engine) -> None:
    """Make the tables, or bring them up to date; nothing happens where they are. One process does it, others wait.

    Raises
    ------
    SchemaError
        If they belong to a newer program.
    UnavailableError
        If the database does not answer.
    """
    for again in range(_TRIES):
        try:
            version = _version(engine)
            if version == VERSIONS[-1]:
                return
            _refuse_unknown(version)
            with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                _upgrade(connection)
            return
        except SQLAlchemyError as error:
            if again == _TRIES - 1 or "locked" not in str(getattr(error, "orig", "")):
                raise unavailable(error) from None
            time.sleep(_PAUSE * (1 + random.random()))


def check(engine: Engine) -> None:
    """Whether the tables are those of this program.

    Raises
    ------
    SchemaError
        If there are none, or they belong to an older or a newer program.
    UnavailableError
        If the database does not answer.
    """
    try:
        version = _version(engine)
    except SQLAlchemyError as error:
        raise unavailable(error) from None
    _refuse_unknown(version)
    if version is None:
        raise SchemaError("The database has no tables yet.", hint=_COMMAND)
    if version != VERSIONS[-1]:
        raise SchemaError(
            f"The tables of the database are of version {version}; this program needs {VERSIONS[-1]}.", hint=_COMMAND
        )


def _refuse_unknown(version: str | None) -> None:
    if version is not None and version not in VERSIONS:
        raise SchemaError(
            f"The tables of the database are of version {version}, which is newer than this program knows.",
            hint="Run the newer program, or restore a backup that this one made.",
        )


def _version(engine: Engine) -> str | None:
    """The version of the tables; None without tables."""
    with engine.connect() as connection:
        try:
            version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return version
        except (ProgrammingError, OperationalError) as error:
            said = str(error.orig)
            if "alembic_version" in said and ("no such table" in said or "does not exist" in said):
                return None
            raise


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":  # SQLite's writer has its lock already
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, VERSIONS[-1])
