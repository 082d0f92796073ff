"""From the notice on the survival page to every method of the page of immortal time, as a person clicks."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PATIENT = 40_000  # a table is drawn by a part of the page that loads when first needed

PFS = urlencode(
    {
        "cohort": "hifu_ici",
        "endpoint": "PFS",
        "group": '{"column":"hifu","levels":{"No HIFU":["No"],"HIFU":["Yes"]},"reference":"No HIFU"}',
    }
)
METHODS = ("Naive", "Landmark at 3 months", "Landmark at 6 months", "Time-dependent", "Clones, 3 months")


def test_from_the_notice_to_what_each_method_leaves(server: str, page: Page) -> None:
    page.goto(f"{server}/?{PFS}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("part of this difference may be immortal time").first).to_be_visible()
    page.get_by_role("link", name="immortal time").first.click()

    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("How much of the difference between HIFU and No HIFU is immortal time?")
    expect(page.get_by_text("the hazard ratio is 0.37")).to_be_visible()
    expect(page.get_by_text("90 % of it is left")).to_be_visible()
    expect(page.get_by_text("as GraphPad Prism prints it: 0.42").first).to_be_visible()
    expect(page.get_by_text("Synthetic").first).to_be_visible()
    forest = page.get_by_label("Forest plot")
    expect(forest.first).to_be_attached()
    told = forest.first.get_attribute("aria-label") or ""
    assert all(method in told for method in METHODS)
    expect(page.get_by_label("Simon-Makuch").first).to_be_attached()


def test_who_is_dropped_and_every_method_in_numbers(server: str, page: Page) -> None:
    open_page(server, page)
    dropped = page.get_by_test_id("stTable").first
    expect(dropped).to_contain_text("Dropped: event before", timeout=PATIENT)
    expect(dropped).to_contain_text("77")
    page.get_by_text("Every method in numbers").click()
    for method in METHODS:
        expect(page.get_by_test_id("stTable").nth(1)).to_contain_text(method, timeout=PATIENT)
    page.get_by_text("Clones: survival had everybody followed either strategy").click()
    expect(page.get_by_text("HIFU within 3 months").first).to_be_visible()


def test_options_move_landmarks_and_weights(server: str, page: Page) -> None:
    open_page(server, page)
    page.get_by_role("button", name="Options").click()
    box = page.get_by_role("textbox", name="Landmarks (months)")
    box.fill("2, 4, 9")
    box.press("Enter")
    page.get_by_role("combobox", name="Clones: weight for loss to follow-up by").click()
    page.get_by_role("option", name="Sex").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Loss to follow-up is weighted for by sex")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_test_id("stTable").first.locator("tr")).to_have_count(4, timeout=PATIENT)


def test_the_download_holds_every_method_with_what_it_leaves(server: str, page: Page) -> None:
    open_page(server, page)
    page.get_by_role("button", name="Download").first.click()
    page.get_by_role("radio", name="CSV").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Methods, CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    rows = {row[0]: row for row in csv.reader(io.StringIO(text)) if row}
    assert set(METHODS) <= set(rows)
    assert rows["Time-dependent"][-1].replace("\u00a0", " ") == "94 %"
    assert "no patient is real" in text
    expect(page.get_by_role("button", name="Landmarks, CSV")).to_be_visible()


def open_page(server: str, page: Page) -> None:
    page.goto(f"{server}/immortal-time")
    expect(page.get_by_text("How much of the difference between HIFU and No HIFU")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Who is dropped at each landmark").first).to_be_visible()
