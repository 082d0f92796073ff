"""A walk through every page: neither the server nor the browser speaks to anybody else, and the policy holds."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.hosting.servers import ROOT, dashboard, fetch

# Loaded by Python itself before anything else in the server's process, and in every process it starts.
WATCH = """
import json, os, socket
_real = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}
def _watched(name):
    def call(self, *args):
        with open(os.environ["SOCKETS_SEEN"], "a") as out:
            out.write(json.dumps([name, str(self.family), str(args[-1])]) + "\\n")
        return _real[name](self, *args)
    return call
for _name in _real:
    setattr(socket.socket, _name, _watched(_name))
_lookup = socket.getaddrinfo
def _looked_up(host, *args, **kwargs):
    with open(os.environ["SOCKETS_SEEN"], "a") as out:
        out.write(json.dumps(["getaddrinfo", "", str(host)]) + "\\n")
    return _lookup(host, *args, **kwargs)
socket.getaddrinfo = _looked_up
"""
HERE = ("127.0.0.1", "localhost", "::1")
LOCAL = ("/healthz", "/readyz", "/_stcore/agent/openapi.json", "/_stcore/metrics", "/")
PAGES = re.findall(r'url_path="([a-z-]+)"', (ROOT / "dashboard.py").read_text())


def walk(address: str) -> tuple[list[str], list[str], dict[str, str]]:
    """Requests, complaints of the browser, and headings of the pages, of a visit to every page."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is missing: run make test, which installs it"
    requests, complaints, headings = [], [], {}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(60_000)
        page.on("request", lambda one: requests.append(one.url))
        page.on("websocket", lambda one: requests.append(one.url))
        page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
        for url in PAGES:
            page.goto(f"{address}/{url}")
            page.get_by_role("heading", level=1).first.wait_for()
            page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
            headings[url] = page.get_by_role("heading", level=1).first.inner_text()
        page.goto(f"{address}/survival")
        page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first.wait_for()
        chromium.close()
    return requests, complaints, headings


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("sockets")
    (folder / "sitecustomize.py").write_text(WATCH)
    seen = folder / "seen.jsonl"
    seen.touch()
    with dashboard(folder, PYTHONPATH=str(folder), SOCKETS_SEEN=str(seen)) as server:
        local = {path: fetch(f"{server.address}{path}") for path in LOCAL}
        result = walk(server.address)
    return (*result, local), [json.loads(line) for line in seen.read_text().splitlines()]


@pytest.mark.browser
class TestNothingLeaves:
    def test_every_page_was_seen(self, visit):
        headings = visit[0][2]
        assert len(headings) == len(PAGES) > 20
        assert all(headings.values())

    def test_the_browser_asks_this_host_only(self, visit):
        hosts = {urlsplit(url).hostname for url in visit[0][0] if not url.startswith(("data:", "blob:"))}
        assert hosts == {"127.0.0.1"}

    def test_the_server_asks_nobody(self, visit):
        calls = visit[1]
        outside = [one for one in calls if not any(here in one[2] for here in HERE) and "AF_UNIX" not in one[1]]
        assert not [one for one in outside if one[2] not in ("None", "0.0.0.0", "::")], outside

    def test_the_policy_forbids_nothing_the_dashboard_needs(self, visit):
        assert not [text for text in visit[0][1] if "Content Security Policy" in text]


def test_one_person_s_computer_has_health_and_headers_and_no_open_doors(visit):
    local = visit[0][3]
    assert local["/healthz"][2] == b"ok"
    assert json.loads(local["/readyz"][2]) == {"ready": True, "parts": {}}
    assert local["/_stcore/agent/openapi.json"][0] == 404
    assert local["/_stcore/metrics"][0] == 404
    assert local["/"][0] == 200
    for _, headers, _ in local.values():
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers  # there is no TLS here


def test_the_watch_sees_connections(tmp_path: Path):
    """A check that cannot fail is none."""
    import os
    import subprocess
    import sys

    (tmp_path / "sitecustomize.py").write_text(WATCH)
    seen = tmp_path / "seen.jsonl"
    code = "import socket; s = socket.socket(); s.settimeout(.1); print(s.connect_ex(('192.0.2.1', 9)))"
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "SOCKETS_SEEN": str(seen)},
        check=True,
        capture_output=True,
    )
    assert "192.0.2.1" in seen.read_text()
