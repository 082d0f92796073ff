"""What a process of a hosted dashboard needs to do its work: its database with the right tables, and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from team.web.health import Checks

if TYPE_CHECKING:
    from team.settings import Settings


def checks(settings: Settings) -> Checks:
    """The parts by name, each raising where it is not as it must be; connections are kept between calls."""
    from team.database import schema, units
    from team.database.engine import make_engine
    from team.files import FileStore

    engine, files = make_engine(settings), FileStore(settings.files)

    def database() -> None:
        from sqlalchemy import text

        with units.reading(engine) as session:
            session.execute(text("SELECT 1"))

    return {"database": database, "tables": lambda: schema.check(engine), "files": files.check}
