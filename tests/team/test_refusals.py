"""Who was refused stands in the audit trail, without a word that was asked with, and not without end."""

import pytest

from team import analyses, audit, cohorts, projects
from team.errors import NotAllowedError, NotFoundError
from team.refusals import AN_HOUR, Bounds

SECRET = "Anna Berg; DROP TABLE audit"


def refused(call, error=NotFoundError):
    with pytest.raises(error):
        call()


def lines_of(team):
    found = audit.lines(team.store, team.owner, project_id=team.project, limit=1000)
    return [line for line in found if line.done == "was refused"]


def everything(team):
    from sqlalchemy import select

    from team.database.tables import AuditRow

    return team.store.read(lambda session: list(session.scalars(select(AuditRow).where(AuditRow.act == "was refused"))))


def test_a_wrong_role_and_a_stranger_are_seen_by_the_owners(team):
    version = team.upload()
    refused(
        lambda: cohorts.open_version(team.store, team.viewer, version_id=version.id, to="rows"), error=NotAllowedError
    )
    refused(lambda: cohorts.open_version(team.store, team.stranger, version_id=version.id, to="results"))
    refused(lambda: projects.one(team.store, team.stranger, project_id=team.project))
    told = [(line.who, line.details) for line in lines_of(team)]
    assert told == [
        ("sam", {"asked": "see project"}), ("sam", {"asked": "see results"}), ("vic", {"asked": "see rows"}),
    ]  # fmt: skip
    assert audit.verify(team.store) is None
    assert audit.verify(team.store, project_id=team.project) is None


def test_a_forged_link_or_identifier_is_told_without_its_text(local_team):
    team = local_team
    refused(lambda: analyses.by_slug(team.store, team.analyst, slug=SECRET))
    refused(lambda: cohorts.version(team.store, team.analyst, version_id=SECRET[:32]))
    refused(lambda: cohorts.rename(team.store, team.analyst, cohort_id=SECRET[:32], name="x"))
    refused(lambda: projects.one(team.store, team.analyst, project_id=SECRET[:32]))
    rows = everything(team)
    assert [row.details for row in rows] == [
        f'{{"asked":"{words}"}}' for words in (
            "analysis by its identifier", "cohort by its identifier", "cohort by its identifier", "see project",
        )
    ]  # fmt: skip
    assert {row.person_id for row in rows} == {team.analyst.person_id}
    assert not any("Anna" in str(vars(row)) for row in rows)


def test_nobody_fills_the_table(local_team):
    team = local_team
    now = [0.0]
    bounds = Bounds(clock=lambda: now[0])
    object.__setattr__(team.store, "refusals", bounds)
    for _ in range(AN_HOUR + 5):
        refused(lambda: projects.one(team.store, team.stranger, project_id=team.project))
    assert len(lines_of(team)) == AN_HOUR
    refused(lambda: cohorts.version(team.store, team.viewer, version_id="f" * 32))
    assert len(everything(team)) == AN_HOUR + 1, "another person is still heard"
    now[0] = 3601.0
    refused(lambda: projects.one(team.store, team.stranger, project_id=team.project))
    assert lines_of(team)[0].details == {"asked": "see project", "not written before": 5}


def test_many_people_together_are_bounded_too():
    bounds = Bounds(clock=lambda: 0.0)
    written = [bounds.counted(f"person {n % 100}") for n in range(3000)]
    assert sum(one is not None for one in written) == 500


def test_what_was_done_is_not_written_as_refused(local_team):
    version = local_team.upload()
    cohorts.open_version(local_team.store, local_team.owner, version_id=version.id, to="rows")
    assert not everything(local_team)
