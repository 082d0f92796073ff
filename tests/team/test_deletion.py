"""Deleting a cohort everywhere, with proof; what a sweep finishes, expires and removes."""

import hashlib
import json
import os
import time

import pytest
from sqlalchemy import text

from team import analyses, audit, cohorts, comments, deletion, fault_points, files, uploads
from team.errors import NotFoundError, UnavailableError
from team.sweep import sweep
from team.verify import verify
from tests.team.team import PATIENTS, Team, an_upload

DAY = 24 * 3600


@pytest.fixture
def full(team):
    """A cohort of two versions with an analysis that has a comment, and another cohort."""
    team.version = team.upload()
    team.second = team.upload(content=PATIENTS + b"Ida Jansen,P9,66,TACE,3.3,1\n", cohort_id=team.version.cohort_id)
    team.analysis = team.save(team.version.id)
    comments.add(team.store, team.viewer, analysis_id=team.analysis.id, text="Why?")
    team.kept = team.upload("Other cohort")
    return team


def grow_old(team, seconds):
    """Let every file look as if it had been written long ago."""
    then = time.time() - seconds
    for file in team.store.files.listed():
        os.utime(f"{team.store.settings.files}/{file.path}", (then, then))


class EndedHereError(Exception):
    """The process ends here."""


def stop_at(step):
    def hook(passed):
        if passed == step:
            raise EndedHereError

    fault_points.listen(hook)


@pytest.fixture(autouse=True)
def no_hook():
    yield
    fault_points.listen(None)


class TestReceipt:
    def test_files_and_rows_are_gone_and_the_others_are_not(self, full):
        receipt = deletion.delete_cohort(full.store, full.owner, cohort_id=full.version.cohort_id)
        assert (receipt.versions, receipt.analyses, len(receipt.files), receipt.files_left) == (2, 1, 4, 0)
        assert list(full.store.files.listed(f"{full.project}/{full.version.cohort_id}")) == []
        for call in (
            lambda: cohorts.one(full.store, full.owner, cohort_id=full.version.cohort_id),
            lambda: cohorts.open_originals(full.store, full.owner, version_id=full.second.id),
            lambda: analyses.by_slug(full.store, full.owner, slug=full.analysis.slug),
        ):
            with pytest.raises(NotFoundError):
                call()
        assert cohorts.open_originals(full.store, full.owner, version_id=full.kept.id) == {"patients.csv": PATIENTS}
        with full.store.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM comments")) == 0

    def test_it_says_what_was_removed_and_the_trail_holds_its_digest(self, full):
        receipt = deletion.delete_cohort(full.store, full.owner, cohort_id=full.version.cohort_id)
        assert (hashlib.sha256(PATIENTS).hexdigest(), len(PATIENTS)) in receipt.files
        assert hashlib.sha256(receipt.text.encode()).hexdigest() == receipt.digest
        assert json.loads(receipt.text)["where"] == dict(receipt.where)
        assert receipt.where["folder of files"] == 4
        assert receipt.where["database: versions"] == 2
        assert receipt.where["database: comments"] == 1
        assert "next redraw" in str(receipt.where["memory of processes"])
        assert "backups" in " ".join(receipt.where)
        assert json.loads(receipt.text)["by"] == full.owner.person_id
        line = audit.lines(full.store, full.owner, project_id=full.project, limit=1)[0]
        assert (line.done, line.subject) == ("deleted a cohort", full.version.cohort_id)
        assert line.details == {"receipt": receipt.digest, "files": 4, "left": 0}
        assert deletion.receipts(full.store, full.owner, project_id=full.project) == (receipt,)

    def test_nothing_of_a_patient_is_left_on_the_disk(self, tmp_path, clock):
        team = Team.make(f"sqlite:///{tmp_path}/x.db", tmp_path / "f", clock=clock)
        upload = an_upload("Secret cohort of Dr. Xu", originals={"Anna Berg.csv": PATIENTS}, note="Berg, Anna")
        version = uploads.save(team.store, team.owner, upload, project_id=team.project)
        deletion.delete_cohort(team.store, team.owner, cohort_id=version.cohort_id)
        with team.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        team.store.close()
        left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        for word in (b"Anna", b"Berg", b"Secret cohort"):
            assert word not in left

    @pytest.mark.parametrize("step", ["cohort marked", "file removed", "files removed"])
    def test_a_deletion_that_was_cut_off_is_hidden_and_finished_by_the_sweep(self, full, step):
        stop_at(step)
        with pytest.raises(EndedHereError):
            deletion.delete_cohort(full.store, full.owner, cohort_id=full.version.cohort_id)
        with pytest.raises(NotFoundError):
            cohorts.one(full.store, full.owner, cohort_id=full.version.cohort_id)
        fault_points.listen(None)
        assert sweep(full.store).finished == 1
        (receipt,) = deletion.receipts(full.store, full.owner, project_id=full.project)
        assert (receipt.by, receipt.files_left) == (full.owner.person_id, 0)
        assert verify(full.store).faults == ()

    def test_the_same_key_gives_the_same_receipt(self, full):
        first, again = (
            deletion.delete_cohort(full.store, full.owner, cohort_id=full.version.cohort_id, key="click")
            for _ in range(2)
        )
        assert first == again

    def test_files_that_cannot_be_removed_are_told_and_tried_again(self, full, monkeypatch):
        def refuse(self, path):
            raise UnavailableError("The folder of files does not answer.")

        with monkeypatch.context() as patch:
            patch.setattr(files.FileStore, "remove", refuse)
            with pytest.raises(UnavailableError):
                deletion.delete_cohort(full.store, full.owner, cohort_id=full.version.cohort_id)
        assert deletion.receipts(full.store, full.owner, project_id=full.project) == ()
        assert sweep(full.store).finished == 1


class TestSweep:
    def test_what_nobody_opened_for_long_is_deleted_by_the_sweep(self, tmp_path, clock):
        team = Team.make(f"sqlite:///{tmp_path}/x.db", tmp_path / "f", clock=clock, retention_days=90)
        old, new = team.upload("Old"), team.upload("New")
        clock.move(days=80)
        team.owner = team.sign_in("olga@clinic.example")
        cohorts.open_version(team.store, team.owner, version_id=new.id, to="results")
        clock.move(days=11)
        team.owner = team.sign_in("olga@clinic.example")
        assert sweep(team.store).expired == 1
        assert [one.name for one in cohorts.listed(team.store, team.owner, project_id=team.project)] == ["New"]
        (receipt,) = deletion.receipts(team.store, team.owner, project_id=team.project)
        assert (receipt.cohort_id, receipt.by) == (old.cohort_id, "sweep")
        team.store.close()

    def test_without_a_period_nothing_expires(self, full):
        full.clock.move(days=5000)
        assert sweep(full.store).expired == 0

    def test_an_orphan_is_removed_when_it_is_old_and_no_file_that_is_named(self, full):
        folder = f"{full.project}/{'a' * 32}"
        full.store.files.put(folder, b"an upload that died")
        assert sweep(full.store).orphans == 0
        grow_old(full, 2 * DAY)
        assert sweep(full.store).orphans == 1
        assert verify(full.store).faults == ()

    def test_what_a_write_left_under_a_passing_name_is_removed(self, full):
        stop_at("part of file written")
        with pytest.raises(EndedHereError):
            full.upload("Third")
        fault_points.listen(None)
        assert any(file.path.endswith(".part") for file in full.store.files.listed())
        grow_old(full, 2 * DAY)
        assert sweep(full.store).orphans == 1

    def test_an_upload_that_finds_an_old_orphan_keeps_it_from_the_sweep(self, full):
        stop_at("files kept")
        with pytest.raises(EndedHereError):
            full.upload("Third", key="form-3")
        grow_old(full, 2 * DAY)

        def sweep_in_between(step):
            if step == "files kept":
                fault_points.listen(None)
                for file in list(full.store.files.listed()):
                    if (
                        file.age < DAY
                        and full.version.cohort_id not in file.path
                        and full.kept.cohort_id not in file.path
                    ):
                        full.store.files.remove(file.path)  # as a sweep would that looked before it was touched

        fault_points.listen(sweep_in_between)
        version = full.upload("Third", key="form-3")
        assert cohorts.open_originals(full.store, full.owner, version_id=version.id) == {"patients.csv": PATIENTS}
        assert sweep(full.store).orphans == 0

    def test_old_keys_and_sessions_are_forgotten(self, full):
        full.clock.move(days=100)
        sweep(full.store)
        with full.store.engine.connect() as connection:
            for table in ("saved_keys", "sign_ins", "uploads"):
                assert connection.scalar(text(f"SELECT count(*) FROM {table}")) <= 1, table
