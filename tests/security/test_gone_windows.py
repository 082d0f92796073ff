"""A window whose person has gone leaves no traceback; a defect of a request does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnected

from team.web.doors import Doors


def run(kind: str) -> None:
    async def closed_twice(scope: Any, receive: Any, send: Any) -> None:
        raise WebSocketDisconnected('Cannot call "send" once a close message has been sent.')

    scope = {"type": kind, "path": "/_stcore/stream", "headers": [], "method": "GET"}
    asyncio.run(Doors(closed_twice)(scope, None, None))  # type: ignore[arg-type]


def test_a_window_that_is_closed_twice_is_no_defect() -> None:
    run("websocket")


def test_of_a_request_it_is_one() -> None:
    with pytest.raises(WebSocketDisconnected):
        run("http")
