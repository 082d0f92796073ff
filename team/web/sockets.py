"""One WebSocket per window: it ends with the sign-in or when nobody clicks, and nobody clicks without end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from team import measures
from team.web.limits import Buckets
from team.web.person import EndedSignIns, Person
from team.web.rules import Rules
from team.web.told_files import ToldFiles

Frame = Literal["asks", "drawn"]
FrameReader = Callable[[bytes, Literal["in", "out"]], Frame | None]
"""Says of a frame that it asks for a redraw, or that a redraw is done; the WebSocket's language is Streamlit's."""

SIGNED_OUT = 4401
_UNSIGNED_SECONDS = 15 * 60.0  # the sign-in page needs a WebSocket, but not for hours
_UNSIGNED_MOST = 10  # from one address at once
_SIGNED_MOST = 60  # of one person at once: each holds memory
_log = logging.getLogger("team.web.sockets")


class Sockets:
    """Opens and watches the WebSockets of one process."""

    def __init__(self, app: ASGIApp, rules: Rules, ended: EndedSignIns, frames: FrameReader) -> None:
        self.app = app
        self._rules = rules
        self._ended = ended
        self._frames = frames
        self._redraws = Buckets(rules.redraws_a_minute, burst=max(20, rules.redraws_a_minute / 4))
        self._open: dict[str, int] = {}
        self.told = ToldFiles()
        measures.level("sessions", lambda: sum(self._open.values()))

    async def open(self, scope: Scope, receive: Receive, send: Send, person: Person | None, who: str) -> None:
        """Pass a WebSocket on until it ends."""
        if self._open.get(who, 0) >= (_UNSIGNED_MOST if person is None else _SIGNED_MOST):
            measures.count("refused", "rate")
            await send({"type": "websocket.close", "code": 1013})
            return
        self._open[who] = self._open.get(who, 0) + 1
        measures.count("sessions_opened")
        watched = _Watched(self, receive, send, person, who)
        try:
            await self.app(scope, watched.receive, watched.send)
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    def ends_at(self, person: Person | None, now: float) -> float:
        """Seconds since 1970 at which a window ends if nothing is clicked from now on."""
        if person is None:
            return now + _UNSIGNED_SECONDS
        return min(now + self._rules.idle_minutes * 60, person.until)

    def over(self, person: Person | None) -> bool:
        """Whether the sign-in was ended elsewhere, such as by signing out in another window."""
        return person is not None and (person in self._ended or person.until <= time.time())

    def end(self, person: Person | None) -> None:
        """End the sign-in of a window that nobody used."""
        if person is not None:
            self._ended.end(person)
            _log.info("session ended: idle or over its time", extra={"person": person.pseudonym})

    def frame(self, data: bytes | None, way: Literal["in", "out"]) -> Frame | None:
        """What a frame is."""
        return self._frames(data, way) if data else None

    async def turn(self, who: str) -> None:
        """Wait until somebody may ask for a redraw again."""
        while seconds := self._redraws.wait(who):
            await asyncio.sleep(seconds)


class _Watched:
    """The two directions of one WebSocket."""

    def __init__(self, sockets: Sockets, receive: Receive, send: Send, person: Person | None, who: str) -> None:
        self._sockets, self._receive, self._send, self._person, self._who = sockets, receive, send, person, who
        self._asked: float | None = None
        self._closed = False
        self._ends = sockets.ends_at(person, time.time())

    async def receive(self) -> Message:
        """The next message of the browser; the end, when the time is over."""
        message = await self._next()
        if message is None:
            self._sockets.end(self._person)
            return await self._close()
        if message["type"] != "websocket.receive":
            return message
        if self._sockets.over(self._person):
            return await self._close()
        if self._sockets.frame(message.get("bytes"), "in") == "asks":  # other messages are no clicks
            self._ends = self._sockets.ends_at(self._person, time.time())
            await self._sockets.turn(self._who)
            self._asked = self._asked or time.monotonic()
        return message

    async def _next(self) -> Message | None:
        """The next message, or None if there is none in time; time is looked at often enough for a clock that jumps."""
        waiting = asyncio.ensure_future(self._receive())
        try:
            while (left := self._ends - time.time()) > 0:
                done, _ = await asyncio.wait({waiting}, timeout=min(left, 30))
                if done:
                    return waiting.result()
                if self._sockets.over(self._person):
                    return None
            return None
        finally:
            waiting.cancel()

    async def _close(self) -> Message:
        if not self._closed:
            self._closed = True
            await self._send({"type": "websocket.close", "code": SIGNED_OUT, "reason": "signed out"})
        return {"type": "websocket.disconnect", "code": SIGNED_OUT}

    async def send(self, message: Message) -> None:
        """Pass a message to the browser; measure how long a redraw took."""
        if self._closed:
            return
        data = message.get("bytes")
        if data and self._person is not None:
            self._sockets.told.read(self._who, data)
        if self._asked is not None and data and self._sockets.frame(data, "out") == "drawn":
            measures.took("redraw_seconds", time.monotonic() - self._asked)
            self._asked = None
        await self._send(message)
