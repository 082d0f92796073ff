"""Takes the pictures of a running dashboard: ``make screenshots``.

Three kinds: those of the README and the guide (``docs/images``), every page at 1440 and 390 pixels in light and dark
(``docs/images/pages``), and small grey ones that the visual test compares with (``tests/browser/looks``).
"""

from __future__ import annotations

import io
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
EVERY_PAGE = IMAGES / "pages"
LOOKS = ROOT / "tests" / "browser" / "looks"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
NET, HCC = "cohort=ablation_tace_net&endpoint=PFS&group=arm", "cohort=hcc_ablation"
SHOTS = {
    "survival": ("", 1280, 900),
    "hazards": ("hazards", 1280, 900),
    "adverse_events": ("adverse-events", 1280, 960),
    "baseline": ("baseline", 1280, 960),
    "subgroups": (f"subgroups?{NET}", 1280, 900),
    "adjusted": ("adjusted", 1280, 1000),
    "response": ("response", 1280, 900),
    "balance": ("balance?cohort=ablation_tace_net&endpoint=OS&group=arm", 1280, 1200),
    "lesions": (f"lesions?{HCC}", 1280, 1200),
    "report": ("report?cohort=hifu_ici", 1280, 900),
    "flow": ("flow?cohort=ablation_tace_net&endpoint=OS&group=arm", 1280, 800),
    "load": ("load", 1280, 700),
    "phone": ("", 390, 1100),
}
# The sample that has most to show on a page; the others show the first sample.
QUERIES = {
    "subgroups": NET,
    "conventions": NET,
    "flow": NET,
    "competing-events": f"{HCC}&endpoint=TTP",
    "states": f"{HCC}&endpoint=RFS",
    "lesions": HCC,
    "biomarkers": f"{HCC}&endpoint=RFS",
}
WIDTHS = {1440: 1000, 390: 1100}  # pixels: width and height of the window
SCHEMES = ("light", "dark")
FIRST = "survival"  # the page the dashboard opens with
BLOCK = 10  # pixels of a picture that become one of a small grey one


def addresses() -> dict[str, str]:
    """Every page of the dashboard: its path, and where it is found; the first page stands at the root."""
    paths = re.findall(r'url_path="([\w-]+)"', (ROOT / "dashboard.py").read_text(encoding="utf-8"))
    return {path: f"{path if path != FIRST else ''}?{QUERIES.get(path, 'cohort=hifu_ici')}" for path in paths}


def picture(browser: Browser, address: str, *, width: int, height: int, scheme: str) -> bytes:
    """A window of the page once it has been drawn, as PNG."""
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp]:not([data-test-script-state*=running])")
    page.wait_for_timeout(800)
    page.wait_for_selector("[data-testid=stProgress]", state="detached", timeout=120_000)  # long work is done
    before, after = b"", page.screenshot()
    for _ in range(20):  # until two pictures in a row are alike
        page.wait_for_timeout(400)
        before, after = after, page.screenshot()
        if before == after:
            break
    page.close()
    return after


def small_and_grey(png: bytes) -> np.ndarray:
    """Lightness 0 to 255 of each block of ``BLOCK`` x ``BLOCK`` pixels: how a page looks from afar."""
    image = Image.open(io.BytesIO(png)).convert("L")
    return np.asarray(image.resize((image.width // BLOCK, image.height // BLOCK), Image.Resampling.BOX), dtype=np.uint8)


def look_of(path: str, *, width: int, scheme: str) -> Path:
    """The file with the small grey picture of a page."""
    return LOOKS / f"{path}_{width}_{scheme}.png"


def main() -> None:
    """Start the dashboard, visit the pages, keep the pictures."""
    for folder in (IMAGES, EVERY_PAGE, LOOKS):
        folder.mkdir(exist_ok=True, parents=True)
    with _dashboard() as address, sync_playwright() as playwright:
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        picture(browser, address, width=1280, height=900, scheme="light")  # the first visit pays for the imports
        for name, (path, width, height) in SHOTS.items():
            png = picture(browser, f"{address}/{path}", width=width, height=height, scheme="light")
            (IMAGES / f"{name}.png").write_bytes(png)
        for path, with_query in addresses().items():
            for width, height in WIDTHS.items():
                for scheme in SCHEMES:
                    png = picture(browser, f"{address}/{with_query}", width=width, height=height, scheme=scheme)
                    Image.open(io.BytesIO(png)).convert("RGB").save(
                        EVERY_PAGE / f"{path}_{width}_{scheme}.webp", quality=70, method=6
                    )
                    Image.fromarray(small_and_grey(png)).save(look_of(path, width=width, scheme=scheme), optimize=True)
        browser.close()


@contextmanager
def _dashboard() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    command += ["--server.fileWatcherType=none"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
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


if __name__ == "__main__":
    main()
