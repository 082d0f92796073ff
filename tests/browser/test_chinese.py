"""In Chinese, as a person goes: a sample, survival by group, adverse events, the report as a Word file."""

from __future__ import annotations

import re

import docx
import pytest
from docx.document import Document
from playwright.sync_api import Page, expect

from core.reporting.language.own_words import words_of
from tests.app.english_left import english_left
from ui import cohorts

pytestmark = pytest.mark.browser

SAMPLE = "hifu_ici"
DONE = "[data-testid=stApp]:not([data-test-script-state*=running])"


def go(page: Page, name: str, heading: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading, timeout=30_000)
    page.wait_for_selector(DONE)


def texts_of(document: Document) -> list[str]:
    """Everything that stands in the file."""
    return [
        *(paragraph.text for paragraph in document.paragraphs),
        *(cell.text for table in document.tables for row in table.rows for cell in row.cells),
    ]


def test_from_a_sample_to_a_chinese_word_report(server: str, page: Page) -> None:
    page.goto(f"{server}/?lang=zh&cohort={SAMPLE}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("总生存期", timeout=30_000)
    page.wait_for_selector(DONE)
    page.get_by_role("combobox", name="分组", exact=True).fill("sex")
    page.get_by_role("option", name="Sex", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Female与Male之间，总生存期是否不同？")
    expect(
        page.get_by_text(re.compile(r"^中位总生存期：Male组[\d.]+个月（95.%.CI.+），Female组.+log-rank.P"))
    ).to_be_visible()
    go(page, "不良事件", "不良事件")
    expect(page.get_by_text("任何不良事件").first).to_be_attached()
    go(page, "报告", "报告")
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name="Word", exact=True).click()
        page.get_by_role("button", name="保存文件（Word").click(timeout=60_000)
    document = docx.Document(str(waiting.value.path()))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert headings[:3] == ["统计方法", "患者", "基线特征"]
    left = english_left(texts_of(document), words_of(cohorts.sample(SAMPLE)[0]))
    assert not left, "\n".join(left)
