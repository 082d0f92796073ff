"""The table of permits, and that every function of the store asks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from team import activity, analyses, audit, cohorts, comments, deletion, disclosure, drafts, members, projects, uploads
from team.actor import Actor
from team.errors import NotAllowedError, NotFoundError, SignedOutError
from team.permits import PERMITS, RANK, Act, Role, allows, needed
from tests.team.team import a_draft, an_upload

# Written down once more, from the words of the design: who may do what at the least.
LEAST = {
    Act.SEE_PROJECT: Role.VIEWER, Act.SEE_RESULTS: Role.VIEWER, Act.COMMENT: Role.VIEWER,
    Act.EXPORT_RESULTS: Role.VIEWER, Act.SEE_SMALL_NUMBERS: Role.ANALYST, Act.SEE_ROWS: Role.ANALYST,
    Act.EXPORT_ROWS: Role.ANALYST, Act.UPLOAD: Role.ANALYST, Act.SAVE_ANALYSIS: Role.ANALYST,
    Act.DELETE_ANALYSIS: Role.ANALYST, Act.DELETE_COMMENT: Role.OWNER, Act.SEE_IDENTIFIERS: Role.OWNER,
    Act.DELETE_COHORT: Role.OWNER, Act.MANAGE_MEMBERS: Role.OWNER, Act.RENAME_PROJECT: Role.OWNER,
    Act.PROTECT_EXPORTS: Role.OWNER, Act.DELETE_PROJECT: Role.OWNER, Act.SEE_AUDIT: Role.OWNER,
}  # fmt: skip
ROLES = (None, *Role)


class TestTable:
    @given(st.sampled_from(Act), st.sampled_from(Role), st.sampled_from(Role))
    def test_a_higher_role_may_do_what_a_lower_one_may(self, act, one, other):
        low, high = sorted((one, other), key=RANK.__getitem__)
        assert allows(high, act) or not allows(low, act)

    @pytest.mark.parametrize("act", Act)
    def test_each_act_takes_the_role_that_was_meant(self, act):
        assert needed(act) is LEAST[act]
        assert {role for role in Role if allows(role, act)} == {role for role in Role if RANK[role] >= RANK[LEAST[act]]}

    @given(st.sampled_from(Act))
    def test_no_role_may_do_nothing(self, act):
        assert not allows(None, act)

    def test_every_role_and_act_is_in_it(self):
        assert set(PERMITS) == set(Role)
        assert PERMITS[Role.OWNER] == set(Act) == set(LEAST)


# Every function of the store that takes an actor and something of a project, with the act it is.
CALLS = {
    "projects.one": (Act.SEE_PROJECT, lambda t, a: projects.one(t.store, a, project_id=t.project)),
    "disclosure.set_protection": (
        Act.PROTECT_EXPORTS,
        lambda t, a: disclosure.set_protection(t.store, a, project_id=t.project, on=False, below=5),
    ),
    "projects.rename": (Act.RENAME_PROJECT, lambda t, a: projects.rename(t.store, a, project_id=t.project, name="N")),
    "projects.delete": (Act.DELETE_PROJECT, lambda t, a: projects.delete(t.store, a, project_id=t.empty)),
    "members.listed": (Act.SEE_PROJECT, lambda t, a: members.listed(t.store, a, project_id=t.project)),
    "members.invite": (
        Act.MANAGE_MEMBERS,
        lambda t, a: members.invite(t.store, a, project_id=t.project, email="new@x.example", role=Role.VIEWER),
    ),
    "members.withdraw": (
        Act.MANAGE_MEMBERS,
        lambda t, a: members.withdraw(t.store, a, project_id=t.project, invitation_id=t.invitation),
    ),
    "members.set_role": (
        Act.MANAGE_MEMBERS,
        lambda t, a: members.set_role(t.store, a, project_id=t.project, person_id=t.other, role=Role.ANALYST),
    ),
    "members.remove": (
        Act.MANAGE_MEMBERS,
        lambda t, a: members.remove(t.store, a, project_id=t.project, person_id=t.other),
    ),
    "members.set_group": (
        Act.MANAGE_MEMBERS,
        lambda t, a: members.set_group(t.store, a, project_id=t.project, group="g", role=Role.VIEWER),
    ),
    "uploads.save": (Act.UPLOAD, lambda t, a: uploads.save(t.store, a, an_upload(), project_id=t.project)),
    "uploads.save a version": (
        Act.UPLOAD,
        lambda t, a: uploads.save(t.store, a, an_upload(), project_id=t.project, cohort_id=t.version.cohort_id),
    ),
    "cohorts.listed": (Act.SEE_RESULTS, lambda t, a: cohorts.listed(t.store, a, project_id=t.project)),
    "cohorts.one": (Act.SEE_RESULTS, lambda t, a: cohorts.one(t.store, a, cohort_id=t.version.cohort_id)),
    "cohorts.version": (Act.SEE_RESULTS, lambda t, a: cohorts.version(t.store, a, version_id=t.version.id)),
    "cohorts.open_version results": (
        Act.SEE_RESULTS,
        lambda t, a: cohorts.open_version(t.store, a, version_id=t.version.id, to="results"),
    ),
    "cohorts.open_version rows": (
        Act.SEE_ROWS,
        lambda t, a: cohorts.open_version(t.store, a, version_id=t.version.id, to="rows"),
    ),
    "cohorts.open_originals": (
        Act.SEE_IDENTIFIERS,
        lambda t, a: cohorts.open_originals(t.store, a, version_id=t.version.id),
    ),
    "cohorts.rename": (Act.UPLOAD, lambda t, a: cohorts.rename(t.store, a, cohort_id=t.version.cohort_id, name="N")),
    "cohorts.record_export results": (Act.EXPORT_RESULTS, lambda t, a: export(t, a, holds="results")),
    "cohorts.record_export rows": (Act.EXPORT_ROWS, lambda t, a: export(t, a, holds="rows")),
    "analyses.listed": (Act.SEE_RESULTS, lambda t, a: analyses.listed(t.store, a, project_id=t.project)),
    "analyses.one": (Act.SEE_RESULTS, lambda t, a: analyses.one(t.store, a, analysis_id=t.analysis.id)),
    "analyses.by_slug": (Act.SEE_RESULTS, lambda t, a: analyses.by_slug(t.store, a, slug=t.analysis.slug)),
    "analyses.history": (Act.SEE_RESULTS, lambda t, a: analyses.history(t.store, a, analysis_id=t.analysis.id)),
    "drafts.save": (Act.SAVE_ANALYSIS, lambda t, a: drafts.save(t.store, a, a_draft(t.version.id))),
    "drafts.save again": (
        Act.SAVE_ANALYSIS,
        lambda t, a: drafts.save(t.store, a, a_draft(t.version.id), analysis_id=t.analysis.id, read_version=1),
    ),
    "drafts.pin": (
        Act.SAVE_ANALYSIS,
        lambda t, a: drafts.pin(t.store, a, analysis_id=t.analysis.id, pinned=True),
    ),
    "drafts.remove": (Act.DELETE_ANALYSIS, lambda t, a: drafts.remove(t.store, a, analysis_id=t.analysis.id)),
    "comments.listed": (Act.SEE_RESULTS, lambda t, a: comments.listed(t.store, a, analysis_id=t.analysis.id)),
    "comments.add": (Act.COMMENT, lambda t, a: comments.add(t.store, a, analysis_id=t.analysis.id, text="Yes.")),
    "comments.remove another's": (
        Act.DELETE_COMMENT,
        lambda t, a: comments.remove(t.store, a, comment_id=t.comment.id),
    ),
    "audit.lines": (Act.SEE_AUDIT, lambda t, a: audit.lines(t.store, a, project_id=t.project)),
    "audit.export": (Act.SEE_AUDIT, lambda t, a: audit.export(t.store, a, project_id=t.project, form="csv")),
    "activity.recent": (Act.SEE_PROJECT, lambda t, a: activity.recent(t.store, a, project_id=t.project)),
    "deletion.delete_cohort": (
        Act.DELETE_COHORT,
        lambda t, a: deletion.delete_cohort(t.store, a, cohort_id=t.version.cohort_id),
    ),
    "deletion.receipts": (Act.DELETE_COHORT, lambda t, a: deletion.receipts(t.store, a, project_id=t.project)),
}
# What removes things comes last, so that the others still find them.
LAST = (
    "members.withdraw", "members.set_role", "members.remove", "comments.remove another's", "drafts.remove",
    "deletion.delete_cohort", "projects.delete",
)  # fmt: skip
# Not of one project: a list of one's own, and what is checked for the person rather than the role.
OF_NO_PROJECT = {"projects.listed", "projects.create", "projects.may_create"}


def export(team, actor, *, holds):
    cohorts.record_export(team.store, actor, version_id=team.version.id, kind="excel", content=b"x", holds=holds)


@pytest.fixture
def full(local_team):
    """A project with one of everything."""
    team = local_team
    second = team.sign_in("second@clinic.example")
    team.other = team.sign_in("other@clinic.example").person_id
    for email in ("second@clinic.example", "other@clinic.example"):
        members.invite(team.store, team.owner, project_id=team.project, email=email, role=Role.VIEWER)
    waiting = members.invite(team.store, team.owner, project_id=team.project, email="w@x.example", role=Role.VIEWER)
    team.invitation = waiting.id
    team.empty = projects.create(team.store, team.owner, name="Empty").id
    for email, role in (("ann@clinic.example", Role.ANALYST), ("vic@clinic.example", Role.VIEWER)):
        members.invite(team.store, team.owner, project_id=team.empty, email=email, role=role)
    team.version = team.upload()
    team.analysis = team.save(team.version.id)
    team.comment = comments.add(team.store, second, analysis_id=team.analysis.id, text="Why?")
    return team


class TestEveryFunctionAsks:
    @pytest.mark.parametrize("role", ROLES, ids=str)
    def test_each_role_may_do_what_the_table_says_and_no_more(self, full, role):
        actor = full.with_role(role)
        order = [*(name for name in CALLS if name not in LAST), *LAST]
        for name in order:
            act, call = CALLS[name]
            if allows(role, act):
                call(full, actor)
            else:
                refused = NotFoundError if role is None else NotAllowedError
                with pytest.raises(refused) as told:
                    call(full, actor)
                assert role is None or f"takes the role {needed(act)}" in told.value.message, name

    def test_the_list_of_calls_is_whole(self):
        there = set()
        for module in (
            activity, analyses, audit, cohorts, comments, deletion, disclosure, drafts, members, projects, uploads,
        ):  # fmt: skip
            short = module.__name__.removeprefix("team.")
            own = [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__ and callable(f)]
            takes = [f for f in own if "actor" in getattr(f, "__annotations__", {}) and not f.__name__.startswith("_")]
            there |= {f"{short}.{f.__name__}" for f in takes if "store" in f.__annotations__}
        assert there - OF_NO_PROJECT == {name.split(" ")[0] for name in CALLS}

    def test_a_stranger_cannot_tell_what_is_there_from_what_is_not(self, full):
        def said(call):
            with pytest.raises(NotFoundError) as told:
                call()
            return str(told.value)

        stranger, store, nothing = full.stranger, full.store, "f" * 32
        assert said(lambda: projects.one(store, stranger, project_id=full.project)) == said(
            lambda: projects.one(store, stranger, project_id=nothing)
        )
        for there, call in (
            (full.version.cohort_id, lambda one: cohorts.one(store, stranger, cohort_id=one)),
            (full.version.id, lambda one: cohorts.open_version(store, stranger, version_id=one, to="results")),
            (full.version.id, lambda one: cohorts.open_originals(store, stranger, version_id=one)),
            (full.version.cohort_id, lambda one: deletion.delete_cohort(store, stranger, cohort_id=one)),
            (full.version.id, lambda one: drafts.save(store, stranger, a_draft(one))),
            (full.analysis.id, lambda one: analyses.one(store, stranger, analysis_id=one)),
            (full.analysis.slug, lambda one: analyses.by_slug(store, stranger, slug=one)),
            (full.analysis.id, lambda one: drafts.remove(store, stranger, analysis_id=one)),
            (full.analysis.id, lambda one: comments.add(store, stranger, analysis_id=one, text="x")),
            (full.comment.id, lambda one: comments.remove(store, stranger, comment_id=one)),
        ):
            assert said(lambda call=call, there=there: call(there)) == said(lambda call=call: call(nothing))

    def test_a_role_that_changes_works_at_once(self, full):
        viewer = full.viewer
        cohorts.open_version(full.store, viewer, version_id=full.version.id, to="results")
        members.set_role(full.store, full.owner, project_id=full.project, person_id=viewer.person_id, role=Role.ANALYST)
        cohorts.open_version(full.store, viewer, version_id=full.version.id, to="rows")
        members.remove(full.store, full.owner, project_id=full.project, person_id=viewer.person_id)
        with pytest.raises(NotFoundError):
            cohorts.open_version(full.store, viewer, version_id=full.version.id, to="results")

    def test_somebody_who_is_nobody(self, full):
        for actor in (Actor(person_id="f" * 32), Actor(person_id=full.owner.person_id, session_id="f" * 32)):
            with pytest.raises(SignedOutError):
                projects.one(full.store, actor, project_id=full.project)

    def test_another_persons_session_is_none(self, full):
        actor = Actor(person_id=full.owner.person_id, session_id=full.viewer.session_id)
        with pytest.raises(SignedOutError):
            projects.one(full.store, actor, project_id=full.project)
