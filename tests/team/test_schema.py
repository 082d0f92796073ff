"""The tables: migrations make what the program has, one process at a time; tables of another program are refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from team.database import schema
from team.database.engine import WRITES, make_engine
from team.database.tables import Base
from team.errors import SchemaError
from team.settings import load_settings
from team.store import open_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def engine(database):
    made = make_engine(load_settings(database_url=database))
    yield made
    made.dispose()


def set_version(engine, version):
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


class TestMigrations:
    def test_they_make_the_tables_that_the_program_has(self, engine):
        schema.migrate(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []

    def test_the_versions_are_those_of_the_files(self):
        config = Config()
        config.set_main_option("script_location", "team/database/migrations")
        found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
        assert tuple(reversed(found)) == schema.VERSIONS

    def test_a_second_time_changes_nothing(self, engine):
        schema.migrate(engine)
        schema.migrate(engine)
        assert "audit" in inspect(engine).get_table_names()

    def test_four_processes_at_once_make_them_once(self, database, engine):
        command = [sys.executable, "-m", "team", "migrate"]
        environment = os.environ | {"COHORTSCOPE_DATABASE_URL": database}
        started = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(4)]
        assert [process.wait(60) for process in started] == [0, 0, 0, 0]
        schema.check(engine)


class TestCheck:
    def test_no_tables(self, engine):
        with pytest.raises(SchemaError, match=r"no tables yet.*python -m team migrate"):
            schema.check(engine)

    def test_tables_of_an_older_program(self, engine, monkeypatch):
        schema.migrate(engine)
        monkeypatch.setattr(schema, "VERSIONS", (*schema.VERSIONS, "9999"))
        with pytest.raises(SchemaError, match=r"of version \d+; this program needs 9999.*migrate"):
            schema.check(engine)

    def test_tables_of_a_newer_program(self, engine):
        schema.migrate(engine)
        set_version(engine, "7777")
        for act in (schema.check, schema.migrate):
            with pytest.raises(SchemaError, match="7777, which is newer than this program knows"):
                act(engine)

    def test_a_host_does_not_start_without_tables(self, database):
        said = {
            "mode": "team", "database_url": database, "public_url": "https://x.example", "oidc_issuer": "https://i.example",
            "oidc_client_id": "c", "oidc_client_secret": "s", "cookie_secret": "x" * 32, "first_owners": "a@x.example",
        }  # fmt: skip
        with pytest.raises(SchemaError, match="no tables yet"):
            open_store(load_settings(**said))
