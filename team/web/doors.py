"""What nobody may ask, signed in or not: closed addresses, other hosts, other sites, requests without end."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected

from team.web import health
from team.web.refusal import Reason, refuse
from team.web.rules import Rules

# Streamlit's door for programs and its own measures, which ask for no sign-in.
CLOSED = ("/_stcore/agent", "/_stcore/metrics", "/_stcore/script-health-check", "/app/static")
UPLOAD = "/_stcore/upload_file/"
STREAM = "/_stcore/stream"
_READING = ("GET", "HEAD", "OPTIONS")
_ANY_HOST = (*health.PATHS, "/metrics", "/_stcore/health")  # probes call a process by its own address


class Doors:
    """Refuses; what it lets through may still need a sign-in. Without rules, only closed addresses are refused."""

    def __init__(self, app: ASGIApp, rules: Rules | None = None) -> None:
        self.app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or open one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        reason = self._reason(scope)
        if reason is not None:
            await refuse(scope, receive, send, reason)
        elif scope["type"] == "http" and self._rules is not None:
            await self.app(scope, _counted(receive, self._most(scope["path"], self._rules)), send)
        else:
            await self._until_gone(scope, receive, send)

    async def _until_gone(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streamlit closes a window once more when its person has just gone: no defect, so no traceback in the log."""
        try:
            await self.app(scope, receive, send)
        except WebSocketDisconnected:
            if scope["type"] != "websocket":
                raise

    def _reason(self, scope: Scope) -> Reason | None:
        path, headers, rules = scope["path"], Headers(scope=scope), self._rules
        if is_closed(path):
            return "blocked"
        if rules is None:
            return None
        if path not in _ANY_HOST and headers.get("host", "").lower() != rules.host:
            return "host"
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        if changes and headers.get("origin", rules.origin).lower() != rules.origin.lower():
            return "origin"
        return "size" if _said_length(headers) > self._most(path, rules) else None

    @staticmethod
    def _most(path: str, rules: Rules) -> int:
        # a file is wrapped in a form, which takes a little more than the file
        return rules.upload_bytes + 64 * 1024 if path.startswith(UPLOAD) else rules.body_bytes


def is_closed(path: str) -> bool:
    """Whether an address is answered to nobody."""
    plain = "/" + path.lstrip("/").lower()
    return any(plain == one or plain.startswith(f"{one}/") for one in CLOSED)


def _said_length(headers: Headers) -> int:
    try:
        return int(headers.get("content-length", "0"))
    except ValueError:
        return 2**63


def _counted(receive: Receive, most: int) -> Receive:
    """The request's body, until it is larger than it may be."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, "This request is larger than the server takes.")
        return message

    return counted
