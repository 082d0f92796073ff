"""Back to the page that somebody was at before signing in: the address travels in a signed cookie beside the sign-in.

Streamlit leads everybody who signed in to the first page. The browser tells which page asked for the sign-in (Referer,
to this host only); what comes back is one of this host's own pages, never another host's and no other address of this
one. The cookie is named and signed for one sign-in, so that two windows that sign in do not mix.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qs, urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from team.web.rules import Rules

LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
SECONDS = 15 * 60
_LONGEST = 3500  # of the cookie; browsers keep 4096 with its name
# Pages of the dashboard stand at one plain word. A second slash, a backslash or a dot never gets through.
_PAGE = re.compile(r"/[a-z0-9-]{0,40}")
_QUERY = re.compile(r"[!-~]*")  # as browsers write it: no blank, no break of a line


class WayBack:
    """Remembers the page at the beginning of a sign-in and leads back to it at the end."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in (LOGIN, CALLBACK):
            await self.app(scope, receive, send)
            return

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 302:
                headers = MutableHeaders(scope=message)
                self._begin(scope, headers) if path == LOGIN else self._end(scope, headers)
            await send(message)

        await self.app(scope, receive, led)

    def _begin(self, scope: Scope, headers: MutableHeaders) -> None:
        page = page_of(Headers(scope=scope).get("referer", ""), origin=self._rules.origin)
        state = parse_qs(urlsplit(headers.get("location", "")).query).get("state", [""])[0]
        if page in (None, "/") or not state:
            return
        signed = self._signer(state).dumps(page)
        if len(signed) <= _LONGEST:
            headers.append("set-cookie", f"{_name(state)}={signed}; Max-Age={SECONDS}{self._kind}")

    def _end(self, scope: Scope, headers: MutableHeaders) -> None:
        asked = HTTPConnection(scope)
        state = asked.query_params.get("state", "")
        signed = asked.cookies.get(_name(state))
        if not signed:
            return
        headers.append("set-cookie", f"{_name(state)}=; Max-Age=0{self._kind}")
        try:
            page = self._signer(state).loads(signed, max_age=SECONDS)
        except BadData:
            return
        if headers.get("location") == "/" and isinstance(page, str) and is_page(page):
            headers["location"] = page

    def _signer(self, state: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._rules.secret, salt=f"way back {state}")

    @property
    def _kind(self) -> str:
        secure = "; Secure" if self._rules.origin.startswith("https:") else ""
        return f"; Path={CALLBACK}; HttpOnly; SameSite=Lax{secure}"


def page_of(address: str, *, origin: str) -> str | None:
    """The page and query of an address of this host; None for any other address."""
    start = f"{origin}/"
    if not address.lower().startswith(start.lower()):
        return None
    page = address[len(start) - 1 :].partition("#")[0]
    return page if is_page(page) else None


def is_page(page: str) -> bool:
    """Whether a text is a path and query that can only be one of the dashboard's pages."""
    path, mark, query = page.partition("?")
    if not _PAGE.fullmatch(path) or path == CALLBACK:
        return False
    return not mark or _QUERY.fullmatch(query) is not None


def _name(state: str) -> str:
    return f"cohortscope_back_{hashlib.sha256(state.encode()).hexdigest()[:12]}"
