"""A backup is the whole store at one moment; it moves between databases, and a damaged one is refused."""

import hashlib
import io
import json
import tarfile
import threading

import pytest
from sqlalchemy import select

from team import analyses, audit, cohorts, comments, deletion
from team.backup import back_up, restore
from team.database.tables import Base
from team.errors import DamagedError, RefusedError, UnavailableError
from team.settings import load_settings
from team.store import open_store
from team.verify import verify
from tests.team.team import PATIENTS


@pytest.fixture
def full(team):
    team.version = team.upload()
    team.analysis = team.save(team.version.id)
    comments.add(team.store, team.viewer, analysis_id=team.analysis.id, text="Länge × 2 — 中文?")
    deletion.delete_cohort(team.store, team.owner, cohort_id=team.upload("Gone").cohort_id)
    return team


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path, clock):
    is_sqlite = request.param == "sqlite"
    address = f"sqlite:///{tmp_path}/new.db" if is_sqlite else request.getfixturevalue("postgresql").new_database()
    store = open_store(load_settings(database_url=address, files_url=str(tmp_path / "new files")), clock=clock)
    yield store
    store.close()


def rows(store):
    """Every row of every table that a backup holds, as a digest of each."""
    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in ("sign_ins", "audit", "audit_chains", "saved_keys")
        }


def changed(path, name, change):
    """The backup with one part changed."""
    out = path.with_name("changed.tar")
    with tarfile.open(path) as old, tarfile.open(out, "w") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == name or (name == "files" and member.name.startswith("files/")):
                content = change(content)
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return out


class TestRoundTrip:
    def test_every_row_and_every_file_is_as_it_was(self, full, empty, tmp_path):
        told = back_up(full.store, tmp_path / "b.tar")
        assert restore(empty, tmp_path / "b.tar") == told
        assert rows(empty) == rows(full.store)
        digests = [
            [(file.path, hashlib.sha256(store.files.get(*file.path.rsplit("/", 1))).hexdigest())
             for file in store.files.listed()]
            for store in (full.store, empty)
        ]  # fmt: skip
        assert digests[0] == digests[1]
        assert len(digests[0]) == told.files == 2

    def test_people_go_on_where_they_were(self, full, empty, tmp_path):
        back_up(full.store, tmp_path / "b.tar")
        restore(empty, tmp_path / "b.tar")
        moved = type(full)(empty, full.clock)
        with pytest.raises(Exception, match="session has ended"):
            cohorts.listed(empty, full.owner, project_id=full.project)
        full.clock.move(seconds=1)
        settings = empty.settings.model_copy(update={"oidc_issuer": full.store.settings.oidc_issuer})
        moved.store = type(empty)(settings=settings, engine=empty.engine, files=empty.files, clock=full.clock)
        owner = moved.sign_in("olga@clinic.example")
        assert analyses.by_slug(moved.store, owner, slug=full.analysis.slug).name == full.analysis.name
        assert cohorts.open_originals(moved.store, owner, version_id=full.version.id) == {"patients.csv": PATIENTS}

    def test_the_trail_goes_on_after_the_last_row(self, full, empty, tmp_path):
        told = back_up(full.store, tmp_path / "b.tar")
        restore(empty, tmp_path / "b.tar")
        found = verify(empty, head=told.audit_head)
        assert (found.faults, found.rows) == ((), told.audit_rows + 1)

    def test_people_may_work_while_it_is_made(self, full, tmp_path):
        halt, count = threading.Event(), []

        def save():
            while not halt.is_set():
                count.append(full.save(full.version.id, f"N{len(count)}"))

        worker = threading.Thread(target=save)
        worker.start()
        try:
            for number in range(3):
                back_up(full.store, tmp_path / f"b{number}.tar")
        finally:
            halt.set()
            worker.join()
        assert count
        for number in range(3):
            store = open_store(
                load_settings(database_url=f"sqlite:///{tmp_path}/r{number}.db", files_url=str(tmp_path / f"r{number}"))
            )
            restore(store, tmp_path / f"b{number}.tar")
            assert verify(store).faults == ()
            store.close()


class TestRefused:
    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("files", lambda content: content[:-1] + b"?"),
            ("tables/people.jsonl", lambda content: content.replace(b"olga", b"evil")),
            ("tables/audit.jsonl", lambda content: content.split(b"\n", 1)[1]),
            ("manifest.json", lambda content: content.replace(b'"rows": ', b'"rows": 1')),
        ],
    )
    def test_a_part_that_was_changed(self, local_team, tmp_path, clock, name, change):
        local_team.upload()
        back_up(local_team.store, tmp_path / "b.tar")
        store = open_store(load_settings(database_url=f"sqlite:///{tmp_path}/n.db", files_url=str(tmp_path / "n")))
        with pytest.raises(DamagedError, match="is not what was backed up"):
            restore(store, changed(tmp_path / "b.tar", name, change))
        assert not any(rows(store).values())
        store.close()

    def test_a_trail_that_was_changed_with_its_digest(self, local_team, tmp_path):
        back_up(local_team.store, tmp_path / "b.tar")
        part = "tables/audit.jsonl"
        forged = changed(tmp_path / "b.tar", part, lambda content: content.replace(b"signed in", b"signed up", 1))
        with tarfile.open(forged) as tar:
            new = hashlib.sha256(tar.extractfile(part).read()).hexdigest()
            sums = json.loads(tar.extractfile("sums.json").read()) | {part: new}
        forged.rename(tmp_path / "c.tar")
        forged = changed(tmp_path / "c.tar", "sums.json", lambda _: json.dumps(sums).encode())
        store = open_store(load_settings(database_url=f"sqlite:///{tmp_path}/n.db", files_url=str(tmp_path / "n")))
        with pytest.raises(DamagedError, match="audit trail of the backup is broken at row 1"):
            restore(store, forged)
        assert not any(rows(store).values())
        store.close()

    def test_one_that_is_cut_off(self, local_team, tmp_path):
        local_team.upload()
        back_up(local_team.store, tmp_path / "b.tar")
        whole = (tmp_path / "b.tar").read_bytes()
        for size in (0, 100, len(whole) // 2, len(whole) - 12_000):
            (tmp_path / "cut.tar").write_bytes(whole[:size])
            with pytest.raises(DamagedError):
                restore(local_team.store, tmp_path / "cut.tar")

    def test_a_store_that_is_not_empty(self, local_team, tmp_path):
        back_up(local_team.store, tmp_path / "b.tar")
        with pytest.raises(RefusedError, match="not empty"):
            restore(local_team.store, tmp_path / "b.tar")

    def test_a_file_that_is_there_is_not_overwritten(self, local_team, tmp_path):
        (tmp_path / "b.tar").write_bytes(b"precious")
        with pytest.raises(RefusedError, match="already"):
            back_up(local_team.store, tmp_path / "b.tar")
        assert (tmp_path / "b.tar").read_bytes() == b"precious"

    def test_a_folder_that_is_not_there(self, local_team, tmp_path):
        with pytest.raises(UnavailableError, match="cannot be written"):
            back_up(local_team.store, tmp_path / "nowhere" / "b.tar")

    def test_a_store_whose_file_is_damaged_is_not_backed_up_as_if_it_were_whole(self, local_team, tmp_path):
        local_team.upload()
        for file in local_team.store.files.listed():
            (tmp_path / "files" / file.path).write_bytes(b"damaged")
        with pytest.raises(DamagedError):
            back_up(local_team.store, tmp_path / "b.tar")
        assert not list(tmp_path.glob("*b.tar*"))

    def test_the_trail_is_not_read_as_a_head_elsewhere(self, local_team):
        assert audit.verify(local_team.store, head="f" * 64) is not None
