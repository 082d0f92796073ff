"""Storage that is full, closed, slow or lies: said in a sentence, nothing half-written, nothing lost."""

import errno
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from team import cohorts, fault_points, files
from team.errors import UnavailableError
from team.files import FileStore
from team.verify import verify
from tests.team.team import PATIENTS, Team

ROOT = Path(__file__).resolve().parents[2]


class FaultyFileSystem(MemoryFileSystem):
    """Object storage that can be told to fail, to be slow, or to keep something else than it was given."""

    protocol = "faulty"
    store = {}  # noqa: RUF012  # as its base has it
    pseudo_dirs = [""]  # noqa: RUF012
    fault = None
    pause = 0.0
    changes = False

    def _open(self, path, mode="rb", **options):
        if "w" in mode:
            time.sleep(type(self).pause)
            if type(self).fault is not None:
                raise OSError(type(self).fault, os.strerror(type(self).fault))
        file = super()._open(path, mode, **options)
        if "w" in mode and type(self).changes:
            file.write(b"?")
        return file


@pytest.fixture
def storage():
    fsspec.register_implementation("faulty", FaultyFileSystem, clobber=True)
    FaultyFileSystem.store.clear()
    yield FaultyFileSystem
    FaultyFileSystem.fault, FaultyFileSystem.pause, FaultyFileSystem.changes = None, 0.0, False


@pytest.fixture
def remote(storage, tmp_path, clock):
    """A team whose files are in object storage."""
    made = Team.make(f"sqlite:///{tmp_path}/store.db", "faulty://bucket/cohorts", clock=clock)
    yield made
    made.store.close()


@pytest.fixture(autouse=True)
def no_hook():
    yield
    fault_points.listen(None)


def nothing_new(team, name):
    return name not in [one.name for one in cohorts.listed(team.store, team.owner, project_id=team.project)]


class TestObjectStorage:
    def test_it_works_as_a_folder_does(self, remote):
        version = remote.upload()
        assert cohorts.open_originals(remote.store, remote.owner, version_id=version.id) == {"patients.csv": PATIENTS}
        assert verify(remote.store).faults == ()
        assert not any(path.endswith(".part") for path in FaultyFileSystem.store)

    @pytest.mark.parametrize(
        ("fault", "told"),
        [
            (errno.ENOSPC, "The disk is full"), (errno.EDQUOT, "The disk is full"), (errno.EFBIG, "The disk is full"),
            (errno.EROFS, "may not be written to"), (errno.EACCES, "may not be written to"),
            (errno.EIO, "does not answer"), (errno.ETIMEDOUT, "does not answer"),
        ],
    )  # fmt: skip
    def test_a_fault_is_told_and_the_same_upload_works_later(self, remote, storage, fault, told):
        storage.fault = fault
        with pytest.raises(UnavailableError, match=told):
            remote.upload("Later", key="form-1")
        assert nothing_new(remote, "Later")
        storage.fault = None
        version = remote.upload("Later", key="form-1")
        assert cohorts.open_originals(remote.store, remote.owner, version_id=version.id) == {"patients.csv": PATIENTS}
        assert verify(remote.store).faults == ()

    def test_what_was_not_kept_as_it_was_written_is_never_acknowledged(self, remote, storage):
        storage.changes = True
        with pytest.raises(UnavailableError):
            remote.upload("Changed")
        assert nothing_new(remote, "Changed")

    def test_a_slow_upload_keeps_nobody_else_waiting(self, remote, storage):
        version = remote.upload()
        storage.pause = 1.0
        upload = threading.Thread(target=remote.upload, args=("Slow",))
        upload.start()
        time.sleep(0.2)
        began = time.monotonic()
        remote.save(version.id, "Meanwhile", actor=remote.analyst)
        took = time.monotonic() - began
        assert upload.is_alive(), "the upload was to be slower than the save"
        upload.join()
        assert took < 1.5
        assert not nothing_new(remote, "Slow")


class TestFolder:
    def test_a_disk_that_fills_up_in_the_middle_of_a_file(self, local_team, monkeypatch):
        written = []

        def fill(step):
            if step == "part of file written":
                written.append(step)
                raise OSError(errno.ENOSPC, "No space left on device")

        fault_points.listen(fill)
        with pytest.raises(UnavailableError, match=r"The disk is full\. Hint: Nothing was saved"):
            local_team.upload("Full")
        assert written
        fault_points.listen(None)
        assert nothing_new(local_team, "Full")
        assert not any(file.path.endswith(".part") for file in local_team.store.files.listed())
        local_team.upload("Full")

    @pytest.mark.skipif(os.name != "posix", reason="limits of a process")
    def test_a_file_that_grows_past_the_limit_of_the_process(self, local_team):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        version = local_team.upload()
        import signal

        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, before[1]))
        try:
            with pytest.raises(UnavailableError, match="The disk is full"):
                local_team.upload("Large", originals={"large.bin": bytes(2_000_000)})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
        assert nothing_new(local_team, "Large")
        assert cohorts.open_originals(local_team.store, local_team.owner, version_id=version.id)

    def test_a_disk_that_is_full_for_the_database(self, tmp_path, clock):
        team = Team.make(f"sqlite:///{tmp_path}/store.db", tmp_path / "files", clock=clock)
        version = team.upload()
        with team.store.engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        team.store.engine.dispose()
        from sqlalchemy import event

        @event.listens_for(team.store.engine, "connect")
        def limit(connection, _record):
            connection.execute(f"PRAGMA max_page_count={pages}")

        def save_on():
            for number in range(200):
                team.save(version.id, f"N{number}")

        with pytest.raises(UnavailableError, match="disk of the database is full"):
            save_on()
        event.remove(team.store.engine, "connect", limit)
        team.store.engine.dispose()
        team.save(version.id, "After")
        assert verify(team.store).faults == ()
        team.store.close()

    @pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="root becomes another user")
    def test_a_folder_that_may_not_be_written_to(self, tmp_path):
        """Root may write anywhere, so another user tries."""
        closed = tmp_path / "closed"
        closed.mkdir()
        code = (
            "import os, sys; from team.files import FileStore; from team.errors import UnavailableError\n"
            "os.setgid(65534); os.setuid(65534)\n"
            f"store = FileStore({str(closed)!r})\n"
            "for act in (store.check, lambda: store.put('0' * 32 + '/' + '1' * 32, b'x')):\n"
            "    try:\n        act()\n        sys.exit('written')\n"
            "    except UnavailableError as error:\n        print(error.message)\n"
        )
        for folder in (tmp_path, *tmp_path.parents):
            if folder != Path("/") and folder != Path("/tmp"):
                folder.chmod(0o755)
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == ["The folder of files may not be written to."] * 2

    def test_a_database_that_may_only_be_read(self, local_team):
        version = local_team.upload()
        local_team.store.engine.dispose()
        from sqlalchemy import event

        @event.listens_for(local_team.store.engine, "connect")
        def only_read(connection, _record):
            connection.execute("PRAGMA query_only=ON")

        with pytest.raises(UnavailableError, match="may not be written to"):
            local_team.save(version.id, "No")
        found = cohorts.listed(local_team.store, local_team.owner, project_id=local_team.project)
        assert [one.name for one in found] == ["First cohort"]

    def test_readiness_tells_whether_files_can_be_kept(self, local_team, monkeypatch):
        local_team.store.check_ready()
        monkeypatch.setattr(files.FileStore, "_opened", lambda *_: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
        with pytest.raises(UnavailableError, match="The disk is full"):
            local_team.store.check_ready()

    def test_paths_are_made_of_identifiers_only(self, local_team):
        store: FileStore = local_team.store.files
        for folder in ("../" + "0" * 32, "0" * 32, "", "/etc", "0" * 32 + "/" + "0" * 31 + "/"):
            with pytest.raises(ValueError, match="named by identifiers"):
                store.put(folder, b"x")
        with pytest.raises(ValueError, match="named by identifiers"):
            store.get("0" * 32 + "/" + "1" * 32, "../../etc/passwd")
        with pytest.raises(ValueError, match="not a folder of a cohort"):
            store.remove_folder("0" * 32)


def test_a_clock_that_jumps_back_loses_nothing(local_team):
    version = local_team.upload()
    first = local_team.save(version.id, "Before")
    local_team.clock.move(days=-400)
    local_team.save(version.id, "After", analysis_id=first.id, read_version=1)
    local_team.upload("Second")
    assert verify(local_team.store).faults == ()
    found = cohorts.one(local_team.store, local_team.owner, cohort_id=version.cohort_id)
    assert found.versions[0].number == 1
