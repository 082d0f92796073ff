"""Kill -9 in the middle of a save, a few times; `python -m tests.faults.kills 1000` does it a thousand times."""

import itertools
import os

import pytest

from team import drafts
from team.files import FileStore
from tests.faults import kills

TIMES = int(os.environ.get("COHORTSCOPE_KILLS", "30"))
pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked")


def test_what_was_acknowledged_is_there_and_nothing_half_written_is(tmp_path, postgresql):
    tally = kills.run(TIMES, seed=2, addresses=kills.addresses(postgresql, tmp_path), folder=tmp_path)
    assert tally.faults == []
    assert tally.kills == TIMES
    assert tally.acknowledged > 10
    assert len(tally.at_a_step) > 8


def test_a_store_that_wrote_to_the_final_name_would_be_found_out(tmp_path, monkeypatch):
    """The check can fail: files written in place, before they are whole."""

    def put(self, folder, content):
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        self._fs.makedirs(f"{self._root}/{folder}", exist_ok=True)
        self._forget(self._path(folder, digest))
        self._write(self._path(folder, digest), content)
        return digest

    monkeypatch.setattr(FileStore, "put", put)
    monkeypatch.setattr(kills, "BY_STEP", 1.0)
    found = kills.run(8, seed=1, addresses=sqlite_in(tmp_path), folder=tmp_path, steps=["part of file written"])
    assert any("the check itself failed" in fault or "not what was stored" in fault for fault in found.faults)


def test_a_store_that_lost_what_it_acknowledged_would_be_found_out(tmp_path):
    """The check can fail: an analysis is gone after it was told."""
    place = kills.Place(next(sqlite_in(tmp_path)), tmp_path / "store").make()
    kills.work(place, 2)
    team = place.team()
    for line in place.lines():
        if line["key"] == "save 2" and line["what"] == "save":
            drafts.remove(team.store, team.owner, analysis_id=line["id"])
    team.store.close()
    found = kills.check(place, 2)
    assert "save 2 was acknowledged and is not there" in found
    assert "next 2 was acknowledged and is not there" in found


def sqlite_in(folder):
    return (f"sqlite:///{folder}/{number}.db" for number in itertools.count())
