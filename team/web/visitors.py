"""Who asks, and may they: sign-in, how often, how much. In front of the dashboard, whose pages ask again.

Somebody whose sign-in is over is to the dashboard nobody at all: the cookie is taken off the request.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from team import measures
from team.web import told_files
from team.web.doors import UPLOAD
from team.web.limits import Buckets, DailyBytes
from team.web.person import COOKIE, EndedSignIns, Person, SignIns, without_sign_in
from team.web.refusal import Reason, refuse
from team.web.rules import Rules
from team.web.sockets import FrameReader, Sockets

SIGN_IN = ("/auth/login", "/oauth2callback")
SIGN_OUT = "/auth/logout"
_FOR_SIGNED_IN = (UPLOAD, "/media/", "/_stcore/dataframe", "/_stcore/download")
_NOT_COUNTED = ("/static/", "/healthz", "/readyz", "/_stcore/health")


class Visitors:
    """Lets through whom the rules allow."""

    def __init__(self, app: ASGIApp, rules: Rules, ended: EndedSignIns, frames: FrameReader) -> None:
        self.app = app
        self._sign_ins = SignIns(rules, ended)
        self._ended = ended
        self._requests = Buckets(rules.requests_a_minute)
        self._uploads = Buckets(rules.uploads_an_hour / 60, burst=rules.uploads_an_hour)
        self._attempts = Buckets(rules.sign_ins_a_minute)
        self._bytes = DailyBytes(rules.upload_bytes_a_day)
        self._sockets = Sockets(app, rules, ended, frames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or open one WebSocket."""
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(_NOT_COUNTED):
            await self.app(scope, receive, send)
            return
        person = self._recognise(scope)
        who = person.pseudonym if person else self._sign_ins.pseudonym(_address(scope))
        scope["cohortscope.person"] = person.pseudonym if person else None
        reason, seconds = self._refused(scope, person, who)
        if reason is not None:
            await refuse(scope, receive, send, reason, seconds=seconds)
        elif scope["type"] == "websocket":
            await self._sockets.open(scope, receive, send, person, who)
        elif scope["path"].startswith(UPLOAD) and scope["method"] == "PUT":
            await self.app(scope, self._counting(receive, who), send)
        else:
            await self.app(scope, receive, send)
            if person is not None and scope["path"] == SIGN_OUT:
                self._ended.end(person)

    def _recognise(self, scope: Scope) -> Person | None:
        headers = Headers(scope=scope)
        written = headers.getlist("cookie")
        if not any(COOKIE in one for one in written):
            return None
        person = self._sign_ins.read(HTTPConnection(scope).cookies)
        if person is None:
            kept = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
            rest = without_sign_in("; ".join(written))
            scope["headers"] = [*kept, *([(b"cookie", rest.encode("latin-1"))] if rest else [])]
        return person

    def _refused(self, scope: Scope, person: Person | None, who: str) -> tuple[Reason | None, float]:
        path = scope["path"]
        if person is None and path.startswith(_FOR_SIGNED_IN):
            return "signed out", 0
        if path.startswith(told_files.PREFIX) and not self._sockets.told.knows(who, path):
            return "blocked", 0
        if seconds := self._requests.wait(who):
            return "rate", seconds
        if path in SIGN_IN and (seconds := self._attempts.wait(self._sign_ins.pseudonym(_address(scope)))):
            return "rate", seconds
        if path.startswith(UPLOAD) and scope["method"] == "PUT":
            if seconds := self._uploads.wait(who):
                return "rate", seconds
            if self._bytes.left(who) < _length(scope):
                return "quota", 0
        return None, 0

    def _counting(self, receive: Receive, who: str) -> Receive:
        async def counted() -> Message:
            message = await receive()
            size = len(message.get("body", b""))
            self._bytes.add(who, size)
            measures.count("upload_bytes", by=size)
            return message

        return counted


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return f"address {client[0] if client else 'unknown'}"


def _length(scope: Scope) -> int:
    said = Headers(scope=scope).get("content-length", "0")
    return int(said) if said.isdigit() else 0
