"""/metrics: the measures in the form Prometheus reads; for the server itself, or for who has the token."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from team import measures
from team.web.rules import Rules

if TYPE_CHECKING:
    from prometheus_client.core import Metric

_PREFIX = "cohortscope_"
_SAID = {
    "requests": "Answers, by class of status",
    "refused": "Requests refused, by reason",
    "sessions_opened": "Windows that connected",
    "uploads": "Files received",
    "upload_bytes": "Bytes of files received",
    "uploads_refused": "Files not taken, by reason",
    "saves": "Saved cohorts, analyses and comments, by kind",
    "saves_failed": "Saves that failed or were refused, by kind",
    "save_seconds": "From asking for a save until it is kept",
    "errors": "Defects met by people, each with a number in the log",
    "redraw_seconds": "From a click to the end of drawing",
    "sessions": "Windows connected now",
    "work_waiting": "Long computations that wait for their turn",
    "work_running": "Long computations that run",
    "memory_bytes": "Resident memory of this process",
}
_HERE = ("127.0.0.1", "::1")


def route(rules: Rules) -> Route:
    """The route; 404 for anybody else, as if it were not there."""

    async def answer(request: Request) -> Response:
        if not _may_read(request, rules):
            return PlainTextResponse("Not found", 404)
        text = await run_in_threadpool(exposition)
        return PlainTextResponse(text, media_type="text/plain; version=0.0.4")

    return Route("/metrics", answer, methods=["GET"])


def _may_read(request: Request, rules: Rules) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if rules.metrics_token and hmac.compare_digest(given.encode(), rules.metrics_token.encode()):
        return True
    # A proxy on the same machine also calls from here, but says for whom.
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
    return request.client is not None and request.client.host in _HERE and not forwarded


def exposition() -> str:
    """All measures as text."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector())
    return generate_latest(registry).decode()


class _Collector:
    """Reads the measures when asked."""

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        families: dict[str, CounterMetricFamily] = {}
        for (what, kind), value in sorted(measures.counts().items()):
            labels = ["kind"] if kind else []
            family = families.setdefault(
                what, CounterMetricFamily(f"{_PREFIX}{what}", _SAID.get(what, what), labels=labels)
            )
            family.add_metric([kind] if kind else [], value)
        yield from families.values()
        for what, (classes, total) in measures.durations().items():
            bounds = [*(str(bound) for bound in measures.SECONDS), "+Inf"]
            running = [sum(classes[: place + 1]) for place in range(len(classes))]
            buckets = list(zip(bounds, running, strict=True))
            yield HistogramMetricFamily(f"{_PREFIX}{what}", _SAID.get(what, what), buckets=buckets, sum_value=total)
        for what, value in {"memory_bytes": resident_bytes(), **measures.levels()}.items():
            yield GaugeMetricFamily(f"{_PREFIX}{what}", _SAID.get(what, what), value=value)


def resident_bytes(process: int | str = "self") -> float:
    """Memory of a process, or NaN where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return float("nan")
    return float(pages * os.sysconf("SC_PAGE_SIZE"))
