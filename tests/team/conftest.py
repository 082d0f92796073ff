"""A store on SQLite and on a PostgreSQL of its own, people, and a small cohort."""

import pytest

from tests.team.postgresql import PostgreSQL
from tests.team.team import Clock, Team


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    server = PostgreSQL.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """Address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    return request.getfixturevalue("postgresql").new_database()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def team(database, tmp_path, clock):
    made = Team.make(database, tmp_path / "files", clock=clock)
    yield made
    made.store.close()


@pytest.fixture
def local_team(tmp_path, clock):
    """On SQLite only, where the database does not matter."""
    made = Team.make(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "files", clock=clock)
    yield made
    made.store.close()
