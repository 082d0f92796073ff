"""Cohorts in a bucket, over the protocol of S3: a server of the tests plays the storage."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
import urllib.request

import pytest

from team import cohorts, deletion, fault_points
from team.backup import back_up, restore
from team.errors import DamagedError, UnavailableError
from team.files import FileStore
from team.settings import load_settings
from team.store import open_store
from team.sweep import sweep
from team.verify import verify
from tests.hosting.servers import free_port
from tests.team.team import PATIENTS, Team

pytest.importorskip("s3fs", reason="the packages of requirements.txt are not all installed")
moto_server = pytest.importorskip("moto.server", reason="the packages of requirements-dev.txt are not all installed")

FOLDER = f"{'a' * 32}/{'b' * 32}"
LARGE = bytes(range(256)) * 4096 * 12  # 12 MB: sent in pieces


@pytest.fixture(scope="module")
def server():
    """The storage, and keys for it in the environment, as a host has them."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    with pytest.MonkeyPatch.context() as environment:
        address = "http://{}:{}".format(*running.get_host_and_port())
        for name, value in {
            "AWS_ENDPOINT_URL": address,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }.items():
            environment.setenv(name, value)
        yield address
    running.stop()


@pytest.fixture
def client(server):
    """The storage, spoken to by another program; its bucket is empty."""
    import boto3

    made = boto3.client("s3")
    made.create_bucket(Bucket="cohorts")
    for one in made.list_objects_v2(Bucket="cohorts").get("Contents", ()):
        made.delete_object(Bucket="cohorts", Key=one["Key"])
    return made


@pytest.fixture
def files(client):
    return FileStore("s3://cohorts/data")


@pytest.fixture
def remote(client, tmp_path, clock):
    """A team whose files are in the bucket."""
    made = Team.make(f"sqlite:///{tmp_path}/store.db", "s3://cohorts/data", clock=clock)
    yield made
    made.store.close()


@pytest.fixture(autouse=True)
def no_hook():
    yield
    fault_points.listen(None)


def keys(client):
    return [one["Key"] for one in client.list_objects_v2(Bucket="cohorts").get("Contents", ())]


def test_a_cohort_is_saved_opened_and_deleted_with_proof(remote, client):
    version = remote.upload()
    assert len(keys(client)) == 2
    assert cohorts.open_originals(remote.store, remote.owner, version_id=version.id) == {"patients.csv": PATIENTS}
    assert not verify(remote.store).faults
    receipt = deletion.delete_cohort(remote.store, remote.owner, cohort_id=version.cohort_id)
    assert (len(receipt.files), receipt.files_left) == (2, 0)
    assert keys(client) == []


def test_a_large_file_is_what_it_was(files):
    digest = files.put(FOLDER, LARGE)
    assert files.get(FOLDER, digest) == LARGE
    assert [one.size for one in files.listed()] == [len(LARGE)]


def test_what_the_other_process_removed_is_gone_here_too(files, client):
    digest = files.put(FOLDER, b"patients")
    assert list(files.listed())
    client.delete_object(Bucket="cohorts", Key=f"data/{FOLDER}/{digest}")
    assert not files.has(FOLDER, digest)
    with pytest.raises(DamagedError, match="missing"):
        files.get(FOLDER, digest)


def test_an_upload_that_breaks_off_leaves_nothing(files, client):
    passed = []

    def breaks(step):
        passed.append(step)
        if passed.count("part of file written") == 8:
            raise OSError("the connection broke off")

    fault_points.listen(breaks)
    with pytest.raises(UnavailableError, match="does not answer"):
        files.put(FOLDER, LARGE)
    fault_points.listen(None)
    assert keys(client) == []
    assert not list(files.listed())
    assert not client.list_multipart_uploads(Bucket="cohorts").get("Uploads")


def test_the_pieces_of_a_killed_upload_are_seen_and_removed(remote, client):
    """They are in no listing of the storage, and hold patients all the same."""
    version = remote.upload()
    key = f"data/{remote.project}/{version.cohort_id}/{'c' * 64}.{'d' * 32}.part"

    def killed_upload():
        begun = client.create_multipart_upload(Bucket="cohorts", Key=key)["UploadId"]
        client.upload_part(Bucket="cohorts", Key=key, UploadId=begun, PartNumber=1, Body=LARGE[: 5 * 1024**2])
        assert unfinished()

    def unfinished():
        return client.list_multipart_uploads(Bucket="cohorts").get("Uploads")

    killed_upload()
    assert sweep(remote.store).orphans == 1, "the storage of the tests says that each was begun years ago"
    assert not unfinished()
    killed_upload()
    receipt = deletion.delete_cohort(remote.store, remote.owner, cohort_id=version.cohort_id)
    assert not unfinished()
    assert receipt.files_left == 0
    assert not list(remote.store.files.listed())


def test_backup_and_restore_between_a_bucket_and_a_folder(remote, tmp_path, clock, client):
    remote.upload()
    told = back_up(remote.store, tmp_path / "b.tar")
    folder = open_store(
        load_settings(database_url=f"sqlite:///{tmp_path}/new.db", files_url=str(tmp_path / "files")), clock=clock
    )
    assert restore(folder, tmp_path / "b.tar") == told
    assert not verify(folder).faults
    back_up(folder, tmp_path / "back.tar")
    folder.close()
    for key in keys(client):
        client.delete_object(Bucket="cohorts", Key=key)
    again = open_store(
        load_settings(database_url=f"sqlite:///{tmp_path}/again.db", files_url="s3://cohorts/data"), clock=clock
    )
    assert restore(again, tmp_path / "back.tar").files == told.files == len(keys(client))
    assert not verify(again).faults
    again.close()


class TestTroubles:
    def test_a_bucket_that_is_not_there_is_told_and_not_made(self, server, client):
        with pytest.raises(UnavailableError, match="place of the files is gone"):
            FileStore("s3://mistyped/data").put(FOLDER, b"patients")
        assert [one["Name"] for one in client.list_buckets()["Buckets"]] == ["cohorts"]

    def test_keys_that_do_not_count_are_told(self, server, files):
        def from_now_on(requests: bytes):
            plain = {"Content-Type": "text/plain"}
            asked = urllib.request.Request(f"{server}/moto-api/reset-auth", data=requests, headers=plain)
            urllib.request.urlopen(asked).close()

        from_now_on(b"0")
        try:
            for call in (
                lambda: files.put(FOLDER, b"patients"),
                files.check,
                lambda: list(files.listed()),
                lambda: files.get(FOLDER, "c" * 64),
            ):
                with pytest.raises(UnavailableError, match="refuses the keys of this host") as told:
                    call()
                assert "secret" not in str(told.value)
        finally:
            from_now_on(b"1000000000")

    def test_a_storage_that_is_away_is_told_within_seconds(self, monkeypatch, client):
        from s3fs import S3FileSystem

        S3FileSystem.clear_instance_cache()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        away = FileStore("s3://cohorts/data")
        before = time.monotonic()
        for call in (lambda: away.put(FOLDER, b"x"), away.check, lambda: list(away.listed())):
            with pytest.raises(UnavailableError, match="does not answer"):
                call()
        assert time.monotonic() - before < 20
        S3FileSystem.clear_instance_cache()


def test_nothing_of_it_is_imported_where_files_are_in_a_folder(tmp_path):
    program = (
        f"import sys; from team.files import FileStore; FileStore({str(tmp_path)!r}).check()\n"
        "assert not {'s3fs', 'botocore', 'aiohttp', 'boto3'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
