"""PostgreSQL restarts while people save; processes that save and record at the same time."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from team import analyses, audit
from team.errors import UnavailableError
from tests.team.postgresql import PostgreSQL
from tests.team.team import Clock, Team

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys
from tests.team.team import Clock, Team, a_draft
from team import drafts
address, files, version, analysis, name = sys.argv[1:]
team = Team.open(address, files, clock=Clock())
print("ready", flush=True)
sys.stdin.readline()
for number in range(8):
    drafts.save(team.store, team.analyst, a_draft(version, f"{name} {number}"), key=f"{name} {number}")
    while True:
        from team import analyses
        now = analyses.one(team.store, team.analyst, analysis_id=analysis)
        try:
            drafts.save(team.store, team.analyst, a_draft(version, f"{now.name}+"), analysis_id=analysis,
                        read_version=now.version)
            break
        except drafts.ConflictError:
            continue
"""


def test_three_processes_that_save_and_record_at_once_lose_nothing(team):
    version = team.upload()
    shared = team.save(version.id, "S")
    address = team.store.settings.database_url.get_secret_value()
    arguments = [address, team.store.settings.files, version.id, shared.id]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, *arguments, name], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for name in "abc"
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=120)
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    now = analyses.one(team.store, team.owner, analysis_id=shared.id)
    assert (now.version, now.name) == (25, "S" + "+" * 24), "an update was lost"
    names = {one.name for one in analyses.listed(team.store, team.owner, project_id=team.project)} - {now.name}
    assert names == {f"{name} {number}" for name in "abc" for number in range(8)}
    assert audit.verify(team.store) is None
    assert audit.verify(team.store, project_id=team.project) is None


@pytest.fixture
def server():
    own = PostgreSQL.start()
    yield own
    own.stop()


def test_a_restart_of_postgresql_loses_no_save(server, tmp_path):
    """Six people save for as long as the server crashes twice; whoever was told it is saved finds it."""
    team = Team.make(server.new_database(), tmp_path / "files", clock=Clock())
    version = team.upload()
    told, failed, halt = set(), [], threading.Event()

    def save(person):
        number = 0
        while not halt.is_set():
            number += 1
            name = f"{person} {number}"
            try:
                team.save(version.id, name, key=name)
                told.add(name)
            except UnavailableError as error:
                failed.append((name, str(error)))

    threads = [threading.Thread(target=save, args=(person,)) for person in range(6)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            time.sleep(0.7)
            server.halt()
            time.sleep(0.3)
            server.run()
        time.sleep(1.5)
    finally:
        halt.set()
        for thread in threads:
            thread.join()
    there = [one.name for one in analyses.listed(team.store, team.owner, project_id=team.project)]
    assert len(there) == len(set(there)), "something was saved twice"
    assert told <= set(there), "an acknowledged save was lost"
    assert told
    assert all("does not answer. Hint: Try again in a moment; nothing was saved." in said for _, said in failed)
    for name, _ in failed:  # the same click again
        assert team.save(version.id, name, key=name).name == name
    assert audit.verify(team.store) is None
    team.store.close()


def test_while_it_is_away_people_are_told_in_one_sentence(server, tmp_path, monkeypatch):
    from team.database import units

    monkeypatch.setattr(units, "_FIRST_PAUSE", 0.01)
    team = Team.make(server.new_database(), tmp_path / "files", clock=Clock())
    version = team.upload()
    server.halt()
    for act in (lambda: team.save(version.id, "Now", key="click"), lambda: team.upload("Now"), team.store.check_ready):
        with pytest.raises(UnavailableError, match=r"^The database does not answer") as told:
            act()
        assert str(server.folder) not in str(told.value)
    server.run()
    assert team.save(version.id, "Now", key="click").version == 1
    team.store.check_ready()
    team.store.close()
