"""What the browser itself knows of a page: its language and name; and that options are undone while nothing moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
SETTLED = "[data-testid=stApp]:not([data-test-script-state*=running])"
MAIN = '[data-testid="stMain"]'


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")


def test_document_language_name_and_scroll_follow_the_page(server: str, page: Page) -> None:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{server}/?lang=zh", wait_until="commit")
    page.wait_for_selector("head > title", state="attached")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"  # before anything is drawn
    expect(page).to_have_title("生存 · Cohortscope")
    page.wait_for_selector(SETTLED)
    page.evaluate(f"document.querySelector('{MAIN}').scrollTo(0, 700)")
    page.get_by_role("link", name="查看风险比如何随时间变化").click()
    expect(page).to_have_title("风险因素 · Cohortscope")
    expect(page.locator(MAIN)).to_have_js_property("scrollTop", 0)
    page.get_by_text("English", exact=True).click()
    expect(page).to_have_title("Hazards · Cohortscope")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert refused == []
    page.close()


def test_the_first_option_leaves_its_menu_open_and_the_title_in_its_place(server: str, page: Page) -> None:
    page.goto(server)
    page.wait_for_selector("canvas, svg.marks")  # the last of the page to come
    page.wait_for_selector(SETTLED)
    title = page.get_by_role("heading", level=1)
    before = title.bounding_box()
    page.get_by_role("button", name="Options").first.click()
    page.get_by_text("Median lines").click()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(page.get_by_text("Median lines")).to_be_visible()
    assert title.bounding_box() == before
    page.keyboard.press("Escape")
    undo.click()
    expect(page.get_by_text("Undone: the option 'Median lines' on the page Survival.")).to_be_visible()
    expect(undo).to_be_disabled()
    page.close()
