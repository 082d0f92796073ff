"""`python -m team`: what a host's keepers do, as they type it."""

import pytest

from team.__main__ import main
from team.verify import verify
from tests.team.team import ISSUER, Team


@pytest.fixture
def host(tmp_path, clock, monkeypatch):
    address, files = f"sqlite:///{tmp_path}/store.db", tmp_path / "files"
    monkeypatch.setenv("COHORTSCOPE_DATABASE_URL", address)
    monkeypatch.setenv("COHORTSCOPE_FILES_URL", str(files))
    monkeypatch.setenv("COHORTSCOPE_OIDC_ISSUER", ISSUER)
    team = Team.make(address, files, clock=clock)
    yield team
    team.store.close()


def test_settings(capsys):
    assert main(["settings"]) == 0
    assert capsys.readouterr().out.startswith("| setting |")


def test_migrate(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COHORTSCOPE_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "The tables are of version 0002.\n"


def test_people_grant_and_close(host, capsys):
    assert main(["grant", "new@clinic.example", "--project", host.project, "--role", "analyst"]) == 0
    assert main(["grant", "new@clinic.example"]) == 0
    assert main(["people"]) == 0
    told = capsys.readouterr().out
    assert "new@clinic.example\tnew@clinic.example\tmay create projects" in told
    assert f"\tanalyst\t{host.project}\tHCC study" in told
    assert main(["close", "new@clinic.example"]) == 0
    assert main(["close", "olga@clinic.example"]) == 1
    assert "would have no owner" in capsys.readouterr().err
    assert main(["grant", "a@b.example", "--project", "f" * 32]) == 1
    assert "There is no such project" in capsys.readouterr().err


def test_verify_tells_what_is_wrong(host, tmp_path, capsys):
    host.upload()
    assert main(["verify"]) == 0
    head = capsys.readouterr().out.split(" rows to ")[1][:64]
    assert main(["verify", "--head", head]) == 0
    assert main(["verify", "--head", "f" * 64]) == 1
    for file in host.store.files.listed():
        (tmp_path / "files" / file.path).write_bytes(b"damaged")
    capsys.readouterr()
    assert main(["verify"]) == 1
    assert "not what was stored" in capsys.readouterr().err


def test_backup_and_restore(host, tmp_path, monkeypatch, capsys):
    host.upload()
    assert main(["backup", str(tmp_path / "b.tar")]) == 0
    assert main(["backup", str(tmp_path / "b.tar")]) == 1
    monkeypatch.setenv("COHORTSCOPE_DATABASE_URL", f"sqlite:///{tmp_path}/new.db")
    monkeypatch.setenv("COHORTSCOPE_FILES_URL", str(tmp_path / "new"))
    assert main(["restore", str(tmp_path / "b.tar")]) == 0
    assert main(["restore", str(tmp_path / "b.tar")]) == 1
    assert "The store is not empty" in capsys.readouterr().err
    host.clock.move(seconds=1)  # the sessions of before are not in a backup: people sign in again
    moved = Team.open(f"sqlite:///{tmp_path}/new.db", tmp_path / "new", clock=host.clock)
    assert verify(moved.store).faults == ()
    moved.store.close()


def test_sweep(host, capsys):
    assert main(["sweep"]) == 0
    assert capsys.readouterr().out == "0 deletions finished, 0 cohorts expired, 0 orphaned files removed.\n"


def test_a_wrong_setting_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setenv("COHORTSCOPE_POOL_SIZE", "many")
    assert main(["sweep"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("COHORTSCOPE_POOL_SIZE: should be a valid integer")
    assert said.count("\n") == 1


def test_an_unknown_command_lists_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        main(["destroy"])
    assert "invalid choice" in capsys.readouterr().err
