"""What a person sees and takes away: hover, phone, dark, downloads, bad files; and that nothing leaves the machine."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path
from urllib.parse import urlparse

import docx
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

PATHS = ["", "hazards", "subgroups", "conventions", "competing-events", "adverse-events", "baseline", "about", "load"]


def open_page(page: Page, address: str) -> None:
    """Open a page and wait until its script has run."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_selector("[data-testid=stApp]:not([data-test-script-state*=running])")


def test_nothing_leaves_the_machine(server: str, page: Page) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname or ""))
    for path in PATHS:
        open_page(page, f"{server}/{path}")
        page.wait_for_timeout(700)
    assert hosts <= {"127.0.0.1", ""}


def test_hover_reads_the_curve(server: str, page: Page) -> None:
    open_page(page, server)
    chart = page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first
    expect(chart).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.40, box["y"] + box["height"] * 0.40)
    page.mouse.move(box["x"] + box["width"] * 0.41, box["y"] + box["height"] * 0.41)
    tip = page.locator("#vg-tooltip-element")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text(re.compile(r"\d+\.\d % \(\d+\.\d–\d+\.\d\).*at risk"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_a_phone_never_scrolls_sideways(server: str, browser: Browser, path: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(30_000)
    open_page(page, f"{server}/{path}")
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stVegaLiteChart] svg')].map(e => e.getBoundingClientRect().right)"
    )
    assert all(right <= 391 for right in wide), wide
    context.close()


def _figure(page: Page, label: str) -> bytes:
    page.get_by_role("button", name=label, exact=True).click()
    save = page.get_by_role("button", name=f"Save the file ({label}")
    with page.expect_download() as waiting:
        save.click(timeout=30_000)
    return Path(waiting.value.path()).read_bytes()


def _table_as(page: Page, title: str, kind: str) -> bytes:
    """A table, or all of them, as a kind of file chosen in the menu."""
    page.get_by_test_id("stButtonGroup").get_by_role("radio", name=kind, exact=True).click()
    button = page.get_by_role("button", name=f"{title}, {kind}", exact=True)
    expect(button).to_be_visible()
    with page.expect_download() as waiting:
        button.click()
    return Path(waiting.value.path()).read_bytes()


def test_figures_and_tables_come_as_files(server: str, page: Page) -> None:
    open_page(page, server)
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("button", name="SVG", exact=True)).to_be_visible(timeout=20_000)
    svg = _figure(page, "SVG").decode()
    assert svg.startswith("<svg")
    assert "At risk" in svg
    assert "no patient is real" in svg
    png = _figure(page, "PNG")
    at = png.index(b"pHYs") + 4
    assert struct.unpack(">II", png[at : at + 8]) == (11811, 11811)  # dots per metre: 300 dpi
    printed = _table_as(page, "Survival", "CSV").decode("utf-8-sig")
    assert re.search(r"10\.7 \(\d+\.\d–\d+\.\d\)", printed)
    assert "no patient is real" in printed
    sheets = pd.read_excel(io.BytesIO(_table_as(page, "All tables", "Excel")), sheet_name=None, engine="calamine")
    numbers = next(sheet for name, sheet in sheets.items() if name.endswith("numbers"))
    assert numbers.iloc[:, 1].tolist() == [66, 28]
    document = docx.Document(io.BytesIO(_table_as(page, "Survival", "Word")))
    assert [cell.text for cell in document.tables[0].rows[1].cells][:3] == ["No HIFU", "66", "46"]
    assert rb"No HIFU & 66 & 46" in _table_as(page, "Survival", "LaTeX")
    assert b"<td>66</td><td>46</td>" in _table_as(page, "All tables", "HTML")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("hazards", "All tables"),
        ("subgroups", "Subgroups"),
        ("adverse-events", "All tables"),
        ("baseline", "Baseline"),
    ],
)
def test_every_result_can_be_taken_away(server: str, page: Page, path: str, title: str) -> None:
    open_page(page, f"{server}/{path}")
    page.get_by_role("button", name="Download").click()
    assert _figure(page, "SVG").startswith(b"<svg")
    assert _figure(page, "PNG").startswith(b"\x89PNG")
    assert _table_as(page, title, "Excel").startswith(b"PK")
    assert _table_as(page, title, "Word").startswith(b"PK")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("scan.csv", b"%PDF-1.7\n" + bytes(range(256)) * 8, "PDF"),
        ("empty.csv", b"", "empty"),
        ("header_only.csv", b"id,os_months,os_event\n", "no rows"),
        ("broken.xlsx", b"PK\x03\x04 not really", "xlsx"),
    ],
)
def test_a_bad_file_is_said_and_the_cohort_before_is_still_there(
    server: str, page: Page, name: str, content: bytes, says: str
) -> None:
    open_page(page, f"{server}/load")
    page.set_input_files("input[type=file]", [{"name": name, "mimeType": "text/csv", "buffer": content}])
    message = page.get_by_test_id("stAlert").first
    expect(message).to_be_visible()
    expect(message).to_contain_text(re.compile(re.escape(says), re.IGNORECASE))
    expect(page.get_by_text("the cohort you had before is still there")).to_be_visible()
    page.get_by_role("link", name="Survival").first.click()
    expect(page.get_by_text("66 events")).to_be_visible()


def test_conventions_stand_side_by_side(server: str, page: Page) -> None:
    open_page(page, f"{server}/conventions")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why do R, SAS, Prism and SPSS")
    tables = page.get_by_test_id("stTable")
    expect(tables).to_have_count(3)
    for program in ("R", "SAS", "Prism 10", "SPSS 26"):
        expect(tables.first.get_by_role("cell", name=program, exact=True)).to_be_visible()
    expect(tables.last).to_contain_text("Mantel-Haenszel")
    page.get_by_role("button", name="Download").click()
    assert "Default of" in _table_as(page, "Ratios of two groups", "CSV").decode("utf-8-sig")


def test_whether_hazards_are_proportional_can_be_opened(server: str, page: Page) -> None:
    open_page(page, f"{server}/hazards")
    charts = page.locator("[data-testid=stVegaLiteChart]")
    expect(charts).to_have_count(1)
    page.get_by_text("Are hazards proportional?").click()
    expect(page.get_by_text("All together").last).to_be_visible()
    expect(charts).to_have_count(2)
    expect(charts.last.locator("svg, canvas").first).to_be_visible()


def test_competing_events_alone_and_stacked(server: str, page: Page) -> None:
    page.goto(server)  # the very first visit of a server must not be a deep link, see docs/architecture.md
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    open_page(page, f"{server}/competing-events?cohort=hcc_ablation&endpoint=LTP&group=complete_ablation")
    expect(page.get_by_role("heading", level=1)).to_contain_text("How often does local tumour progression come before")
    charts = page.locator("[data-testid=stVegaLiteChart]")
    expect(charts).to_have_count(1)
    page.get_by_text("All events, stacked to 100 %").first.click()
    expect(page.get_by_text("Pale: fewer than 10 patients")).to_be_visible()
    expect(charts).to_have_count(2)
    page.get_by_role("button", name="Download").first.click()
    svg = _figure(page, "SVG").decode()
    assert "Event-free" in svg
    assert "no patient is real" in svg
    page.keyboard.press("Escape")
    page.get_by_text("Which factors go with local tumour progression").click()
    expect(page.get_by_text("Subdistribution hazard ratio (Fine-Gray)").first).to_be_visible()
    expect(charts).to_have_count(3)
