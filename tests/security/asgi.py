"""The web part without a network: requests and WebSockets as an ASGI server hands them over."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from team.web import stack
from team.web.person import COOKIE, EndedSignIns
from team.web.rules import Rules

SECRET = "a secret of the tests only, of some length"
ORIGIN = "https://cohorts.example.org"
HOST = "cohorts.example.org"
ADA = {"iss": "https://sign-in.example.org", "sub": "ada", "email": "ada@example.org"}
UPLOAD = "/_stcore/upload_file/session/file"


def rules(**more: Any) -> Rules:
    return Rules(**{"address": ORIGIN, "secret": SECRET, **more})


def signed(text: str, *, name: str = COOKIE, secret: str = SECRET, ago: float = 0) -> str:
    """A value as Streamlit signs it, so many seconds ago."""

    class Signer(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(time.time() - ago)

    return URLSafeTimedSerializer(secret, salt=name, signer=Signer).dumps(text)


def cookie(claims: dict[str, Any] | None = None, *, secret: str = SECRET, ago: float = 0, **more: Any) -> str:
    """A Cookie header of somebody who signed in so many seconds ago."""
    said = {**(ADA if claims is None else claims), "origin": ORIGIN, "is_logged_in": True, **more}
    return f"{COOKIE}={signed(json.dumps(said), secret=secret, ago=ago)}"


class Site:
    """The team's stack around an application that says what it was asked."""

    def __init__(
        self,
        limits: Rules | None = None,
        ended: EndedSignIns | None = None,
        frames: Any = None,
        routes: Sequence[Route] = (),
    ) -> None:
        self.seen: list[HTTPConnection] = []
        self.received: list[bytes] = []

        async def anything(request: Request) -> PlainTextResponse:
            self.seen.append(request)
            body = await request.body()
            answer = PlainTextResponse(str(len(body)))
            answer.set_cookie("_streamlit_xsrf", "x")
            return answer

        async def stream(socket: WebSocket) -> None:
            self.seen.append(socket)
            await socket.accept()
            async for data in socket.iter_bytes():
                self.received.append(data)
                await socket.send_bytes(b"drawn")

        pages = Route("/{path:path}", anything, methods=["GET", "PUT", "POST"])
        self.app = Starlette(
            routes=[*routes, WebSocketRoute("/_stcore/stream", stream), pages],
            middleware=stack.for_a_team(limits or rules(), frames or (lambda data, way: "asks"), ended),
        )

    def ask(self, path: str, *, method: str = "GET", body: bytes = b"", address: str = "192.0.2.1", **headers: str):
        """Status, headers and body of a request."""
        return asyncio.run(self.asked(path, method=method, body=[body], address=address, headers=headers))

    async def asked(
        self, path: str, *, method: str, body: Sequence[bytes], address: str, headers: dict[str, str]
    ) -> tuple[int, Headers, str]:
        named = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "scheme": "https",
            "http_version": "1.1",
            "client": (address, 5),
            "server": (HOST, 443),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        }
        parts = list(body)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": parts.pop(0) if parts else b"", "more_body": bool(parts)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        text = b"".join(one.get("body", b"") for one in sent).decode()
        return sent[0]["status"], Headers(raw=sent[0]["headers"]), text

    def window(self, frames: Sequence[bytes] = (), *, pause: float = 0.05, last: float = 0.2, **headers: str):
        """Messages that the server sent to a WebSocket which sends ``frames`` and then waits."""
        return asyncio.run(self.opened(frames, pause=pause, last=last, headers=headers))

    async def opened(self, frames: Sequence[bytes], *, pause: float, last: float, headers: dict[str, str]):
        named = {"host": HOST, "origin": ORIGIN, **headers}
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "raw_path": b"/_stcore/stream",
            "query_string": b"",
            "scheme": "wss",
            "client": ("192.0.2.1", 5),
            "server": (HOST, 443),
            "subprotocols": ["streamlit"],
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        }
        waiting = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "bytes": one} for one in frames)]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if waiting:
                await asyncio.sleep(pause if len(waiting) <= len(frames) else 0)
                return waiting.pop(0)
            await asyncio.sleep(last)
            return {"type": "websocket.disconnect", "code": 1000}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        return sent
