"""The shipped topology, driven by a browser: nginx with deploy/nginx.conf, two processes, PostgreSQL, a provider."""

from __future__ import annotations

import json
import re
import ssl
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.hosting.host import COLLEAGUE, METRICS_TOKEN, ROUTES, SECRET, Host
from tests.hosting.people import READY, create_project, sign_in, sign_in_here, somebody
from tests.hosting.servers import ROOT, fetch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PATIENTS = ROOT / "sample_data" / "hifu_ici" / "patients.csv"


def ask(address: str, **headers: str):
    """Status, headers and body over TLS, whoever signed the certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(address, headers={name.replace("_", "-"): one for name, one in headers.items()})
    try:
        with urllib.request.urlopen(request, context=context, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def measure(host: Host, route: str, name: str) -> float:
    """A measure of one process."""
    text = fetch(f"{host.apps[route].address}/metrics")[2].decode()
    found = re.search(rf"^cohortscope_{name} ([0-9.e+]+)$", text, re.M)
    return float(found[1]) if found else 0.0


def route_of(context: BrowserContext) -> str:
    return next(one["value"] for one in context.cookies() if one["name"] == "cohortscope_route")


class TestBeforeSignIn:
    def test_every_process_is_ready(self, host: Host):
        for app in host.apps.values():
            status, _, body = fetch(f"{app.address}/readyz")
            assert (status, json.loads(body)["parts"]) == (200, {"database": "ok", "tables": "ok", "files": "ok"})

    def test_plain_http_is_sent_to_tls(self, host: Host):
        status, headers, _ = fetch(f"{host.proxy.address}/survival")
        assert status == 301
        assert headers["location"].startswith("https://")

    def test_headers_through_the_proxy(self, host: Host):
        status, headers, _ = ask(f"{host.address}/survival", accept="text/html")
        assert status == 200
        assert headers["strict-transport-security"].startswith("max-age=31536000")
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "nginx/" not in headers.get("server", "")
        assert "uvicorn" not in headers.get("server", "")
        cookies = headers.get_all("set-cookie")
        assert cookies
        assert all("Secure" in cookie for cookie in cookies)

    @pytest.mark.parametrize("path", ["/metrics", "/readyz", "/_stcore/metrics", "/_stcore/agent/openapi.json"])
    def test_what_is_for_inside_is_not_outside(self, host: Host, path: str):
        assert ask(f"{host.address}{path}")[0] == 404

    def test_another_name_is_not_answered(self, host: Host):
        assert ask(host.address, host="evil.example")[0] == 400

    def test_pages_are_reloaded_by_the_same_process(self, host: Host):
        for name in ROUTES:
            before = measure(host, name, 'requests_total{kind="2xx"}')
            for _ in range(5):
                ask(f"{host.address}/_stcore/health", cookie=f"cohortscope_route={name}")
            assert measure(host, name, 'requests_total{kind="2xx"}') >= before + 5

    def test_metrics_ask_for_the_token_when_asked_through_a_proxy(self, host: Host):
        address = f"{host.apps['app1'].address}/metrics"
        forwarded = {"x_forwarded_for": "192.0.2.7"}
        assert fetch(address, **forwarded)[0] == 404
        assert fetch(address, **forwarded, authorization="Bearer wrong")[0] == 404
        assert fetch(address, **forwarded, authorization=f"Bearer {METRICS_TOKEN}")[0] == 200


@pytest.fixture(scope="module")
def context(browser: Browser):
    one = somebody(browser)
    yield one
    one.close()


@pytest.fixture(scope="module")
def page(context: BrowserContext, host: Host) -> Page:
    one = context.new_page()
    sign_in(one, host.address)
    create_project(one, "Trial")
    return one


class TestSignedIn:
    def test_the_cookie_is_for_tls_and_not_for_scripts(self, page: Page, context: BrowserContext):
        cookie = next(one for one in context.cookies() if one["name"] == "_streamlit_user")
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Lax"

    def test_the_window_is_open_at_the_process_of_the_cookie(self, page: Page, host: Host):
        route = route_of(page.context)
        assert measure(host, route, "sessions") >= 1

    def test_an_upload_reaches_the_process_of_the_window(self, page: Page, host: Host):
        page.goto(f"{host.address}/load")
        page.locator(READY).wait_for()
        route = route_of(page.context)
        before = {name: measure(host, name, "uploads_total") for name in ROUTES}
        page.locator('input[type="file"]').first.set_input_files(PATIENTS)
        page.get_by_text("Is this what you meant?").wait_for()
        after = {name: measure(host, name, "uploads_total") for name in ROUTES}
        assert after == before | {route: before[route] + 1}

    def test_a_file_s_address_is_good_for_nobody_else(self, page: Page, browser: Browser, host: Host):
        window = page.context.new_page()
        window.goto(f"{host.address}/baseline?cohort=hifu_ici")
        window.locator(READY).wait_for()
        window.get_by_test_id("stPopover").get_by_role("button", name="Download").click()
        with window.expect_download() as taken:
            window.get_by_role("button", name="Baseline, Word").click()
        address = taken.value.url
        assert "/media/" in address
        assert page.context.request.get(address).status == 200
        window.close()
        somebody_else = somebody(browser)
        try:
            one = somebody_else.new_page()
            sign_in(one, host.address, who=COLLEAGUE["sub"])
            somebody_else.add_cookies(
                [{"name": "cohortscope_route", "value": route_of(page.context), "url": host.address}]
            )
            assert somebody_else.request.get(address).status == 404
        finally:
            somebody_else.close()

    def test_kill_9_is_said_and_the_other_process_takes_over(self, page: Page, host: Host):
        route = route_of(page.context)
        host.apps[route].kill()
        other = next(name for name in ROUTES if name != route)
        for _ in range(240):  # the browser looks for the server again by itself, less and less often
            if route_of(page.context) == other:
                break
            page.wait_for_timeout(500)
        assert route_of(page.context) == other
        page.get_by_role("button", name="HIFU with immunotherapy").first.click()
        page.get_by_text("has stopped, and another has taken over").wait_for()
        page.get_by_role("button", name="I have read this").click()
        page.get_by_text("has stopped, and another has taken over").wait_for(state="detached")
        before = measure(host, other, "uploads_total")
        page.goto(f"{host.address}/load")
        page.locator(READY).wait_for()
        page.locator('input[type="file"]').first.set_input_files(PATIENTS)
        page.get_by_text("Is this what you meant?").wait_for()
        assert measure(host, other, "uploads_total") == before + 1


class TestLinks:
    def test_a_link_opened_signed_out_is_where_one_lands(self, browser: Browser, host: Host, page: Page):
        """Through the provider and back, to the page and everything that the link says."""
        link = f"{host.address}/hazards?cohort=hcc_ablation&endpoint=OS&group=child_pugh"
        somebody_else = somebody(browser)
        try:
            one = somebody_else.new_page()
            one.goto(link)
            sign_in_here(one)
            assert urlsplit(one.url).path == "/hazards"
            assert parse_qs(urlsplit(one.url).query) == parse_qs(urlsplit(link).query)
            one.get_by_role("heading", name="Hazards").or_(one.get_by_role("heading", level=1)).first.wait_for()
        finally:
            somebody_else.close()


class TestWhatIsWrittenDown:
    """Last: what was left behind by all of the above."""

    def test_no_log_holds_a_secret_a_name_or_a_value(self, host: Host, page: Page):
        said = host.logs() + (host.folder / "access.log").read_text()
        cookie = next(one["value"] for one in page.context.cookies() if one["name"] == "_streamlit_user")
        for word in (
            "owner@example.org",
            "owner-1",
            METRICS_TOKEN,
            SECRET,
            cookie,
            cookie[:40],
            "patients.csv",
            "oauth2callback?",
        ):
            assert word not in said, word
        assert "Traceback" not in said

    def test_every_line_of_the_processes_is_json_and_tells_enough(self, host: Host):
        lines = [
            json.loads(line) for app in host.apps.values() for line in app.text().splitlines() if line.startswith("{")
        ]
        other = [
            line
            for app in host.apps.values()
            for line in app.text().splitlines()
            if line.strip()
            and not line.startswith("{")
            and "view your Streamlit app" not in line
            and "URL:" not in line
        ]
        assert not other
        requests = [line for line in lines if line["event"] == "request"]
        assert {"time", "level", "request", "person", "route", "status", "ms", "outcome"} <= set(requests[0])
        uploads = [line for line in requests if line["route"] == "upload" and line["method"] == "PUT"]
        assert uploads
        assert all(re.fullmatch(r"[0-9a-f]{12}", line["person"]) for line in uploads)
        assert len({line["person"] for line in uploads}) == 1
