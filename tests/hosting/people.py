"""People at a browser in front of a whole host."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.hosting.host import OWNER

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "Chromium is missing: run make test, which installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def somebody(browser: Browser) -> BrowserContext:
    """A person's own browser, without cookies; the certificate of the tests is nobody's."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(60_000)
    return context


def sign_in(page: Page, address: str, *, who: str = OWNER["sub"]) -> None:
    """Sign in at the door."""
    page.goto(address)
    sign_in_here(page, who=who)


def sign_in_here(page: Page, *, who: str = OWNER["sub"]) -> None:
    """Sign in at the door that stands where a page was asked for."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=who).click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.locator(READY).wait_for()


def create_project(page: Page, name: str) -> None:
    """Make a project, as somebody who may."""
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create the project").click()
    page.get_by_text("Your role").first.wait_for()
    page.locator(READY).wait_for()
