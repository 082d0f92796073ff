"""Text that is SQL, in every place that takes text: tables stay, nobody gains anything, and it comes back as it was."""

import pytest
from sqlalchemy import inspect, text

from team import activity, analyses, audit, cohorts, comments, members, projects
from team.errors import NotFoundError, RefusedError, TeamError
from team.permits import Role
from tests.team.team import an_upload

ATTACKS = (
    "x'; DROP TABLE audit; --",
    '"; DROP TABLE people; --',
    "' OR '1'='1",
    "') UNION SELECT id, email FROM people --",
    "'); UPDATE members SET role = 'owner'; --",
    "\\'; DELETE FROM projects; --",
    "$$; DROP TABLE cohorts; $$",
    "%s %(name)s %% :name ? $1 {0} %d",
    "ʼ＇＂; DROP TABLE analyses; --",  # quotes that become ASCII where a character set is changed
    "1; ATTACH DATABASE '/tmp/evil' AS evil; --",
    "x%' OR name LIKE '%",
    "/*!50000 DROP TABLE comments */ # \\",
)
UNKEEPABLE = ("a\0b", "half \ud800 of one")


def everything(team):
    """Rows of each table."""
    with team.store.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in sorted(names)}


def roles(team):
    found = members.listed(team.store, team.owner, project_id=team.project)
    return {one.email: one.role for one in found.people}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_kept_comes_back_as_it_went_in(team, attack):
    before = roles(team)
    project = projects.rename(team.store, team.owner, project_id=team.project, name=attack)
    assert project.name == attack
    version = team.upload(attack)
    cohort = cohorts.rename(team.store, team.owner, cohort_id=version.cohort_id, name=attack)
    assert (cohort.name, cohort.versions[0].number) == (attack, 1)
    saved = team.save(version.id, attack, view=attack)
    found = analyses.by_slug(team.store, team.viewer, slug=saved.slug)
    assert (found.name, found.view) == (attack, attack)
    comment = comments.add(team.store, team.viewer, analysis_id=saved.id, text=attack, result=attack[:40])
    assert comment.text == attack
    members.set_group(team.store, team.owner, project_id=team.project, group=attack, role=Role.VIEWER)
    assert attack in members.listed(team.store, team.owner, project_id=team.project).groups
    in_group = team.sign_in("grace@clinic.example", groups=(attack,), name=attack)
    assert projects.one(team.store, in_group, project_id=team.project).role == Role.VIEWER
    assert roles(team) == before
    assert attack in {one.what for one in activity.recent(team.store, in_group, project_id=team.project)}
    assert attack in {line.who for line in audit.lines(team.store, team.owner, project_id=team.project)} | {attack}
    assert audit.verify(team.store) is None


@pytest.mark.parametrize("attack", [*ATTACKS, *UNKEEPABLE])
def test_what_is_looked_for_finds_nothing_and_changes_nothing(team, attack):
    saved = team.save(team.upload().id)
    before = {name: n for name, n in everything(team).items() if name not in ("audit", "audit_chains", "saved_keys")}
    store = team.store
    for actor in (team.owner, team.stranger):
        for ask in (
            lambda who: analyses.by_slug(store, who, slug=attack),
            lambda who: analyses.one(store, who, analysis_id=attack),
            lambda who: cohorts.one(store, who, cohort_id=attack),
            lambda who: cohorts.open_version(store, who, version_id=attack, to="rows"),
            lambda who: projects.one(store, who, project_id=attack),
            lambda who: audit.lines(store, who, project_id=attack),
            lambda who: comments.add(store, who, analysis_id=attack, text="x"),
            lambda who: comments.remove(store, who, comment_id=attack),
            lambda who: members.remove(store, who, project_id=team.project, person_id=attack),
            lambda who: members.withdraw(store, who, project_id=team.project, invitation_id=attack),
            lambda who: members.set_group(store, who, project_id=team.project, group=attack, role=None),
        ):
            with pytest.raises((NotFoundError, RefusedError)):
                ask(actor)
    assert {name: n for name, n in everything(team).items() if name in before} == before
    assert analyses.one(store, team.viewer, analysis_id=saved.id) == saved


def test_an_address_that_is_sql_is_no_address_or_just_an_address(team):
    before = roles(team)
    for attack in ("x'; DROP TABLE people; --@clinic.example", "'or'1'='1@clinic.example", "a\0@clinic.example"):
        try:
            made = members.invite(team.store, team.owner, project_id=team.project, email=attack, role=Role.OWNER)
        except RefusedError:
            continue
        assert made is not None
        assert made.email == attack
    assert roles(team) == before


@pytest.mark.parametrize("broken", UNKEEPABLE)
def test_what_no_database_keeps_is_refused_in_a_sentence(team, broken):
    saved = team.save(team.upload().id)
    for keep in (
        lambda: projects.create(team.store, team.owner, name=broken),
        lambda: team.upload(broken),
        lambda: team.save(saved.cohort_version_id, broken),
        lambda: comments.add(team.store, team.viewer, analysis_id=saved.id, text=broken),
        lambda: team.save(saved.cohort_version_id, view=broken),
    ):
        with pytest.raises(RefusedError, match="character that cannot be kept"):
            keep()
    with pytest.raises(TeamError):
        team.sign_in(f"{broken}@clinic.example")
    person = team.sign_in("grace@clinic.example", groups=("readers", broken), name=broken)
    assert person.person_id
    assert an_upload(broken).name == broken
