"""The linked canvas in a real browser: a stretch of a curve, its patients, other pages, and the way back."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
GROUP = '{"column":"hifu","levels":{"No HIFU":["No"],"HIFU":["Yes"]},"reference":"No HIFU"}'
FILTERS = ['{"column":"sex","op":"in","value":["Male"]}', '{"column":"Fatigue","op":"had event"}']


def opened(page: Page, server: str, where: str = "", filters: tuple[str, ...] = ()) -> None:
    asked = "".join(f"&filter={quote(one)}" for one in filters)
    page.goto(f"{server}/{where}?cohort=hifu_ici&endpoint=OS&group={quote(GROUP)}{asked}")
    page.get_by_role("heading", level=1).wait_for(timeout=60_000)
    idle(page)


def idle(page: Page) -> None:
    page.wait_for_timeout(500)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def curves(page: Page) -> Locator:
    found = page.locator("[class*=st-key-km_chart] svg.marks")
    found.wait_for(timeout=60_000)
    return found


def drag(page: Page, picture: Locator, start: float, end: float) -> None:
    """Drag across the curves between two shares of the figure's width."""
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    y = box["y"] + 150
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + (start + end) / 2 * box["width"], y, steps=5)
    page.mouse.move(box["x"] + end * box["width"], y, steps=5)
    page.mouse.up()
    idle(page)


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_a_stretch_lists_its_patients_is_kept_on_other_pages_and_undone(server: str, page: Page) -> None:
    opened(page, server)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    brush = page.locator('[class*="stretch_brush"]')
    expect(page.locator('[class*="stretch_brush"]:not([aria-hidden="true"])')).to_have_count(0)
    drag(page, curves(page), 0.3, 0.45)
    expect(brush).to_have_count(2)  # and drawn, they are no names read aloud either
    expect(page.locator('[class*="stretch_brush"]:not([aria-hidden="true"])')).to_have_count(0)
    listed = page.get_by_test_id("stTable").filter(has_text="Row in the file")
    expect(listed).to_be_visible()
    expect(page.get_by_test_id("stTable").filter(has_text="Followed beyond")).to_be_visible()
    n = listed.locator("tbody tr").count()
    assert 1 < n < 66
    page.get_by_role("button", name="Keep these patients on every page").click()
    idle(page)
    expect(page.get_by_text("conditioning on the future", exact=False).first).to_be_visible()
    crumb = page.get_by_role("button", name=re.compile(r"^OS: event from [\d.]+ to [\d.]+ months"))
    expect(crumb).to_contain_text(f"({n})")
    page.get_by_role("link", name="Baseline", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("survival")
    expect(crumb).to_contain_text(f"({n})")
    assert "event+between" in page.url or "event%20between" in page.url
    page.get_by_role("button", name="Undo").click()
    idle(page)
    expect(crumb).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^94.patients.·.66.events"))).to_be_visible()
    page.keyboard.press("Alt+y")
    idle(page)
    expect(crumb).to_have_count(1)
    page.keyboard.press("Alt+z")
    idle(page)
    expect(crumb).to_have_count(0)


def test_a_row_of_a_forest_plot_is_compared_with_the_rest(server: str, page: Page) -> None:
    opened(page, server, "hazards")
    name = page.locator("[class*=st-key-cox_chart] svg.marks text").filter(has_text=re.compile("^Female$")).first
    name.scroll_into_view_if_needed()
    box = name.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    idle(page)
    expect(page.get_by_test_id("stTable").filter(has_text="Row in the file")).to_be_visible()
    page.get_by_role("button", name="Compare with the rest").click()
    idle(page)
    expect(page.get_by_role("button", name=re.compile("^Compared with the rest: Sex is Female"))).to_be_visible()
    page.get_by_role("link", name="Survival", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("chosen patients")


def test_a_lane_opens_its_patient_whom_the_link_does_not_name(server: str, page: Page) -> None:
    opened(page, server, "treatment")
    lane = page.locator("[class*=st-key-swimmer] svg.marks g.mark-rule.role-mark line").nth(5)
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.97, box["y"] + box["height"] / 2)
    idle(page)
    page.get_by_role("button", name="Open this patient's page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What happened to this patient?")
    patient = page.get_by_role("combobox", name="Patient").first.input_value()
    assert patient
    assert patient not in page.url


def test_the_line_of_filters_wraps_on_a_phone_and_each_goes_by_keyboard(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    opened(page, server, filters=tuple(FILTERS))
    assert overflow(page) <= 0
    crumb = page.get_by_role("button", name=re.compile("^Patient had Fatigue"))
    box = crumb.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    crumb.focus()
    page.keyboard.press("Enter")
    idle(page)
    expect(crumb).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Sex is Male"))).to_contain_text("(67)")
