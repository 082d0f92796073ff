"""/metrics moves with what happens, and docs/deployment.md names every measure."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.work.pool import Pool
from team import measures
from team.web.metrics import exposition
from team.web.rules import Rules
from tests.security.asgi import UPLOAD, Site, cookie, rules

ROOT = Path(__file__).parents[2]


def shown(name: str) -> float:
    """A measure as Prometheus reads it; 0 where it is not there yet."""
    found = re.search(rf"^cohortscope_{re.escape(name)} ([0-9.e+]+)$", exposition(), re.M)
    return float(found[1]) if found else 0.0


def put(limits: Rules | None = None, **headers: str) -> None:
    """Send a file."""
    Site(limits).ask(UPLOAD, method="PUT", **headers)


@pytest.mark.parametrize(
    ("reason", "ask"),
    [
        ("size", lambda: put(rules(upload_bytes=10), cookie=cookie(), content_length="9999999")),
        ("signed out", put),
        ("quota", lambda: put(rules(upload_bytes_a_day=10), cookie=cookie(), content_length="99")),
        ("origin", lambda: put(cookie=cookie(), origin="https://evil.example")),
    ],
)
def test_uploads_that_are_refused(reason: str, ask: Callable[[], object]):
    name = f'uploads_refused_total{{kind="{reason}"}}'
    before, taken = shown(name), shown("uploads_total")
    ask()
    assert (shown(name), shown("uploads_total")) == (before + 1, taken)


def test_saves_are_counted_and_timed_and_failures_apart():
    saves, failed = 'saves_total{kind="analysis"}', 'saves_failed_total{kind="analysis"}'
    before = [shown(name) for name in (saves, failed, "save_seconds_count")]
    with measures.saving("analysis"):
        pass
    with pytest.raises(OSError), measures.saving("analysis"):  # noqa: PT011  # any error of the storage
        raise OSError
    assert [shown(name) for name in (saves, failed, "save_seconds_count")] == [one + 1 for one in before]


def test_long_work_that_runs_and_waits(monkeypatch: pytest.MonkeyPatch):
    from ui import long_work

    monkeypatch.setattr(long_work, "Pool", lambda size: Pool(1))
    pool = long_work.pool.__wrapped__()
    go = threading.Event()
    jobs = [pool.submit(go.wait, session=f"s{n}", name="work") for n in range(3)]
    assert (shown("work_running"), shown("work_waiting")) == (1, 2)
    jobs[2].cancel()
    assert shown("work_waiting") == 1
    go.set()
    assert all(job.wait(10) for job in jobs)
    for _ in range(1000):
        if not pool.running:
            break
        threading.Event().wait(0.005)
    assert (shown("work_running"), shown("work_waiting")) == (0, 0)


def test_the_documentation_names_every_measure_and_no_other():
    from team.web.metrics import _SAID

    source = "\n".join(
        path.read_text()
        for folder in ("team", "ui")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "measures.py"
    )
    used = set(re.findall(r'measures\.(?:count|took|level)\(\s*"(\w+)"', source)) | {"memory_bytes"}
    used |= set(re.findall(r'\b(?:count|took)\("(\w+)"', (ROOT / "team" / "measures.py").read_text()))
    assert used == set(_SAID)
    text = (ROOT / "docs" / "deployment.md").read_text()
    table = text[text.index("### Metrics") : text.index("## Upgrade")]
    named = {one.removesuffix("_total") for one in re.findall(r"`cohortscope_(\w+)`", table)}
    assert named == used
