"""What a person waits for in a real browser: from a click to the chart drawn anew, from the command to the first one.

On 500 patients, warm; beside a small app of lifelines and matplotlib that does the same (``peer_dashboard``), in turns.
Seconds on the clock, of the browser's own: from the click on an option until the chart's last stroke.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.table import Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
PATIENTS, GROUPINGS, SITES = 500, 14, 12
ENDPOINTS = {
    "OS": "Overall survival (OS)",
    "PFS": "Progression-free survival (PFS)",
    "RFS": "Recurrence-free survival (RFS)",
}
WARM_UP = 4
MEDIAN, P95, FIRST = 0.3, 0.6, 3.0  # seconds: targets
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
VIEW = {"width": 1440, "height": 1000}
_QUIET = 400  # milliseconds without a stroke: the chart is done
# Notes when something was clicked, and when a chart last changed: a stroke on its canvas, a picture that has come.
_WATCH = """
window.clicked = window.drawn = 0;
const chart = '[data-testid="stVegaLiteChart"]';
for (const name of ['stroke', 'fill', 'fillText', 'fillRect']) {
  const plain = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...given) {
    if (this.canvas.closest && this.canvas.closest(chart)) window.drawn = performance.now();
    return plain.apply(this, given);
  };
}
new MutationObserver(changes => {
  const isChart = one => one.target.nodeType === 1 && one.target.closest(chart) && one.target.closest('svg');
  if (changes.some(isChart)) window.drawn = performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true});
document.addEventListener('load', event => {
  const isPicture = event.target.tagName === 'IMG' && event.target.closest('[data-testid="stImage"]');
  if (isPicture) window.drawn = performance.now();
}, true);
document.addEventListener('click', event => {
  if (event.target.closest('[role="option"]')) { window.clicked = performance.now(); }
}, true);
"""
_DONE = f"window.drawn > window.clicked && performance.now() - window.drawn > {_QUIET}"


def patients(seed: int = 20250101) -> pd.DataFrame:
    """A cohort of 500 with three endpoints in months, many two-level columns and a column of sites."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"patient_id": [f"P{i:03d}" for i in range(PATIENTS)]})
    for name, scale in zip(ENDPOINTS, (24, 12, 15), strict=True):
        happened, censored = rng.weibull(1.2, PATIENTS) * scale, rng.uniform(6, 60, PATIENTS)
        frame[f"{name.lower()}_months"] = np.minimum(happened, censored).round(1).clip(0.1)
        frame[f"{name.lower()}_event"] = (happened <= censored).astype(int)
    frame["site"] = rng.choice([f"Site {i:02d}" for i in range(SITES)], PATIENTS)
    for i in range(GROUPINGS):
        frame[f"group_{i:02d}"] = rng.choice(["A", "B"], PATIENTS)
    return frame


def interaction() -> Iterator[Row]:
    """Median and 95th percentile of changes of group, endpoint and filter; then the first page."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "patients.csv"
        patients().to_csv(file, index=False)
        found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield from _changes(browser, file)
        starts: dict[str, list[float]] = {"ours": [], "peer": []}
        for _ in range(3):
            for who in starts:
                starts[who].append(_first_chart(browser, who, file))
        ours, peer = (statistics.median(starts[who]) for who in ("ours", "peer"))
        what = "streamlit run to the first chart drawn, in Chromium"
        yield Row(what=what, ours=ours, peer=peer, beside="lifelines + matplotlib", at_most=FIRST)
        browser.close()


def _changes(browser: Browser, file: Path) -> Iterator[Row]:
    with _served("ours", file) as (ours, _), _served("peer", file) as (theirs, _):
        pages = {"ours": _opened(browser, ours), "peer": _opened(browser, theirs)}
        _upload(pages["ours"], file)
        taken = {who: {"group": [], "endpoint": [], "filter": []} for who in pages}  # type: dict[str, dict[str, list[float]]]
        for i, (kind, label, option) in enumerate(_plan()):
            for who, page in pages.items():
                seconds = _choose(page, label, option(who))
                if i >= WARM_UP:
                    taken[who][kind].append(seconds)
    for kind in ("group", "endpoint", "filter"):
        ours_of, theirs_of = taken["ours"][kind], taken["peer"][kind]
        what = f"click on another {kind} to its chart, {len(ours_of)} times, median"
        yield Row(
            what=what, ours=statistics.median(ours_of), peer=statistics.median(theirs_of),
            beside="lifelines + matplotlib",
        )  # fmt: skip
    every = {who: sorted(one for of_kind in taken[who].values() for one in of_kind) for who in taken}
    for words, target, of in (("median", MEDIAN, statistics.median), ("95th percentile", P95, _p95)):
        yield Row(
            what=f"all {len(every['ours'])} clicks to chart, 500 patients, {words}",
            ours=of(every["ours"]), peer=of(every["peer"]), beside="lifelines + matplotlib", at_most=target,
        )  # fmt: skip


def _p95(values: list[float]) -> float:
    return float(np.quantile(values, 0.95))


def _plan() -> Iterator[tuple[str, str, Callable[[str], str]]]:
    """What is chosen, in turns: (kind, label of the widget, its option in our words and the peer's)."""
    for i in range(GROUPINGS - 1):
        name, words = f"group_{i + 1:02d}", f"Group {i + 1:02d}"
        yield "group", "Group by", lambda who, name=name, words=words: words if who == "ours" else name
        short, full = list(ENDPOINTS.items())[(i + 1) % len(ENDPOINTS)]
        yield "endpoint", "Endpoint", lambda who, short=short, full=full: full if who == "ours" else short  # type: ignore[misc]
        if i < SITES - 1:
            yield "filter", "Site", lambda _, i=i: f"Site {i:02d}"


def _choose(page: Page, label: str, option: str) -> float:
    """Seconds from the click on an option to the chart drawn anew."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    box = page.get_by_role("combobox", name=re.compile(rf"^(Selected .*\. ?)?{re.escape(label)}$")).first
    box.click()
    entry = page.get_by_role("option", name=option, exact=True)
    entry.wait_for()
    page.wait_for_timeout(300)  # the list has settled
    before = page.evaluate("window.clicked")
    entry.click()
    page.wait_for_function(f"window.clicked > {before} && {_DONE}", timeout=20_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function(_DONE)
    found = float(page.evaluate("window.drawn - window.clicked")) / 1000
    page.keyboard.press("Escape")
    return found


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_context(viewport=VIEW, bypass_csp=True).new_page()
    page.set_default_timeout(30_000)
    page.add_init_script(_WATCH)
    page.goto(address)
    page.wait_for_function(_DONE, timeout=60_000)
    return page


def _upload(page: Page, file: Path) -> None:
    """The file through the page that loads, and a filter of sites put in place."""
    page.get_by_role("link", name="Load your own spreadsheet").click()
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Looks right, show survival").click()
    page.get_by_text("500 patients", exact=False).first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.get_by_role("combobox", name=re.compile("Filters$")).first.click()
    page.get_by_role("option", name="Site", exact=True).click()
    page.get_by_role("combobox", name=re.compile("Site$")).first.wait_for()
    page.wait_for_function(f"performance.now() - window.drawn > {2 * _QUIET}")


def _first_chart(browser: Browser, who: str, file: Path) -> float:
    """Seconds from the command to the last stroke of the first page's chart, in a browser that is open."""
    context = browser.new_context(viewport=VIEW, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(_WATCH)
    with _served(who, file) as (address, started):
        page.goto(address)
        page.wait_for_function(_DONE, timeout=60_000)
        ended = float(page.evaluate("performance.timeOrigin + window.drawn")) / 1000
        context.close()
        return ended - started


@contextmanager
def _served(who: str, file: Path) -> Iterator[tuple[str, float]]:
    """Address of an app that has just begun to answer, and when it was started (seconds since 1970)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = ROOT / ("app.py" if who == "ours" else "bench/peer_dashboard.py")
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true", f"--server.port={port}"]
    options = ["--server.address=127.0.0.1", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    known = {**os.environ, "PEER_FILE": str(file), "COHORTSCOPE_MEMORY": "off"}
    known.pop("PYTHONDONTWRITEBYTECODE", None)  # a program that was started before has its modules compiled
    started = time.time()
    process = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", started
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str) -> None:
    for _ in range(6000):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the app did not start")
