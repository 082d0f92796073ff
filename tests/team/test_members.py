"""Members of a project: the last owner stays, two owners cannot remove each other."""

import threading

import pytest

from team import members, people, projects
from team.errors import NotAllowedError, NotFoundError, RefusedError, TeamError
from team.permits import Role


def owners(team):
    found = members.listed(team.store, team.owner, project_id=team.project)
    return [one.email for one in found.people if one.role is Role.OWNER]


class TestLastOwner:
    def test_cannot_leave(self, team):
        with pytest.raises(RefusedError, match="at least one owner"):
            members.remove(team.store, team.owner, project_id=team.project, person_id=team.owner.person_id)

    def test_cannot_step_down(self, team):
        with pytest.raises(RefusedError, match="at least one owner"):
            members.set_role(
                team.store, team.owner, project_id=team.project, person_id=team.owner.person_id, role=Role.ANALYST
            )
        assert owners(team) == ["olga@clinic.example"]

    def test_keeps_the_account(self, team):
        with pytest.raises(RefusedError, match="'HCC study' would have no owner"):
            people.close(team.store, email="olga@clinic.example")

    def test_a_group_of_owners_is_no_owner(self, team):
        members.set_group(team.store, team.owner, project_id=team.project, group="chiefs", role=Role.OWNER)
        with pytest.raises(RefusedError):
            members.remove(team.store, team.owner, project_id=team.project, person_id=team.owner.person_id)

    def test_two_owners_who_remove_each_other_at_once_leave_one(self, team):
        second = team.analyst
        members.set_role(team.store, team.owner, project_id=team.project, person_id=second.person_id, role=Role.OWNER)
        told, begin = [], threading.Barrier(2)

        def remove(actor, other):
            begin.wait()
            try:
                members.remove(team.store, actor, project_id=team.project, person_id=other.person_id)
                told.append("removed")
            except TeamError as error:
                told.append(type(error).__name__)

        threads = [threading.Thread(target=remove, args=pair) for pair in ((team.owner, second), (second, team.owner))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["NotFoundError", "removed"]


class TestMembers:
    def test_everyone_with_a_part_is_listed(self, team):
        members.set_group(team.store, team.owner, project_id=team.project, group="board", role=Role.VIEWER)
        found = members.listed(team.store, team.owner, project_id=team.project)
        assert {one.email: one.role for one in found.people} == {
            "olga@clinic.example": Role.OWNER, "ann@clinic.example": Role.ANALYST, "vic@clinic.example": Role.VIEWER,
        }  # fmt: skip
        assert found.groups == {"board": Role.VIEWER}

    def test_invitations_are_for_owners(self, team):
        members.invite(team.store, team.owner, project_id=team.project, email="x@y.example", role=Role.VIEWER)
        assert len(members.listed(team.store, team.owner, project_id=team.project).invitations) == 1
        assert members.listed(team.store, team.viewer, project_id=team.project).invitations == ()

    def test_anyone_may_leave(self, team):
        members.remove(team.store, team.viewer, project_id=team.project, person_id=team.viewer.person_id)
        with pytest.raises(NotFoundError):
            projects.one(team.store, team.viewer, project_id=team.project)

    def test_nobody_makes_themselves_more(self, team):
        for actor in (team.analyst, team.viewer):
            with pytest.raises(NotAllowedError):
                members.set_role(team.store, actor, project_id=team.project, person_id=actor.person_id, role=Role.OWNER)

    def test_an_invitation_of_another_project_is_not_withdrawn(self, team):
        other = projects.create(team.store, team.owner, name="Other").id
        waiting = members.invite(team.store, team.owner, project_id=other, email="x@y.example", role=Role.VIEWER)
        with pytest.raises(NotFoundError):
            members.withdraw(team.store, team.owner, project_id=team.project, invitation_id=waiting.id)
        members.withdraw(team.store, team.owner, project_id=other, invitation_id=waiting.id)
        assert members.listed(team.store, team.owner, project_id=other).invitations == ()

    @pytest.mark.parametrize("email", ["", "ann", "ann@", "@x", "a b@x.example", "a@x.example,b@x.example", "<a@x>"])
    def test_what_is_no_address_is_not_invited(self, local_team, email):
        with pytest.raises(RefusedError, match="no e-mail address"):
            members.invite(
                local_team.store, local_team.owner, project_id=local_team.project, email=email, role=Role.VIEWER
            )


class TestProjects:
    @pytest.mark.parametrize("name", ["", "  ", "x" * 201])
    def test_a_name_is_given(self, local_team, name):
        with pytest.raises(RefusedError):
            projects.create(local_team.store, local_team.owner, name=name)

    def test_a_project_with_cohorts_is_not_deleted(self, team):
        team.upload()
        with pytest.raises(RefusedError, match="still has cohorts"):
            projects.delete(team.store, team.owner, project_id=team.project)

    def test_a_deleted_project_is_not_there(self, team):
        projects.delete(team.store, team.owner, project_id=team.project)
        assert projects.listed(team.store, team.owner) == ()
        with pytest.raises(NotFoundError):
            projects.one(team.store, team.owner, project_id=team.project)

    def test_a_key_creates_once(self, team):
        first = projects.create(team.store, team.owner, name="Once", key="form-1")
        assert projects.create(team.store, team.owner, name="Once", key="form-1").id == first.id
        assert len(projects.listed(team.store, team.owner)) == 2
