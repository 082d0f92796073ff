"""A unit of work: tried again where that helps, done once however often it is tried, told plainly where it fails."""

import threading
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from team import analyses, fault_points, projects
from team.audit_chain import Done, Entry
from team.database import units
from team.database.tables import ProjectRow
from team.errors import UnavailableError


@pytest.fixture(autouse=True)
def no_pauses_and_no_hook(monkeypatch):
    monkeypatch.setattr(units, "_FIRST_PAUSE", 0.001)
    yield
    fault_points.listen(None)


def lost(said="server closed the connection unexpectedly"):
    return OperationalError("statement", {}, Exception(said), connection_invalidated=True)


def fail_at(step, times, error):
    left = [times]

    def hook(passed):
        if passed == step and left[0]:
            left[0] -= 1
            raise error

    fault_points.listen(hook)


def make(team, name, key):
    def work(unit):
        row = ProjectRow(id=uuid.uuid4().hex, name=name, since=unit.now)
        unit.session.add(row)
        unit.record(Entry(person_id=team.owner.person_id, done=Done.PROJECT_CREATED, subject=row.id))
        return row.id

    return team.store.write(team.owner, work, act="test", key=key)


def named(team, name):
    with team.store.engine.connect() as connection:
        rows = connection.scalar(text("SELECT count(*) FROM projects WHERE name = :name"), {"name": name})
        trail = connection.scalar(text("SELECT count(*) FROM audit WHERE act = 'created the project'"))
    return rows, trail - 1  # the team's own project


class TestOnce:
    STEPS = ("unit begun", "rows written", "key written", "audit written", "committed")

    @pytest.mark.parametrize("step", STEPS)
    def test_a_connection_that_breaks_anywhere_even_after_the_commit(self, team, step):
        fail_at(step, 2, lost())
        assert make(team, "Once", "key-1")
        assert named(team, "Once") == (1, 1)

    def test_the_second_call_with_a_key_gives_what_the_first_one_made(self, team):
        assert make(team, "Once", "key-1") == make(team, "Other", "key-1")
        assert named(team, "Other") == (0, 1)

    def test_twelve_threads_with_one_key_save_once(self, team):
        found, begin = [], threading.Barrier(12)

        def call():
            begin.wait()
            found.append(make(team, "Once", "key-1"))

        threads = [threading.Thread(target=call) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 12
        assert len(set(found)) == 1
        assert named(team, "Once") == (1, 1)

    def test_what_fails_for_good_leaves_nothing(self, team):
        fail_at("audit written", 1, ValueError("a defect"))
        with pytest.raises(ValueError, match="a defect"):
            make(team, "Never", "key-1")
        assert named(team, "Never") == (0, 0)


class TestTold:
    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ("database or disk is full", "disk of the database is full"),
            ("could not extend file: No space left on device", "disk of the database is full"),
            ("attempt to write a readonly database", "may not be written to"),
            ("database is locked", "busy with another save"),
            ("canceling statement due to lock timeout", "busy with another save"),
            ("canceling statement due to statement timeout", "took too long"),
            ("connection refused: is the server running on host 10.1.2.3", "does not answer"),
        ],
    )
    def test_one_plain_sentence_without_addresses(self, local_team, said, told):
        fail_at("unit begun", 99, lost(said))
        with pytest.raises(UnavailableError, match=told) as error:
            make(local_team, "Never", "key-1")
        assert said not in str(error.value)
        assert "10.1.2.3" not in str(error.value)
        assert named(local_team, "Never") == (0, 0)

    def test_it_is_tried_a_few_times_and_not_for_ever(self, local_team):
        tries = []
        fault_points.listen(lambda step: tries.append(step) or (_ for _ in ()).throw(lost()))
        with pytest.raises(UnavailableError):
            make(local_team, "Never", "key-1")
        assert len(tries) == units.TRIES

    def test_reading_is_tried_again_too(self, local_team):
        tries = []

        def work(session):
            tries.append(session)
            if len(tries) < 3:
                raise lost()
            return "read"

        assert local_team.store.read(work) == "read"

    def test_a_statement_that_is_wrong_is_no_passing_fault(self, team):
        tries = []

        def work(session):
            tries.append(session)
            session.execute(text("SELECT nothing FROM nowhere"))

        with pytest.raises(UnavailableError):
            team.store.read(work)
        assert len(tries) == 1


class TestPostgreSQL:
    def test_a_backend_that_is_ended_in_between_is_replaced(self, postgresql, whole_on_postgresql, tmp_path, clock):
        from tests.team.team import Team

        address = postgresql.new_database(like=whole_on_postgresql)
        team = Team.open(address, tmp_path / "files", clock=clock)
        ended = []

        def end_all(step):
            if step == "rows written" and not ended:
                import psycopg

                with psycopg.connect(postgresql.conninfo("postgres"), autocommit=True) as other:
                    ended.append(
                        other.execute(
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            "WHERE application_name = 'cohortscope'"
                        ).fetchone()
                    )

        fault_points.listen(end_all)
        assert make(team, "Once", "key-1")
        assert ended[0][0] >= 1
        assert named(team, "Once") == (1, 1)
        team.store.close()

    def test_a_statement_that_takes_too_long_is_given_up(self, postgresql, whole_on_postgresql, tmp_path, clock):
        from tests.team.team import Team

        address = postgresql.new_database(like=whole_on_postgresql)
        team = Team.open(address, tmp_path / "files", clock=clock, statement_seconds=1)
        with pytest.raises(DBAPIError, match="statement timeout"), team.store.engine.connect() as connection:
            connection.execute(text("SELECT pg_sleep(5)"))
        team.store.close()


def test_names_and_notes_never_reach_a_message_of_the_database(team):
    with pytest.raises(UnavailableError) as error:
        team.store.read(lambda session: session.execute(text("SELECT :name FROM nowhere"), {"name": "Anna Berg"}))
    assert "Anna" not in str(error.value)
    assert projects.listed(team.store, team.owner)
    assert analyses.listed(team.store, team.owner, project_id=team.project) == ()
