"""What a project lets out: the owners' rule, asked by every export, recorded, and kept through an upgrade."""

import pytest
from sqlalchemy import text

from team import audit, cohorts, disclosure, projects
from team.database import schema
from team.database.engine import WRITES, make_engine
from team.errors import NotAllowedError, RefusedError
from team.permits import Role
from team.settings import load_settings


def export(team, role, holds):
    cohorts.record_export(
        team.store, team.with_role(role), version_id=team.version.id, kind="csv", content=b"x", holds=holds
    )


@pytest.fixture
def protected(local_team):
    team = local_team
    team.version = team.upload()
    disclosure.set_protection(team.store, team.owner, project_id=team.project, on=True, below=8)
    return team


@pytest.mark.parametrize("role", [Role.ANALYST, Role.OWNER])
def test_only_protected_results_leave_and_the_sentences_say_why(protected, role):
    with pytest.raises(NotAllowedError, match="Rows of patients do not leave this project"):
        export(protected, role, "rows")
    with pytest.raises(NotAllowedError, match=r"counts below 8 are withheld leave this project\. The page Summary"):
        export(protected, role, "results")
    export(protected, role, "protected results")
    line = audit.lines(protected.store, protected.owner, project_id=protected.project)[0]
    assert (line.done, line.details["holds"]) == ("exported", "protected results")


def test_it_can_be_taken_back_and_both_are_recorded(protected):
    disclosure.set_protection(protected.store, protected.owner, project_id=protected.project, on=False, below=8)
    export(protected, Role.ANALYST, "rows")
    lines = audit.lines(protected.store, protected.owner, project_id=protected.project)
    told = [line.details for line in lines if line.done == "changed what may be exported"]
    assert told == [{"exports": "not protected", "below": 8}, {"exports": "protected", "below": 8}]
    assert audit.verify(protected.store) is None


@pytest.mark.parametrize("below", [4, 0, -5, 51, 10**9])
def test_less_than_the_host_s_number_and_nonsense_are_refused(local_team, below):
    with pytest.raises(RefusedError, match="Choose a number from 5 to 50"):
        disclosure.set_protection(
            local_team.store, local_team.owner, project_id=local_team.project, on=True, below=below
        )


def test_without_the_rule_everything_is_as_the_host_says(team):
    one = projects.one(team.store, team.viewer, project_id=team.project)
    assert (one.protects_exports, one.protected_below) == (False, team.store.settings.suppress_below)
    disclosure.set_protection(team.store, team.owner, project_id=team.project, on=True, below=12)
    (one,) = projects.listed(team.store, team.viewer)
    assert (one.protects_exports, one.protected_below) == (True, 12)


def test_projects_from_before_are_not_protected_after_the_upgrade(database, monkeypatch):
    engine = make_engine(load_settings(database_url=database))
    with monkeypatch.context() as before:
        before.setattr(schema, "VERSIONS", ("0001",))
        schema.migrate(engine)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(
            text("INSERT INTO projects (id, name, since) VALUES (:id, 'Old', '2026-01-01 00:00:00')"), {"id": "a" * 32}
        )
    schema.migrate(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT name, protect_exports, protect_below FROM projects")).one()
    engine.dispose()
    assert (found[0], bool(found[1]), found[2]) == ("Old", False, None)
