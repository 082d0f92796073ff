"""One line in the log per request and per window, and the counts of them.

A line says which kind of address was asked for, never the address: paths and queries hold names of files and columns.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from team import measures
from team.web import health
from team.web.doors import STREAM, UPLOAD, is_closed

_log = logging.getLogger("team.web.requests")
_ID = re.compile(r"[0-9a-f]{16,32}")
_KINDS = (
    (UPLOAD, "upload"),
    (STREAM, "window"),
    ("/_stcore/", "service"),
    ("/static/", "program file"),
    ("/media/", "media"),
    ("/auth/login", "sign in"),
    ("/auth/logout", "sign out"),
    ("/oauth2callback", "sign in"),
    ("/metrics", "metrics"),
    *((path, "health") for path in health.PATHS),
)
_QUIET = ("program file", "health", "metrics", "service")


class RequestLog:
    """Outermost: sees every request, also those that are refused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and write down what became of it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), 0
        number = request_id(Headers(scope=scope).get("x-request-id", ""))

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = number
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.close" and not status:
                status = 403
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except BaseException:
            status = status if status == 101 else 500
            raise
        finally:
            _write(scope, number, status, time.monotonic() - began)


def kind(path: str) -> str:
    """What kind of address a path is; no word of the path itself."""
    if is_closed(path):
        return "closed"
    return next((word for start, word in _KINDS if path.startswith(start)), "page")


def request_id(given: str) -> str:
    """The number a proxy gave the request, if it is one, or a new one."""
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _write(scope: Scope, number: str, status: int, seconds: float) -> None:
    what = kind(scope["path"])
    measures.count("requests", f"{status // 100}xx" if status else "dropped")
    if what == "upload" and scope.get("method") == "PUT" and 200 <= status < 300:
        measures.count("uploads")
    refused = scope.get("cohortscope.refused")
    if what == "upload" and scope.get("method") == "PUT" and status >= 400:
        measures.count("uploads_refused", refused or "failed")
    if what in _QUIET and status < 400:
        return
    _log.log(
        logging.WARNING if status >= 500 else logging.INFO,
        "window closed" if status == 101 else "request",
        extra={
            "request": number,
            "person": scope.get("cohortscope.person"),
            "route": what,
            "method": scope.get("method", "WEBSOCKET") if scope.get("method") in _METHODS else "WEBSOCKET",
            "status": status,
            "ms": round(seconds * 1000),
            "outcome": refused or ("ok" if 0 < status < 400 else "failed"),
        },
    )


_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")
