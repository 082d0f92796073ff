"""/healthz: this process answers. /readyz: it can also do its work, or which part it waits for.

Streamlit answers an address it does not know with its page and 200, so a probe must read the body.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

PATHS = ("/healthz", "/readyz")
PATIENCE = 3.0
"""Seconds that a part has to answer."""

Checks = Mapping[str, Callable[[], object]]
_log = logging.getLogger("team.web.health")


def routes(checks: Checks) -> list[Route]:
    """Both routes; ``checks`` name the parts, and raise where a part is not as it must be."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(request: Request) -> Response:
        parts = dict(zip(checks, await asyncio.gather(*(_answer(*one) for one in checks.items())), strict=True))
        ready = all(said == "ok" for said in parts.values())
        return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503)

    return [Route("/healthz", healthz, methods=["GET"]), Route("/readyz", readyz, methods=["GET"])]


async def _answer(part: str, check: Callable[[], object]) -> str:
    """In a few words; why stands in the log, since a message may hold an address or a password."""
    try:
        await asyncio.wait_for(run_in_threadpool(check), PATIENCE)
    except TimeoutError:
        _log.error("no answer in time", extra={"part": part})
        return "no answer in time"
    except Exception:
        _log.exception("not ready", extra={"part": part})
        return "not ready"
    return "ok"
