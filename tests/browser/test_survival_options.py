"""From the curve to the check of proportional hazards and all tests side by side, as a person clicks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_another_curve_and_all_tests_side_by_side(server: str, page: Page) -> None:
    page.goto(server)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60_000)  # the first visit loads the libraries
    page.get_by_role("button", name="Options").click()
    page.get_by_label("Curve", exact=True).first.click()
    page.get_by_role("option", name="Log-log: check of proportional hazards").click()
    page.keyboard.press("Escape")

    expect(page.get_by_text("Curves that run parallel speak for proportional hazards")).to_be_visible()
    chart = page.get_by_label("Log of the cumulative hazard of overall survival against log time")
    expect(chart.first).to_be_attached()

    page.get_by_text("All tests side by side").click()
    planned = page.get_by_text("Log-rank (planned)")
    expect(planned).to_be_visible()
    expect(page.get_by_text("To pick the smallest of these P values is not allowed")).to_be_visible()
