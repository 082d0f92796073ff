"""After signing in a person is where the link led, and nowhere else whatever an attacker writes into it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from team.web import stack
from tests.security.asgi import ORIGIN, SECRET, rules

VIEW = "/hazards?cohort=v-0123&group=arm&filter=age%3E60%26x&analysis=Ab_c-1"
PROVIDER = "https://login.example/authorize?client_id=c&state="


class Browser:
    """Somebody's cookies in front of the team's stack; the provider is left out, its state stands in the address."""

    def __init__(self) -> None:
        async def login(request: Request) -> RedirectResponse:
            return RedirectResponse(PROVIDER + request.query_params.get("provider", ""), 302)

        async def callback(request: Request) -> RedirectResponse:
            self.cookies_seen = dict(request.cookies)
            return RedirectResponse("/", 302)

        routes = [Route("/auth/login", login), Route("/oauth2callback", callback)]
        self.app = Starlette(routes=routes, middleware=stack.for_a_team(rules(), lambda data, way: None))
        self.jar = httpx.Cookies()

    def go(self, path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, cookies=self.jar) as client:
                answer = await client.get(path, headers=headers)
                self.jar = client.cookies
                return answer

        return asyncio.run(ask())

    def signed_in_from(self, referer: str | None, *, state: str = "S1", ends: str | None = None) -> str:
        """Where somebody is led who asks for the sign-in on a page and comes back from the provider."""
        self.go(f"/auth/login?provider={state}", **({"referer": referer} if referer is not None else {}))
        return self.go(f"/oauth2callback?code=x&state={ends or state}").headers["location"]


def test_a_person_lands_on_exactly_the_view_of_the_link():
    assert Browser().signed_in_from(ORIGIN + VIEW) == VIEW
    assert Browser().signed_in_from(ORIGIN + "/?analysis=slug") == "/?analysis=slug"
    assert Browser().signed_in_from(None) == "/"
    assert Browser().signed_in_from(ORIGIN + "/") == "/"


@pytest.mark.parametrize(
    "referer",
    [
        "https://evil.example/hazards",
        f"{ORIGIN}.evil.example/hazards",
        f"{ORIGIN}@evil.example/hazards",
        f"{ORIGIN}:8443/hazards",
        "http://cohorts.example.org/hazards",
        f"{ORIGIN}//evil.example/x",
        f"{ORIGIN}//evil.example",
        f"{ORIGIN}/\\evil.example",
        f"{ORIGIN}/%2fevil.example",
        f"{ORIGIN}/%5cevil.example",
        f"{ORIGIN}/../..//evil.example",
        f"{ORIGIN}/.evil.example",
        f"{ORIGIN}/javascript:alert(1)",
        f"{ORIGIN}/hazards\t//evil.example",
        f"{ORIGIN}/hazards?a=b c",
        f"{ORIGIN}/auth/logout",
        f"{ORIGIN}/auth/login?provider=S1",
        f"{ORIGIN}/oauth2callback?state=S1",
        f"{ORIGIN}/media/secret.csv",
        f"{ORIGIN}/_stcore/metrics",
        "//evil.example",
        "javascript:alert(1)",
    ],
)
def test_nothing_leads_off_the_host_or_past_its_pages(referer: str):
    assert Browser().signed_in_from(referer) == "/"


def test_another_sign_in_s_page_is_not_mine():
    """An attacker who begins a sign-in in somebody's browser does not choose where that person's own one ends."""
    browser = Browser()
    assert browser.signed_in_from(f"{ORIGIN}/hazards?group=arm", state="S1", ends="S2") == "/"
    assert browser.signed_in_from(f"{ORIGIN}/report", state="S3") == "/report"


def test_two_windows_that_sign_in_at_once_keep_their_own_pages():
    browser = Browser()
    browser.go("/auth/login?provider=A", referer=f"{ORIGIN}/hazards")
    browser.go("/auth/login?provider=B", referer=f"{ORIGIN}/report")
    assert browser.go("/oauth2callback?state=A").headers["location"] == "/hazards"
    assert browser.go("/oauth2callback?state=B").headers["location"] == "/report"


def test_it_leads_back_once_and_the_cookie_is_for_this_only():
    browser = Browser()
    answer = browser.go("/auth/login?provider=A", referer=f"{ORIGIN}/hazards")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert {"Path=/oauth2callback", "HttpOnly", "SameSite=Lax", "Secure", "Max-Age=900"} <= set(cookie.split("; "))
    assert "hazards" not in cookie.split("; ")[0]
    assert browser.go("/oauth2callback?state=A").headers["location"] == "/hazards"
    assert browser.go("/oauth2callback?state=A").headers["location"] == "/"


@pytest.mark.parametrize("secret", [SECRET, "guessed"])
def test_a_forged_cookie_leads_nowhere(secret: str):
    """Even with the right secret, as of another part of the program: what was signed is judged again."""
    browser = Browser()
    browser.go("/auth/login?provider=A", referer=f"{ORIGIN}/hazards")
    name = next(one.name for one in browser.jar.jar)
    for page in ("https://evil.example", "//evil.example", "/\\evil.example", ["/hazards"], "/hazards\r\nx: y"):
        browser.jar = httpx.Cookies()
        forged = URLSafeTimedSerializer(secret, salt="way back A").dumps(page)
        browser.jar.set(name, forged, domain="cohorts.example.org", path="/")
        assert browser.go("/oauth2callback?state=A").headers["location"] == "/"


def test_an_address_without_end_is_dropped_and_not_cut():
    import random

    letters = random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9000)
    assert Browser().signed_in_from(f"{ORIGIN}/hazards?filter={''.join(letters)}") == "/"
    assert Browser().signed_in_from(f"{ORIGIN}/hazards?filter={'a' * 3000}") == f"/hazards?filter={'a' * 3000}"
