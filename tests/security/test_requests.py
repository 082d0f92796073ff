"""Requests from other sites, to other hosts, to closed addresses, too large, too many."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from pathlib import Path

import pytest
import streamlit
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from team.web.doors import CLOSED
from team.web.headers import INLINE_SCRIPT
from team.web.limits import Buckets, DailyBytes
from tests.security.asgi import ORIGIN, UPLOAD, Site, cookie, rules

MB = 1024 * 1024


class TestClosedAddresses:
    @pytest.mark.parametrize(
        "path", [*CLOSED, *(f"{one}/x" for one in CLOSED), "/_STCORE/agent/x", "//_stcore/metrics"]
    )
    def test_nobody_gets_in(self, path: str):
        site = Site()
        assert site.ask(path, cookie=cookie())[0] == 404
        assert site.ask(path, method="POST", cookie=cookie(), origin=ORIGIN)[0] == 404
        assert not site.seen


class TestOtherSites:
    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://cohorts.example.org", f"{ORIGIN}.evil"])
    def test_a_foreign_origin_changes_nothing(self, origin: str):
        site = Site()
        assert site.ask(UPLOAD, method="PUT", cookie=cookie(), origin=origin)[0] == 403
        assert site.window([b"1"], cookie=cookie(), origin=origin) == [{"type": "websocket.close", "code": 1008}]
        assert not site.seen

    @pytest.mark.parametrize("host", ["evil.example", "cohorts.example.org.evil", "cohorts.example.org:8501", ""])
    def test_another_host_is_refused(self, host: str):
        site = Site()
        assert site.ask("/survival", host=host)[0] == 400
        assert not site.seen

    def test_probes_may_use_the_process_s_own_address(self):
        assert Site().ask("/healthz", host="10.0.0.7:8501")[0] == 200


class TestSizes:
    def test_said_to_be_too_large(self):
        site = Site(rules(upload_bytes=MB))
        assert site.ask(UPLOAD, method="PUT", cookie=cookie(), content_length=str(2 * MB))[0] == 413
        assert site.ask("/survival", method="POST", cookie=cookie(), content_length="-")[0] == 413
        assert not site.seen

    def test_too_large_without_saying_so(self):
        site = Site(rules(body_bytes=1000))
        sent = site.asked(
            "/survival", method="POST", body=[b"x" * 600] * 3, address="192.0.2.1", headers={"cookie": cookie()}
        )
        assert asyncio.run(sent)[0] == 413

    def test_a_file_of_the_allowed_size_passes(self):
        site = Site(rules(upload_bytes=MB))
        body = b"x" * MB
        assert site.ask(UPLOAD, method="PUT", body=body, cookie=cookie(), content_length=str(MB))[0] == 200


class TestLimits:
    def test_too_many_requests_are_told_when_to_come_back(self):
        site = Site(rules(requests_a_minute=5))
        answers = [site.ask("/survival", cookie=cookie()) for _ in range(6)]
        assert [status for status, _, _ in answers] == [200] * 5 + [429]
        assert 1 <= int(answers[-1][1]["retry-after"]) <= 13
        assert "Please wait" in answers[-1][2]

    def test_one_person_s_haste_is_not_another_s(self):
        site = Site(rules(requests_a_minute=2))
        for _ in range(3):
            site.ask("/survival", cookie=cookie())
        assert site.ask("/survival", cookie=cookie({"iss": "x", "sub": "bob"}))[0] == 200
        assert site.ask("/survival", address="192.0.2.9")[0] == 200

    def test_another_window_or_address_of_the_same_person_is(self):
        site = Site(rules(requests_a_minute=2))
        for _ in range(2):
            site.ask("/survival", cookie=cookie())
        assert site.ask("/survival", cookie=cookie(ago=60), address="192.0.2.9")[0] == 429

    def test_program_files_are_not_counted(self):
        site = Site(rules(requests_a_minute=1))
        assert {site.ask("/static/js/a.js")[0] for _ in range(20)} == {200}

    def test_sign_ins_are_counted_by_address(self):
        site = Site(rules(sign_ins_a_minute=3))
        statuses = [site.ask("/auth/login", address="192.0.2.5")[0] for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert site.ask("/auth/login", address="192.0.2.6")[0] == 200

    def test_uploads_in_an_hour(self):
        site = Site(rules(uploads_an_hour=2))
        statuses = [site.ask(UPLOAD, method="PUT", body=b"x", cookie=cookie())[0] for _ in range(3)]
        assert statuses == [200, 200, 429]

    def test_bytes_in_a_day(self):
        site = Site(rules(upload_bytes_a_day=1000))
        put = {"method": "PUT", "cookie": cookie(), "body": b"x" * 600, "content_length": "600"}
        assert site.ask(UPLOAD, **put)[0] == 200
        status, _, said = site.ask(UPLOAD, **put)
        assert status == 413
        assert "tomorrow" in said

    def test_unsigned_windows_of_one_address_are_few(self):
        site = Site()

        async def many():
            return await asyncio.gather(*(site.opened([], pause=0, last=0.3, headers={}) for _ in range(14)))

        closed = [sent for sent in asyncio.run(many()) if sent[0] == {"type": "websocket.close", "code": 1013}]
        assert len(closed) == 4

    def test_haste_in_a_window_is_slowed_not_lost(self):
        import time

        site = Site(rules(redraws_a_minute=240))
        began = time.monotonic()
        site.window([b"x"] * 64, pause=0, cookie=cookie())
        assert len(site.received) == 64
        assert time.monotonic() - began >= 0.9  # 60 at once, then four a second

    def test_buckets_by_hand(self):
        now = [0.0]
        bucket = Buckets(60, burst=2, clock=lambda: now[0])
        assert [bucket.wait("a"), bucket.wait("a")] == [0, 0]
        assert bucket.wait("a") == pytest.approx(1)
        now[0] = 0.5
        assert bucket.wait("a") == pytest.approx(0.5)
        now[0] = 1.0
        assert bucket.wait("a") == 0
        now[0] = 100.0
        assert [bucket.wait("a") for _ in range(3)][:2] == [0, 0]

    def test_a_day_ends(self):
        now = [0.0]
        sent = DailyBytes(100, clock=lambda: now[0])
        sent.add("a", 80)
        assert (sent.left("a"), sent.left("b")) == (20, 100)
        now[0] = 24 * 3600 + 1
        assert sent.left("a") == 100

    def test_what_is_counted_for_a_day_is_few_numbers(self):
        """A file comes in thousands of pieces, and people come once: neither fills the memory of weeks."""
        now = [0.0]
        sent = DailyBytes(10**9, clock=lambda: now[0])
        for piece in range(10_000):
            now[0] = piece / 50  # 200 seconds
            sent.add("a", 7)
        assert sent.left("a") == 10**9 - 70_000
        assert len(sent._sent["a"]) == 4
        for person in range(100):
            now[0] += 3600
            sent.add(f"person {person}", 1)
        assert set(sent._sent) == {f"person {person}" for person in range(75, 100)}
        assert sent.left("a") == 10**9


class TestHeaders:
    def test_of_every_answer_refusals_included(self):
        site = Site()
        for path, more in (
            ("/survival", {}),
            ("/media/x", {}),
            ("/_stcore/metrics", {}),
            ("/survival", {"host": "evil"}),
        ):
            _, headers, _ = site.ask(path, **more)
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"
            assert headers["strict-transport-security"].startswith("max-age=31536000")
            policy = dict(one.split(" ", 1) for one in headers["content-security-policy"].split("; "))
            assert policy["script-src"] == f"'self' {INLINE_SCRIPT}"
            assert policy["frame-ancestors"] == "'none'"
            assert policy["object-src"] == "'none'"
            assert "http" not in headers["content-security-policy"]
            assert len(headers["x-request-id"]) == 16

    def test_the_one_script_within_the_page_is_streamlit_s(self):
        page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
        (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" == INLINE_SCRIPT
        assert script.split() == ["window.prerenderReady", "=", "false"]

    def test_cookies_travel_by_tls_only(self):
        _, headers, _ = Site().ask("/survival")
        assert headers["set-cookie"].endswith("; Secure")

    def test_the_program_s_own_files_may_be_kept(self):
        assert "cache-control" not in Site().ask("/static/js/a.js")[1]

    def test_a_request_s_number_is_ours_or_the_proxy_s_never_text(self):
        assert Site().ask("/survival", x_request_id="0123456789abcdef")[1]["x-request-id"] == "0123456789abcdef"
        assert "evil" not in Site().ask("/survival", x_request_id="evil\\n")[1]["x-request-id"]


class TestRoute:
    def test_a_window_names_its_process(self):
        site = Site(rules(route="app1"))
        for given, wanted in (("", True), ("cohortscope_route=app2", True), ("cohortscope_route=app1", False)):
            accepted = next(one for one in site.window(cookie=given) if one["type"] == "websocket.accept")
            said = b"".join(value for name, value in accepted.get("headers", ()) if name == b"set-cookie")
            assert (b"cohortscope_route=app1" in said) is wanted
            assert (b"Secure" in said) is wanted

    def test_a_late_file_does_not_take_the_window_back(self):
        site = Site(rules(route="app1"))
        answer = site.ask("/media/x.png", accept="image/png", cookie=f"{cookie()}; cohortscope_route=app2")
        assert "cohortscope_route" not in answer[1].get("set-cookie", "")


BEA = {"iss": "https://sign-in.example.org", "sub": "bea", "email": "bea@example.org"}


class TestFilesOfOthers:
    """An address of a file is as good as the person it was told to."""

    def site(self):
        async def told(socket: WebSocket) -> None:
            await socket.accept()
            await socket.send_bytes(b"\x0a\x12\x1f/media/0a1b2c3d4e5f60718293.csv\x1a\x01")
            await socket.receive()

        site = Site()
        site.app.router.routes.insert(0, WebSocketRoute("/_stcore/stream", told))
        site.window(cookie=cookie())
        return site

    def test_the_person_whose_window_was_told_gets_it_and_others_do_not(self):
        site, path = self.site(), "/media/0a1b2c3d4e5f60718293.csv"
        assert site.ask(path, cookie=cookie())[0] == 200
        assert site.ask(path, cookie=cookie(BEA))[0] == 404
        assert site.ask(path)[0] == 401

    @pytest.mark.parametrize(
        "path", ["/media/0a1b2c3d4e5f60718293", "/media/", "/media//0a1b2c3d4e5f60718293.csv", "/media/x/../y"]
    )
    def test_an_address_that_was_not_told_is_nobody_s(self, path):
        assert self.site().ask(path, cookie=cookie())[0] == 404


def test_nobody_holds_windows_without_end(monkeypatch):
    monkeypatch.setattr("team.web.sockets._SIGNED_MOST", 0)
    assert Site().window(cookie=cookie()) == [{"type": "websocket.close", "code": 1013}]
