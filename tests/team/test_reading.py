"""Questions asked together: fewer of them, one connection, and never an old answer."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from team import cohorts, members, projects
from team.database import units
from team.errors import NotFoundError, SignedOutError
from team.permits import Role
from team.sign_ins import sign_out


@contextmanager
def counted(store):
    """The questions that reach the database, and how many connections they take."""
    said, taken = [], []

    def asked(_connection, _cursor, statement, *_):
        said.append(statement)

    def begun(connection):
        taken.append(connection)

    event.listen(store.engine, "before_cursor_execute", asked)
    event.listen(store.engine, "begin", begun)
    try:
        yield said, taken
    finally:
        event.remove(store.engine, "before_cursor_execute", asked)
        event.remove(store.engine, "begin", begun)


def begin(team, person="ann@clinic.example"):
    """What the beginning of a redraw asks."""
    actor = team.sign_in(person)
    found = projects.listed(team.store, actor)
    return found, cohorts.listed(team.store, actor, project_id=found[0].id) if found else ()


class TestHowMany:
    def test_a_redraw_begins_with_one_connection_and_few_questions_however_much_is_saved(self, team):
        for name in ("First", "Second", "Third"):
            version = team.upload(name)
            team.upload(cohort_id=version.cohort_id)
        for name in ("More", "Still more"):
            made = projects.create(team.store, team.owner, name=name)
            members.invite(team.store, team.owner, project_id=made.id, email="ann@clinic.example", role=Role.VIEWER)
        alone = begin(team)
        with counted(team.store) as (said, taken), team.store.together():
            found = begin(team)
        assert found == alone
        assert [len(one.versions) for one in found[1]] == [2, 2, 2]
        assert [one.name for one in found[0]] == ["HCC study", "More", "Still more"]
        asked = [one for one in said if one.startswith("SELECT")]
        assert len(asked) <= 7, asked
        assert len(taken) == 1

    def test_outside_each_question_stands_for_itself(self, team):
        with counted(team.store) as (_, taken):
            begin(team)
        assert len(taken) == 3


class TestNeverOld:
    def test_a_role_that_was_changed_in_between_works_the_next_time(self, team):
        with team.store.together():
            assert projects.listed(team.store, team.analyst)[0].role is Role.ANALYST
        members.set_role(
            team.store, team.owner, project_id=team.project, person_id=team.analyst.person_id, role=Role.VIEWER
        )
        with team.store.together():
            assert projects.listed(team.store, team.analyst)[0].role is Role.VIEWER

    def test_what_is_written_inside_is_read_inside(self, team):
        with team.store.together():
            before = projects.listed(team.store, team.owner)
            made = projects.create(team.store, team.owner, name="New")
            projects.rename(team.store, team.owner, project_id=team.project, name="Renamed")
            assert {one.name for one in projects.listed(team.store, team.owner)} == {"New", "Renamed"}
            assert [one.name for one in before] == ["HCC study"]
            assert made.role is Role.OWNER

    def test_a_first_sign_in_inside(self, team):
        members.invite(team.store, team.owner, project_id=team.project, email="new@clinic.example", role=Role.VIEWER)
        with team.store.together():
            assert begin(team, "new@clinic.example")[0][0].role is Role.VIEWER

    def test_an_ended_session_is_ended(self, team):
        with team.store.together():
            projects.listed(team.store, team.analyst)
        sign_out(team.store, team.analyst)
        with team.store.together(), pytest.raises(SignedOutError):
            projects.listed(team.store, team.analyst)

    def test_after_a_refusal_it_goes_on(self, team):
        with team.store.together():
            with pytest.raises(NotFoundError):
                cohorts.listed(team.store, team.stranger, project_id=team.project)
            assert projects.listed(team.store, team.analyst)

    def test_a_connection_that_was_lost_is_made_anew(self, team, monkeypatch):
        monkeypatch.setattr(units, "_FIRST_PAUSE", 0.001)
        lost = [
            OperationalError("statement", {}, Exception("server closed the connection"), connection_invalidated=True)
        ]

        def fails_once(*_):
            if lost:
                raise lost.pop()

        with team.store.together():
            team.sign_in("ann@clinic.example")
            event.listen(team.store.engine, "before_cursor_execute", fails_once)
            try:
                assert projects.listed(team.store, team.analyst)
            finally:
                event.remove(team.store.engine, "before_cursor_execute", fails_once)
        assert not lost

    def test_two_threads_share_nothing(self, team):
        from threading import Thread

        found = []
        with counted(team.store) as (_, taken), team.store.together():
            projects.listed(team.store, team.analyst)
            other = Thread(target=lambda: found.append(projects.listed(team.store, team.owner)))
            other.start()
            other.join()
        assert found[0]
        assert len(taken) == 2
