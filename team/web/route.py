"""A person stays with one process, where what the page holds lives: the process signs its answers with its name.

The proxy sends whoever has the name back to that process. A window that was taken over by another process, because the
first is gone, has the other's name from then on, and everything that belongs to the window follows it.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "cohortscope_route"


class Route:
    """Sets the cookie where the browser has none or another's."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        self.app = app
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        # Only windows and pages: a file that comes late from a process that is going must not take the window back.
        wanted = scope["type"] == "websocket" or (scope["type"] == "http" and _is_page(scope))
        if not wanted or HTTPConnection(scope).cookies.get(COOKIE) == self._name:
            await self.app(scope, receive, send)
            return
        secure = "; Secure" if scope["scheme"] in ("https", "wss") else ""
        cookie = f"{COOKIE}={self._name}; Path=/; HttpOnly; SameSite=Lax{secure}".encode()

        async def named(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie)]
            await send(message)

        await self.app(scope, receive, named)


def _is_page(scope: Scope) -> bool:
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return scope["method"] == "GET" and b"text/html" in accepted
