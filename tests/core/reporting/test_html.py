"""HTML pages: parsed again, every cell is the table's, and nothing in them is alive."""

from html.parser import HTMLParser

import pytest

from core.reporting.html import html_bytes
from core.reporting.table_layout import printable
from tests.core.reporting.paper_tables import nasty_table


class Reader(HTMLParser):
    """Rows of cells, tags met, and whether what was opened was closed."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self.tags, self.open, self.captions, self.notes = [], [], [], [], []
        self._into = None

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("meta", "br"):
            if tag == "br" and self._into is not None:
                self._into[-1] += "\n"
            return
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        into = {"td": self.rows[-1] if self.rows else None, "caption": self.captions, "p": self.notes}
        into["th"] = into["td"]
        if tag in into:
            self._into = into[tag]
            self._into.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("td", "th", "caption", "p"):
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data


@pytest.fixture(scope="module")
def page():
    reader = Reader()
    reader.feed(html_bytes((nasty_table(), nasty_table(wide=2))).decode())
    reader.close()
    return reader


def test_every_cell(page):
    table = nasty_table()
    assert page.rows[2 : 2 + len(table.rows)] == [[printable(cell.text) for cell in row.cells] for row in table.rows]


def test_titles_are_numbered_and_footnotes_below(page):
    title = printable(nasty_table().title)
    assert page.captions == [f"Table 1. {title}", f"Table 2. {title}"]
    assert page.notes == list(nasty_table().footnotes) * 2


def test_what_was_opened_is_closed(page):
    assert page.open == []


def test_nothing_is_alive(page):
    allowed = {
        "html", "head", "meta", "title", "style", "body", "section", "table", "caption", "thead", "tbody", "tr", "th",
        "td", "p", "br",
    }  # fmt: skip
    assert {tag for tag, _ in page.tags} <= allowed
    assert {name for _, attrs in page.tags for name in attrs} <= {
        "lang", "charset", "class", "scope", "colspan", "rowspan", "style",
    }  # fmt: skip


def test_headings_say_what_they_are_of(page):
    scopes = [attrs.get("scope") for tag, attrs in page.tags if tag == "th"]
    assert {"col", "colgroup", "row"} == set(scopes)
    spans = [attrs["colspan"] for tag, attrs in page.tags if "colspan" in attrs]
    assert spans == ["2", "2", "2"]


def test_the_same_tables_give_the_same_bytes():
    assert html_bytes(nasty_table()) == html_bytes(nasty_table())
