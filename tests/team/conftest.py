"""A store on SQLite and on a PostgreSQL of its own, people, and a small cohort."""

import shutil

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


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """A database file that has a project and its members: copied, since making it takes longer."""
    path = tmp_path_factory.mktemp("whole") / "store.db"
    made = Team.make(f"sqlite:///{path}", path.parent / "files", clock=Clock())
    with made.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.store.close()
    return path


@pytest.fixture(scope="session")
def whole_on_postgresql(postgresql, tmp_path_factory):
    """The same, as the name of a database."""
    address = postgresql.new_database()
    Team.make(address, tmp_path_factory.mktemp("whole") / "files", clock=Clock()).store.close()
    return address.split("/")[3].split("?")[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def team(request, tmp_path, clock):
    if request.param == "sqlite":
        address = f"sqlite:///{shutil.copy(request.getfixturevalue('whole'), tmp_path / 'store.db')}"
    else:
        server = request.getfixturevalue("postgresql")
        address = server.new_database(like=request.getfixturevalue("whole_on_postgresql"))
    made = Team.open(address, tmp_path / "files", clock=clock)
    yield made
    made.store.close()


@pytest.fixture
def local_team(whole, tmp_path, clock):
    """On SQLite only, where the database does not matter."""
    address = f"sqlite:///{shutil.copy(whole, tmp_path / 'store.db')}"
    made = Team.open(address, tmp_path / "files", clock=clock)
    yield made
    made.store.close()
