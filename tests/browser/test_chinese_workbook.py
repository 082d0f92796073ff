"""A workbook with Chinese headers and dates, as a hospital keeps it, becomes OS and PFS curves in a few clicks."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

N = 60
MONTH = 30.4375
HEADS = ("编号", "性别", "年龄", "治疗方式", "病理分级", "首次治疗日期", "进展日期", "死亡日期", "末次随访日期")


def workbook(path: Path) -> tuple[int, int]:
    """Writes the file; how many died, and how many progressed or died."""
    rng = np.random.default_rng(4)
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet("随访"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADS)
    died = failed = 0
    for i in range(N):
        start = dt.datetime(2019, 1, 1) + dt.timedelta(days=int(rng.integers(900)))
        death, closed = rng.exponential(700 if i % 2 else 450), rng.uniform(300, 1400)
        progression, last = death * rng.uniform(0.2, 0.95), min(death, closed)
        sheet.write_row(
            i + 1, 0, (f"A{i + 1:03d}", "男女"[i % 2], 40 + i % 30, ("TACE", "消融+TACE")[i % 2], f"G{1 + i % 3}")
        )
        for column, days, known in (
            (5, 0, True),
            (6, progression, progression < last),
            (7, death, death < closed),
            (8, last, True),
        ):
            if known:
                sheet.write_datetime(i + 1, column, start + dt.timedelta(days=int(days)), day)
        died += death < closed
        failed += progression < last or death < closed
    book.close()
    return int(died), int(failed)


class Clicks:
    """Counts what a person does."""

    def __init__(self) -> None:
        self.n = 0

    def on(self, what: object) -> None:
        self.n += 1
        what.click()  # type: ignore[attr-defined]


def test_dates_under_chinese_headers_become_curves_in_six_clicks(server: str, page: Page, tmp_path: Path) -> None:
    died, failed = workbook(tmp_path / "随访.xlsx")
    page.goto(server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("overall survival", timeout=30_000)
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="Load your own spreadsheet"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Which patients")
    clicks.n += 1  # choosing the file
    page.set_input_files("input[type=file]", str(tmp_path / "随访.xlsx"))
    expect(page.get_by_text(f"{N} rows of patients")).to_be_visible()
    clicks.on(page.get_by_role("button", name="Looks right, show survival"))
    expect(page.get_by_text(re.compile(rf"{N}\s+patients.*\b{died}\s+events"))).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("overall survival differ between 消融+TACE and TACE")
    expect(
        page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first
    ).to_be_visible()
    clicks.on(page.get_by_role("combobox", name=re.compile("Endpoint$")).first)
    clicks.on(page.get_by_role("option", name=re.compile("PFS")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("progression-free survival differ")
    expect(page.get_by_text(re.compile(rf"{N}\s+patients.*\b{failed}\s+events"))).to_be_visible()
    assert clicks.n <= 6
