"""A request is refused: in a plain sentence, counted by reason."""

from __future__ import annotations

from typing import Literal

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from team import measures

Reason = Literal["blocked", "host", "origin", "size", "rate", "quota", "signed out"]
_STATUS = {"blocked": 404, "host": 400, "origin": 403, "size": 413, "rate": 429, "quota": 413, "signed out": 401}
_SENTENCE = {
    "blocked": "Not found",
    "host": "This server is not reached by this name.",
    "origin": "This request came from another site and was not carried out.",
    "size": "This request is larger than the server takes.",
    "rate": "Too many requests in a short time. Please wait {seconds} seconds and try again.",
    "quota": "You have sent as many files today as the server takes from one person. Please try again tomorrow.",
    "signed out": "Please sign in again: open the dashboard's first page.",
}


async def refuse(scope: Scope, receive: Receive, send: Send, reason: Reason, *, seconds: float = 0) -> None:
    """Answer with the reason; a WebSocket is closed before it is opened, which browsers see as 403."""
    measures.count("refused", reason)
    scope["cohortscope.refused"] = reason
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    wait = str(max(1, round(seconds + 0.5)))
    headers = {"retry-after": wait} if reason == "rate" else {}
    text = _SENTENCE[reason].format(seconds=wait)
    await PlainTextResponse(text, _STATUS[reason], headers=headers)(scope, receive, send)
