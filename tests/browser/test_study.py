"""A study saved in a real browser and opened in another window: the same numbers on the page of survival."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_story import hospital_file

pytestmark = pytest.mark.browser


def shown(page: Page) -> list[str]:
    """What the page of survival says: its title, its answer, its table."""
    table = page.get_by_test_id("stTable").first
    expect(table).to_be_visible(timeout=30_000)
    return [page.get_by_role("heading", level=1).inner_text(), *table.get_by_role("cell").all_inner_texts()]


def test_saved_and_opened_again(server: str, page: Page, browser: Browser, tmp_path: Path) -> None:
    page.goto(f"{server}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("overall survival", timeout=30_000)
    page.get_by_role("link", name="Load your own spreadsheet").click()
    page.set_input_files("input[type=file]", str(hospital_file(tmp_path)))
    page.get_by_role("button", name="Looks right, show survival").click()
    expect(page.get_by_text("90 patients", exact=False).first).to_be_visible(timeout=30_000)
    before = shown(page)
    page.get_by_test_id("stTopNavSection").filter(has_text="Cohort").click()
    page.get_by_role("menuitem", name="About this cohort").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save this study (.cohortscope)").click()
    assert saved.value.suggested_filename == "ward.cohortscope"
    saved.value.save_as(tmp_path / "ward.cohortscope")

    other = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    other.set_default_timeout(30_000)
    other.goto(f"{server}/")
    expect(other.get_by_role("heading", level=1)).to_contain_text("overall survival", timeout=30_000)
    other.get_by_role("link", name="Load your own spreadsheet").click()
    other.set_input_files("input[type=file]", str(tmp_path / "ward.cohortscope"))
    other.get_by_role("button", name="Open this study").click()
    expect(other.get_by_text("90 patients", exact=False).first).to_be_visible(timeout=30_000)
    assert shown(other) == before
    other.context.close()
