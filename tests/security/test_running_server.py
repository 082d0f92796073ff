"""A process in team mode, asked without a browser: what Streamlit itself and the program's order of parts do."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.hosting.host import METRICS_TOKEN, SECRET, settings
from tests.hosting.servers import ROOT, Server, dashboard, fetch, free_port
from tests.load.window import Window
from tests.security.asgi import COOKIE, Site, signed

PORT = free_port()
ADDRESS = f"http://localhost:{PORT}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """One process on SQLite."""
    folder = tmp_path_factory.mktemp("team")
    database = f"sqlite:///{folder}/store.db"
    env = settings(folder, address=ADDRESS, issuer="http://127.0.0.1:9", database=database)
    subprocess.run([sys.executable, "-m", "team", "migrate"], cwd=ROOT, env={**os.environ, **env}, check=True)
    with dashboard(folder, port=PORT, **env) as running:
        yield running


def cookies(**claims: object) -> str:
    said = {"iss": "http://127.0.0.1:9", "sub": "ada", "email": "ada@example.org", "email_verified": True}
    text = json.dumps({**said, **claims, "origin": ADDRESS, "is_logged_in": True})
    return f"{COOKIE}={signed(text, secret=SECRET)}"


def test_an_upload_without_the_token_is_refused(server: Server):
    path = f"{server.address}/_stcore/upload_file/0/0"
    asked = {"method": "PUT", "body": b"x", "host": f"localhost:{PORT}", "origin": ADDRESS}
    assert fetch(path, **asked)[0] == 401
    assert fetch(path, **asked, cookie=cookies())[0] == 403
    token = re.search(r"_streamlit_xsrf=([^;]+)", fetch(f"{server.address}/_stcore/health")[1]["set-cookie"])[1]
    known = {"cookie": f"{cookies()}; _streamlit_xsrf={token}", "x_xsrftoken": token}
    status, _, said = fetch(path, **asked, **known)
    assert (status, b"session" in said) == (400, True)  # the token is right, the session is nobody's


def test_a_foreign_origin_opens_no_window(server: Server):
    with pytest.raises(InvalidStatus, match="403"):
        asyncio.run(Window(ADDRESS).open(origin="https://evil.example"))


@pytest.mark.parametrize(
    "path",
    ["/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/static/..%2f..%2fapp.py", "/media/..%2fapp.py", "//etc/passwd"],
)
def test_no_path_leads_out_of_the_program_s_files(server: Server, path: str):
    status, _, said = fetch(f"{server.address}{path}", host=f"localhost:{PORT}", cookie=cookies())
    assert b"root:" not in said
    assert b"st.App" not in said
    assert status in (400, 404) or b"<title>Streamlit</title>" in said


def test_health_says_which_part_waits_and_no_more(server: Server):
    status, _, said = fetch(f"{server.address}/readyz")
    assert (status, json.loads(said)) == (
        200,
        {"ready": True, "parts": {"database": "ok", "tables": "ok", "files": "ok"}},
    )


def test_metrics_count_and_name_nobody(server: Server):
    text = fetch(f"{server.address}/metrics", x_forwarded_for="192.0.2.1", authorization=f"Bearer {METRICS_TOKEN}")[
        2
    ].decode()
    assert "cohortscope_requests_total" in text
    assert "cohortscope_memory_bytes" in text
    assert "ada" not in text


def test_not_ready_is_503_and_why_stands_in_no_answer():
    from team.web import health

    def broken() -> None:
        raise OSError("cannot reach postgresql://u:p4ssw0rd@database")

    site = Site(routes=health.routes({"database": broken, "files": lambda: None}))
    status, _, said = site.ask("/readyz")
    assert status == 503
    assert json.loads(said) == {"ready": False, "parts": {"database": "not ready", "files": "ok"}}
    assert site.ask("/healthz")[2] == "ok"


def test_a_defect_is_a_number_on_screen_and_no_words_in_the_log(tmp_path: Path):
    """A page that fails with a patient's name in its message."""
    port = free_port()
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.abc, importlib.machinery, sys\n"
        "class Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        return importlib.machinery.ModuleSpec(name, self) if name == 'ui.look' else None\n"
        "    def create_module(self, spec):\n"
        "        return None\n"
        "    def exec_module(self, module):\n"
        "        def apply():\n"
        "            raise ValueError('could not convert: Mustermann')\n"
        "        module.apply = apply\n"
        "sys.meta_path.insert(0, Broken())\n"
    )
    address = f"http://localhost:{port}"
    env = settings(tmp_path, address=address, issuer="http://127.0.0.1:9", database=f"sqlite:///{tmp_path}/store.db")
    env["COHORTSCOPE_FIRST_OWNERS"] = "ada@example.org"
    subprocess.run([sys.executable, "-m", "team", "migrate"], cwd=ROOT, env={**os.environ, **env}, check=True)
    with dashboard(tmp_path, port=port, **env, PYTHONPATH=str(tmp_path)) as server:
        token = re.search(r"_streamlit_xsrf=([^;]+)", fetch(f"{server.address}/_stcore/health")[1]["set-cookie"])[1]
        said = {"iss": "http://127.0.0.1:9", "sub": "ada", "email": "ada@example.org", "email_verified": True}
        text = json.dumps({**said, "iat": time.time(), "origin": address, "is_logged_in": True})
        cookie = f"{COOKIE}={signed(text, secret=SECRET)}; _streamlit_xsrf={token}"
        shown = asyncio.run(_alarms(address, cookie, token))
        log = server.text()
    (number,) = re.findall(r"\*{0,2}([0-9a-f]{8})\*{0,2}", " ".join(shown)) or ("",)
    assert number, shown
    assert "Mustermann" not in " ".join(shown)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    (defect,) = [line for line in lines if line["event"] == "defect on a page"]
    assert defect["number"] == number
    assert defect["error"] == "ValueError"
    assert "Mustermann" not in log
    assert "ada@example.org" not in log


async def _alarms(address: str, cookie: str, token: str) -> list[str]:
    from tests.load.window import TroubleError

    window = Window(address, token=token)
    try:
        await window.open(cookie=cookie, origin=address)
    except TroubleError as trouble:
        return [str(trouble)]
    finally:
        await window.close()
    return []
