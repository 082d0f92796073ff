"""Pictures of adverse events in a real browser: a bar is clicked, its patients listed, survival shows only them."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, quote, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
LINK = "adverse-events?cohort=hifu_ici&endpoint=OS"
GROUP = '{"column":"hifu","levels":{"No HIFU":["No"],"HIFU":["Yes"]},"reference":"No HIFU"}'


def opened(page: Page, server: str, show: dict[str, object] | None = None) -> Locator:
    """The page's picture."""
    asked = f"&show={quote(json.dumps({'show': show}))}" if show else ""
    page.goto(f"{server}/{LINK}&group={quote(GROUP)}{asked}")
    picture = page.locator("[class*=st-key-ae_chart] svg.marks")
    picture.wait_for(timeout=60_000)
    idle(page)
    return picture


def idle(page: Page) -> None:
    page.wait_for_timeout(400)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def click(page: Page, mark: Locator) -> None:
    """Click where a mark is drawn: names let clicks through to the row beneath."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    idle(page)


def bars(picture: Locator, term: str) -> list[Locator]:
    """The bars at the right of a name, any grade first: thick lines, which have no names of their own."""
    name = picture.locator("text", has_text=term).first.bounding_box()
    assert name is not None
    found = []
    for line in picture.locator("g.mark-rule line").all():
        box, width = line.bounding_box(), float(line.get_attribute("stroke-width") or 1)
        level = box is not None and abs(box["y"] + box["height"] / 2 - name["y"] - name["height"] / 2) < 4
        if box is not None and level and width > 4 and box["x"] > name["x"]:
            found.append(line)
    return found


def listed(page: Page) -> Locator:
    """The list of patients: the first table that begins with their row."""
    return page.get_by_test_id("stTable").filter(has_text="Row in the file").first


def test_a_bar_lists_its_patients_and_survival_shows_only_them(server: str, page: Page) -> None:
    picture = opened(page, server)
    click(page, bars(picture, "Fatigue")[0])
    expect(listed(page)).to_be_visible()
    expect(page.get_by_text("39 patients", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Look at these patients' survival").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("overall survival")
    expect(page.get_by_text("Patient had Fatigue", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^39.patients"))).to_be_visible()
    expect(page.get_by_text("lived long enough to have it", exact=False)).to_be_visible()
    page.get_by_role("link", name="Adverse events", exact=True).first.click()
    page.get_by_role("button", name="Back to all patients").click()
    expect(page.get_by_text("Patient had Fatigue", exact=False)).to_have_count(0)
    expect(page.get_by_text(re.compile(r"^94.patients"))).to_be_visible()


def test_dark_bars_and_names_are_told_apart(server: str, page: Page) -> None:
    picture = opened(page, server)
    click(page, picture.locator("text", has_text="Nausea").first)
    expect(listed(page)).to_be_visible()
    expect(page.get_by_label("Grade 3 or more only")).not_to_be_checked()
    click(page, bars(picture, "Fatigue")[1])
    expect(page.get_by_label("Grade 3 or more only")).to_be_checked()
    expect(page.get_by_text("of 4 patients, by row", exact=False)).to_be_visible()


@pytest.mark.parametrize(
    ("picture", "mark", "label"),
    [
        ("dots", "g.mark-symbol.role-mark path", "Diarrhea"),
        ("volcano", "g.mark-symbol.role-mark path", "Diarrhea"),
        ("heat-map", "g.mark-rect.role-mark path", "Pneumonitis"),
        ("timeline", "g.mark-symbol.role-mark path", "Pneumonitis"),
    ],
)
def test_every_picture_can_be_clicked(server: str, page: Page, picture: str, mark: str, label: str) -> None:
    drawn = opened(page, server, {"picture": picture})
    click(page, drawn.locator(f'{mark}[aria-label*="{label}"]').last)
    expect(listed(page)).to_be_visible()
    shown = page.get_by_text(f"Patients with {label}", exact=False)
    expect(page.locator(f'[class*=st-key-ae_patients] input[value="{label}"]').or_(shown).first).to_be_attached()
    if picture in ("heat-map", "timeline"):
        page.get_by_role("button", name="All patients with the event").click()
        idle(page)
        expect(page.get_by_text("of the place that was clicked", exact=False)).to_have_count(0)
        expect(listed(page)).to_be_visible()


def test_the_link_keeps_the_picture(server: str, page: Page) -> None:
    opened(page, server)
    page.get_by_role("radio", name="Volcano").click()
    idle(page)
    expect(page).to_have_url(re.compile("volcano"))
    kept = json.loads(parse_qs(urlparse(page.url).query)["show"][0])
    assert kept == {"show": {"picture": "volcano"}}
    page.get_by_role("link", name="Baseline", exact=True).first.click()
    idle(page)
    assert "show" not in parse_qs(urlparse(page.url).query)
    page.goto(f"{server}/{LINK}&group={quote(GROUP)}&show={quote(json.dumps(kept))}")
    expect(page.get_by_role("radio", name="Volcano")).to_be_checked(timeout=60_000)


def test_a_row_of_numbers_and_a_phone(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    opened(page, server, {"picture": "dots"})
    page.get_by_text("Numbers of this picture").click()
    idle(page)
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 35 + 18)
    idle(page)
    expect(listed(page)).to_be_visible()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
