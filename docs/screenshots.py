"""Takes the README's screenshots of a running dashboard: ``make screenshots``."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
SHOTS = {
    "survival": ("", 1280, 900),
    "hazards": ("hazards", 1280, 900),
    "adverse_events": ("adverse-events", 1280, 960),
    "baseline": ("baseline", 1280, 960),
    "subgroups": ("subgroups?cohort=ablation_tace_net&endpoint=PFS&group=arm", 1280, 900),
    "adjusted": ("adjusted", 1280, 1000),
    "response": ("response", 1280, 900),
    "balance": ("balance?cohort=ablation_tace_net&endpoint=OS&group=arm", 1280, 1200),
    "lesions": ("lesions?cohort=hcc_ablation", 1280, 1200),
    "report": ("report?cohort=hifu_ici", 1280, 900),
    "flow": ("flow?cohort=ablation_tace_net&endpoint=OS&group=arm", 1280, 800),
    "load": ("load", 1280, 700),
    "phone": ("", 390, 1100),
}


def main() -> None:
    """Start the dashboard, visit the pages, keep a picture of each."""
    IMAGES.mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        _shoot(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError("the dashboard did not start")


def _shoot(address: str) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        _visit(browser, address)
        for name, (path, width, height) in SHOTS.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            page.goto(f"{address}/{path}")
            page.wait_for_selector("h1", timeout=30_000)
            page.wait_for_timeout(2500)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.close()
        browser.close()


def _visit(browser: Browser, address: str) -> None:
    """The first visit of a new server pays for its imports."""
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("h1", timeout=60_000)
    page.close()


if __name__ == "__main__":
    main()
