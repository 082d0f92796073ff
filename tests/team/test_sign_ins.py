"""Signing in: who may, for how long, and what comes with it."""

from datetime import timedelta

import pytest

from team import members, people, projects, sign_ins
from team.errors import NotAllowedError, NotFoundError, SignedOutError
from team.permits import Role
from tests.team.team import ISSUER, Team


class TestWhoMay:
    @pytest.mark.parametrize(
        ("said", "told"),
        [
            ({"email_verified": False}, "has not verified"),
            ({"email_verified": "true"}, "has not verified"),
            ({"iss": "https://evil.example"}, "from another provider"),
        ],
    )
    def test_only_whom_the_provider_vouches_for(self, local_team, said, told):
        with pytest.raises(NotAllowedError, match=told):
            local_team.sign_in("new@clinic.example", **said)

    @pytest.mark.parametrize("said", [{"email": None}, {"email": "no address"}, {"sub": ""}, {"sub": None}])
    def test_only_who_is_named(self, local_team, said):
        with pytest.raises(NotAllowedError, match="did not tell your e-mail address"):
            local_team.sign_in("new@clinic.example", **said)

    @pytest.mark.parametrize(("email", "may"), [("a@clinic.example", True), ("a@evil-clinic.example", False)])
    def test_only_the_domains_of_the_settings(self, tmp_path, clock, email, may):
        domains = ("clinic.example",)
        team = Team.make(f"sqlite:///{tmp_path}/x.db", tmp_path / "f", clock=clock, allowed_domains=domains)
        if may:
            team.sign_in(email)
        else:
            with pytest.raises(NotAllowedError, match="may not sign in here"):
                team.sign_in(email)
        team.store.close()

    def test_a_provider_that_is_trusted_need_not_verify(self, tmp_path, clock):
        team = Team.make(f"sqlite:///{tmp_path}/x.db", tmp_path / "f", clock=clock, oidc_trust_emails=True)
        team.sign_in("a@clinic.example", email_verified=None)
        team.store.close()

    def test_the_first_owners_may_create_projects(self, team):
        assert projects.may_create(team.store, team.owner)
        assert not projects.may_create(team.store, team.analyst)
        with pytest.raises(NotAllowedError, match="may not create projects"):
            projects.create(team.store, team.analyst, name="Mine")


class TestSession:
    def test_the_same_token_is_the_same_session(self, team):
        assert team.sign_in("ann@clinic.example") == team.analyst

    def test_another_sign_in_is_another_session_of_the_same_person(self, team):
        team.clock.move(minutes=5)
        again = team.sign_in("ann@clinic.example")
        assert again.person_id == team.analyst.person_id
        assert again.session_id != team.analyst.session_id

    def test_it_ends_after_its_length_however_busy(self, local_team):
        issued = local_team.clock()
        for _ in range(25):
            local_team.clock.move(minutes=30)
            if local_team.clock() - issued > timedelta(hours=12):
                with pytest.raises(SignedOutError):
                    local_team.sign_in("ann@clinic.example", issued=issued)
            else:
                local_team.sign_in("ann@clinic.example", issued=issued)

    def test_it_ends_when_idle(self, local_team):
        issued = local_team.clock()
        local_team.clock.move(minutes=61)
        with pytest.raises(SignedOutError, match="what you saved is there"):
            local_team.sign_in("ann@clinic.example", issued=issued)
        with pytest.raises(SignedOutError):
            sign_ins.check_signed_in(local_team.store, local_team.analyst)

    def test_an_old_token_begins_no_session(self, local_team):
        with pytest.raises(SignedOutError):
            local_team.sign_in("late@clinic.example", issued=local_team.clock() - timedelta(hours=13))

    def test_signing_out_ends_it_everywhere(self, team):
        issued = team.clock()
        sign_ins.sign_out(team.store, team.analyst)
        with pytest.raises(SignedOutError):
            projects.one(team.store, team.analyst, project_id=team.project)
        with pytest.raises(SignedOutError):
            team.sign_in("ann@clinic.example", issued=issued)

    def test_a_clock_that_jumps_back_ends_nothing_and_prolongs_nothing_for_ever(self, local_team):
        issued = local_team.clock()
        local_team.clock.move(hours=-3)
        assert local_team.sign_in("ann@clinic.example", issued=issued) == local_team.analyst
        local_team.clock.move(hours=16)
        with pytest.raises(SignedOutError):
            local_team.sign_in("ann@clinic.example", issued=issued)

    def test_a_closed_account(self, team):
        people.close(team.store, email="ann@clinic.example")
        with pytest.raises(SignedOutError):
            projects.one(team.store, team.analyst, project_id=team.project)
        team.clock.move(minutes=1)
        with pytest.raises(NotAllowedError, match="was closed"):
            team.sign_in("ann@clinic.example")


class TestWhatComesWithIt:
    def test_an_invitation_is_taken_up_at_the_first_sign_in(self, team):
        invitation = members.invite(
            team.store, team.owner, project_id=team.project, email=" New@Clinic.example", role=Role.ANALYST
        )
        assert invitation.email == "new@clinic.example"
        person = team.sign_in("NEW@clinic.example")
        assert projects.one(team.store, person, project_id=team.project).role is Role.ANALYST
        assert members.listed(team.store, team.owner, project_id=team.project).invitations == ()

    def test_an_invitation_that_is_too_old_is_not(self, team):
        members.invite(team.store, team.owner, project_id=team.project, email="new@x.example", role=Role.ANALYST)
        team.clock.move(days=31)
        person = team.sign_in("new@x.example")
        with pytest.raises(NotFoundError):
            projects.one(team.store, person, project_id=team.project)

    def test_an_invitation_does_not_lower_a_role(self, team):
        members.invite(team.store, team.owner, project_id=team.project, email="ann@clinic.example", role=Role.VIEWER)
        assert projects.one(team.store, team.analyst, project_id=team.project).role is Role.ANALYST

    def test_groups_give_roles_and_the_highest_counts(self, team):
        for group, role in (("tumour board", Role.VIEWER), ("statistics", Role.ANALYST)):
            members.set_group(team.store, team.owner, project_id=team.project, group=group, role=role)
        person = team.sign_in("guy@clinic.example", groups=["tumour board", "statistics", "unknown"])
        assert projects.one(team.store, person, project_id=team.project).role is Role.ANALYST
        assert [one.id for one in projects.listed(team.store, person)] == [team.project]
        members.set_group(team.store, team.owner, project_id=team.project, group="statistics", role=None)
        assert projects.one(team.store, person, project_id=team.project).role is Role.VIEWER
        team.clock.move(minutes=1)
        again = team.sign_in("guy@clinic.example", groups=[])
        assert projects.listed(team.store, again) == ()

    def test_a_person_named_on_the_command_line(self, team):
        people.grant(team.store, email="Boss@clinic.example")
        people.grant(team.store, email="boss@clinic.example", project_id=team.project, role=Role.OWNER)
        boss = team.sign_in("boss@clinic.example")
        assert projects.may_create(team.store, boss)
        assert projects.one(team.store, boss, project_id=team.project).role is Role.OWNER
        assert len([one for one in people.everyone(team.store) if one.email == "boss@clinic.example"]) == 1


class TestClaims:
    @pytest.mark.parametrize(
        ("groups", "read"), [(None, ()), ("one", ("one",)), (["a", 7, {}], ("a", "7")), ({"a": 1}, ())]
    )
    def test_groups_in_every_form(self, local_team, groups, read):
        said = {"sub": "s", "email": "a@b.example", "groups": groups}
        assert sign_ins.claims_of(said, local_team.store.settings).groups == read

    @pytest.mark.parametrize("issued", ["soon", None, [], 1e300])
    def test_a_time_that_is_none_is_long_ago(self, local_team, issued):
        said = {"iss": ISSUER, "sub": "s", "email": "a@b.example", "email_verified": True, "iat": issued}
        with pytest.raises(SignedOutError):
            sign_ins.sign_in(local_team.store, sign_ins.claims_of(said, local_team.store.settings))


class TestLocal:
    def test_one_person_owns_the_one_project(self, local_team):
        actor = sign_ins.local_actor(local_team.store)
        assert sign_ins.local_actor(local_team.store) == actor
        (project,) = projects.listed(local_team.store, actor)
        assert (project.id, project.role) == (sign_ins.LOCAL_PROJECT, Role.OWNER)
