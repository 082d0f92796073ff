"""Saved analyses and comments: nothing is overwritten unseen, links open for members only."""

import threading

import pytest

from core.spec import AnalysisSpec
from team import analyses, comments, drafts, measures
from team.errors import NotAllowedError, NotFoundError, RefusedError
from tests.team.team import a_draft


@pytest.fixture
def version(team):
    return team.upload()


def test_saves_of_each_kind_are_measured(local_team):
    kinds = ("cohort", "analysis", "comment")
    before = {kind: measures.counts().get(("saves", kind), 0) for kind in kinds}
    timed = measures.durations().get("save_seconds", ([0], 0.0))[0]
    saved = local_team.save(local_team.upload().id)
    comments.add(local_team.store, local_team.viewer, analysis_id=saved.id, text="Why?")
    assert {kind: measures.counts()["saves", kind] for kind in kinds} == {kind: n + 1 for kind, n in before.items()}
    assert sum(measures.durations()["save_seconds"][0]) == sum(timed) + 3
    failed = measures.counts().get(("saves_failed", "cohort"), 0)
    with pytest.raises(NotAllowedError):
        local_team.upload("No", actor=local_team.viewer)
    assert measures.counts()["saves_failed", "cohort"] == failed + 1


class TestSave:
    def test_it_opens_as_it_was_saved(self, team, version):
        draft = a_draft(version.id, view="?endpoint=OS&group=Arm")
        saved = drafts.save(team.store, team.analyst, draft)
        found = analyses.by_slug(team.store, team.viewer, slug=saved.slug)
        assert found == saved
        assert isinstance(found.spec, AnalysisSpec)
        assert found.spec == draft.spec
        assert (found.view, found.version, found.by_name) == ("?endpoint=OS&group=Arm", 1, "ann")

    def test_every_save_is_kept(self, team, version):
        first = team.save(version.id, "One")
        team.save(version.id, "Two", analysis_id=first.id, read_version=1)
        assert [one.name for one in analyses.history(team.store, team.viewer, analysis_id=first.id)] == ["Two", "One"]
        assert analyses.one(team.store, team.viewer, analysis_id=first.id, version=1).name == "One"
        assert analyses.one(team.store, team.viewer, analysis_id=first.id).name == "Two"

    def test_a_save_that_was_overtaken_is_told_with_both(self, team, version):
        first = team.save(version.id, "One")
        team.save(version.id, "Hers", actor=team.analyst, analysis_id=first.id, read_version=1)
        with pytest.raises(drafts.ConflictError, match="ann saved 'Hers' while you were working on it") as told:
            team.save(version.id, "Mine", analysis_id=first.id, read_version=1)
        assert told.value.theirs.name == "Hers"
        assert told.value.mine.name == "Mine"
        again = team.save(version.id, "Mine", analysis_id=first.id, read_version=told.value.theirs.version)
        assert again.version == 3

    def test_of_many_who_save_at_once_each_save_is_there_or_was_told(self, team, version):
        first, told, begin = team.save(version.id, "Start"), [], threading.Barrier(6)

        def save(number):
            begin.wait()
            try:
                told.append(team.save(version.id, f"N{number}", analysis_id=first.id, read_version=1).name)
            except drafts.ConflictError:
                told.append(None)

        threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (winner,) = [name for name in told if name]
        history = analyses.history(team.store, team.viewer, analysis_id=first.id)
        assert [one.name for one in history] == [winner, "Start"]

    def test_a_key_saves_once_and_gives_that_save(self, team, version):
        first = team.save(version.id, "One", key="click-1")
        team.save(version.id, "Two", analysis_id=first.id, read_version=1, key="click-2")
        assert team.save(version.id, "One", key="click-1") == first
        assert len(analyses.listed(team.store, team.viewer, project_id=team.project)) == 1

    def test_a_slug_cannot_be_guessed(self, local_team):
        version = local_team.upload()
        slugs = {local_team.save(version.id).slug for _ in range(20)}
        assert len(slugs) == 20
        assert min(map(len, slugs)) >= 22

    @pytest.mark.parametrize(("name", "note"), [("", ""), ("x" * 201, ""), ("n", "x" * 4001)])
    def test_what_is_too_long_or_empty(self, local_team, name, note):
        draft = a_draft(local_team.upload().id)
        with pytest.raises(RefusedError):
            drafts.save(
                local_team.store, local_team.owner,
                drafts.Draft(cohort_version_id=draft.cohort_version_id, name=name, spec=draft.spec, note=note),
            )  # fmt: skip


class TestList:
    def test_pinned_ones_stand_first_then_the_newest(self, team, version):
        for name in ("A", "B", "C"):
            saved = team.save(version.id, name)
            team.clock.move(minutes=1)
            if name == "A":
                drafts.pin(team.store, team.analyst, analysis_id=saved.id, pinned=True)
        listed = analyses.listed(team.store, team.viewer, project_id=team.project)
        assert [(one.name, one.pinned) for one in listed] == [("A", True), ("C", False), ("B", False)]

    def test_a_deleted_analysis_takes_its_comments_along(self, team, version):
        saved = team.save(version.id)
        comments.add(team.store, team.viewer, analysis_id=saved.id, text="Good.")
        drafts.remove(team.store, team.analyst, analysis_id=saved.id)
        assert analyses.listed(team.store, team.viewer, project_id=team.project) == ()
        with pytest.raises(NotFoundError):
            comments.listed(team.store, team.viewer, analysis_id=saved.id)


class TestComments:
    def test_in_the_order_they_were_made(self, team, version):
        saved = team.save(version.id)
        for actor, text in ((team.viewer, "Why the dip?"), (team.analyst, "Two deaths at 8 months.")):
            comments.add(team.store, actor, analysis_id=saved.id, text=text, result="os")
            team.clock.move(seconds=1)
        found = comments.listed(team.store, team.owner, analysis_id=saved.id)
        assert [(one.by_name, one.text, one.result) for one in found] == [
            ("vic", "Why the dip?", "os"), ("ann", "Two deaths at 8 months.", "os"),
        ]  # fmt: skip

    def test_ones_own_may_be_deleted_and_others_by_owners_only(self, team, version):
        saved = team.save(version.id)
        first = comments.add(team.store, team.viewer, analysis_id=saved.id, text="One")
        second = comments.add(team.store, team.analyst, analysis_id=saved.id, text="Two")
        with pytest.raises(NotAllowedError):
            comments.remove(team.store, team.viewer, comment_id=second.id)
        comments.remove(team.store, team.viewer, comment_id=first.id)
        comments.remove(team.store, team.owner, comment_id=second.id)
        assert comments.listed(team.store, team.owner, analysis_id=saved.id) == ()

    @pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
    def test_something_is_said(self, local_team, text):
        saved = local_team.save(local_team.upload().id)
        with pytest.raises(RefusedError):
            comments.add(local_team.store, local_team.viewer, analysis_id=saved.id, text=text)
