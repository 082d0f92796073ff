"""A team in the browser: an owner signs in, uploads and invites; a viewer sees results, and no patient."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.hosting.host import COLLEAGUE, OWNER, provider, settings
from tests.hosting.servers import ROOT, dashboard, free_port

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a team's dashboard with a sign-in provider beside it."""
    folder = tmp_path_factory.mktemp("hosted")
    port = free_port()
    address = f"http://localhost:{port}"
    with provider(folder) as sign_in:
        env = settings(
            folder, address=address, issuer=sign_in.address, database=f"sqlite:///{folder / 'team.db'}",
            COHORTSCOPE_METRICS="false",
        )  # fmt: skip
        made = [sys.executable, "-m", "team", "migrate"]
        subprocess.run(made, cwd=ROOT, env={**os.environ, **env}, check=True, timeout=120)
        with dashboard(folder, name="app", port=port, **env):
            yield address


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty patients with names."""
    draw = np.random.default_rng(4)
    n = 80
    frame = pd.DataFrame(
        {
            "patient_name": [f"Secret Person {i:02d}" for i in range(n)],
            "patient_id": [f"CANARY{i:03d}" for i in range(n)],
            "arm": np.where(np.arange(n) % 2, "HIFU", "Control"),
            "sex": np.where(draw.random(n) < 0.5, "F", "M"),
            "afp": draw.normal(100, 10, n).round(3),
            "os_months": (draw.exponential(14, n) + 1.5).round(2) + 0.003,
            "death": draw.integers(0, 2, n),
        }
    )
    path = tmp_path_factory.mktemp("sheet") / "liver.csv"
    frame.to_csv(path, index=False)
    return path


def window(browser: Browser, *, width: int = 1440, dark: bool = False) -> BrowserContext:
    """Somebody's own browser."""
    return browser.new_context(
        viewport={"width": width, "height": 1000}, color_scheme="dark" if dark else "light", ignore_https_errors=True
    )


def signed_in(context: BrowserContext, address: str, person: dict[str, object]) -> Page:
    """The dashboard after the provider's page."""
    page = context.new_page()
    page.set_default_timeout(40_000)
    page.goto(address)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=str(person["sub"])).click()
    page.get_by_text("Signed in as").wait_for()
    return page


def settled(page: Page) -> None:
    """Wait until nothing is drawn any more."""
    page.wait_for_timeout(600)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=40_000)


def shot(page: Page, name: str) -> None:
    """A picture for whoever asks for it."""
    folder = os.environ.get("COHORTSCOPE_TEST_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_owner_uploads_and_a_viewer_sees_results_without_patients(hosted: str, browser: Browser, sheet: Path) -> None:
    owner = window(browser)
    page = signed_in(owner, hosted, OWNER)
    expect(page.get_by_role("heading", name="Which projects are yours?")).to_be_visible()
    page.get_by_label("Name").fill("Liver")
    page.get_by_role("button", name="Create the project").click()
    page.get_by_role("button", name="Project", exact=True).wait_for()
    settled(page)
    shot(page, "project")
    page.goto(f"{hosted}/load")
    page.locator("input[type=file]").set_input_files(str(sheet))
    page.get_by_role("heading", name="Where is it kept?").wait_for()
    settled(page)
    shot(page, "load")
    page.get_by_role("button", name="Looks right, show survival").click()
    page.get_by_role("heading", name=re.compile("differ between")).wait_for()
    settled(page)
    assert "Secret Person" not in page.content()
    shot(page, "survival")
    page.get_by_role("button", name="Save this analysis").click()
    page.get_by_label("Name").fill("First look")
    page.get_by_role("button", name="Save as a new one").click()
    page.get_by_text("Saved, version 1.").wait_for()
    link = page.get_by_test_id("stCode").inner_text().strip()
    page.goto(f"{hosted}/members")
    page.get_by_label("E-mail address").fill(str(COLLEAGUE["email"]))
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_text("invited until").wait_for()
    shot(page, "members")
    for name in ("saved", "activity", "audit", "cohorts"):
        page.goto(f"{hosted}/{name}")
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        shot(page, name)

    viewer = window(browser)
    seen = signed_in(viewer, hosted, COLLEAGUE)
    seen.get_by_role("heading", name="What are the results, without small numbers?").wait_for()
    seen.get_by_role("heading", name="Baseline characteristics").wait_for()
    settled(seen)
    shot(seen, "summary")
    said = seen.content()
    assert "Small numbers are protected" in said
    assert "CANARY" not in said
    assert "Secret Person" not in said
    with seen.expect_download() as taken:
        seen.get_by_role("button", name="JSON").click()
    told = Path(taken.value.path()).read_text()
    assert "Baseline characteristics" in told
    assert "CANARY" not in told
    page.goto(f"{hosted}/audit")
    page.get_by_text("exported liver").wait_for()
    seen.goto(f"{hosted}/patient")
    seen.wait_for_timeout(3000)
    assert "CANARY" not in seen.content()
    seen.goto(link)
    seen.get_by_role("heading", name="What are the results, without small numbers?").wait_for()
    for width, dark in ((390, False), (390, True), (1440, True)):
        other = browser.new_context(
            viewport={"width": width, "height": 1000}, color_scheme="dark" if dark else "light",
            storage_state=viewer.storage_state(),
        )  # fmt: skip
        small = other.new_page()
        small.goto(hosted)
        small.get_by_role("heading", name="Baseline characteristics").wait_for(timeout=40_000)
        settled(small)
        shot(small, f"summary_{width}_{'dark' if dark else 'light'}")
        assert small.evaluate("document.documentElement.scrollWidth") <= width + 1
        other.close()
    seen.get_by_role("button", name="Sign out").click()
    seen.wait_for_url(lambda address: not address.startswith(hosted))  # the provider's page
    seen.goto(hosted)
    seen.get_by_role("button", name="Sign in").wait_for()
    assert "Overall survival" not in seen.content()
    owner.close()
    viewer.close()
