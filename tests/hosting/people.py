"""People at a browser in front of a whole host."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.hosting.host import OWNER, SECRET

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
    """Sign in as the button of the first page does."""
    page.goto(f"{address}/auth/login?provider={provider_token()}")
    page.get_by_role("button", name=who, exact=False).first.click()
    page.wait_for_url(f"{address}/**")
    page.get_by_role("heading", level=1).first.wait_for()
    page.locator(READY).wait_for()


def provider_token() -> str:
    """What the button adds to the address of the sign-in."""
    claims = {"provider": "default", "exp": int(time.time()) + 120}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
