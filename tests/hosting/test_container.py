"""The container as far as it can be had without an engine: what is shipped starts with what compose gives it."""

from __future__ import annotations

import subprocess

import pytest

from tests.hosting.container import can_be_made, container, health_check, inside, made
from tests.hosting.host import METRICS_TOKEN, SECRET
from tests.team.postgresql import PostgreSQL

pytestmark = pytest.mark.skipif(not can_be_made(), reason="needs the rights to make a root of its own")

PROBE = """
import os, pathlib, sys
assert os.getuid() == os.getgid() == 10001, os.getuid()
status = pathlib.Path("/proc/self/status").read_text()
assert "CapEff:\\t0000000000000000" in status and "CapBnd:\\t0000000000000000" in status and "NoNewPrivs:\\t1" in status
for place in ("/app", "/app/core", "/run/secrets", "/"):
    try:
        pathlib.Path(place, "x").write_text("x")
    except OSError:
        continue
    sys.exit(place + " can be written to")
for place in ("/data", "/tmp"):
    pathlib.Path(place, "x").write_text("x")
sys.path.insert(0, "/app")
from ui.charts.export import to_png
picture = {"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a", "type": "quantitative"}}}
assert to_png(picture).startswith(b"\\x89PNG"), "a picture is drawn where nothing on /tmp may be run"
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("container")
    database = PostgreSQL.start()
    try:
        database.folder.chmod(0o711)
        secrets = {
            "cohortscope_database_url": database.new_database(),
            "cohortscope_cookie_secret": SECRET,
            "cohortscope_oidc_client_secret": "given by the provider",
            "cohortscope_metrics_token": METRICS_TOKEN,
        }
        root = made(folder / "root", secrets=secrets)
        beside = (database.folder,)
        data = folder / "data"
        data.mkdir()
        migrate = [*inside(root, data, beside=beside, env={}), "python", "-m", "team", "migrate"]
        subprocess.run(migrate, check=True, timeout=120)
        with container(folder, root, beside=beside) as (server, prefix):
            yield server, prefix
    finally:
        database.stop()


def test_it_starts_with_what_compose_gives_and_says_that_it_is_healthy(started):
    server, prefix = started
    check = [part.replace(":8501", f":{server.port}") for part in health_check()]
    assert check != health_check()
    assert subprocess.run([*prefix, *check], timeout=60).returncode == 0
    nobody = [part.replace(":8501", ":9") for part in health_check()]
    assert subprocess.run([*prefix, *nobody], timeout=60, capture_output=True).returncode == 1
    assert "Traceback" not in server.text()


def test_database_tables_and_files_are_ready(started):
    server, prefix = started
    ask = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{server.port}/readyz').read().decode())"
    said = subprocess.run([*prefix, "python", "-c", ask], timeout=60, capture_output=True, text=True, check=True).stdout
    assert "database" in said
    assert "files" in said


def test_it_has_no_rights_and_writes_where_it_may_only(started):
    _, prefix = started
    done = subprocess.run([*prefix, "python", "-c", PROBE], timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout
