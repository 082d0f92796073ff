"""A cohort whose every word attacks: names of columns and files, levels. On screen, in pictures, in downloads."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tests.hosting.people import READY, chromium
from tests.hosting.servers import dashboard

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

EVIL = "evil.invalid"
MARKUP = f'<img src="https://{EVIL}/a.png" onerror="window.pwned=1">'
SCRIPT = "<script>window.pwned=2</script>"
PICTURE = f"![x](https://{EVIL}/b.png)"
LINK = "[press](javascript:window.pwned=3)"
FORMULA = f'=HYPERLINK("https://{EVIL}/c","x")'
COMMAND = "@SUM(1+1)*cmd|' /C calc'!A0"
TEMPLATE = "{{7*7}} ${7*7} %s %n datum['x']"
WORDS = (MARKUP, SCRIPT, PICTURE, LINK, FORMULA, COMMAND, TEMPLATE)
FILE = "..%2F..%2F<svg onload=window.pwned=4>.csv"
PAGES = (
    "survival",
    "hazards",
    "baseline",
    "subgroups",
    "flow",
    "quality",
    "about",
    "report",
    "comparisons",
    "adjusted",
)


def hostile_csv() -> bytes:
    """Patients with survival, groups of hostile names, and columns of hostile names."""
    dice = random.Random(7)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(
        ["patient", f"arm {MARKUP}", f"stage {SCRIPT}", f"{PICTURE} {LINK}", FORMULA, "os_months", "os_event"]
    )
    for number in range(90):
        group = (f"{MARKUP}{PICTURE}", f"{FORMULA} {LINK}")[number % 2]
        levels = [group, dice.choice(WORDS), dice.choice((LINK, TEMPLATE)), dice.choice(WORDS)]
        write.writerow([f"p{number}", *levels, round(dice.expovariate(0.05) + 0.1, 1), int(dice.random() < 0.7)])
    return out.getvalue().encode()


@dataclass
class Visit:
    """What the browser and the downloads showed."""

    requests: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    pwned: list[object] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


# elements that only markup of the cohort can have made
MADE = """() => [...document.querySelectorAll('img, a, script, svg, iframe, object')]
  .filter(e => /evil|javascript:|pwned/.test([e.getAttribute('src'), e.getAttribute('href'), e.getAttribute('onload'),
    e.tagName === 'SCRIPT' ? e.textContent : ''].filter(one => one && !one.startsWith('#')).join(' ')))
  .map(e => `${e.outerHTML.slice(0, 200)} in ${e.parentElement.closest('[data-testid]').innerText.slice(0, 200)}`)"""


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Visit:
    folder = tmp_path_factory.mktemp("hostile")
    seen = Visit()
    with dashboard(folder) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(60_000)
        page.on("request", lambda one: seen.requests.append(one.url))
        page.on("requestfailed", lambda one: seen.stopped.append(one.url) if "csp" in (one.failure or "") else None)
        page.on("dialog", lambda one: (seen.dialogs.append(one.message), one.dismiss()))
        page.goto(f"{server.address}/load")
        page.locator(READY).wait_for()
        upload = {"name": FILE, "mimeType": "text/csv", "buffer": hostile_csv()}
        page.locator('input[type="file"]').first.set_input_files([upload])
        page.get_by_role("button", name="Looks right, show survival").wait_for()
        look(page, seen, "load")
        page.get_by_role("button", name="Looks right, show survival").click()
        page.get_by_role("heading", name=re.compile("survival")).first.wait_for()
        page.locator(READY).wait_for()
        look(page, seen, "survival")  # the first page, whose address is the host's own
        for name in PAGES[1:]:
            go(page, name)
            page.wait_for_url(re.compile(f"/{name}([?]|$)"))
            page.locator(READY).wait_for()
            look(page, seen, name)
            if name == "report":
                with page.expect_download(timeout=120_000) as waiting:
                    page.get_by_role("button", name="Everything (zip)").click()
                    page.get_by_role("button", name="Save the file (zip").click(timeout=120_000)
                with zipfile.ZipFile(waiting.value.path()) as archive:
                    seen.files = {one: archive.read(one) for one in archive.namelist()}
    seen.texts["log"] = server.text()
    return seen


def go(page, name: str) -> None:
    """Press the link of a page, in the menu where it stands in one; an address typed anew would forget the upload."""
    link = page.locator(f'a[href$="/{name}"], a[href*="/{name}?"]').first
    for section in page.get_by_test_id("stTopNavSection").all():
        if link.count():
            break
        section.click()
        page.wait_for_timeout(300)
    link.evaluate("one => one.click()")


def look(page, seen: Visit, name: str) -> None:
    """Read a page, and touch its charts, whose tooltips are made when they are touched."""
    page.wait_for_timeout(300)
    for chart in page.locator("[data-testid=stVegaLiteChart]").all()[:2]:
        box = chart.bounding_box()
        for part in (0.3, 0.5, 0.7) if box else ():
            page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * part)
            page.wait_for_timeout(60)
    seen.pwned.append(page.evaluate("() => window.pwned"))
    seen.made += [f"{name}: {one}" for one in page.evaluate(MADE)]
    seen.texts[name] = page.locator("body").inner_text()


class Page(HTMLParser):
    """Tags and addresses of a file."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href") and value]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


class TestOnScreen:
    def test_the_words_were_there(self, visit: Visit):
        assert "onerror" in visit.texts["survival"] + visit.texts["baseline"]
        assert all(visit.texts[name] for name in PAGES)

    def test_nothing_ran(self, visit: Visit):
        assert not [one for one in visit.pwned if one is not None]
        assert not visit.dialogs

    def test_nothing_was_made_of_the_words(self, visit: Visit):
        assert not visit.made

    def test_nobody_else_was_asked(self, visit: Visit):
        hosts = {urlsplit(one).hostname for one in visit.requests if not one.startswith(("data:", "blob:"))}
        assert hosts == {"127.0.0.1"}

    def test_no_traceback_and_no_word_in_the_log(self, visit: Visit):
        assert "Traceback" not in visit.texts["log"]
        assert not [word for word in WORDS if word in visit.texts["log"]]
        assert "onload=window" not in visit.texts["log"]


class TestDownloads:
    def test_the_files_are_there(self, visit: Visit):
        kinds = {Path(name).suffix for name in visit.files}
        assert {".html", ".svg", ".xlsx", ".docx", ".pptx", ".pdf", ".csv"} <= kinds

    def test_the_report_in_html_is_text(self, visit: Visit):
        page = Page(visit.files["report.html"])
        assert not {"script", "iframe", "object", "link", "form"} & set(page.tags)
        assert not page.handlers
        assert not [one for one in page.addresses if not one.startswith(("data:image/", "#"))]
        assert b"onerror" in visit.files["report.html"]

    def test_figures_hold_no_script(self, visit: Visit):
        pictures = {name: content for name, content in visit.files.items() if name.endswith(".svg")}
        assert pictures
        for name, content in pictures.items():
            for element in ElementTree.fromstring(content).iter():
                tag = str(element.tag).rsplit("}", 1)[-1]
                assert tag not in ("script", "foreignObject", "iframe"), name
                for key, value in element.attrib.items():
                    assert not key.rsplit("}", 1)[-1].startswith("on"), (name, key)
                    assert "javascript:" not in value or tag == "text" or key == "aria-label", (name, key, value)
                    assert not (key.endswith("href") and EVIL in value), (name, value)

    def test_no_cell_of_a_workbook_is_a_formula_or_a_link(self, visit: Visit):
        with zipfile.ZipFile(io.BytesIO(visit.files["tables.xlsx"])) as package:
            sheets = [package.read(part) for part in package.namelist() if part.startswith("xl/worksheets/sheet")]
            assert not [part for part in package.namelist() if "external" in part.lower() or "vba" in part.lower()]
        assert sheets
        for sheet in sheets:
            kinds = {str(one.tag).rsplit("}", 1)[-1] for one in ElementTree.fromstring(sheet).iter()}
            assert "v" in kinds
            assert not {"f", "hyperlink", "hyperlinks"} & kinds

    def test_no_document_links_outside(self, visit: Visit):
        for name in ("report.docx", "report.pptx"):
            with zipfile.ZipFile(io.BytesIO(visit.files[name])) as package:
                for part in package.namelist():
                    if part.endswith(".rels"):
                        assert EVIL.encode() not in package.read(part), (name, part)
                    assert "vba" not in part.lower()

    def test_names_in_the_zip_stay_in_their_folder(self, visit: Visit):
        for name in visit.files:
            assert not name.startswith(("/", "\\"))
            assert ".." not in Path(name).parts
            assert not re.search(r'[<>:"|?*\\\x00-\x1f]', name), name
