"""axe-core finds nothing against WCAG 2.1 AA on any page: contrast, names of controls, words for figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser

APP = Path(__file__).parents[2] / "dashboard.py"
PATHS = re.findall(r'url_path="([\w-]+)"', APP.read_text(encoding="utf-8"))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
# The sample that has most to show on a page.
COHORTS = {"lesions": "hcc_ablation", "states": "hcc_ablation", "biomarkers": "hcc_ablation", "balance": "hifu_ici"}


def test_every_page_is_read() -> None:
    assert len(PATHS) > 20


@pytest.mark.parametrize("path", PATHS)
def test_a_page_holds_nothing_that_some_cannot_read(server: str, browser: Browser, path: str) -> None:
    scheme = "light" if PATHS.index(path) % 2 else "dark"
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server}/{path}?cohort={COHORTS.get(path, 'ablation_tace_net')}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_selector("[data-testid=stApp]:not([data-test-script-state*=running])")
    page.wait_for_timeout(600)  # figures are drawn after their data
    found = Axe().run(page, options=RULES).response["violations"]
    context.close()
    assert not [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found]
